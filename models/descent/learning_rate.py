"""The theory that says which step sizes come down, which is best, and how fast: `pace` measures it.

On a quadratic loss with Hessian H, gradient descent multiplies the distance to the minimum along each
eigenvector of H, whose eigenvalue is λ, by exactly 1 − ηλ. So it comes down for 0 < η < 2/λ_max, the slowest
direction sets the pace |1 − ηλ|, and η = 2/(λ_min + λ_max) makes the slowest as fast as it can be (Nesterov,
Lectures on Convex Optimization, 2018, section 2.1.5). Directions with λ = 0 do not move and are left out.
With momentum the distance obeys a recurrence of two steps, whose larger root is the pace (Goh, "Why Momentum
Really Works", Distill, 2017). Which η and β make that pace as fast as it can be is known too: for momentum,
the heavy ball, since Polyak ("Some methods of speeding up the convergence of iteration methods", USSR
Computational Mathematics and Mathematical Physics 4, 1964); for Nesterov's see Lessard, Recht and Packard,
"Analysis and Design of Optimization Algorithms via Integral Quadratic Constraints", SIAM Journal on
Optimization 26, 2016, proposition 1.

Shapes: D weights, R eigenvalues that are not zero.
"""

import math
from dataclasses import dataclass

import numpy as np

from models.descent.optimizers import DEFAULT_MOMENTUM, OptimizerConfig
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


def find_best_settings(curvature: Curvature, name: str) -> tuple[float, float] | None:
    """Return the η and β with which the optimizer of this name is fastest; None where none is known.

    Gradient descent: η = 2/(λ_min + λ_max), β = 0. Momentum, with s = √κ: η = (2/(√λ_min + √λ_max))² and
    β = ((s − 1)/(s + 1))², at a pace of √β. Nesterov's, with s = √(3κ + 1): η = 4/(λ_min + 3 λ_max) and
    β = (s − 2)/(s + 2), at a pace of 1 − 2/s.
    """
    low, high = curvature.smallest, curvature.largest
    if name == "gradient_descent":
        return curvature.lr_best, 0.0
    if name == "momentum":
        root = math.sqrt(curvature.condition)
        return (2 / (math.sqrt(low) + math.sqrt(high))) ** 2, ((root - 1) / (root + 1)) ** 2
    if name == "nesterov":
        root = math.sqrt(3 * curvature.condition + 1)
        return 4 / (low + 3 * high), (root - 2) / (root + 2)
    return None


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


def suggest_lr(problem: Problem, w0: Floats, name: str, momentum: float = DEFAULT_MOMENTUM) -> float:
    """Return a step size, to one digit, with which the optimizer of this name does well from w0 (D,).

    For the steps that follow the gradient, half the limit that the curvature at the start and at the minimum
    allows; with momentum a fifth of it. On a quadratic loss the theory knows better: the one with the fastest
    pace. The first steps of the others move each weight by about η, RMSprop's first one by ten times as much,
    so theirs is a share of the way to the minimum.
    """
    minimum = problem.find_minimum(w0)
    distance = float(np.linalg.norm(w0 - minimum)) or 1.0
    steepest = max(np.linalg.eigvalsh(problem.hessian(w))[-1] for w in (w0, minimum))
    shares = {"adagrad": 0.1, "rmsprop": 0.01, "adam": 0.05}
    lr = shares[name] * distance if name in shares else {"gradient_descent": 1.0}.get(name, 0.4) / steepest
    if problem.is_quadratic and name not in shares:
        lr = _find_fastest_digit(find_curvature(problem, w0), name, momentum, lr)
    return float(f"{lr:.0e}")


def _find_fastest_digit(curvature: Curvature, name: str, momentum: float, usual: float) -> float:
    """Return the step size of one digit with the fastest pace; of several, the one nearest to the usual."""
    power = math.floor(math.log10(usual))
    rates = [float(f"{digit}e{power + more}") for more in (-2, -1, 0, 1) for digit in range(1, 10)]

    def rank(lr: float) -> tuple[float, float]:
        pace = predict_contraction(curvature, OptimizerConfig(name, lr, momentum))
        assert pace is not None
        return round(pace, 9), abs(math.log(lr / usual))

    return min(rates, key=rank)


def classify_end(problem: Surface, w: Floats) -> str:
    """Say what kind of place w (2,) is if the gradient there is 0: "minimum", "saddle" or "maximum"."""
    eigenvalues = np.linalg.eigvalsh(problem.hessian(w))
    if (eigenvalues < 0).all():
        return "maximum"
    return "saddle" if (eigenvalues < 0).any() else "minimum"
