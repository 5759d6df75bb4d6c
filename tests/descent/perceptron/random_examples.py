"""Examples at random, whose sums are computed without rounding: their inputs are eighths."""

from hypothesis import strategies as st

from models.descent.perceptron import ACTIVATIONS, Example
from models.descent.plane.points import MAX_SEED

eighths = st.integers(-24, 24).map(lambda count: count / 8)


def examples(inputs=eighths):
    return st.builds(
        Example,
        x=st.tuples(*[inputs] * 4),
        label=st.integers(0, 1),
        activation=st.sampled_from(list(ACTIVATIONS)),
        seed=st.integers(0, MAX_SEED),
    )
