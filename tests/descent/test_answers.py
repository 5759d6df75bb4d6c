"""The tables below a race, and the answers to the three questions."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

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
from app.descent.settings import RaceSettings
from app.ui.numbers import format_number
from app.ui.prose import load_sections
from models.descent.optimizers import OPTIMIZERS
from models.descent.problems import SURFACES
from tests.descent.patience import unhurried
from tests.descent.random_races import alone, choose_entries, race_settings
from tests.descent.written_tables import read_table

__all__ = ["unhurried"]  # a fixture


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
