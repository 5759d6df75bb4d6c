"""The settings of the runs' tab that are no training's: each a parameter of the page's address of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.runs.form import read_num_seeds
from models.runs.control import MAX_SEEDS

NUM_SEEDS = "seeds"  # 5, over how many the training is repeated
SPLIT_SEED = "split_seed"  # 42
STEP_NETWORK = "step_network"  # convnet
DROPOUT_EXERCISE = "dropout_exercise"  # 4:0.5, the layer before which it goes and its probability
SECTION_NAMES = [NUM_SEEDS, SPLIT_SEED, STEP_NETWORK, DROPOUT_EXERCISE]
_MAX_LETTERS = 20  # of each


class DropoutChoice(NamedTuple):
    """Where dropout goes: before which layer, counted from 0, and its probability."""

    place: int
    p: float


def read_seeds(query: Mapping[str, str]) -> int | None:
    """Return over how many seeds an address repeats the training, or None where it says nothing of it.

    Raises:
        ValueError: If it is no whole number from 1 to `MAX_SEEDS`.
    """
    text = query.get(NUM_SEEDS)
    if text is None:
        return None
    num_seeds = read_num_seeds(text[:_MAX_LETTERS])
    if num_seeds > MAX_SEEDS:
        raise ValueError(f"The number of seeds is {num_seeds}; repeat a run over 1 to {MAX_SEEDS} seeds.")
    return num_seeds


def read_split_seed(query: Mapping[str, str]) -> int | None:
    """Return the seed of the split that an address names, unchecked, or None where it names none.

    Raises:
        ValueError: If it is no whole number.
    """
    text = query.get(SPLIT_SEED)
    if text is None:
        return None
    try:
        return int(text[:_MAX_LETTERS])
    except ValueError as error:
        raise ValueError(f"{SPLIT_SEED} is {text[:_MAX_LETTERS]!r}: give a whole number.") from error


def read_dropout(query: Mapping[str, str]) -> DropoutChoice | None:
    """Return the exercise's dropout that an address names, unchecked, or None where it names none.

    Raises:
        ValueError: If it cannot be read; the message says how it is written.
    """
    text = query.get(DROPOUT_EXERCISE)
    if text is None:
        return None
    place, _, p = text[:_MAX_LETTERS].partition(":")
    try:
        return DropoutChoice(int(place), float(p))
    except ValueError as error:
        raise ValueError(
            f"{DROPOUT_EXERCISE} is {text[:_MAX_LETTERS]!r}: give the layer before which it goes, counted "
            "from 0, and its probability, such as 4:0.5."
        ) from error
