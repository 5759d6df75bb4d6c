"""What the window shows as a Python script that prints the same result."""

from textwrap import indent

import numpy as np

from app.inspection.window.settings import WindowView
from app.ui.digits import DRAWING
from models.values import Floats

_SCRIPT = '''\
"""The {operation} that Glassbox showed; prints the result row by row."""

import torch
import torch.nn.functional as F

{picture}
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
        picture=_write_layer_input(view) if view.settings.picture == "layer" else _write_picture(view),
        layer=_write_operation(view),
    )


def _write_picture(view: WindowView) -> str:
    picture = view.image[0]
    ink = picture * 255
    if view.settings.picture == "digit" and view.settings.source != DRAWING:
        whole = np.round(ink).astype(int)
        # float32 first, as ToTensor() gives.
        return f"picture = (torch.tensor({_write_rows(whole)}) / 255).double()  # (H, W)"
    return f"picture = torch.tensor({_write_rows(picture)}, dtype=torch.float64)  # (H, W)"


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
picture = torch.tensor(trace.find({settings.layer!r}).inputs).double()  # (C, H, W)"""


def _write_operation(view: WindowView) -> str:
    window = view.window
    is_layer = view.settings.picture == "layer"
    sizes = f"stride={window.stride}, padding={window.padding}"
    if view.kernel is None:
        channel = f"picture[{view.channel}]" if is_layer else "picture"
        name = "max_pool2d" if view.settings.operation == "max" else "avg_pool2d"
        return f"output = F.{name}({channel}[None, None], {window.kernel_size}, {sizes})[0, 0]  # (H', W')"
    batch = "picture[None]" if is_layer else "picture[None, None]"
    if is_layer:
        turned = ".flip(-1, -2)" if view.settings.flipped else ""
        number = view.settings.filter
        kernel = f"kernel = layer.weight[{number}].detach().double(){turned}[None]  # (1, C, K, K)"
    else:
        kernel = (
            f"kernel = torch.tensor({_write_rows(view.kernel[0])}, dtype=torch.float64)[None, None]"
            "  # (1, 1, K, K)"
        )
    lines = [kernel, f"bias = torch.tensor([{view.bias!r}], dtype=torch.float64)"]
    if window.hangs_over:
        before, after = window.padding, window.padding_after
        lines.append(f"padded = F.pad({batch}, ({before}, {after}, {before}, {after}))")
        batch, sizes = "padded", f"stride={window.stride}"
    lines.append(
        f"output = F.conv2d({batch}, kernel, bias, {sizes}, dilation={window.dilation})[0, 0]  # (H', W')"
    )
    return "\n".join(lines)


def _write_rows(values: Floats) -> str:
    rows = ",\n".join(str([_plain(value) for value in row]) for row in values.tolist())
    return f"[\n{indent(rows, '    ')},\n]"


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else value
