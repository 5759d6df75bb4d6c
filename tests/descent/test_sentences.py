"""The sentence about a race: its words match the numbers."""

import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import app.descent.race
from app.descent import sentences
from app.descent.race import OPENINGS, run_race
from app.descent.sentences import describe_descent
from app.ui.numbers import format_number
from models.descent.problems import SURFACES
from tests.descent.patience import unhurried
from tests.descent.random_races import alone, choose_entries, race_settings

__all__ = ["unhurried"]  # a fixture


def describe_race(race):
    """The sentences without the marks around what a teacher's link leaves out."""
    return sentences.describe_race(race).replace("||", "")


def describe(**settings):
    return describe_race(run_race(alone(**settings)))


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
@example(alone("adagrad", 0.1, "rastrigin", start=(0.0, 1.0), steps=7, momentum=0.5))
def test_a_place_is_named_where_the_gradient_is_flat_alone(chosen):
    """Flat: shorter than 10⁻⁵, or shorter than what rounding the weights changes in it."""
    race = run_race(chosen)
    epsilon = np.finfo(chosen.dtype).eps
    for optimizer in race.optimizers:
        w, gradient = optimizer.descent.path[-1], optimizer.descent.gradients[-1]
        text = describe_descent(race, optimizer)
        if re.search("hollow|saddle|hill|at the minimum", text):
            blur = epsilon * np.abs(race.problem.hessian(w)) @ np.abs(w)
            assert np.linalg.norm(gradient) < 1e-5 or (np.abs(gradient) <= 3 * blur).all()
        assert not ("At the bottom" in text and re.search("saddle|hill", text))


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.15, 0.2, 0.2001, 0.25])
@pytest.mark.parametrize("steps", [5, 50])
def test_what_an_exercise_asks_stands_between_marks(lr, steps):
    for others in ((), (("nesterov", 0.5), ("momentum", 9.0))):
        race = run_race(alone(entries=choose_entries(("gradient_descent", lr), *others), steps=steps))
        marked = sentences.describe_race(race)
        left = re.sub(r"\|\|.*?\|\|", "", marked)
        assert not re.search("limit|faster|better|below", left)
        assert left.endswith(".")


def test_those_who_end_level_are_named_together():
    text = describe_race(run_race(OPENINGS["saddle"]))
    assert text == (
        "**Gradient descent, Momentum and RMSprop are lowest** after 150 steps, with a loss of 0, "
        "at the minimum (0, 1)."
    )


def test_equal_optimizers_are_distinguished():
    entries = choose_entries(("adam", 0.1), ("adam", 0.2))
    assert "**Adam η = 0." in describe_race(run_race(alone(entries=entries)))
