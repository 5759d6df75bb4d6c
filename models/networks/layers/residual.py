"""The residual block: a list of layers within the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from models.networks.layers.features import Linear
from models.networks.layers.kind import Layers, LayerSpec, MisfitError, Shape, write_shape
from models.networks.layers.maps import Conv2d


class ResidualBlock(nn.Module):
    """Layers whose output is added to their input, after a projection where the two shapes differ."""

    def __init__(self, body: nn.Sequential, projection: nn.Module | None = None) -> None:
        super().__init__()
        self.body = body
        self.projection = projection

    def forward(self, inputs: Tensor) -> Tensor:
        """Map (N, …) to (N, …): body(x) + projection(x)."""
        kept = inputs if self.projection is None else self.projection(inputs)
        outputs: Tensor = self.body(inputs) + kept
        return outputs


@dataclass(frozen=True)
class Residual(LayerSpec):
    """A list within the list: what its layers answer is added to what came in."""

    summary: ClassVar[str] = "adds what its layers answer to what came in"

    body: tuple[LayerSpec, ...] = ()

    def find_output(self, shape: Shape) -> Shape:
        """The shape behind the body."""
        if not self.body:
            raise MisfitError("A residual block needs at least one layer.")
        if any(isinstance(layer, Residual) for layer in self.body):
            raise MisfitError("A residual block holds layers, not another block.")
        output = shape
        for layer in self.body:
            output = layer.find_output(output)
        self.find_projection(shape, output)
        return output

    def find_projection(self, shape: Shape, output: Shape) -> LayerSpec | None:
        """Return the layer that brings what came in to the body's shape: none where they are equal.

        Raises:
            MisfitError: If no convolution 1×1 and no linear layer does.
        """
        if shape == output:
            return None
        if len(shape) == len(output) == 1:
            return Linear(output[0], bias=False)
        if len(shape) == len(output) == 3:
            for stride in range(1, 29):
                projection = Conv2d(output[0], kernel_size=1, stride=stride, bias=False)
                if projection.find_output(shape) == output:
                    return projection
        raise MisfitError(
            f"The block takes {write_shape(shape)} and its layers give {write_shape(output)}: no convolution "
            "1×1 brings the one to the other, so they cannot be added. Padding that keeps the maps' size "
            "does."
        )

    def _walk(self, shape: Shape) -> list[tuple[LayerSpec, Shape]]:
        """Return the layers with weights to build, each with its input: the body's, then the projection."""
        pairs, inner = [], shape
        for layer in self.body:
            pairs.append((layer, inner))
            inner = layer.find_output(inner)
        projection = self.find_projection(shape, inner)
        return pairs if projection is None else [*pairs, (projection, shape)]

    def count_parameters(self, shape: Shape) -> int:
        """Those of its layers and of the projection."""
        return sum(layer.count_parameters(inner) for layer, inner in self._walk(shape))

    def count_multiply_adds(self, shape: Shape) -> int:
        """Those of its layers and of the projection."""
        return sum(layer.count_multiply_adds(inner) for layer, inner in self._walk(shape))

    def build(self, shape: Shape) -> nn.Module:
        """Build the body, then the projection."""
        modules = [layer.build(inner) for layer, inner in self._walk(shape)]
        size = len(self.body)
        return ResidualBlock(nn.Sequential(*modules[:size]), *modules[size:])

    def write(self, shape: Shape) -> str:
        """Write the call of the emitted script's own class, its layers in its arguments."""
        return f"Residual({', '.join(self.list_calls(shape))})"

    def list_calls(self, shape: Shape) -> list[str]:
        """Write the calls that build its layers and its projection, each an argument of its own."""
        calls = [layer.write(inner) for layer, inner in self._walk(shape)]
        if len(calls) > len(self.body):
            calls[-1] = f"projection={calls[-1]}"
        return calls


def walk_layers(layers: Layers) -> Iterator[LayerSpec]:
    """Go through all layers of a list, those within its residual blocks too."""
    for layer in layers:
        yield layer
        if isinstance(layer, Residual):
            yield from layer.body
