"""Ink told from contrast: what is surely ink, however faint, and what is not.

*Contrast* is how much darker a place is than the paper around it, as a share. Shapes: H, W height and width.
"""

from __future__ import annotations

import numpy as np

from models.data.strokes import BOX_PX
from models.sketch.image import find_box
from models.sketch.parts import FAINTEST, label_mask
from models.sketch.pen_width import measure_pen
from models.sketch.surroundings import spread
from models.values import Floats32

MIN_CONTRAST = 0.08  # between ink and paper, whatever they are like …
MIN_CLEAR_CONTRAST = 0.035  # … and where the ink is a few strokes on calm paper
CALM = 0.1  # of the ink's contrast, which hardly any place of calm paper reaches
NEAR_PX = 4  # from ink: beyond its soft edge
NUM_STROKES = 3  # of a digit, that do not meet …
MIN_WITHIN = 0.9  # … and hold so much of all that looks like ink
MIN_LENGTH = 0.3  # of the largest of them, in longer sides of the image
NO_INK = 0.35  # of the strokes' contrast: where it is less, there is no ink …
FULL_INK = 0.75  # … and where it is more, the ink is full
SURE = 0.5  # ink from which fainter stretches of a stroke may go on …
MIN_SURE = 0.2  # … if so much of it hangs together, in shares of the largest part
FAINTEST_STRETCH = 0.15  # of the strongest strokes' contrast …
DARK_STRETCH = 0.75  # … and from here on it is as strong as they are
MIN_RIDGE = 0.5  # of a stretch's contrast, by which it is darker than both of its sides
BROADEST_PEN = 0.12  # of the image's longer side


def cut_faint(contrast: Floats32, noise: float, is_single: bool = True) -> Floats32:
    """Turn contrast (H, W) into ink in [0, 1], all 0 if none stands out.

    Args:
        contrast: At least 0.
        noise: Its standard deviation where there is nothing but paper.
        is_single: Whether there should be one digit; of several, all that is faint is left out.
    """
    strongest = contrast[contrast > np.quantile(contrast, 0.998) / 2]
    peak = float(np.median(strongest)) if len(strongest) else 0.0
    faintest = max(NO_INK * peak, 4 * noise)
    if peak < max(MIN_CLEAR_CONTRAST, 6 * noise) or faintest >= 0.7 * peak:
        return np.zeros_like(contrast)
    ink: Floats32 = np.clip((contrast - faintest) / (FULL_INK * peak - faintest), 0, 1).astype(np.float32)
    if peak < MIN_CONTRAST and not (is_single and _is_clear(contrast, ink, peak)):
        return np.zeros_like(contrast)
    return _follow_strokes(contrast, ink, peak, noise) if is_single else ink


def _follow_strokes(contrast: Floats32, ink: Floats32, peak: float, noise: float) -> Floats32:
    """Add the fainter stretches of strokes, where the pen was hardly pressed or ran dry.

    A stretch goes on from what is surely ink, and is a ridge of contrast: darker than both sides of it, as
    shading and the edges of shadows are not. What of it is ink is told by its own contrast, not by the
    strongest.
    """
    box = find_box(ink)
    pen_px = measure_pen(ink[box]).width_px * max(ink[box].shape) / BOX_PX
    if pen_px > BROADEST_PEN * max(ink.shape):
        return ink
    ridge = _measure_ridges(contrast, round(pen_px) + 1)
    faintest = max(FAINTEST_STRETCH * peak, 5 * noise)
    is_stretch = (ridge > faintest) & (ridge > MIN_RIDGE * contrast)
    labels, num = label_mask(is_stretch | (ink > SURE), joins_corners=True)
    sure = np.bincount(labels.ravel() + 1, np.where(ink > SURE, ink, 0).ravel(), num + 1)
    sure[0] = 0  # the part -1, where nothing is
    ridge[~is_stretch | (sure < MIN_SURE * sure.max())[labels + 1]] = 0
    local = spread(ridge, max(round(pen_px / 2), 1), np.maximum)
    ridge[local > DARK_STRETCH * peak] = 0  # the ink is there already, with its edges as they are
    local = np.maximum(local, faintest)
    stretches: Floats32 = np.clip((ridge / local - NO_INK) / (FULL_INK - NO_INK), 0, 1).astype(np.float32)
    return np.maximum(ink, stretches)


def _measure_ridges(contrast: Floats32, reach_px: int) -> Floats32:
    """Measure how much darker each place (H, W) is than both of two places so far to either side of it."""
    height, width = contrast.shape
    slanted_px = max(round(reach_px / np.sqrt(2)), 1)
    around = np.pad(contrast, reach_px, mode="edge")
    ridge = np.zeros_like(contrast)
    for down, right in ((0, reach_px), (reach_px, 0), (slanted_px, slanted_px), (slanted_px, -slanted_px)):
        sides = (
            around[reach_px + sign * down :, reach_px + sign * right :][:height, :width] for sign in (-1, 1)
        )
        np.maximum(ridge, contrast - np.maximum(*sides), out=ridge)
    return ridge


def _is_clear(contrast: Floats32, ink: Floats32, peak: float) -> bool:
    """Tell whether faint ink is a few strokes on calm paper, rather than what makes paper uneven.

    Grain, waves and a camera's blocks are as strong all over the paper, or many and small.
    """
    away = contrast[spread((ink > 0).astype(np.float32), NEAR_PX, np.maximum) == 0]
    if len(away) < contrast.size / 2 or float(np.quantile(away, 0.98)) > CALM * peak:
        return False
    mask = ink > FAINTEST
    labels, num = label_mask(mask, joins_corners=True)
    areas = np.bincount(labels[mask], minlength=num)
    largest = find_box((labels == areas.argmax()).astype(np.float32))
    length = max(side.stop - side.start for side in largest)
    within = int(np.sort(areas)[-NUM_STROKES:].sum())
    return length >= MIN_LENGTH * max(ink.shape) and within >= MIN_WITHIN * int(areas.sum())
