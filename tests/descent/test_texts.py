"""What the page says of a race: the words match the numbers, the script prints the same ones."""

import ast
import contextlib
import inspect
import io
import math
import random
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app.descent.race
from app.descent.answers import (
    explain_gradient,
    explain_losses,
    explain_minimum,
    tabulate_distances,
    tabulate_losses,
    tabulate_optimizers,
)
from app.descent.race import OPENINGS, run_race
from app.descent.rates import explain_rates, tabulate_rates
from app.descent.script import show_sources, write_race_script
from app.descent.sentences import describe_descent, describe_race
from app.descent.settings import PROBLEM_TITLES, RaceSettings
from app.ui.numbers import format_number
from app.ui.prose import load_sections
from models.descent.descent import take_steps
from models.descent.optimizers import OPTIMIZERS, GradientDescent, make_optimizer
from models.descent.problems import DTYPES, SURFACES
from tests.descent.random_races import alone, choose_entries, race_settings

ROOT = Path(__file__).parents[2]
ONES = (1.0,) * 5


@pytest.fixture(scope="module", autouse=True)
def unhurried():
    """Give slow machines the time to finish every race."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.descent.race, "TIME_LIMIT_SECONDS", 240.0)
        yield


def describe(**settings):
    return describe_race(run_race(alone(**settings)))


# ----- the sentences


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"lr": 0.01}, "At the bottom.** The error is down to the rounding of float32"),
        ({"lr": 0.05, "steps": 100}, "on the weights do not change any more"),
        ({"lr": 0.01, "steps": 50}, "On the way down.** In 50 steps the loss goes from 1 to 2.656×10⁻⁵"),
        ({"lr": 0.01, "steps": 50}, "multiplies the distance by 0.9; a step size nearer to 0.1 is faster"),
        ({"lr": 0.15, "steps": 5}, "by 0.5 and lands on the other side of the minimum; a step size nearer"),
        ({"lr": 0.15, "steps": 1}, "In 1 step the loss"),
        ({"lr": 0.2, "steps": 50}, "Back and forth.** At η = 0.2, the limit, each step lands as far behind"),
        ({"lr": 0.38, "steps": 50, "name": "momentum"}, "Back and forth.** At η = 0.38, the limit"),
        ({"lr": 1e-12, "dtype": "float64"}, "On the way down.** In 150 steps the loss goes from 1 to 1."),
        ({"lr": 0.2001, "steps": 4}, "Bound to grow.** In 4 steps the loss goes from 1 to 1.008"),
        ({"lr": 0.2001, "steps": 4}, "by 1.001, which is more than 1; a step size below 0.2 comes down"),
        ({"lr": 0.25, "steps": 10}, "|1 − ηλ| = |1 − 0.25·10| = 1.5, which is more than 1."),
        ({"lr": 0.25, "steps": 10}, "In 10 steps the loss goes from 1 to 3,325."),
        ({"lr": 0.25, "steps": 10}, "A step size below 0.2 comes down."),
        ({"lr": 0.25, "steps": 500}, "iteration 111 the loss leaves the range of float32, which ends at 3"),
        ({"lr": 0.25, "steps": 999, "dtype": "float64"}, "the range of float64, which ends at 1.798×10³⁰⁸"),
        ({"lr": 1e-9, "steps": 10, "w0": (1000.0,) * 5}, "Stuck above the bottom.** From iteration 1 on"),
        ({"lr": 0.01, "x": (2.0,), "w0": (0.5,)}, "so no step moves the weights: this is a minimum"),
        ({"name": "momentum", "lr": 0.5, "steps": 20}, "A step size below 0.38 comes down."),
        ({"name": "momentum", "lr": 0.37, "steps": 1}, "Up at first.** Momentum carries the steps past"),
        ({"name": "momentum", "lr": 0.37, "steps": 1}, "the distance by 0.9487, so further steps come down"),
        ({"name": "nesterov", "lr": 0.2, "steps": 20}, "A step size below 0.1357 comes down."),
        ({"name": "adam", "lr": 0.01, "steps": 10}, "On the way.** In 10 steps the loss goes from 1 to"),
        ({"name": "momentum", "lr": 0.37, "steps": 5}, "Up at first.** In 5 steps the loss goes from 1 to"),
        ({"name": "adam", "lr": 30.0, "steps": 1}, "The longest moves a weight by 30. A smaller η"),
        ({"name": "rmsprop", "lr": 30.0, "steps": 1}, "steps lead up.** The longest moves a weight by 300"),
        ({"name": "adagrad", "problem": "valley", "lr": 1.0, "steps": 1000}, "At the bottom"),
        ({"problem": "valley", "lr": 0.05, "start": (1.0, 1.0)}, "each step multiplies the distance by 0.95"),
        ({"problem": "valley", "lr": 0.1, "start": (1.0, 1.0)}, "|1 − ηλ| = |1 − 0.1·25| = 1.5"),
        ({"problem": "rosenbrock", "lr": 0.01}, "farther up it can be smaller"),
        ({"problem": "rosenbrock", "lr": 0.01}, "Near the minimum the limit is 0.001997"),
        ({"problem": "rosenbrock", "lr": 0.001, "steps": 50}, "In 50 steps the loss goes from 24.2 to"),
        ({"problem": "himmelblau", "lr": 0.01}, "the gradient is 0 to five digits, the loss is"),
        ({"problem": "himmelblau", "lr": 0.01}, ", at the minimum (3.584, −1.848)."),
        ({"problem": "saddle", "lr": 0.5, "start": (1.0, 0.0)}, "**At a saddle point.** After 150 steps"),
        ({"problem": "saddle", "lr": 0.5, "start": (1.0, 0.0)}, "the loss is 0.25. Beside it the loss"),
        ({"problem": "rosenbrock", "lr": 1e-4, "steps": 5, "start": (0.994, 0.989)}, "to 6.572×10⁻⁵."),
        ({"problem": "beale", "lr": 1e-4, "steps": 5, "start": (2.98, 0.495)}, "to 6.544×10⁻⁵."),
        ({"problem": "rastrigin", "lr": 0.002}, "gradient is down to the rounding of float32, the loss is"),
        ({"problem": "rastrigin", "lr": 0.002}, ", in a hollow."),
        ({"problem": "saddle", "lr": 0.5, "start": (0.0, 0.0)}, "moves the weights: this is a saddle"),
        ({"problem": "rastrigin", "lr": 0.002, "dtype": "float64"}, ", in a hollow."),
        ({"problem": "rastrigin", "lr": 0.002, "start": (0.0, 0.0)}, "this is a minimum"),
    ],
)  # fmt: skip
def test_a_descent_is_described_with_its_facts(settings, words):
    assert words in describe(**settings)


def test_a_descent_without_time_says_how_far_it_came(monkeypatch):
    monkeypatch.setattr(app.descent.race, "TIME_LIMIT_SECONDS", 0.0)
    race = run_race(alone(lr=0.0123, steps=77))
    assert race.optimizers[0].descent.status == "out_of_time"
    assert describe_race(race) == (
        "**Stopped: the time for a race was up.** 0 steps of 77 are done, and the loss is 1."
    )


@settings(max_examples=60)
@given(st.floats(0.002, 2).filter(lambda share: abs(share - 1) > 1e-6), st.integers(1, 60))
def test_growth_and_descent_are_distinguished(share, steps):
    """On the toy problem the loss is multiplied by (1 − 2·share)² in each step: growth lies beyond 1."""
    race = run_race(alone(lr=0.2 * share, steps=steps, dtype="float64"))
    text = describe_race(race)
    grows = share > 1
    assert ("comes down." in text and "more than 1" in text) == grows
    assert any(title in text for title in ("The steps grow", "Bound to grow")) == grows
    assert any(title in text for title in ("On the way down", "At the bottom")) == (not grows)


def test_a_race_names_the_lowest_and_who_diverges():
    entries = (("gradient_descent", 0.3), ("momentum", 0.02), ("nesterov", 9.0), ("adam", 0.05))
    race = run_race(alone(entries=entries, steps=60))
    text = describe_race(race)
    assert text.startswith("**Gradient descent: The steps grow.**")
    assert "Nesterov (its limit is 0.1357) diverges too." in text
    lowest = min(race.optimizers[1::2], key=lambda optimizer: optimizer.descent.path_losses[-1])
    loss = format_number(lowest.descent.path_losses[-1])
    assert f"**{lowest.config.kind.title} is lowest** after 60 steps, with a loss of {loss}" in text


def test_a_race_that_nobody_finishes_names_no_winner():
    entries = choose_entries(("gradient_descent", 0.3), ("momentum", 9.0), ("nesterov", 9.0))
    text = describe_race(run_race(alone(entries=entries, steps=60)))
    assert "lowest" not in text
    assert "Momentum (its limit is 0.38) and Nesterov (its limit is 0.1357) diverge too." in text


def test_nobody_is_given_the_limit_of_another():
    """At 0.15 gradient descent comes down on the toy problem and Nesterov does not."""
    entries = choose_entries(("gradient_descent", 0.25), ("nesterov", 0.15), ("adam", 30.0))
    race = run_race(alone(entries=entries, steps=1))
    assert [optimizer.descent.status for optimizer in race.optimizers] == ["diverged"] * 3
    text = describe_race(race)
    assert text.index("A step size below 0.2 comes down.") < text.index(
        "Nesterov (its limit is 0.1357) diverges"
    )
    assert text.endswith("Adam ends higher than it began.")
    # Momentum may stand higher after a few steps and still come down: that is not to diverge.
    entries = choose_entries(("gradient_descent", 0.25), ("momentum", 0.37))
    text = describe_race(run_race(alone(entries=entries, steps=1)))
    assert text.endswith("Momentum ends higher than it began.")


@settings(max_examples=60)
@given(race_settings(entries=st.tuples(st.sampled_from(["momentum", "nesterov"]), st.floats(1e-3, 1))))
def test_nobody_is_on_the_way_down_who_stands_higher(chosen):
    race = run_race(chosen)
    for optimizer in race.optimizers:
        losses = optimizer.descent.path_losses
        text = describe_descent(race, optimizer)
        assert not (losses[-1] > losses[0] and "On the way down" in text)
        assert not (losses[-1] < losses[0] and "Up at first" in text)


@settings(max_examples=60)
@given(race_settings(problems=list(SURFACES), max_steps=60))
def test_a_place_is_named_where_the_gradient_is_flat_alone(chosen):
    """Flat: shorter than 10⁻⁵, or shorter than what rounding the weights changes in it."""
    race = run_race(chosen)
    epsilon = np.finfo(chosen.dtype).eps
    for optimizer in race.optimizers:
        w, gradient = optimizer.descent.path[-1], optimizer.descent.gradients[-1]
        text = describe_descent(race, optimizer)
        if re.search("hollow|saddle|hill|at the minimum", text):
            blur = epsilon * np.abs(race.problem.hessian(w)) @ np.abs(w)
            assert np.linalg.norm(gradient) < 1e-5 or (np.abs(gradient) < 3 * blur).all()
        assert not ("At the bottom" in text and re.search("saddle|hill", text))


def test_those_who_end_level_are_named_together():
    text = describe_race(run_race(OPENINGS["saddle"]))
    assert text == (
        "**Gradient descent, Momentum and RMSprop are lowest** after 150 steps, with a loss of 0, "
        "at the minimum (0, 1)."
    )


def test_equal_optimizers_are_distinguished():
    entries = choose_entries(("adam", 0.1), ("adam", 0.2))
    assert "**Adam η = 0." in describe_race(run_race(alone(entries=entries)))


# ----- all texts together


def write_everything(race):
    last = max(len(optimizer.descent.path) for optimizer in race.optimizers)
    yield describe_race(race)
    yield from (describe_descent(race, optimizer) for optimizer in race.optimizers)
    yield explain_losses(race)
    yield explain_minimum(race)
    yield explain_rates(race)
    for step in (0, last):
        yield from explain_gradient(race, step)


def assert_is_readable(race):
    for text in write_everything(race):
        assert text
        assert not re.search(r"\b(nan|NaN|inf|Infinity|None)\b", text)


@settings(max_examples=20)
@given(race_settings())
def test_no_text_ever_says_nan(chosen):
    assert_is_readable(run_race(chosen))


@settings(max_examples=100)
@given(race_settings())
def test_no_sentence_ever_says_nan(chosen):
    race = run_race(chosen)
    for text in (describe_race(race), *[describe_descent(race, optimizer) for optimizer in race.optimizers]):
        assert re.fullmatch(r"\*\*.+\.", text)
        assert not re.search(r"\b(nan|inf|None)\b", text)


@pytest.mark.parametrize("name", list(OPENINGS))
def test_every_openings_texts_are_readable(name):
    assert_is_readable(run_race(OPENINGS[name]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", list(OPENINGS))
@pytest.mark.parametrize("lr", [3e2, 1e9, 1e15])
def test_texts_of_a_race_that_leaves_all_range_are_readable(name, dtype, lr):
    entries = choose_entries(("gradient_descent", lr), ("nesterov", lr), ("rmsprop", lr))
    assert_is_readable(run_race(alone(problem=name, entries=entries, steps=150, dtype=dtype)))
    if name == "toy":
        assert_is_readable(run_race(alone(lr=lr, x=(0.1,), w0=(0.0,), steps=150, dtype=dtype)))


def test_texts_without_any_time_are_readable(monkeypatch):
    monkeypatch.setattr(app.descent.race, "TIME_LIMIT_SECONDS", 0.0)
    for name, opening in OPENINGS.items():
        race = run_race(replace(opening, steps=13))
        assert_is_readable(race)
        assert race.settings.problem == name


# ----- the tables


def read_table(text):
    """Return the rows of the last Markdown table in a text, without its head."""
    lines = [line for line in text.rpartition("\n\n")[2].splitlines() if line.startswith("|")]
    return [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_losses_is_the_notebooks():
    rows = read_table(tabulate_losses(run_race(RaceSettings())))
    assert [row[0] for row in rows] == [str(10 * k) for k in range(1, 16)]
    assert rows[0][1].startswith("0.15009467")
    assert float(rows[9][1]) == pytest.approx(8.74024408403784e-10, rel=1e-4)
    assert float(rows[9][2]) == pytest.approx(0.9**198, rel=1e-9)  # beside it, float64
    assert read_table(tabulate_losses(run_race(alone(steps=3))))[0][0] == "3"
    assert tabulate_losses(run_race(RaceSettings())).startswith("| Iteration | float32 | float64 |")
    assert tabulate_losses(run_race(alone(dtype="float64"))).startswith("| Iteration | float64 | float32 |")


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, r"$(1 - \eta\lambda)^2 = (1 - 0.01 \cdot 10)^2 = 0.81$, so iteration 10"),
        ({}, r"so iteration 10 prints $0.81^{9} \approx 0.1501$."),
        ({"lr": 0.02}, r"(1 - 0.02 \cdot 10)^2 = 0.64$, so iteration 10 prints $0.64^{9} \approx 0.01801$."),
        ({"y": 2.0}, r"prints $4 \cdot 0.81^{9} \approx 0.6004$."),
        ({"x": (2.0,), "w0": (0.0,)}, r"(1 - 0.01 \cdot 8)^2 = 0.8464$, so iteration 10"),
        ({"steps": 4}, r"so iteration 4 prints $0.81^{3} \approx 0.5314$."),
        ({"lr": 0.0999}, r"= 1 \cdot 10^{-6}$."),  # lost in float32's rounding by then
        ({"lr": 0.1}, r"(1 - 0.1 \cdot 10)^2 = 0$."),
        ({"lr": 1234.0}, r"so iteration 5 prints $(1.523 \cdot 10^{8})^{4} \approx"),
    ],
)  # fmt: skip
def test_the_theory_beside_the_losses_follows_the_settings(chosen, words):
    text, _, table = explain_losses(run_race(alone(**chosen))).partition("\n\n")
    assert words in text
    assert table.startswith("| Iteration |")


@pytest.mark.parametrize("name", [name for name in OPENINGS if name != "toy"])
def test_elsewhere_nothing_is_said_of_the_labs_losses(name):
    assert explain_losses(run_race(OPENINGS[name])).startswith("| Iteration |")
    assert explain_losses(run_race(alone("adam"))).startswith("| Iteration |")


def test_sentences_with_the_labs_numbers_say_that_they_are_the_labs():
    """They stand beside whatever is raced, so each must name what it speaks of."""
    sentences = [
        sentence
        for _, text in load_sections("app.descent")
        for sentence in re.split(r"(?<=[.:])\s+(?=[A-Z-])", text)
        if re.search(r"five ones|\\eta = 0\.|near \$0\.2|observation \$x\$|two factors", sentence)
    ]
    assert len(sentences) >= 5
    assert [each for each in sentences if "lab" not in each] == []


@settings(max_examples=25)
@given(race_settings())
def test_the_table_of_losses_holds_each_optimizers(chosen):
    race = run_race(chosen)
    columns = [optimizer.descent.losses for optimizer in race.optimizers]
    for row in read_table(tabulate_losses(race)):
        k = int(row[0]) - 1
        for losses, cell in zip(columns, row[1:], strict=False):
            assert (float(cell) == losses[k]) if k < len(losses) else (cell == "–")
    if len(columns) > 1:
        assert len(row) == 1 + len(columns)


def test_the_table_of_distances_is_measured_from_the_minimum():
    race = run_race(OPENINGS["line"])
    xs, ys = np.array(race.settings.points).T
    minimum = np.polyfit(xs, ys, 1)
    rows = read_table(tabulate_distances(race))
    assert (rows[0][0], rows[-1][0]) == ("0", "150")
    for row in rows:
        for optimizer, cell in zip(race.optimizers, row[1:], strict=True):
            assert cell == format_number(float(np.linalg.norm(optimizer.descent.path[int(row[0])] - minimum)))


def test_the_table_of_step_sizes_has_the_notebooks_best():
    race = run_race(RaceSettings())
    text = tabulate_rates(race)
    rows = {float(row[0]): row for row in read_table(text)}
    assert rows[0.1][2:] == ["0", "1", "1"]
    assert "**0.1**" in text
    # Half a factor of 10⁻⁶ of loss at 0.9² a step: ln(10⁶) / (2 ln(1/0.9)).
    assert rows[0.01][3:] == [str(math.ceil(math.log(1e6) / -2 / math.log(0.9)))] * 2
    assert rows[0.2][3:] == ["never", "never"]
    assert all(row[3] == row[4] or row[3].startswith("more than") for row in rows.values())
    assert len(read_table(tabulate_rates(run_race(OPENINGS["beale"])))[0]) == 4  # nothing is predicted there


def test_what_becomes_of_other_step_sizes_is_as_described():
    beale = [row[3] for row in read_table(tabulate_rates(run_race(OPENINGS["beale"])))]
    assert beale[0] == "not yet at 1,000"
    assert beale[-6:] == ["overflows"] * 6
    rastrigin = [row[3] for row in read_table(tabulate_rates(run_race(OPENINGS["rastrigin"])))]
    assert rastrigin[:11] == ["settles elsewhere"] * 11
    valley = [row[3] for row in read_table(tabulate_rates(run_race(OPENINGS["valley"])))]
    assert valley[0] == "more than 1,000"
    assert valley[-2:] == ["never", "never"]


def test_the_row_in_bold_has_the_smallest_factor():
    for name in ("toy", "valley", "beale"):
        text = tabulate_rates(run_race(OPENINGS[name]))
        factors = [to_float(row[2]) for row in read_table(text)]
        (bold,) = [line for line in text.splitlines() if line.startswith("| **")]
        assert to_float(bold.split("|")[3].strip(" *")) == min(factors)


def test_the_optimizers_are_listed_with_their_calls():
    rows = read_table(tabulate_optimizers())
    assert [row[0] for row in rows] == [kind.title for kind in OPTIMIZERS.values()]
    assert rows[-1][2] == "`torch.optim.Adam([w], lr=η)`"


# ----- the answers


def test_the_minimum_of_the_notebooks_problem_is_worked_out():
    text = explain_minimum(run_race(alone(x=(1.0, -2.0, 0.0, 0.5), y=3.0, w0=(1.0, 0.0, 0.0, 0.0))))
    assert r"w_1 - 2\,w_2 + 0.5\,w_4 = 3" in text
    x, w0 = np.array([1.0, -2.0, 0.0, 0.5]), np.array([1.0, 0.0, 0.0, 0.0])
    minimum = w0 + np.linalg.lstsq(x[None], np.array([3.0 - x @ w0]), rcond=None)[0]
    assert rf"\frac{{2}}{{5.25}}\,x = ({', '.join(f'{v:.4g}' for v in minimum)})^\top" in text


def test_the_minimum_of_a_line_is_its_fit():
    race = run_race(OPENINGS["line"])
    (slope, intercept), (rest,), *_ = np.polyfit(*np.array(race.settings.points).T, 1, full=True)
    text = explain_minimum(race)
    assert f"slope {format_number(slope)} and intercept {format_number(intercept)}" in text
    assert f"The loss there is {format_number(rest / 5)}: no slope and intercept meet all points" in text
    straight = explain_minimum(run_race(alone(problem="line", points=((0.0, 1.0), (1.0, 3.0)))))
    assert "with one solution, slope 2 and intercept 1. It meets every point, so the loss" in straight
    # Above each other: of all lines through (1, 2.5), the closest to the start (0, 0).
    upright = explain_minimum(
        run_race(alone(problem="line", points=((1.0, 2.0), (1.0, 3.0)), start=(0.0, 0.0)))
    )
    assert "many solutions" in upright
    assert "slope 1.25 and intercept 1.25. The loss there is 0.25: no slope and intercept meet" in upright


@pytest.mark.parametrize("scale", [1e-3, 1.0, 9.1e5])
def test_points_on_a_line_are_met_however_large_they_are(scale):
    xs = [scale * share for share in (-1, -0.3, 0.1, 0.77, 1)]
    on_line = tuple((x, 0.7 * x - 3) for x in xs)
    assert "It meets every point" in explain_minimum(run_race(alone(problem="line", points=on_line)))
    beside = ((xs[0], on_line[0][1] + 1e-6 * scale), *on_line[1:])
    text = explain_minimum(run_race(alone(problem="line", points=beside)))
    expected = np.polyfit(*np.array(beside).T, 1, full=True)[1][0] / 5
    assert to_float(re.search(r"The loss there is (\S+):", text)[1]) == pytest.approx(expected, rel=1e-3)


def test_who_may_come_to_another_minimum_is_named():
    """From 0 gradient descent ends at the projection; Adam's steps are not along x = (2, 1)."""
    settings = alone(
        entries=choose_entries(("gradient_descent", 0.1), ("adagrad", 0.3), ("adam", 0.01)),
        x=(2.0, 1.0), w0=(0.0, 0.0), steps=1000, dtype="float64",
    )  # fmt: skip
    race = run_race(settings)
    ends = [np.linalg.norm(optimizer.descent.w - race.curvature.minimum) for optimizer in race.optimizers]
    assert ends[0] < 1e-9
    assert min(ends[1:]) > 0.01
    assert all(optimizer.descent.path_losses[-1] < 1e-9 for optimizer in race.optimizers)
    assert "Adagrad and Adam may come to another of the minimisers" in explain_minimum(race)
    for other in (alone("adam", x=(2.0,), w0=(0.0,)), alone(x=(2.0, 1.0), w0=(0.0, 0.0)), OPENINGS["valley"]):
        assert "another of the minimisers" not in explain_minimum(run_race(other))


