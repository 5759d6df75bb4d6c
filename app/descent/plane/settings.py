"""The settings of a small network's experiment, each declared once: in PlaneSettings.

From its declaration follow the control and its field, the link, the checks and the tests' generators; from
its name, where it goes in the experiment. A new setting is a field here, one of the same name in `models/`,
and what computes with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from app.descent.plane.setting_kinds import Choices, MaybeWhole, OwnPoints, Switch, WholeNumbers
from app.descent.setting_kinds import Choice, Number, Setting, WholeNumber
from app.ui.field_errors import blame
from models.descent.optimizers import MAX_LR, OPTIMIZERS
from models.descent.plane.network import (
    ACTIVATIONS,
    FEATURES,
    INITIALISATIONS,
    MAX_DROPOUT,
    MAX_HIDDEN_LAYERS,
    MAX_UNITS,
    NetworkConfig,
)
from models.descent.plane.optimizers import SCHEDULES
from models.descent.plane.points import (
    MAX_NOISE,
    MAX_OWN_POINTS,
    MAX_POINTS,
    MAX_SEED,
    MAX_TEST_SHARE,
    MIN_POINTS,
    OWN,
    RULES,
    OwnPoint,
    PointsConfig,
    draw_points,
)
from models.descent.plane.training import (
    MAX_BATCH,
    MAX_EPOCHS,
    MAX_PENALTY,
    Experiment,
    TrainingConfig,
    check_batch,
    check_experiment,
    check_steps,
)

RULE_TITLES = {**{name: rule.title for name, rule in RULES.items()}, OWN: "My own points"}
# What opens where nobody has painted yet: a ring around a disc, by hand.
_FIRST_OWN: tuple[OwnPoint, ...] = tuple(
    (
        round(radius * math.cos(k * math.pi / 8), 2) + 0.0,
        round(radius * math.sin(k * math.pi / 8), 2) + 0.0,
        label,
    )
    for radius, label in ((1.5, 1), (4.0, 0))
    for k in range(16)
)
# Where a setting has another name in its part of the experiment.
_NAMES_THERE = {"data_seed": (PointsConfig, "seed"), "seed": (TrainingConfig, "seed")}

T = TypeVar("T")


def declare(default: T, setting: Setting) -> T:
    """Declare a setting: a dataclass field with its default and all that is said of it."""
    return field(default=default, metadata={"setting": setting})


@dataclass(frozen=True)
class PlaneSettings:
    """All that decides an experiment, in the order in which a link writes it.

    A setting whose `problems` are named counts for those rules of the data alone.

    Raises:
        ValueError: for what is out of range; a FieldError knows the setting. What depends on several is
            checked by `make_experiment`.
    """

    rule: str = declare("circle", Choice(titles=RULE_TITLES, label="Data", subject="The data", place="data"))
    own: tuple[OwnPoint, ...] = declare(
        _FIRST_OWN,
        OwnPoints(
            label=f"My points, x:y:class each, at most {MAX_OWN_POINTS}",
            subject="The points",
            place="data",
            problems=(OWN,),
            is_moved=True,
        ),
    )
    hidden: tuple[int, ...] = declare(
        (8, 8),
        WholeNumbers(
            low=1,
            high=MAX_UNITS,
            most=MAX_HIDDEN_LAYERS,
            label="Hidden layers: the units of each",
            subject="The list of hidden layers",
            place="network",
        ),
    )
    activation: str = declare(
        "tanh",
        Choice(
            titles={name: one.title for name, one in ACTIVATIONS.items()},
            label="Activation",
            subject="The activation",
            place="network",
        ),
    )
    lr: float = declare(
        0.1,
        Number(
            low=0,
            high=MAX_LR,
            step="1-2-5",
            has_slider=False,
            is_low_allowed=False,
            label="Learning rate η",
            subject="The learning rate",
            place="training",
        ),
    )
    noise: float = declare(
        0.0,
        Number(
            low=0.0,
            high=MAX_NOISE,
            step=0.05,
            label="Noise",
            subject="The noise",
            place="more",
            problems=tuple(RULES),
        ),
    )
    count: int = declare(
        500,
        WholeNumber(
            low=MIN_POINTS,
            high=MAX_POINTS,
            step=10,
            label="Points",
            subject="The number of points",
            place="more",
            problems=tuple(RULES),
        ),
    )
    test_share: float = declare(
        0.5,
        Number(
            low=0.0,
            high=MAX_TEST_SHARE,
            step=0.1,
            label="Share of the points for testing",
            subject="The share for testing",
            place="more",
        ),
    )
    data_seed: int = declare(
        0,
        WholeNumber(
            low=0,
            high=MAX_SEED,
            label="Seed of the data",
            subject="The data's seed",
            place="more",
            problems=tuple(RULES),
        ),
    )
    inputs: tuple[str, ...] = declare(
        ("x", "y"),
        Choices(
            titles={name: one.title for name, one in FEATURES.items()},
            label="Inputs",
            subject="The inputs",
            place="more",
        ),
    )
    initialisation: str = declare(
        "default",
        Choice(
            titles={name: one.title for name, one in INITIALISATIONS.items()},
            label="Initialisation",
            subject="The initialisation",
            place="more",
        ),
    )
    dropout: float = declare(
        0.0,
        Number(low=0.0, high=MAX_DROPOUT, step=0.1, label="Dropout", subject="The dropout", place="more"),
    )
    batch_norm: bool = declare(False, Switch(label="Batch norm", subject="Batch norm", place="more"))
    optimizer: str = declare(
        "gradient_descent",
        Choice(
            titles={name: one.title for name, one in OPTIMIZERS.items()},
            label="Optimizer",
            subject="The optimizer",
            place="more",
        ),
    )
    schedule: str = declare(
        "constant",
        Choice(titles=SCHEDULES, label="Schedule of the learning rate", subject="The schedule", place="more"),
    )
    batch: int = declare(
        50,
        WholeNumber(low=1, high=MAX_BATCH, label="Batch size", subject="The batch", place="more"),
    )
    l1: float = declare(
        0.0,
        Number(
            low=0.0, high=MAX_PENALTY, step=0.001, has_slider=False, label="L1", subject="L1", place="more"
        ),
    )
    l2: float = declare(
        0.0,
        Number(
            low=0.0, high=MAX_PENALTY, step=0.001, has_slider=False, label="L2", subject="L2", place="more"
        ),
    )
    epochs: int = declare(
        400,
        WholeNumber(low=1, high=MAX_EPOCHS, label="Epochs", subject="The number of epochs", place="more"),
    )
    seed: int = declare(
        0,
        WholeNumber(
            low=0,
            high=MAX_SEED,
            label="Seed of the weights",
            subject="The seed",
            place="more",
        ),
    )
    # A branch: the learning rate from an epoch on.
    switch_epoch: int | None = declare(
        None,
        MaybeWhole(low=0, high=MAX_EPOCHS, label="Branch", subject="The epoch of the branch", place="link"),
    )
    switch_lr: float = declare(
        0.1,
        Number(
            low=0,
            high=MAX_LR,
            has_slider=False,
            is_low_allowed=False,
            label="Learning rate of the branch",
            subject="The learning rate of the branch",
            place="link",
        ),
    )

    def __post_init__(self) -> None:
        """Check each setting that counts."""
        table = list_settings(type(self))
        with blame("rule"):
            table["rule"].check(self.rule)
        for name, setting in table.items():
            if counts(setting, self.rule):
                with blame(name):
                    setting.check(getattr(self, name))


def list_settings(table: type[PlaneSettings] = PlaneSettings) -> dict[str, Setting]:
    """Return every setting by name."""
    return {one.name: one.metadata["setting"] for one in fields(table)}


def counts(setting: Setting, rule: str) -> bool:
    """Say whether a setting counts with data of this rule."""
    return not setting.problems or rule in setting.problems


def make_experiment(settings: PlaneSettings) -> Experiment:
    """Return the experiment that settings mean; those that do not count are as at first in it.

    Raises:
        ValueError: where settings do not go together; a FieldError knows which of them is to be changed.
    """

    def make(part: type[T]) -> T:
        names = list_names(part, settings)
        return part(**{there: getattr(settings, name) for name, there in names.items()})

    points = make(PointsConfig)
    experiment = Experiment(points, make(NetworkConfig), make(TrainingConfig))
    with blame("own" if settings.rule == OWN else "test_share"):
        draw_points(points)
    with blame("batch"):
        check_batch(experiment)
    with blame("epochs"):
        check_steps(experiment)
    with blame("rule"):
        check_experiment(experiment)
    return experiment


def list_names(part: type[Any], settings: PlaneSettings) -> dict[str, str]:
    """Return the settings that count in a part of the experiment, each with its name there."""
    names = {}
    for name, setting in list_settings(type(settings)).items():
        where, there = _NAMES_THERE.get(name, (part, name))
        is_idle = name == "switch_lr" and settings.switch_epoch is None
        is_there = where is part and there in part.__dataclass_fields__
        if is_there and counts(setting, settings.rule) and not is_idle:
            names[name] = there
    return names


def read_experiment(experiment: Experiment) -> PlaneSettings:
    """Return the settings that mean an experiment: `make_experiment` backwards."""
    parts = (experiment.points, experiment.network, experiment.training)
    like = PlaneSettings(rule=experiment.points.rule, switch_epoch=experiment.training.switch_epoch)
    values = {
        name: getattr(part, there) for part in parts for name, there in list_names(type(part), like).items()
    }
    return PlaneSettings(**values)
