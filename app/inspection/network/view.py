"""An image's way through a network, as the component `maps` shows it: JSON text, a byte a number."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from app.inspection.network.notes import (
    describe_layer,
    describe_settings,
    describe_weights,
    format_shape,
    write_value,
)
from app.inspection.network.payload import Bar, Detail, Layer, Network, Slices, Spans, Unit
from app.ui.numbers import format_number, write_percent
from app.ui.packing import encode_bytes, find_scale, quantise
from models.checkpoints.file import find_layers
from models.checkpoints.prediction import copy_network, find_temperature, load_cached
from models.inspection.activations import Activations, LayerOutput, Trace, inspect_layers
from models.inspection.kernels import is_shown_window
from models.inspection.receptive_field import ReceptiveField, find_receptive_fields
from models.runs.library import resolve_digit_reader

OPENABLE = ("Conv2d", "MaxPool2d", "AvgPool2d")  # what the window above can follow back to its arithmetic
_DROPOUTS = ("Dropout", "Dropout2d")
# In a long network, behind a button.
_FOLDED = ("BatchNorm2d", "BatchNorm1d", "ReLU", "LeakyReLU", "Tanh", "Sigmoid", "GELU")
_MAX_UNFOLDED = 10

Fields = dict[str, ReceptiveField | None]


@dataclass(frozen=True, eq=False)
class Passage:
    """One image's way through one checkpoint's network.

    Attributes:
        key: The checkpoint's key (see `models.runs.library`).
        version: Changes when the checkpoint's file does.
        trace: What every layer gave.
        fields: Every layer's receptive field, along rows and columns alike.
    """

    key: str
    version: str
    trace: Trace
    fields: Fields


def trace_image(key: Any, image: np.ndarray) -> Passage:
    """Send an image (28, 28) in [0, 1] through the network behind a choice's key; the last few are kept.

    Raises:
        ValueError: If nothing may be chosen by this key, its file is refused, or the image is none.
    """
    if not isinstance(key, str):
        raise ValueError(f"{key!r:.40} is not a checkpoint. Choose one of the list.")
    try:
        path = resolve_digit_reader(key)
        status = path.stat()
    except OSError as error:
        raise ValueError("This checkpoint's file is no longer there. Choose another one.") from error
    pixels = np.ascontiguousarray(image, dtype=np.float32)
    return _trace_version(key, path, f"{status.st_mtime_ns}-{status.st_size}", pixels.tobytes(), pixels.shape)


@lru_cache(maxsize=6)  # of the largest network, 10 MB each
def _trace_version(key: str, path: Path, version: str, image: bytes, shape: tuple[int, ...]) -> Passage:
    network = copy_network(path)
    pixels = np.frombuffer(image, np.float32).reshape(shape)
    trace = inspect_layers(network, pixels, find_temperature(path))
    return Passage(key, version, trace, find_receptive_fields(find_layers(load_cached(path).info)))


def show_network(passage: Passage, caption: str, chosen: Any = None) -> Network:
    """Lay out a passage for the component.

    Args:
        passage: The image's way through the network.
        caption: What the image is: "a 7".
        chosen: The unit that the browser has chosen, unchecked: `{"layer", "channel", "row", "column"}`. It
            stays chosen where the network has it; otherwise the strongest unit of the first layer is.
    """
    trace = passage.trace
    digit = int(trace.probabilities.argmax())
    layers = [_show_layer(passage, position) for position in range(len(trace.layers))]
    unit = _keep_choice(trace, chosen)
    return {
        "key": passage.key,
        "version": passage.version,
        "image": encode_bytes(trace.image.tobytes()),
        "digit": quantise(trace.image, 1.0, False),
        "caption": f"{caption}\nread as {digit}",
        "layers": layers,
        "chosen": unit,
        "detail": explain_unit(passage, unit["layer"], unit["channel"], with_values=True),
        "verdict": _state_verdict(trace, digit),
        "bars": [_show_bar(trace, each, digit) for each in range(len(trace.logits))],
    }


def explain_unit(passage: Passage, name: Any, channel: Any, with_values: bool) -> Detail:
    """Lay out what the page asks for when a unit is pointed at.

    Args:
        passage: The image's way through the network.
        name: The layer's dotted name, unchecked.
        channel: Which of its maps, or of its numbers where it has no maps, from 0, unchecked.
        with_values: Whether to send all of the layer's numbers, as float32 in full.

    Raises:
        ValueError: If the network has no such layer, or the layer no such map.
    """
    layer = passage.trace.find(name)
    if isinstance(channel, bool) or not isinstance(channel, int) or not 0 <= channel < layer.shape[0]:
        last = layer.shape[0] - 1
        raise ValueError(f"{layer.name} has no map {channel!r:.40}: choose a whole number from 0 to {last}.")
    weights = None
    weight = layer.weights.get("weight")
    if weight is not None and weight.ndim > 1:
        slices = weight[channel]  # (C, K, K) or (F,)
        if layer.kind == "Linear":
            slices = slices.reshape(_find_maps_before(passage.trace, layer))
        weights = _show_slices(slices)
    note = describe_weights(layer, channel, weights)
    detail: Detail = {"layer": layer.name, "channel": channel, "weights": weights, "note": note}
    if with_values:
        detail["values"] = encode_bytes(layer.values.astype("<f4").tobytes())
    return detail


def unpack_image(text: Any) -> np.ndarray:
    """Return the image (28, 28) that `show_network` sent along, from whatever a browser sends back.

    Raises:
        ValueError: If it is not such an image; its values are checked by `trace_image`.
    """
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), "<f4").reshape(28, 28)
    except (TypeError, ValueError) as error:
        raise ValueError("This is not an image that the page has sent.") from error


def _show_layer(passage: Passage, position: int) -> Layer:
    trace, layer = passage.trace, passage.trace.layers[position]
    scale, signed = find_scale(layer.values), bool((layer.values < 0).any())
    is_quiet = layer.kind in _DROPOUTS  # it passes on what it is given
    is_folded = layer.kind in _FOLDED and len(trace.layers) > _MAX_UNFOLDED
    count, rows, columns = layer.shape if len(layer.shape) == 3 else (layer.shape[0], 1, 1)
    return {
        "name": layer.name,
        "kind": layer.kind,
        "title": describe_settings(layer),
        "shape": format_shape(layer.shape),
        "note": describe_layer(trace, position),
        "scale": scale,
        "scale_text": format_number(scale),
        "signed": signed,
        "count": count,
        "rows": rows,
        "columns": columns,
        "is_vector": len(layer.shape) == 1,
        "has_maps": not is_quiet,
        "folded": is_folded,
        # A folded layer sends its numbers when it is unfolded.
        "bytes": None if is_quiet or is_folded else quantise(layer.values, scale, signed),
        "sees": _show_spans(passage, layer),
        "strongest": _find_strongest(layer),
        "openable": _is_openable(layer),
        "filters": _show_filters(trace, position),
        "is_answer": position == len(trace.layers) - 1,
    }


def _is_openable(layer: LayerOutput) -> bool:
    """Return whether the window above can follow the layer back to its arithmetic."""
    settings = layer.settings
    if layer.kind not in OPENABLE:
        return False
    size, stride, padding, dilation = (
        settings.get(name, (1, 1))[0] for name in ("kernel_size", "stride", "padding", "dilation")
    )
    return is_shown_window(size, stride, padding, dilation)


def _show_spans(passage: Passage, layer: LayerOutput) -> Spans | None:
    """Return the first and last pixel that each row and each column of units sees; None for everything."""
    field = passage.fields[layer.name]
    if field is None or len(layer.shape) != 3:
        return None
    height, width = passage.trace.image.shape
    _, rows, columns = layer.shape
    return {
        "rows": [field.find_span(unit, height) for unit in range(rows)],
        "columns": [field.find_span(unit, width) for unit in range(columns)],
    }


def _show_filters(trace: Trace, position: int) -> Slices | None:
    """Return all filters of a convolution that reads the image itself: one slice each."""
    layer = trace.layers[position]
    if layer.kind != "Conv2d" or position > 0:
        return None
    return _show_slices(layer.weights["weight"][:, 0])


def _show_slices(slices: Activations) -> Slices:
    count, rows, columns = slices.shape
    scale = find_scale(slices)
    return {
        "count": count,
        "rows": rows,
        "columns": columns,
        "scale_text": format_number(scale),
        "bytes": quantise(slices, scale, signed=True),
    }


def _find_maps_before(trace: Trace, layer: LayerOutput) -> tuple[int, int, int]:
    """Return the shape (C, H, W) of what a Linear reads before it is flattened; (F, 1, 1) without maps."""
    position = trace.layers.index(layer)
    for before in reversed(trace.layers[:position]):
        if before.kind == "Linear":
            return layer.input_shape[0], 1, 1
        if len(before.shape) == 3:
            channels, rows, columns = before.shape
            return channels, rows, columns
    return 1, *trace.image.shape


def _find_strongest(layer: LayerOutput) -> list[int]:
    """Return channel, row and column of the number with the largest absolute value."""
    sizes = np.nan_to_num(np.abs(layer.values), nan=0.0)
    place = [int(index) for index in np.unravel_index(int(sizes.argmax()), layer.shape)]
    return [*place, 0, 0][:3]


def _keep_choice(trace: Trace, chosen: Any) -> Unit:
    try:
        layer = trace.find(chosen["layer"])
        place = [chosen["channel"], chosen["row"], chosen["column"]]
        limits = (*layer.shape, 1, 1)[:3]
        if layer.kind not in _DROPOUTS and all(
            type(index) is int and 0 <= index < limit for index, limit in zip(place, limits, strict=True)
        ):
            return {"layer": layer.name, "channel": place[0], "row": place[1], "column": place[2]}
    except (KeyError, TypeError, ValueError):
        pass  # another network had it, or nobody has chosen
    first = next(layer for layer in trace.layers if layer.kind not in _DROPOUTS)
    channel, row, column = _find_strongest(first)
    return {"layer": first.name, "channel": channel, "row": row, "column": column}


def _show_bar(trace: Trace, digit: int, largest: int) -> Bar:
    probability = float(trace.probabilities[digit])
    return {
        "digit": digit,
        "logit": write_value(float(trace.logits[digit])),
        "probability": write_percent(probability) if np.isfinite(probability) else write_value(probability),
        "share": probability if np.isfinite(probability) else 0.0,
        "is_largest": digit == largest,
    }


def _state_verdict(trace: Trace, digit: int) -> str:
    logit, probability = (float(values[digit]) for values in (trace.logits, trace.probabilities))
    if not np.isfinite(trace.probabilities).all():
        return "The logits have left the range of float32, so there is no answer."
    return (
        f"The network reads a {digit}: its logit is the largest, {format_number(logit)}, and softmax, "
        f"under the network's temperature, makes it a probability of {write_percent(probability)}."
    )
