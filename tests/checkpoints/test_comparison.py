"""Whether a lead is more than chance: a worked example, symmetry, and how often the interval holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.checkpoints.comparison import compare_answers


def make_answers(both, only_first, only_second, neither):
    first = [True] * both + [True] * only_first + [False] * only_second + [False] * neither
    second = [True] * both + [False] * only_first + [True] * only_second + [False] * neither
    return np.array(first), np.array(second)


def test_worked_example():
    # (1 + 1)/(21 + 2) - (7 + 1)/(21 + 2) = -0.2609; its standard error is the root of (0.4348 - 0.0681)/23.
    comparison = compare_answers(*make_answers(1, 1, 7, 12))
    assert (comparison.only_first, comparison.only_second, comparison.num_images) == (1, 7, 21)
    assert comparison.difference == pytest.approx(-6 / 21)
    assert comparison.interval == pytest.approx((-0.5084, -0.0134), abs=5e-4)
    assert comparison.is_beyond_chance


@given(st.tuples(*[st.integers(0, 400)] * 4).filter(any))
def test_the_other_way_round_it_is_the_negative(counts):
    first, second = make_answers(*counts)
    one, other = compare_answers(first, second), compare_answers(second, first)
    assert one.difference == -other.difference
    assert one.interval == pytest.approx(tuple(-bound for bound in reversed(other.interval)))
    low, high = one.interval
    assert -1 <= low <= one.difference <= high <= 1


def test_equal_networks_do_not_differ():
    right, _ = make_answers(90, 0, 0, 10)
    assert not compare_answers(right, right).is_beyond_chance


def test_the_interval_holds_the_true_difference_as_often_as_it_says():
    random = np.random.default_rng(0)
    true = np.array([0.90, 0.045, 0.02, 0.035])  # both, the first alone, the second alone, neither
    hits = 0
    for counts in random.multinomial(1000, true, size=1000):
        low, high = compare_answers(*make_answers(*counts)).interval
        hits += low <= true[1] - true[2] <= high
    assert 930 <= hits <= 970


def test_answers_to_other_images_are_refused():
    with pytest.raises(ValueError, match="same images"):
        compare_answers(np.ones(3, bool), np.ones(4, bool))
    with pytest.raises(ValueError, match="at least one"):
        compare_answers(np.ones(0, bool), np.ones(0, bool))
