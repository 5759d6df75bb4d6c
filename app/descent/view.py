"""A race as its components show it: the player's value, its chart and the ruler's handles."""

import math
from typing import Any

import numpy as np

from app.descent.landscape import draw_landscape, is_curve, place_on_curve
from app.descent.payloads import DataPoints, OptimizerPath, RacePayload, RulerHandle, RulerPayload
from app.descent.race import Optimizer, Race
from app.ui.numbers import format_number, format_point
from models.descent.learning_rate import find_lr_limit, predict_contraction
from models.descent.pace import measure_distances, measure_lengths
from models.values import Floats

MAX_CHART_POINTS = 400
RULER_RANGE = (1e-4, 10.0)
CHART = "chart"  # which of them, in the page's address
CHARTS = ["Loss", "Distance", "Gradient"]
# What each chart draws, and what it means where there is nothing of it.
_CHART_NAMES = {
    "Loss": ("loss", "w₀ is already a minimum"),
    "Distance": ("distance to the minimum", "w₀ is already the minimum"),
    "Gradient": ("length of the gradient", "no step moves the weights"),
}
# Adagrad's step is the gradient's entry by the root of a sum that holds its square: never more than η.
_SELF_SCALING = {
    "adagrad": "A step moves a weight by η at most, and by less as the squares of its gradients add up.",
    "rmsprop": "The first step moves a weight by 10 η; while its slope stays the same, steps shrink to η.",
    "adam": "The first step moves a weight by η, and so does each while its slope stays the same.",
}


def show_race(race: Race, chart: str = "Loss") -> RacePayload:
    """Lay out a race for the player.

    Args:
        race: The race.
        chart: Which of CHARTS to draw.
    """
    return {
        "num_steps": race.settings.steps,
        "landscape": draw_landscape(race),
        "optimizers": [_show_optimizer(race, optimizer) for optimizer in race.optimizers],
        "chart": draw_chart(race, chart),
        "data": _show_points(race) if race.settings.problem == "line" else None,
    }


def _show_optimizer(race: Race, optimizer: Optimizer) -> OptimizerPath:
    descent = optimizer.descent
    lengths = measure_lengths(descent.gradients)
    path = (
        np.stack([place_on_curve(race, descent.path), descent.path_losses], axis=1)
        if is_curve(race)
        else descent.path
    )
    return {
        "slot": optimizer.slot,
        "name": race.name_optimizer(optimizer),
        "detail": f"η = {format_number(optimizer.config.lr)}",
        "path": _shorten(path),
        "losses": _shorten(descent.path_losses),
        "gradients": [_round(length) if math.isfinite(length) else None for length in lengths.tolist()],
        "weights": _shorten(descent.path) if is_curve(race) else None,
        "ending": f"Overflows in iteration {descent.overflow_step}." if descent.overflow_step else "",
    }


def draw_chart(race: Race, chart: str) -> dict[str, Any]:
    """Lay out a curve for each optimizer over the steps taken, thinned to what a screen can show."""
    rows = {optimizer.slot: _find_heights(race, optimizer, chart) for optimizer in race.optimizers}
    series = []
    if chart == "Loss" and (predicted := predict_losses(race)) is not None:
        series.append(_draw_series("predicted", "neutral", predicted, False))
    for optimizer in race.optimizers:
        heights = rows[optimizer.slot]
        few = len(heights) <= 40
        series.append(
            _draw_series(race.name_optimizer(optimizer), f"series{optimizer.slot + 1}", heights, few)
        )
    zeros = [int(np.flatnonzero(heights == 0)[0]) for heights in rows.values() if (heights == 0).any()]
    note = (
        f"From step {min(zeros)} on a curve is at 0, which has no place on a logarithmic axis."
        if zeros and any((heights > 0).any() for heights in rows.values())
        else ""
    )
    name, why_empty = _CHART_NAMES[chart]
    return {
        "series": series,
        "x_label": "steps taken",
        "y_label": name,
        "log_y": True,
        "x_range": [0, max(1, *(len(heights) - 1 for heights in rows.values()))],
        "empty": f"It is 0 from the start: {why_empty}.",
        "note": note,
    }


