"""What the player is sent of a race: all of it finite and small, and a ruler for its step sizes."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.descent.landscape import is_curve
from app.descent.race import OPENINGS, run_race
from app.descent.view import CHARTS, draw_chart, show_race, show_ruler
from models.descent.learning_rate import find_lr_limit
from tests.descent.patience import unhurried
from tests.descent.random_races import alone, choose_entries, race_settings

__all__ = ["unhurried"]  # a fixture


def to_json(value):
    return json.dumps(value, allow_nan=False)


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("name", list(OPENINGS))
def test_an_opening_is_small_and_finite(name, chart):
    race = run_race(OPENINGS[name])
    assert len(to_json(show_race(race, chart))) < 200_000
    assert len(to_json(show_ruler(race))) < 5_000


@settings(max_examples=50)
@given(race_settings(), st.sampled_from(CHARTS))
def test_any_race_can_be_sent(chosen, chart):
    race = run_race(chosen)
    value, ruler = show_race(race, chart), show_ruler(race)
    assert json.loads(to_json(value)).keys() == value.keys()
    assert [optimizer["slot"] for optimizer in value["optimizers"]] == [
        handle["slot"] for handle in ruler["handles"]
    ]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("name", list(OPENINGS))
def test_a_race_that_leaves_all_range_can_be_sent(name, chart, dtype):
    entries = choose_entries(("gradient_descent", 1e6), ("momentum", 3e9), ("adam", 1e15))
    race = run_race(alone(problem=name, entries=entries, steps=200, dtype=dtype))
    first = race.optimizers[0].descent
    if name != "rastrigin":  # its waves hold the gradient, and so each step, within bounds
        assert first.overflow_step is not None
        ending = f"Overflows in iteration {first.overflow_step}."
        assert show_race(race)["optimizers"][0]["ending"] == ending
    to_json(show_race(race, chart))
    to_json(show_ruler(race))


def test_long_distances_are_not_taken_for_infinite():
    """In float64 the squares of these distances overflow before the loss does."""
    race = run_race(alone(lr=1e3, x=(0.1,), w0=(0.0,), steps=1000, dtype="float64"))
    (series,) = draw_chart(race, "Distance")["series"]
    assert series["points"][-1][0] == len(race.optimizers[0].descent.path) - 1
    assert series["points"][-1][1] > 1e154


@settings(max_examples=40)
@given(race_settings(max_steps=20))
def test_optimizers_stand_where_their_descents_do(chosen):
    race = run_race(chosen)
    for shown, optimizer in zip(show_race(race)["optimizers"], race.optimizers, strict=True):
        descent = optimizer.descent
        assert shown["slot"] == optimizer.slot
        assert len(shown["path"]) == len(shown["losses"]) == len(shown["gradients"]) == len(descent.path)
        np.testing.assert_allclose(shown["losses"], descent.path_losses, rtol=1e-6)
        lengths = [math.hypot(*gradient) for gradient in descent.gradients]
        for length, expected in zip(shown["gradients"], lengths, strict=True):
            assert length == pytest.approx(expected, rel=1e-6)
        if is_curve(race):
            np.testing.assert_allclose(shown["weights"], descent.path, rtol=1e-6)
            np.testing.assert_allclose(np.array(shown["path"])[:, 1], descent.path_losses, rtol=1e-6)
        else:
            assert shown["weights"] is None
            np.testing.assert_allclose(shown["path"], descent.path, rtol=1e-6)


def test_ruler_marks_the_notebooks_step_sizes():
    (handle,) = show_ruler(run_race(alone(lr=0.01)))["handles"]
    assert (handle["lr"], handle["lr_best"], handle["lr_max"]) == pytest.approx((0.01, 0.1, 0.2))
    assert handle["where"] == ""
    assert "|1 − 0.01·10| = 0.9" in handle["note"]


@pytest.mark.parametrize("name", list(OPENINGS))
def test_ruler_has_a_handle_for_each_optimizer(name):
    race = run_race(OPENINGS[name])
    handles = show_ruler(race)["handles"]
    for handle, optimizer in zip(handles, race.optimizers, strict=True):
        assert handle["slot"] == optimizer.slot
        assert handle["lr"] == optimizer.config.lr
        assert handle["lr_max"] == find_lr_limit(race.curvature, optimizer.config)
        assert (handle["lr_best"] is None) == (optimizer.config.name != "gradient_descent")
        assert handle["where"].startswith("near the minimum (") != race.curvature.is_exact
        assert handle["note"]


@pytest.mark.parametrize(
    ("name", "first", "words"),
    [("adagrad", 1, "by η at most"), ("rmsprop", 10, "by 10 η"), ("adam", 1, "by η, and so does each")],
)
def test_the_note_on_steps_that_scale_themselves_is_what_they_do(name, first, words):
    """On ½a² + ½κb² from far away the slope is all but the same for a while."""
    lr = 0.01
    race = run_race(alone(name, lr, "valley", start=(900.0, 800.0), steps=400, dtype="float64"))
    (handle,) = show_ruler(race)["handles"]
    assert words in handle["note"]
    steps = np.abs(np.diff(race.optimizers[0].descent.path, axis=0)) / lr  # (400, 2), in units of η
    np.testing.assert_allclose(steps[0], first, rtol=1e-6)
    if name == "adagrad":
        assert (steps <= 1).all()
        assert (np.diff(steps, axis=0) < 0).all()
    if name == "adam":
        np.testing.assert_allclose(steps, 1, rtol=0.01)
    if name == "rmsprop":
        assert (np.diff(steps, axis=0) < 0).all()
        np.testing.assert_allclose(steps[-1], 1, rtol=0.05)
