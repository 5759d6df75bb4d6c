"""Answer sheets: one file of one person's answers, checked again from the name that drew the numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from models.exercises.answers import Answer, Numbers
from models.exercises.catalogue import EXERCISES, find_exercise
from models.exercises.draw import tidy_name
from models.exercises.exercise import pose_exercise

SCHEMA = 1
MAX_SHEET_BYTES = 262_144
_MAX_TRIES = 1_000_000

Mark = Literal["right", "given up", "wrong", "unreadable", ""]


@dataclass(frozen=True)
class SheetAnswer:
    """What one exercise was answered with.

    Attributes:
        exercise: its key.
        given: the answer as it was handed in.
        tries: how often an answer was checked, by the sheet's own account.
        gave_up: whether the solution was shown before the answer was right, by the sheet's own account.
    """

    exercise: str
    given: Any
    tries: int
    gave_up: bool = False


@dataclass(frozen=True)
class Sheet:
    """One person's answers.

    Attributes:
        name: whose they are; it decides the numbers.
        answers: in the order of the file.
        seconds: how long it took, by the sheet's own account.
    """

    name: str
    answers: tuple[SheetAnswer, ...]
    seconds: float


def read_sheet(data: bytes) -> Sheet:
    """Read an answer sheet; nothing in it is executed.

    Raises:
        ValueError: where it is none, with what is wrong.
    """
    if len(data) > MAX_SHEET_BYTES:
        raise ValueError(f"It has {len(data):,} bytes: an answer sheet has at most {MAX_SHEET_BYTES:,}.")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError("It is not an answer sheet: not JSON in UTF-8.") from error
    if not isinstance(content, dict) or not isinstance(content.get("answers"), list):
        raise ValueError("It is not an answer sheet: the list “answers” is missing.")
    if content.get("schema") != SCHEMA:
        raise ValueError(f"Its schema is {content.get('schema')!s:.20}: this program reads {SCHEMA}.")
    name = content.get("name")
    if not isinstance(name, str):
        raise ValueError("The name is missing: it decides the numbers of the exercises.")
    tidy_name(name)
    if not name.isprintable():
        raise ValueError("The name has letters that cannot be printed.")
    answers: dict[str, SheetAnswer] = {}
    for entry in content["answers"]:
        answer = _read_answer(entry)
        if answer.exercise in answers:
            raise ValueError(f"{answer.exercise} is answered twice.")
        answers[answer.exercise] = answer
    seconds = content.get("seconds", 0)
    is_time = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < 1e9
    return Sheet(name, tuple(answers.values()), float(seconds) if is_time else 0.0)


def _read_answer(entry: Any) -> SheetAnswer:
    if not isinstance(entry, dict) or not isinstance(entry.get("exercise"), str):
        raise ValueError("An answer does not say which exercise it belongs to.")
    key = find_exercise(entry["exercise"]).key
    tries = entry.get("tries")
    if isinstance(tries, bool) or not isinstance(tries, int) or not 0 <= tries <= _MAX_TRIES:
        raise ValueError(f"The tries of {key} are {tries!s:.20}: a whole number is expected.")
    return SheetAnswer(key, entry.get("given"), tries, entry.get("gave_up") is True)


def grade_sheet(sheet: Sheet) -> dict[str, Mark]:
    """Check every answer against the numbers that the sheet's name draws.

    Returns:
        For each exercise of the lab, in its order: "right"; "given up" where the solution was shown first;
        "wrong"; "unreadable" where the answer is of another kind; or "" where there is none.
    """
    marks: dict[str, Mark] = {exercise.key: "" for exercise in EXERCISES}
    for answer in sheet.answers:
        posed = pose_exercise(find_exercise(answer.exercise), sheet.name)
        try:
            is_right = posed.answer.check(_shape_like(posed.answer, answer.given)).is_right
            marks[answer.exercise] = "given up" if answer.gave_up else "right" if is_right else "wrong"
        except (ValueError, TypeError, OverflowError):
            marks[answer.exercise] = "unreadable"
    return marks


def _shape_like(answer: Answer, given: Any) -> Any:
    """Return numbers that were handed in row by row in the shape of the answer, and all else as it is."""
    if not isinstance(answer, Numbers) or np.size(given) != answer.right.size:
        return given
    return np.reshape(given, answer.right.shape)
