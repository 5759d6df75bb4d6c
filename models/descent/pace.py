"""How fast a descent really came down, measured off its steps: `learning_rate` has the theory.

Shapes: D weights, K steps, R eigenvalues that are not zero, M step sizes compared.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from models.descent.descent import FLAT_GRADIENT, Descent
from models.descent.learning_rate import TARGET_LOSS, Curvature
from models.descent.optimizers import OptimizerConfig
from models.descent.problems import DTYPES, Problem
from models.values import Floats

MAX_COUNTED_STEPS = 1_000
# Step sizes to compare, as shares of the limit; the best one joins them.
COMPARED_SHARES = (0.025, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95, 0.99, 1.0, 1.05)

_CLEAR = 1000  # times the rounding: a distance above this is a measurement
_MIN_TRIPLES = 3  # positions in a row that a recurrence of two numbers is fitted to
_LARGEST_MISFIT = 0.05  # between a gradient and the one that the minimum's Hessian would give there

RateEnd = Literal["reached", "overflows", "settles elsewhere", "not yet"]


@dataclass(frozen=True)
class RateRow:
    """How one step size does from w₀.

    Attributes:
        lr: η.
        share: η as a share of the limit, 2/λ_max.
        contraction: the predicted factor of the distance in one step.
        steps: steps until the loss is within TARGET_LOSS of its minimum; None where it does not come there.
        end: "reached"; "overflows"; "settles elsewhere", where the gradient is flat and the loss above the
            target; or "not yet", where MAX_COUNTED_STEPS are not enough to tell.
    """

    lr: float
    share: float
    contraction: float
    steps: int | None
    end: RateEnd


def measure_distances(curvature: Curvature, path: Floats) -> Floats:
    """Return the distance of each position (K + 1, D) to the curvature's minimum: (K + 1,)."""
    return measure_lengths(path - curvature.minimum)


def measure_lengths(vectors: Floats) -> Floats:
    """Return the length of each row (K, D), without squares that overflow where a descent diverges: (K,)."""
    return np.asarray(np.hypot.reduce(vectors, axis=1, initial=0.0))


def measure_contraction(
    curvature: Curvature, optimizer: OptimizerConfig, result: Descent, dtype: str
) -> float | None:
    """Return the factor of the distance in one step, in the long run, as the steps themselves gave it.

    None where rounding hides it, where there are too few steps, where the steps stay so far from the minimum
    that the curvature is another, and for Adagrad, RMSprop and Adam, which have no fixed factor.

    For gradient descent it is the geometric mean over the later half of the steps whose distance stands
    clear of rounding: at first the fast directions are still shrinking, and only the slowest one is left in
    the long run. With momentum the distance swings, and a mean depends on where in a swing it ends. So the
    recurrence d_{k+1} = p d_k − q d_{k−1} is fitted to the distances along each eigenvector (Prony's method:
    Hildebrand, Introduction to Numerical Analysis, 1974, section 9.4), and its larger root is the factor.

    Args:
        curvature: where the descent is bound for.
        optimizer: what took the steps.
        result: the steps.
        dtype: the type that they were computed in.
    """
    moving = curvature.eigenvectors[:, curvature.eigenvalues > 0]  # (D, R)
    along = (result.path - curvature.minimum) @ moving  # (K + 1, R)
    size = measure_lengths(result.path) + np.linalg.norm(curvature.minimum)
    blur = _CLEAR * torch.finfo(DTYPES[dtype]).eps * curvature.condition * size  # (K + 1,)
    lengths = measure_lengths(along)
    first = 0 if curvature.is_exact else _count_far(curvature, result, lengths > blur)
    if optimizer.name == "gradient_descent":
        return _measure_mean(lengths[first:], blur[first:])
    if not optimizer.kind.has_momentum:
        return None
    factors = [_fit_recurrence(distances, blur[first:]) for distances in along[first:].T]
    known = [factor for factor in factors if factor is not None]
    return max(known) if known else None


def _measure_mean(distances: Floats, blur: Floats) -> float | None:
    """Return the mean factor over the later half of the distances (K + 1,) that are above the blur."""
    blurred = distances <= blur
    if len(distances) < 2 or blurred[0]:
        return None
    # With the best step size the very first distance is rounding already: one ratio is still a measurement.
    last = max(int(blurred.argmax()) - 1 if blurred.any() else len(distances) - 1, 1)
    first = last // 2
    count = last - first
    return float(distances[last] ** (1 / count) / distances[first] ** (1 / count))  # roots first: no overflow


