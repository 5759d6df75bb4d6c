"""Image of a piece of clothing -> the network's 28×28 input, prepared as Fashion-MNIST's images are.

Its makers trimmed each photo of a shop to the piece, scaled the longer side to 28 px, put it in the middle of
a square and turned bright to dark, so that the paper is 0 (Xiao, Rasul, Vollgraf, 2017, section 2). A shirt
fills its image, where a digit is 20 px large. Shapes: H, W an image's height and width.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from models.data.strokes import FIELD_PX, render_strokes
from models.sketch.digit import SketchDigit, SketchRefused, Stage
from models.sketch.faint_ink import MIN_CONTRAST
from models.sketch.image import find_box, read_light, shrink_image
from models.sketch.pen_strokes import Strokes, read_strokes
from models.sketch.preparation import MAX_CROP_PX, STAGE_PX
from models.sketch.scaling import build_averaging
from models.values import Floats32

PAPER_SHARE = 0.05  # of full brightness: what is closer to the background than this is background
_BRUSH_SHARE = 18 / 280  # of the pad's side, as wide as the page's own brush


def clothing_from_image(image: npt.NDArray[Any], with_stages: bool = True) -> SketchDigit:
    """Prepare an image of one piece of clothing on an even background.

    An image of 28×28 pixels is one of the data set's own and keeps its size and place; on black, which is
    what the data set has, it stays as it is.

    Args:
        image: As `models.sketch.preparation.digit_from_image` takes it.
        with_stages: Also return the stages: drawn, cropped, centred.

    Raises:
        SketchRefused: Nothing stands out from the background.
        ValueError: Not such an array, not finite, or too large or too small.
    """
    light = read_light(image)
    piece = _take_background_away(light)
    if piece.max() < MIN_CONTRAST:
        raise SketchRefused("Nothing stands out here. Use an image of one piece of clothing on plain paper.")
    if piece.shape == (FIELD_PX, FIELD_PX):
        cropped = piece
    else:
        cropped = shrink_image(piece[find_box(np.where(piece > PAPER_SHARE, piece, 0))], MAX_CROP_PX)
    prepared = _fill_field(cropped)
    if not with_stages:
        return SketchDigit(prepared, ())
    stages = (
        Stage("drawn", "The image", shrink_image(light, 2 * STAGE_PX)),
        Stage("cropped", "Cropped to the piece, its background 0", shrink_image(cropped, 2 * STAGE_PX)),
        Stage("centred", f"Longer side scaled to {FIELD_PX} pixels, in the middle", prepared),
    )
    return SketchDigit(prepared, stages)


def clothing_from_strokes(strokes: Strokes, size_px: float = 280, with_stages: bool = True) -> SketchDigit:
    """Prepare a drawing of a piece of clothing: the pad as an image, white on black.

    Args:
        strokes: As `models.sketch.preparation.digit_from_strokes` takes them.
        size_px: Side of the pad.
        with_stages: As of `clothing_from_image`.

    Raises:
        SketchRefused: The pad is empty.
        ValueError: As `models.sketch.preparation.digit_from_strokes`.
    """
    pad_strokes = read_strokes(strokes, size_px)
    if not pad_strokes:
        raise SketchRefused("The pad is empty. Draw a piece of clothing.")
    side_px = 2 * STAGE_PX
    scaled = [stroke * np.float32(side_px / size_px) for stroke in pad_strokes]
    return clothing_from_image(render_strokes(scaled, _BRUSH_SHARE * side_px, side_px), with_stages)


def _take_background_away(light: Floats32) -> Floats32:
    """Return how far each pixel stands out from the background, 0 to 1; the background is as the corners are.

    A sleeve may lie in a corner or two: the two corners that are most alike tell the background.
    """
    corners = np.sort([light[0, 0], light[0, -1], light[-1, 0], light[-1, -1]])
    first = int(np.diff(corners).argmin())
    paper = np.float32(corners[first : first + 2].mean())
    piece: Floats32 = np.abs(light - paper) / max(paper, 1 - paper)
    return piece


def _fill_field(piece: Floats32) -> Floats32:
    """Scale a piece (H, W) so that its longer side is 28 px, and put it in the middle of (28, 28)."""
    scale = max(piece.shape) / FIELD_PX
    rows, columns = (build_averaging(side, scale) for side in piece.shape)
    scaled = np.clip(rows @ piece @ columns.T, 0, 1)
    field = np.zeros((FIELD_PX, FIELD_PX), np.float32)
    top, left = ((FIELD_PX - side) // 2 for side in scaled.shape)
    field[top : top + scaled.shape[0], left : left + scaled.shape[1]] = scaled
    return field
