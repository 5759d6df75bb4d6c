"""What the page's exercises are sent, whatever they were asked."""

import json

import numpy as np
import pytest

from app.lab.section import PARTS
from app.lab.view import check_answer, show_exercises, show_solution
from app.ui.rendering import render_markdown
from models.exercises.answers import Numbers
from models.exercises.catalogue import EXERCISES
from models.exercises.exercise import PARTS as ALL_PARTS
from models.exercises.exercise import pose_exercise
from tests.exercises.test_catalogue import answer_rightly


def test_every_exercise_stands_on_one_tab():
    assert sorted(sum(PARTS.values(), ())) == sorted(ALL_PARTS)
    views = [view for parts in PARTS.values() for view in show_exercises(parts, "Ada ")["exercises"]]
    assert sorted(view["key"] for view in views) == sorted(exercise.key for exercise in EXERCISES)
    assert len(json.dumps(views)) < 150_000


def test_right_answers_are_taken_as_the_page_sends_them():
    for exercise in EXERCISES:
        answer = pose_exercise(exercise, "ada").answer
        given = answer_rightly(answer)
        if isinstance(answer, Numbers):
            given = np.ravel(given).tolist()
        verdict = check_answer(exercise.key, "Ada", given)
        assert verdict["is_right"], exercise.key
        assert verdict["wrong"] == []


def test_wrong_cells_are_counted_row_by_row():
    answer = pose_exercise(next(e for e in EXERCISES if e.key == "convolution"), "ada").answer
    given = np.ravel(answer.right).tolist()
    given[3] += 1
    verdict = check_answer("convolution", "ada", given)
    assert verdict["wrong"] == [3]
    assert verdict["reply"].startswith("<p>8 of 9 are right.")


@pytest.mark.parametrize(
    ("key", "name", "given", "reply"),
    [
        ("best-step", "ada", "0.1", "Fill in every number"),
        ("best-step", "ada", [], "Fill in every number"),
        ("best-step", "ada", [True], "Fill in every number"),
        ("best-step", "ada", [0.1, 0.2], "1 numbers, not 2"),
        ("best-step", "ada", [10**400], "Fill in every number"),
        ("best-step", "ada", [0.0] * 10_000, "Fill in every number"),
        ("order", "ada", 4, "Choose one"),
        ("forward-line", "ada", "outputs = (", "not a line of Python"),
        ("none", "ada", 1, "no exercise 'none'"),
        (None, "ada", 1, "no exercise 'None'"),
        ("order", None, 1, "name is a text"),
        ("order", "x" * 81, 1, "at most 80"),
    ],
)
def test_what_cannot_be_checked_is_said(key, name, given, reply):
    with pytest.raises(ValueError, match=reply):
        check_answer(key, name, given)


def test_solution_has_its_code():
    solution = show_solution("best-step", "ada")
    assert "<math" in solution["text"]
    assert "torch" in solution["code"]


def test_text_is_rendered_and_nothing_in_it_is_markup():
    html = render_markdown("Let $w^2 < 3$ be `a<b>` and <b>bold</b>.\n\n$$x = 1$$")
    assert "<msup>" in html
    assert 'display="block"' in html
    assert "<code>a&lt;b&gt;</code>" in html
    assert "&lt;b&gt;bold" in html
