"""The descent against the notebook's table, torch.optim.SGD, finite differences and its own theory."""

import re
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import models.descent as subject
from models.descent import Descent, descend

ONES, ZEROS = [1.0] * 5, [0.0] * 5

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

vectors = st.lists(st.floats(-3, 3).filter(lambda v: v == 0 or abs(v) > 0.01), min_size=1, max_size=8)
problems = vectors.filter(any).flatmap(
    lambda x: st.tuples(
        st.just(x), st.floats(-3, 3), st.lists(st.floats(-3, 3), min_size=len(x), max_size=len(x))
    )
)


def test_prints_the_notebooks_table() -> None:
    losses = descend(ONES, 1, ZEROS, 0.01, 150).losses
    for iteration, printed in NOTEBOOK_TABLE.items():
        if printed >= 1e-9:
            assert losses[iteration - 1] == pytest.approx(printed, rel=1e-4)
        else:  # below this the last bits of the sums decide, and they may differ between processors
            assert losses[iteration - 1] < 1e-9


def test_notebooks_numbers() -> None:
    result = descend(ONES, 1, ZEROS, 0.01, 150)
    np.testing.assert_array_equal(result.first_gradient, [-2] * 5)
    np.testing.assert_allclose(result.w, [0.2] * 5, atol=1e-6)
    assert (result.eigenvalue, result.lr_max, result.lr_best) == (10, 0.2, 0.1)
    assert result.contraction_predicted == pytest.approx(0.9)
    assert result.contraction_measured == pytest.approx(0.9, rel=1e-4)
    assert result.status == "converged"
    assert result.losses.shape == (150,)
    assert result.w_path.shape == (151, 5)


@settings(max_examples=60, deadline=None)
@given(problems, st.floats(0.001, 0.3), st.integers(1, 30))
def test_takes_the_steps_of_torch_sgd(
    problem: tuple[list[float], float, list[float]], lr: float, steps: int
) -> None:
    x, y, w0 = problem
    result = descend(x, y, w0, lr, steps, "float64")
    w = torch.tensor(w0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (y - torch.tensor(x, dtype=torch.float64) @ w) ** 2
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    np.testing.assert_allclose(result.losses, losses, rtol=1e-7, atol=1e-18)
    np.testing.assert_allclose(result.w, w.detach().numpy(), rtol=1e-7, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(problems)
def test_first_gradient_agrees_with_finite_differences(
    problem: tuple[list[float], float, list[float]],
) -> None:
    x, y, w0 = (np.array(part) for part in problem)
    step = 1e-4
    differences = [
        ((y - x @ (w0 + step * e)) ** 2 - (y - x @ (w0 - step * e)) ** 2) / (2 * step) for e in np.eye(len(x))
    ]
    result = descend(x, float(y), w0, 0.01, 1, "float64")
    np.testing.assert_allclose(result.first_gradient, differences, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(problems)
def test_eigenvalue_agrees_with_the_hessian(problem: tuple[list[float], float, list[float]]) -> None:
    x, y, w0 = (torch.tensor(part, dtype=torch.float64) for part in problem)
    hessian = torch.autograd.functional.hessian(lambda w: (y - x @ w) ** 2, w0)  # type: ignore[no-untyped-call]
    result = descend(x.numpy(), y.item(), w0.numpy(), 0.01, 1)
    assert result.eigenvalue == pytest.approx(torch.linalg.eigvalsh(hessian)[-1].item())


@settings(max_examples=80, deadline=None)
@given(problems, st.floats(0.05, 2.5))
def test_measured_contraction_is_the_predicted_one(
    problem: tuple[list[float], float, list[float]], share: float
) -> None:
    x, y, w0 = problem
    result = descend(x, y, w0, share / (2 * np.dot(x, x)), 40, "float64")
    if result.contraction_measured is not None:
        assert result.contraction_measured == pytest.approx(result.contraction_predicted, abs=1e-4)


def test_the_best_step_size_needs_one_step() -> None:
    result = descend(ONES, 1, ZEROS, 0.1, 3)
    assert result.losses[0] == 1
    assert result.losses[1] < 1e-12
    assert result.contraction_measured == pytest.approx(0, abs=1e-6)


def test_at_the_limit_the_error_keeps_its_size() -> None:
    result = descend(ONES, 1, ZEROS, 0.2, 50)
    np.testing.assert_allclose(result.losses, 1, rtol=1e-5)
    assert result.status == "running"


def test_divergence_is_a_result() -> None:
    result = descend(ONES, 1, ZEROS, 0.25, 1000)
    assert result.status == "diverged"
    assert result.overflow_step == len(result.losses) + 1
    # The error grows by 1.5 a step: the loss passes float32's largest number after ln(3.4e38) / (2 ln 1.5).
    assert result.overflow_step == int(np.log(np.finfo(np.float32).max) / (2 * np.log(1.5))) + 2
    assert result.losses[-1] <= np.finfo(np.float32).max
    assert result.contraction_predicted == pytest.approx(1.5)
    assert result.contraction_measured == pytest.approx(1.5)


def test_divergence_is_named_before_the_overflow() -> None:
    result = descend(ONES, 1, ZEROS, 0.25, 10)
    assert (result.status, result.overflow_step) == ("diverged", None)


def test_starting_at_the_minimum() -> None:
    result = descend(ONES, 1, [0.2, 0.2, 0.2, 0.2, 0.2], 0.25, 10)
    assert result.status == "converged"
    assert result.contraction_measured is None


def test_steps_below_rounding_stall() -> None:
    result = descend(ONES, 1, [1000.0] * 5, 1e-9, 20)
    assert (result.status, result.settled_step) == ("stalled", 1)
    assert descend(ONES, 1, [1000.0] * 5, 1e-9, 20, "float64").status == "running"


def test_settled_steps_are_filled_in_as_torch_would() -> None:
    few, many = descend(ONES, 1, ZEROS, 0.05, 200), descend(ONES, 1, ZEROS, 0.05, 100_000)
    assert few.settled_step == many.settled_step
    assert few.settled_step is not None
    np.testing.assert_array_equal(few.losses, many.losses[:200])
    assert many.losses.shape == (100_000,)
    assert many.w_path.shape == (100_001, 5)


def test_time_limit_is_kept_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "TIME_LIMIT_SECONDS", 0.05)
    start = time.perf_counter()
    result = descend(ONES, 1, ZEROS, 0.2, 100_000)
    assert time.perf_counter() - start < 2
    assert result.status == "out_of_time"
    assert len(result.losses) == len(result.w_path) - 1 < 100_000


def has_only_finite_numbers(result: Descent) -> bool:
    arrays = [result.losses, result.w, result.w_path, result.first_gradient]
    numbers = [result.eigenvalue, result.lr_max, result.lr_best, result.contraction_predicted]
    numbers.append(result.contraction_measured or 0)
    return bool(all(np.isfinite(array).all() for array in arrays) and np.isfinite(numbers).all())


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 8).flatmap(
        lambda n: st.tuples(*[st.lists(st.floats(-1e6, 1e6), min_size=n, max_size=n)] * 2)
    ),
    st.floats(-1e6, 1e6),
    st.floats(0, 1e15, exclude_min=True),
    st.sampled_from(["float32", "float64"]),
)
def test_no_nan_ever_leaves(xw: tuple[list[float], list[float]], y: float, lr: float, dtype: str) -> None:
    x, w0 = xw
    if max(map(abs, x)) >= 1e-6:
        assert has_only_finite_numbers(descend(x, y, w0, lr, 25, dtype))


