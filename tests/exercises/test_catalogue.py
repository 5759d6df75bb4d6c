"""Every exercise: right answers are taken, slips are told, and PyTorch agrees."""

import numpy as np
import pytest
import torch

from models.exercises.answers import Choice, Code, Numbers
from models.exercises.catalogue import EXERCISES, find_exercise
from models.exercises.exercise import PARTS, pose_exercise

NAMES = ["", "ada", "Émile 4711", *(f"student {number}" for number in range(8))]


@pytest.fixture(params=EXERCISES, ids=lambda exercise: exercise.key)
def exercise(request):
    return request.param


def test_exercises_cover_every_part_in_order():
    parts = [exercise.part for exercise in EXERCISES]
    assert tuple(dict.fromkeys(parts)) == PARTS
    assert len({exercise.key for exercise in EXERCISES}) == len(EXERCISES) >= 30
    assert all(find_exercise(exercise.key) is exercise for exercise in EXERCISES)


def test_unknown_exercise_is_named():
    with pytest.raises(ValueError, match="no exercise 'best-stop'"):
        find_exercise("best-stop")


def answer_rightly(answer):
    if isinstance(answer, Numbers):
        return answer.right.tolist()
    return answer.right if isinstance(answer, Choice) else answer.right[0]


def test_right_answer_is_taken_and_each_slip_told(exercise):
    for name in NAMES:
        answer = pose_exercise(exercise, name).answer
        assert answer.check(answer_rightly(answer)).is_right
        slips = (
            enumerate(answer.options) if isinstance(answer, Choice) else [(s.value, s) for s in answer.slips]
        )
        for given, slip in slips:
            verdict = answer.check(given)
            assert verdict.reply == slip.reply
            assert verdict.is_right == (isinstance(answer, Choice) and given == answer.right)


def test_the_same_name_gets_the_same_numbers_and_others_others(exercise):
    posed = [repr(pose_exercise(exercise, name)) for name in NAMES]
    assert posed == [repr(pose_exercise(exercise, f"  {name.upper()} ")) for name in NAMES]
    assert len(set(posed)) > 1


def test_pytorch_computes_the_same_answer(exercise):
    for name in NAMES[:6]:
        posed = pose_exercise(exercise, name)
        assert bool(posed.code) == isinstance(posed.answer, Numbers)
        if posed.code:
            names = {"torch": torch}
            exec(posed.code, names)  # our own lines, which the notebook shows
            answer = names["answer"].detach().numpy()
            assert answer.shape == posed.answer.right.shape
            np.testing.assert_allclose(answer, posed.answer.right, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "key", ["requires-grad", "forward-line", "erase-line", "predicted-line", "linear-line"]
)
def test_every_accepted_line_is_taken_however_it_is_written(key):
    answer = pose_exercise(find_exercise(key), "ada").answer
    assert isinstance(answer, Code)
    for line in answer.right:
        assert answer.check(f"  {line.replace('(', '( ').replace(',', ' ,')} ; ").is_right
    assert not answer.check("pass").is_right


def test_texts_have_whole_formulas_and_no_stray_numbers(exercise):
    for name in NAMES[:5]:
        posed = pose_exercise(exercise, name)
        for text in (posed.text, posed.solution):
            assert text.count("$") % 2 == 0
            assert text.count("{") == text.count("}")
            assert "nan" not in text
            assert "!" not in text.replace("!=", "")
