"""What several runs say together: how far seeds reach, and whether a lead is more than chance."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.runs.payloads import Measure, SeedGroup, Verdict
from app.runs.results import title_training
from app.ui.numbers import write_percent
from models.checkpoints.comparison import compare_answers
from models.data.names import TITLES
from models.runs.records import read_answers
from models.runs.status import RunState


@dataclass(frozen=True, eq=False)
class _Tested:
    """A run that has been tested: its label, its settings but for the seed, and (N,) whether it was right."""

    label: str
    settings: dict[str, Any]
    is_right: np.ndarray


def summarise_seeds(runs: list[RunState], configs: list[dict[str, Any]]) -> list[SeedGroup]:
    """Sum up runs that differ in nothing but their seed: mean and spread beside the single scores."""
    groups: dict[str, dict[int, int]] = {}
    for position, config in enumerate(configs):
        key = repr(_drop_seed(config))
        groups.setdefault(key, {})[config["seed"]] = position  # a seed that was run twice counts once
    return [
        {
            "label": f"{title_training(runs[next(iter(group.values()))])}, {len(group)} seeds",
            "measures": [
                measure
                for title, read in (("Validation accuracy", read_validation), ("Test accuracy", read_test))
                if (measure := _measure_spread(title, [(seed, read(runs[at])) for seed, at in group.items()]))
            ],
        }
        for group in groups.values()
        if len(group) > 1
    ]


def judge_differences(runs: list[RunState], labels: list[str]) -> list[Verdict]:
    """Say for each data set's best run whether the other ones are worse by more than chance."""
    tested: dict[str, list[_Tested]] = {}
    for run, label in zip(runs, labels, strict=True):
        answers = None
        if run.test:
            with suppress(ValueError):  # damaged answers are none, and no reason not to judge the others
                answers = read_answers(run.run_id)
        if answers is not None:
            is_right = answers.answers == answers.labels
            tested.setdefault(answers.dataset, []).append(_Tested(label, _drop_seed(run.config), is_right))
    verdicts: list[Verdict] = []
    for group in tested.values():
        best, *others = sorted(group, key=lambda each: -each.is_right.sum())
        verdicts += [_judge(best, other) for other in others if len(other.is_right) == len(best.is_right)]
    if len(tested) > 1:
        names = " and ".join(TITLES[dataset] for dataset in tested)
        detail = "They were tested on other images, and one data set is harder than another."
        verdicts.append({"verdict": f"Runs on {names} cannot be compared by their scores.", "detail": detail})
    return verdicts


def read_validation(run: RunState) -> float | None:
    """Return the validation accuracy of the last epoch; None before there is one."""
    return run.epochs[-1]["validation_accuracy"] if run.epochs else None


def read_test(run: RunState) -> float | None:
    """Return the accuracy on the test images; None before they have been looked at."""
    return run.test["accuracy"] if run.test else None


def _drop_seed(config: dict[str, Any]) -> dict[str, Any]:
    """Return what decides a training but for its seed; the recipe's name says nothing beside the others."""
    return {name: value for name, value in config.items() if name not in ("seed", "recipe")}


def _judge(first: _Tested, second: _Tested) -> Verdict:
    comparison = compare_answers(first.is_right, second.is_right)
    points = 100 * comparison.difference
    low, high = (f"{100 * bound:.2f}".replace("-", "−") for bound in comparison.interval)
    if not points:
        verdict = f"{first.label} and {second.label} have the same score."
    else:
        verdict = f"{first.label} leads {second.label} by {points:.2f} points: "
        if first.settings == second.settings:
            verdict += "the luck of its seed, since nothing else differs."
        else:
            verdict += "more than chance." if comparison.is_beyond_chance else "it could be chance."
    detail = (
        f"Of the same {comparison.num_images:,} test images, {comparison.only_first:,} were read correctly "
        f"by the first alone and {comparison.only_second:,} by the second alone; 95% interval of the "
        f"difference {low} to {high} points."
    )
    return {"verdict": verdict, "detail": detail}


def _measure_spread(title: str, scores: list[tuple[int, float | None]]) -> Measure | None:
    """Return mean, standard deviation and the single scores, each with its place on an axis of its own."""
    known = sorted((seed, score) for seed, score in scores if score is not None)
    if len(known) < 2:
        return None
    values = np.array([score for _, score in known])
    mean, deviation = float(values.mean()), float(values.std(ddof=1))
    low, high = min(values.min(), mean - deviation), max(values.max(), mean + deviation)
    margin = 0.08 * (high - low) or 0.0005

    def place(value: float) -> float:
        return round(float((value - low + margin) / (high - low + 2 * margin)), 4)

    return {
        "title": title,
        "text": f"{write_percent(mean, 2)} ± {100 * deviation:.2f}",
        "note": f"mean ± standard deviation of {len(known)} seeds, in points",
        "mean": place(mean),
        "band": [place(mean - deviation), place(mean + deviation)],
        "scores": [
            {
                "text": write_percent(score, 2),
                "seed": seed,
                "place": place(score),
                "title": f"seed {seed}: {score}",
            }
            for seed, score in known
        ],
    }
