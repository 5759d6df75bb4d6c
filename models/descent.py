"""Gradient descent on the least squares of one observation, and the theory that predicts it.

The loss is L(w) = (y − xᵀw)² and its gradient −2 (y − xᵀw) x. Its Hessian is the constant matrix 2 x xᵀ,
whose only non-zero eigenvalue is λ = 2‖x‖². Put the step w − η∇L(w) into y − xᵀw: each step multiplies this
error by exactly 1 − ηλ. So the steps shrink the error when 0 < η < 2/λ, and a single one removes it when
η = 1/λ (in general 2/(λ_min + λ_max): Nesterov, Lectures on Convex Optimization, 2018, section 2.1.5).

Shapes: D entries of x and w, K steps taken.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Status = Literal["converged", "running", "stalled", "diverged", "out_of_time"]

DTYPES = {"float32": torch.float32, "float64": torch.float64}
MAX_ENTRIES = 8
MAX_STEPS = 100_000
MAX_VALUE = 1e6
MIN_LARGEST_X = 1e-6
MAX_LR = 1e15
TIME_LIMIT_SECONDS = 2.0


@dataclass(frozen=True)
class Descent:
    """One descent: what the steps did, and what theory says they would do.

    Attributes:
        losses: (K,) the loss before each step; entry k is what iteration k + 1 prints. Always finite.
        w: (D,) the weights after the last step.
        w_path: (K + 1, D) the weights before the first step and after each one. Always finite.
        first_gradient: (D,) the gradient at the start, from autograd.
        eigenvalue: λ = 2‖x‖², the curvature along x.
        lr_max: 2/λ, the step size from which the error no longer shrinks.
        lr_best: 2/(λ + λ) = 1/λ, the step size that shrinks the error most.
        contraction_predicted: |1 − ηλ|, the factor of the error in one step.
        contraction_measured: the same factor as the steps gave it: the geometric mean over the steps whose
            error stands clear of rounding. None where the start is already the minimum.
        status: "converged" (the error is down to rounding), "running" (more steps would change it), "stalled"
            (each step is smaller than the spacing of the dtype's numbers, before the minimum is reached),
            "diverged" (the error grew), "out_of_time" (TIME_LIMIT_SECONDS passed before the last step).
        overflow_step: the iteration, counted from 1, in which a number left the range of the dtype, else
            None. The losses and the path end before it.
        settled_step: the first iteration, counted from 1, that left w unchanged, else None. All later ones
            are the same, bit for bit, and are filled in without being computed.
    """

    losses: Floats
    w: Floats
    w_path: Floats
    first_gradient: Floats
    eigenvalue: float
    lr_max: float
    lr_best: float
    contraction_predicted: float
    contraction_measured: float | None
    status: Status
    overflow_step: int | None
    settled_step: int | None


def descend(
    x: Sequence[float] | Floats,
    y: float,
    w0: Sequence[float] | Floats,
    lr: float,
    steps: int,
    dtype: str = "float32",
) -> Descent:
    """Minimise (y − xᵀw)² by gradient descent, with the gradient from torch's autograd.

    Args:
        x: (D,) the observation, 1 to 8 numbers within ±1,000,000, not all zero.
        y: its label, within ±1,000,000.
        w0: (D,) the weights to start from, within ±1,000,000.
        lr: the step size η, above 0.
        steps: how many steps to take, 1 to 100,000.
        dtype: "float32" (as the lab computes) or "float64".

    Raises:
        ValueError: for any value outside these ranges; the message says what to enter instead.
    """
    x_checked, y, w0_checked = check_problem(x, y, w0)
    check_lr(lr)
    check_steps(steps)
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ValueError(f"dtype is {dtype!r}: choose one of {', '.join(DTYPES)}.")

    eigenvalue = 2 * float(x_checked @ x_checked)
    contraction = abs(1 - lr * eigenvalue)
    walk = _walk(x_checked, y, w0_checked, lr, steps, DTYPES[dtype])
    errors = np.abs(y - walk.w_path @ x_checked)  # (K + 1,)
    # Rounding of y − xᵀw, from the size of the numbers that are added up.
    rounding = torch.finfo(DTYPES[dtype]).eps * (abs(y) + np.abs(walk.w_path) @ np.abs(x_checked))  # (K + 1,)

    status: Status
    if walk.overflow_step is not None or (contraction > 1 and errors[-1] > errors[0]):
        status = "diverged"
    elif errors[-1] <= 8 * rounding[-1]:
        status = "converged"
    elif walk.settled_step is not None:
        status = "stalled"
    else:
        status = "running" if len(walk.losses) == steps else "out_of_time"
    return Descent(
        losses=walk.losses,
        w=walk.w_path[-1],
        w_path=walk.w_path,
        first_gradient=walk.first_gradient,
        eigenvalue=eigenvalue,
        lr_max=2 / eigenvalue,
        lr_best=1 / eigenvalue,
        contraction_predicted=contraction,
        contraction_measured=_measure_contraction(errors, rounding),
        status=status,
        overflow_step=walk.overflow_step,
        settled_step=walk.settled_step,
    )


@dataclass(frozen=True)
class _Walk:
    losses: Floats
    w_path: Floats
    first_gradient: Floats
    overflow_step: int | None
    settled_step: int | None


def _walk(x: Floats, y: float, w0: Floats, lr: float, steps: int, dtype: torch.dtype) -> _Walk:
    """Take the steps until they are done, overflow, change nothing any more or run out of time."""
    x_row = torch.tensor(x, dtype=dtype)[None, :]  # (1, D)
    label = torch.tensor([[y]], dtype=dtype)  # (1, 1)
    w = torch.tensor(w0, dtype=dtype)[:, None].requires_grad_()  # (D, 1)
    losses: list[float] = []
    path = [w.detach().clone()]
    first_gradient: torch.Tensor | None = None
    overflow_step = settled_step = None
    deadline = time.perf_counter() + TIME_LIMIT_SECONDS

    for step in range(1, steps + 1):
        loss = (label - x_row.mm(w)).pow(2)  # (1, 1)
        if not math.isfinite(loss_before := loss.item()):
            overflow_step = step
            break
        losses.append(loss_before)
        (gradient,) = torch.autograd.grad(loss, w)  # (D, 1)
        if first_gradient is None:
            first_gradient = gradient
        with torch.no_grad():
            w -= lr * gradient
        if not w.isfinite().all():
            overflow_step = step
            break
        path.append(w.detach().clone())
        if torch.equal(path[-1], path[-2]):
            settled_step = step
            losses += [loss_before] * (steps - step)
            path += [path[-1]] * (steps - step)
            break
        if time.perf_counter() > deadline:
            break

    assert first_gradient is not None, "the limits on x, y and w0 keep the first loss finite"
    return _Walk(
        losses=np.array(losses),
        w_path=torch.stack(path).squeeze(2).double().numpy(),  # (K + 1, D)
        first_gradient=first_gradient.squeeze(1).double().numpy(),
        overflow_step=overflow_step,
        settled_step=settled_step,
    )


def _measure_contraction(errors: Floats, rounding: Floats) -> float | None:
    """Mean factor of the error per step: (e_m / e_0)^(1/m), up to the first error that rounding blurs."""
    blurred = errors <= 1000 * rounding
    if blurred[0] or len(errors) < 2:
        return None
    # With the best step size the very first error is rounding already: one ratio is still a measurement.
    clear = max(int(blurred.argmax()) - 1 if blurred.any() else len(errors) - 1, 1)
    return float(errors[clear] ** (1 / clear) / errors[0] ** (1 / clear))  # roots first: no overflow


def check_problem(
    x: Sequence[float] | Floats, y: float, w0: Sequence[float] | Floats
) -> tuple[Floats, float, Floats]:
    """Return x (D,), y and w0 (D,) within the limits that `descend` names, or raise a ValueError."""
    x_checked, w0_checked = check_vector(x, "x"), check_vector(w0, "w0")
    if len(x_checked) != len(w0_checked):
        raise ValueError(
            f"x has {len(x_checked)} numbers and w0 has {len(w0_checked)}: give both the same length."
        )
    if np.abs(x_checked).max() < MIN_LARGEST_X:
        raise ValueError(
            f"x is zero in every entry (or below {MIN_LARGEST_X:g}), so the loss does not depend on w: "
            "give at least one entry another value, for example 1."
        )
    return x_checked, check_number(y, "y", -MAX_VALUE, MAX_VALUE), w0_checked


def check_vector(values: Sequence[float] | Floats, name: str) -> Floats:
    """Return the values as (D,) float64 within the limits, or raise a ValueError that names them."""
    remedy = f"give a list of 1 to {MAX_ENTRIES} numbers, for example [1, 1, 1, 1, 1]."
    if not isinstance(values, list | tuple | np.ndarray):
        raise ValueError(f"{name} is {values!r:.40}, not a list: {remedy}")
    if not 1 <= len(values) <= MAX_ENTRIES:
        raise ValueError(f"{name} has {len(values)} entries: {remedy}")
    return np.array([check_number(v, f"{name}[{i}]", -MAX_VALUE, MAX_VALUE) for i, v in enumerate(values)])


def check_number(value: float, name: str, low: float, high: float) -> float:
    """Return the value as a float from low to high, or raise a ValueError that says the range."""
    allowed = f"enter a number from {low:,.0f} to {high:,.0f}."
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise ValueError(f"{name} is {value!r:.40}, not a number: {allowed}")
    if not low <= value <= high:  # also false for nan
        raise ValueError(f"{name} is {value!s:.40}: {allowed}")
    return float(value)


def check_lr(lr: float) -> float:
    """Return the step size, or raise a ValueError where it is not a finite number above 0."""
    remedy = "enter a number above 0, for example 0.01."
    if isinstance(lr, bool) or not isinstance(lr, int | float | np.integer | np.floating):
        raise ValueError(f"The learning rate is {lr!r:.40}, not a number: {remedy}")
    if not 0 < lr <= MAX_LR:
        raise ValueError(f"The learning rate is {lr!s:.40}: {remedy} It may be at most {MAX_LR:g}.")
    return float(lr)


def check_steps(steps: int) -> int:
    """Return the number of steps, or raise a ValueError where it is not a whole number in range."""
    allowed = f"enter a whole number from 1 to {MAX_STEPS:,}."
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer):
        raise ValueError(f"The number of iterations is {steps!r:.40}: {allowed}")
    if not 1 <= steps <= MAX_STEPS:
        raise ValueError(f"The number of iterations is {steps!s:.40}: {allowed}")
    return int(steps)
