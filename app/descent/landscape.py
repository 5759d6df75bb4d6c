"""The loss as a landscape: contours over two weights, or a curve along the one direction that matters."""

import math
from dataclasses import replace
from functools import lru_cache
from typing import Any

import contourpy
import numpy as np

from app.descent.payloads import (
    ContourLandscape,
    ContourLine,
    Contours,
    CurveLandscape,
    Range,
    Shades,
)
from app.descent.race import Race, build_problem
from app.descent.settings import RaceSettings, keep_problem
from app.ui.packing import encode_bytes
from models.descent.problems import LeastSquares, Surface, evaluate_losses
from models.values import Floats

_GRID = 90  # points a side for contour lines: about 30 KB of lines, and Rastrigin's hollows are still round
_SHADES = 45
_MAX_LINES = 11
_MAX_LINE_POINTS = 6000
_LINE_RANGE = ((-3.0, 5.0), (-5.0, 7.0))  # slopes and intercepts that a line fit shows at least


def draw_landscape(race: Race) -> ContourLandscape | CurveLandscape:
    """Lay out the race's loss for the player: `landscape` of its payload."""
    if is_curve(race):
        return _draw_curve(race)
    x_range, y_range = _find_ranges(race)
    contours = _draw_contours(_keep_loss(race.settings), x_range, y_range)
    minimum = race.curvature.minimum
    minima = list(race.problem.minima) if isinstance(race.problem, Surface) else [tuple(minimum.tolist())]
    has_valley = len(race.curvature.nonzero) < 2
    return {
        **contours,
        "kind": "contours",
        "label": "Contours, the lines of equal loss over two weights, and the path of each optimizer.",
        "x_label": race.weight_names[0],
        "y_label": race.weight_names[1],
        "x_range": x_range,
        "y_range": y_range,
        "minima": [] if has_valley else minima,
        "valley": _draw_valley(race, x_range, y_range) if has_valley else None,
    }


def is_curve(race: Race) -> bool:
    """Tell whether one direction says it all: one observation, and not two weights."""
    return race.settings.problem == "toy" and race.problem.num_weights != 2


def place_on_curve(race: Race, path: Floats) -> Floats:
    """Return where weights (K, D) stand on the curve, (K,): how far from the minimum along x, to either side.

    With one weight that is the weight itself.
    """
    assert isinstance(race.problem, LeastSquares)
    if race.problem.num_weights == 1:
        return path[:, 0]
    x = race.problem.x[0]
    return (path - race.curvature.minimum) @ (x / np.linalg.norm(x))  # type: ignore[no-any-return]


def start_from_curve(race: Race, place: float) -> tuple[float, ...]:
    """Return the weights whose place on the curve is the one given, with nothing else changed."""
    assert isinstance(race.problem, LeastSquares)
    if race.problem.num_weights == 1:
        return (place,)
    x = race.problem.x[0]
    return tuple((race.curvature.minimum + place * x / np.linalg.norm(x)).tolist())


def _draw_curve(race: Race) -> CurveLandscape:
    """Lay out the loss along x. It is a parabola: the loss is ‖x‖² times the squared distance."""
    assert isinstance(race.problem, LeastSquares)
    x, y = race.problem.x[0], float(race.problem.y[0])
    length = float(np.linalg.norm(x))
    is_scalar = race.problem.num_weights == 1
    middle = float(race.curvature.minimum[0]) if is_scalar else 0.0
    start = float(place_on_curve(race, race.start[None])[0])
    # From the problem, not from the start: the landscape stays still while the start is dragged about in it.
    reach = 1.25 * abs(y) / length
    half = round_up(reach if reach > 1e-100 else 1.0)  # squares of smaller ones would be 0
    if abs(start - middle) > half:
        half = round_up(1.05 * abs(start - middle))
    places = np.linspace(middle - half, middle + half, 121)
    losses = (length * (places - middle)) ** 2
    return {
        "kind": "curve",
        "label": "The loss along x, a parabola, and the steps of each optimizer on it.",
        "x_label": "w" if is_scalar else "t, for the weights minimum + t·x/‖x‖",
        "y_label": "loss",
        "x_range": (middle - half, middle + half),
        "y_range": (-0.03 * float(losses[0]), 1.02 * float(losses[0])),
        "curve": np.stack([places, losses], axis=1).tolist(),
        "minima": [[middle, 0.0]],
    }


