"""A race down one loss: its settings, what a person may enter for them, and the race itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from models.descent.descent import TIME_LIMIT_SECONDS, Descent, check_start, descend
from models.descent.learning_rate import Curvature, find_curvature
from models.descent.optimizers import (
    DEFAULT_MOMENTUM,
    MAX_MOMENTUM,
    OPTIMIZERS,
    OptimizerConfig,
    make_optimizer,
)
from models.descent.pace import RateRow, compare_rates
from models.descent.problems import (
    MIN_CONDITION,
    SURFACES,
    LeastSquares,
    Surface,
    make_least_squares,
    make_problem,
)
from models.values import Floats, check_number

NUM_SLOTS = 4
MAX_POINTS = 20
# What the page's sliders span, and so what it races with.
MAX_LIVE_STEPS = 1000  # computed again whenever a control moves
CONDITION_RANGE = (MIN_CONDITION, 1000.0)
MOMENTUM_RANGE = (0.05, MAX_MOMENTUM)

Pair = tuple[float, float]
Entry = tuple[str, float]  # an optimiser's name and its step size

PROBLEM_TITLES = {
    "toy": "The notebook's problem",
    "line": "A line through points",
    "valley": "Quadratic valley",
    **{name: surface.title for name, surface in SURFACES.items()},
}

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def list_own_settings(problem: str) -> tuple[str, ...]:
    """Return which settings a problem has beside those that all have, by their names in RaceSettings."""
    own = {"toy": ("x", "y", "w0"), "line": ("points", "start"), "valley": ("condition", "start")}
    return own.get(problem, ("start",))


@dataclass(frozen=True)
class RaceSettings:
    """All that decides a race; the opening values are the notebook's.

    Attributes:
        problem: a key of PROBLEM_TITLES.
        entries: four places, each an optimiser and its step size, or None. A place has its own colour.
        steps: how many steps each takes.
        start: where the two weights begin, for every problem but the toy problem.
        x: the toy problem's observation.
        y: its label.
        w0: its first weights.
        points: the points of the line fit, each (x, y).
        condition: κ of the quadratic valley, within CONDITION_RANGE.
        momentum: β of momentum and Nesterov, within MOMENTUM_RANGE.
        dtype: "float32" or "float64".
    """

    problem: str = "toy"
    entries: tuple[Entry | None, ...] = (("gradient_descent", 0.01), None, None, None)
    steps: int = 150
    start: Pair = (0.0, 0.0)
    x: tuple[float, ...] = (1.0,) * 5
    y: float = 1.0
    w0: tuple[float, ...] = (0.0,) * 5
    points: tuple[Pair, ...] = ((0.5, 1.0), (1.5, 1.4), (2.0, 2.4), (3.0, 2.6), (4.0, 3.9))
    condition: float = 25.0
    momentum: float = DEFAULT_MOMENTUM
    dtype: str = "float32"

    def __post_init__(self) -> None:
        """Refuse what no race can be run with; the parts of the problem are checked where it is built."""
        if self.problem not in PROBLEM_TITLES:
            raise ValueError(
                f"The problem is {self.problem!r:.40}: choose one of {', '.join(PROBLEM_TITLES)}."
            )
        if len(self.entries) != NUM_SLOTS or not any(self.entries):
            raise ValueError("Nobody is racing: choose an optimiser.")
        if self.problem == "line" and not 2 <= len(self.points) <= MAX_POINTS:
            raise ValueError(f"There are {len(self.points)} points: a line needs 2 to {MAX_POINTS}.")
        check_number(self.steps, "The number of iterations", 1, MAX_LIVE_STEPS)
        check_number(self.condition, "The condition number", *CONDITION_RANGE)
        check_number(self.momentum, "The momentum", *MOMENTUM_RANGE)

    @property
    def first_weights(self) -> tuple[float, ...]:
        """The weights to start from, of whichever problem is chosen."""
        return self.w0 if self.problem == "toy" else self.start


@dataclass(frozen=True)
class Racer:
    """One optimiser of a race and what it did."""

    slot: int
    optimizer: OptimizerConfig
    descent: Descent


@dataclass(frozen=True)
class Race:
    """A race that was run. Its descents are shared by all who ask for the same: nobody may change them."""

    settings: RaceSettings
    problem: LeastSquares | Surface
    curvature: Curvature
    racers: tuple[Racer, ...]

    @property
    def start(self) -> Floats:
        """The weights (D,) that everyone started from."""
        return np.array(self.settings.first_weights)

    @property
    def weight_names(self) -> list[str]:
        """What each of the D weights is called."""
        if self.settings.problem == "line":
            return ["slope", "intercept"]
        if isinstance(self.problem, Surface):
            return ["a", "b"]
        return [f"w{str(i).translate(_SUBSCRIPTS)}" for i in range(1, self.problem.num_weights + 1)]

    def name_racer(self, racer: Racer) -> str:
        """Return the optimiser's title, with the step size or place that tells it from the others."""
        title = racer.optimizer.kind.title
        same = [other for other in self.racers if other.optimizer.name == racer.optimizer.name]
        if len(same) == 1:
            return title
        rate = f"{racer.optimizer.lr:.4g}"
        is_alone = sum(f"{other.optimizer.lr:.4g}" == rate for other in same) == 1
        return f"{title} η = {rate}" if is_alone else f"{title} η = {rate} (place {racer.slot + 1})"


_WITH_MOMENTUM = [name for name, kind in OPTIMIZERS.items() if kind.has_momentum]

