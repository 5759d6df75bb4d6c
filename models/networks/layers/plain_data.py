"""A list of layers as plain data, as a checkpoint's header, a file or a link carries it: read and described.

It is a list of objects, `[{"layer": "Conv2d", "out_channels": 8, "kernel_size": 5, "padding": 2}, {"layer":
"ReLU"}, …]`; settings that are left out have their default. Nothing in it is executed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.networks.layers.examination import MAX_LAYERS
from models.networks.layers.kind import Layers, LayerSpec
from models.networks.layers.kinds import KINDS
from models.networks.layers.residual import Residual


def read_layers(data: Any) -> Layers:
    """Read a list of layers from plain data.

    Raises:
        ValueError: If it is no such list; the message names the layer and says what would be right.
    """
    return _read(data, "Layer ", is_inner=False)


def _read(data: Any, place: str, is_inner: bool) -> Layers:
    if not isinstance(data, list | tuple):
        raise ValueError(f"A network must be a list of layers, not {type(data).__name__}.")
    if len(data) > MAX_LAYERS:
        raise ValueError(f"A network has at most {MAX_LAYERS} layers, not {len(data):,}.")
    return tuple(
        _read_layer(entry, f"{place}{number}", is_inner) for number, entry in enumerate(data, start=1)
    )


def _read_layer(entry: Any, place: str, is_inner: bool) -> LayerSpec:
    if not isinstance(entry, dict):
        raise ValueError(
            f'{place} must be an object such as {{"layer": "ReLU"}}, not {type(entry).__name__}.'
        )
    name = entry.get("layer")
    if not isinstance(name, str) or name not in KINDS:
        raise ValueError(f"{place} is called {name!r:.40}: choose one of {', '.join(KINDS)}.")
    kind = KINDS[name]
    settings = {setting.name: setting for setting in kind.settings()}
    allowed = {"body"} if kind is Residual else set(settings)
    unknown = [key for key in entry if key != "layer" and key not in allowed]
    if unknown:
        known = ", ".join(sorted(allowed)) or "none"
        raise ValueError(
            f"{place}: {name} has no setting {unknown[0]!r:.40}: leave it out. Its settings are: {known}."
        )
    if kind is Residual:
        if is_inner:
            raise ValueError(f"{place}: a residual block must hold layers, not another block.")
        return Residual(_read(entry.get("body", []), f"{place}, its layer ", is_inner=True))
    try:
        values = {key: settings[key].read(value, name) for key, value in entry.items() if key != "layer"}
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    return kind(**values)


def describe_layers(layers: Sequence[LayerSpec]) -> list[dict[str, Any]]:
    """Return a list as plain values that JSON can hold, without settings that have their default."""
    described = []
    for layer in layers:
        entry: dict[str, Any] = {"layer": layer.kind}
        if isinstance(layer, Residual):
            entry["body"] = describe_layers(layer.body)
        for setting in layer.settings():
            if getattr(layer, setting.name) != setting.default:
                entry[setting.name] = getattr(layer, setting.name)
        described.append(entry)
    return described
