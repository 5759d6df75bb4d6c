"""Where a network's 28×28 pixels lie on the pad."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.data.strokes import BOX_PX, FIELD_PX, PEN_WIDTH_PX
from models.sketch.image import find_box
from models.sketch.pen_strokes import Strokes
from models.values import Floats32

_TRACE = 0.01  # ink fainter than this is what rounding leaves beside a straight edge


@dataclass(frozen=True)
class Field:
    """The square on the pad that the network's input shows, in pixels of the pad; it may reach beyond it.

    Attributes:
        x: Its left edge.
        y: Its upper edge.
        side: Its side; one pixel of the network's is a 28th of it.
    """

    x: float
    y: float
    side: float


def find_field(strokes: Strokes, image: Floats32, size_px: float) -> Field:
    """Find the square of the pad that `digit_from_strokes` has made the network's input of.

    Args:
        strokes: A drawing that `digit_from_strokes` has accepted, in pixels of the pad.
        image: (28, 28), what it made of it.
        size_px: Side of the pad.
    """
    points = np.concatenate([np.asarray(stroke, np.float64) for stroke in strokes if len(stroke)])
    points = points.clip(0, size_px)  # (P, 2), x and y
    low, extent = points.min(axis=0), float(np.ptp(points, axis=0).max())
    scale = (BOX_PX - PEN_WIDTH_PX) / extent  # pixels of the network to one of the pad
    rows, columns = find_box(np.where(image > _TRACE, image, np.float32(0)))
    # The ink begins at a whole pixel; half the pen stands out beyond the trace's own edge.
    corner = np.array([columns.start, rows.start]) + PEN_WIDTH_PX / 2
    x, y = low - corner / scale
    return Field(float(x), float(y), FIELD_PX / scale)