@pytest.mark.parametrize("name", list(SURFACES))
def test_the_minima_of_a_surface_are_listed(name):
    text = explain_minimum(run_race(OPENINGS[name]))
    assert SURFACES[name].latex in text
    for minimum in SURFACES[name].minima:
        assert f"({', '.join(format_number(value) for value in minimum)})" in text


def test_rates_are_predicted_and_measured():
    text = explain_rates(run_race(alone(lr=0.01, dtype="float64")))
    assert "eigenvalue $\\lambda$ = 10, and 4 times 0: directions in which nothing moves." in text
    assert "**0.2**" in text
    assert "**0.1**" in text
    assert "| Gradient descent | 0.01 | × 0.9 | × 0.9 |" in text
    assert "| 10 | 0.9 | 0.9 |" in text  # the one direction that moves
    valley = explain_rates(run_race(OPENINGS["valley"]))
    assert "eigenvalues $\\lambda$ = 1, 25." in valley
    assert "= 25." in valley
    assert "| 25 | −0.923 | −0.923 |" in valley
    assert (
        "Momentum is fastest with $\\eta$ = **0.1111** and $\\beta$ = **0.4444**, Nesterov's with" in valley
    )
    assert "Momentum is fastest" not in text  # one eigenvalue alone: one step is enough without
    assert "near the minimum" in explain_rates(run_race(OPENINGS["beale"]))
    assert "| Adam | 0.5 | – | – |" in explain_rates(run_race(OPENINGS["beale"]))
    slower = replace(
        OPENINGS["valley"],
        momentum=0.9,
        nesterov_momentum=0.9,
        entries=choose_entries(("momentum", 0.03), ("nesterov", 0.03)),
    )
    assert "| Nesterov | 0.03 | × 0.9343 | × 0.9343 |" in explain_rates(run_race(slower))
    few = explain_rates(run_race(replace(slower, steps=20)))
    assert "| Momentum | 0.03 | × 0.9487 | × 0.9487 |" in few


