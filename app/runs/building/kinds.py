"""The kinds of layer as the builder offers them: in groups, with the bounds and steps of their fields."""

from __future__ import annotations

from typing import Any

from app.runs.building.payloads import GivenView, KindView, SettingView
from models.networks.layers.kind import Setting
from models.networks.layers.kinds import KINDS
from models.networks.registry import NETWORKS

_GROUPS = {
    "Weighted sums": ("Conv2d", "Linear"),
    "Activations": ("ReLU", "LeakyReLU", "Tanh", "Sigmoid", "GELU"),
    "Pooling": ("MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d"),
    "Shape": ("Flatten", "Residual"),
    "Normalisation and dropout": ("BatchNorm2d", "BatchNorm1d", "Dropout", "Dropout2d"),
}
_BLOCK: list[dict[str, Any]] = [
    {"layer": "Conv2d", "padding": 1},
    {"layer": "ReLU"},
    {"layer": "Conv2d", "padding": 1},
]  # keeps the maps' size
_DOUBLED = ("out_channels", "out_features")
_STEPS = {"p": 0.05, "negative_slope": 0.01}


def list_kinds() -> list[KindView]:
    """Return the kinds in the order of the groups; what belongs to none comes last."""
    grouped = {name: group for group, names in _GROUPS.items() for name in names}
    names = [*(name for name in grouped if name in KINDS), *(name for name in KINDS if name not in grouped)]
    return [_show_kind(name, grouped.get(name, "Others")) for name in names]


def _show_kind(name: str, group: str) -> KindView:
    kind = KINDS[name]
    fresh: dict[str, Any] = {"layer": name}
    if name == "Residual":
        fresh["body"] = _BLOCK
    settings = [_show_setting(setting) for setting in kind.settings()]
    return {"name": name, "group": group, "summary": kind.summary, "settings": settings, "fresh": fresh}


def _show_setting(setting: Setting) -> SettingView:
    types = {int: "whole", float: "number", bool: "switch"}
    return {
        "name": setting.name,
        "type": types[setting.value_type],  # type: ignore[typeddict-item]
        "default": setting.default,
        "low": setting.low,
        "high": setting.high,
        "step": _STEPS.get(setting.name, 1),
        "by_doubling": setting.name in _DOUBLED,
        "is_optional": setting.is_optional,
    }


def list_given() -> list[GivenView]:
    """Return the given networks."""
    return [{"name": name, "title": spec.title} for name, spec in NETWORKS.items()]
