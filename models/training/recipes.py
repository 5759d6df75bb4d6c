"""Recipes: the notebook's choice of all hyperparameters, a faster one, and one for people's drawings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from models.networks.registry import get_network_spec
from models.training.config import RECIPES, TrainConfig
from models.training.settings import check_name, list_settings

# Where they differ from the defaults.
_NOTEBOOK: Mapping[str, Mapping[str, Any]] = {
    "logistic": {"optimizer": "sgd"},
    "mlp": {"optimizer": "sgd", "momentum": 0.9},
}  # GlassNet, which the notebook does not have, is trained as its convolutional networks are
_ONE_CYCLE: Mapping[str, Any] = {"schedule": "one-cycle", "epochs": 1}
_FAST: Mapping[str, Mapping[str, Any]] = {
    "logistic": {**_ONE_CYCLE, "learning_rate": 0.01, "batch_size": 256},
    "mlp": {**_ONE_CYCLE, "learning_rate": 0.02, "batch_size": 512},
    "convnet": {**_ONE_CYCLE, "learning_rate": 0.012, "batch_size": 128, "precision": "bfloat16"},
    "convnet2": {
        **_ONE_CYCLE, "learning_rate": 0.012, "batch_size": 64, "precision": "bfloat16", "num_images": 52_000,
    },
    "convnet3": {
        **_ONE_CYCLE, "learning_rate": 0.006, "batch_size": 128, "epochs": 2, "precision": "bfloat16",
        "num_images": 52_000,
    },
    "convnet4": {
        **_ONE_CYCLE, "learning_rate": 0.003, "batch_size": 32, "precision": "bfloat16", "num_images": 49_000,
    },
    "glassnet": {
        **_ONE_CYCLE, "learning_rate": 0.006, "batch_size": 128, "epochs": 5, "precision": "bfloat16",
        "augment": True,
    },
}  # fmt: skip


# For people's drawings on the sketchpad: more images, written in more ways, and more of each.
_SKETCH: Mapping[str, Any] = {
    **_ONE_CYCLE, "learning_rate": 0.006, "batch_size": 128, "epochs": 6, "precision": "bfloat16",
    "augment": True, "distortions": "width,strength", "added_strokes": 60_000,
    "label_smoothing": 0.05,
}  # fmt: skip


def make_config(network: str, recipe: str = "notebook", **changes: Any) -> TrainConfig:
    """Return a recipe's configuration for `network`, with `changes` applied; None leaves a field alone.

    The recipe `notebook` is the notebook's own: batches of 32, 2 epochs, learning rate 0.001, and plain SGD
    for logistic regression, SGD with momentum 0.9 for the MLP, Adam for the convolutional networks. `fast`
    aims at the same accuracy in a fraction of the time, which `benchmarks/time_to_accuracy.py` measures.
    `sketch` aims at people's drawings, with strokes added and every image distorted.
    `free` begins as `notebook`. A changed hyperparameter makes any recipe `free`.

    Raises:
        ValueError: If the network, the recipe, a field or its value is not allowed.
    """
    known = {field.name for field in fields(TrainConfig)}
    unknown = changes.keys() - known
    if unknown:
        raise ValueError(f"There is no setting {sorted(unknown)[0]!r}. Settings: {', '.join(sorted(known))}.")
    get_network_spec(network)
    check_name("recipe", recipe, RECIPES)
    own = _SKETCH if recipe == "sketch" else (_FAST if recipe == "fast" else _NOTEBOOK).get(network, {})
    chosen = {name: value for name, value in changes.items() if value is not None}
    config = TrainConfig(**{"network": network, "recipe": recipe} | dict(own) | chosen)
    unchanged = TrainConfig(**{"network": network, "recipe": recipe} | dict(own))
    if all(getattr(config, name) == getattr(unchanged, name) for name in _list_hyperparameters()):
        return config
    return TrainConfig(**{"network": network} | dict(own) | chosen | {"recipe": "free"})


def _list_hyperparameters() -> list[str]:
    """Return the fields of a configuration that a recipe decides."""
    settings = list_settings(TrainConfig)
    return [name for name, setting in settings.items() if setting.is_hyperparameter]
