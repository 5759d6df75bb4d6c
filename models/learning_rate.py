"""The theory that says which step sizes come down, which is best, and how fast.

On a quadratic loss with Hessian H, gradient descent multiplies the distance to the minimum along each
eigenvector of H, whose eigenvalue is λ, by exactly 1 − ηλ. So it comes down for 0 < η < 2/λ_max, the slowest
direction sets the pace |1 − ηλ|, and η = 2/(λ_min + λ_max) makes the slowest as fast as it can be (Nesterov,
Lectures on Convex Optimization, 2018, section 2.1.5). Directions with λ = 0 do not move and are left out.
With momentum the distance obeys a recurrence of two steps, whose larger root is the pace (Goh, "Why Momentum
Really Works", Distill, 2017).

Shapes: D weights, K steps, R eigenvalues that are not zero, M step sizes compared.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from models.descent import DTYPES, Descent
from models.optimizers import OptimizerConfig
from models.problems import Floats, Problem, Surface

TARGET_LOSS = 1e-6
MAX_COUNTED_STEPS = 1_000
# Step sizes to compare, as shares of the limit; the best one joins them.
COMPARED_SHARES = (0.025, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95, 0.99, 1.0, 1.05)


@dataclass(frozen=True)
class Curvature:
    """The eigenvalues of a Hessian, and the step sizes that follow for gradient descent.

    Attributes:
        minimum: (D,) the minimiser at which the Hessian was taken: the one that descent is bound for.
        eigenvalues: (D,) ascending; those that are zero up to rounding are 0.
        eigenvectors: (D, D) the direction of eigenvalue i is column i.
        is_exact: whether the Hessian is the same everywhere; if not, the theory holds near the minimum only.
    """

    minimum: Floats
    eigenvalues: Floats
    eigenvectors: Floats
    is_exact: bool

    @property
    def nonzero(self) -> Floats:
        """The eigenvalues (R,) of the directions in which descent moves, ascending."""
        return self.eigenvalues[self.eigenvalues > 0]

    @property
    def largest(self) -> float:
        """λ_max."""
        return float(self.nonzero[-1])

    @property
    def smallest(self) -> float:
        """λ_min⁺, the smallest eigenvalue that is not zero."""
        return float(self.nonzero[0])

    @property
    def condition(self) -> float:
        """κ = λ_max / λ_min⁺."""
        return self.largest / self.smallest

    @property
    def lr_max(self) -> float:
        """2/λ_max: the step size from which gradient descent no longer comes down."""
        return 2 / self.largest

    @property
    def lr_best(self) -> float:
        """2/(λ_min⁺ + λ_max): the fixed step size with the fastest pace."""
        return 2 / (self.smallest + self.largest)


@dataclass(frozen=True)
class RateRow:
    """How one step size does from w₀.

    Attributes:
        lr: η.
        share: η as a share of the limit, 2/λ_max.
        contraction: the predicted factor of the distance in one step.
        steps: steps until the loss is within TARGET_LOSS of its minimum; None if MAX_COUNTED_STEPS are not
            enough.
    """

    lr: float
    share: float
    contraction: float
    steps: int | None


def find_curvature(problem: Problem, w0: Floats) -> Curvature:
    """Return the curvature at the minimiser that descent from w0 (D,) is bound for."""
    minimum = problem.find_minimum(w0)
    eigenvalues, eigenvectors = np.linalg.eigh(problem.hessian(minimum))
    # The rule of numpy.linalg.matrix_rank: below this an eigenvalue is rounding.
    negligible = len(eigenvalues) * np.finfo(np.float64).eps * eigenvalues[-1]
    eigenvalues = np.where(eigenvalues > negligible, eigenvalues, 0.0)
    return Curvature(minimum, eigenvalues, eigenvectors, problem.is_quadratic)


def find_lr_limit(curvature: Curvature, optimizer: OptimizerConfig) -> float | None:
    """Return the step size from which the optimiser no longer comes down; None where none is known.

    2/λ for gradient descent, 2(1 + β)/λ with momentum, 2(1 + β)/((1 + 2β)λ) with Nesterov's, for λ = λ_max:
    there a root of the recurrence reaches −1. Adagrad, RMSprop and Adam scale each step themselves.
    """
    beta = optimizer.momentum
    times = {"gradient_descent": 1.0, "momentum": 1 + beta, "nesterov": (1 + beta) / (1 + 2 * beta)}
    return times[optimizer.name] * curvature.lr_max if optimizer.name in times else None


def predict_contraction(curvature: Curvature, optimizer: OptimizerConfig) -> float | None:
    """Return the factor by which the distance to the minimum shrinks in one step, in the long run.

    None for Adagrad, RMSprop and Adam, whose steps do not follow from the curvature alone.
    """
    if optimizer.name == "gradient_descent":
        return float(np.abs(1 - optimizer.lr * curvature.nonzero).max())
    if not optimizer.kind.has_momentum:
        return None
    beta = optimizer.momentum
    kept = 1 - optimizer.lr * curvature.nonzero  # (R,) what gradient descent would leave
    # The distance d along an eigenvector obeys d_{k+1} = p d_k − q d_{k−1}: its pace is the larger root.
    p, q = (
        ((1 + beta) * kept, beta * kept)
        if optimizer.name == "nesterov"
        else (kept + beta, np.full_like(kept, beta))
    )
    root = np.sqrt((p * p - 4 * q).astype(np.complex128))
    return float(np.maximum(np.abs(p + root), np.abs(p - root)).max() / 2)


def measure_distances(curvature: Curvature, path: Floats) -> Floats:
    """Return the distance of each position (K + 1, D) to the curvature's minimum: (K + 1,)."""
    return measure_lengths(path - curvature.minimum)


