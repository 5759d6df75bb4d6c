"""The networks, by name, and what may differ from their own configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from torch import nn

from models.networks.layers.kind import Layers
from models.networks.layers.kinds import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
)
from models.networks.layers.network import LayerNetwork

_HIDDEN = ("hidden_size", "hidden_sizes")  # in a configuration


@dataclass(frozen=True)
class NetworkSpec:
    """One entry of the registry.

    Attributes:
        name: The name in commands, checkpoints and lists.
        title: The name as a learner reads it.
        summary: The layers in one line.
        layers: Its layers as the notebook has them, or we.
        config: What a checkpoint may say to differ, with the value that it has in `layers`: `channels` of its
            convolutions, `hidden_size` or `hidden_sizes` of its linear layers, and `dropout` for all its
            dropout layers or `dropouts` for each.
    """

    name: str
    title: str
    summary: str
    layers: Layers
    config: Mapping[str, Any]


def _convolve(out_channels: int) -> Layers:
    return Conv2d(out_channels, kernel_size=3, padding=1), BatchNorm2d(), ReLU()


def _convolve_without_bias(out_channels: int, kernel_size: int = 3, padding: int = 1) -> Conv2d:
    return Conv2d(out_channels, kernel_size, padding=padding, bias=False)  # batch norm's shift does as much


_CONVNET: Layers = (
    Conv2d(8, kernel_size=5, padding=2), ReLU(), MaxPool2d(2), Flatten(), Linear(500), ReLU(), Linear(10),
)  # fmt: skip
_CONVNET2: Layers = (*_CONVNET[:4], Dropout(0.5), *_CONVNET[4:])
# Our own: as much accuracy as a minute of training on two processor cores buys. The multiplications of a
# convolution go with its maps' area, so the wide ones come where the maps are small. Pooling comes before
# batch norm and ReLU, which leaves them a quarter of the work. The strongest answer of each of the last maps
# counts, wherever in the image it stands.
_GLASSNET: Layers = (
    _convolve_without_bias(16, kernel_size=5, padding=2), MaxPool2d(2), BatchNorm2d(), ReLU(),
    _convolve_without_bias(32), BatchNorm2d(), ReLU(),
    _convolve_without_bias(32), MaxPool2d(2), BatchNorm2d(), ReLU(),
    _convolve_without_bias(96), BatchNorm2d(), ReLU(),
    _convolve_without_bias(96, padding=0), BatchNorm2d(), ReLU(), MaxPool2d(5),
    Flatten(), Linear(10),
)  # fmt: skip

NETWORKS: Mapping[str, NetworkSpec] = {
    spec.name: spec
    for spec in (
        NetworkSpec("logistic", "Logistic regression", "784 → 10", (Flatten(), Linear(10)), {}),
        NetworkSpec(
            "mlp",
            "Multi-layer perceptron",
            "784 → 128 → 64 → 10, ReLU",
            (Flatten(), Linear(128), ReLU(), Linear(64), ReLU(), Linear(10)),
            {"hidden_sizes": (128, 64)},
        ),
        NetworkSpec(
            "convnet",
            "ConvNet",
            "8 filters 5×5, max pool, 500, 10",
            _CONVNET,
            {"channels": 8, "hidden_size": 500, "dropout": 0.0},
        ),
        NetworkSpec(
            "convnet2",
            "ConvNet2",
            "ConvNet with dropout 0.5 before its first linear layer",
            _CONVNET2,
            {"channels": 8, "hidden_size": 500, "dropout": 0.5},
        ),
        NetworkSpec(
            "convnet3",
            "ConvNet3",
            "16, 32, 64 filters 5×5 with max pool, then 128, 256, 10 with dropout 0.5",
            (
                Conv2d(16, kernel_size=5, padding=2), ReLU(), MaxPool2d(2),
                Conv2d(32, kernel_size=5, padding=2), ReLU(), MaxPool2d(2),
                Conv2d(64, kernel_size=5, padding=2), ReLU(), MaxPool2d(2),
                Flatten(),
                Dropout(0.5), Linear(128), ReLU(),
                Dropout(0.5), Linear(256), ReLU(),
                Linear(10),
            ),
            {"channels": (16, 32, 64), "hidden_sizes": (128, 256), "dropout": 0.5},
        ),
        NetworkSpec(
            "convnet4",
            "ConvNet4",
            "64, 64, 128, 128, 256, 256 filters 3×3 with batch norm, dropout, global average pool, 10",
            (
                *_convolve(64), *_convolve(64), MaxPool2d(2), Dropout(0.4),
                *_convolve(128), *_convolve(128), MaxPool2d(2), Dropout(0.4),
                *_convolve(256), *_convolve(256), AvgPool2d(7),
                Flatten(), Dropout(0.5), Linear(10),
            ),
            {"channels": (64, 128, 256), "dropouts": (0.4, 0.4, 0.5)},
        ),
        NetworkSpec(
            "glassnet",
            "GlassNet",
            "16 filters 5×5, then 32, 32, 96, 96 filters 3×3 with batch norm, max pool, 10",
            _GLASSNET,
            {"channels": (16, 32, 96)},
        ),
    )
}  # fmt: skip


def get_network_spec(name: str) -> NetworkSpec:
    """Return the registry's entry for `name`.

    Raises:
        ValueError: If no network has that name; the message lists those that exist.
    """
    if not isinstance(name, str) or name not in NETWORKS:
        raise ValueError(f"There is no network called {name!r:.40}. Choose one of: {', '.join(NETWORKS)}.")
    return NETWORKS[name]


def list_layers(name: str, config: Mapping[str, Any] | None = None) -> Layers:
    """Return the layers of a network.

    Args:
        name: A name in `NETWORKS`.
        config: What differs from the network's own configuration, as a checkpoint records it; lists stand for
            tuples.

    Raises:
        ValueError: If the name, a field's name, its type or its size is not one that the network takes.
    """
    spec = get_network_spec(name)
    values = apply_changes(spec, config or {})
    layers = spec.layers
    if layers in (_CONVNET, _CONVNET2):  # the one has a dropout layer, the other none
        layers = _CONVNET2 if values["dropout"] else _CONVNET
    # In no network do two sizes of its configuration agree, so a size says which one it is.
    channels = dict(_pair(spec.config, values, "channels"))
    hidden_sizes = dict(_pair(spec.config, values, *_HIDDEN))
    dropouts = iter(values.get("dropouts") or [values.get("dropout")] * len(layers))
    changed = []
    for layer in layers:
        if isinstance(layer, Conv2d):
            layer = replace(layer, out_channels=channels[layer.out_channels])
        elif isinstance(layer, Linear):
            layer = replace(layer, out_features=hidden_sizes.get(layer.out_features, layer.out_features))
        elif isinstance(layer, Dropout):
            layer = replace(layer, p=next(dropouts))
        changed.append(layer)
    return tuple(changed)


def _pair(own: Mapping[str, Any], values: Mapping[str, Any], *names: str) -> list[tuple[int, int]]:
    """Pair the sizes of a network's own configuration with those that take their place."""
    pairs = [(own[name], values[name]) for name in names if name in own]
    if pairs and isinstance(pairs[0][0], tuple):
        return list(zip(*pairs[0], strict=True))
    return pairs


