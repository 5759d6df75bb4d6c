"""What gradient descent minimises here: least squares on data, and surfaces over two weights.

Each problem gives its loss as plain torch operations on one weight vector, so that autograd, the contours and
the learner all see the same formula, and beside it the gradient as worked out on paper.

Shapes: N observations, D weights, M points.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import torch

from models.values import Floats, check_number

Loss = Callable[[torch.Tensor], torch.Tensor]  # weights (D,) → loss, a tensor without dimensions

DTYPES = {"float32": torch.float32, "float64": torch.float64}
MAX_ENTRIES = 8
MAX_ROWS = 50
MAX_VALUE = 1e6
MIN_LARGEST_X = 1e-6
MIN_CONDITION, MAX_CONDITION = 1.0, 10_000.0


class Problem(Protocol):
    """A loss over D weights, as `descend` and its theory need it."""

    @property
    def num_weights(self) -> int:
        """D."""

    def make_loss(self, dtype: torch.dtype) -> Loss:
        """Return the loss as torch operations in this dtype."""

    def gradient(self, w: Floats) -> Floats:
        """Return ∇L at w (D,), from the formula and not from autograd: (D,)."""

    def find_minimum(self, w: Floats) -> Floats:
        """Return the minimiser (D,) closest to w (D,): for least squares, the one that descent reaches."""

    def hessian(self, w: Floats) -> Floats:
        """Return the second derivatives of the loss at w (D,): (D, D)."""

    @property
    def is_quadratic(self) -> bool:
        """Whether the Hessian is the same everywhere, so that the theory of step sizes is exact."""


@dataclass(frozen=True)
class LeastSquares:
    """The mean of (yᵢ − xᵢᵀw)² over N observations; with N = 1 the notebook's toy problem.

    Attributes:
        x: (N, D) one observation a row.
        y: (N,) their labels.
    """

    x: Floats
    y: Floats
    is_quadratic = True

    @property
    def num_weights(self) -> int:
        """D, the number of entries of an observation."""
        return int(self.x.shape[1])

    def make_loss(self, dtype: torch.dtype) -> Loss:
        """Return w ↦ mean of (y − Xw)² in this dtype."""
        x, y = torch.tensor(self.x, dtype=dtype), torch.tensor(self.y, dtype=dtype)

        def loss(w: torch.Tensor) -> torch.Tensor:
            return (y - x @ w).pow(2).mean()  # (N,) → ()

        return loss

    def gradient(self, w: Floats) -> Floats:
        """Return −2/N Xᵀ(y − Xw)."""
        return -2 / len(self.y) * self.x.T @ (self.y - self.x @ w)

    def hessian(self, w: Floats | None = None) -> Floats:
        """Return 2/N XᵀX, which is the same at every w."""
        return 2 / len(self.y) * self.x.T @ self.x

    def find_minimum(self, w: Floats) -> Floats:
        """Return w + X⁺(y − Xw): w plus the projection of its error.

        Every gradient is a combination of the rows of X, so descent never leaves w + span(rows), and the only
        minimiser in there is the one closest to w (Boyd & Vandenberghe, Introduction to Applied Linear
        Algebra, 2018, section 16.1, for least norm from w = 0).
        """
        return w + self._pseudo_inverse @ (self.y - self.x @ w)

    @property
    def smallest_loss(self) -> float:
        """The loss at every minimiser: 0 where the data can be met exactly."""
        rest = self.y - self.x @ self.find_minimum(np.zeros(self.num_weights))
        return float(rest @ rest / len(self.y))

    @cached_property
    def _pseudo_inverse(self) -> Floats:
        return np.asarray(np.linalg.pinv(self.x))


@dataclass(frozen=True)
class Surface:
    """A loss over two weights, a and b, with known minima.

    Attributes:
        title: its name.
        latex: its formula.
        loss: w (2,) ↦ loss, in torch.
        formula: (a, b) ↦ (∂L/∂a, ∂L/∂b), as worked out on paper.
        minima: every global minimiser; the loss there is 0.
        x_range: the a that are worth seeing.
        y_range: the b that are worth seeing.
        start: a starting point with something to see on the way.
        remark: what it teaches, in one or two sentences.
        is_quadratic: whether its Hessian is the same everywhere.
    """

    title: str
    latex: str
    loss: Loss
    formula: Callable[[float, float], tuple[float, float]]
    minima: tuple[tuple[float, float], ...]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    start: tuple[float, float]
    remark: str
    is_quadratic: bool = False
    smallest_loss = 0.0

    @property
    def num_weights(self) -> int:
        """Two."""
        return 2

    def make_loss(self, dtype: torch.dtype) -> Loss:
        """Return the loss; its numbers take the dtype of the weights given to it."""
        return self.loss

    def gradient(self, w: Floats) -> Floats:
        """Return the formula's gradient at w (2,)."""
        return np.array(self.formula(float(w[0]), float(w[1])))

    def hessian(self, w: Floats) -> Floats:
        """Return the second derivatives at w (2,), from autograd applied twice."""
        point = torch.tensor(w, dtype=torch.float64)
        return np.asarray(torch.autograd.functional.hessian(self.loss, point))

    def find_minimum(self, w: Floats) -> Floats:
        """Return the global minimiser closest to w (2,)."""
        minima: Floats = np.array(self.minima)  # (M, 2)
        return np.asarray(minima[np.linalg.norm(minima - w, axis=1).argmin()])


