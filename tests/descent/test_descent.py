"""The descent against the notebook's table and its own promises: finite numbers, named ends, limits kept."""

import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.descent.descent import descend
from models.descent.optimizers import OPTIMIZERS, make_optimizer
from models.descent.problems import SURFACES, make_least_squares, make_valley

ONES, ZEROS = [1.0] * 5, [0.0] * 5
TOY = make_least_squares(ONES, 1)
BENT = make_least_squares([[1, 1], [2, 1], [3, 1]], [1, 0, 1])

# The lines that the notebook prints, float32: iteration → loss.
NOTEBOOK_TABLE = {
    10: 0.150094673037529,
    20: 0.018248017877340317,
    30: 0.002218528650701046,
    40: 0.00026972233899869025,
    50: 3.279230440966785e-05,
    60: 3.986556748714065e-06,
    70: 4.846697265747935e-07,
    80: 5.8908199207508005e-08,
    90: 7.173785121494802e-09,
    100: 8.74024408403784e-10,
    110: 1.0756195933936397e-10,
    120: 1.3219647598816664e-11,
    130: 1.566746732351021e-12,
    140: 1.7408297026122455e-13,
    150: 1.2789769243681803e-13,
}


def descend_toy(lr, steps, w0=ZEROS, dtype="float32", name="gradient_descent", seconds=60.0):
    return descend(TOY, w0, make_optimizer(name, lr), steps, dtype, seconds)


def test_prints_the_notebooks_table():
    losses = descend_toy(0.01, 150).losses
    for iteration, printed in NOTEBOOK_TABLE.items():
        if printed >= 1e-9:
            assert losses[iteration - 1] == pytest.approx(printed, rel=1e-4)
        else:  # below this the last bits of the sums decide, and they may differ between processors
            assert losses[iteration - 1] < 1e-9


def test_notebooks_numbers():
    result = descend_toy(0.01, 150)
    np.testing.assert_array_equal(result.gradients[0], [-2] * 5)
    np.testing.assert_allclose(result.w, [0.2] * 5, atol=1e-6)
    assert (result.status, result.overflow_step, result.num_steps) == ("converged", None, 150)
    assert result.losses.shape == (150,)
    assert result.path.shape == result.gradients.shape == (151, 5)
    assert result.path_losses.shape == (151,)
    np.testing.assert_array_equal(result.losses, result.path_losses[:150])
    np.testing.assert_array_equal(result.w, result.path[150])


@pytest.mark.parametrize("name", list(OPTIMIZERS))
@pytest.mark.parametrize("problem", [TOY, SURFACES["beale"]], ids=["toy", "beale"])
def test_losses_and_gradients_belong_to_their_positions(name, problem):
    w0 = np.linspace(-1, 1, problem.num_weights)
    result = descend(problem, w0, make_optimizer(name, 0.003), 20, "float64", 60)
    np.testing.assert_array_equal(result.path[0], w0)
    for w, gradient in zip(result.path, result.gradients, strict=True):
        np.testing.assert_allclose(gradient, problem.gradient(w), rtol=1e-9, atol=1e-12)
    if problem is TOY:
        np.testing.assert_allclose(result.path_losses, (1 - result.path.sum(axis=1)) ** 2, atol=1e-12)


def test_float32_rounds_and_float64_does_not():
    single, double = descend_toy(0.013, 30), descend_toy(0.013, 30, dtype="float64")
    exact = (1 - 10 * 0.013) ** (2 * np.arange(30))
    np.testing.assert_allclose(double.losses, exact, rtol=1e-12)
    np.testing.assert_allclose(single.losses, exact, rtol=1e-4)
    assert (single.path == np.float32(single.path)).all()
    assert not np.allclose(single.losses, exact, rtol=1e-12, atol=0)


def test_the_best_step_size_needs_one_step():
    result = descend_toy(0.1, 3)
    assert result.losses[0] == 1
    assert result.losses[1] < 1e-12


def test_at_the_limit_the_error_keeps_its_size():
    result = descend_toy(0.2, 50)
    np.testing.assert_allclose(result.losses, 1, rtol=1e-5)
    assert result.status == "running"


def test_divergence_is_a_result():
    result = descend_toy(0.25, 1000)
    assert result.status == "diverged"
    assert result.overflow_step == len(result.losses) + 1 == len(result.path) + 1
    # The error grows by 1.5 a step: the loss passes float32's largest number after ln(3.4e38) / (2 ln 1.5).
    assert result.overflow_step == int(np.log(np.finfo(np.float32).max) / (2 * np.log(1.5))) + 2
    assert result.losses[-1] <= np.finfo(np.float32).max
    later = descend_toy(0.25, 1000, dtype="float64").overflow_step
    assert later == int(np.log(np.finfo(np.float64).max) / (2 * np.log(1.5))) + 2


