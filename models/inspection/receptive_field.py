"""Which pixels of the image a unit of a convolutional network can see, from the layers' settings alone.

The receptive field of a layer's units has a size r, a jump j from one unit's field to the next one's, and a
start, the pixel at which the first unit's field begins. A layer with kernel k, stride s, padding p and
dilation d whose input has (r, j, start) has

    r' = r + d(k − 1)·j,    j' = s·j,    start' = start − p·j,

and the image itself has (1, 1, 0). Unrolled, these are the closed forms for the size and the region of a
single-path network in Araujo, Norris & Sim, "Computing Receptive Fields of Convolutional Neural Networks",
Distill, 2019; a dilated kernel counts as one of size d(k − 1) + 1. What lies before pixel 0 or behind the
last one is padding. Behind a residual block a unit sees what either of two paths shows it, the body's and the
projection's, whose jumps may differ: pooling by 3 makes 4 of 14, and so does a 1×1 convolution of stride 4.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.networks.layers.examination import INPUT_SHAPE
from models.networks.layers.kind import Layers, LayerSpec, Shape
from models.networks.layers.kinds import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    Conv2d,
    Linear,
    MaxPool2d,
    Residual,
)
from models.networks.layers.network import FLATTEN_NAME, name_layers

_GLOBAL = (Linear, AdaptiveAvgPool2d, AdaptiveMaxPool2d)


@dataclass(frozen=True)
class Path:
    """What a layer's units see along one side of the image, in pixels, by one way through the network.

    Attributes:
        size: How many pixels a unit sees.
        jump: How far the next unit's field is from its neighbour's.
        start: The first pixel of unit 0's field, from 0; negative where padding comes first.
    """

    size: int
    jump: int
    start: int


@dataclass(frozen=True)
class ReceptiveField:
    """What a layer's units see along one side of the image.

    Attributes:
        paths: One, but behind residual blocks one of each jump that there is.
    """

    paths: tuple[Path, ...]

    def find_span(self, unit: int, side_px: int) -> tuple[int, int]:
        """Return the first and the last pixel that a unit sees of an image this long, both from 0.

        A unit that sees nothing but padding has the last before the first. Units at the edge may see a little
        less than this says where a kernel is dilated, or where a layer pads maps that left out the last
        pixels of what they were made from; no network of the registry has either.
        """
        firsts = [path.start + unit * path.jump for path in self.paths]
        spans = [
            (max(first, 0), min(first + path.size, side_px) - 1)
            for first, path in zip(firsts, self.paths, strict=True)
        ]
        seen = [(first, last) for first, last in spans if first <= last] or spans[:1]
        return min(first for first, _ in seen), max(last for _, last in seen)


def find_receptive_fields(layers: Layers) -> dict[str, ReceptiveField | None]:
    """Return the receptive field of every layer of a network, along rows and columns alike.

    Args:
        layers: A list that is a network; of a residual block, the body and the projection run side by side.

    Returns:
        The field of each layer by its name in `LayerNetwork`, without the first Flatten; of a block, of its
        body's layers, of its projection, whether it has one or not, and of its sum. None from the first
        Linear or global pooling on, whose units see everything.
    """
    fields: dict[str, ReceptiveField | None] = {}
    field: ReceptiveField | None = ReceptiveField((Path(size=1, jump=1, start=0),))
    shape: Shape = INPUT_SHAPE
    for name, layer in zip(name_layers(layers), layers, strict=True):
        if isinstance(layer, Residual):
            field = _follow_block(layer, name, shape, field, fields)
        elif name != FLATTEN_NAME:
            field = fields[name] = _follow(layer, field)
        shape = layer.find_output(shape)
    return fields


def _follow_block(
    block: Residual,
    name: str,
    shape: Shape,
    field: ReceptiveField | None,
    fields: dict[str, ReceptiveField | None],
) -> ReceptiveField | None:
    """Return the field behind a block's sum, and note it and those of its body's layers.

    What comes into the block, of `shape`, goes by the body and by the projection, where there is one.
    """
    outer = field
    for place, layer in enumerate(block.body):
        outer = fields[f"{name}.body.{place}"] = _follow(layer, outer)
    projection = block.find_projection(shape, block.find_output(shape))
    kept = field if projection is None else _follow(projection, field)
    fields[f"{name}.projection"] = None if outer is None else kept
    joined = fields[name] = None if kept is None or outer is None else _join(kept, outer)
    return joined


def _follow(layer: LayerSpec, field: ReceptiveField | None) -> ReceptiveField | None:
    """Return the field behind a layer."""
    if field is None or isinstance(layer, _GLOBAL):
        return None  # behind a global pooling a window still sees everything; a Linear leaves no maps
    if isinstance(layer, Conv2d):
        reach, stride = layer.dilation * (layer.kernel_size - 1), layer.stride
    elif isinstance(layer, MaxPool2d | AvgPool2d):
        reach, stride = layer.kernel_size - 1, layer.stride or layer.kernel_size
    else:
        return field  # one number in, one number out, at the same place
    return ReceptiveField(
        tuple(
            Path(
                size=path.size + reach * path.jump,
                jump=stride * path.jump,
                start=path.start - layer.padding * path.jump,
            )
            for path in field.paths
        )
    )


def _join(one: ReceptiveField, other: ReceptiveField) -> ReceptiveField:
    """Return the field of a sum: from the first to the last pixel that either of the two sees."""
    joined: dict[int, Path] = {}
    for path in (*one.paths, *other.paths):
        same = joined.get(path.jump, path)
        start = min(path.start, same.start)
        end = max(path.start + path.size, same.start + same.size)
        joined[path.jump] = Path(size=end - start, jump=path.jump, start=start)
    return ReceptiveField(tuple(joined.values()))