def rosenbrock(w: torch.Tensor) -> torch.Tensor:
    """Rosenbrock's banana valley (Rosenbrock, The Computer Journal 3, 1960)."""
    a, b = w.unbind()
    return (1 - a) ** 2 + 100 * (b - a**2) ** 2


def himmelblau(w: torch.Tensor) -> torch.Tensor:
    """Himmelblau's four valleys (Himmelblau, Applied Nonlinear Programming, 1972)."""
    a, b = w.unbind()
    return (a**2 + b - 11) ** 2 + (a + b**2 - 7) ** 2


def beale(w: torch.Tensor) -> torch.Tensor:
    """Beale's function (Moré, Garbow & Hillstrom, ACM Transactions on Mathematical Software 7, 1981)."""
    a, b = w.unbind()
    return (1.5 - a + a * b) ** 2 + (2.25 - a + a * b**2) ** 2 + (2.625 - a + a * b**3) ** 2


def saddle(w: torch.Tensor) -> torch.Tensor:
    """A saddle at the origin between two minima; near the origin it is ½a² − ½b² + ¼."""
    a, b = w.unbind()
    return a**2 / 2 + (b**2 - 1) ** 2 / 4


def rastrigin(w: torch.Tensor) -> torch.Tensor:
    """Rastrigin's egg box (Rastrigin, Systems of Extremal Control, 1974)."""
    a, b = w.unbind()
    return 20 + a**2 + b**2 - 10 * torch.cos(2 * torch.pi * a) - 10 * torch.cos(2 * torch.pi * b)


def make_valley(condition: float) -> Surface:
    """Build the quadratic valley ½a² + ½κb², whose Hessian has the eigenvalues 1 and κ.

    Args:
        condition: κ, 1 to 10,000: how many times steeper the valley is across than along.

    Raises:
        ValueError: for κ outside this range.
    """
    check_number(condition, "The condition number", MIN_CONDITION, MAX_CONDITION)

    def valley(w: torch.Tensor) -> torch.Tensor:
        a, b = w.unbind()
        return a**2 / 2 + condition * b**2 / 2

    return Surface(
        title="Quadratic valley",
        latex=r"L(a, b) = \tfrac{1}{2}a^2 + \tfrac{\kappa}{2}b^2",
        loss=valley,
        formula=lambda a, b: (a, condition * b),
        minima=((0.0, 0.0),),
        x_range=(-11.0, 11.0),
        y_range=(-5.5, 5.5),
        start=(-10.0, 3.0),
        remark="The wall limits the step size, the floor sets the pace: the larger κ, the slower. Momentum "
        "is the remedy.",
        is_quadratic=True,
    )


