"""Several digits in one image: a row, a form's fields, a line of a sudoku; found and told apart.

The ink's parts are looked at: the lines around them are taken away, the pieces of one digit are joined, and
what is left is brought into reading order. *Height* is that of a usual digit of the image. Shapes: H, W an
image's height and width.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.sketch.image import find_box
from models.sketch.parts import FAINTEST, label_mask
from models.values import Floats32

MAX_FOUND = 81  # digits of one image: a whole sudoku
MAX_PIECES = 1000  # of ink: more are grain, or a page of print
MAX_RUNS = 60_000  # of ink in all rows of the image: a page of print has as many
MIN_HEIGHT_PX = 10  # of a usual digit: smaller ones have no shape left
MIN_MASS = 0.04  # of the largest piece's ink: less is a speck
LINE_SHARE = 0.35  # of the shorter side of a grid's box: a longer straight run of ink is a line
MIN_LINED = 0.6  # of a grid's ink that must lie on such runs
MIN_PRINT = 12  # pieces too small for digits, that make a page of print …
MIN_PRINT_PX = 3  # … if they are as high, lower ones are grain …
UNEVEN = 3  # … and none is so many times as high as the others
MIN_LINE_FILL = 0.7  # of a vertical line's box; a 1 leans
THIN = 0.2  # of its length: what is thinner is a line
SMALL = 0.62  # of the height: a lower piece may belong to the digit beside it
NEAR = 0.16  # of the height: how far from it
LEAST = 0.42  # of the height: what is lower is no digit, but a point or a dash
MOST = 1.9  # of the height, and of a digit's width to it

Box = tuple[slice, slice]
Labels = npt.NDArray[np.intp]


class FoundInk(NamedTuple):
    """The ink of what may be one digit among several.

    Attributes:
        box: Where it lies in the image's ink.
        ink: (H, W) in [0, 1], cropped to it; what belongs to others is 0.
    """

    box: Box
    ink: Floats32


class Sheet(NamedTuple):
    """What lies on a sheet of paper.

    Attributes:
        found: What may be digits, in reading order, row by row and from left to right.
        is_print: Whether there are so many small pieces as only a page of print has.
    """

    found: list[FoundInk]
    is_print: bool


class _Piece(NamedTuple):
    """Ink that hangs together."""

    label: int
    top: int
    bottom: int
    left: int
    right: int
    mass: float
    area: int  # in pixels

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def fill(self) -> float:
        return self.area / (self.height * self.width)


def find_several(ink: Floats32) -> Sheet:
    """Find what may be digits in the ink of a whole image.

    Args:
        ink: (H, W) in [0, 1], as `models.sketch.ink.find_sheet_ink` finds it.

    Returns:
        What lies there; nothing where there are too many pieces to be looked at, or too small ones.
    """
    mask = ink > FAINTEST
    if np.count_nonzero(mask[:, 1:] > mask[:, :-1]) > MAX_RUNS:
        return Sheet([], False)
    labels, num = label_mask(mask, joins_corners=True)
    if num < 2:
        return Sheet([], False)
    if num <= MAX_PIECES:
        labels = _drop_grids(labels)
    pieces = _drop_lines(_list_pieces(labels, ink))
    height = _measure_height(pieces)
    if len(pieces) > MAX_PIECES or height < MIN_HEIGHT_PX:
        is_even = max((piece.height for piece in pieces), default=0) < UNEVEN * height
        return Sheet([], len(pieces) >= MIN_PRINT and height >= MIN_PRINT_PX and is_even)
    digits = [group for group in _join_pieces(pieces, height) if _is_large(group, height)]
    rows = _sort_rows(digits, height)
    return Sheet([_cut_out(group, labels, ink) for row in rows for group in row], False)


def _list_pieces(labels: Labels, ink: Floats32, least_mass: float = MIN_MASS) -> list[_Piece]:
    """List the numbered parts, without specks of less than a share of the largest part's ink."""
    rows, columns = np.nonzero(labels >= 0)
    if not len(rows):
        return []
    numbers = labels[rows, columns]
    num = int(numbers.max()) + 1
    low = np.full((2, num), np.iinfo(np.int64).max)
    high = np.zeros((2, num), np.int64)
    for axis, places in enumerate((rows, columns)):
        np.minimum.at(low[axis], numbers, places)
        np.maximum.at(high[axis], numbers, places + 1)
    mass, area = np.bincount(numbers, ink[rows, columns], num), np.bincount(numbers, minlength=num)
    (tops, lefts), (bottoms, rights) = low.tolist(), high.tolist()
    return [
        _Piece(i, tops[i], bottoms[i], lefts[i], rights[i], float(mass[i]), int(area[i]))
        for i in np.flatnonzero(mass >= least_mass * mass.max()).tolist()
    ]