def _count_far(curvature: Curvature, result: Descent, is_clear: NDArray[np.bool_]) -> int:
    """Return how many positions to leave out, until the curvature is that of the minimum from there on.

    That is where the gradient is Hd to _LARGEST_MISFIT, with the minimum's Hessian H and the distance d.

    Args:
        curvature: the minimum and H.
        result: (K + 1) positions and their gradients.
        is_clear: (K + 1,) whether a position stands clear of rounding.
    """
    hessian = curvature.eigenvectors * curvature.eigenvalues @ curvature.eigenvectors.T  # (D, D)
    expected = (result.path - curvature.minimum) @ hessian  # (K + 1, D)
    misfit = measure_lengths(result.gradients - expected)
    is_far = ~(misfit <= _LARGEST_MISFIT * measure_lengths(expected)) & is_clear
    return int(np.flatnonzero(is_far)[-1]) + 1 if is_far.any() else 0


def _fit_recurrence(distances: Floats, blur: Floats) -> float | None:
    """Return the larger root of the recurrence that signed distances (K + 1,) obey, None for too few.

    Args:
        distances: along one eigenvector.
        blur: (K + 1,) the size below which a distance is rounding.
    """
    # Each step with the one before and the one after it: (K − 1, 3).
    triples = np.stack([distances[1:-1], distances[:-2], distances[2:]], axis=1)
    clear = np.abs(triples).max(axis=1, initial=0.0) > blur[2:]
    count = len(clear) if clear.all() else int(clear.argmin())
    if count < _MIN_TRIPLES:
        return None
    triples = triples[:count] / measure_lengths(triples[:count])[:, None]  # every step counts alike
    # Once one root alone is left, the other cannot be told from noise: the cut-off then leaves it out.
    (p, minus_q), *_ = np.linalg.lstsq(triples[:, :2], triples[:, 2], rcond=1e-3)
    return float(np.abs(np.roots([1.0, -p, -minus_q])).max())


def measure_pace(curvature: Curvature, path: Floats) -> Floats:
    """Return by how much one step changed the distance along each eigenvector, (D,); NaN where it was 0.

    Signed: below 0 the step landed on the other side. Taken from the first step, in which it is farthest from
    rounding.
    """
    along = (path[:2] - curvature.minimum) @ curvature.eigenvectors  # (2, D)
    with np.errstate(divide="ignore", invalid="ignore"):
        pace = along[-1] / along[0] if len(along) == 2 else np.full(len(curvature.eigenvalues), np.nan)
    clear = np.abs(along[0]) > 1e-6 * np.linalg.norm(along[0])
    return np.where(clear, pace, np.nan)


def compare_rates(problem: Problem, curvature: Curvature, w0: Floats) -> tuple[RateRow, ...]:
    """Count the steps that gradient descent needs with each of several step sizes, in float64.

    All of them descend at once, as the rows of one tensor.
    """
    best = curvature.lr_best / curvature.lr_max
    shares = sorted({share for share in COMPARED_SHARES if abs(share - best) > 1e-9} | {best})
    rates = [share * curvature.lr_max for share in shares]
    lrs = torch.tensor(rates, dtype=torch.float64)[:, None]  # (M, 1)
    losses_of = torch.vmap(problem.make_loss(torch.float64))
    bottom = float(losses_of(torch.tensor(curvature.minimum)[None])[0])
    w = torch.tensor(w0).repeat(len(rates), 1).requires_grad_()  # (M, D)
    counted: list[int | None] = [None] * len(rates)
    gradients = torch.zeros_like(w)
    for step in range(MAX_COUNTED_STEPS + 1):
        losses = losses_of(w)  # (M,)
        for row, loss in enumerate(losses.tolist()):
            if counted[row] is None and loss - bottom <= TARGET_LOSS:
                counted[row] = step
        if None not in counted:
            break
        (gradients,) = torch.autograd.grad(losses.sum(), w)  # each row's own: the losses share nothing
        with torch.no_grad():
            w -= lrs * gradients
    ends = [
        _name_end(steps, loss, length, curvature.is_exact)
        for steps, loss, length in zip(counted, losses.tolist(), gradients.norm(dim=1).tolist(), strict=True)
    ]
    return tuple(
        RateRow(lr, share, float(np.abs(1 - lr * curvature.nonzero).max()), steps, end)
        for lr, share, steps, end in zip(rates, shares, counted, ends, strict=True)
    )


def _name_end(steps: int | None, loss: float, gradient: float, is_exact: bool) -> RateEnd:
    if steps is not None:
        return "reached"
    if not np.isfinite(loss):
        return "overflows"
    # A quadratic loss has no other place to settle in: there a gradient this short is one on its way.
    return "settles elsewhere" if gradient < FLAT_GRADIENT and not is_exact else "not yet"
