"""What stands in the controls of the training runs tab ↔ the configuration of a training.

The fields are those of the table of settings; only what the form shows otherwise than a configuration has it
is written here.
"""

from __future__ import annotations

import math
from typing import Any

from app.runs.building.value import read_built
from app.ui.numbers import read_field
from app.ui.prose import quote_text
from models.data.files import has_files
from models.data.names import NUM_IMAGES, TITLES, TRAIN_SHARE
from models.networks.description import summarise_layers
from models.networks.layers.oddities import list_oddities
from models.networks.layers.plain_data import describe_layers, read_layers
from models.networks.naming import check_own_name, title_network
from models.networks.registry import NETWORKS, has_dropout, summarise_network
from models.runs.limits import narrow_settings, read_limits
from models.training.config import MOMENTUM_OPTIMIZERS, OPTIMIZERS, SETTINGS, TrainConfig, describe_settings
from models.training.network import list_changes, list_trained_layers
from models.training.recipes import make_config, name_config
from models.training.settings import Setting

OWN_DROPOUT = "own"
OWN_NETWORK = "own"  # the one that is built on the page
_STAND_IN = "convnet"  # whose form an own network's is
ALL_IMAGES = NUM_IMAGES["train"]

# A momentum turns SGD into an optimizer of its own name, as learners know it.
OPTIMIZER_TITLES = {"sgd": "SGD", "momentum": "SGD with momentum"} | OPTIMIZERS
DROPOUT_TITLES = {
    OWN_DROPOUT: "As the network has it",
    "0": "None",
    **{f"{tenth / 10:g}": f"{tenth / 10:g}" for tenth in range(1, 10)},
}
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

Form = dict[str, Any]  # what stands in each field; the browser may send anything in any of them


def list_fields() -> list[str]:
    """Return the fields in the order in which they travel, the network first."""
    return ["network", *(name for name, setting in SETTINGS.items() if setting.offered == "everywhere")]


def list_recipe_fields() -> list[str]:
    """Return the fields that a recipe fills in."""
    return [name for name in list_fields() if name not in ("network", "dataset", "seed")]


def read_fields(values: tuple[Any, ...]) -> Form:
    """Return what stands in the fields by their names."""
    return dict(zip(list_fields(), values, strict=True))


def list_conditions() -> dict[str, tuple[str, list[str]]]:
    """Return the fields that are seen with some values of another field only: that one, and these values."""
    conditions = {
        name: (setting.only_for[0], list(setting.only_for[1]))
        for name, setting in SETTINGS.items()
        if setting.only_for
    }
    with_momentum = ["momentum" if name == "sgd" else name for name in MOMENTUM_OPTIMIZERS]
    with_dropout = [network for network in NETWORKS if has_dropout(network)]
    return conditions | {"momentum": ("optimizer", with_momentum), "dropout": ("network", with_dropout)}


def is_seen(name: str, form: Form) -> bool:
    """Return whether a field counts, given what stands in the others, and is seen therefore."""
    other, values = list_conditions().get(name, ("", []))
    return not other or form[other] in values


def fill_form(network: str, recipe: str) -> Form:
    """Return what a recipe puts into the fields that it decides.

    Args:
        network: Name in the registry, or `OWN_NETWORK`.
        recipe: "notebook", "fast", "sketch", or "free", which begins as "notebook".

    Raises:
        ValueError: If there is no such network or recipe.
    """
    if network == OWN_NETWORK:  # a recipe asks which layers one has no more than whether they are one's own
        config = make_config("Own", recipe, layers=describe_layers(NETWORKS[_STAND_IN].layers))
    else:
        config = make_config(network, recipe)
    return {name: _write_field(name, config) for name in list_recipe_fields()}


def _write_field(name: str, config: TrainConfig) -> Any:
    value = getattr(config, name)
    if name == "num_images":
        return value or ALL_IMAGES
    if name == "optimizer":
        return "momentum" if value == "sgd" and config.momentum else value
    if name == "momentum":
        return value or (0.0 if config.optimizer == "rmsprop" else _USUAL_MOMENTUM)
    if name == "dropout":
        return OWN_DROPOUT if value is None else f"{value:g}"
    if SETTINGS[name].are_many:
        return value.split(",") if value else []
    return value


def read_form(form: Form, recipe: str, own: Any = None) -> TrainConfig:
    """Return the configuration that the controls mean.

    Args:
        form: What stands in the controls, unchecked.
        recipe: The recipe that the fields follow; where one that it fills in differs, the configuration's
            is "free".
        own: The network that is built on the page, as JSON, unchecked; read for `OWN_NETWORK`.

    Raises:
        ValueError: If a field is empty, or what stands there is not allowed; the message says what is.
    """
    if form["network"] == OWN_NETWORK:
        return _read_own_form(form, recipe, own)
    network = str(form["network"])
    own = make_config(network, recipe)
    changes = {}
    for name, setting in narrow_settings(read_limits()).items():
        if name in form and is_seen(name, form):
            changes[name] = _read_field(setting, form[name])
            setting.check(changes[name])
    changes.setdefault("momentum", 0.0)
    if changes["num_images"] == ALL_IMAGES and own.num_images is None:
        changes["num_images"] = None
    return make_config(network, recipe, **changes)


