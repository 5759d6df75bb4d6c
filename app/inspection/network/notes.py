"""What each layer of a network did with an image, in a line with its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.inspection.network.payload import Slices
from app.ui.numbers import format_number
from models.inspection.activations import Activations, LayerOutput, Trace


def format_shape(shape: tuple[int, ...]) -> str:
    """Write a shape as "8 × 28 × 28" or "1,568"."""
    return " × ".join(f"{side:,}" for side in shape)


def describe_settings(layer: LayerOutput) -> str:
    """Name a layer with its settings: "Conv2d 1 → 8, 5 × 5", "Linear 1,568 → 500", "ReLU"."""
    settings = layer.settings
    if layer.kind == "Linear":
        return f"Linear {layer.input_shape[0]:,} → {layer.shape[0]:,}"
    if layer.kind in ("Dropout", "Dropout2d"):
        return f"{layer.kind} {format_number(settings['p'])}"
    if layer.kind in ("BatchNorm2d", "BatchNorm1d"):
        return f"{layer.kind} {layer.shape[0]}"
    if "kernel_size" not in settings:
        return layer.kind
    kernel = format_shape(settings["kernel_size"])
    if layer.kind == "Conv2d":
        return f"Conv2d {layer.input_shape[0]} → {layer.shape[0]}, {kernel}"
    return f"{layer.kind} {kernel}"


def write_value(value: float) -> str:
    """Write a number that may have left the range of float32."""
    if np.isfinite(value):
        return format_number(float(value))
    return "NaN" if np.isnan(value) else "∞" if value > 0 else "−∞"


def describe_layer(trace: Trace, position: int) -> str:
    """Say in a line what a layer did here, with its numbers."""
    layer = trace.layers[position]
    before = trace.layers[position - 1].shape if position else trace.image.shape
    what = "maps are" if len(before) == 3 else "image is"
    is_flattened = len(layer.input_shape) == 1 and len(before) > 1
    size = f"{layer.input_shape[0]:,} numbers"
    parts = [f"The {format_shape(before)} {what} flattened to {size}."] if is_flattened else []
    parts.append(_describe_work(layer))
    num_lost = int((~np.isfinite(layer.values)).sum())
    if num_lost:
        parts.append(f"{num_lost:,} numbers have left the range of float32.")
    return " ".join(parts)


def _describe_work(layer: LayerOutput) -> str:
    values, weights, settings = layer.values, layer.weights, layer.settings
    if layer.kind == "Conv2d":
        stride, padding = (format_sides(settings[name]) for name in ("stride", "padding"))
        return (
            f"{layer.shape[0]} filters of {format_shape(weights['weight'].shape[1:])} weights"
            f"{' and a bias' if 'bias' in weights else ''}, "
            f"stride {stride}, padding {padding}: {_describe_range(values)}."
        )
    if layer.kind == "Linear":
        num = sum(array.size for array in weights.values())
        return f"{num:,} weights{' and biases' if 'bias' in weights else ''}: {_describe_range(values)}."
    if layer.kind == "ReLU":
        num_zeros = int((values == 0).sum())
        return f"{num_zeros:,} of its {values.size:,} numbers are 0, {num_zeros / values.size:.1%}."
    if layer.kind in ("BatchNorm2d", "BatchNorm1d"):
        each = "map" if layer.kind == "BatchNorm2d" else "number"
        return (
            f"Each {each} shifted and scaled by constants of its own: "
            f"{_describe_range(layer.inputs)} before, {_describe_range(values)} after."
        )
    if layer.kind == "Residual":
        return f"What came in, added to what the block's layers gave: {_describe_range(values)}."
    if layer.kind in ("Dropout", "Dropout2d"):
        share, what = format_number(settings["p"]), "number" if layer.kind == "Dropout" else "map"
        return f"Off when the network answers; in training it sets each {what} to 0 with probability {share}."
    if "kernel_size" in settings:
        kept = "largest number" if layer.kind == "MaxPool2d" else "mean"
        return (
            f"The {kept} of each {format_shape(settings['kernel_size'])} window: {layer.inputs.size:,} "
            f"numbers become {values.size:,}."
        )
    return f"{_describe_range(values).capitalize()}."


def describe_weights(layer: LayerOutput, channel: int, shown: Slices | None) -> str:
    """Say under a unit's weights what they are."""
    numbers = {what: float(values[channel]) for what, values in layer.weights.items() if values.ndim == 1}
    if layer.kind in ("BatchNorm2d", "BatchNorm1d"):
        return f"Scale {format_number(numbers['weight'])}\nshift {format_number(numbers['bias'])}"
    if shown is None:
        return f"{layer.kind} has\nno weights"
    if layer.kind == "Linear":
        what = f"Its {layer.input_shape[0]:,} weights"
    else:
        what = f"Filter, {shown['count']} slice{'' if shown['count'] == 1 else 's'}"
    bias = f", b\u00a0=\u00a0{format_number(numbers['bias'])}" if "bias" in numbers else ""
    return f"{what}\n±{shown['scale_text']}{bias}"


def _describe_range(values: Activations) -> str:
    return f"from {write_value(float(values.min()))} to {write_value(float(values.max()))}"


def format_sides(pair: Any) -> str:
    """Write a pair (rows, columns) as one number where both are equal; a name, such as "same", stays."""
    if isinstance(pair, tuple):
        return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]} × {pair[1]}"
    return str(pair)
