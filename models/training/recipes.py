"""Recipes: everything that decides the outcome of a training, the notebook's choice of it, a faster one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from models.data.datasets import NUM_IMAGES, check_dataset_name
from models.networks.registry import get_network_spec, has_dropout

RECIPES = ("notebook", "fast", "sketch", "free")
OPTIMIZERS = ("sgd", "adam", "adamw", "rmsprop")
SCHEDULES = ("constant", "cosine", "one-cycle")
PRECISIONS = ("float32", "bfloat16")
MAX_EPOCHS = 100
MAX_DRAWINGS = 500
MAX_NAME_LETTERS = 80
MAX_ADDED_STROKES = 200_000
DISTORTIONS = ("slant", "bend", "width", "strength")  # see models.training.distortion
_MIN_IMAGES = 10  # so that a fifth of them, the validation pictures, are at least two


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides the outcome of a training.

    Attributes:
        network: Name in the registry.
        dataset: Name of the data set.
        recipe: Name of the recipe that the hyperparameters come from; "free" where any of them was changed.
        optimizer: "sgd", "adam", "adamw" or "rmsprop", each as in torch.optim.
        learning_rate: Step size, above 0 and at most 1,000 (large ones diverge, which is a result); the peak
            where a schedule changes it.
        momentum: Momentum of SGD and RMSprop, 0 to 0.9999; Adam and AdamW have their own and ignore it.
        schedule: How the learning rate changes, "constant", "cosine" or "one-cycle" (see
            `models.training.optimizer.schedule_learning_rate`).
        weight_decay: λ of the L2 penalty (λ/2)·‖w‖² that is added to the loss, 0 to 10; AdamW instead
            shrinks the weights by the factor 1 − learning rate · λ each step.
        batch_size: Pictures a step, 1 to 10,000.
        epochs: Passes over the training pictures, 1 to 100.
        dropout: Probability for all dropout layers of the network, 0 to 0.95; None leaves the network's own.
        augment: Whether each training picture is shifted, turned and scaled a little at random each time.
        distortions: Which distortions each training picture undergoes at random each time, by comma, in
            the order of `DISTORTIONS`; "" for none.
        added_strokes: Built-in strokes added to the training pictures, 0 to 200,000; never to those that
            validate.
        label_smoothing: Share of the right answer's probability that is spread over all ten, 0 to 0.5.
        precision: "float32", or "bfloat16" for the multiplications of the forward and the backward pass.
        seed: Seed of the weights, the order of the pictures and dropout, 0 to 2³¹ − 1.
        split_seed: Seed of the split into training and validation pictures, 0 to 2³¹ − 1.
        num_images: Pictures to split into training and validation; None for all 60,000.
        start_from: For a fine-tuning, what the checkpoint is called that it begins with; otherwise empty.
        drawings: For a fine-tuning, how many drawings it trains on, 1 to 500; otherwise 0.
        drawing_share: Their share of the training pictures, which they are repeated to reach, 0 to 0.9.
    """

    network: str
    dataset: str = "mnist"
    recipe: str = "notebook"
    optimizer: str = "adam"
    learning_rate: float = 0.001
    momentum: float = 0.0
    schedule: str = "constant"
    weight_decay: float = 0.0
    batch_size: int = 32
    epochs: int = 2
    dropout: float | None = None
    augment: bool = False
    distortions: str = ""
    added_strokes: int = 0
    label_smoothing: float = 0.0
    precision: str = "float32"
    seed: int = 0
    split_seed: int = 0
    num_images: int | None = None
    start_from: str = ""
    drawings: int = 0
    drawing_share: float = 0.0

    def __post_init__(self) -> None:
        get_network_spec(self.network)
        check_dataset_name(self.dataset)
        _check_name("recipe", self.recipe, RECIPES)
        _check_name("optimizer", self.optimizer, OPTIMIZERS)
        _check_name("schedule", self.schedule, SCHEDULES)
        _check_name("precision", self.precision, PRECISIONS)
        _check_number("learning rate", self.learning_rate, 0, 1000, "try 0.001", lowest_allowed=False)
        _check_number("momentum", self.momentum, 0, 0.9999, "0.9 is usual")
        _check_number("weight decay", self.weight_decay, 0, 10, "0.0001 is usual, 0 is none")
        _check_number("label smoothing", self.label_smoothing, 0, 0.5, "0.1 is usual, 0 is none")
        _check_whole("batch size", self.batch_size, 1, 10_000, "32 is usual")
        _check_whole("epochs", self.epochs, 1, MAX_EPOCHS, "the notebook trains for 2")
        _check_whole("seed", self.seed, 0, 2**31 - 1, "any of them will do")
        _check_whole("split_seed", self.split_seed, 0, 2**31 - 1, "any of them will do")
        _check_whole("added_strokes", self.added_strokes, 0, MAX_ADDED_STROKES, "0 adds none")
        if self.added_strokes and self.dataset == "fashion-mnist":
            raise ValueError(
                "Strokes are digits, so they cannot be added to clothes; set added_strokes to 0."
            )
        _check_distortions(self.distortions)
        if not isinstance(self.augment, bool):
            raise ValueError(f"augment is {self.augment!r:.40}; it must be true or false.")
        if self.dropout is not None:
            _check_number("dropout", self.dropout, 0, 0.95, "0.5 is usual")
            if not has_dropout(self.network):
                raise ValueError(
                    f"{self.network} has no dropout layer, so dropout cannot be {self.dropout}; leave it out "
                    "or choose convnet2."
                )
        if self.num_images is not None:
            limit = NUM_IMAGES["train"]
            _check_whole("num_images", self.num_images, _MIN_IMAGES, limit, "leave it out to take all")
        if not isinstance(self.start_from, str) or len(self.start_from) > MAX_NAME_LETTERS:
            raise ValueError(f"start_from must be a text of at most {MAX_NAME_LETTERS} letters.")
        _check_whole("drawings", self.drawings, 0, MAX_DRAWINGS, "0 for a training without")
        _check_number("drawing share", self.drawing_share, 0, 0.9, "0.2 is usual")
        if len({bool(self.start_from), bool(self.drawings), bool(self.drawing_share)}) > 1:
            raise ValueError("start_from, drawings and drawing_share belong together; set all or none.")