def _read_own_form(form: Form, recipe: str, own: Any) -> TrainConfig:
    shared = read_built(own)
    name = check_own_name(shared.name)
    given = read_form(form | {"network": _STAND_IN, "dropout": OWN_DROPOUT}, recipe)
    settings = {key: getattr(given, key) for key in SETTINGS if key != "dropout"}
    followed = given.recipe if given.recipe != "free" else recipe
    return make_config(name, followed, layers=describe_layers(shared.layers), **settings)


def _read_field(setting: Setting, value: Any) -> Any:
    if setting.name == "optimizer":
        return "sgd" if value == "momentum" else str(value)
    if setting.name == "dropout" and value == OWN_DROPOUT:
        return None
    if setting.is_number:
        noun = f"The {setting.noun}"
        return read_whole(value, noun) if setting.kind is int else read_number(value, noun)
    if setting.are_many:
        names = value if isinstance(value, list) else [value]
        known = [name for name in setting.choices if name in names]
        return ",".join(known + [str(name) for name in names if name not in setting.choices])
    return value if setting.kind is bool else str(value)


def read_num_seeds(value: Any) -> int:
    """Return over how many seeds a configuration is to be repeated.

    Raises:
        ValueError: If it is not a whole number of at least 1.
    """
    num_seeds = read_whole(value, "The number of seeds")
    if num_seeds < 1:
        raise ValueError(f"The number of seeds is {num_seeds}; 1 is a single run, 5 show a spread.")
    return num_seeds


def describe_choice(config: TrainConfig) -> str:
    """Return what the chosen network is, and how it is trained by which recipe, in two sentences."""
    title = title_network(config.network)
    if config.layers is None:
        network = summarise_network(config.network, list_changes(config))
    else:
        network = summarise_layers(list_trained_layers(config))
    return f"{quote_text(title)}: {network}. Recipe {name_config(config)}: {describe_settings(config)}."


def list_warnings(config: TrainConfig) -> list[str]:
    """Return what is odd about a configuration: allowed, and worth knowing before it runs."""
    name = "momentum" if config.optimizer == "sgd" and config.momentum else config.optimizer
    title = OPTIMIZER_TITLES[name]
    usual, highest = _USUAL_RATES[name]
    rate = config.learning_rate
    num_images = config.num_images or ALL_IMAGES
    num_training = int(TRAIN_SHARE * num_images) + config.added_strokes
    num_steps = math.ceil(num_training / config.batch_size) * config.epochs
    warnings = []
    if config.unchanged_epochs >= config.epochs and (config.augment or config.distortions):
        warnings.append(
            "All epochs are among the last ones, which take images as they are: none is augmented or "
            "distorted."
        )
    if rate > highest:
        warnings.append(
            f"A learning rate of {rate:g} is far above what is usual for {title} ({usual:g}): the loss may "
            "not fall, or grow without end. That is a result too."
        )
    if rate < _LOW_RATE:
        warnings.append(f"With a learning rate of {rate:g} the weights will hardly move; {usual:g} is usual.")
    if config.batch_size > num_training:
        warnings.append(
            f"A batch of {config.batch_size:,} holds all {num_training:,} training images, so an epoch is "
            "a single step."
        )
    elif num_steps < _FEW_STEPS:
        steps = "1 step" if num_steps == 1 else f"{num_steps} steps"
        warnings.append(f"That is {steps} in all; smaller batches or more epochs give more.")
    if config.weight_decay > _HIGH_DECAY and config.optimizer != "adamw":
        warnings.append(
            f"A weight decay of {config.weight_decay:g} pulls the weights to 0 harder than the images push "
            "them away, as a rule; 0.0001 is usual."
        )
    if config.dropout is not None and config.dropout > _HIGH_DROPOUT:
        warnings.append(f"A dropout of {config.dropout:g} leaves few features to learn from; 0.5 is usual.")
    if config.layers is not None:
        oddities = list_oddities(read_layers(config.layers), num_training, config.batch_size)
        warnings += [str(oddity) for oddity in oddities if not oddity.numbers]
    if config.dataset != "strokes" and not has_files(config.dataset):
        warnings.append(f"{TITLES[config.dataset]} is not on this machine yet and is downloaded first.")
    return warnings


def read_number(value: Any, name: str) -> float:
    """Return what was typed as a number; `name` is what a refusal calls it.

    Raises:
        ValueError: If it is empty or no number.
    """
    try:
        return float(read_field(value, name))  # type: ignore[arg-type]
    except (TypeError, OverflowError) as error:
        what = "empty" if value is None else f"{value!r:.40}"
        raise ValueError(f"{name} is {what}: enter a number.") from error


def read_whole(value: Any, name: str) -> int:
    """Return what was typed as a whole number; `name` is what a refusal calls it.

    Raises:
        ValueError: If it is empty or no whole number.
    """
    number = read_number(value, name)
    if not math.isfinite(number) or number != int(number):
        raise ValueError(f"{name} is {number:g}: enter a whole number.")
    return int(number)
