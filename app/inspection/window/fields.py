"""The window's fields: which of them count, within which bounds, and what follows from a choice."""

from dataclasses import asdict, fields, replace
from typing import Any

import gradio as gr

from app.inspection.window.settings import OPERATIONS, WindowSettings, find_layer, list_layers
from models.data.datasets import load_gallery
from models.inspection.kernels import PRESETS, WindowLayer
from models.inspection.window import MAX_DILATION, MAX_KERNEL_SIZE, MAX_PADDING, MAX_STRIDE
from models.runs.library import list_choices

MAX_SEED = 999
NAMES = tuple(field.name for field in fields(WindowSettings))
_SIZED_FREELY = ("random", "identity", "blur")
_SLIDERS = {
    "index": (0, 59_999),
    "seed": (0, MAX_SEED),
    "filter": (0, 15),
    "channel": (0, 15),
    "kernel_size": (1, MAX_KERNEL_SIZE),
    "stride": (1, MAX_STRIDE),
    "padding": (0, MAX_PADDING),
    "dilation": (1, MAX_DILATION),
}


def adapt(settings: WindowSettings, name: str) -> WindowSettings:
    """Return the settings with what follows from a new choice of the field `name`.

    Raises:
        ValueError: where the checkpoint's network has no layer with a window, or its file is damaged.
    """
    is_inside = settings.picture == "layer"
    is_learned = is_inside or (settings.operation == "convolution" and settings.kernel == "learned")
    if name == "source" and settings.source in ("test", "train"):
        settings = replace(settings, index=min(settings.index, len(load_gallery(settings.source).images) - 1))
    if name == "kernel" and settings.kernel in PRESETS and PRESETS[settings.kernel].weights is not None:
        settings = replace(settings, kernel_size=3)
    if not is_learned or name not in ("picture", "operation", "kernel", "checkpoint", "layer"):
        return settings
    layers = _list_useful_layers(settings)
    if not layers:
        raise ValueError("This network has no convolutions: choose another one.")
    if name == "operation" and is_inside:
        layers = [layer for layer in layers if layer.operation == settings.operation] or layers
    layer = next((one for one in layers if one.name == settings.layer), layers[0])
    if layer.out_channels is not None:
        settings = replace(settings, filter=min(settings.filter, layer.out_channels - 1))
    channel = min(settings.channel, _count_channels(settings, layer) - 1)
    settings = replace(settings, layer=layer.name, channel=channel)
    if not is_inside:
        return settings
    return replace(
        settings,
        operation=layer.operation,
        kernel_size=layer.kernel_size,
        stride=layer.stride,
        padding=layer.padding,
        dilation=1,
        hangs_over=False,
        flipped=False,
        bias_kind="own",
    )


def _list_useful_layers(settings: WindowSettings) -> list[WindowLayer]:
    """List the layers to choose from: all inside a network, else those that have kernels."""
    is_inside = settings.picture == "layer"
    return [
        layer for layer in list_layers(settings.checkpoint) if is_inside or layer.operation == "convolution"
    ]


def show_fields(settings: WindowSettings, my_runs: Any) -> list[Any]:
    """Return updates that set the fields to these settings and show those that decide something."""
    is_inside = settings.picture == "layer"
    is_convolution = settings.operation == "convolution"
    kernel = "learned" if is_inside else settings.kernel
    is_learned = is_convolution and kernel == "learned"
    has_digit = settings.picture in ("digit", "layer")
    visible = {
        "source": has_digit,
        "index": has_digit and settings.source != "drawing",
        "upload": False,
        "grid": settings.picture == "grid",
        "kernel": is_convolution and not is_inside,
        "seed": is_convolution and kernel == "random",
        "typed": is_convolution and kernel == "typed",
        "checkpoint": is_inside or is_learned,
        "layer": is_inside or is_learned,
        "filter": is_learned,
        "channel": is_learned or is_inside,
        "kernel_size": not is_convolution or kernel in _SIZED_FREELY,
        "dilation": is_convolution,
        "hangs_over": is_convolution and not is_inside,
        "bias_kind": is_convolution,
        "bias": is_convolution and settings.bias_kind == "typed",
        "flipped": is_convolution,
    }
    values = asdict(settings)
    limits: dict[str, dict[str, Any]] = {}
    if has_digit and settings.source in ("test", "train"):
        limits["index"] = {"maximum": len(load_gallery(settings.source).images) - 1}
    if is_inside or is_learned:
        limits |= _limit_learned(settings, my_runs)
    for name, (low, high) in _SLIDERS.items():
        # A value beyond a slider's bounds would make every later event fail. The error under them says why.
        high = limits.get(name, {}).get("maximum", high)
        values[name] = min(max(values[name], low), high) if isinstance(values[name], int | float) else low
    updates = [
        gr.update(value=value, visible=visible.get(name, True), **limits.get(name, {}))
        for name, value in values.items()
    ]
    return [*updates, gr.update(visible=settings.picture == "upload")]


def _limit_learned(settings: WindowSettings, my_runs: Any) -> dict[str, dict[str, Any]]:
    """Return the choices and bounds of the fields that name a learned kernel."""
    choices = [(choice.label, choice.key) for choice in list_choices(my_runs)]
    limits: dict[str, dict[str, Any]] = {"checkpoint": {"choices": choices}}
    try:
        layers = _list_useful_layers(settings)
        layer = find_layer(settings.checkpoint, settings.layer)
    except ValueError:
        return limits  # the error is shown beside the fields
    limits["layer"] = {"choices": [(name_layer(one), one.name) for one in layers]}
    limits["filter"] = {"maximum": max((layer.out_channels or 1) - 1, 1)}
    limits["channel"] = {"maximum": max(_count_channels(settings, layer) - 1, 1)}
    return limits


def _count_channels(settings: WindowSettings, layer: WindowLayer) -> int:
    if layer.in_channels is not None:
        return layer.in_channels
    layers = list_layers(settings.checkpoint)
    before = [one.out_channels for one in layers[: layers.index(layer)]]
    return next((count for count in reversed(before) if count is not None), 1)


def name_layer(layer: WindowLayer) -> str:
    """Write a layer for a list: "features.3: 16 → 32, 5×5"."""
    size = f"{layer.kernel_size}×{layer.kernel_size}"
    if layer.operation == "convolution":
        return f"{layer.name}: {layer.in_channels} → {layer.out_channels}, {size}"
    return f"{layer.name}: {OPERATIONS[layer.operation].lower()}, {size}"
