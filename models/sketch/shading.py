"""Grey on paper that is no ink: shading, and the shadows of a hand or a phone; told from ink by its width.

*Contrast* is how much darker a place is than the paper around it, as a share. Shapes: H, W height and width.
"""

from __future__ import annotations

import numpy as np

from models.data.strokes import BOX_PX
from models.sketch.image import find_box
from models.sketch.pen_width import measure_pen
from models.sketch.surroundings import spread
from models.values import Floats32

THIN_SHARE = 0.04  # of the image's side: a thin pen's strokes are no wider …
SHADE_SHARE = 0.1  # … and what is wider than this shades the paper
MIN_SHARP = 0.75  # of the contrast that is left without shading, a thin pen's strokes alone reach
DARKEST_SHADE = 0.4  # share of the light that shading takes: what is darker is a broad pen's
DARK = 0.65  # of the strongest contrast: a pen reaches more, also within a shadow
MIN_PEN = 0.2  # contrast of a pen that is told from shadows: uneven paper may have less
DARKEST_SHADOW = 0.7  # of it, too: the shadow reaches no more
FAINTEST_SHADOW = 0.2  # of it, too: what is fainter is not taken for ink
SHADOW_WIDTH = 2.2  # in widths of the pen, from which on it is a shadow
MIN_SHADOW = 0.01  # of the image, beside the strokes: less may be their own soft edges


def remove_shading(contrast: Floats32, is_single: bool = True) -> Floats32:
    """Take grey shading and shadows away from contrast (H, W); the very same array where there are none.

    Where the pen is thin, shading may be as dark as its strokes. Strokes of a broad pen cannot be told from
    shading, and would go with it, but from shadows that are less dark; where there are several digits, not
    even from those, since each may have a pen of its own.
    """
    thin, _ = _part_by_width(contrast, THIN_SHARE * max(contrast.shape))
    unshaded, shade = _part_by_width(contrast, SHADE_SHARE * max(contrast.shape))
    thin_peak, peak, shade_peak = (float(np.quantile(each, 0.998)) for each in (thin, unshaded, shade))
    is_thin = thin_peak >= MIN_SHARP * peak and shade_peak <= DARKEST_SHADE
    if is_thin:
        return unshaded
    return _remove_shadows(contrast) if is_single else contrast


def _remove_shadows(contrast: Floats32) -> Floats32:
    """Take away what is less dark than the pen, and much wider than its strokes."""
    darkest = float(np.quantile(contrast, 0.998))
    dark = (contrast > DARK * darkest).astype(np.float32)
    if darkest < MIN_PEN:
        return contrast
    box = find_box(dark)
    pen_px = measure_pen(dark[box]).width_px * max(dark[box].shape) / BOX_PX
    if SHADOW_WIDTH * pen_px > SHADE_SHARE * 2 * max(contrast.shape):
        return contrast
    _, wide = _part_by_width(contrast, SHADOW_WIDTH * pen_px)
    shadow = np.where(wide > DARKEST_SHADOW * darkest, np.float32(0), wide)
    beside = spread(dark, int(pen_px) + 2, np.maximum) == 0
    if np.mean((shadow > FAINTEST_SHADOW * darkest) & beside) < MIN_SHADOW:
        return contrast
    edge_px = int(SHADOW_WIDTH * pen_px / 4) + 2  # a square leaves round and slanted edges
    return _divide_out(contrast, np.minimum(spread(shadow, edge_px, np.maximum), contrast))


def _part_by_width(contrast: Floats32, width_px: float) -> tuple[Floats32, Floats32]:
    """Part contrast (H, W) into what is narrower than a width, and what is wider."""
    reach = max(int(width_px / 2) + 1, 2)
    beyond = np.pad(contrast, reach, mode="edge")
    wide = spread(spread(beyond, reach, np.minimum), reach, np.maximum)[reach:-reach, reach:-reach]
    return _divide_out(contrast, wide), wide


def _divide_out(contrast: Floats32, shade: Floats32) -> Floats32:
    """Return what is left of contrast (H, W) without shading: the pen dims what that leaves of the light."""
    left: Floats32 = np.maximum(1 - (1 - contrast) / np.maximum(1 - shade, np.float32(0.05)), 0)
    return left
