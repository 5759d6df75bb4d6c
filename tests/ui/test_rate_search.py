"""The search for a learning rate as the page shows it: chart and sentences."""

import math

import pytest

from app.ui.rate_search import describe_finding, describe_trials, draw_finding
from models.descent.rate_finder import judge_sweeps, space_rates
from models.descent.rate_trial import Trial

RATES = space_rates()


def test_no_suggestion_has_no_marks():
    finding = judge_sweeps(RATES, [[2.303] * len(RATES)] * 3)
    names = [one["name"] for one in draw_finding(finding, is_whole=True)["series"]]
    assert names == ["seed 1", "seed 2", "seed 3", "median"]
    assert describe_finding(finding) == finding.reason


def test_chart_without_a_single_finite_loss_is_empty():
    assert draw_finding(judge_sweeps(RATES, [[math.nan]] * 3), is_whole=True)["series"][:-1] == []


def test_median_is_drawn_once_all_seeds_are_there():
    finding = judge_sweeps(RATES, [list(2 / (1 + RATES))])
    assert [one["name"] for one in draw_finding(finding, is_whole=False)["series"]] == ["seed 1"]


def make_trials(lower, there, higher):
    return [
        Trial(rate, 200 if math.isfinite(last) else 7, 2.31, last)
        for rate, last in zip((0.1, 0.3, 0.9), (lower, there, higher), strict=True)
    ]


@pytest.mark.parametrize(
    ("lasts", "verdict"),
    [
        ((1.5, 0.42, 0.9), "**It held**, and got further than the other two."),
        ((0.3, 0.42, 0.9), "**It held**, and η = 0.1 got further still"),
        (
            (0.5, 2.3, math.inf),
            "**It did not hold**: the loss was to end below 90% of where it began. A third",
        ),
        ((2.3, 2.3, 2.3), "**It did not hold**"),
    ],
)
def test_verdict_of_trials(lasts, verdict):
    told = describe_trials(make_trials(*lasts))
    assert verdict in told
    assert told.startswith("At η = 0.3 the loss ")


def test_what_left_the_finite_numbers_says_at_which_step():
    assert "At η = 0.9 the loss left the finite numbers at step 7." in describe_trials(
        make_trials(1.5, 0.42, math.inf)
    )
