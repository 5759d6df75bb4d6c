"""Every text about a race can be read, whatever its numbers are."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

import app.descent.race
from app.descent.answers import (
    explain_gradient,
    explain_losses,
    explain_minimum,
)
from app.descent.race import OPENINGS, run_race
from app.descent.rates import explain_rates
from app.descent.sentences import describe_descent, describe_race
from tests.descent.patience import unhurried
from tests.descent.random_races import alone, choose_entries, race_settings

__all__ = ["unhurried"]  # a fixture


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


@pytest.mark.gate
@settings(max_examples=20)
@given(race_settings())
def test_no_text_ever_says_nan(chosen):
    assert_is_readable(run_race(chosen))


@settings(max_examples=100)
@given(race_settings())
def test_no_sentence_ever_says_nan(chosen):
    race = run_race(chosen)
    for text in (describe_race(race), *[describe_descent(race, optimizer) for optimizer in race.optimizers]):
        assert re.fullmatch(r"\*\*.+\.(\|\|)?", text)
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
