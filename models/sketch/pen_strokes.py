"""Strokes of a pen as a stranger sends them, checked before anything is drawn. Shapes: P points."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from models.values import Floats32

MAX_STROKES = 500
MAX_POINTS = 20_000

Strokes = Sequence[Sequence[Sequence[float]]]


def read_strokes(strokes: object, size_px: float) -> list[Floats32]:
    """Check what a stranger sent as strokes and return those with points, (P, 2) each, within the pad.

    Counts before it converts, so that no list is walked through that is too long to be a drawing.
    """
    if not (math.isfinite(size_px) and size_px > 0):
        raise ValueError(f"size_px is {size_px}; it must be a finite number above 0.")
    if not isinstance(strokes, list | tuple):
        raise ValueError(f"The strokes are a {type(strokes).__name__}; they must be a list of strokes.")
    if len(strokes) > MAX_STROKES:
        raise ValueError(f"There are {len(strokes)} strokes; at most {MAX_STROKES} are read. Clear the pad.")
    for stroke in strokes:
        if not isinstance(stroke, list | tuple | np.ndarray):
            raise ValueError(f"A stroke is a {type(stroke).__name__}; it must be a list of points [x, y].")
    num_points = sum(map(len, strokes))
    if num_points > MAX_POINTS:
        raise ValueError(f"There are {num_points} points; at most {MAX_POINTS} are read. Clear the pad.")

    read = [_read_points(stroke) for stroke in strokes if len(stroke)]
    for points in read:
        if not (points.min() >= -size_px and points.max() <= 2 * size_px):  # also true of NaN
            raise ValueError(
                f"A point is not finite or lies far outside the pad; x and y must be from 0 to {size_px:g}."
            )
    return [points.clip(0, size_px).astype(np.float32) for points in read]


def _read_points(stroke: Sequence[object] | npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Convert one stroke into points (P, 2), or raise ValueError."""
    if isinstance(stroke, np.ndarray):
        if stroke.ndim != 2 or stroke.shape[1] != 2 or stroke.dtype.kind not in "iuf":
            raise ValueError(
                f"A stroke has shape {stroke.shape} and type {stroke.dtype}; it must be numbers (P, 2)."
            )
        return stroke.astype(np.float64)
    for point in stroke:
        if not isinstance(point, list | tuple) or len(point) != 2:
            raise ValueError("Every point of a stroke must be a pair [x, y].")
        if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in point):
            kinds = " and ".join(type(value).__name__ for value in point)
            raise ValueError(f"A point holds {kinds}; its x and y must be numbers.")
    try:
        return np.array(stroke, np.float64)
    except OverflowError:
        raise ValueError("A point is too large a number to lie on the pad.") from None


def measure_travel(stroke: Floats32) -> float:
    """Measure how far the pen moves along a stroke (P, 2)."""
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum())