def round_up(value: float) -> float:
    """Return the next number of the series 1, 1.5, 2, 3, 5, 7.5, 10, … at or above a positive value."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-300)))
    return next(step * power for step in (1, 1.5, 2, 3, 5, 7.5, 10) if step * power >= value * (1 - 1e-9))


def _keep_loss(settings: RaceSettings) -> RaceSettings:
    """Return the settings that the contours depend on, and all others as at the opening, for their cache."""
    opening = type(settings)()
    return replace(keep_problem(settings), start=opening.start, w0=opening.w0)


def _find_ranges(race: Race) -> tuple[Range, Range]:
    """Return what is shown of each weight: fixed for the problem, wider where the start lies outside."""
    start, minimum = race.start, race.curvature.minimum
    if isinstance(race.problem, Surface):
        ranges = (race.problem.x_range, race.problem.y_range)
    elif race.settings.problem == "line":
        ranges = _LINE_RANGE
    else:
        reach = 1.6 * float(np.abs(minimum).max())
        half = round_up(reach if reach > 1e-100 else 1.0)
        ranges = ((-half, half), (-half, half))
    wide = [_include(shown, [start[i], minimum[i]]) for i, shown in enumerate(ranges)]
    return wide[0], wide[1]


def _include(shown: Range, values: list[float]) -> Range:
    middle = (shown[0] + shown[1]) / 2
    reach = max(abs(value - middle) for value in values)
    half = (shown[1] - shown[0]) / 2
    if reach <= half:
        return shown
    return middle - round_up(1.1 * reach), middle + round_up(1.1 * reach)


def _draw_valley(race: Race, x_range: Range, y_range: Range) -> list[list[float]]:
    """Return two points of the line of minimisers, as far apart as the landscape is wide."""
    along = race.curvature.eigenvectors[:, 0]  # the direction in which nothing changes
    reach = math.hypot(x_range[1] - x_range[0], y_range[1] - y_range[0])
    return [(race.curvature.minimum + side * reach * along).tolist() for side in (-1, 1)]


@lru_cache(maxsize=64)
def _draw_contours(settings: RaceSettings, x_range: Range, y_range: Range) -> Contours:
    problem = build_problem(settings)
    xs, ys = (np.linspace(*shown, _GRID) for shown in (x_range, y_range))
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    losses = evaluate_losses(problem, points).reshape(_GRID, _GRID)  # row 0 is the lowest y
    generator = contourpy.contour_generator(xs, ys, losses)
    digits = 4 - math.floor(math.log10(max(x_range[1] - x_range[0], y_range[1] - y_range[0])))
    pieces: list[tuple[float, list[Any]]] = [
        (level, list(generator.lines(level))) for level in choose_levels(losses)
    ]
    while sum(len(piece) for _, some in pieces for piece in some) > _MAX_LINE_POINTS:
        pieces = pieces[::2]
    lines: list[ContourLine] = [
        {"level": level, "pieces": [np.round(piece, digits).ravel().tolist() for piece in some]}
        for level, some in pieces
    ]
    return {"lines": lines, "shades": _shade(losses)}


def choose_levels(losses: Floats) -> list[float]:
    """Choose up to eleven losses of round numbers that are spread over the landscape.

    In steps of 1, 2, 5, 10, … where the losses span several powers of ten, in equal steps where they do not.
    """
    low, high = (float(value) for value in np.quantile(losses, (0.01, 0.985)))
    if high <= 0 or high <= low:
        return []
    powers = range(math.floor(math.log10(max(low, high * 1e-6))), math.ceil(math.log10(high)) + 1)
    series = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    levels = [level for level in series if low <= level <= high]
    if len(levels) < 6:
        step = round_up((high - low) / 9)
        levels = [step * k for k in range(math.ceil(low / step), math.floor(high / step) + 1) if k > 0]
    every = math.ceil(len(levels) / _MAX_LINES)
    return [float(f"{level:.15g}") for level in levels[::every]]


def _shade(losses: Floats) -> Shades:
    """Map the losses to 0…255, by the logarithm of how far they lie above the lowest ones."""
    coarse = losses[:: _GRID // _SHADES, :: _GRID // _SHADES]
    above = coarse - coarse.min()
    logs = np.log(above + max(float(np.quantile(above, 0.1)), 1e-300))
    spread = float(logs.max() - logs.min()) or 1.0
    shades = np.round(255 * (logs - logs.min()) / spread).astype(np.uint8)
    return {
        "rows": shades.shape[0],
        "columns": shades.shape[1],
        "bytes": encode_bytes(shades.tobytes()),
    }