def test_divergence_is_named_before_the_overflow():
    result = descend_toy(0.25, 10)
    assert (result.status, result.overflow_step) == ("diverged", None)
    assert len(result.path) == 11


def test_an_overflow_behind_the_last_step_is_seen():
    steps = descend_toy(0.25, 1000).overflow_step - 1
    last = descend_toy(0.25, steps)
    assert (last.status, last.overflow_step) == ("diverged", steps + 1)
    assert len(last.losses) == steps
    before = descend_toy(0.25, steps - 1)
    assert (before.status, before.overflow_step) == ("diverged", None)
    np.testing.assert_array_equal(before.path, last.path)


def test_weights_that_overflow_end_the_path_too():
    """The second loss, 4·10³⁶, is within the range of float32; the step from it leads to 4·10³⁹, outside."""
    result = descend(make_least_squares([1e6], 0), [1e-15], make_optimizer(lr=1e15), 5)
    assert (result.status, result.overflow_step, len(result.path)) == ("diverged", 3, 2)
    assert result.losses == pytest.approx([1e-18, 4e36], rel=1e-5)


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (lambda: descend_toy(0.01, 150), "converged"),
        (lambda: descend_toy(0.01, 50), "running"),
        (lambda: descend_toy(0.25, 10, w0=[0.2] * 5), "converged"),  # there from the start
        (lambda: descend_toy(1e-9, 20, w0=[1000.0] * 5), "stalled"),
        (lambda: descend_toy(1e-9, 20, w0=[1000.0] * 5, dtype="float64"), "running"),
        (lambda: descend_toy(0.25, 10), "diverged"),
        (lambda: descend_toy(0.01, 50, seconds=0.0), "out_of_time"),
        (lambda: descend(SURFACES["saddle"], (1.0, 0.5), make_optimizer(lr=0.5), 99), "converged"),
        (lambda: descend(SURFACES["rosenbrock"], (-1.2, 1.0), make_optimizer(lr=0.01), 99), "diverged"),
        (lambda: descend(SURFACES["himmelblau"], (3.0, 2.0), make_optimizer(lr=0.01), 9), "converged"),
        (lambda: descend(make_valley(10), (1.0, 1.0), make_optimizer(lr=0.01), 9), "running"),
        # In a hollow as steep as this, float32 cannot bring the gradient below 10⁻⁵.
        (lambda: descend(SURFACES["rastrigin"], (2.3, -3.4), make_optimizer(lr=0.002), 99), "converged"),
        (lambda: descend(SURFACES["rosenbrock"], (0.994, 0.989), make_optimizer(lr=1e-4), 5), "running"),
        # No line goes through these points: the bottom lies above 0.
        (lambda: descend(BENT, [0, 0], make_optimizer(lr=0.17), 2000, "float64", 60), "converged"),
    ],
)
def test_every_end_has_its_word(result, status):
    assert result().status == status


def test_steps_below_rounding_are_counted_from_the_first_that_stands_still():
    assert descend_toy(1e-9, 20, w0=[1000.0] * 5).settled_step == 1
    assert descend_toy(0.01, 50).settled_step is None


def test_settled_steps_are_filled_in_as_torch_would():
    few, many = descend_toy(0.05, 200), descend_toy(0.05, 100_000)
    settled = few.settled_step
    assert settled is not None
    assert settled == many.settled_step
    assert (few.path[settled:] == few.path[settled - 1]).all()
    assert not (few.path[settled - 1] == few.path[settled - 2]).all()
    np.testing.assert_array_equal(few.losses, many.losses[:200])
    assert many.losses.shape == (100_000,)
    assert many.path.shape == many.gradients.shape == (100_001, 5)


def test_an_optimizer_with_a_memory_is_never_taken_for_settled():
    """Momentum that is at rest for a moment may move on, so nothing is filled in for it."""
    result = descend(TOY, [0.2] * 5, make_optimizer("momentum", 0.01), 30)
    assert result.settled_step is None
    assert len(result.path) == 31


