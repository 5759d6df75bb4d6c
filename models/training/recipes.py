"""Recipes: the notebook's choice of all hyperparameters, a faster one, and one for people's drawings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from models.data.names import NUM_IMAGES
from models.networks.registry import get_network_spec, is_own_dropout
from models.training.config import IMPORTED, RECIPES, SETTINGS, TrainConfig
from models.training.settings import check_name

if TYPE_CHECKING:
    from models.checkpoints.file import CheckpointInfo

_MAX_DIFFERENCES = 4  # beyond them it is another training, and no variant of a recipe

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
# Of a network that somebody built: usual values for Adam, measured on none in particular.
_FAST_OWN: Mapping[str, Any] = {**_ONE_CYCLE, "learning_rate": 0.005, "batch_size": 128}

# For people's drawings on the sketchpad: more images, written in more ways, and more of each.
_SKETCH: Mapping[str, Any] = {
    **_ONE_CYCLE, "learning_rate": 0.006, "batch_size": 128, "epochs": 6, "precision": "bfloat16",
    "augment": True, "distortions": "width,strength", "unchanged_epochs": 1, "added_strokes": 60_000,
    "stroke_styles": True, "shared_strokes": 0.03, "label_smoothing": 0.05,
}  # fmt: skip
_SKETCH_OF: Mapping[str, Mapping[str, Any]] = {"glassnet": {"width": 2}}  # more styles need more filters


def make_config(network: str, recipe: str = "notebook", **changes: Any) -> TrainConfig:
    """Return a recipe's configuration for `network`, with `changes` applied; None leaves a field alone.

    The recipe `notebook` is the notebook's own: batches of 32, 2 epochs, learning rate 0.001, and plain SGD
    for logistic regression, SGD with momentum 0.9 for the MLP, Adam for the convolutional networks. `fast`
    aims at the same accuracy in a fraction of the time, which `benchmarks/time_to_accuracy.py` measures.
    `sketch` aims at people's drawings, with strokes added and every image distorted.
    `free` begins as `notebook`. A change of anything that a recipe decides makes it `free`: of a
    hyperparameter, or of the number of images. A network with `layers` of its own is trained by `notebook` as
    the notebook's convolutional networks are.

    Raises:
        ValueError: If the network, the recipe, a field or its value is not allowed.
    """
    known = {field.name for field in fields(TrainConfig)}
    unknown = changes.keys() - known
    if unknown:
        raise ValueError(f"There is no setting {sorted(unknown)[0]!r}. Settings: {', '.join(sorted(known))}.")
    if changes.get("layers") is None:
        get_network_spec(network)
    check_name("recipe", recipe, RECIPES)
    chosen = {name: value for name, value in changes.items() if value is not None}
    what = {"network": network, "layers": chosen.pop("layers", None)}
    own = _find_recipe(network, recipe, what["layers"] is not None)
    config = TrainConfig(**what | {"recipe": recipe} | dict(own) | chosen)
    unchanged = TrainConfig(**what | {"recipe": recipe} | dict(own))
    if _list_decided(config) == _list_decided(unchanged):
        return config
    return TrainConfig(**what | dict(own) | chosen | {"recipe": "free"})


def _find_recipe(network: str, recipe: str, has_own_layers: bool) -> Mapping[str, Any]:
    """Return where a recipe differs from the defaults, for a network."""
    if recipe == "sketch":
        return _SKETCH if has_own_layers else {**_SKETCH, **_SKETCH_OF.get(network, {})}
    if has_own_layers:
        return _FAST_OWN if recipe == "fast" else {}
    return (_FAST if recipe == "fast" else _NOTEBOOK).get(network, {})


def name_config(config: TrainConfig) -> str:
    """Return what people call a configuration: "notebook", or "notebook, but 10,000 of 60,000 images".

    It is read off the settings, whatever recipe they say they are of: the recipe that is nearest, with what
    differs from it. Data set and seeds are no recipe's, and stand beside it.

    Returns:
        "free" where no recipe is near, "imported" where nothing is known.
    """
    if config.recipe == IMPORTED:
        return IMPORTED
    own_dropout = config.dropout is not None and is_own_dropout(config.network, config.dropout)
    effective = replace(config, dropout=None) if own_dropout else config
    if config.layers is None:
        recipes = _make_known_recipes(config.network)
    else:
        recipes = _make_recipes(config.network, config.layers)
    differences = {recipe: _list_differences(effective, known) for recipe, known in recipes.items()}
    nearest = min(differences, key=lambda recipe: len(differences[recipe]))
    begun = f", begun with {config.start_from}" if config.start_from else ""
    if len(differences[nearest]) > _MAX_DIFFERENCES:
        return f"free{begun}"
    but = f", but {', '.join(differences[nearest])}" if differences[nearest] else ""
    return f"{nearest}{but}{begun}"


def _make_recipes(network: str, layers: Any = None) -> dict[str, TrainConfig]:
    return {recipe: make_config(network, recipe, layers=layers) for recipe in RECIPES if recipe != "free"}


_make_known_recipes = lru_cache(maxsize=16)(_make_recipes)  # lists name every checkpoint


def name_recorded(info: CheckpointInfo) -> str:
    """Return what people call the training that a checkpoint records; "own" where it records no recipe."""
    if info.recipe.get("recipe") == IMPORTED:
        return IMPORTED
    known = {field.name for field in fields(TrainConfig)} & info.recipe.keys()
    # A header from before a setting was there was trained as if it had been left out.
    changes = {"unchanged_epochs": 0} | {name: info.recipe[name] for name in known - {"recipe", "layers"}}
    try:
        config = make_config(info.network, info.recipe["recipe"], layers=info.layers)
        return name_config(replace(config, **changes))
    except (LookupError, TypeError, ValueError):  # a header may say anything
        return "own"


def _list_differences(config: TrainConfig, recipe: TrainConfig) -> list[str]:
    """Return what a configuration has otherwise than a recipe, in a few words each."""
    differences = []
    num_images, all_images = config.num_images or NUM_IMAGES["train"], NUM_IMAGES["train"]
    if num_images != (recipe.num_images or all_images):
        share = f"all {all_images:,}" if num_images == all_images else f"{num_images:,} of {all_images:,}"
        differences.append(f"{share} images")
    for setting in SETTINGS.values():
        has = setting.describe(config)
        is_told = setting.name == "start_from" or setting.name.startswith("drawing")
        if has != setting.describe(recipe) and not is_told:
            differences.append(has or setting.absence or f"no {setting.noun}")
    return differences


def _list_decided(config: TrainConfig) -> dict[str, Any]:
    """Return what a recipe decides of a configuration, by name."""
    names = ["start_from", *(name for name, setting in SETTINGS.items() if setting.is_hyperparameter)]
    decided = {name: getattr(config, name) for name in names}
    return decided | {"num_images": config.num_images or NUM_IMAGES["train"]}
