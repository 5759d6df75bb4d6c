"""Races at random, for the tests of what the page makes of them."""

from hypothesis import strategies as st

from app.descent.race import OPENINGS
from app.descent.setting_kinds import (
    NUM_SLOTS,
    Choice,
    Entries,
    Number,
    Numbers,
    Points,
    WeightPair,
    WholeNumber,
)
from app.descent.settings import PROBLEM_TITLES, RaceSettings, list_settings
from models.descent.optimizers import OPTIMIZERS

numbers = st.floats(-100, 100)
powers_of_ten = st.floats(-4, 4).map(lambda power: 10**power)
entries = st.tuples(st.sampled_from(list(OPTIMIZERS)), powers_of_ten)


def values_of(setting, num_weights=5, entries=entries):
    """Return a strategy for the values of a setting, by its kind and its range."""
    match setting:
        case Choice():
            return st.sampled_from(list(setting.titles))
        case WholeNumber():
            return st.integers(setting.low, setting.high)
        case Number(has_slider=False):
            return st.floats(max(setting.low, -100), min(setting.high, 100))
        case Number():
            return st.floats(setting.low, setting.high)
        case Numbers():
            return st.lists(numbers, min_size=num_weights, max_size=num_weights).map(tuple)
        case WeightPair():
            return st.tuples(numbers, numbers)
        case Points():
            points = st.tuples(numbers, numbers)
            return st.lists(points, min_size=setting.low, max_size=setting.high).map(tuple)
        case Entries():
            return st.tuples(*[st.none() | entries] * NUM_SLOTS).filter(any)


@st.composite
def race_settings(draw, problems=tuple(PROBLEM_TITLES), max_steps=30, entries=entries, table=RaceSettings):
    """Draw settings that can be run. Many of them diverge."""
    num_weights = draw(st.integers(1, 8))
    strategies = {
        name: values_of(setting, num_weights, entries) for name, setting in list_settings(table).items()
    }
    strategies |= {"problem": st.sampled_from(problems), "steps": st.integers(1, max_steps)}
    drawn = {name: draw(strategy) for name, strategy in strategies.items()}
    if max(map(abs, drawn["x"])) < 1e-3:
        drawn["x"] = (1.0, *drawn["x"][1:])
    return table(**drawn)


def choose_entries(*entries):
    """Fill the four places of a race from the front."""
    return (*entries, *[None] * (4 - len(entries)))


def alone(name="gradient_descent", lr=0.01, problem="toy", **others):
    """Return settings with one optimizer, and all else as at the problem's opening or as said."""
    opening = {name: getattr(OPENINGS[problem], name) for name in RaceSettings.__dataclass_fields__}
    return RaceSettings(**(opening | {"entries": choose_entries((name, lr))} | others))
