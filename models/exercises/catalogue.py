"""All exercises, in the order of the lab."""

from __future__ import annotations

from models.exercises import (
    arithmetic,
    boundaries,
    building,
    convolution,
    gradient_descent,
    pooling,
    regularising,
    tensors,
    training_loop,
)
from models.exercises.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = (
    *tensors.EXERCISES,
    *gradient_descent.EXERCISES,
    *arithmetic.EXERCISES,
    *training_loop.EXERCISES,
    *boundaries.EXERCISES,
    *convolution.EXERCISES,
    *pooling.EXERCISES,
    *building.EXERCISES,
    *regularising.EXERCISES,
)


def find_exercise(key: str) -> Exercise:
    """Return an exercise by its key; a ValueError names the nearest ones."""
    for exercise in EXERCISES:
        if exercise.key == key:
            return exercise
    raise ValueError(f"There is no exercise '{key[:40]}': there are {', '.join(e.key for e in EXERCISES)}.")
