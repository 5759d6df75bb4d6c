"""What is shown as a Python script that prints the same result."""

from textwrap import indent
from typing import Any

import numpy as np

from app.inspection.window.setting import list_settings
from app.inspection.window.settings import WindowSettings, read_settings
from app.inspection.window.sliding import WindowView, slide_window
from app.ui.digits import DRAWING
from app.ui.script_notebook import write_script_notebook
from models.values import Floats

_SCRIPT = '''\
"""The {operation} that Glassbox showed; prints the result row by row.{needs}"""

import torch
import torch.nn.functional as F

{image}
{layer}
for row in output.tolist():
    print(" ".join(f"{{value:.4g}}" for value in row))
'''


def write_script(view: WindowView) -> str:
    """Write the script. It computes in float64, as the sums by hand do, and needs torch alone.

    The input of a network's layer is computed by this project's own package: run that one in its folder.
    """
    names = {"convolution": "convolution", "max": "max pooling", "average": "average pooling"}
    return _SCRIPT.format(
        operation=names[view.settings.operation],
        needs=" It runs in this project's folder." if view.settings.is_inside else "",
        image=_write_layer_input(view) if view.settings.is_inside else _write_image(view),
        layer=_write_operation(view),
    )


def write_notebook(drawing: Any, *values: Any) -> str:
    """Return the script of what stands in the window's controls as a notebook, with the result shown.

    Raises:
        ValueError: where they cannot be used.
    """
    view = slide_window(read_settings(values), drawing)
    return write_script_notebook(write_script(view), print_result(view))


def print_result(view: WindowView) -> str:
    """Return what the script prints, from the result that is shown."""
    rows = (" ".join(f"{value:.4g}" for value in row) for row in view.output.tolist())
    return "".join(f"{row}\n" for row in rows)


def _write_image(view: WindowView) -> str:
    pixels = view.image[0]
    if view.settings.picture == "digit" and view.settings.source != DRAWING:
        whole = np.round(pixels * 255).astype(int)
        # float32 first, as ToTensor() gives.
        return f"image = (torch.tensor({_write_rows(whole)}) / 255).double()  # (H, W)"
    return f"image = torch.tensor({_write_rows(pixels)}, dtype=torch.float64)  # (H, W)"


def _write_layer_input(view: WindowView) -> str:
    settings = view.settings
    return f"""\
from app.ui.digits import take_digit
from models.inspection.activations import inspect_layers
from models.runs.library import resolve_choice
from models.checkpoints.prediction import copy_network

digit, _ = take_digit({settings.source!r}, {settings.index}, None)
network = copy_network(resolve_choice({settings.checkpoint!r}))
layer = network.get_submodule({settings.layer!r})
trace = inspect_layers(network, digit)
image = torch.tensor(trace.find({settings.layer!r}).inputs).double()  # (C, H, W)"""


def write_arguments(settings: WindowSettings, left_out: tuple[str, ...] = ()) -> str:
    """Write the settings that torch's function takes by name: "stride=1, padding=0, dilation=1"."""
    return ", ".join(
        f"{name}={getattr(settings, name)}"
        for name, setting in list_settings(type(settings)).items()
        if setting.in_torch and settings.operation in setting.operations and name not in left_out
    )


def _write_operation(view: WindowView) -> str:
    window, settings = view.window, view.settings
    if view.kernel is None:
        channel = f"image[{view.channel}]" if settings.is_inside else "image"
        name = "max_pool2d" if settings.operation == "max" else "avg_pool2d"
        arguments = f"{window.kernel_size}, {write_arguments(settings)}"
        return f"output = F.{name}({channel}[None, None], {arguments})[0, 0]  # (H', W')"
    batch = "image[None]" if settings.is_inside else "image[None, None]"
    if settings.is_inside:
        turned = ".flip(-1, -2)" if settings.flipped else ""
        number = settings.filter
        kernel = f"kernel = layer.weight[{number}].detach().double(){turned}[None]  # (1, C, K, K)"
    else:
        kernel = (
            f"kernel = torch.tensor({_write_rows(view.kernel[0])}, dtype=torch.float64)[None, None]"
            "  # (1, 1, K, K)"
        )
    lines = [kernel, f"bias = torch.tensor([{view.bias!r}], dtype=torch.float64)"]
    left_out: tuple[str, ...] = ()
    if window.hangs_over:
        before, after = window.padding, window.padding_after
        lines.append(f"padded = F.pad({batch}, ({before}, {after}, {before}, {after}))")
        batch, left_out = "padded", ("padding",)
    arguments = write_arguments(settings, left_out)
    lines.append(f"output = F.conv2d({batch}, kernel, bias, {arguments})[0, 0]  # (H', W')")
    return "\n".join(lines)


def _write_rows(values: Floats) -> str:
    rows = ",\n".join(str([_plain(value) for value in row]) for row in values.tolist())
    return f"[\n{indent(rows, '    ')},\n]"


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else value