def _drop_grids(labels: Labels) -> Labels:
    """Take boxes and grids away: parts around others that are straight lines for the most part.

    What of a digit touches the lines is a part of its own then.
    """
    pieces = _list_pieces(labels, np.ones(labels.shape, np.float32), least_mass=0)
    boxes = np.array([piece[1:5] for piece in pieces])
    heights = boxes[:, 1] - boxes[:, 0]
    kept = labels >= 0
    is_changed = False
    for piece in pieces:
        is_within = (boxes[:, 0] >= piece.top) & (boxes[:, 1] <= piece.bottom)
        is_within &= (boxes[:, 2] >= piece.left) & (boxes[:, 3] <= piece.right)
        is_within &= heights > 0.2 * min(piece.height, piece.width)
        if is_within.sum() < 2:  # itself is one
            continue
        box = slice(piece.top, piece.bottom), slice(piece.left, piece.right)
        mask = labels[box] == piece.label
        side = LINE_SHARE * min(mask.shape)
        lines = (_measure_runs(mask) >= side) | (_measure_runs(mask.T) >= side).T
        if lines.sum() < MIN_LINED * mask.sum():
            continue
        near = np.pad(lines, 1)
        near = near[1:-1, 1:-1] | near[:-2, 1:-1] | near[2:, 1:-1] | near[1:-1, :-2] | near[1:-1, 2:]
        kept[box] &= ~(mask & near)
        is_changed = True
    return label_mask(kept, joins_corners=True)[0] if is_changed else labels


