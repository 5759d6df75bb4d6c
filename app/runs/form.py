"""What stands in the controls of the training runs tab ↔ the configuration of a training."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from models.data.datasets import NUM_IMAGES, TITLES, has_files
from models.networks.registry import get_network_spec, has_dropout
from models.training.recipes import DISTORTIONS, TrainConfig, make_config

OWN_DROPOUT = "own"
ALL_IMAGES = NUM_IMAGES["train"]
_VALIDATION_SHARE = 0.2

# A momentum turns SGD into an optimiser of its own name, as learners know it.
OPTIMIZER_TITLES = {
    "sgd": "SGD",
    "momentum": "SGD with momentum",
    "adam": "Adam",
    "adamw": "AdamW",
    "rmsprop": "RMSprop",
}
SCHEDULE_TITLES = {"constant": "Constant", "cosine": "Cosine, down to 0", "one-cycle": "One-cycle, up, down"}
PRECISION_TITLES = {"float32": "float32", "bfloat16": "bfloat16"}
DISTORTION_TITLES = {
    "slant": "Slant",
    "bend": "Bend",
    "width": "Pen width",
    "strength": "Strength of the ink",
}
DROPOUT_TITLES = {
    OWN_DROPOUT: "As the network has it",
    "0": "None",
    **{f"{tenth / 10:g}": f"{tenth / 10:g}" for tenth in range(1, 10)},
}
_MOMENTUM_OPTIMIZERS = ("momentum", "rmsprop")
_USUAL_MOMENTUM = 0.9

# Learning rates beyond which a training is rarely seen to work; the first number is a usual one.
_USUAL_RATES = {
    "sgd": (0.1, 1.0),
    "momentum": (0.01, 0.3),
    "adam": (0.001, 0.02),
    "adamw": (0.001, 0.02),
    "rmsprop": (0.001, 0.02),
}
_LOW_RATE = 1e-6
_HIGH_DECAY = 0.05
_HIGH_DROPOUT = 0.8
_FEW_STEPS = 20


class Form(NamedTuple):
    """What stands in the controls, in their order; the browser may send anything in any of them."""

    network: Any
    dataset: Any
    num_images: Any
    epochs: Any
    optimizer: Any
    learning_rate: Any
    momentum: Any
    schedule: Any
    batch_size: Any
    weight_decay: Any
    dropout: Any
    augment: Any
    distortions: Any
    added_strokes: Any
    label_smoothing: Any
    precision: Any
    seed: Any


# What a recipe decides, and is filled in by it.
RECIPE_FIELDS = tuple(name for name in Form._fields if name not in ("network", "dataset", "seed"))


def fill_form(network: str, recipe: str) -> dict[str, Any]:
    """Return what a recipe puts into the fields that it decides.

    Args:
        network: Name in the registry.
        recipe: "notebook", "fast", "sketch", or "free", which begins as "notebook".

    Raises:
        ValueError: If there is no such network or recipe.
    """
    config = make_config(network, recipe)
    has_momentum = config.optimizer == "sgd" and config.momentum > 0
    return {
        "num_images": config.num_images or ALL_IMAGES,
        "epochs": config.epochs,
        "optimizer": "momentum" if has_momentum else config.optimizer,
        "learning_rate": config.learning_rate,
        "momentum": config.momentum if has_momentum or config.optimizer == "rmsprop" else _USUAL_MOMENTUM,
        "schedule": config.schedule,
        "batch_size": config.batch_size,
        "weight_decay": config.weight_decay,
        "dropout": OWN_DROPOUT if config.dropout is None else f"{config.dropout:g}",
        "augment": config.augment,
        "distortions": config.distortions.split(",") if config.distortions else [],
        "added_strokes": config.added_strokes,
        "label_smoothing": config.label_smoothing,
        "precision": config.precision,
    }


def refill_form(form: Form, filled: dict[str, Any], network: str, recipe: str) -> dict[str, Any]:
    """Return a recipe's values for the fields that nobody has touched since they were filled.

    Args:
        form: What stands in the controls.
        filled: What `fill_form` put there last.
        network: The network that was chosen.
        recipe: The recipe that the fields follow.
    """
    new = fill_form(network, recipe)
    return {name: value for name, value in new.items() if getattr(form, name) == filled.get(name)}


def read_form(form: Form, recipe: str) -> TrainConfig:
    """Return the configuration that the controls mean.

    Args:
        form: What stands in the controls, unchecked.
        recipe: The recipe that the fields follow; where one of them differs, the configuration's is "free".

    Raises:
        ValueError: If a field is empty, or what stands there is not allowed; the message says what is.
    """
    network = str(form.network)
    optimizer = str(form.optimizer)
    num_images = _read_whole(form.num_images, "The number of pictures")
    takes_all = num_images == ALL_IMAGES and make_config(network, recipe).num_images is None
    changes: dict[str, Any] = {
        "dataset": str(form.dataset),
        "num_images": None if takes_all else num_images,
        "epochs": _read_whole(form.epochs, "The number of epochs"),
        "optimizer": "sgd" if optimizer == "momentum" else optimizer,
        "learning_rate": _read_number(form.learning_rate, "The learning rate"),
        "momentum": _read_number(form.momentum, "The momentum") if has_momentum(optimizer) else 0.0,
        "schedule": str(form.schedule),
        "batch_size": _read_whole(form.batch_size, "The batch size"),
        "weight_decay": _read_number(form.weight_decay, "The weight decay"),
        "augment": form.augment,
        "distortions": _join_distortions(form.distortions),
        "added_strokes": _read_whole(form.added_strokes, "The number of strokes added"),
        "label_smoothing": _read_number(form.label_smoothing, "The label smoothing"),
        "precision": str(form.precision),
        "seed": _read_whole(form.seed, "The seed"),
    }
    if network_has_dropout(network) and form.dropout != OWN_DROPOUT:
        changes["dropout"] = _read_number(form.dropout, "The dropout")
    return make_config(network, recipe, **changes)


def read_num_seeds(value: Any) -> int:
    """Return over how many seeds a configuration is to be repeated.

    Raises:
        ValueError: If it is not a whole number of at least 1.
    """
    num_seeds = _read_whole(value, "The number of seeds")
    if num_seeds < 1:
        raise ValueError(f"The number of seeds is {num_seeds}; 1 is a single run, 5 show a spread.")
    return num_seeds


def has_momentum(optimizer: Any) -> bool:
    """Return whether an optimiser of the form takes a momentum; Adam and AdamW have their own."""
    return optimizer in _MOMENTUM_OPTIMIZERS


def network_has_dropout(network: Any) -> bool:
    """Return whether dropout can be set for a network; any value may be asked about."""
    try:
        return has_dropout(network)
    except (ValueError, TypeError):
        return False


def describe_choice(config: TrainConfig) -> str:
    """Return what the chosen network is, and by what the recipe trains it, in two sentences."""
    spec = get_network_spec(config.network)
    return f"{spec.title}: {spec.summary}. {describe_settings(config)}."


def describe_settings(config: TrainConfig) -> str:
    """Return the hyperparameters in a line, without those that are off."""
    optimizer = OPTIMIZER_TITLES[config.optimizer]
    if config.momentum and config.optimizer in ("sgd", "rmsprop"):
        optimizer = f"{optimizer} with momentum {config.momentum:g}"
    parts = [
        optimizer,
        f"learning rate {config.learning_rate:g}",
        "" if config.schedule == "constant" else f"{config.schedule} schedule",
        f"batches of {config.batch_size:,}",
        "1 epoch" if config.epochs == 1 else f"{config.epochs} epochs",
        f"weight decay {config.weight_decay:g}" if config.weight_decay else "",
        "" if config.dropout is None else f"dropout {config.dropout:g}",
        "augmented" if config.augment else "",
        f"distorted ({config.distortions.replace(',', ', ')})" if config.distortions else "",
        f"{config.added_strokes:,} built-in strokes added" if config.added_strokes else "",
        f"label smoothing {config.label_smoothing:g}" if config.label_smoothing else "",
        "" if config.precision == "float32" else config.precision,
        _describe_drawings(config),
    ]
    return ", ".join(filter(None, parts))


def _describe_drawings(config: TrainConfig) -> str:
    if not config.drawings:
        return ""
    share = f"{config.drawing_share:.0%} of the training pictures"
    return f"begun with {config.start_from}, {config.drawings} drawings repeated to {share}"


def list_warnings(config: TrainConfig) -> list[str]:
    """Return what is odd about a configuration: allowed, and worth knowing before it runs."""
    name = "momentum" if config.optimizer == "sgd" and config.momentum else config.optimizer
    title = OPTIMIZER_TITLES[name]
    usual, highest = _USUAL_RATES[name]
    rate = config.learning_rate
    num_images = config.num_images or ALL_IMAGES
    num_training = num_images - int(num_images * _VALIDATION_SHARE) + config.added_strokes
    num_steps = math.ceil(num_training / config.batch_size) * config.epochs
    warnings = []
    if rate > highest:
        warnings.append(
            f"A learning rate of {rate:g} is far above what is usual for {title} ({usual:g}): the loss may "
            "not fall, or grow without end. That is a result too."
        )
    if rate < _LOW_RATE:
        warnings.append(f"With a learning rate of {rate:g} the weights will hardly move; {usual:g} is usual.")
    if config.batch_size > num_training:
        warnings.append(
            f"A batch of {config.batch_size:,} holds all {num_training:,} training pictures, so an epoch is "
            "a single step."
        )
    elif num_steps < _FEW_STEPS:
        steps = "1 step" if num_steps == 1 else f"{num_steps} steps"
        warnings.append(f"That is {steps} in all; smaller batches or more epochs give more.")
    if config.weight_decay > _HIGH_DECAY and config.optimizer != "adamw":
        warnings.append(
            f"A weight decay of {config.weight_decay:g} pulls the weights to 0 harder than the pictures push "
            "them away, as a rule; 0.0001 is usual."
        )
    if config.dropout is not None and config.dropout > _HIGH_DROPOUT:
        warnings.append(f"A dropout of {config.dropout:g} leaves few features to learn from; 0.5 is usual.")
    if config.dataset != "strokes" and not has_files(config.dataset):
        warnings.append(f"{TITLES[config.dataset]} is not on this machine yet and is downloaded first.")
    return warnings


def _join_distortions(chosen: Any) -> str:
    """Return the boxes that are ticked as a configuration has them; the browser may send anything."""
    names = chosen if isinstance(chosen, list) else [chosen]
    return ",".join(
        [name for name in DISTORTIONS if name in names] + [str(n) for n in names if n not in DISTORTIONS]
    )


def _read_number(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        what = "empty" if value in (None, "") else f"{value!r:.40}"
        raise ValueError(f"{name} is {what}: enter a number.") from error


def _read_whole(value: Any, name: str) -> int:
    number = _read_number(value, name)
    if not math.isfinite(number) or number != int(number):
        raise ValueError(f"{name} is {number:g}: enter a whole number.")
    return int(number)
