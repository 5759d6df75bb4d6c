"""A list of layers in words, in a line or as a table: to read, and to take along as an answer."""

from __future__ import annotations

from models.networks.architecture import FLATTEN, Architecture, Layer, describe_architecture
from models.networks.layers.kind import Layers, LayerSpec, Shape, write_shape
from models.networks.layers.kinds import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    Conv2d,
    Dropout,
    Dropout2d,
    Flatten,
    Linear,
    MaxPool2d,
    Residual,
)

_MAX_SUMMARY_LETTERS = 160


def summarise_layers(layers: Layers) -> str:
    """Return a list in a line: "8 filters 5×5, ReLU, max pool 2×2, 500, ReLU, 10"."""
    words = [word for layer in layers if (word := _name_layer(layer))]
    line = ", ".join(words)
    if len(line) <= _MAX_SUMMARY_LETTERS:
        return line
    return line[:_MAX_SUMMARY_LETTERS].rpartition(", ")[0] + ", …, " + words[-1]


def _name_layer(layer: LayerSpec) -> str:
    if isinstance(layer, Conv2d):
        filters = "1 filter" if layer.out_channels == 1 else f"{layer.out_channels} filters"
        return f"{filters} {layer.kernel_size}×{layer.kernel_size}"
    if isinstance(layer, Linear):
        return f"{layer.out_features}"
    if isinstance(layer, MaxPool2d | AvgPool2d):
        kind = "max" if isinstance(layer, MaxPool2d) else "average"
        return f"{kind} pool {layer.kernel_size}×{layer.kernel_size}"
    if isinstance(layer, AdaptiveAvgPool2d | AdaptiveMaxPool2d):
        return f"global {'max' if isinstance(layer, AdaptiveMaxPool2d) else 'average'} pool"
    if isinstance(layer, Dropout | Dropout2d):
        return f"{layer.kind.lower()} {layer.p:g}"
    if isinstance(layer, Residual):
        return f"a residual block of {len(layer.body)}"
    return "" if isinstance(layer, Flatten) else layer.kind.replace("BatchNorm", "batch norm ")


def describe_in_words(layers: Layers, title: str) -> str:
    """Describe a network in sentences, a line a layer.

    Args:
        layers: A list that is a network.
        title: What it is called.

    Raises:
        ValueError: If the list is no network.
    """
    architecture = describe_architecture(layers, title, title)
    count = len(architecture.layers)
    lines = [
        f"{title} takes images of 28 × 28 pixels and gives ten logits, one a digit. It has {count} layers "
        f"with {architecture.parameters:,} learned numbers, and reading an image takes "
        f"{architecture.multiply_adds:,} multiply-adds.",
        "",
    ]
    for number, layer in enumerate(architecture.layers, start=1):
        lines.append(f"{number}. {_describe_layer(layer)}")
    return "\n".join(lines)


def _describe_layer(layer: Layer) -> str:
    name = "Flatten" if layer.kind == FLATTEN else layer.kind
    changed = "" if layer.input_shape == layer.output_shape else f", to {_name_shape(layer.output_shape)}"
    learned = f"; {layer.parameters:,} learned numbers" if layer.parameters else ""
    return f"{name}: {layer.settings}{changed}{learned}."


def _name_shape(shape: Shape) -> str:
    if len(shape) == 1:
        return f"{shape[0]:,} features"
    maps = "1 map" if shape[0] == 1 else f"{shape[0]:,} maps"
    return f"{maps} of {shape[1]} × {shape[2]}"


def write_table(layers: Layers, title: str) -> str:
    """Write a network as a Markdown table, a row a layer, with its sums in the last row.

    Args:
        layers: A list that is a network.
        title: What it is called; only text that Markdown shows as it is.

    Raises:
        ValueError: If the list is no network.
    """
    architecture = describe_architecture(layers, title, title)
    lines = ["| # | Layer | Settings | Output | Learned | Multiply-adds |", "|--:|---|---|--:|--:|--:|"]
    lines += [
        f"| {number} | {'Flatten' if layer.kind == FLATTEN else layer.kind} | {layer.settings} | "
        f"{write_shape(layer.output_shape)} | {layer.parameters:,} | {layer.multiply_adds:,} |"
        for number, layer in enumerate(architecture.layers, start=1)
    ]
    return "\n".join([*lines, _write_sums(architecture)])


def _write_sums(architecture: Architecture) -> str:
    return f"| | Together | | | {architecture.parameters:,} | {architecture.multiply_adds:,} |"
