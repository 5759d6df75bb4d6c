"""Races: what is run and kept."""

import math
from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings

import app.descent.race
from app.descent.race import OPENINGS, build_problem, compare_step_sizes, run_race
from app.descent.settings import (
    MAX_LIVE_STEPS,
    PROBLEM_TITLES,
    RaceSettings,
    keep_problem,
)
from models.descent.descent import descend
from models.descent.learning_rate import find_curvature
from models.descent.optimizers import make_optimizer
from models.descent.pace import compare_rates
from tests.descent.patience import unhurried
from tests.descent.random_races import alone, choose_entries, race_settings

__all__ = ["unhurried"]  # a fixture


def assert_same_descent(one, other):
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def run_afresh(settings, slot):
    """Let the optimizer in a slot descend without any cache."""
    name, lr = settings.entries[slot]
    optimizer = make_optimizer(name, lr, settings.find_momentum(name))
    problem, w0 = build_problem(settings), settings.first_weights
    return descend(problem, w0, optimizer, settings.steps, settings.dtype, 60)


@pytest.mark.parametrize("name", list(OPENINGS))
def test_every_opening_runs_and_nobody_diverges(name):
    race = run_race(OPENINGS[name])
    assert race.settings.problem == name
    assert len(race.optimizers) == sum(entry is not None for entry in OPENINGS[name].entries)
    for optimizer in race.optimizers:
        assert optimizer.descent.status in ("converged", "running", "stalled")
        assert optimizer.descent.path_losses[-1] < optimizer.descent.path_losses[0]


def test_every_problem_has_an_opening():
    assert list(OPENINGS) == list(PROBLEM_TITLES)
    assert OPENINGS["toy"] == RaceSettings()


def test_opens_on_the_notebooks_numbers():
    (optimizer,) = run_race(RaceSettings()).optimizers
    assert optimizer.descent.losses[9] == pytest.approx(0.150094673037529, rel=1e-4)
    assert optimizer.descent.losses[99] == pytest.approx(8.74024408403784e-10, rel=1e-4)
    assert len(optimizer.descent.losses) == 150


@settings(max_examples=25)
@given(race_settings())
def test_a_race_is_what_each_optimizer_does_alone(settings):
    for _ in range(2):  # the second time from the cache
        race = run_race(settings)
        assert [optimizer.slot for optimizer in race.optimizers] == [
            k for k, one in enumerate(settings.entries) if one
        ]
        assert race.start.tolist() == list(settings.first_weights)
        for optimizer in race.optimizers:
            assert (optimizer.config.name, optimizer.config.lr) == settings.entries[optimizer.slot]
            assert_same_descent(optimizer.descent, run_afresh(settings, optimizer.slot))


CHANGES = [
    ("toy", {"entries": choose_entries(("gradient_descent", 0.02))}),
    ("toy", {"entries": choose_entries(("momentum", 0.01))}),
    ("toy", {"steps": 21}),
    ("toy", {"x": (1.0, 1.0, 1.0, 1.0, 2.0)}),
    ("toy", {"y": 2.0}),
    ("toy", {"w0": (0.0, 0.0, 0.0, 0.0, 0.5)}),
    ("toy", {"dtype": "float64"}),
    ("line", {"points": ((0.0, 1.0), (1.0, 2.0))}),
    ("line", {"start": (0.0, 1.0)}),
    ("line", {"momentum": 0.5}),
    ("valley", {"condition": 50.0}),
    ("valley", {"start": (1.0, 1.0)}),
    ("beale", {"start": (0.5, 0.5)}),
    ("beale", {"problem": "himmelblau"}),
]


@pytest.mark.parametrize(("problem", "change"), CHANGES, ids=[f"{one} {list(two)}" for one, two in CHANGES])
def test_different_settings_never_mix(problem, change):
    first = replace(OPENINGS[problem], steps=20)
    second = replace(first, **change)
    for chosen in (first, second, first, second):
        for optimizer in run_race(chosen).optimizers:
            assert_same_descent(optimizer.descent, run_afresh(chosen, optimizer.slot))
    pairs = zip(run_race(first).optimizers, run_race(second).optimizers, strict=False)
    assert any(not np.array_equal(one.descent.path, two.descent.path) for one, two in pairs)


def test_the_time_limit_is_shared(monkeypatch):
    """With a clock that goes on by 1 ms whenever it is read: once for each step."""
    now = iter(range(10**9))
    monkeypatch.setattr(
        "models.descent.descent.time",
        SimpleNamespace(thread_time=lambda: next(now) / 1000, perf_counter=lambda: 0.0),
    )
    monkeypatch.setattr(app.descent.race, "TIME_LIMIT_SECONDS", 0.8)
    entries = [("gradient_descent", 1e-4), ("momentum", 1e-5), ("adam", 1e-5), ("adagrad", 1e-5)]
    for count in (1, 2, 4):
        race = run_race(alone(steps=1000, entries=choose_entries(*entries[:count]), y=0.123))
        for optimizer in race.optimizers:
            assert optimizer.descent.status == "out_of_time"
            assert len(optimizer.descent.path) == pytest.approx(800 / count, abs=3)


