"""How wide the pen of an image is, and ink drawn again as if by a pen like that of MNIST's writers.

All widths are relative to the image once its longer side is scaled to MNIST's 20 px. Shapes: H, W height
and width.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.data.strokes import BOX_PX
from models.sketch.image import find_box, shrink_image
from models.values import Floats32

THINNEST_PX = 0.9  # no MNIST writer's stroke is thinner at 28×28
THICKEST_PX = 2.4  # what is thicker is thinned: a drawing's loops stay open that way
GOOD_PX = 2.0  # what too thin and too thick pens are brought to
BLOB_PX = 8.0  # no pen is as thick: an even block, which has no strokes
MAX_SOFTNESS_PX = 0.35  # MNIST's own edges are from 0.47 px soft, those of drawings up to 0.2
DETAIL_PX = 160  # of an image, while its pen is changed: 8 px to a pixel of the box
MIN_SCALE = 3  # pixels of an image to a pixel of the box, below which a pen cannot be thinned finely
MIN_KEPT = 0.85  # of the strokes' length that must be left when they are thinned


class PenWidth(NamedTuple):
    """The pen that some ink was drawn with."""

    width_px: float  # mean width of the strokes, in pixels of the 20 px box
    softness_px: float  # from full ink to none across an edge, in the same unit


def measure_pen(ink: Floats32) -> PenWidth:
    """Measure the pen of ink (H, W) in [0, 1], cropped to the ink.

    The width is the ink's area over half the length of its outline; the softness what is gray, which across
    an edge that falls evenly adds up to a sixth of its length.
    """
    scale = max(ink.shape) / BOX_PX
    padded = np.pad(ink, 1)
    outline = float(np.hypot(np.diff(padded, axis=0)[:, 1:], np.diff(padded, axis=1)[1:]).sum())
    gray = float((ink * (1 - ink)).sum())
    return PenWidth(2 * float(ink.sum()) / outline / scale, 6 * gray / outline / scale)


def fit_pen(ink: Floats32) -> Floats32:
    """Bring strokes that are thinner or thicker than MNIST's to a good width.

    Only ink with sharp edges is thinned: what is as soft as a digit of 28×28 may be one, and stays as it is.

    Args:
        ink: (H, W) in [0, 1], cropped to the ink.

    Returns:
        Ink (H', W'), cropped to itself; the very same array where the pen is good.
    """
    pen = measure_pen(ink)
    if pen.width_px < THINNEST_PX:
        return _change_pen(ink, _count_steps(ink, pen.width_px))
    is_sharp = pen.softness_px <= MAX_SOFTNESS_PX and max(ink.shape) >= MIN_SCALE * BOX_PX
    if not (is_sharp and THICKEST_PX < pen.width_px < BLOB_PX):
        return ink
    ink = shrink_image(ink, DETAIL_PX)
    num_steps = _count_steps(ink, pen.width_px)
    length = _measure_length(ink)
    while num_steps < 0:
        thinned = _change_pen(ink, num_steps)
        if thinned.any() and _measure_length(thinned) >= MIN_KEPT * length:
            return thinned
        num_steps = -(-num_steps // 2) if num_steps < -1 else 0  # parts are thinner, and would be lost
    return ink


def _count_steps(ink: Floats32, width_px: float) -> int:
    """Return by how many pixels every edge has to move outwards for a pen of GOOD_PX.

    The box shrinks and grows with the pen, and is scaled to 20 px only then.
    """
    longer = float(max(ink.shape))
    return round((GOOD_PX - width_px) / BOX_PX * longer / (2 * (1 - GOOD_PX / BOX_PX)))


def _measure_length(ink: Floats32) -> float:
    """Measure how long the strokes are, in pixels of the image."""
    return float(ink.sum()) / (measure_pen(ink).width_px * float(max(ink.shape)) / BOX_PX)


def _change_pen(ink: Floats32, num_steps: int) -> Floats32:
    """Move every edge outwards by so many pixels, or inwards if below 0; crops to what is left."""
    choose = np.maximum if num_steps > 0 else np.minimum
    ink = np.pad(ink, max(num_steps, 0))
    middle = slice(1, -1)
    for i in range(abs(num_steps)):
        around = np.pad(ink, 1)
        neighbours = [around[:-2, middle], around[2:, middle], around[middle, :-2], around[middle, 2:]]
        if i % 2:  # every other time the corners too, which makes a round pen of a square one
            neighbours += [around[:-2, :-2], around[:-2, 2:], around[2:, :-2], around[2:, 2:]]
        changed = ink.copy()
        for neighbour in neighbours:
            choose(changed, neighbour, out=changed)
        ink = changed
    return ink[find_box(ink)] if ink.any() else ink