@pytest.mark.parametrize("lr", [0, -0.1, float("nan"), float("inf"), 10**400, 1e16, "fast", None, True])
def test_refuses_a_learning_rate(lr: float) -> None:
    with pytest.raises(ValueError, match=r"learning rate is .*: enter a number above 0"):
        descend(ONES, 1, ZEROS, lr, 10)


@pytest.mark.parametrize("steps", [0, -1, 100_001, 2.5, float("nan"), "ten", None, True])
def test_refuses_a_number_of_steps(steps: int) -> None:
    with pytest.raises(ValueError, match=re.escape("enter a whole number from 1 to 100,000")):
        descend(ONES, 1, ZEROS, 0.01, steps)


@pytest.mark.parametrize(
    ("x", "y", "w0", "message"),
    [
        ([], 1, [], "x has 0 entries"),
        ([1.0] * 9, 1, [0.0] * 9, "x has 9 entries"),
        ([1.0], 1, [0.0, 0.0], "x has 1 numbers and w0 has 2"),
        ([0.0, 0.0], 1, [0.0, 0.0], "x is zero in every entry"),
        ([1.0, float("nan")], 1, [0.0, 0.0], r"x\[1\] is nan: enter a number from"),
        ([[1.0]], 1, [0.0], r"x\[0\] is \[1.0\], not a number"),
        (["one"], 1, [0.0], r"x\[0\] is 'one', not a number"),
        ("1, 1", 1, [0.0], "x is '1, 1', not a list"),
        (None, 1, [0.0], "x is None, not a list"),
        ([1.0], float("inf"), [0.0], "y is inf: enter a number from"),
        ([1.0], "1", [0.0], "y is '1', not a number"),
        ([1.0], 1, [float("-inf")], r"w0\[0\] is -inf"),
        ([1.0], 1, [2e6], r"w0\[0\] is 2000000.0: enter a number from -1,000,000 to 1,000,000"),
    ],
)
def test_refuses_a_problem(x: list[float], y: float, w0: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        descend(x, y, w0, 0.01, 10)


@pytest.mark.parametrize("dtype", ["float16", None, ["float32"], 32])
def test_refuses_a_dtype(dtype: str) -> None:
    with pytest.raises(ValueError, match="choose one of float32, float64"):
        descend(ONES, 1, ZEROS, 0.01, 10, dtype)
