"""The settings of a race, each declared once: in RaceSettings.

From its declaration follow the control and its fields, the link, the script's constants, the checks, the
parameters of /descend and the tests' generators. A new setting is a field here, and what computes with it.
"""

from dataclasses import dataclass, field, fields, replace
from typing import TypeVar

from app.descent.setting_kinds import (
    Choice,
    Entries,
    Entry,
    Number,
    Numbers,
    Pair,
    Parameter,
    Points,
    Setting,
    WeightPair,
    WholeNumber,
)
from app.ui.field_errors import blame
from models.descent.optimizers import DEFAULT_MOMENTUM, MAX_MOMENTUM
from models.descent.problems import DTYPES, MAX_VALUE, MIN_CONDITION, SURFACES

MAX_LIVE_STEPS = 1000  # computed again whenever a control moves
MAX_POINTS = 20

PROBLEM_TITLES = {
    "toy": "The notebook's problem",
    "line": "A line through points",
    "valley": "Quadratic valley",
    **{name: surface.title for name, surface in SURFACES.items()},
}
_WITH_START = tuple(name for name in PROBLEM_TITLES if name != "toy")

T = TypeVar("T")


def declare(default: T, setting: Setting) -> T:
    """Declare a setting of a race: a dataclass field with its default and all that is said of it."""
    return field(default=default, metadata={"setting": setting})


@dataclass(frozen=True)
class RaceSettings:
    """All that decides a race; the opening values are the notebook's.

    They are in the order in which a link writes them, those of all problems first.

    Raises:
        ValueError: for what no race can be run with. The parts of a problem that depend on each other are
            checked where it is built of them.
    """

    problem: str = declare(
        "toy",
        Choice(
            titles=PROBLEM_TITLES,
            label="What to minimise",
            subject="The problem",
            place="problem",
            parameters=(
                Parameter(
                    "problem",
                    str,
                    "least_squares",
                    '"least_squares", "valley", "rosenbrock", "himmelblau", "beale", "saddle" or '
                    '"rastrigin".',
                ),
            ),
        ),
    )
    x: tuple[float, ...] = declare(
        (1.0,) * 5,
        Numbers(
            label="x, 1 to 8 numbers",
            subject="x",
            place="numbers",
            problems=("toy",),
            parameters=(
                Parameter(
                    "x",
                    list[float] | list[list[float]] | None,
                    None,
                    "for least squares: one observation of 1 to 8 numbers, or 1 to 50 rows of them.",
                ),
            ),
        ),
    )
    y: float = declare(
        1.0,
        Number(
            low=-MAX_VALUE,
            high=MAX_VALUE,
            step=0.1,
            has_slider=False,
            label="y",
            subject="y",
            place="numbers",
            problems=("toy",),
            parameters=(
                Parameter(
                    "y",
                    float | list[float] | None,
                    None,
                    "for least squares: the label, or one for each row.",
                ),
            ),
        ),
    )
    w0: tuple[float, ...] = declare(
        (0.0,) * 5,
        Numbers(
            label="w₀, as many as x",
            subject="w₀",
            place="numbers",
            problems=("toy",),
            is_moved=True,
            parameters=(
                Parameter(
                    "w0",
                    list[float] | None,
                    None,
                    "the weights to start from; zeros for least squares, a good start for a surface.",
                ),
            ),
        ),
    )
    # Four slots, each an optimizer with its step size, or None. A slot has its own colour.
    entries: tuple[Entry | None, ...] = declare(
        (("gradient_descent", 0.01), None, None, None),
        Entries(
            label="Optimizers",
            subject="The choice of optimizers",
            place="optimizers",
            parameters=(
                Parameter("lr", float, 0.01, "the step size, above 0."),
                Parameter(
                    "optimizer",
                    str,
                    "gradient_descent",
                    '"gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop" or "adam".',
                ),
            ),
        ),
    )
    steps: int = declare(
        150,
        WholeNumber(
            low=1,
            high=MAX_LIVE_STEPS,
            label="Iterations",
            subject="The number of iterations",
            place="race",
            constant="max_iter",
            parameters=(
                Parameter(
                    "steps",
                    int,
                    150,
                    "1 to 100,000; after 2 seconds of processor time, or 4 by the clock, it stops.",
                ),
            ),
        ),
    )
    momentum: float = declare(
        DEFAULT_MOMENTUM,
        Number(
            low=0.05,
            high=MAX_MOMENTUM,
            step=0.001,
            label="Momentum β",
            subject="The momentum",
            place="optimizers",
            optimizers=("momentum",),
            parameters=(
                Parameter("momentum", float, DEFAULT_MOMENTUM, '0 to 0.999, for "momentum" and "nesterov".'),
            ),
        ),
    )
    # Its own, since the best is another: a race sets each beside the other at its best.
    nesterov_momentum: float = declare(
        DEFAULT_MOMENTUM,
        Number(
            low=0.05,
            high=MAX_MOMENTUM,
            step=0.001,
            label="Nesterov β",
            subject="Nesterov's momentum",
            place="optimizers",
            optimizers=("nesterov",),
            follows="momentum",
        ),
    )
    dtype: str = declare(
        "float32",
        Choice(
            titles={name: name for name in DTYPES},
            label="Number type",
            subject="The dtype",
            place="numbers",
            parameters=(Parameter("dtype", str, "float32", '"float32" or "float64".'),),
        ),
    )
    condition: float = declare(
        25.0,
        Number(
            low=MIN_CONDITION,
            high=1000.0,
            label="Condition number κ",
            subject="The condition number",
            place="problem",
            problems=("valley",),
            constant="condition",
            parameters=(
                Parameter("condition", float, 10.0, "the condition number of the valley, 1 to 10,000."),
            ),
        ),
    )
    points: tuple[Pair, ...] = declare(
        ((0.5, 1.0), (1.5, 1.4), (2.0, 2.4), (3.0, 2.6), (4.0, 3.9)),
        Points(
            low=2,
            high=MAX_POINTS,
            label=f"The points, 2 to {MAX_POINTS}",
            subject="The table of points",
            place="numbers",
            problems=("line",),
            is_moved=True,
        ),
    )
    # Where the two weights begin.
    start: tuple[float, float] = declare(
        (0.0, 0.0),
        WeightPair(
            low=-MAX_VALUE,
            high=MAX_VALUE,
            step=0.1,
            label="Start",
            subject="The start",
            place="numbers",
            problems=_WITH_START,
            is_moved=True,
        ),
    )

    def __post_init__(self) -> None:
        """Check each setting that the problem has."""
        table = list_settings(type(self))
        with blame("problem"):
            table["problem"].check(self.problem)
        for name, setting in list_settings_of(self.problem, type(self)).items():
            with blame(setting.name_fields(name)[0]):
                setting.check(getattr(self, name))

    @property
    def first_weights(self) -> tuple[float, ...]:
        """The weights to start from, of whichever problem is chosen."""
        return self.w0 if self.problem == "toy" else self.start

    def find_momentum(self, optimizer: str) -> float:
        """Return the β of the optimizer of this name: 0 where it has none."""
        return {"momentum": self.momentum, "nesterov": self.nesterov_momentum}.get(optimizer, 0.0)


