"""An exercise: a question whose numbers a name decides, its answer, and its solution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from models.exercises.answers import Answer, Choice
from models.exercises.draw import Draw

_MAX_ATTEMPTS = 100

Part = Literal[
    "Tensors",
    "Gradient descent",
    "A network's arithmetic",
    "The training loop",
    "A boundary in the plane",
    "Convolution",
    "Pooling",
    "Building a network",
    "Dropout and batch norm",
]
PARTS: tuple[Part, ...] = (
    "Tensors",
    "Gradient descent",
    "A network's arithmetic",
    "The training loop",
    "A boundary in the plane",
    "Convolution",
    "Pooling",
    "Building a network",
    "Dropout and batch norm",
)


@dataclass(frozen=True)
class Posed:
    """An exercise as it is put to one person.

    Attributes:
        text: the question, Markdown with LaTeX between dollar signs.
        answer: the right answer, and the slips that are recognised.
        solution: how it is found, Markdown with LaTeX.
        code: lines of PyTorch that leave the right answer in `answer`; empty where the answer is no number.
    """

    text: str
    answer: Answer
    solution: str
    code: str = ""


@dataclass(frozen=True)
class Exercise:
    """A question of the lab.

    Attributes:
        key: its name in a file and an address: "best-step".
        part: the part of the lab that it belongs to.
        title: what it is about, in a few words.
        pose: draws its numbers and puts it.
    """

    key: str
    part: Part
    title: str
    pose: Callable[[Draw], Posed]


def pose_exercise(exercise: Exercise, name: str) -> Posed:
    """Put an exercise to a person: the same name always gets the same numbers.

    Numbers by which a slip would look right, or like another slip, are drawn anew.

    Raises:
        ValueError: where the name is too long.
    """
    for attempt in range(_MAX_ATTEMPTS):
        draw = Draw(name, exercise.key, attempt)
        posed = exercise.pose(draw)
        if not posed.answer.is_distinct:
            continue
        if isinstance(posed.answer, Choice):
            return replace(posed, answer=_shuffle(posed.answer, draw))
        return posed
    raise AssertionError(f"{exercise.key} has slips that cannot be told apart")


def _shuffle(choice: Choice, draw: Draw) -> Choice:
    """Return the same options in another order, which the name decides."""
    left = list(range(len(choice.options)))
    order = [left.pop(draw.draw_whole(0, len(left) - 1)) for _ in choice.options]
    return Choice(tuple(choice.options[index] for index in order), right=order.index(choice.right))
