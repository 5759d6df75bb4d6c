"""The chart of a race: its scale, what is predicted, and what an empty one says."""

import math

import numpy as np
import pytest

from app.descent.race import OPENINGS, run_race
from app.descent.view import CHARTS, MAX_CHART_POINTS, draw_chart, predict_losses
from tests.descent.patience import unhurried
from tests.descent.random_races import alone, choose_entries

__all__ = ["unhurried"]  # a fixture


@pytest.mark.parametrize("name", list(OPENINGS))
def test_chart_draws_what_it_says(name):
    race = run_race(OPENINGS[name])
    expected = {
        "Loss": lambda descent: descent.path_losses,
        "Distance": lambda descent: np.linalg.norm(descent.path - race.curvature.minimum, axis=1),
        "Gradient": lambda descent: np.linalg.norm(descent.gradients, axis=1),
    }
    for chart in CHARTS:
        drawn = draw_chart(race, chart)
        series = [one for one in drawn["series"] if one["name"] != "predicted"]
        assert len(series) == len(race.optimizers)
        for one, optimizer in zip(series, race.optimizers, strict=True):
            heights = expected[chart](optimizer.descent)
            steps, values = np.transpose(one["points"])
            np.testing.assert_allclose(values, heights[steps.astype(int)], rtol=1e-6)
            assert (steps[0], steps[-1]) == (0, len(heights) - 1)
            assert one["role"] == f"series{optimizer.slot + 1}"
        assert drawn["x_range"] == [0, max(len(optimizer.descent.path) - 1 for optimizer in race.optimizers)]
        assert drawn["log_y"]


def test_chart_is_thinned_to_what_a_screen_shows():
    race = run_race(alone("adam", 0.001, steps=1000))
    (series,) = draw_chart(race, "Loss")["series"]
    assert len(series["points"]) == MAX_CHART_POINTS
    assert [series["points"][0][0], series["points"][-1][0]] == [0, 1000]


@pytest.mark.parametrize("lr", [0.01, 0.05, 0.15, 0.2, 0.25])
def test_predicted_losses_are_those_of_the_toy_problem(lr):
    race = run_race(alone(lr=lr, dtype="float64"))
    predicted = predict_losses(race)
    exact = (1 - 10 * lr) ** (2.0 * np.arange(151))  # λ = 10
    shown = ~np.isnan(predicted)
    assert shown[:9].all()
    np.testing.assert_allclose(predicted[shown], exact[shown], rtol=1e-6)
    names = [series["name"] for series in draw_chart(race, "Loss")["series"]]
    assert names == ["predicted", "Gradient descent"]
    assert "predicted" not in [series["name"] for series in draw_chart(race, "Distance")["series"]]


def test_prediction_keeps_to_the_scale_of_what_was_met():
    """Float32 stops at a loss of about 10⁻¹³; the prediction goes on to 10⁻⁹¹ and would flatten the curve."""
    race = run_race(alone(lr=0.05))
    losses, predicted = race.optimizers[0].descent.path_losses, predict_losses(race)
    shown = predicted[~np.isnan(predicted)]
    assert len(shown) < len(losses)
    assert shown.min() >= losses[losses > 0].min() * math.exp(-2.01)


@pytest.mark.parametrize(
    "chosen",
    [
        alone("momentum"),
        alone(problem="valley"),
        alone(entries=choose_entries(("gradient_descent", 0.1), ("gradient_descent", 0.2))),
        alone(x=(2.0,), y=1.0, w0=(0.5,)),  # at the minimum from the start
    ],
    ids=["momentum", "valley", "two optimizers", "no loss"],
)
def test_nothing_is_predicted_elsewhere(chosen):
    race = run_race(chosen)
    assert predict_losses(race) is None
    assert "predicted" not in [series["name"] for series in draw_chart(race, "Loss")["series"]]


def test_a_loss_of_zero_is_shown():
    race = run_race(alone(lr=0.125, x=(2.0,), w0=(1.0,), y=1.0, dtype="float64", steps=5))
    assert race.optimizers[0].descent.path_losses[1] == 0  # the best step size: one step
    assert draw_chart(race, "Loss")["note"].startswith("From step 1 on a curve is at 0")
    assert draw_chart(run_race(alone()), "Loss")["note"] == ""


@pytest.mark.parametrize(
    ("settings", "chart", "words"),
    [
        ({"problem": "saddle", "start": (0.0, 0.0)}, "Gradient", "no step moves the weights"),
        ({"x": (2.0,), "y": 1.0, "w0": (0.5,)}, "Loss", "w₀ is already a minimum"),
        ({"x": (2.0,), "y": 1.0, "w0": (0.5,)}, "Distance", "w₀ is already the minimum"),
    ],
)
def test_an_empty_chart_says_why(settings, chart, words):
    """At a saddle point the gradient is 0 too, and it is no minimum."""
    drawn = draw_chart(run_race(alone(**settings)), chart)
    assert not any(y > 0 for series in drawn["series"] for _, y in series["points"])
    assert drawn["empty"] == f"It is 0 from the start: {words}."