def list_settings(table: type[RaceSettings] = RaceSettings) -> dict[str, Setting]:
    """Return every setting by name."""
    return {one.name: one.metadata["setting"] for one in fields(table)}


def list_shared_settings(table: type[RaceSettings] = RaceSettings) -> dict[str, Setting]:
    """Return the settings that all problems have, without the choice of the problem."""
    return {
        name: setting
        for name, setting in list_settings(table).items()
        if not setting.problems and name != "problem"
    }


def list_own_settings(problem: str, table: type[RaceSettings] = RaceSettings) -> dict[str, Setting]:
    """Return the settings that a problem has beside those."""
    return {name: setting for name, setting in list_settings(table).items() if problem in setting.problems}


def list_settings_of(problem: str, table: type[RaceSettings] = RaceSettings) -> dict[str, Setting]:
    """Return the settings that a race on this problem has, without the problem: the shared ones first."""
    return list_shared_settings(table) | list_own_settings(problem, table)


def keep_problem(settings: RaceSettings) -> RaceSettings:
    """Return the settings with everything but the problem and the start as at the opening."""
    opening = type(settings)()
    shared = list_shared_settings(type(settings))
    return replace(settings, **{name: getattr(opening, name) for name in shared})


def list_parameters(table: type[RaceSettings] = RaceSettings) -> list[Parameter]:
    """Return the parameters of /descend in their public order; those that came later follow."""
    parameters = [one for setting in list_settings(table).values() for one in setting.parameters]
    return sorted(
        parameters, key=lambda one: _PUBLIC.index(one.name) if one.name in _PUBLIC else len(_PUBLIC)
    )


_PUBLIC = ("problem", "x", "y", "w0", "lr", "steps", "optimizer", "momentum", "dtype", "condition")