@pytest.mark.parametrize("name", list(OPENINGS))
def test_the_gradient_is_found_in_three_ways(name):
    race = run_race(OPENINGS[name])
    for step in (0, 3):
        graph, nodes, text = explain_gradient(race, step)
        assert "<svg" in graph
        assert "| w, the weights | – | AccumulateGrad |" in nodes
        w = race.optimizers[0].descent.path[step]
        assert f"after {step:,} step" in text
        gradient = [format_number(value) for value in race.problem.gradient(w)]
        rows = [line for line in text.splitlines() if line.startswith("|")][2:]
        for row, expected in zip(rows, gradient, strict=True):
            autograd, formula = (cell.strip() for cell in row.strip("|").split("|")[1:3])
            assert formula == expected
            assert autograd == expected or float(to_float(autograd)) == pytest.approx(
                to_float(expected), rel=1e-3
            )


def to_float(text):
    digits = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
    return float(text.replace(",", "").replace("×10", "e").translate(digits))


def test_a_step_beyond_the_last_is_the_last():
    race = run_race(alone(lr=0.25, steps=150))
    last = len(race.optimizers[0].descent.path) - 1
    assert last < 150
    *graph, text = explain_gradient(race, 150)
    assert text.startswith(f"Gradient descent after {last} steps, where it stopped, at $w$ =")
    assert graph == list(explain_gradient(race, last)[:2])
    assert explain_gradient(race, last)[2].startswith(f"Gradient descent after {last} steps, at $w$ =")
    assert explain_gradient(race, -5) == explain_gradient(race, 0)
    assert explain_gradient(race, 1)[2].startswith("Gradient descent after 1 step, at")


