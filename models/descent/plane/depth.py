"""How far numbers get through a deep network at its start: their spread forwards, the gradient back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import nn

from models.descent.plane.network import MAX_UNITS, NetworkConfig, stack_layers
from models.descent.plane.points import PointsConfig, draw_points
from models.descent.plane.training import measure_loss

DEPTHS = (2, 5, 10, 20)  # hidden layers
NUM_POINTS = 100


@dataclass(frozen=True)
class DepthCurve:
    """A network of so many hidden layers, before its first step.

    Attributes:
        depth: its hidden layers.
        spreads: of each hidden layer, the standard deviation of what its units give; NaN or infinite where
            these are not finite.
        gradients: of each hidden layer, the root mean square of the gradient of its weights.
    """

    depth: int
    spreads: tuple[float, ...]
    gradients: tuple[float, ...]


@lru_cache(maxsize=128)
def measure_depth(activation: str, initialisation: str, depth: int, seed: int = 0) -> DepthCurve:
    """Measure a fresh network of MAX_UNITS units a layer on the points of a circle.

    Args:
        activation: A key of ACTIVATIONS.
        initialisation: A key of INITIALISATIONS.
        depth: Hidden layers.
        seed: Of its weights.
    """
    points = draw_points(PointsConfig(count=NUM_POINTS, test_share=0.0))
    generator = torch.Generator().manual_seed(seed)
    config = NetworkConfig(hidden=(MAX_UNITS,) * depth, activation=activation, initialisation=initialisation)
    network = stack_layers(config, 1, generator)
    inputs = torch.tensor(points.positions)
    given: list[torch.Tensor] = []
    values = inputs
    for layer in network:
        values = layer(values)
        if not isinstance(layer, nn.Linear):
            given.append(values)
    targets = torch.tensor(points.targets).float()[:, None]
    measure_loss(values, targets, points.num_classes).backward()
    gradients = [layer.weight.grad for layer in network if isinstance(layer, nn.Linear)][:-1]
    with torch.no_grad():
        spreads = torch.stack([each.double().std(correction=0) for each in given]).tolist()
        sizes = [each.double().square().mean().sqrt() for each in gradients if each is not None]
    return DepthCurve(depth, tuple(spreads), tuple(torch.stack(sizes).tolist()))