def _measure_runs(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Measure for each place of a mask (H, W) how long the run along its row is that it lies in."""
    step = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(step == 1)
    ends = np.nonzero(step == -1)[1]
    lengths = np.zeros((mask.shape[0], mask.shape[1] + 1), np.int64)
    np.add.at(lengths, (rows, starts), ends - starts)
    np.add.at(lengths, (rows, ends), starts - ends)
    return np.cumsum(lengths, axis=1)[:, :-1]


def _drop_lines(pieces: list[_Piece]) -> list[_Piece]:
    """Leave out what is straight and longer than the digits: rules between and below them."""
    height = _measure_height(pieces)
    broad = [piece.height for piece in pieces if piece.width > THIN * piece.height]
    tallest = 1.2 * float(np.quantile(broad, 0.8)) if broad else np.inf
    vertical = [piece for piece in pieces if piece.width < THIN * piece.height and piece.fill > MIN_LINE_FILL]
    tall = [piece.height for piece in vertical if piece.height > tallest]
    if len(tall) > 1:  # some of a grid's lines are shorter, where others that crossed them are gone
        tallest = min(tallest, 0.8 * float(np.median(tall)))
    lines = {piece.label for piece in vertical if piece.height > tallest}
    lines |= {
        piece.label for piece in pieces if piece.height < THIN * piece.width and piece.width > 0.5 * height
    }
    return [piece for piece in pieces if piece.label not in lines]


def _measure_height(pieces: list[_Piece]) -> float:
    """Return the height of a usual digit: the middle one of pieces that are no crumbs; 0 without any."""
    heights = [piece.height for piece in pieces if piece.height > THIN * piece.width]
    if not heights:
        return 0.0
    most = float(np.quantile(heights, 0.9))
    return float(np.median([height for height in heights if height > 0.45 * most]))


def _join_pieces(pieces: list[_Piece], height: float) -> list[list[_Piece]]:
    """Join the pieces that make one digit: the bar of a 5, the strokes of a 4, a line that broke off.

    Every small piece goes to the nearest that it may belong to, those of least ink first.
    """
    groups = [[piece] for piece in sorted(pieces, key=lambda piece: piece.mass)]
    boxes = np.array([group[0][1:5] for group in groups], np.float64).reshape(
        -1, 4
    )  # top, bottom, left, right
    for index, group in enumerate(groups):
        top, bottom, left, right = boxes[index]
        is_low = bottom - top < SMALL * height
        together = np.stack(
            [
                np.maximum(boxes[:, 1], bottom) - np.minimum(boxes[:, 0], top),
                np.maximum(boxes[:, 3], right) - np.minimum(boxes[:, 2], left),
            ]
        )
        widths = boxes[:, 3] - boxes[:, 2]
        below = (
            together[0] - (boxes[:, 1] - boxes[:, 0]) - (bottom - top)
        )  # the gap, below 0 where they overlap
        beside = together[1] - widths - (right - left)
        is_above = (-beside >= 0.5 * np.minimum(widths, right - left)) & (below <= 2 * NEAR * height)
        gap = np.maximum(np.maximum(beside, below), 0)
        is_apart = (boxes[:, 1] - boxes[:, 0] >= SMALL * height) & (not is_low)
        belongs = ((gap <= NEAR * height) & is_low) | (is_above & ~is_apart)
        belongs &= (together[0] <= 1.35 * height) & (together[1] <= 1.1 * height)
        belongs[: index + 1] = False  # those before have gone to others, or stay alone
        if belongs.any():
            other = int(np.where(belongs, gap, np.inf).argmin())
            groups[other] += group
            low = np.minimum(boxes[other], boxes[index])
            high = np.maximum(boxes[other], boxes[index])
            boxes[other] = low[0], high[1], low[2], high[3]
            group.clear()
    return [group for group in groups if group]


def _surround(pieces: list[_Piece]) -> _Piece:
    """Return one piece around several."""
    return _Piece(
        pieces[0].label,
        min(piece.top for piece in pieces),
        max(piece.bottom for piece in pieces),
        min(piece.left for piece in pieces),
        max(piece.right for piece in pieces),
        sum(piece.mass for piece in pieces),
        sum(piece.area for piece in pieces),
    )


def _is_large(group: list[_Piece], height: float) -> bool:
    box = _surround(group)
    return LEAST * height <= box.height <= MOST * height and box.width <= MOST * max(height, box.height)


def _sort_rows(groups: list[list[_Piece]], height: float) -> list[list[list[_Piece]]]:
    """Sort digits into rows from above, and each row from the left; a row may go up or down a little."""
    rows: list[list[list[_Piece]]] = []
    for group in sorted(groups, key=lambda group: _surround(group).left):
        box = _surround(group)
        middle = (box.top + box.bottom) / 2
        away = []
        for row in rows:
            last = _surround(row[-1])
            away.append(abs(middle - (last.top + last.bottom) / 2))
        if away and min(away) < 0.6 * height:
            rows[int(np.argmin(away))].append(group)
        else:
            rows.append([group])
    return sorted(rows, key=lambda row: float(np.mean([_surround(group).top for group in row])))


def _cut_out(group: list[_Piece], labels: Labels, ink: Floats32) -> FoundInk:
    """Cut a digit's ink out, with the soft edge around it that no other part has."""
    box = _surround(group)
    rows = slice(max(box.top - 2, 0), box.bottom + 2)
    columns = slice(max(box.left - 2, 0), box.right + 2)
    here = labels[rows, columns]
    is_own = np.isin(here, [piece.label for piece in group])
    near = np.pad(is_own, 2)
    size = here.shape
    reached = np.zeros(size, bool)
    for down in range(5):
        for right in range(5):
            reached |= near[down : down + size[0], right : right + size[1]]
    own = np.where(is_own | (reached & (here < 0)), ink[rows, columns], np.float32(0))
    inner = find_box(own)
    return FoundInk(
        (
            slice(rows.start + inner[0].start, rows.start + inner[0].stop),
            slice(columns.start + inner[1].start, columns.start + inner[1].stop),
        ),
        own[inner],
    )