# ----- the script


def draw_settings(seed):
    """Draw settings for the script: each problem and each number of optimizers in turn."""
    rng = random.Random(seed)
    name = list(PROBLEM_TITLES)[seed % len(PROBLEM_TITLES)]
    num_optimizers, num_weights = seed % 4 + 1, rng.randint(1, 8)
    names = [rng.choice(list(OPTIMIZERS)) for _ in range(num_optimizers)]
    if seed in (3, 7):  # the same one twice, with the same step size
        names[1] = names[0]
    rates = [round(10 ** rng.uniform(-3, 0.5), rng.randint(3, 12)) for _ in names]
    if seed in (3, 7):
        rates[1] = rates[0]
    entries = list(zip(names, rates, strict=True)) + [None] * (4 - num_optimizers)
    rng.shuffle(entries)
    return RaceSettings(
        problem=name,
        entries=tuple(entries),
        steps=rng.choice([1, 7, 10, 35, 60, 200]),
        start=(rng.uniform(-2, 2), rng.uniform(-2, 2)),
        x=tuple(rng.uniform(-2, 2) for _ in range(num_weights)),
        y=rng.uniform(-3, 3),
        w0=tuple(rng.uniform(-2, 2) for _ in range(num_weights)),
        points=tuple((rng.uniform(-3, 3), rng.uniform(-3, 3)) for _ in range(rng.randint(2, 20))),
        condition=rng.uniform(1, 100),
        momentum=rng.choice([0.5, 0.9, rng.uniform(0.05, 0.99)]),
        dtype=["float32", "float64"][seed // 4 % 2],
    )


DRAWN = [draw_settings(seed) for seed in range(24)]


def test_the_drawn_settings_are_of_all_kinds():
    races = [run_race(chosen) for chosen in DRAWN]
    optimizers = [optimizer for race in races for optimizer in race.optimizers]
    assert {chosen.problem for chosen in DRAWN} == set(PROBLEM_TITLES)
    assert {optimizer.config.name for optimizer in optimizers} == set(OPTIMIZERS)
    assert {(chosen.dtype, chosen.problem == "toy") for chosen in DRAWN} >= {
        ("float32", True),
        ("float64", False),
    }
    assert {len(race.optimizers) for race in races} == {1, 2, 3, 4}
    assert sum(optimizer.descent.overflow_step is not None for optimizer in optimizers) >= 3
    assert sum(optimizer.descent.status == "running" for optimizer in optimizers) >= 10
    assert any(
        len({optimizer.config for optimizer in race.optimizers}) < len(race.optimizers) for race in races
    )


def assert_prints_the_races_numbers(printed, race):
    """Compare all that was printed with the descents and with the page's table, to the last digit."""
    lines, steps = iter(printed.splitlines()), race.settings.steps
    table = {int(row[0]): row[1:] for row in read_table(tabulate_losses(race))}
    for column, optimizer in enumerate(race.optimizers):
        descent = optimizer.descent
        assert next(lines) == race.name_optimizer(optimizer)
        for k, loss in enumerate(descent.losses.tolist(), start=1):
            if k % 10 == 0 or k == steps:
                assert next(lines) == f"Iteration {k}/{steps}, Current loss: {loss}"
                assert table[k][column] == str(loss)
        if len(descent.losses) < steps:
            left = f"Iteration {descent.overflow_step}: the loss has left the range of {race.settings.dtype}"
            assert next(lines) == left
        final = next(lines)
        if descent.overflow_step is None:
            assert final == f"Final result: {descent.w.tolist()}"
    assert next(lines, None) is None


def run_here(script):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(script, "script", "exec"), {"__name__": "__main__"})
    return output.getvalue()


