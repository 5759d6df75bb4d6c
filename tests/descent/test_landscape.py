"""The landscape under a race: contours, shades, minima, and the curve along one direction."""

import base64
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.descent.landscape import choose_levels, place_on_curve, round_up, start_from_curve
from app.descent.race import OPENINGS, run_race
from app.descent.view import show_race
from models.descent.problems import Surface, evaluate_losses
from tests.descent.patience import unhurried
from tests.descent.random_races import alone, numbers, race_settings

__all__ = ["unhurried"]  # a fixture


GRID = 90  # points a side of the contours' grid


OVER_TWO_WEIGHTS = [name for name in OPENINGS if name != "toy"]


TWO_WEIGHTS = alone(x=(1.0, 2.0), w0=(0.0, 0.0))


FAR_APART = ((0.0, 1000.0), (0.0, -1000.0), (1.0, 90.0), (1.0, -110.0))


def to_json(value):
    return json.dumps(value, allow_nan=False)


def make_grid(landscape):
    xs, ys = (np.linspace(*landscape[side], GRID) for side in ("x_range", "y_range"))
    return np.stack(np.meshgrid(xs, ys), axis=-1)  # row 0 is the lowest y


LANDSCAPES = [
    *[OPENINGS[name] for name in OVER_TWO_WEIGHTS],
    TWO_WEIGHTS,
    alone(x=(0.0, 2.0), y=-3.0, w0=(40.0, 7.0)),
    alone(problem="line", points=FAR_APART),
    alone(problem="line", points=((1.0, 2.0), (1.0, 3.0))),
    alone(problem="valley", condition=1000.0, start=(500.0, -900.0)),
]


LANDSCAPE_IDS = [f"{k} {chosen.problem}" for k, chosen in enumerate(LANDSCAPES)]


@pytest.mark.parametrize("chosen", LANDSCAPES, ids=LANDSCAPE_IDS)
def test_contours_run_where_the_loss_is_theirs(chosen):
    race = run_race(chosen)
    landscape = show_race(race)["landscape"]
    grid = make_grid(landscape)
    losses = evaluate_losses(race.problem, grid.reshape(-1, 2))
    cell = grid[1, 1] - grid[0, 0]
    levels = [line["level"] for line in landscape["lines"]]
    assert 4 <= len(levels) <= 11
    assert levels == sorted(set(levels))
    assert losses.min() < levels[0]
    assert levels[-1] < losses.max()
    num_points = 0
    for line in landscape["lines"]:
        assert line["pieces"]
        points = np.concatenate([np.reshape(piece, (-1, 2)) for piece in line["pieces"]])
        num_points += len(points)
        # Within one cell of the grid the loss passes the level: look at the cell's corners and edges.
        offsets = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), axis=-1).reshape(-1, 2) * cell
        around = evaluate_losses(race.problem, (points[:, None] + offsets).reshape(-1, 2)).reshape(-1, 9)
        assert (around.min(axis=1) <= line["level"]).all()
        assert (around.max(axis=1) >= line["level"]).all()
    assert 100 < num_points <= 6000


def test_contours_of_the_valley_are_ellipses():
    landscape = show_race(run_race(OPENINGS["valley"]))["landscape"]
    condition = OPENINGS["valley"].condition
    for line in landscape["lines"][2:]:
        for piece in line["pieces"]:
            a, b = np.reshape(piece, (-1, 2)).T
            np.testing.assert_allclose(a**2 / 2 + condition * b**2 / 2, line["level"], rtol=0.05)


