"""What the exercises on the page are sent: questions, verdicts and solutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.lab.payloads import ExercisesView, ExerciseView, SolutionView, VerdictView
from app.ui.rendering import render_markdown
from models.exercises.answers import Choice, Code
from models.exercises.catalogue import EXERCISES, find_exercise
from models.exercises.draw import tidy_name
from models.exercises.exercise import Exercise, Part, pose_exercise

_MAX_NUMBERS = 64  # of one answer; the largest exercise has 9


def show_exercises(parts: Sequence[Part], name: Any) -> ExercisesView:
    """Return the exercises of some parts of the lab, as a name draws them.

    Raises:
        ValueError: where the name is too long.
    """
    name = _read_name(name)
    tidy_name(name)
    shown = [_show_exercise(exercise, name) for exercise in EXERCISES if exercise.part in parts]
    return {"name": name, "exercises": shown}


def show_exercise(key: Any, name: Any) -> ExercisesView:
    """Return one exercise, as a name draws it.

    Raises:
        ValueError: where there is no such exercise, or the name is too long.
    """
    name = _read_name(name)
    tidy_name(name)
    return {"name": name, "exercises": [_show_exercise(find_exercise(str(key)), name)]}


def check_answer(key: Any, name: Any, given: Any) -> VerdictView:
    """Check an answer: a list of numbers row by row, the place of a choice, or a line of code.

    Raises:
        ValueError: where there is no such exercise, or the answer is of another kind.
    """
    posed = pose_exercise(find_exercise(str(key)), _read_name(name))
    answer = posed.answer
    places: list[int] = []
    if isinstance(answer, Choice | Code):
        verdict = answer.check(given)
    else:
        shape = answer.right.shape
        numbers = _read_numbers(given)
        if len(numbers) != answer.right.size:
            raise ValueError(f"The answer has {answer.right.size} numbers, not {len(numbers)}.")
        verdict = answer.check(numbers.reshape(shape))
        places = [int(np.ravel_multi_index(cell, shape)) for cell in verdict.wrong_cells if cell]
    return {"is_right": verdict.is_right, "reply": render_markdown(verdict.reply), "wrong": places}


def show_solution(key: Any, name: Any) -> SolutionView:
    """Return how an exercise is solved, with the numbers that the name draws."""
    posed = pose_exercise(find_exercise(str(key)), _read_name(name))
    return {"text": render_markdown(posed.solution), "code": posed.code}


def _show_exercise(exercise: Exercise, name: str) -> ExerciseView:
    answer = pose_exercise(exercise, name)
    shown: ExerciseView = {
        "key": exercise.key,
        "title": render_markdown(exercise.title).strip().removeprefix("<p>").removesuffix("</p>"),
        "text": render_markdown(answer.text),
        "kind": "numbers",
        "rows": 1,
        "columns": 1,
        "is_vector": False,
        "unit": "",
        "options": [],
    }
    if isinstance(answer.answer, Choice):
        shown |= {
            "kind": "choice",
            "options": [render_markdown(option.value) for option in answer.answer.options],
        }
    elif isinstance(answer.answer, Code):
        shown |= {"kind": "code"}
    else:
        rows, columns = (1, 1, *answer.answer.right.shape)[-2:]
        shown |= {
            "rows": rows,
            "columns": columns,
            "is_vector": answer.answer.right.ndim == 1,
            "unit": answer.answer.unit,
        }
    return shown


def _read_name(name: Any) -> str:
    if not isinstance(name, str):
        raise ValueError("The name is a text.")
    return name


def _read_numbers(given: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a list of numbers as an array; a ValueError where it is none or has too many."""
    is_list = isinstance(given, list) and 0 < len(given) <= _MAX_NUMBERS
    if not is_list or any(isinstance(one, bool) or not isinstance(one, int | float) for one in given):
        raise ValueError("Fill in every number of the answer.")
    return np.asarray([_limit(one) for one in given])


def _limit(value: float) -> float:
    """Return a number as a float; a whole one that is too large for it is infinite."""
    try:
        return float(value)
    except OverflowError:
        return float("inf")
