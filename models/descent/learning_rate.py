"""The theory that says which step sizes come down, which is best, and how fast: `pace` measures it.

On a quadratic loss with Hessian H, gradient descent multiplies the distance to the minimum along each
eigenvector of H, whose eigenvalue is λ, by exactly 1 − ηλ. So it comes down for 0 < η < 2/λ_max, the slowest
direction sets the pace |1 − ηλ|, and η = 2/(λ_min + λ_max) makes the slowest as fast as it can be (Nesterov,
Lectures on Convex Optimization, 2018, section 2.1.5). Directions with λ = 0 do not move and are left out.
With momentum the distance obeys a recurrence of two steps, whose larger root is the pace (Goh, "Why Momentum
Really Works", Distill, 2017).

Shapes: D weights, R eigenvalues that are not zero.
"""

import math
from dataclasses import dataclass

import numpy as np

from models.descent.optimizers import OptimizerConfig
from models.descent.problems import Problem, Surface
from models.values import Floats

TARGET_LOSS = 1e-6


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


def find_curvature(problem: Problem, w0: Floats) -> Curvature:
    """Return the curvature at the minimiser that descent from w0 (D,) is bound for."""
    minimum = problem.find_minimum(w0)
    eigenvalues, eigenvectors = np.linalg.eigh(problem.hessian(minimum))
    # The rule of numpy.linalg.matrix_rank: below this an eigenvalue is rounding.
    negligible = len(eigenvalues) * np.finfo(np.float64).eps * eigenvalues[-1]
    eigenvalues = np.where(eigenvalues > negligible, eigenvalues, 0.0)
    return Curvature(minimum, eigenvalues, eigenvectors, problem.is_quadratic)


def find_lr_limit(curvature: Curvature, optimizer: OptimizerConfig) -> float | None:
    """Return the step size from which the optimizer no longer comes down; None where none is known.

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


def predict_steps(contraction: float, excess: float) -> int | None:
    """Return how many steps take an excess loss down to TARGET_LOSS if each multiplies it by contraction².

    None where it never gets there. Exact for gradient descent where one eigenvalue alone is not zero; where
    there are several, an upper bound.
    """
    if excess <= TARGET_LOSS:
        return 0
    if contraction >= 1:
        return None
    if contraction < 1e-9:
        return 1
    return math.ceil(math.log(TARGET_LOSS / excess) / (2 * math.log(contraction)) - 1e-9)


def suggest_lr(problem: Problem, w0: Floats, name: str) -> float:
    """Return a step size, to one digit, with which the optimizer of this name does well from w0 (D,).

    For the steps that follow the gradient, half the limit that the curvature at the start and at the minimum
    allows; with momentum a fifth of it. The first steps of the others move each weight by about η, RMSprop's
    first one by ten times as much, so theirs is a share of the way to the minimum.
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