def build_network(name: str, config: Mapping[str, Any] | None = None) -> nn.Module:
    """Build a network with fresh weights, drawn from torch's global generator.

    Args:
        name: A name in `NETWORKS`.
        config: As in `list_layers`.

    Raises:
        ValueError: As `list_layers`, or if it is larger than any network may be.
    """
    return LayerNetwork(list_layers(name, config))


def has_dropout(name: str) -> bool:
    """Return whether a network has dropout or a place for it, as `convnet`, which with it is `convnet2`."""
    return bool({"dropout", "dropouts"} & get_network_spec(name).config.keys())


def set_dropout(name: str, dropout: float | None) -> dict[str, Any]:
    """Return the changes of a network's configuration that give all its dropout layers one probability.

    Args:
        name: A network with dropout.
        dropout: The probability; None for the network's own, which is no change.
    """
    if dropout is None:
        return {}
    own = get_network_spec(name).config.get("dropouts")
    return {"dropout": dropout} if own is None else {"dropouts": [dropout] * len(own)}


def set_width(name: str, width: float) -> dict[str, Any]:
    """Return the changes of a network's configuration that make all its convolutions `width` times as wide.

    The width multiplier of MobileNets (Howard et al., 2017), over the channels, rounded to whole numbers.

    Args:
        name: A network with convolutions.
        width: The factor; 1 for the network's own channels, which is no change.

    Raises:
        ValueError: If the network has no convolutions whose channels could be changed.
    """
    if width == 1:
        return {}
    own = get_network_spec(name).config.get("channels")
    if own is None:
        raise ValueError(f"{name} has no convolutions, so its width cannot be {width:g}; leave it at 1.")
    channels = [max(1, round(width * each)) for each in (own if isinstance(own, tuple) else (own,))]
    return {"channels": channels if isinstance(own, tuple) else channels[0]}


