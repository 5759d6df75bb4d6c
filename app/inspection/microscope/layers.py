"""Which layers of a network behave differently in training, from the network's description alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from models.networks.architecture import describe_architecture
from models.networks.layers.examination import INPUT_SHAPE
from models.networks.layers.kind import Layers
from models.networks.layers.kinds import Dropout, Dropout2d
from models.networks.layers.network import FLATTEN_NAME
from models.networks.layers.residual import walk_layers


class ModeLayers(NamedTuple):
    """What the microscope's lists offer of a network.

    Attributes:
        dropouts: The dropout layers, each as (what is read, its name).
        norms: The channels of each batch norm, by its name.
    """

    dropouts: list[tuple[str, str]]
    norms: dict[str, int]


def list_mode_layers(layers: Layers) -> ModeLayers:
    """List the dropout layers and batch norms of a network, each kind in the network's order.

    Raises:
        ValueError: If the list is no network.
    """
    dropouts: list[tuple[str, str]] = []
    norms: dict[str, int] = {}
    rates = [layer.p for layer in walk_layers(layers) if isinstance(layer, Dropout | Dropout2d)]
    maps: tuple[int, ...] | None = INPUT_SHAPE  # the last ones: behind the flattening, features lie in them
    for layer in describe_architecture(layers, "", "").layers:
        if layer.kind.startswith("Dropout"):
            shape = layer.input_shape if len(layer.input_shape) == 3 else maps or layer.input_shape
            dropouts.append((describe_dropout(layer.name, shape, rates[len(dropouts)]), layer.name))
            continue
        if layer.kind.startswith("BatchNorm"):
            norms[layer.name] = layer.input_shape[0]
        if layer.name != FLATTEN_NAME:
            maps = layer.output_shape if len(layer.output_shape) == 3 else None
    return ModeLayers(dropouts, norms)


def describe_dropout(name: str, shape: Sequence[int], p: float) -> str:
    """Name a dropout layer with what it is given: "features.7: 64 maps of 14 × 14, drops 40%".

    Args:
        name: The layer's.
        shape: (C, H, W) or (F,) of what it is given.
        p: How likely it drops a feature.
    """
    channels, height, width = (*shape, 1, 1)[:3]
    plural = "" if channels == 1 else "s"
    given = f"{channels} map{plural} of {height} × {width}"
    if height * width == 1:
        given = f"{channels} feature{plural}"
    return f"{name}: {given}, drops {p:.0%}"


def find_last_channel(norms: Mapping[str, int], name: object) -> int:
    """Return the last channel of the batch norm of this name, else of the first; 1, for a slider, of none."""
    channels = [norms[each] for each in norms if each == name] or list(norms.values())
    return channels[0] - 1 if channels else 1
