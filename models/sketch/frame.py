"""The frame around a digit: a box, a form's field, the lines of a cell; found and taken away.

A frame is two or more straight lines, nearly horizontal or vertical, with the digit between them. What tells
them from the straight strokes of a digit is that they fit together and go on beyond all that lies between.
*Contrast* is how far each place stands out from the paper. Shapes: H, W height and width, T tilts.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.sketch.straight_lines import Line, list_lines
from models.values import Floats32

MAX_TURN = 0.09  # of two lines of a frame against each other: perspective
MIN_DIGIT = 0.3  # of the frame's height: what is lower is no digit within it
MARGIN = 0.04  # of a line's length by which it goes on beyond the digit
MAX_CONTACT = 0.3  # of a line's length along which the digit may touch it
OPEN_MARGIN = 0.1  # both, of a frame of two lines: so is many a digit
OPEN_CONTACT = 0.02
SLIVER_SHARE = 0.04  # of the image's longer side, from its border
MAX_OUTSIDE = 0.3  # as much ink as lies within a frame, may lie beyond it
MIN_CORE = 0.04  # of all ink: less is what the lines leave at their edges
MAX_TRIED = 12  # sets of lines that are taken away for a trial

Mask = npt.NDArray[np.bool_]


class Frame(NamedTuple):
    """The lines above, below, left and right of a digit, None where there is none."""

    top: Line | None
    bottom: Line | None
    left: Line | None
    right: Line | None


def remove_frame(contrast: Floats32, faintest: float) -> Floats32 | None:
    """Take the frame around a digit away, and all that lies outside it.

    Args:
        contrast: (H, W) at least 0; a few hundred pixels a side at most.
        faintest: What is above it may belong to a line.

    Returns:
        Contrast (H, W) without the frame; None if there is no frame with something like a digit in it.
    """
    horizontal, vertical = list_lines(contrast, faintest), list_lines(contrast.T, faintest)
    if len(horizontal) + len(vertical) < 2:
        return None
    core = contrast.copy()
    for line in horizontal:
        _erase(core, line)
    for line in vertical:
        _erase(core.T, line)
    middle = _find_middle(core, contrast)
    if middle is None:
        return None
    row, column = middle
    for frame in _list_frames(horizontal, vertical, row, column, contrast.shape)[:MAX_TRIED]:
        rest, inside = _take_away(contrast, frame), _take_away(core, frame)
        is_whole = core.sum() - inside.sum() <= MAX_OUTSIDE * rest.sum()
        if is_whole and _holds_digit(rest, frame, faintest):
            return rest
    return None


def drop_slivers(contrast: Floats32, faintest: float) -> Floats32:
    """Drop what hugs the image's border and lies apart from all else: lines of a frame that is cut off.

    Args:
        contrast: (H, W) at least 0.
        faintest: What is above it may belong to a line.

    Returns:
        Contrast without them; the very same array where there are none, or nothing else.
    """
    band = round(SLIVER_SHARE * max(contrast.shape))
    is_inner = np.zeros(contrast.shape, bool)
    is_inner[band:-band, band:-band] = True
    ink: Mask = np.greater(contrast, faintest)
    rest = contrast.copy()
    is_changed = False
    for turns in range(4):
        side, inner, left = np.rot90(ink, turns), np.rot90(is_inner, turns), np.rot90(rest, turns)
        holding: Mask = np.asarray(side[:band].any(0), np.bool_)
        is_apart: Mask = ~np.asarray((side[band : band + 2] & inner[band : band + 2]).any(0), np.bool_)
        begins = np.flatnonzero(np.diff(holding.astype(np.int8), prepend=0) == 1)
        ends = np.flatnonzero(np.diff(holding.astype(np.int8), append=0) == -1) + 1
        for begin, end in zip(begins, ends, strict=True):
            if is_apart[begin:end].all() and side[:2, begin:end].any():
                left[:band, begin:end] = 0
                is_changed = True
    return rest if is_changed and (rest > faintest).any() else contrast


def _erase(contrast: Floats32, line: Line) -> None:
    """Set what lies on a horizontal line, and on its soft edge, to 0 in place."""
    height, width = contrast.shape
    columns = np.arange(max(int(line.start) - 3, 0), min(int(line.end) + 4, width))
    middle = line.find_row(columns - width / 2)
    reach = line.half_px + 2
    first = np.clip(np.rint(middle - reach), 0, height).astype(int)
    last = np.clip(np.rint(middle + reach) + 1, 0, height).astype(int)
    rows = np.arange(height)[:, None]
    contrast[:, columns] *= ~((rows >= first) & (rows < last))


def _find_middle(core: Floats32, contrast: Floats32) -> tuple[float, float] | None:
    """Find where a frame's middle must lie, as row and column: amid what is no line, or amid all ink.

    A plain 1 is a line itself.
    """
    for ink, least in ((core, 0.4 * float(core.max())), (contrast, 0.3 * float(contrast.max()))):
        strong = np.where(ink > least, ink, 0)
        if strong.sum() > MIN_CORE * contrast.sum():
            mass = float(strong.sum(dtype=np.float64))
            row, column = (
                float(strong.sum(1 - axis, dtype=np.float64) @ (np.arange(strong.shape[axis]) + 0.5)) / mass
                for axis in (0, 1)
            )
            return row, column
    return None


def _list_frames(
    horizontal: list[Line], vertical: list[Line], row: float, column: float, shape: tuple[int, ...]
) -> list[Frame]:
    """List the sets of lines around a place that fit together, those of most lines first."""
    height, width = shape
    x, y = column - width / 2, row - height / 2
    above: list[Line | None] = [None, *(line for line in horizontal if line.find_row(x) < row)]
    below: list[Line | None] = [None, *(line for line in horizontal if line.find_row(x) > row)]
    left: list[Line | None] = [None, *(line for line in vertical if line.find_row(y) < column)]
    right: list[Line | None] = [None, *(line for line in vertical if line.find_row(y) > column)]
    frames = [Frame(*lines) for lines in product(above, below, left, right)]
    fitting = [frame for frame in frames if _fits_together(frame, shape)]
    return sorted(
        fitting,
        key=lambda frame: (-len(_get_lines(frame)), -sum(line.length for line in _get_lines(frame))),
    )


def _get_lines(frame: Frame) -> list[Line]:
    return [line for line in frame if line is not None]


def _fits_together(frame: Frame, shape: tuple[int, ...]) -> bool:
    """Tell whether there are two lines or more, and each reaches those that it should meet."""
    if len(_get_lines(frame)) < 2:
        return False
    height, width = shape
    near = 0.04 * max(shape)
    pairs = (
        (frame.top, frame.bottom, frame.left, frame.right, height),
        (frame.left, frame.right, frame.top, frame.bottom, width),
    )
    for first, second, before, after, across in pairs:
        for line in (first, second):
            if line is None:
                continue
            at = line.at - across / 2
            if any(other and abs(line.slope + other.slope) > MAX_TURN for other in (before, after)):
                return False
            if before and line.start > before.find_row(at) + before.half_px + near:
                return False
            if after and line.end < after.find_row(at) - after.half_px - near:
                return False
        if first and second:
            if abs(first.slope - second.slope) > MAX_TURN:
                return False
            unlike = 0.2 * max(first.length, second.length)
            if not before and abs(first.start - second.start) > unlike:
                return False
            if not after and abs(first.end - second.end) > unlike:
                return False
    return True


def _take_away(contrast: Floats32, frame: Frame) -> Floats32:
    """Erase the lines of a frame and all that lies beyond them."""
    rest = contrast.copy()
    for lines, turned in (((frame.top, frame.bottom), rest), ((frame.left, frame.right), rest.T)):
        height, width = turned.shape
        rows, columns = np.arange(height)[:, None], np.arange(width) - width / 2
        first, second = lines
        if first:
            turned *= rows > first.find_row(columns) + first.half_px + 1.5
        if second:
            turned *= rows < second.find_row(columns) - second.half_px - 1.5
    return rest


def _holds_digit(rest: Floats32, frame: Frame, faintest: float) -> bool:
    """Tell whether what a frame leaves may be a digit: large, well within the lines, apart from them."""
    peak = float(np.quantile(rest, 0.998))
    ink = rest > max(0.4 * peak, faintest)
    if peak <= faintest or not ink.any():
        return False
    inked_rows, inked_columns = np.flatnonzero(ink.sum(1) > 0), np.flatnonzero(ink.sum(0) > 0)
    top, bottom = float(inked_rows[0]), float(inked_rows[-1] + 1)
    left, right = float(inked_columns[0]), float(inked_columns[-1] + 1)
    upper = frame.top.at if frame.top else max(line.start for line in (frame.left, frame.right) if line)
    lower = frame.bottom.at if frame.bottom else min(line.end for line in (frame.left, frame.right) if line)
    if bottom - top < MIN_DIGIT * (lower - upper):
        return False
    is_open = len(_get_lines(frame)) == 2
    share = OPEN_MARGIN if is_open else MARGIN
    for lines, before, after, (begin, stop) in (
        ((frame.top, frame.bottom), frame.left, frame.right, (left, right)),
        ((frame.left, frame.right), frame.top, frame.bottom, (top, bottom)),
    ):
        for line in lines:
            if line is None:
                continue
            margin = share * line.length
            if not before and begin < line.start + margin:
                return False
            if not after and stop > line.end - margin:
                return False
    return all(
        _measure_contact(turned, line, side) <= (OPEN_CONTACT if is_open else MAX_CONTACT)
        for line, side, turned in (
            (frame.top, 1, ink),
            (frame.bottom, -1, ink),
            (frame.left, 1, ink.T),
            (frame.right, -1, ink.T),
        )
        if line is not None
    )


def _measure_contact(ink: Mask, line: Line, side: int) -> float:
    """Measure along which share of a line there is ink right beside it, below (side 1) or above it (-1)."""
    height, width = ink.shape
    columns = np.arange(max(int(line.start), 0), min(int(line.end), width))
    rows = np.rint(line.find_row(columns - width / 2) + side * (line.half_px + 3)).astype(int)
    return float(ink[np.clip(rows, 0, height - 1), columns].mean())
