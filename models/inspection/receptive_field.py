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

# One number in, one number out, at the same place: in evaluation mode batch norm is one of them.
_POINTWISE = (nn.ReLU, nn.BatchNorm2d, nn.Dropout, nn.Dropout2d, nn.Identity)
_WINDOWED = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)


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
    """Return the receptive field of every layer of a network whose layers run one after the other.

    Args:
        network: Its layers in the order in which they are registered: Conv2d, MaxPool2d, AvgPool2d, Linear
            and layers that work number by number.
        axis: 0 along the rows (downwards), 1 along the columns.

    Returns:
        The field of each layer by its dotted name; None from the first Linear on, whose units see everything.

    Raises:
        ValueError: If the network has a layer of another kind.
    """
    fields: dict[str, ReceptiveField | None] = {}
    field: ReceptiveField | None = ReceptiveField(size=1, jump=1, start=0)
    for name, module in network.named_modules():
        if next(module.children(), None) is not None:
            continue
        if isinstance(module, nn.Linear):
            field = None
        elif isinstance(module, _WINDOWED):
            if field is None:
                raise ValueError(
                    f"{name}, a {type(module).__name__}, stands after a Linear: no maps are left."
                )
            field = _grow(field, module, axis)
        elif not isinstance(module, (*_POINTWISE, nn.Flatten)):
            kinds = ", ".join(kind.__name__ for kind in (*_WINDOWED, nn.Linear, *_POINTWISE, nn.Flatten))
            raise ValueError(f"{name} is a {type(module).__name__}; receptive fields are known for {kinds}.")
        fields[name] = field
    return fields


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
