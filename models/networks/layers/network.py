"""A list of layers as the network that it says."""

from __future__ import annotations

from torch import Tensor, nn

from models.networks.layers.examination import examine_layers
from models.networks.layers.kind import Layers
from models.networks.layers.kinds import Flatten

FLATTEN_NAME = "flatten"  # of the first one, which is no module


def name_layers(layers: Layers) -> list[str]:
    """Name the layers of a list as its `LayerNetwork` does: "features.0", "flatten", "classifier.1"."""
    flat = _find_flatten(layers)
    names = [f"features.{place}" for place in range(flat)]
    behind = len(layers) - flat - 1
    names += [FLATTEN_NAME, *(f"classifier.{place}" for place in range(behind))]
    return [*names[:-1], "classifier"] if behind == 1 else names


def _find_flatten(layers: Layers) -> int:
    return next(place for place, layer in enumerate(layers) if isinstance(layer, Flatten))


class LayerNetwork(nn.Module):
    """A network built from a list: the layers before its first `Flatten`, and those behind it.

    The two halves carry the names that the notebook's networks have in their files: "features.0.weight",
    "classifier.1.bias"; a single layer behind the `Flatten` is that half itself ("classifier.weight").

    Attributes:
        layers: The list.
    """

    def __init__(self, layers: Layers) -> None:
        """Build the modules in the list's order, their weights drawn from torch's global generator.

        Raises:
            ValueError: If the list is no network, before anything is allocated.
        """
        super().__init__()
        examination = examine_layers(layers)
        problem = examination.find_problem()
        if problem:
            raise ValueError(problem)
        self.layers = layers
        modules = []
        for row in examination.rows:
            assert row.input_shape is not None
            modules.append(row.layer.build(row.input_shape))
        flat = _find_flatten(layers)
        before, behind = modules[:flat], modules[flat + 1 :]
        if before:
            self.features = nn.Sequential(*before)
        self.classifier = behind[0] if len(behind) == 1 else nn.Sequential(*behind)

    def forward(self, images: Tensor) -> Tensor:
        """Map (N, 1, 28, 28) images to (N, 10) logits."""
        maps = self.features(images) if "features" in self._modules else images
        logits: Tensor = self.classifier(maps.flatten(1))  # (N, C, H, W) → (N, C·H·W) → (N, 10)
        return logits
