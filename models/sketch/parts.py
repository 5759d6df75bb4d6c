"""The parts of an image's ink: what hangs together, what is enclosed, how often a line is crossed.

Shapes: H, W an image's height and width, K parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.values import Floats32

FAINTEST = 0.2  # ink below this joins nothing
MIN_HOLE = 0.01  # of the squared longer side: what is smaller lies between two strokes that nearly touch

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """Ink that hangs together, corners included; lengths in longer sides of the whole ink's box.

    Attributes:
        share: Of all ink, 0 to 1.
        left, right, top, bottom: Its box, from the top left corner of the whole ink's box.
    """

    share: float
    left: float
    right: float
    top: float
    bottom: float


def find_parts(ink: Floats32) -> list[Part]:
    """Find the parts of ink (H, W) in [0, 1] that is cropped to its box, the one with most ink first."""
    mask = ink > FAINTEST
    labels, num = label_mask(mask, joins_corners=True)
    if not num:
        return []
    mass = np.bincount(labels[mask], ink[mask], num)
    longer = max(ink.shape)
    parts = []
    for index in np.argsort(-mass, kind="stable"):
        rows, columns = np.nonzero(labels == index)
        parts.append(
            Part(
                float(mass[index] / mass.sum()),
                float(columns.min() / longer),
                float((columns.max() + 1) / longer),
                float(rows.min() / longer),
                float((rows.max() + 1) / longer),
            )
        )
    return parts


def count_parts(ink: Floats32) -> int:
    """Count the parts of ink (H, W)."""
    return label_mask(ink > FAINTEST, joins_corners=True)[1]


def count_holes(ink: Floats32) -> int:
    """Count the fields that ink (H, W), cropped to its box, encloses on all sides."""
    outside = ~np.pad(ink > FAINTEST, 1)
    labels, _ = label_mask(outside, joins_corners=False)
    areas = np.bincount(labels[outside])[1:]  # the first is what surrounds all ink
    return int((areas >= MIN_HOLE * max(ink.shape) ** 2).sum())


def count_crossings(ink: Floats32, axis: int) -> npt.NDArray[np.intp]:
    """Count how often a straight line meets ink (H, W): down every column (axis 0) or along every row (1).

    Returns:
        A count for each column or row that holds ink.
    """
    padded = np.pad(ink > FAINTEST, 1).astype(np.int8)
    counts: npt.NDArray[np.intp] = (np.diff(padded, axis=axis) == 1).sum(axis)
    return counts[counts > 0]


def label_mask(mask: Mask, joins_corners: bool) -> tuple[npt.NDArray[np.intp], int]:
    """Number the parts of a mask (H, W) in the order in which they begin, row by row.

    Joins the runs of each row with those of the row before that they touch: a few hundred runs, where
    pixels would be thousands.

    Returns:
        The number of each pixel's part (H, W), -1 outside the mask, and how many parts there are.
    """
    step = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = (line.tolist() for line in np.nonzero(step == 1))
    ends = np.nonzero(step == -1)[1].tolist()
    reach = int(joins_corners)
    owner = list(range(len(rows)))

    def find_root(run: int) -> int:
        while owner[run] != run:
            run = owner[run]
        return run

    before = 0  # the first run that may still touch: of the row before, and not yet passed
    for run, row in enumerate(rows):
        while rows[before] < row - 1 or (rows[before] == row - 1 and ends[before] + reach <= starts[run]):
            before += 1
        above = before
        while rows[above] == row - 1 and starts[above] < ends[run] + reach:
            first, second = sorted((find_root(above), find_root(run)))
            owner[second] = first
            above += 1
    labels = np.full(mask.shape, -1, np.intp)
    numbers: dict[int, int] = {}
    for run, row in enumerate(rows):
        labels[row, starts[run] : ends[run]] = numbers.setdefault(find_root(run), len(numbers))
    return labels, len(numbers)