@pytest.mark.parametrize("chosen", DRAWN, ids=[f"{k} {chosen.problem}" for k, chosen in enumerate(DRAWN)])
def test_the_script_prints_the_races_numbers(chosen):
    race = run_race(chosen)
    assert_prints_the_races_numbers(run_here(write_race_script(race)), race)


@pytest.mark.parametrize("name", list(OPENINGS))
def test_every_openings_script_prints_its_numbers(name):
    race = run_race(OPENINGS[name])
    assert_prints_the_races_numbers(run_here(write_race_script(race)), race)


@pytest.mark.parametrize(
    "chosen", [RaceSettings(), replace(DRAWN[3], dtype="float64", problem="beale")], ids=["notebook", "race"]
)
def test_the_script_needs_nothing_but_torch(chosen, tmp_path):
    race = run_race(chosen)
    script = tmp_path / "race.py"
    script.write_text(write_race_script(race), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", script.name],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=True, timeout=120,
    )  # fmt: skip
    assert_prints_the_races_numbers(done.stdout, race)
    assert [path.name for path in tmp_path.iterdir()] == ["race.py"]


@pytest.mark.parametrize("chosen", DRAWN[:8], ids=[chosen.problem for chosen in DRAWN[:8]])
def test_the_script_holds_no_trace_of_this_machine(chosen):
    script = write_race_script(run_race(chosen))
    for path in (ROOT, Path.home(), sys.prefix):
        assert str(path) not in script
    imports = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["import torch"]
    assert max(map(len, script.splitlines())) < 2000


# ----- the sources


@pytest.mark.parametrize("name", list(OPENINGS))
def test_the_sources_shown_are_those_that_run(name):
    race = run_race(OPENINGS[name])
    sources = show_sources(race)
    assert inspect.getsource(take_steps) in sources
    assert inspect.getsource(GradientDescent) in sources
    loss = race.problem.make_loss(DTYPES[race.settings.dtype])
    body = [line.strip() for line in inspect.getsource(loss).splitlines()]
    shown = [line.strip() for line in sources.splitlines()[: len(body)]]
    assert shown == body
    assert all(line in write_race_script(race) for line in body)


def test_the_step_by_hand_is_shown_where_it_was_taken():
    assert "class GradientDescent" not in show_sources(run_race(alone("adam")))
    assert "class GradientDescent" not in write_race_script(run_race(alone("adam")))
    assert make_optimizer("adam", 0.01).write_call() in write_race_script(run_race(alone("adam")))
    assert inspect.getsource(GradientDescent) in write_race_script(run_race(alone()))
