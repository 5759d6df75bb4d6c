"""The search for a learning rate as the page shows it: handlers, chart and sentences."""

import math

import pytest

from app.runs.form import fill_form, list_fields
from app.runs.rates.section import on_check, on_find, on_use
from app.runs.rates.view import describe_trials, draw_finding
from models.descent.rate_finder import judge_sweeps, space_rates
from models.training.rate_finder import NUM_TRIED_STEPS, Trial

RATES = space_rates()


def fill_values(network="logistic", **changes):
    form = {"network": network, "dataset": "strokes", "seed": 0} | fill_form(network, "notebook")
    form |= {"num_images": 1_000} | changes
    return [form[name] for name in list_fields()]


def test_search_ends_with_a_rate_its_reason_and_its_marks():
    *progress, last = on_find("", "notebook", *fill_values())
    assert progress[0].found is None
    assert last.error == ""
    assert last.said.startswith(f"**Suggested: η = {last.found:g}.**")
    names = [one["name"] for one in last.curve["series"]]
    assert names[:6] == ["seed 1", "seed 2", "seed 3", "median", "suggestion", "lowest"]
    marked = next(one for one in last.curve["series"] if one["name"] == "suggestion")
    assert marked["points"][0][0] == last.found
    assert last.curve["log_x"]


def test_check_trains_there_and_says_whether_it_held():
    *progress, last = on_check(0.1, "", "notebook", *fill_values())
    assert progress
    assert "At η = 0.1 the loss fell from" in last.said
    assert f"in {NUM_TRIED_STEPS} steps" in last.said
    assert "It held" in last.said


def test_mistake_in_the_form_is_told():
    *_, found = on_find("", "notebook", *fill_values(batch_size=4))
    assert "batch size" in found.error
    assert found.found is None
    *_, checked = on_check(0.1, "", "notebook", *fill_values(batch_size=None))
    assert "batch size" in checked.error


def test_there_is_nothing_to_use_or_check_before_a_rate_was_found():
    (checked,) = on_check(None, "", "notebook", *fill_values())
    assert "find one first" in checked.error
    assert "find one first" in on_use(None)[1]
    assert on_use(0.05) == (0.05, "")


def test_no_suggestion_has_no_marks():
    finding = judge_sweeps(RATES, [[2.303] * len(RATES)] * 3)
    names = [one["name"] for one in draw_finding(finding, is_whole=True)["series"]]
    assert names == ["seed 1", "seed 2", "seed 3", "median"]


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