def measure_lengths(vectors: Floats) -> Floats:
    """Return the length of each row (K, D), without squares that overflow where a descent diverges: (K,)."""
    return np.asarray(np.hypot.reduce(vectors, axis=1, initial=0.0))


def measure_contraction(curvature: Curvature, result: Descent, dtype: str) -> float | None:
    """Return the factor of the distance in one step as the steps gave it; None where rounding hides it.

    The geometric mean over the later half of the steps whose distance stands clear of rounding: at first the
    fast directions are still shrinking, and only the slowest one is left in the long run.
    """
    moving = curvature.eigenvectors[:, curvature.eigenvalues > 0]  # (D, R)
    distances = measure_lengths((result.path - curvature.minimum) @ moving)
    size = measure_lengths(result.path) + np.linalg.norm(curvature.minimum)
    rounding = torch.finfo(DTYPES[dtype]).eps * curvature.condition * size
    blurred = distances <= 1000 * rounding
    if blurred[0] or len(distances) < 2:
        return None
    # With the best step size the very first distance is rounding already: one ratio is still a measurement.
    last = max(int(blurred.argmax()) - 1 if blurred.any() else len(distances) - 1, 1)
    first = last // 2
    count = last - first
    return float(distances[last] ** (1 / count) / distances[first] ** (1 / count))  # roots first: no overflow


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

    All of them walk at once, as the rows of one tensor.
    """
    best = curvature.lr_best / curvature.lr_max
    shares = sorted({share for share in COMPARED_SHARES if abs(share - best) > 1e-9} | {best})
    rates = [share * curvature.lr_max for share in shares]
    lrs = torch.tensor(rates, dtype=torch.float64)[:, None]  # (M, 1)
    losses_of = torch.vmap(problem.make_loss(torch.float64))
    bottom = float(losses_of(torch.tensor(curvature.minimum)[None])[0])
    w = torch.tensor(w0).repeat(len(rates), 1).requires_grad_()  # (M, D)
    counted: list[int | None] = [None] * len(rates)
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
    return tuple(
        RateRow(lr, share, float(np.abs(1 - lr * curvature.nonzero).max()), steps)
        for lr, share, steps in zip(rates, shares, counted, strict=True)
    )


def predict_steps(contraction: float, excess: float) -> int | None:
    """Return how many steps take an excess loss down to TARGET_LOSS if each multiplies it by contraction².

    None where it never gets there. Exact where one eigenvalue alone is not zero; else an upper bound.
    """
    if excess <= TARGET_LOSS:
        return 0
    if contraction >= 1:
        return None
    if contraction < 1e-9:
        return 1
    return math.ceil(math.log(TARGET_LOSS / excess) / (2 * math.log(contraction)) - 1e-9)


def suggest_lr(problem: Problem, w0: Floats, name: str) -> float:
    """Return a step size, to one digit, with which the optimiser of this name does well from w0 (D,).

    For the steps that follow the gradient, half the limit that the curvature at the start and at the minimum
    allows; with momentum a fifth of it. The others take steps of about η, RMSprop's first one is ten times as
    long, so it is a share of the way to the minimum.
    """
    minimum = problem.find_minimum(w0)
    distance = float(np.linalg.norm(w0 - minimum)) or 1.0
    steepest = max(np.linalg.eigvalsh(problem.hessian(w))[-1] for w in (w0, minimum))
    shares = {"adagrad": 0.1, "rmsprop": 0.01, "adam": 0.05}
    lr = shares[name] * distance if name in shares else {"gradient_descent": 1.0}.get(name, 0.4) / steepest
    return float(f"{lr:.0e}")


def classify_end(problem: Surface, w: Floats) -> str:
    """Say what kind of place w (2,) is if the gradient there is 0: "minimum", "saddle" or "maximum"."""
    eigenvalues = np.linalg.eigvalsh(problem.hessian(w))
    if (eigenvalues < 0).all():
        return "maximum"
    return "saddle" if (eigenvalues < 0).any() else "minimum"