def is_own_dropout(name: str, dropout: float) -> bool:
    """Return whether all dropout layers of a network have this probability anyway."""
    spec = get_network_spec(name)
    return _list_dropouts(apply_changes(spec, set_dropout(name, dropout))) == _list_dropouts(spec.config)


def summarise_network(name: str, changes: Mapping[str, Any] | None = None) -> str:
    """Return a network's layers in a line, with the sizes and the dropout that it has.

    Args:
        name: A name in `NETWORKS`.
        changes: Fields that differ from the notebook's configuration, as a checkpoint records them.

    Raises:
        ValueError: As `build_network`.
    """
    spec = get_network_spec(name)
    values = apply_changes(spec, changes or {})
    filters = {f"{own}": f"{new}" for own, new in _pair(spec.config, values, "channels")}
    sizes = filters | {f"{own}": f"{new}" for own, new in _pair(spec.config, values, *_HIDDEN)}
    summary = re.sub(r"\b\d+\b", lambda number: sizes.get(number[0], number[0]), spec.summary)
    untold = [
        new for own, new in filters.items() if own != new and not re.search(rf"\b{own}\b", spec.summary)
    ]
    if untold:
        summary += f", and {', '.join(untold)} filters"
    dropouts = _list_dropouts(values)
    if dropouts == _list_dropouts(spec.config):
        return summary
    shown = " and ".join(f"{dropout:g}" for dropout in dict.fromkeys(dropouts))
    text = f"dropout {shown}" if any(dropouts) else "no dropout"
    summary, is_told = re.subn(r"dropout( 0\.\d+)?", text, summary)
    return summary if is_told else f"{summary}, with {text}"


def _list_dropouts(config: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the probabilities of a configuration's dropout layers."""
    one = config.get("dropout")
    return config.get("dropouts", ()) if one is None else (one,)


def apply_changes(spec: NetworkSpec, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the spec's configuration with `changes` applied, each checked against the field it replaces.

    Raises:
        ValueError: If a field is unknown, or its value has another type, length or an impossible size.
    """
    values = dict(spec.config)
    for name, value in changes.items():
        if name not in values:
            known = ", ".join(values) or "none"
            raise ValueError(f"{spec.name} has no setting {name!r}; its settings are: {known}.")
        values[name] = _check_field(f"{spec.name}'s {name}", value, values[name])
    return values


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


def describe_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration as plain values that JSON can hold."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in config.items()}


def count_parameters(network: nn.Module) -> int:
    """Return the number of learned values; batch norm's running statistics are not learned."""
    return sum(parameter.numel() for parameter in network.parameters())
