"""A race: up to four optimizers from the same start down the same loss."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from app.descent.settings import RaceSettings, keep_problem
from models.descent.descent import TIME_LIMIT_SECONDS, Descent, check_start, descend
from models.descent.learning_rate import Curvature, find_curvature
from models.descent.optimizers import OptimizerConfig, make_optimizer
from models.descent.pace import RateRow, compare_rates
from models.descent.problems import SURFACES, LeastSquares, Surface, make_least_squares, make_problem
from models.values import Floats

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Optimizer:
    """An optimizer of a race, in its slot, and the descent that it made."""

    slot: int
    config: OptimizerConfig
    descent: Descent


@dataclass(frozen=True)
class Race:
    """A race that was run. Its descents are shared by all who ask for the same: nobody may change them."""

    settings: RaceSettings
    problem: LeastSquares | Surface
    curvature: Curvature
    optimizers: tuple[Optimizer, ...]

    @property
    def start(self) -> Floats:
        """The weights (D,) that every optimizer started from."""
        return np.array(self.settings.first_weights)

    @property
    def weight_names(self) -> list[str]:
        """What each of the D weights is called."""
        if self.settings.problem == "line":
            return ["slope", "intercept"]
        if isinstance(self.problem, Surface):
            return ["a", "b"]
        return [f"w{str(i).translate(_SUBSCRIPTS)}" for i in range(1, self.problem.num_weights + 1)]

    def name_optimizer(self, optimizer: Optimizer) -> str:
        """Return the optimizer's title, with the step size or place that tells it from the others."""
        title = optimizer.config.kind.title
        same = [other for other in self.optimizers if other.config.name == optimizer.config.name]
        if len(same) == 1:
            return title
        rate = f"{optimizer.config.lr:.4g}"
        is_alone = sum(f"{other.config.lr:.4g}" == rate for other in same) == 1
        return f"{title} η = {rate}" if is_alone else f"{title} η = {rate} (place {optimizer.slot + 1})"


# Each problem's first race, in which every optimizer has settings that do it justice; the toy problem's are
# the notebook's. On a quadratic loss the theory gives the best η and β of gradient descent, momentum and
# Nesterov (`find_best_settings`); β is rounded up, since a little less of it costs more than a little more.
# All others are found by trying: η of the series 1, 2, 5 and β of 0.5, 0.8, 0.9 and 0.95, with the theory's
# for the curvature at the minimum among them, and below the limit there. Those are taken with which the loss
# is the soonest within TARGET_LOSS of its minimum, or else the lowest at the end.
# tests/descent/test_openings.py does all that again.
OPENINGS = {
    "toy": RaceSettings(),
    "line": RaceSettings(
        problem="line",
        entries=(("gradient_descent", 0.137), ("momentum", 0.2058), ("adam", 1.0), None),
        momentum=0.503,
        start=(-2.0, 5.0),
    ),
    "valley": RaceSettings(
        problem="valley",
        entries=(("gradient_descent", 0.07692), ("momentum", 0.1111), ("nesterov", 0.05263), ("adam", 5.0)),
        steps=100,
        momentum=0.445,
        nesterov_momentum=0.627,
        start=(-10.0, 3.0),
    ),
    "rosenbrock": RaceSettings(
        problem="rosenbrock",
        entries=(("gradient_descent", 0.001996), ("nesterov", 0.001331), ("rmsprop", 0.05), ("adam", 1.0)),
        steps=300,
        nesterov_momentum=0.955,
        start=SURFACES["rosenbrock"].start,
    ),
    "himmelblau": RaceSettings(
        problem="himmelblau",
        entries=(("gradient_descent", 0.01491), ("momentum", 0.01639), ("adagrad", 1.0), ("adam", 0.5)),
        momentum=0.099,
        start=(0.0, -1.0),  # from where they part
    ),
    "beale": RaceSettings(
        problem="beale",
        entries=(("gradient_descent", 0.02), ("momentum", 0.01), ("adagrad", 2.0), ("adam", 0.5)),
        steps=300,
        momentum=0.8,
        start=SURFACES["beale"].start,
    ),
    "saddle": RaceSettings(
        problem="saddle",
        entries=(("gradient_descent", 0.6667), ("momentum", 0.5), ("rmsprop", 0.1), ("adam", 0.5)),
        momentum=0.5,
        start=SURFACES["saddle"].start,
    ),
    "rastrigin": RaceSettings(
        problem="rastrigin",
        entries=(("gradient_descent", 0.002), ("momentum", 0.005), ("rmsprop", 0.2), ("adam", 2.0)),
        start=SURFACES["rastrigin"].start,
    ),
}


def run_race(settings: RaceSettings) -> Race:
    """Run a descent with every optimizer of the settings, all from the same start.

    Raises:
        ValueError: for a setting that is out of its range; the message says what to enter instead.
    """
    problem = build_problem(settings)
    start = check_start(problem, settings.first_weights)
    alone = keep_problem(settings)
    configs = [
        (slot, make_optimizer(*entry, settings.find_momentum(entry[0])))
        for slot, entry in enumerate(settings.entries)
        if entry
    ]
    patience = _Patience(TIME_LIMIT_SECONDS / len(configs))
    optimizers = tuple(
        Optimizer(slot, config, _follow(alone, config, settings.steps, settings.dtype, patience))
        for slot, config in configs
    )
    return Race(settings, problem, find_curvature(problem, start), optimizers)


@dataclass(frozen=True)
class _Patience:
    """How long one descent may take. All are equal: the cache does not tell them apart."""

    seconds: float = field(compare=False)


class _OutOfTimeError(Exception):
    """A descent that was cut off."""

    def __init__(self, descent: Descent) -> None:
        super().__init__("The time limit passed before the last step.")
        self.descent = descent


def _follow(
    alone: RaceSettings, config: OptimizerConfig, steps: int, dtype: str, patience: _Patience
) -> Descent:
    """Follow one optimizer: one that is not touched by a change need not descend again."""
    try:
        return _follow_to_the_end(alone, config, steps, dtype, patience)
    except _OutOfTimeError as cut:
        return cut.descent


@lru_cache(maxsize=256)
def _follow_to_the_end(
    alone: RaceSettings, config: OptimizerConfig, steps: int, dtype: str, patience: _Patience
) -> Descent:
    """Descend, or raise what the cache shall not keep: the next one who asks may get to the end."""
    descent = descend(build_problem(alone), alone.first_weights, config, steps, dtype, patience.seconds)
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
