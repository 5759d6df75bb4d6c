"""Races at random, for the tests of what the page makes of them."""

from hypothesis import strategies as st

from app.descent.race import CONDITION_RANGE, MOMENTUM_RANGE, OPENINGS, PROBLEM_TITLES, RaceSettings
from models.descent.optimizers import OPTIMIZERS

numbers = st.floats(-100, 100)
powers_of_ten = st.floats(-4, 4).map(lambda power: 10**power)
entries = st.tuples(st.sampled_from(list(OPTIMIZERS)), powers_of_ten)


@st.composite
def race_settings(draw, problems=tuple(PROBLEM_TITLES), max_steps=30, entries=entries):
    """Draw settings that can be run. Many of them diverge."""
    num_weights = draw(st.integers(1, 8))
    x = draw(st.lists(numbers, min_size=num_weights, max_size=num_weights))
    if max(map(abs, x)) < 1e-3:
        x[0] = 1.0
    return RaceSettings(
        problem=draw(st.sampled_from(problems)),
        entries=draw(st.tuples(*[st.none() | entries] * 4).filter(any)),
        steps=draw(st.integers(1, max_steps)),
        start=draw(st.tuples(numbers, numbers)),
        x=tuple(x),
        y=draw(numbers),
        w0=tuple(draw(st.lists(numbers, min_size=num_weights, max_size=num_weights))),
        points=tuple(draw(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=20))),
        condition=draw(st.floats(*CONDITION_RANGE)),
        momentum=draw(st.floats(*MOMENTUM_RANGE)),
        dtype=draw(st.sampled_from(["float32", "float64"])),
    )


def choose_entries(*entries):
    """Fill the four places of a race from the front."""
    return (*entries, *[None] * (4 - len(entries)))


def alone(name="gradient_descent", lr=0.01, problem="toy", **others):
    """Return settings with one racer, and all else as at the problem's opening or as said."""
    opening = {name: getattr(OPENINGS[problem], name) for name in RaceSettings.__dataclass_fields__}
    return RaceSettings(**(opening | {"entries": choose_entries((name, lr))} | others))