# Settings with something to see at once, for each problem.
OPENINGS = {
    "toy": RaceSettings(),
    "line": RaceSettings(
        problem="line",
        entries=(("gradient_descent", 0.08), ("momentum", 0.02), ("adam", 0.1), None),
        start=(-2.0, 5.0),
    ),
    "valley": RaceSettings(
        problem="valley",
        entries=(("gradient_descent", 0.076), ("momentum", 0.03), ("nesterov", 0.03), ("adam", 0.5)),
        steps=100,
        start=(-10.0, 3.0),
    ),
    "rosenbrock": RaceSettings(
        problem="rosenbrock",
        entries=(("gradient_descent", 0.001), ("nesterov", 0.0005), ("rmsprop", 0.02), ("adam", 0.1)),
        steps=300,
        start=SURFACES["rosenbrock"].start,
    ),
    "himmelblau": RaceSettings(
        problem="himmelblau",
        entries=(("gradient_descent", 0.01), ("momentum", 0.005), ("adagrad", 0.5), ("adam", 0.2)),
        start=SURFACES["himmelblau"].start,
    ),
    "beale": RaceSettings(
        problem="beale",
        entries=(("gradient_descent", 0.01), ("momentum", 0.005), ("adagrad", 0.5), ("adam", 0.1)),
        steps=300,
        start=SURFACES["beale"].start,
    ),
    "saddle": RaceSettings(
        problem="saddle",
        entries=(("gradient_descent", 0.1), ("momentum", 0.1), ("rmsprop", 0.02), ("adam", 0.05)),
        start=SURFACES["saddle"].start,
    ),
    "rastrigin": RaceSettings(
        problem="rastrigin",
        entries=(("gradient_descent", 0.002), ("momentum", 0.002), ("rmsprop", 0.05), ("adam", 0.3)),
        start=SURFACES["rastrigin"].start,
    ),
}


def run_race(settings: RaceSettings) -> Race:
    """Let every optimiser of the settings walk from the same start.

    Raises:
        ValueError: for a setting that is out of its range; the message says what to enter instead.
    """
    problem = build_problem(settings)
    start = check_start(problem, settings.first_weights)
    alone = keep_problem(settings)
    optimizers = [
        (slot, make_optimizer(*entry, settings.momentum if entry[0] in _WITH_MOMENTUM else 0.0))
        for slot, entry in enumerate(settings.entries)
        if entry
    ]
    patience = _Patience(TIME_LIMIT_SECONDS / len(optimizers))
    racers = tuple(
        Racer(slot, optimizer, _walk(alone, optimizer, settings.steps, settings.dtype, patience))
        for slot, optimizer in optimizers
    )
    return Race(settings, problem, find_curvature(problem, start), racers)


@dataclass(frozen=True)
class _Patience:
    """How long one racer may walk. All are equal, so that the cache of walks does not tell them apart."""

    seconds: float = field(compare=False)


class _OutOfTimeError(Exception):
    """A walk that was cut off."""

    def __init__(self, descent: Descent) -> None:
        super().__init__("The time limit passed before the last step.")
        self.descent = descent


def _walk(
    alone: RaceSettings, optimizer: OptimizerConfig, steps: int, dtype: str, patience: _Patience
) -> Descent:
    """Let one optimiser walk: whoever is not touched by a change need not walk again."""
    try:
        return _walk_to_the_end(alone, optimizer, steps, dtype, patience)
    except _OutOfTimeError as cut:
        return cut.descent


@lru_cache(maxsize=256)
def _walk_to_the_end(
    alone: RaceSettings, optimizer: OptimizerConfig, steps: int, dtype: str, patience: _Patience
) -> Descent:
    """Walk, or raise what the cache shall not keep: the next one who asks may get to the end."""
    descent = descend(build_problem(alone), alone.first_weights, optimizer, steps, dtype, patience.seconds)
    for shared in (descent.path, descent.path_losses, descent.gradients):
        shared.setflags(write=False)
    if descent.status == "out_of_time":
        raise _OutOfTimeError(descent)
    return descent


def build_problem(settings: RaceSettings) -> LeastSquares | Surface:
    """Build the problem that the settings name.

    Raises:
        ValueError: for data outside its range.
    """
    if settings.problem == "toy":
        return make_least_squares(list(settings.x), settings.y)
    if settings.problem == "line":
        rows = [[x, 1.0] for x, _ in settings.points]  # w = (slope, intercept)
        return make_least_squares(rows, [y for _, y in settings.points])
    return make_problem(settings.problem, condition=settings.condition)


@lru_cache(maxsize=64)
def compare_step_sizes(settings: RaceSettings) -> tuple[RateRow, ...]:
    """Count gradient descent's steps with several step sizes on this problem, from this start.

    What does not matter for it should be left at its opening value (see `keep_problem`), for the cache.
    """
    problem = build_problem(settings)
    start = check_start(problem, settings.first_weights)
    return compare_rates(problem, find_curvature(problem, start), start)


def keep_problem(settings: RaceSettings) -> RaceSettings:
    """Return the settings with everything but the problem and the start as at the opening."""
    opening = RaceSettings()
    return replace(
        settings,
        entries=opening.entries,
        steps=opening.steps,
        momentum=opening.momentum,
        dtype=opening.dtype,
    )


def read_numbers(text: str) -> tuple[float, ...]:
    """Read numbers separated by commas or spaces.

    Raises:
        ValueError: where one is not a number.
    """
    try:
        return tuple(float(word) for word in re.split(r"[,;\s]+", text.strip()) if word)
    except ValueError as error:
        word = str(error).rpartition(": ")[2]
        raise ValueError(
            f"{word:.40} is not a number: separate numbers by commas, as in 1, 0.5, -2."
        ) from error


def write_numbers(values: Sequence[float]) -> str:
    """Write numbers so that `read_numbers` reads the same ones: 1, 0.5, -2."""
    return ", ".join(_write_number(float(value)) for value in values)


def _write_number(value: float) -> str:
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