@pytest.mark.parametrize("name", ["gradient_descent", "adam"])
def test_time_limit_is_kept_and_said(name):
    descend_toy(1e-4, 1, name=name)  # the first of torch's optimizers makes torch import its compiler
    start = time.thread_time()
    result = descend_toy(1e-4, 100_000, name=name, seconds=0.05)
    assert time.thread_time() - start < 2
    assert result.status == "out_of_time"
    assert len(result.losses) == len(result.path) - 1 < 100_000
    whole = descend_toy(1e-4, len(result.losses), name=name)
    np.testing.assert_array_equal(result.path, whole.path)


def test_no_descent_takes_much_longer_than_two_seconds():
    start = time.thread_time()
    result = descend(TOY, ZEROS, make_optimizer("adam", 1e-6), 100_000)
    assert time.thread_time() - start < 5
    assert result.status == "out_of_time"


def test_without_any_time_only_the_start_is_seen():
    result = descend_toy(0.01, 10, seconds=0.0)
    np.testing.assert_array_equal(result.path, [ZEROS])
    assert result.losses.shape == (0,)


@settings(max_examples=200)
@given(
    st.integers(1, 8).flatmap(
        lambda n: st.tuples(*[st.lists(st.floats(-1e6, 1e6), min_size=n, max_size=n)] * 2)
    ),
    st.floats(-1e6, 1e6),
    st.floats(0, 1e15, exclude_min=True),
    st.sampled_from(["float32", "float64"]),
    st.sampled_from(list(OPTIMIZERS)),
)
def test_no_nan_ever_leaves(xw, y, lr, dtype, name):
    x, w0 = xw
    if max(map(abs, x)) < 1e-6:
        x[0] = 1.0
    check_is_finite(descend(make_least_squares(x, y), w0, make_optimizer(name, lr), 20, dtype, 60))


@settings(max_examples=100)
@given(
    st.sampled_from([*SURFACES.values(), make_valley(10_000)]),
    st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000)),
    st.floats(-6, 15).map(lambda power: 10**power),
    st.sampled_from(["float32", "float64"]),
    st.sampled_from(list(OPTIMIZERS)),
)
def test_no_nan_ever_leaves_a_surface(surface, w0, lr, dtype, name):
    check_is_finite(descend(surface, w0, make_optimizer(name, lr), 20, dtype, 60))


def check_is_finite(result):
    assert np.isfinite(result.path).all()
    assert np.isfinite(result.path_losses).all()
    assert np.isfinite(result.gradients[:-1]).all()
    assert (result.overflow_step is None) == (len(result.path) == result.num_steps + 1)
    if result.overflow_step is not None:
        assert result.status == "diverged"
        assert len(result.path) == result.overflow_step - 1


@pytest.mark.parametrize("steps", [0, -1, 100_001, 10**9, 2.5, float("nan"), float("inf"), "ten", None, True])
def test_refuses_a_number_of_steps(steps):
    with pytest.raises(ValueError, match=re.escape("enter a whole number from 1 to 100,000")):
        descend_toy(0.01, steps)


@pytest.mark.parametrize("dtype", ["float16", None, ["float32"], 32])
def test_refuses_a_dtype(dtype):
    with pytest.raises(ValueError, match="choose one of float32, float64"):
        descend_toy(0.01, 10, dtype=dtype)


@pytest.mark.parametrize(
    ("problem", "w0", "message"),
    [
        (TOY, [0.0] * 4, "w0 has 4 numbers, but there are 5 weights: give 5"),
        (TOY, [], "w0 has 0 entries: give a list of 1 to 8 numbers"),
        (TOY, [0.0] * 9, "w0 has 9 entries: give a list of 1 to 8 numbers"),
        (TOY, [0, 0, "a", 0, 0], r"w0\[2\] is 'a', not a number: enter a number from"),
        (TOY, [0, 0, 0, 0, float("-inf")], r"w0\[4\] is -inf: enter a number from -1,000,000 to 1,000,000"),
        (TOY, [2e6, 0, 0, 0, 0], r"w0\[0\] is 2000000.0: enter a number from -1,000,000 to 1,000,000"),
        (TOY, "00000", "w0 is '00000', not a list"),
        (TOY, None, "w0 is None, not a list"),
        (SURFACES["beale"], [0.0], "w0 has 1 numbers, but there are 2 weights: give 2"),
        (SURFACES["beale"], [0.0, 1001.0], r"w0\[1\] is 1001.0: enter a number from -1,000 to 1,000"),
        (make_valley(5), [float("nan"), 0], r"w0\[0\] is nan: enter a number from"),
    ],
)
def test_refuses_a_start(problem, w0, message):
    with pytest.raises(ValueError, match=message):
        descend(problem, w0, make_optimizer(), 10)
