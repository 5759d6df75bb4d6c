"""Answer sheets: read whatever is in them, and checked again from the name."""

import json

import pytest

from models.exercises.catalogue import EXERCISES
from models.exercises.exercise import pose_exercise
from models.exercises.sheet import MAX_SHEET_BYTES, grade_sheet, read_sheet
from tests.exercises.test_catalogue import answer_rightly


def write(**changes):
    sheet = {"schema": 1, "name": "ada", "seconds": 90, "answers": []} | changes
    return json.dumps(sheet).encode()


def answer_all(name):
    return [
        {"exercise": exercise.key, "given": answer_rightly(pose_exercise(exercise, name).answer), "tries": 2}
        for exercise in EXERCISES
    ]


def test_everything_right_is_graded_so():
    sheet = read_sheet(write(answers=answer_all("ada")))
    assert sheet.seconds == 90
    assert set(grade_sheet(sheet).values()) == {"right"}


def test_a_neighbours_answers_are_not_taken():
    """Choices may coincide; numbers do not."""
    marks = grade_sheet(read_sheet(write(answers=answer_all("grace"))))
    assert list(marks.values()).count("wrong") > len(EXERCISES) / 2


def test_what_was_not_answered_and_what_cannot_be_read():
    answers = [
        {"exercise": "best-step", "given": 7.0, "tries": 1},
        {"exercise": "softmax", "given": "a third", "tries": 1},
        {"exercise": "steps", "given": 10**400, "tries": 1},
        {"exercise": "forward-line", "given": "outputs = (", "tries": 1},
        {"exercise": "order", "given": None, "tries": 1},
    ]
    marks = grade_sheet(read_sheet(write(answers=answers)))
    assert marks["best-step"] == "wrong"
    assert {marks[key] for key in ("softmax", "steps", "forward-line", "order")} == {"unreadable"}
    assert list(marks.values()).count("") == len(EXERCISES) - 5
    assert list(marks) == [exercise.key for exercise in EXERCISES]


@pytest.mark.parametrize(
    ("data", "reply"),
    [
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "“answers” is missing"),
        (b" " * (MAX_SHEET_BYTES + 1), "at most 262,144"),
        (write(schema=2), "this program reads 1"),
        (write(name=7), "name is missing"),
        (write(name="x" * 100), "at most 80"),
        (write(name="Eve\nbob.json: Bob, 52 of 52 right"), "cannot be printed"),
        (write(name="\ud83d"), "cannot be printed"),
        (write(answers=[3]), "does not say which exercise"),
        (write(answers=[{"exercise": "best-stop", "tries": 1}]), "no exercise 'best-stop'"),
        (write(answers=[{"exercise": "item", "tries": -1}]), "tries of item"),
        (write(answers=[{"exercise": "item", "given": 0, "tries": 1}] * 2), "answered twice"),
    ],
)
def test_what_is_no_sheet_is_said(data, reply):
    with pytest.raises(ValueError, match=reply):
        read_sheet(data)


@pytest.mark.parametrize("seconds", [None, "long", -1, True, 1e30])
def test_a_time_that_is_none_counts_as_none(seconds):
    assert read_sheet(write(seconds=seconds)).seconds == 0
