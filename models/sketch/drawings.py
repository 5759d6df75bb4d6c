"""Drawings with the digit that was meant, as a visitor keeps them: checked, and prepared as the pad's are.

Shapes: N drawings that can be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.networks.layers import IMAGE_SIZE_PX
from models.sketch.digit import SketchRefused
from models.sketch.pen_strokes import Strokes
from models.sketch.preparation import digit_from_strokes

MAX_DRAWINGS = 500
MAX_TOTAL_POINTS = 200_000  # of all drawings together; 500 drawings by hand have about 40,000
MAX_SIDE_PX = 10_000  # of the pad that a drawing was made on


@dataclass(frozen=True, eq=False)
class PreparedDrawings:
    """Labelled drawings, ready for a network.

    Attributes:
        images: (N, 28, 28) float32 in [0, 1], 1 for full ink, in the order in which they came.
        labels: (N,) int64, the digits that were meant.
        places: Which drawings they are, counted from 0 among all that came.
        refused: For each drawing that cannot be read as a digit its place and why, for its writer.
        num: Drawings that came.
    """

    images: np.ndarray
    labels: np.ndarray
    places: tuple[int, ...]
    refused: tuple[tuple[int, str], ...]
    num: int


def prepare_drawings(entries: object) -> PreparedDrawings:
    """Check drawings from a stranger and prepare each as the sketchpad prepares its own.

    Args:
        entries: A list of `{"label": 0 to 9, "size": side of the pad, "strokes": [[[x, y], …], …]}`,
            unchecked; what else an entry holds is left alone.

    Raises:
        ValueError: If it is no such list, or too long; the message names the first drawing that is wrong.
    """
    checked = check_drawings(entries)
    images, labels, places = [], [], []
    refused = []
    for place, (label, size_px, strokes) in enumerate(checked):
        try:
            images.append(digit_from_strokes(strokes, size_px, with_stages=False).image)
        except SketchRefused as refusal:
            refused.append((place, str(refusal)))
            continue
        except ValueError as error:
            raise ValueError(f"Drawing {place + 1}: {error}") from error
        labels.append(label)
        places.append(place)
    side = IMAGE_SIZE_PX
    stacked = np.array(images, np.float32).reshape(-1, side, side)  # (N, 28, 28)
    return PreparedDrawings(stacked, np.array(labels, np.int64), tuple(places), tuple(refused), len(checked))


def check_drawings(entries: object) -> list[tuple[int, float, Strokes]]:
    """Check what can be checked without reading every point: counts, labels, sides.

    Returns:
        Each drawing's label, side of its pad and strokes; the points are still a stranger's.

    Raises:
        ValueError: As `prepare_drawings`.
    """
    if not isinstance(entries, list):
        raise ValueError("The drawings must be a list.")
    if len(entries) > MAX_DRAWINGS:
        raise ValueError(f"There are {len(entries):,} drawings; at most {MAX_DRAWINGS} are read at a time.")
    checked = []
    num_points = 0
    for place, entry in enumerate(entries):
        try:
            label, size_px, strokes = _check_entry(entry)
        except ValueError as error:
            raise ValueError(f"Drawing {place + 1}: {error}") from error
        num_points += sum(len(stroke) for stroke in strokes if isinstance(stroke, list))
        checked.append((label, size_px, strokes))
    if num_points > MAX_TOTAL_POINTS:
        raise ValueError(
            f"The drawings have {num_points:,} points together; at most {MAX_TOTAL_POINTS:,} are read at a "
            "time. Take fewer drawings."
        )
    return checked


def _check_entry(entry: Any) -> tuple[int, float, Strokes]:
    if not isinstance(entry, dict):
        raise ValueError("it is no drawing with a label, a size and strokes.")
    label, size_px, strokes = entry.get("label"), entry.get("size"), entry.get("strokes")
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label <= 9:
        raise ValueError(f"its label is {label!r:.20}; it must be a whole number from 0 to 9.")
    if isinstance(size_px, bool) or not isinstance(size_px, int | float) or not 1 <= size_px <= MAX_SIDE_PX:
        raise ValueError(f"its size is {size_px!r:.20}; it must be a number from 1 to {MAX_SIDE_PX:,}.")
    if not isinstance(strokes, list) or not strokes:
        raise ValueError("it has no list of strokes.")
    return label, float(size_px), strokes