SURFACES = {
    "rosenbrock": Surface(
        title="Rosenbrock",
        latex=r"L(a, b) = (1 - a)^2 + 100\,(b - a^2)^2",
        loss=rosenbrock,
        formula=lambda a, b: (-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)),
        minima=((1.0, 1.0),),
        x_range=(-2.0, 2.0),
        y_range=(-1.0, 3.0),
        start=(-1.2, 1.0),
        remark="Into the curved valley is quick, along its floor is slow: the minimum at (1, 1) has a "
        "condition number of about 2,500.",
    ),
    "himmelblau": Surface(
        title="Himmelblau",
        latex=r"L(a, b) = (a^2 + b - 11)^2 + (a + b^2 - 7)^2",
        loss=himmelblau,
        formula=lambda a, b: (
            4 * a * (a * a + b - 11) + 2 * (a + b * b - 7),
            2 * (a * a + b - 11) + 4 * b * (a + b * b - 7),
        ),
        # Three of them are roots of a polynomial and are given to the last digit of float64.
        minima=(
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.7793102533777469, -3.2831859912861694),
            (3.5844283403304917, -1.8481265269644036),
        ),
        x_range=(-5.5, 5.5),
        y_range=(-5.5, 5.5),
        start=(-0.4, -0.6),
        remark="Four minima, all with loss 0. Which of them is reached depends on the start, and on the "
        "optimizer.",
    ),
    "beale": Surface(
        title="Beale",
        latex=r"L(a, b) = (1.5 - a + ab)^2 + (2.25 - a + ab^2)^2 + (2.625 - a + ab^3)^2",
        loss=beale,
        formula=lambda a, b: (
            2 * (1.5 - a + a * b) * (b - 1)
            + 2 * (2.25 - a + a * b**2) * (b**2 - 1)
            + 2 * (2.625 - a + a * b**3) * (b**3 - 1),
            2 * (1.5 - a + a * b) * a
            + 2 * (2.25 - a + a * b**2) * 2 * a * b
            + 2 * (2.625 - a + a * b**3) * 3 * a * b**2,
        ),
        minima=((3.0, 0.5),),
        x_range=(-4.5, 4.5),
        y_range=(-4.5, 4.5),
        start=(1.0, 1.5),
        remark="A flat floor between walls that rise to 180,000 at the corners: one step size cannot suit "
        "both.",
    ),
    "saddle": Surface(
        title="Saddle",
        latex=r"L(a, b) = \tfrac{1}{2}a^2 + \tfrac{1}{4}(b^2 - 1)^2",
        loss=saddle,
        formula=lambda a, b: (a, b * (b * b - 1)),
        minima=((0.0, -1.0), (0.0, 1.0)),
        x_range=(-2.0, 2.0),
        y_range=(-2.0, 2.0),
        start=(-1.6, 0.001),
        remark="At the origin the gradient is 0, yet it is no minimum: downhill is along b. A start on the "
        "line b = 0 never leaves it.",
    ),
    "rastrigin": Surface(
        title="Rastrigin",
        latex=r"L(a, b) = 20 + a^2 + b^2 - 10\cos 2\pi a - 10\cos 2\pi b",
        loss=rastrigin,
        formula=lambda a, b: (
            float(2 * a + 20 * np.pi * np.sin(2 * np.pi * a)),
            float(2 * b + 20 * np.pi * np.sin(2 * np.pi * b)),
        ),
        minima=((0.0, 0.0),),
        x_range=(-5.12, 5.12),
        y_range=(-5.12, 5.12),
        start=(2.3, -3.4),
        remark="About a hundred hollows, and only the middle one has loss 0. Gradient descent settles in the "
        "one that it starts in.",
    ),
}


