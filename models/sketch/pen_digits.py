"""Real pen strokes, drawn on the pad as a visitor would draw them, and prepared for the networks.

They measure how well drawings are read (`evaluation.py`); nothing is trained on them. Shapes: P points, N
drawings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from models.data.strokes import render_strokes
from models.sketch.digit import SketchRefused
from models.sketch.evaluation import PreparedInputs
from models.sketch.pen_files import PenDigit
from models.sketch.preparation import digit_from_image, digit_from_strokes
from models.values import Floats32

PAD_PX = 280
BRUSH_PX = (10.0, 24.0)  # thinnest and thickest
DIGIT_SHARE = (0.35, 0.85)  # of the pad's side that the longer side of a digit takes


@dataclass(frozen=True)
class PadDrawing:
    """A digit on the pad.

    Attributes:
        strokes: Arrays (P, 2) in pad pixels, x to the right and y down.
        brush_px: Width of the brush.
    """

    strokes: list[Floats32]
    brush_px: float


def draw_on_pad(digit: PenDigit, rng: np.random.Generator) -> PadDrawing:
    """Place a digit on the pad as a visitor might: any size, place and brush, all within the pad.

    The longer side, with the brush's own width, is uniform in 35 to 85 % of the pad, the place uniform among
    those at which the whole trace lies on the pad, the brush uniform in 10 to 24 px.
    """
    brush_px = float(rng.uniform(*BRUSH_PX))
    points = np.concatenate(digit.strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    longer_px = rng.uniform(*DIGIT_SHARE) * PAD_PX - brush_px
    scale = longer_px / max(float(extent.max()), 1e-6)
    corner = rng.uniform(brush_px / 2, PAD_PX - brush_px / 2 - extent * scale)
    strokes = [((stroke - low) * scale + corner).astype(np.float32) for stroke in digit.strokes]
    return PadDrawing(strokes, brush_px)


def draw_all(digits: Sequence[PenDigit], seed: int = 0) -> list[PadDrawing]:
    """Place every digit on a pad of its own; drawing i depends on `seed` and i alone."""
    return [draw_on_pad(digit, np.random.default_rng((seed, i))) for i, digit in enumerate(digits)]


def paint_drawing(drawing: PadDrawing) -> np.ndarray:
    """Return what is seen of a drawing: (280, 280) uint8, bright ink on black."""
    ink = render_strokes(drawing.strokes, drawing.brush_px, PAD_PX)
    return np.rint(ink * 255).astype(np.uint8)


def prepare_drawings(
    drawings: Sequence[PadDrawing],
    from_image: bool,
    progress: Callable[[int, int], None] | None = None,
) -> PreparedInputs:
    """Prepare drawings by the very code that the sketchpad uses.

    Args:
        drawings: What was drawn.
        from_image: Whether only the painted image is given, not the strokes.
        progress: Called as `progress(done, all)` after every drawing.
    """
    images = np.zeros((len(drawings), 28, 28), np.float32)
    is_read, is_doubted = np.zeros((2, len(drawings)), bool)
    for i, drawing in enumerate(drawings):
        try:
            if from_image:
                sketch = digit_from_image(paint_drawing(drawing), with_stages=False)
            else:
                sketch = digit_from_strokes([s.tolist() for s in drawing.strokes], PAD_PX, False)
            images[i], is_read[i], is_doubted[i] = sketch.image, True, sketch.doubt is not None
        except SketchRefused:
            pass
        if progress is not None:
            progress(i + 1, len(drawings))
    return PreparedInputs(images, is_read, is_doubted)