@pytest.mark.parametrize("chosen", LANDSCAPES, ids=LANDSCAPE_IDS)
def test_shades_follow_the_loss(chosen):
    race = run_race(chosen)
    landscape = show_race(race)["landscape"]
    rows, columns = landscape["shades"]["rows"], landscape["shades"]["columns"]
    data = base64.b64decode(landscape["shades"]["bytes"], validate=True)
    assert len(data) == rows * columns
    shades = np.frombuffer(data, np.uint8).astype(int)
    coarse = make_grid(landscape)[:: GRID // rows, :: GRID // columns]
    losses = evaluate_losses(race.problem, coarse.reshape(-1, 2))
    assert shades[losses.argmax()] == shades.max() == 255
    assert shades[losses.argmin()] == shades.min() == 0
    assert (np.diff(shades[losses.argsort()]) >= 0).all()  # never lighter where the loss is larger
    assert len(set(shades.tolist())) > 30


@settings(max_examples=40)
@given(race_settings(problems=OVER_TWO_WEIGHTS, max_steps=2), st.tuples(numbers, numbers))
def test_start_and_minimum_are_always_in_the_landscape(chosen, w0):
    check_is_in_landscape(run_race(chosen))
    toy = alone(x=chosen.start if any(chosen.start) else (1.0, 0.0), y=chosen.y, w0=w0, steps=2)
    if max(map(abs, toy.x)) > 1e-3:
        check_is_in_landscape(run_race(toy))


def check_is_in_landscape(race):
    landscape = show_race(race)["landscape"]
    points = [race.start, race.curvature.minimum, *landscape["minima"]]
    for side, values in zip(("x_range", "y_range"), np.transpose(points), strict=True):
        low, high = landscape[side]
        margin = 1e-9 * max(abs(low), abs(high))
        assert low - margin <= values.min()
        assert values.max() <= high + margin


@pytest.mark.parametrize("name", OVER_TWO_WEIGHTS)
def test_all_minima_are_marked(name):
    race = run_race(OPENINGS[name])
    minima = np.array(show_race(race)["landscape"]["minima"])
    assert len(minima) == (len(race.problem.minima) if isinstance(race.problem, Surface) else 1)
    for minimum in minima:
        assert np.linalg.norm(race.problem.gradient(minimum)) < 1e-9


def test_the_landscape_stays_still_while_a_start_is_dragged_in_it():
    landscapes = [
        show_race(run_race(alone(problem="himmelblau", start=start, steps=2)))["landscape"]
        for start in ((0.0, 0.0), (3.0, -2.0))
    ]
    assert landscapes[0] == landscapes[1]


@pytest.mark.parametrize(
    "chosen", [TWO_WEIGHTS, alone(problem="line", points=((1.0, 2.0), (1.0, 3.0)))], ids=["toy", "line"]
)
def test_a_valley_of_minima_is_a_line_across_the_landscape(chosen):
    race = run_race(chosen)
    landscape = show_race(race)["landscape"]
    assert landscape["minima"] == []
    (x1, y1), (x2, y2) = landscape["valley"]
    along = np.linspace((x1, y1), (x2, y2), 9)
    np.testing.assert_allclose(evaluate_losses(race.problem, along), race.problem.smallest_loss, atol=1e-9)
    assert math.hypot(x2 - x1, y2 - y1) >= math.hypot(
        *np.diff([landscape["x_range"], landscape["y_range"]])[:, 0]
    )


@settings(max_examples=60)
@given(race_settings(problems=["toy"], max_steps=2).filter(lambda chosen: len(chosen.x) != 2))
def test_the_curve_is_the_loss_along_x(chosen):
    race = run_race(chosen)
    landscape = show_race(race)["landscape"]
    assert landscape["kind"] == "curve"
    curve = np.array(landscape["curve"])
    weights = np.array([start_from_curve(race, place) for place in curve[:, 0]])
    losses = evaluate_losses(race.problem, weights)
    np.testing.assert_allclose(curve[:, 1], losses, rtol=1e-6, atol=1e-6 * losses.max())
    (place,) = place_on_curve(race, race.start[None])
    low, high = landscape["x_range"]
    margin = 1e-9 * (high - low)
    assert low - margin <= place <= high + margin
    ((bottom, loss),) = landscape["minima"]
    assert loss == 0
    np.testing.assert_allclose(start_from_curve(race, bottom), race.curvature.minimum, rtol=1e-9, atol=1e-12)
    assert landscape["y_range"][0] < 0 < curve[:, 1].max() < landscape["y_range"][1]


@settings(max_examples=60)
@given(race_settings(problems=["toy"], max_steps=1), st.floats(-1000, 1000))
def test_a_start_on_the_curve_stands_where_it_was_put(chosen, place):
    race = run_race(chosen)
    w0 = np.array(start_from_curve(race, place))
    assert place_on_curve(race, w0[None])[0] == pytest.approx(place, rel=1e-6, abs=1e-6)
    # Nothing else has changed: the way from one start to the other is along x.
    moved, x = w0 - race.start, race.problem.x[0]
    across = moved - (moved @ x) / (x @ x) * x
    assert np.abs(across).max() < 1e-6 * max(1, np.abs(w0).max(), np.abs(race.start).max())


def test_one_weight_stands_for_itself():
    race = run_race(alone(x=(2.0,), y=3.0, w0=(0.25,), steps=4, lr=0.1))
    landscape = show_race(race)["landscape"]
    assert landscape["x_label"] == "w"
    assert landscape["minima"] == [[1.5, 0.0]]
    np.testing.assert_array_equal(
        place_on_curve(race, race.optimizers[0].descent.path), race.optimizers[0].descent.path[:, 0]
    )
    assert start_from_curve(race, 0.75) == (0.75,)


@pytest.mark.parametrize("y", [0.0, 5e-324, 5e-239, 1e-160, 1e-99, 1e6])
@pytest.mark.parametrize("x", [(1.0,), (1.0, 0.5), (1e-6, 1e-6), (1e-6, 0.0, 0.0)])
def test_extreme_labels_have_a_landscape(x, y):
    value = show_race(run_race(alone(x=x, y=y, w0=(0.0,) * len(x), steps=3)))
    to_json(value)
    for side in ("x_range", "y_range"):
        low, high = value["landscape"][side]
        assert low < high


@given(st.floats(1e-280, 1e280))
def test_rounds_up_to_the_next_of_the_series(value):
    rounded = round_up(value)
    assert value * (1 - 1e-8) <= rounded <= value * 5 / 3 * (1 + 1e-8)
    mantissa = float(f"{rounded:.6e}".partition("e")[0])
    assert mantissa in (1, 1.5, 2, 3, 5, 7.5)
    assert round_up(rounded) == pytest.approx(rounded)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(1, 1), (1.01, 1.5), (1.6, 2), (2.1, 3), (4, 5), (6, 7.5), (8, 10), (0.03, 0.03), (123, 150)],
)
def test_rounds_up(value, rounded):
    assert round_up(value) == pytest.approx(rounded)


@given(st.floats(-3, 6), st.floats(0, 1e6), st.integers(0, 99))
def test_levels_lie_between_the_losses(power, offset, seed):
    losses = offset + 10**power * np.random.default_rng(seed).random((20, 20)) ** 3
    levels = choose_levels(losses)
    assert levels == sorted(levels)
    assert len(levels) <= 11
    spacing = np.spacing(losses.max()) * 8
    assert all(losses.min() - spacing <= level <= losses.max() + spacing for level in levels)


def test_a_flat_landscape_has_no_levels():
    assert choose_levels(np.zeros((9, 9))) == []
    assert choose_levels(np.full((9, 9), 3.0)) == []


@settings(max_examples=40)
@given(race_settings(problems=["line"], max_steps=1))
def test_the_points_of_a_line_are_in_view(chosen):
    data = show_race(run_race(chosen))["data"]
    assert data["points"] == [list(point) for point in chosen.points]
    for side, values in zip(("x_range", "y_range"), np.transpose(chosen.points), strict=True):
        assert data[side][0] < values.min()
        assert values.max() < data[side][1]


def test_only_a_line_has_points():
    for name, opening in OPENINGS.items():
        assert (show_race(run_race(opening))["data"] is not None) == (name == "line")
