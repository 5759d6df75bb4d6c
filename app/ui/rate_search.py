"""What a search for a learning rate shows: its curve as a chart, and what came of a trial, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.ui.numbers import format_number
from models.descent.rate_finder import RateFinding, space_rates
from models.descent.rate_trial import HELD_SHARE, Trial

_X_LABEL, _Y_LABEL = "learning rate η", "loss"
_RATES = space_rates()
NO_CURVE: dict[str, Any] = {
    "series": [],
    "x_label": _X_LABEL,
    "y_label": _Y_LABEL,
    "log_x": True,
    "x_range": [float(_RATES[0]), float(_RATES[-1])],
    "empty": "No rates have been tried yet",
}


def draw_finding(finding: RateFinding, is_whole: bool) -> dict[str, Any]:
    """Draw the seeds pale and their median strong, as `build_chart` takes it, with what was found marked."""
    series = [
        {"name": f"seed {number + 1}", "role": "neutral", "pale": True, "points": _pair(finding, row)}
        for number, row in enumerate(finding.smoothed)
        if np.isfinite(row).any()
    ]
    if not is_whole:  # of some seeds, the median is another
        return NO_CURVE | {"series": series}
    series.append({"name": "median", "role": "training", "points": _pair(finding, finding.median)})
    marks = (
        ("suggestion", "series3", finding.suggestion),
        ("lowest", "series1", finding.lowest),
        ("diverges", "series2", finding.diverging),
    )
    for name, role, rate in marks:
        loss = None if rate is None else _read_curve(finding, rate)
        if loss is not None:
            series.append(
                {"name": name, "role": role, "line": False, "markers": True, "points": [[rate, loss]]}
            )
    # What has diverged may be far up: the chart shows where it leaves for there.
    first = finding.median[np.isfinite(finding.median)][:1]
    highest = [0.0, 1.5 * float(first[0])] if len(first) and first[0] > 0 else None
    return NO_CURVE | {"series": series, "y_range": highest}


def _pair(finding: RateFinding, losses: np.ndarray) -> list[list[float]]:
    return [
        [float(rate), float(loss)]
        for rate, loss in zip(finding.rates, losses, strict=True)
        if math.isfinite(loss)
    ]


def _read_curve(finding: RateFinding, rate: float) -> float | None:
    """Return the median's loss at a rate, between two neighbours; where most had ended, its last one."""
    finite = np.isfinite(finding.median)
    if not finite.any():
        return None
    return float(np.interp(math.log(rate), np.log(finding.rates[finite]), finding.median[finite]))


def describe_finding(finding: RateFinding) -> str:
    """Say which rate is suggested and why, or why none is; `**` around what is bold."""
    if finding.suggestion is None:
        return finding.reason
    return f"**Suggested: η = {format_number(finding.suggestion)}.** {finding.reason}"


def describe_trials(trials: Sequence[Trial]) -> str:
    """Say what came of a third of a rate, of the rate itself and of three times as much, and whether it held.

    Args:
        trials: In this order.
    """
    lower, there, higher = trials
    told = " ".join(_describe_trial(trial) for trial in (there, lower, higher))
    if not there.has_held:
        again = " A third of it held: try that." if lower.has_held else ""
        share = f"{HELD_SHARE:.0%} of where it began"
        return f"{told} **It did not hold**: the loss was to end below {share}.{again}"
    best = min(trials, key=lambda trial: trial.last)
    if best is there:
        return f"{told} **It held**, and got further than the other two."
    return (
        f"{told} **It held**, and η = {format_number(best.rate)} got further still in so few steps. A longer "
        "training may tell otherwise."
    )


def _describe_trial(trial: Trial) -> str:
    at, first = f"At η = {format_number(trial.rate)}", format_number(trial.first)
    if not math.isfinite(trial.last):
        return f"{at} the loss left the finite numbers at step {trial.num_steps}."
    verb = "fell" if trial.last < trial.first else "went"
    return f"{at} the loss {verb} from {first} to {format_number(trial.last)} in {trial.num_steps} steps."
