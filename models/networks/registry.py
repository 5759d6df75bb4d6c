"""The networks, by name, and what may differ from their own configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import nn

from models.networks.builders import (
    MLP,
    ConvNet3Config,
    ConvNet4Config,
    ConvNetConfig,
    GlassNetConfig,
    Logistic,
    LogisticConfig,
    MLPConfig,
    build_convnet,
    build_convnet3,
    build_convnet4,
    build_glassnet,
)


@dataclass(frozen=True)
class NetworkSpec:
    """One entry of the registry.

    Attributes:
        name: The name in commands, checkpoints and lists.
        title: The name as a learner reads it.
        summary: The layers in one line.
        config: The notebook's own configuration.
        build: Builds a network with fresh weights from a configuration of the same class.
    """

    name: str
    title: str
    summary: str
    config: Any
    build: Callable[[Any], nn.Module]


NETWORKS: Mapping[str, NetworkSpec] = {
    spec.name: spec
    for spec in (
        NetworkSpec("logistic", "Logistic regression", "784 → 10", LogisticConfig(), Logistic),
        NetworkSpec("mlp", "Multi-layer perceptron", "784 → 128 → 64 → 10, ReLU", MLPConfig(), MLP),
        NetworkSpec("convnet", "ConvNet", "8 filters 5×5, max pool, 500, 10", ConvNetConfig(), build_convnet),
        NetworkSpec(
            "convnet2",
            "ConvNet2",
            "ConvNet with dropout 0.5 before its first linear layer",
            ConvNetConfig(dropout=0.5),
            build_convnet,
        ),
        NetworkSpec(
            "convnet3",
            "ConvNet3",
            "16, 32, 64 filters 5×5 with max pool, then 128, 256, 10 with dropout 0.5",
            ConvNet3Config(),
            build_convnet3,
        ),
        NetworkSpec(
            "convnet4",
            "ConvNet4",
            "64, 64, 128, 128, 256, 256 filters 3×3 with batch norm, dropout, global average pool, 10",
            ConvNet4Config(),
            build_convnet4,
        ),
        NetworkSpec(
            "glassnet",
            "GlassNet",
            "16 filters 5×5, then 32, 32, 96, 96 filters 3×3 with batch norm, max pool, 10",
            GlassNetConfig(),
            build_glassnet,
        ),
    )
}


def get_network_spec(name: str) -> NetworkSpec:
    """Return the registry's entry for `name`.

    Raises:
        ValueError: If no network has that name; the message lists those that exist.
    """
    if not isinstance(name, str) or name not in NETWORKS:
        raise ValueError(f"There is no network called {name!r:.40}. Choose one of: {', '.join(NETWORKS)}.")
    return NETWORKS[name]


def build_network(name: str, config: Mapping[str, Any] | None = None) -> nn.Module:
    """Build a network with fresh weights, drawn from torch's global generator.

    Args:
        name: A name in `NETWORKS`.
        config: Fields that differ from the notebook's configuration, as a checkpoint records them; lists
            stand for tuples.

    Raises:
        ValueError: If the name, a field's name, its type or its size is not one that the network takes.
    """
    spec = get_network_spec(name)
    return spec.build(apply_changes(spec, config or {}))


def build_uninitialized(name: str, config: Mapping[str, Any] | None = None) -> nn.Module:
    """Build a network for its layers and shapes: its weights are whatever the memory held.

    Nothing is drawn from a generator. `to_empty` would do the same, but from "meta" it makes torch import its
    symbolic shapes, for seconds.

    Raises:
        ValueError: As `build_network`.
    """
    with torch.device("meta"):
        network = build_network(name, config)
    state = network.state_dict()
    empty = {key: torch.empty(tensor.shape, dtype=tensor.dtype) for key, tensor in state.items()}
    network.load_state_dict(empty, assign=True)
    return network


def has_dropout(name: str) -> bool:
    """Return whether a network has dropout or a place for it, as `convnet`, which with it is `convnet2`."""
    return any(field.name in ("dropout", "dropouts") for field in fields(get_network_spec(name).config))


def set_dropout(name: str, dropout: float | None) -> dict[str, Any]:
    """Return the changes of a network's configuration that give all its dropout layers one probability.

    Args:
        name: A network with dropout.
        dropout: The probability; None for the network's own, which is no change.
    """
    if dropout is None:
        return {}
    own = getattr(get_network_spec(name).config, "dropouts", None)
    return {"dropout": dropout} if own is None else {"dropouts": [dropout] * len(own)}


def is_own_dropout(name: str, dropout: float) -> bool:
    """Return whether all dropout layers of a network have this probability anyway."""
    spec = get_network_spec(name)
    return _list_dropouts(apply_changes(spec, set_dropout(name, dropout))) == _list_dropouts(spec.config)


def summarise_network(name: str, changes: Mapping[str, Any] | None = None) -> str:
    """Return a network's layers in a line, with the dropout that it has.

    Args:
        name: A name in `NETWORKS`.
        changes: Fields that differ from the notebook's configuration, as a checkpoint records them.

    Raises:
        ValueError: As `build_network`.
    """
    spec = get_network_spec(name)
    dropouts = _list_dropouts(apply_changes(spec, changes or {}))
    if dropouts == _list_dropouts(spec.config):
        return spec.summary
    shown = " and ".join(f"{dropout:g}" for dropout in dict.fromkeys(dropouts))
    text = f"dropout {shown}" if any(dropouts) else "no dropout"
    summary, is_told = re.subn(r"dropout( 0\.\d+)?", text, spec.summary)
    return summary if is_told else f"{summary}, with {text}"


def _list_dropouts(config: Any) -> tuple[float, ...]:
    """Return the probabilities of a configuration's dropout layers."""
    one = getattr(config, "dropout", None)
    return getattr(config, "dropouts", ()) if one is None else (one,)


def apply_changes(spec: NetworkSpec, changes: Mapping[str, Any]) -> Any:
    """Return the spec's configuration with `changes` applied, each checked against the field it replaces.

    Raises:
        ValueError: If a field is unknown, or its value has another type, length or an impossible size.
    """
    values = {field.name: getattr(spec.config, field.name) for field in fields(spec.config)}
    for name, value in changes.items():
        if name not in values:
            known = ", ".join(values) or "none"
            raise ValueError(f"{spec.name} has no setting {name!r}; its settings are: {known}.")
        values[name] = _check_field(f"{spec.name}'s {name}", value, values[name])
    return type(spec.config)(**values)


def _check_field(name: str, value: Any, default: Any) -> Any:
    """Return `value` if it could stand in the place of `default`, or raise a ValueError that says why not."""
    if isinstance(default, tuple):
        if not isinstance(value, list | tuple) or len(value) != len(default):
            raise ValueError(f"{name} must be a list of {len(default)} numbers, not {value!r}.")
        return tuple(_check_field(name, item, default[0]) for item in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} must be a number, not {value!r}.")
    if isinstance(default, int):
        # 4,096 is far above any network here and far below what would exhaust memory.
        if not isinstance(value, int) or not 1 <= value <= 4096:
            raise ValueError(f"{name} must be a whole number from 1 to 4096, not {value!r}.")
        return value
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be a probability of at least 0 and below 1, not {value!r}.")
    return float(value)


def describe_config(config: Any) -> dict[str, Any]:
    """Return a configuration as plain values that JSON can hold."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(config).items()}


def count_parameters(network: nn.Module) -> int:
    """Return the number of learned values; batch norm's running statistics are not learned."""
    return sum(parameter.numel() for parameter in network.parameters())
