"""What Python sends to the exercises' script, as JSON. A text is HTML of our own, rendered in Python."""

from __future__ import annotations

from typing import Literal, TypedDict


class ExerciseView(TypedDict):
    """An exercise as it is put to one person.

    `rows` and `columns` are those of the numbers to fill in, 1 and 1 for one number; `options` are the texts
    of a choice, in order; `unit` stands behind the field.
    """

    key: str
    title: str
    text: str
    kind: Literal["numbers", "choice", "code"]
    rows: int
    columns: int
    is_vector: bool
    unit: str
    options: list[str]


class ExercisesView(TypedDict):
    """The exercises of one section, in order, and the name that draws their numbers, as it was sent."""

    name: str
    exercises: list[ExerciseView]


class VerdictView(TypedDict):
    """What is said to an answer; `wrong` are the places of wrong numbers, row by row from 0."""

    is_right: bool
    reply: str
    wrong: list[int]


class SolutionView(TypedDict):
    """How an exercise is solved; `code` is PyTorch that computes the answer, or empty."""

    text: str
    code: str


class StepView(TypedDict):
    """A step of a lesson (see `app.lab.lessons.reader.Step`); `condition` are its words."""

    title: str
    text: str
    tab: str
    settings: str
    section: str
    exercise: str
    condition: list[str]


class LessonView(TypedDict):
    """A lesson with all its steps."""

    key: str
    title: str
    steps: list[StepView]


class LessonEntry(TypedDict):
    """A lesson in the list of all."""

    key: str
    title: str
    about: str
    num_steps: int


class LessonsView(TypedDict):
    """The list of all lessons, in their order."""

    lessons: list[LessonEntry]


class GradesView(TypedDict):
    """Answer sheets that were checked: a row each, and a sentence for each that cannot be read."""

    columns: list[str]
    rows: list[list[str | int]]
    mistakes: list[str]


class GradeTableView(TypedDict):
    """A table for a spreadsheet, as a file's text."""

    text: str
