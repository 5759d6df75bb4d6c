"""How one answer is checked: rounding, shapes, what is no answer, and lines that are never executed."""

import numpy as np
import pytest

from models.exercises.answers import MAX_CODE_LETTERS, Choice, Code, Numbers, Slip
from models.exercises.draw import MAX_NAME_LETTERS, Draw, tidy_name

GRID = Numbers(np.asarray([[1.0, 2.0], [3.0, 4.0]]), (Slip([[1, 3], [2, 4]], "Swapped."),), "Look again.")


def test_three_right_digits_are_enough_and_two_are_not():
    answer = Numbers(np.asarray(0.15009), (), "Look again.")
    assert answer.check(0.150).is_right
    assert answer.check(np.float32(0.15009)).is_right
    assert not answer.check(0.16).is_right


def test_count_is_exact():
    answer = Numbers(np.asarray(109_386.0), (), "Look again.", tolerance=0)
    assert answer.check(109_386).is_right
    assert not answer.check(109_385).is_right


def test_wrong_cells_are_named():
    verdict = GRID.check([[1, 2], [0, 4]])
    assert verdict.wrong_cells == ((1, 0),)
    assert verdict.reply == "3 of 4 are right. Look again."
    assert GRID.check([[1, 3], [2, 4]]).reply == "Swapped."


@pytest.mark.parametrize(
    ("given", "reply"),
    [
        (1.0, "2 × 2 numbers, not one number"),
        ([1, 2, 3], "2 × 2 numbers, not 3 numbers"),
        ([[1, 2], [3, float("nan")]], "Fill in every number"),
        ([[1, 2], [3, float("inf")]], "Fill in every number"),
    ],
)
def test_what_is_no_answer_is_said(given, reply):
    with pytest.raises(ValueError, match=reply):
        GRID.check(given)


@pytest.mark.parametrize("given", [-1, 2, None, True, "0", 0.0])
def test_choice_must_be_one_of_those_offered(given):
    with pytest.raises(ValueError, match="Choose one"):
        Choice((Slip("yes", "Right."), Slip("no", "No.")), right=0).check(given)


LINE = Code(("f(x, a=1, b='k')",), (Slip("g(x)", "Another function."),), "Look again.")


@pytest.mark.parametrize("line", ["f(x,a=1,b='k')", 'f( x, b="k", a=1 );', "(f)(x, a=(1), b='k')"])
def test_line_is_compared_as_syntax(line):
    assert LINE.check(line).is_right


@pytest.mark.parametrize(
    "line", ["f(x, a=1)", "f(x, 1, 'k')", "__import__('os').abort()", "f(x, a=1, b='k')\nx"]
)
def test_other_lines_are_wrong_and_nothing_runs(line):
    assert LINE.check(line).reply == "Not yet. Look again."


@pytest.mark.parametrize(
    "line",
    ["", "  ", None, 3, "f(", "f(x" + "(" * 150, "x" * (MAX_CODE_LETTERS + 1), "a\0b", "-" * 190 + "1("],
)
def test_what_is_no_line_is_said(line):
    with pytest.raises(ValueError, match=r"line"):
        LINE.check(line)


def test_numbers_of_a_name_never_change():
    """A teacher checks them years later, on another machine."""
    assert Draw("Ada Lovelace", "best-step").draw_wholes(8, 0, 99) == [
        Draw(" ada  LOVELACE", "best-step").draw_whole(0, 99),
        *Draw("Ada Lovelace", "best-step").draw_wholes(8, 0, 99)[1:],
    ]
    assert Draw("Ada Lovelace", "best-step").draw_wholes(5, 0, 99) == DRAWN


DRAWN = [87, 87, 84, 75, 18]


def test_long_name_is_refused():
    with pytest.raises(ValueError, match="at most 80"):
        tidy_name("x" * (MAX_NAME_LETTERS + 1))