def make_least_squares(
    x: Sequence[float] | Sequence[Sequence[float]] | Floats, y: float | Sequence[float] | Floats
) -> LeastSquares:
    """Build a least-squares problem from what a person gave.

    Args:
        x: one observation of 1 to 8 numbers, or 1 to 50 rows of them, all of one length, within ±1,000,000
            and not all zero.
        y: a label for each observation, within ±1,000,000; for one observation a plain number will do.

    Raises:
        ValueError: for anything outside these ranges; the message says what to give instead.
    """
    if isinstance(x, np.ndarray):
        x = x.tolist()
    is_table = isinstance(x, list | tuple) and len(x) > 0 and isinstance(x[0], list | tuple | np.ndarray)
    if is_table and len(x) > MAX_ROWS:
        raise ValueError(f"x has {len(x)} rows: give 1 to {MAX_ROWS}.")
    rows = (
        [check_vector(row, f"x[{i}]") for i, row in enumerate(x)] if is_table else [check_vector(x, "x")]  # type: ignore[arg-type]
    )
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(
                f"x[{i}] has {len(row)} numbers and x[0] has {len(rows[0])}: give every row the same length."
            )
    labels: list[Any] = list(y) if isinstance(y, list | tuple | np.ndarray) else [y]
    if len(labels) != len(rows):
        raise ValueError(f"x has {len(rows)} rows and y has {len(labels)} numbers: give one y for each row.")
    table = np.stack(rows)  # (N, D)
    if np.abs(table).max() < MIN_LARGEST_X:
        raise ValueError(
            f"x is zero in every entry (or below {MIN_LARGEST_X:g}), so the loss does not depend on w: "
            "give at least one entry another value, for example 1."
        )
    is_single = not isinstance(y, list | tuple | np.ndarray)
    names = ["y"] if is_single else [f"y[{i}]" for i in range(len(labels))]
    return LeastSquares(
        table,
        np.array([check_number(v, n, -MAX_VALUE, MAX_VALUE) for v, n in zip(labels, names, strict=True)]),
    )


def make_problem(
    name: str,
    x: Sequence[float] | Sequence[Sequence[float]] | Floats | None = None,
    y: float | Sequence[float] | Floats | None = None,
    condition: float = 10.0,
) -> LeastSquares | Surface:
    """Build a problem by name: "least_squares" (from x and y), "valley" (from condition) or one of SURFACES.

    Raises:
        ValueError: for another name, or for data that `make_least_squares` and `make_valley` refuse.
    """
    if name == "least_squares":
        if x is None or y is None:
            raise ValueError("Least squares needs x and y, for example x = [1, 1, 1, 1, 1] and y = 1.")
        return make_least_squares(x, y)
    if name == "valley":
        return make_valley(condition)
    if not isinstance(name, str) or name not in SURFACES:
        known = ", ".join(["least_squares", "valley", *SURFACES])
        raise ValueError(f"The problem is {name!r:.40}: choose one of {known}.")
    return SURFACES[name]


def find_default_start(problem: LeastSquares | Surface) -> Floats:
    """Return weights (D,) to start from where none are given: a surface's own start, or the lab's zeros."""
    return np.array(problem.start) if isinstance(problem, Surface) else np.zeros(problem.num_weights)


def evaluate_losses(problem: Problem, points: Floats) -> Floats:
    """Return the loss at each of the points (M, D), in float64: (M,)."""
    loss = torch.vmap(problem.make_loss(torch.float64))
    return np.asarray(loss(torch.tensor(points, dtype=torch.float64)))


def check_vector(
    values: Sequence[float] | Floats, name: str, num_entries: int | None = None, largest: float = MAX_VALUE
) -> Floats:
    """Return the values as (D,) float64 within the limits, or raise a ValueError that names them."""
    remedy = f"give a list of 1 to {MAX_ENTRIES} numbers, for example [1, 1, 1, 1, 1]."
    if not isinstance(values, list | tuple | np.ndarray):
        raise ValueError(f"{name} is {values!r:.40}, not a list: {remedy}")
    if not 1 <= len(values) <= MAX_ENTRIES:
        raise ValueError(f"{name} has {len(values)} entries: {remedy}")
    if num_entries is not None and len(values) != num_entries:
        raise ValueError(
            f"{name} has {len(values)} numbers, but there are {num_entries} weights: give {num_entries}."
        )
    return np.array([check_number(v, f"{name}[{i}]", -largest, largest) for i, v in enumerate(values)])