def test_who_is_not_touched_by_a_change_does_not_descend_again(monkeypatch):
    """One optimizer less gives the others more time each, which must not make them descend again."""
    descended = []

    def count(problem, w0, optimizer, *rest):
        descended.append(optimizer.name)
        return descend(problem, w0, optimizer, *rest)

    monkeypatch.setattr(app.descent.race, "descend", count)
    settings = alone(entries=(("momentum", 0.0123), ("adam", 0.0123), ("rmsprop", 0.0123), None), steps=30)
    run_race(settings)
    assert descended == ["momentum", "adam", "rmsprop"]
    run_race(replace(settings, entries=(None, *settings.entries[1:])))
    run_race(replace(settings, entries=(("nesterov", 0.0123), *settings.entries[1:])))
    assert descended == ["momentum", "adam", "rmsprop", "nesterov"]


def test_a_race_without_time_is_not_kept_and_costs_nobody_theirs(monkeypatch):
    kept, cut = alone(lr=0.0321, steps=40), alone(lr=0.0322, steps=40)
    before = run_race(kept).optimizers[0].descent
    monkeypatch.setattr(app.descent.race, "TIME_LIMIT_SECONDS", 0.0)
    assert run_race(cut).optimizers[0].descent.status == "out_of_time"
    assert run_race(kept).optimizers[0].descent is before
    monkeypatch.setattr(app.descent.race, "TIME_LIMIT_SECONDS", 240.0)
    assert len(run_race(cut).optimizers[0].descent.path) == 41


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"problem": "toys"}, "choose one of toy, line, valley, rosenbrock"),
        ({"entries": (None,) * 4}, "No optimizer is chosen"),
        ({"entries": (("adam", 0.1),)}, "No optimizer is chosen"),
        ({"problem": "line", "points": ((0.0, 0.0),)}, "There are 1 points: a line needs 2 to 20"),
        ({"problem": "line", "points": ((0.0, 0.0),) * 21}, "There are 21 points: a line needs 2 to 20"),
        ({"steps": 0}, "number of iterations is 0: enter a whole number from 1 to 1,000"),
        ({"steps": MAX_LIVE_STEPS + 1}, "number of iterations is 1001: enter a whole number from 1 to 1,000"),
        ({"steps": 10**9}, "enter a whole number from 1 to 1,000"),
        ({"steps": "ten"}, "number of iterations is ten: enter a whole number"),
        ({"steps": 2.5}, "number of iterations is 2.5: enter a whole number"),
        ({"entries": choose_entries(("sgd", 0.1))}, "choose one of gradient_descent, momentum"),
        ({"entries": choose_entries(("adam", -0.1))}, "learning rate is -0.1: enter a number above 0"),
        ({"entries": choose_entries(("adam", math.nan))}, "learning rate is nan: enter a number above 0"),
        ({"momentum": 1.0}, "momentum is 1.0: enter a number from 0.05 to 0.999"),
        ({"dtype": "float16"}, "choose one of float32, float64"),
        ({"x": ()}, "x has 0 entries: give a list of 1 to 8"),
        ({"x": (0.0,) * 5}, "x is zero in every entry"),
        ({"x": (1.0, 2.0)}, "w0 has 5 numbers, but there are 2 weights: give 2"),
        ({"w0": (1e7,) * 5}, r"w0\[0\] is 10000000.0: enter a number from -1,000,000"),
        ({"y": math.inf}, "y is inf: enter a number from"),
        ({"problem": "beale", "start": (0.0, 2e3)}, "is 2000.0: enter a number from -1,000 to 1,000"),
        ({"problem": "valley", "condition": 0.0}, "condition number is 0.0: enter a number from 1 to 1,000"),
        ({"problem": "line", "points": ((0.0, 1.0), (math.nan, 1.0))}, "is nan: enter a number from"),
    ],
)  # fmt: skip
def test_refuses_what_cannot_be_run(change, message):
    with pytest.raises(ValueError, match=message):
        run_race(replace(RaceSettings(), **change))


def test_names_tell_optimizers_apart():
    entries = (("adam", 0.1), ("adam", 0.2), ("momentum", 0.1), ("adam", 0.2))
    race = run_race(alone(entries=entries, steps=3))
    names = [race.name_optimizer(optimizer) for optimizer in race.optimizers]
    assert names[0] == "Adam η = 0.1"
    assert names[2] == "Momentum"
    assert len(set(names)) == 4
    close = run_race(alone(entries=choose_entries(("adam", 0.1), ("adam", 0.10000001)), steps=3))
    assert len({close.name_optimizer(optimizer) for optimizer in close.optimizers}) == 2


def test_step_sizes_are_compared_on_the_same_problem_from_the_same_start():
    settings = alone("adam", 0.3, "himmelblau", start=(2.0, 1.0), steps=9, momentum=0.5, dtype="float64")
    assert keep_problem(settings) == replace(RaceSettings(), problem="himmelblau", start=(2.0, 1.0))
    problem, start = build_problem(settings), np.array([2.0, 1.0])
    expected = compare_rates(problem, find_curvature(problem, start), start)
    assert compare_step_sizes(keep_problem(settings)) == expected


def test_a_line_is_fitted_to_the_points():
    points = ((0.5, 1.0), (1.5, 1.4), (2.0, 2.4), (3.0, 2.6))
    race = run_race(alone("gradient_descent", 0.08, "line", points=points, steps=5))
    xs, ys = np.array(points).T
    np.testing.assert_allclose(race.curvature.minimum, np.polyfit(xs, ys, 1))
    slope, intercept = race.start
    assert race.optimizers[0].descent.losses[0] == pytest.approx(np.mean((slope * xs + intercept - ys) ** 2))
