"""An exercise: ConvNet with a dropout in a place of one's choice, and without it, over several seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from models.networks.layers.dropout_places import place_dropout
from models.networks.layers.plain_data import describe_layers
from models.networks.registry import get_network_spec
from models.runs.status import RunState
from models.training.config import TrainConfig
from models.training.recipes import make_config

NETWORK = "convnet"
NUM_SEEDS = 5
# Student's t, its 97.5th percentile, for 1 to 9 degrees of freedom.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


@dataclass(frozen=True)
class Outcome:
    """What dropout changed, seed by seed.

    Attributes:
        num_seeds: Seeds of which both trainings are tested.
        train_accuracies: Means of the last epoch, without and with dropout; with it, while it drops.
        validation_accuracies: Means likewise.
        test_accuracies: Means likewise.
        difference: With minus without, of the test accuracies, mean over the seeds.
        interval: Its 95 % interval, by Student's t over the seeds' differences.
    """

    num_seeds: int
    train_accuracies: tuple[float, float]
    validation_accuracies: tuple[float, float]
    test_accuracies: tuple[float, float]
    difference: float
    interval: tuple[float, float]

    @property
    def is_beyond_chance(self) -> bool:
        """Whether other seeds would hardly turn the difference around."""
        return self.interval[0] > 0 or self.interval[1] < 0


def plan_exercise(base: TrainConfig, index: int, p: float) -> tuple[TrainConfig, TrainConfig]:
    """Return the trainings without and with dropout; nothing else differs between them.

    Args:
        base: Whose settings both have.
        index: Before which of ConvNet's layers dropout goes, from 0.
        p: Its probability.

    Raises:
        ValueError: If there is no such layer, or p is no probability of a dropout.
    """
    layers = place_dropout(get_network_spec(NETWORK).layers, index, p)
    without = replace(base, network=NETWORK, layers=None, dropout=None)
    name = f"ConvNet, dropout {p:g} before layer {index + 1}"
    recipe = base.recipe if base.recipe != "free" else "notebook"
    settings = {
        key: getattr(without, key) for key in vars(without) if key not in ("network", "layers", "recipe")
    }
    return without, make_config(name, recipe, layers=describe_layers(layers), **settings)


def judge_exercise(without: Sequence[RunState], with_dropout: Sequence[RunState]) -> Outcome:
    """Compare the two trainings by the seeds that both have finished.

    Raises:
        ValueError: If fewer than two seeds are finished in both.
    """
    ones_by_seed, others_by_seed = (
        {run.config["seed"]: _Scores.read(run) for run in runs if run.test and run.epochs}
        for runs in (without, with_dropout)
    )
    # A seed that was trained twice gave the same weights twice: it counts once.
    pairs = [(one, others_by_seed[seed]) for seed, one in ones_by_seed.items() if seed in others_by_seed]
    if len(pairs) < 2:
        finished = "No seed has" if not pairs else "One seed has"
        raise ValueError(
            f"{finished} finished both without and with dropout yet; a verdict needs at least two."
        )
    ones, others = (np.array(scores) for scores in zip(*pairs, strict=True))  # (S, 3) each
    differences = others[:, 2] - ones[:, 2]
    mean, degrees = float(differences.mean()), len(pairs) - 1
    t = _T[min(degrees, len(_T)) - 1]
    reach = t * float(differences.std(ddof=1)) / math.sqrt(len(pairs))
    train, validation, test = (
        (float(one), float(other)) for one, other in zip(ones.mean(axis=0), others.mean(axis=0), strict=True)
    )
    return Outcome(len(pairs), train, validation, test, mean, (mean - reach, mean + reach))


class _Scores(NamedTuple):
    """One run's accuracies."""

    train: float
    validation: float
    test: float

    @classmethod
    def read(cls, run: RunState) -> _Scores:
        assert run.test is not None
        last = run.epochs[-1]
        return cls(last["train_accuracy"], last["validation_accuracy"], run.test["accuracy"])


def find_exercise_runs(
    runs: Sequence[RunState], index: int, p: float
) -> tuple[list[RunState], list[RunState]]:
    """Find the trainings without and with a dropout among runs: those of the settings that came last.

    Args:
        runs: Oldest first.
        index: Before which of ConvNet's layers dropout goes, from 0.
        p: Its probability.

    Raises:
        ValueError: As `plan_exercise`.
    """
    layers = describe_layers(place_dropout(get_network_spec(NETWORK).layers, index, p))
    dropped = [run for run in runs if run.config["layers"] == layers]
    if not dropped:
        return [], []
    shared = _list_shared(dropped[-1])
    alike = [run for run in runs if _list_shared(run) == shared]
    without = [
        run
        for run in alike
        if (run.config["network"], run.config["layers"], run.config["dropout"]) == (NETWORK, None, None)
    ]
    return without, [run for run in alike if run.config["layers"] == layers]


def _list_shared(run: RunState) -> dict[str, Any]:
    """Return the settings that both trainings share."""
    own = ("network", "layers", "recipe", "dropout", "seed")
    return {name: value for name, value in run.config.items() if name not in own}
