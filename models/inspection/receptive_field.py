"""Which pixels of the image a unit of a convolutional network can see, from the layers' settings alone.

The receptive field of a layer's units has a size r, a jump j from one unit's field to the next one's, and a
start, the pixel at which the first unit's field begins. A layer with kernel k, stride s, padding p and
dilation d whose input has (r, j, start) has

    r' = r + d(k − 1)·j,    j' = s·j,    start' = start − p·j,

and the image itself has (1, 1, 0). Unrolled, these are the closed forms for the size and the region of a
single-path network in Araujo, Norris & Sim, "Computing Receptive Fields of Convolutional Neural Networks",
Distill, 2019; a dilated kernel counts as one of size d(k − 1) + 1. What lies before pixel 0 or behind the
last one is padding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import nn

from models.networks.layers.residual import ResidualBlock

# One number in, one number out, at the same place: in evaluation mode batch norm is one of them.
_POINTWISE = (
    nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid, nn.GELU, nn.BatchNorm2d, nn.BatchNorm1d,
    nn.Dropout, nn.Dropout2d, nn.Flatten, nn.Identity,
)  # fmt: skip
_WINDOWED = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)
_GLOBAL = (nn.Linear, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)


@dataclass(frozen=True)
class ReceptiveField:
    """What a layer's units see along one side of the image, in pixels.

    Attributes:
        size: How many pixels a unit sees.
        jump: How far the next unit's field is from its neighbour's.
        start: The first pixel of unit 0's field, from 0; negative where padding comes first.
    """

    size: int
    jump: int
    start: int

    def find_span(self, unit: int, side_px: int) -> tuple[int, int]:
        """Return the first and the last pixel that a unit sees of an image this long, both from 0.

        A unit that sees nothing but padding has the last before the first. Units at the edge may see a little
        less than this says where a kernel is dilated, or where a layer pads maps that left out the last
        pixels of what they were made from; no network of the registry has either.
        """
        first = self.start + unit * self.jump
        return max(first, 0), min(first + self.size, side_px) - 1


def find_receptive_fields(network: nn.Module, axis: int = 0) -> dict[str, ReceptiveField | None]:
    """Return the receptive field of every layer of a network.

    Args:
        network: Its layers run one after the other, in the order in which they are registered; a residual
            block's body and projection side by side.
        axis: 0 along the rows (downwards), 1 along the columns.

    Returns:
        The field of each layer by its dotted name; None from the first Linear or global pooling on, whose
        units see everything.

    Raises:
        ValueError: If the network has a layer of another kind.
    """
    fields: dict[str, ReceptiveField | None] = {}
    _follow(network, "", ReceptiveField(size=1, jump=1, start=0), axis, fields)
    return fields


def _follow(
    module: nn.Module,
    name: str,
    field: ReceptiveField | None,
    axis: int,
    fields: dict[str, ReceptiveField | None],
) -> ReceptiveField | None:
    """Return the field behind a module, and note it for each of the module's layers."""
    prefix = f"{name}." if name else ""
    if isinstance(module, ResidualBlock):
        outer = _follow(module.body, f"{prefix}body", field, axis, fields)
        if module.projection is not None:
            field = _follow(module.projection, f"{prefix}projection", field, axis, fields)
        return _join(field, outer)
    children = list(module.named_children())
    if children:
        for child_name, child in children:
            field = _follow(child, f"{prefix}{child_name}", field, axis, fields)
        return field
    if isinstance(module, _GLOBAL):
        field = None
    elif isinstance(module, _WINDOWED):
        # Behind a global pooling a window still sees everything; a Linear leaves no maps.
        field = None if field is None else _grow(field, module, axis)
    elif not isinstance(module, _POINTWISE) and not isinstance(module, nn.Sequential):
        kinds = ", ".join(kind.__name__ for kind in (*_WINDOWED, *_GLOBAL, *_POINTWISE))
        raise ValueError(f"{name} is a {type(module).__name__}; receptive fields are known for {kinds}.")
    if not isinstance(module, nn.Sequential):  # an empty one is no layer
        fields[name] = field
    return field


def _join(one: ReceptiveField | None, other: ReceptiveField | None) -> ReceptiveField | None:
    """Return the field of a sum: from the first to the last pixel that either of the two sees."""
    if one is None or other is None:
        return None
    start = min(one.start, other.start)
    end = max(one.start + one.size, other.start + other.size)
    return ReceptiveField(size=end - start, jump=max(one.jump, other.jump), start=start)


def _grow(field: ReceptiveField, layer: Any, axis: int) -> ReceptiveField:
    """Return the field behind a layer with a window."""
    kernel, stride, dilation = (
        _pick(value, axis) for value in (layer.kernel_size, layer.stride, getattr(layer, "dilation", 1))
    )
    reach = dilation * (kernel - 1)
    # torch's "same" puts the smaller half of the zeros before the image.
    named = {"valid": 0, "same": reach // 2}
    padding = named[layer.padding] if isinstance(layer.padding, str) else _pick(layer.padding, axis)
    return ReceptiveField(
        size=field.size + reach * field.jump,
        jump=stride * field.jump,
        start=field.start - padding * field.jump,
    )


def _pick(value: int | tuple[int, ...], axis: int) -> int:
    return value if isinstance(value, int) else value[axis]