def _find_heights(race: Race, optimizer: Optimizer, chart: str) -> Floats:
    """Return what the chart draws of an optimizer at each position, (K + 1,)."""
    if chart == "Distance":
        return measure_distances(race.curvature, optimizer.descent.path)
    if chart == "Gradient":
        return measure_lengths(optimizer.descent.gradients)
    return optimizer.descent.path_losses


def predict_losses(race: Race) -> Floats | None:
    """Return the losses (K + 1,) that theory predicts, where it does so exactly and for one optimizer alone.

    That is gradient descent on the toy problem: each step multiplies the loss by (1 − ηλ)². Beyond the losses
    that were met by more than a factor of e², it is NaN, or the chart would lose its scale.
    """
    optimizer, *others = race.optimizers
    if others or optimizer.config.name != "gradient_descent" or race.settings.problem != "toy":
        return None
    losses = optimizer.descent.path_losses
    positive = losses[losses > 0]
    if not len(positive) or losses[0] == 0:
        return None
    contraction = predict_contraction(race.curvature, optimizer.config)
    assert contraction is not None
    logs = math.log(losses[0]) + np.arange(len(losses)) * 2 * math.log(max(contraction, 1e-300))
    within = (logs >= math.log(positive.min()) - 2) & (logs <= math.log(positive.max()) + 2)
    return np.where(within, np.exp(np.where(within, logs, 0.0)), np.nan)


def _draw_series(name: str, role: str, heights: Floats, markers: bool) -> dict[str, Any]:
    count = len(heights)
    shown = np.unique(np.linspace(0, count - 1, min(count, MAX_CHART_POINTS)).astype(int))
    points = [[int(k), _round(float(heights[k]))] for k in shown if math.isfinite(heights[k])]
    return {"name": name, "role": role, "points": points, "markers": markers}


def _show_points(race: Race) -> DataPoints:
    points = np.array(race.settings.points)
    low, high = points.min(axis=0), points.max(axis=0)
    x_range, y_range = (
        [math.floor(min(a, 0.0)) - 1, math.ceil(max(b, 5.0)) + 1] for a, b in zip(low, high, strict=True)
    )
    return {
        "points": points.tolist(),
        "x_label": "x",
        "y_label": "y",
        "x_range": x_range,
        "y_range": y_range,
    }


def show_ruler(race: Race) -> RulerPayload:
    """Lay out the step sizes of a race for the ruler, with what theory says of each."""
    return {
        "range": list(RULER_RANGE),
        "handles": [_show_handle(race, optimizer) for optimizer in race.optimizers],
    }


def _show_handle(race: Race, optimizer: Optimizer) -> RulerHandle:
    curvature, config = race.curvature, optimizer.config
    is_plain = config.name == "gradient_descent"
    return {
        "slot": optimizer.slot,
        "name": race.name_optimizer(optimizer),
        "lr": config.lr,
        "lr_best": curvature.lr_best if is_plain else None,
        "lr_max": find_lr_limit(curvature, config),
        "where": "" if curvature.is_exact else f"near the minimum {format_point(curvature.minimum)}",
        "note": _explain_step_size(race, optimizer),
    }


def _explain_step_size(race: Race, optimizer: Optimizer) -> str:
    """Say in one line what theory predicts for this optimizer and step size."""
    curvature, config = race.curvature, optimizer.config
    factor = predict_contraction(curvature, config)
    where = "" if curvature.is_exact else "Near the minimum: "
    if factor is None:
        return _SELF_SCALING[config.name]
    low, high, lr = (format_number(value) for value in (curvature.smallest, curvature.largest, config.lr))
    span = f"λ = {high}" if low == high else f"λ from {low} to {high}"
    if not config.kind.has_momentum:
        if len(curvature.nonzero) == 1:
            return (
                f"λ = {high}: each step multiplies the error by |1 − {lr}·{high}| = {format_number(factor)}."
            )
        return (
            f"{where}{span}: in the long run each step multiplies the distance by "
            f"max |1 − ηλ| = {format_number(factor)}."
        )
    return (
        f"{where}{span}, β = {format_number(config.momentum)}: in the long run each step "
        f"multiplies the distance by {format_number(factor)}."
    )


def _shorten(values: Floats) -> list[Any]:
    """Return the values with seven significant digits: more than the page shows, at half the size."""
    if values.ndim > 1:
        return [_shorten(row) for row in values]
    return [_round(value) for value in values.tolist()]


def _round(value: float) -> float:
    return float(f"{value:.7g}")
