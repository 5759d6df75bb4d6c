"""A network's architecture as the page shows it: shares at a glance, sentences, and a table of layers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from app.ui.numbers import format_number, write_percent
from models.networks.architecture import CONVENTION, Architecture, Layer

_FILLINGS = {"Conv2d": "is-conv", "Linear": "is-linear", "BatchNorm2d": "is-norm", "BatchNorm1d": "is-norm"}
_KEY = {
    "is-conv": "convolution",
    "is-linear": "linear layer",
    "is-norm": "batch norm",
    "is-other": "ReLU, pooling, dropout",
}
_LABEL_SHARE = 0.18  # from this share of a strip on, its part has room for a name


def draw_architecture(architecture: Architecture) -> str:
    """Write the whole of it as HTML: three strips of shares, sentences, the table and the convention."""
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in describe_architecture(architecture))
    return (
        f'<div class="gb-layers">{_draw_shares(architecture)}{sentences}{_draw_table(architecture)}'
        f'<small style="margin-top:12px">{escape(CONVENTION)} {escape(_explain_memory(architecture))}</small>'
        "</div>"
    )


def describe_architecture(architecture: Architecture) -> list[str]:
    """Say where the parameters, the multiply-adds and the memory are, each number from the layers."""
    kinds = {"Conv2d": "convolution", "Linear": "linear layer", "BatchNorm2d": "batch norm"}
    groups = {
        kind: [each for each in architecture.layers if each.kind.replace("1d", "2d") == kind]
        for kind in kinds
    }
    parts = []
    for kind, layers in groups.items():
        if not layers:
            continue
        parameters = write_percent(_sum(layers, _count_parameters) / architecture.parameters)
        multiply_adds = write_percent(_sum(layers, _count_multiply_adds) / architecture.multiply_adds)
        one = len(layers) == 1
        subject = f"the {kinds[kind]}" if one else f"the {len(layers)} {kinds[kind]}s"
        share = f"{parameters} of the parameters"
        if kind != "BatchNorm2d":
            share += f" and {'makes' if one else 'make'} {multiply_adds} of the multiply-adds"
        parts.append(f"{subject} {'holds' if one else 'hold'} {share}")
    sentence = "; ".join(parts)
    sentences = [f"{sentence[0].upper()}{sentence[1:]}."]

    convolutions = groups["Conv2d"]
    if convolutions:
        busiest = max(convolutions, key=lambda layer: math.prod(layer.output_shape[1:]))
        places = math.prod(busiest.output_shape[1:])
        height, width = busiest.output_shape[1:]
        sentences.append(
            f"A linear layer uses each weight once for an image, a convolution at every place of its "
            f"output: {busiest.name} uses each of its {busiest.multiply_adds // places:,} weights at "
            f"{height}·{width} = {places:,} places."
        )
    else:
        sentences.append(
            "A linear layer uses each weight once for an image, so there are as many multiply-adds as "
            "weights; the biases are the rest of the parameters."
        )
    largest = max(architecture.layers, key=_count_parameters)
    if len([layer for layer in architecture.layers if layer.parameters]) > 1:
        sentences.append(
            f"The layer with most parameters, {largest.name}, holds "
            f"{write_percent(largest.parameters / architecture.parameters)} of them: {largest.parameter_sum}."
        )
    return sentences


def _explain_memory(architecture: Architecture) -> str:
    text = (
        f"Memory in float32, 4 bytes a number: the weights take {write_bytes(architecture.weight_bytes)}, "
        f"the outputs of all layers for one image {write_bytes(architecture.activation_bytes)}"
    )
    if architecture.buffer_bytes:
        text += (
            ", and what batch norm keeps without learning it, its running means and variances, "
            f"{write_bytes(architecture.buffer_bytes)}"
        )
    text += "."
    if not all(layer.writes for layer in architecture.layers):
        text += " What writes nothing new, because it only renames or overwrites its input, does not count."
    return text


def _draw_shares(architecture: Architecture) -> str:
    written = [layer for layer in architecture.layers if layer.writes]
    strips = (
        ("Parameters", f"{architecture.parameters:,}", architecture.layers, _count_parameters),
        ("Multiply-adds", f"{architecture.multiply_adds:,}", architecture.layers, _count_multiply_adds),
        ("Memory of the outputs", write_bytes(architecture.activation_bytes), written, _count_bytes),
    )
    used = {_FILLINGS.get(layer.kind, "is-other") for layer in written}
    key = "".join(f'<li><i class="{name}"></i>{text}</li>' for name, text in _KEY.items() if name in used)
    drawn = "".join(_draw_strip(title, total, layers, count) for title, total, layers, count in strips)
    return f'<div class="gb-layers-shares">{drawn}</div><ul class="gb-layers-key">{key}</ul>'


def _draw_strip(title: str, total: str, layers: Sequence[Layer], count: Callable[[Layer], int]) -> str:
    whole = _sum(layers, count)
    parts, spoken = [], []
    for layer in layers:
        if not count(layer):
            continue
        share = write_percent(count(layer) / whole)
        name = f"<b>{escape(layer.name)}</b>" if count(layer) / whole >= _LABEL_SHARE else ""
        parts.append(
            f'<span class="{_FILLINGS.get(layer.kind, "is-other")}" style="flex-grow:{count(layer)}" '
            f'title="{escape(layer.name)}, {layer.kind}: {count(layer):,}, {share}">{name}</span>'
        )
        spoken.append(f"{layer.name} {share}")
    label = escape(f"{title}, first layer to last: {', '.join(spoken)}.")
    return (
        f"<div><h3>{title} <span>{total}</span></h3>"
        f'<div class="gb-layers-strip" role="img" aria-label="{label}">{"".join(parts)}</div></div>'
    )


def _draw_table(architecture: Architecture) -> str:
    rows = "".join(_draw_row(layer, architecture) for layer in architecture.layers)
    head = "".join(
        f'<th scope="col">{text}</th>'
        for text in ("Layer", "Input → output", "Parameters", "Multiply-adds", "Output")
    )
    foot = (
        '<th scope="row">Total</th>'
        f"<td>{_write_shape(architecture.input_shape)} → {_write_shape(architecture.layers[-1].output_shape)}"
        f"</td><td>{architecture.parameters:,}</td><td>{architecture.multiply_adds:,}</td>"
        f"<td>{write_bytes(architecture.activation_bytes)}</td>"
    )
    return (
        '<div class="gb-layers-box" role="region" tabindex="0" '
        f'aria-label="Layers of {escape(architecture.title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody><tfoot><tr>{foot}</tr></tfoot></table>"
        "</div>"
    )


def _draw_row(layer: Layer, architecture: Architecture) -> str:
    filling = _FILLINGS.get(layer.kind, "is-other")
    kind = "" if layer.kind == layer.name else f"{layer.kind}, "
    memory = write_bytes(layer.num_bytes) if layer.writes else "–<small>nothing new</small>"
    same = layer.input_shape == layer.output_shape
    shapes = (
        f"<em>{_write_shape(layer.output_shape)}</em>"
        if same
        else f"<em>{_write_shape(layer.input_shape)} →</em><br>{_write_shape(layer.output_shape)}"
    )
    return (
        f'<tr><th scope="row"><b>{escape(layer.name)}</b><small>{kind}{escape(layer.settings)}</small></th>'
        f"<td>{shapes}</td>"
        f"<td>{_draw_count(layer.parameters, layer.parameter_sum, architecture.parameters, filling)}</td>"
        f"<td>{_draw_count(layer.multiply_adds, layer.multiply_add_sum, architecture.multiply_adds, filling)}"
        f'</td><td class="{"" if layer.writes else "is-quiet"}">{memory}</td></tr>'
    )


def _draw_count(count: int, arithmetic: str, total: int, filling: str) -> str:
    if not count:
        return '<span class="is-quiet">–</span>'
    share = 100 * count / total
    return (
        f"<b>{count:,}</b> <em>{write_percent(count / total)}</em>"
        f'<span class="gb-layers-bar"><i class="{filling}" style="width:{share:.3f}%"></i></span>'
        f"<small>{escape(arithmetic.partition(' = ')[0])}</small>"
    )


def write_bytes(num_bytes: int) -> str:
    """Write a size with four significant digits: 31.4 kB, 244.4 MB; 1 kB is 1,000 bytes."""
    for unit, size in (("MB", 1_000_000), ("kB", 1_000)):
        if num_bytes >= size:
            return f"{format_number(num_bytes / size)} {unit}"
    return f"{num_bytes} B"


def _write_shape(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{side:,}" for side in shape)


def _sum(layers: Sequence[Layer], count: Callable[[Layer], int]) -> int:
    return sum(count(layer) for layer in layers)


def _count_parameters(layer: Layer) -> int:
    return layer.parameters


def _count_multiply_adds(layer: Layer) -> int:
    return layer.multiply_adds


def _count_bytes(layer: Layer) -> int:
    return layer.num_bytes
