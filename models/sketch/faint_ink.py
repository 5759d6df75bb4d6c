"""Ink told from contrast: what is surely ink, however faint, and what is not.

*Contrast* is how much darker a place is than the paper around it, as a share. Shapes: H, W height and width.
"""

from __future__ import annotations

import numpy as np

from models.sketch.image import find_box
from models.sketch.parts import FAINTEST, label_mask
from models.sketch.surroundings import spread
from models.values import Floats32

MIN_CONTRAST = 0.08  # between ink and paper, whatever they are like …
MIN_CLEAR_CONTRAST = 0.035  # … and where the ink is a few strokes on calm paper
CALM = 0.1  # of the ink's contrast, which hardly any place of calm paper reaches
NEAR_PX = 4  # from ink: beyond its soft edge
MAX_STROKES = 3  # of a digit, that do not meet …
MIN_WITHIN = 0.9  # … and hold so much of all that looks like ink
MIN_LENGTH = 0.3  # of the largest of them, in longer sides of the image


def cut_faint(contrast: Floats32, noise: float, is_single: bool = True) -> Floats32:
    """Turn contrast (H, W) into ink in [0, 1], all 0 if none stands out.

    Args:
        contrast: At least 0.
        noise: Its standard deviation where there is nothing but paper.
        is_single: Whether there should be one digit; of several, faint ones are not told from uneven paper.
    """
    strongest = contrast[contrast > np.quantile(contrast, 0.998) / 2]
    peak = float(np.median(strongest)) if len(strongest) else 0.0
    faintest = max(0.35 * peak, 4 * noise)
    if peak < max(MIN_CLEAR_CONTRAST, 6 * noise) or faintest >= 0.7 * peak:
        return np.zeros_like(contrast)
    ink: Floats32 = np.clip((contrast - faintest) / (0.75 * peak - faintest), 0, 1).astype(np.float32)
    if peak < MIN_CONTRAST and not (is_single and _is_clear(contrast, ink, peak)):
        return np.zeros_like(contrast)
    return ink


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
    within = int(np.sort(areas)[-MAX_STROKES:].sum())
    return length >= MIN_LENGTH * max(ink.shape) and within >= MIN_WITHIN * int(areas.sum())
