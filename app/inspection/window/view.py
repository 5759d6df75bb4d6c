"""What the window component is given: panels, how they hang together, and a sentence."""

from typing import Literal

import numpy as np

from app.inspection.window.payload import Answer, Link, Panel, Rows, Sum, View
from app.inspection.window.setting import list_settings
from app.inspection.window.sliding import WindowView
from app.ui.field_errors import MissingImageError, list_errors
from app.ui.numbers import format_number
from app.ui.packing import pack
from models.inspection.convolution import convolve_with_torch
from models.inspection.kernels import PRESETS
from models.inspection.pooling import pool_with_torch
from models.values import Floats

MAX_SUMS = 7  # channels that are written out; the others are taken together


def answer_view(view: WindowView) -> str:
    """Answer the window component with everything that follows at once."""
    return _pack({"view": show_view(view), "status": describe_view(view), "errors": {}, "error": ""})


def answer_error(mistake: ValueError) -> str:
    """Answer that something cannot be, and leave the last result; or that its image is not there yet."""
    if isinstance(mistake, MissingImageError):
        return _pack({"missing": str(mistake), "status": "", "errors": {}, "error": ""})
    errors = list_errors(mistake)
    return _pack({"errors": errors, "error": "" if errors else str(mistake)})


def _pack(answer: Answer) -> str:
    return pack({**answer})


def show_view(view: WindowView) -> View:
    """Return the panels and how they hang together (see `build_window`)."""
    window = view.window
    pixels = view.image[view.channel]
    scale: Literal["ink", "signed"] = "ink" if view.is_ink else "signed"
    largest = 1.0 if view.is_ink and not view.settings.is_inside else _largest(view.image)
    num_channels = len(view.image)
    title = "Image" if num_channels == 1 else f"Input channel {view.channel} of {num_channels}"
    rings = [window.padding, window.padding_after, window.padding_after, window.padding]
    size = f"{pixels.shape[0]} × {pixels.shape[1]}"
    panels = [make_panel("input", title, pixels, scale, largest, f"{size}, {view.note}")]
    panels[0]["ring"] = rings
    link: Link = {
        "kind": view.settings.operation,
        "size": window.kernel_size,
        "stride": window.stride,
        "padding": window.padding,
        "dilation": window.dilation,
        "bias": view.bias,
        "outputs": ["output"],
    }
    if view.kernel is not None:
        kernel = view.kernel[view.channel] if num_channels > 1 else view.kernel[0]
        note = f"b = {format_number(view.bias)}"
        name = "Kernel, turned by 180°" if view.settings.flipped else "Kernel"
        panels.append(make_panel("kernel", name, kernel, "signed", _largest(view.kernel), note))
        panels[-1]["small"] = True
        scale, largest = "signed", _largest(view.output)
    if view.shares is not None and num_channels > 1:
        share = view.shares[view.channel]
        panels.append(make_panel("share", f"Channel {view.channel} alone", share, "signed", _largest(share)))
        link["outputs"].append("share")
        link["sums"], link["looked"] = _share_out(view.shares, view.channel)
    if view.winners is not None:
        link["winners"] = view.winners.tolist()
    panels.append(make_panel("output", "Result", view.output, scale, largest))
    return {"panels": panels, "link": link}


def _share_out(shares: Floats, looked: int) -> tuple[list[Sum], str]:
    """Split the sum over channels (C, H', W') into those that add most, the one looked at, and the rest."""
    by_weight = np.abs(shares).mean(axis=(1, 2)).argsort()[::-1]
    named = sorted({looked, *by_weight[:MAX_SUMS].tolist()})
    if len(shares) <= MAX_SUMS + 2:
        named = list(range(len(shares)))
    sums: list[Sum] = [{"label": f"channel {c}:", "values": _rows(shares[c])} for c in named]
    others = [c for c in range(len(shares)) if c not in named]
    if others:
        rest = shares[others].sum(axis=0)
        sums.append({"label": f"the other {len(others)} channels:", "values": _rows(rest)})
    return sums, f"channel {looked}:"


def describe_view(view: WindowView) -> str:
    """Say in a sentence or two what comes out, and that torch agrees."""
    height, width = view.output.shape
    size = view.window.kernel_size
    settings = view.settings
    if view.kernel is None:
        made = "the largest" if settings.operation == "max" else "the mean"
        torch_output, _ = pool_with_torch(view.image[view.channel], settings.operation, view.window)
        kind = "max_pool2d" if settings.operation == "max" else "avg_pool2d"
        text = f"**{height} × {width} pixels**, each {made} of {size} × {size} numbers."
    else:
        torch_output, _ = convolve_with_torch(view.image, view.kernel, view.bias, view.window)
        kind = "conv2d"
        channels = f" in each of {len(view.image)} channels" if len(view.image) > 1 else ""
        text = f"**{height} × {width} pixels**, each {size * size} products{channels}, and the bias."
        if not settings.is_inside:
            text += _describe_kernel(settings.kernel)
        text += "".join(
            f" {setting.sentence}"
            for name, setting in list_settings(type(settings)).items()
            if setting.sentence and getattr(settings, name)
        )
    difference = float(np.abs(torch_output - view.output).max())
    agrees = (
        f"torch.nn.functional.{kind} gives the same"
        if difference == 0
        else f"torch.nn.functional.{kind} differs by at most {format_number(difference)}, float32's rounding"
    )
    return f"{text} {agrees}."


def _describe_kernel(name: str) -> str:
    return f" {PRESETS[name].title}: {PRESETS[name].remark}." if name in PRESETS else ""


def _largest(values: Floats) -> float:
    return max(float(np.abs(values).max()), 1e-9)


def make_panel(
    id: str, title: str, values: Floats, scale: Literal["ink", "signed"], largest: float, note: str = ""
) -> Panel:
    """Return a panel for `build_grids`, noting its size where there is no other note."""
    size = f"{values.shape[0]} × {values.shape[1]}"
    return {
        "id": id,
        "title": title,
        "note": note or size,
        "scale": scale,
        "max": largest,
        "values": _rows(values),
    }


def _rows(values: Floats) -> Rows:
    largest = float(np.abs(values).max()) or 1.0
    digits = 9 - int(
        np.floor(np.log10(largest))
    )  # nine of the largest: more than are shown, in half the bytes
    return np.round(values, digits).tolist()  # type: ignore[no-any-return]