# What a recipe does not decide: which pictures, and chance.
_NO_HYPERPARAMETERS = {"network", "dataset", "recipe", "seed", "split_seed", "num_images"}
HYPERPARAMETERS = tuple(field.name for field in fields(TrainConfig) if field.name not in _NO_HYPERPARAMETERS)

# Where they differ from TrainConfig's defaults.
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


# For people's drawings on the sketchpad: more pictures, written in more ways, and more of each.
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
    `sketch` aims at people's drawings, with strokes added and every picture distorted.
    `free` begins as `notebook`. A changed hyperparameter makes any recipe `free`.

    Raises:
        ValueError: If the network, the recipe, a field or its value is not allowed.
    """
    known = {field.name for field in fields(TrainConfig)}
    unknown = changes.keys() - known
    if unknown:
        raise ValueError(f"There is no setting {sorted(unknown)[0]!r}. Settings: {', '.join(sorted(known))}.")
    get_network_spec(network)
    _check_name("recipe", recipe, RECIPES)
    own = _SKETCH if recipe == "sketch" else (_FAST if recipe == "fast" else _NOTEBOOK).get(network, {})
    chosen = {name: value for name, value in changes.items() if value is not None}
    config = TrainConfig(**{"network": network, "recipe": recipe} | dict(own) | chosen)
    unchanged = TrainConfig(**{"network": network, "recipe": recipe} | dict(own))
    if all(getattr(config, name) == getattr(unchanged, name) for name in HYPERPARAMETERS):
        return config
    return TrainConfig(**{"network": network} | dict(own) | chosen | {"recipe": "free"})


def _check_name(what: str, name: Any, names: tuple[str, ...]) -> None:
    if name not in names:
        article = "an" if what[0] in "aeiou" else "a"
        raise ValueError(
            f"There is no {what} called {name!r:.40}. Choose {article} {what} from: {', '.join(names)}."
        )


def _check_distortions(distortions: Any) -> None:
    """Raise a ValueError unless it names distortions, each once and in their order."""
    names = distortions.split(",") if isinstance(distortions, str) and distortions else []
    if not isinstance(distortions, str) or names != [name for name in DISTORTIONS if name in names]:
        raise ValueError(
            f"distortions is {distortions!r:.60}; it must name some of {', '.join(DISTORTIONS)}, in this "
            "order, by comma; leave it empty for none."
        )


def _check_number(
    name: str, value: Any, lowest: float, highest: float, remedy: str, lowest_allowed: bool = True
) -> None:
    """Raise a ValueError unless `value` is a finite number within its range."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not lowest <= value <= highest or (value == lowest and not lowest_allowed):
        beginning = "at least" if lowest_allowed else "above"
        raise ValueError(
            f"{name} is {value!s:.40}; it must be {beginning} {lowest} and at most {highest}; {remedy}."
        )


def _check_whole(name: str, value: Any, lowest: int, highest: int, remedy: str) -> None:
    """Raise a ValueError unless `value` is a whole number within its range."""
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise ValueError(
            f"{name} is {value!s:.40}; it must be a whole number from {lowest} to {highest:,}; {remedy}."
        )
