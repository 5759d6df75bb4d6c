"""Long straight lines in an image, nearly horizontal, as frames and ruled paper have them.

Shapes: H, W height and width, T tilts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.values import Floats32

LINE_SIDE_PX = 160  # lines are looked for in an image of at most this side
MAX_TILT = 0.08  # of a line against the image's side, in pixels a pixel
TILT_STEP_PX = 2  # between neighbouring tilts, at the far end
MIN_LENGTH = 0.25  # of a line, in sides of the image
MAX_THICKNESS = 0.09  # of a line, in sides of the image
MAX_GAP_PX = 3  # in a line that is not wholly seen
MAX_LINES = 6  # looked for in either direction

Mask = npt.NDArray[np.bool_]


class Line(NamedTuple):
    """A nearly horizontal line in an image; a vertical one is found in the image turned over its diagonal."""

    at: float  # row in the middle of the image
    slope: float  # rows down for each column to the right
    start: float  # first and last column
    end: float
    half_px: float  # half its thickness

    def find_row(self, column: float) -> float:
        """Return the row of the line's middle at a column, given from the middle of the image."""
        return self.at + self.slope * column

    @property
    def length(self) -> float:
        """From its first column to its last."""
        return self.end - self.start


def list_lines(contrast: Floats32, faintest: float) -> list[Line]:
    """List the lines of contrast (H, W) that are nearly horizontal, looked for in a smaller image."""
    factor = -(-max(contrast.shape) // LINE_SIDE_PX)
    height, width = contrast.shape
    mask = np.pad(contrast > faintest, ((0, -height % factor), (0, -width % factor)))
    blocks = mask.reshape(mask.shape[0] // factor, factor, -1, factor)
    smaller: Mask = np.asarray(blocks.any((1, 3)), np.bool_)
    to_middle = (smaller.shape[1] * factor - width) / 2  # the padded image's middle lies further right
    return [
        Line(
            (line.at + 0.5) * factor - 0.5 - line.slope * to_middle,
            line.slope,
            line.start * factor,
            min(line.end * factor, width),
            line.half_px * factor,
        )
        for line in _find_lines(smaller)
    ]


def _find_lines(mask: Mask) -> list[Line]:
    """Find the long straight lines of a mask (H, W) that are nearly horizontal, the longest first."""
    height, width = mask.shape
    columns = np.arange(0, width, 2)
    num_tilts = int(MAX_TILT * width / TILT_STEP_PX)
    slopes = np.arange(-num_tilts, num_tilts + 1) * TILT_STEP_PX / width
    thick = mask.copy()
    thick[1:] |= mask[:-1]
    thick[:-1] |= mask[1:]
    thick = _close_gaps(thick)[:, columns]
    drop = np.rint(slopes[:, None] * (columns - width / 2)).astype(int)  # (T, W / 2)
    rows = np.arange(height)
    run = np.zeros((len(slopes), height), np.int32)
    longest, end = run.copy(), run.copy()
    for column in range(len(columns)):
        row = rows + drop[:, column, None]
        is_inked = thick[np.clip(row, 0, height - 1), column] & (row >= 0) & (row < height)
        run = (run + 1) * is_inked
        is_better = run > longest
        longest[is_better] = run[is_better]
        end[is_better] = column
    lines: list[Line] = []
    for _ in range(2 * MAX_LINES):
        tilt, row = np.unravel_index(int(longest.argmax()), longest.shape)
        most = int(longest[tilt, row])
        if 2 * most < MIN_LENGTH * max(height, width) or len(lines) == MAX_LINES:
            break
        line = _measure_line(longest, end, slopes, int(tilt), int(row), width)
        if 2 * line.half_px <= max(MAX_THICKNESS * max(height, width), 3):
            lines.append(line)
        center = (line.start + line.end) / 2 - width / 2
        away = np.abs(rows + slopes[:, None] * center - line.find_row(center))
        longest[away <= line.half_px + 4] = 0
    return lines


def _measure_line(
    longest: npt.NDArray[np.int32],
    end: npt.NDArray[np.int32],
    slopes: npt.NDArray[np.float64],
    tilt: int,
    row: int,
    width: int,
) -> Line:
    """Measure the line that a longest run belongs to: at its own tilt, most rows run as far."""
    most = longest[tilt, row]
    column = 2.0 * (end[tilt, row] - most / 2) - width / 2  # the middle of the run, which every tilt shares
    spans = []
    for other, slope in enumerate(slopes):
        at = round(row + (slopes[tilt] - slope) * column)
        if not 0 <= at < longest.shape[1] or longest[other, at] < 0.9 * most:
            continue
        is_long = longest[other] >= 0.9 * most
        first = at - int((~is_long[at::-1]).argmax() or at + 1) + 1
        last = at + int((~is_long[at:]).argmax() or len(is_long) - at) - 1
        spans.append((last - first, other, (first + last) // 2))
    size = max(spans)[0]
    best = [span for span in spans if span[0] == size]
    _, tilt, middle = best[len(best) // 2]  # of a thin line several do: the middle one
    stop = 2.0 * end[tilt, middle] + 1
    return Line(
        middle + (size % 2) / 2,
        float(slopes[tilt]),
        stop - 2 * longest[tilt, middle],
        stop,
        max((size - 1) / 2, 0.5),  # the mask was made thicker by a pixel either side
    )


def _close_gaps(mask: Mask) -> Mask:
    """Close short gaps along the rows of a mask (H, W)."""
    counts = np.cumsum(np.pad(mask, ((0, 0), (MAX_GAP_PX + 1, MAX_GAP_PX))), axis=1, dtype=np.int32)
    before = counts[:, MAX_GAP_PX:-MAX_GAP_PX] - counts[:, : -2 * MAX_GAP_PX]
    after = counts[:, 2 * MAX_GAP_PX :] - counts[:, MAX_GAP_PX:-MAX_GAP_PX]
    return mask | ((before[:, : mask.shape[1]] > 0) & (after[:, : mask.shape[1]] > 0))
