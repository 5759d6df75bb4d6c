"""Descend a loss with one of torch's optimizers, and keep every step.

Shapes: D weights, K steps taken.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from models.descent.optimizers import OptimizerConfig, Stepper
from models.descent.problems import DTYPES, MAX_VALUE, LeastSquares, Loss, Problem, Surface, check_vector
from models.values import Floats

Status = Literal["converged", "running", "stalled", "diverged", "out_of_time"]

MAX_STEPS = 100_000
MAX_SURFACE_START = 1_000  # farther out, Beale's surface leaves the range of float32
TIME_LIMIT_SECONDS = 2.0  # of processor time, so that the result is the same on a busy machine
_PATIENCE = 2  # times as long it may take by the clock
FLAT_GRADIENT = 1e-5  # on a surface, a gradient shorter than this counts as the bottom
_STEEP_GRADIENT = 1e-2  # and one longer than this is never taken for rounding


@dataclass(frozen=True)
class Descent:
    """What the steps did. Position k is where the weights stand after k steps.

    Attributes:
        path: (K + 1, D) the positions. Always finite.
        path_losses: (K + 1,) the loss at each position. Always finite.
        gradients: (K + 1, D) the gradient at each position, from autograd. Finite, except perhaps the last
            one, where it is the gradient that overflows.
        num_steps: how many steps were asked for.
        status: "converged" (the gradient is down to rounding, or on a surface shorter than FLAT_GRADIENT:
            at a minimum, in a hollow, or at a saddle point),
            "running" (more steps would change it), "stalled" (each step is smaller than the spacing of the
            dtype's numbers, before the minimum is reached), "diverged" (the loss left the range of the
            dtype, or the last one is the largest of all and above the first), "out_of_time" (the time limit
            passed before the last step).
        overflow_step: the iteration, counted from 1, whose loss is beyond the range of the dtype, else None.
            The path ends before it. It is one more than num_steps where the last step led there.
        settled_step: the first iteration, counted from 1, that left w unchanged, else None. All later ones
            are the same, bit for bit, and are filled in without being computed. Looked for in gradient
            descent alone: the other optimizers carry a memory that may move w again.
    """

    path: Floats
    path_losses: Floats
    gradients: Floats
    num_steps: int
    status: Status
    overflow_step: int | None
    settled_step: int | None

    @property
    def losses(self) -> Floats:
        """The loss before each step, as the notebook prints it: entry k is what iteration k + 1 shows."""
        # Without an overflow, the last position is behind the last step.
        return self.path_losses if self.overflow_step else self.path_losses[:-1]

    @property
    def w(self) -> Floats:
        """The weights (D,) at the last position."""
        return self.path[-1]  # type: ignore[no-any-return]


def descend(
    problem: Problem,
    w0: Sequence[float] | Floats,
    optimizer: OptimizerConfig,
    steps: int,
    dtype: str = "float32",
    time_limit_seconds: float = TIME_LIMIT_SECONDS,
) -> Descent:
    """Minimise a problem's loss from w0, with gradients from autograd and steps from torch.optim.

    Args:
        problem: what to minimise, over D weights.
        w0: (D,) the weights to start from, within ±1,000,000; on a surface within ±1,000.
        optimizer: which steps to take.
        steps: how many, 1 to 100,000.
        dtype: "float32" (as the lab computes) or "float64".
        time_limit_seconds: after how much processor time to stop, or after twice as long by the clock.

    Raises:
        ValueError: for any value outside these ranges; the message says what to enter instead.
    """
    start = check_start(problem, w0)
    check_steps(steps)
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ValueError(f"dtype is {dtype!r:.40}: choose one of {', '.join(DTYPES)}.")

    w = torch.tensor(start, dtype=DTYPES[dtype], requires_grad=True)  # (D,)
    taken = take_steps(
        problem.make_loss(DTYPES[dtype]),
        w,
        optimizer.build(w),
        steps,
        time_limit_seconds,
        may_settle=optimizer.name == "gradient_descent",
    )
    path, gradients = np.array(taken.positions), np.array(taken.gradients)  # (K + 1, D)
    losses = np.array(taken.losses)
    if taken.settled_step is not None:
        still = steps + 1 - len(losses)
        path, gradients = (
            np.append(rows, np.tile(rows[-1], (still, 1)), axis=0) for rows in (path, gradients)
        )
        losses = np.append(losses, np.full(still, losses[-1]))

    status: Status
    if taken.overflow_step is not None or losses[-1] > max(1.01 * losses[0], losses[:-1].max(initial=0)):
        status = "diverged"
    elif _is_at_bottom(problem, path[-1], gradients[-1], dtype):
        status = "converged"
    elif taken.settled_step is not None:
        status = "stalled"
    else:
        status = "running" if len(losses) == steps + 1 else "out_of_time"
    return Descent(path, losses, gradients, steps, status, taken.overflow_step, taken.settled_step)


@dataclass(frozen=True)
class Steps:
    """What `take_steps` saw: a position (D,), loss and gradient (D,) for each round that it completed."""

    positions: list[list[float]]
    losses: list[float]
    gradients: list[list[float]]
    overflow_step: int | None
    settled_step: int | None


def take_steps(
    loss_of: Loss,
    w: torch.Tensor,
    optimizer: Stepper,
    steps: int,
    time_limit_seconds: float,
    may_settle: bool = False,
) -> Steps:
    """Take the steps until they are done, overflow, change nothing any more or run out of time."""
    positions, losses, gradients = [], [], []
    overflow_step = settled_step = None
    last_work = time.thread_time() + time_limit_seconds
    last_moment = time.perf_counter() + _PATIENCE * time_limit_seconds

    for step in range(1, steps + 2):  # the last round only looks at where the last step has led
        del w.grad  # what optimizer.zero_grad() comes to, in a tenth of its time
        loss = loss_of(w)  # the forward pass
        if not math.isfinite(loss.item()):
            overflow_step = step
            break
        loss.backward()  # the backward pass: w.grad is now the gradient
        assert w.grad is not None

        positions.append(w.tolist())
        losses.append(loss.item())
        gradients.append(w.grad.tolist())
        if step > steps or time.thread_time() > last_work or time.perf_counter() > last_moment:
            break

        optimizer.step()  # w moves
        if may_settle and w.tolist() == positions[-1]:
            settled_step = step
            break

    return Steps(positions, losses, gradients, overflow_step, settled_step)


def _is_at_bottom(problem: Problem, w: Floats, gradient: Floats, dtype: str) -> bool:
    if not isinstance(problem, LeastSquares):
        length = float(np.linalg.norm(gradient))
        if not FLAT_GRADIENT <= length < _STEEP_GRADIENT:
            return length < FLAT_GRADIENT
        # What rounding w changes in a gradient that is steep on both sides of its 0.
        blur = torch.finfo(DTYPES[dtype]).eps * np.abs(problem.hessian(w)) @ np.abs(w)  # (D,)
        return bool((np.abs(gradient) <= 2 * blur).all())
    # Rounding of each yᵢ − xᵢᵀw, from the size of the numbers that are added up, carried into the gradient.
    rounding = torch.finfo(DTYPES[dtype]).eps * (np.abs(problem.y) + np.abs(problem.x) @ np.abs(w))  # (N,)
    blur = 2 / len(problem.y) * np.abs(problem.x).T @ rounding  # (D,)
    return bool((np.abs(gradient) <= 8 * blur).all())


def check_start(problem: Problem, w0: Sequence[float] | Floats) -> Floats:
    """Return the weights to start from as (D,) float64, or raise a ValueError that says what to give."""
    largest = MAX_SURFACE_START if isinstance(problem, Surface) else MAX_VALUE
    return check_vector(w0, "w0", problem.num_weights, largest)


def check_steps(steps: int) -> int:
    """Return the number of steps, or raise a ValueError where it is not a whole number in range."""
    allowed = f"enter a whole number from 1 to {MAX_STEPS:,}."
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer):
        raise ValueError(f"The number of iterations is {steps!r:.40}: {allowed}")
    if not 1 <= steps <= MAX_STEPS:
        raise ValueError(f"The number of iterations is {steps!s:.40}: {allowed}")
    return int(steps)
