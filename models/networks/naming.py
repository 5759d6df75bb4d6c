"""A network by its name: one of the registry, or one with layers of its own, which its maker named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.networks.layers.examination import examine_layers
from models.networks.layers.kind import Layers
from models.networks.layers.plain_data import read_layers
from models.networks.registry import NETWORKS, list_layers

MAX_NETWORK_NAME = 40
_TAKEN = {word.casefold() for name, spec in NETWORKS.items() for word in (name, spec.title)}


def check_own_name(name: object) -> str:
    """Return the name of a network with layers of its own, without spaces around it.

    Raises:
        ValueError: If it is empty, too long, of several lines, or a given network's.
    """
    text = name.strip() if isinstance(name, str) else ""
    if not (text.isprintable() and 0 < len(text) <= MAX_NETWORK_NAME):
        raise ValueError(f"A network's name is one line of 1 to {MAX_NETWORK_NAME} letters.")
    if text.casefold() in _TAKEN:
        raise ValueError(f"{text} is a given network; one with layers of its own has another name.")
    return text


def title_network(name: str) -> str:
    """Return a network's name as a learner reads it; of one with layers of its own, its maker's."""
    return NETWORKS[name].title if name in NETWORKS else name


def find_network_layers(name: str, config: Mapping[str, Any], own: Any) -> Layers:
    """Return the layers of a network: its own, or those of the registry's entry.

    Args:
        name: In the registry; of a network with layers of its own, what its maker calls it.
        config: As `list_layers` takes it; empty for layers of its own.
        own: The layers as plain data; None for a network of the registry.

    Raises:
        ValueError: If that is no network, or its own layers have no name of their own.
    """
    if own is None:
        return list_layers(name, config)
    if check_own_name(name) != name:
        raise ValueError("A network's name has no spaces around it.")
    if config:
        raise ValueError("A network with layers of its own has no config beside them.")
    layers = read_layers(own)
    problem = examine_layers(layers).find_problem()
    if problem:
        raise ValueError(problem)
    return layers
