"""Recipes: everything that decides the outcome of a training, and the notebook's own choice of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from models.data import NUM_IMAGES, check_dataset_name
from models.networks import get_network_spec

OPTIMIZERS = ("sgd", "adam")
RECIPES = ("notebook",)
_MIN_IMAGES = 10  # so that a fifth of them, the validation pictures, are at least two


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides the outcome of a training.

    Attributes:
        network: Name in the registry.
        dataset: Name of the data set.
        recipe: Name of the recipe that the other values come from, unless they were changed.
        optimizer: "sgd" or "adam".
        learning_rate: Step size, above 0 and at most 1,000 (large ones diverge, which is a result).
        momentum: Momentum of SGD, 0 to 0.9999; Adam ignores it.
        batch_size: Pictures a step, 1 to 10,000.
        epochs: Passes over the training pictures, 1 to 100.
        seed: Seed of the weights, the order of the pictures and dropout, 0 to 2³¹ − 1.
        split_seed: Seed of the split into training and validation pictures, 0 to 2³¹ − 1.
        num_images: Pictures to split into training and validation; None for all 60,000.
    """

    network: str
    dataset: str = "mnist"
    recipe: str = "notebook"
    optimizer: str = "adam"
    learning_rate: float = 0.001
    momentum: float = 0.0
    batch_size: int = 32
    epochs: int = 2
    seed: int = 0
    split_seed: int = 0
    num_images: int | None = None

    def __post_init__(self) -> None:
        get_network_spec(self.network)
        check_dataset_name(self.dataset)
        if self.recipe not in RECIPES:
            raise ValueError(f"There is no recipe called {self.recipe!r}. Choose: {', '.join(RECIPES)}.")
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(
                f"There is no optimizer called {self.optimizer!r}. Choose one of: {', '.join(OPTIMIZERS)}."
            )
        _check_number("learning rate", self.learning_rate, 0, 1000, "try 0.001", lowest_allowed=False)
        _check_number("momentum", self.momentum, 0, 0.9999, "0.9 is usual")
        _check_whole("batch size", self.batch_size, 1, 10_000, "32 is usual")
        _check_whole("epochs", self.epochs, 1, 100, "the notebook trains for 2")
        _check_whole("seed", self.seed, 0, 2**31 - 1, "any of them will do")
        _check_whole("split_seed", self.split_seed, 0, 2**31 - 1, "any of them will do")
        if self.num_images is not None:
            limit = NUM_IMAGES["train"]
            _check_whole("num_images", self.num_images, _MIN_IMAGES, limit, "leave it out to take all")


def make_config(network: str, recipe: str = "notebook", **changes: Any) -> TrainConfig:
    """Return a recipe's configuration for `network`, with `changes` applied; None leaves a field alone.

    The recipe `notebook` is the notebook's own: batches of 32, 2 epochs, learning rate 0.001, and plain SGD
    for logistic regression, SGD with momentum 0.9 for the MLP, Adam for the convolutional networks.

    Raises:
        ValueError: If the network, the recipe, a field or its value is not allowed.
    """
    known = {field.name for field in fields(TrainConfig)}
    unknown = changes.keys() - known
    if unknown:
        raise ValueError(f"There is no setting {sorted(unknown)[0]!r}. Settings: {', '.join(sorted(known))}.")
    values: dict[str, Any] = {"network": network, "recipe": recipe}
    if network == "logistic":
        values |= {"optimizer": "sgd"}
    elif network == "mlp":
        values |= {"optimizer": "sgd", "momentum": 0.9}
    return TrainConfig(**values | {name: value for name, value in changes.items() if value is not None})


def _check_number(
    name: str, value: Any, lowest: float, highest: float, remedy: str, lowest_allowed: bool = True
) -> None:
    """Raise a ValueError unless `value` is a finite number within its range."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not lowest <= value <= highest or (value == lowest and not lowest_allowed):
        beginning = "at least" if lowest_allowed else "above"
        raise ValueError(
            f"{name} is {value}; it must be {beginning} {lowest} and at most {highest}; {remedy}."
        )


def _check_whole(name: str, value: Any, lowest: int, highest: int, remedy: str) -> None:
    """Raise a ValueError unless `value` is a whole number within its range."""
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise ValueError(
            f"{name} is {value}; it must be a whole number from {lowest} to {highest:,}; {remedy}."
        )
