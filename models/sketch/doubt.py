"""What is no digit, and what may be none: a scribble, two digits at once, something much too wide.

A network shares out its probabilities among ten digits whatever it is given. What is told apart here it
should not be asked about. The limits lie beyond nearly all that people write as digits: they refuse 0.05 % of
MNIST's test digits and 0.03 % of real pen drawings, as `tests/sketch/test_doubt.py` measures. Letters and
signs, which lines alone do not tell from digits, are doubted by `models.sketch.detector`. Shapes: H, W an
image's height and width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from models.data.strokes import Strokes, fit_strokes, render_strokes
from models.sketch.image import find_box, shrink_image
from models.sketch.likeness import measure_width
from models.sketch.parts import Part, count_crossings, count_holes, find_parts
from models.values import Floats32

FINE_PX = 48  # longer side of a drawing looked at for this …
FINE_PEN_PX = 2.0  # … with a pen so thin that neighbouring strokes stay apart
BOLD_PEN_PX = 3.5  # makes one of strokes that were gone over twice
MAX_SIDE_PX = 64

BROAD_PX = 3.0  # the uneven edge of such a pen is met again and again by a line that runs along it …
PLAIN = 0.7  # of that limit on crossings: what has more is no digit with uneven edges
LASTING_PX = 3  # … but not by so many lines side by side
MAX_LENGTH = 4.6  # of all lines, in longer sides of the box
MAX_MEAN_CROSSINGS = 5.9  # of a line across and of one down, together
MAX_CROSSINGS = 9  # of the line across and the line down that meet most ink, together
MAX_HOLES = 4
MAX_FILL = 0.72  # of a square around the ink
MAX_BOLD_FILL = 0.4  # the same, where the lines are drawn with the bold pen
MIN_MERGED = 1.3  # times as long are lines gone over twice when they are drawn with the thin pen
MAX_PARTS = 3
MIN_PART = 0.01  # of all ink: less is a speck
MAX_ASPECT = 2.3  # width to height

Kind = Literal["scribble", "blot", "pieces", "two digits", "too wide", "sign"]


@dataclass(frozen=True)
class Doubt:
    """Why ink may not be one digit.

    Attributes:
        kind: Which of the cases it is.
        reason: What is odd and what to do, in a learner's words.
        is_strong: Whether it is so odd that no network should be asked; otherwise its answer stands beside
            the reason.
    """

    kind: Kind
    reason: str
    is_strong: bool


def doubt_strokes(strokes: Strokes) -> Doubt | None:
    """Look at pen strokes (P, 2), at least one point, for what makes them no digit.

    Where there are too many lines, they are drawn again with a bolder pen: if many of them are one then, and
    those that are left are not too many, somebody has gone over a digit to make it bold.
    """
    fine = _draw_with(strokes, FINE_PEN_PX)
    doubt = doubt_ink(fine, has_even_edges=True)
    if doubt is None or doubt.kind != "scribble":
        return doubt
    bold = _draw_with(strokes, BOLD_PEN_PX)
    is_merged = _measure_length(fine) > MIN_MERGED * _measure_length(bold)
    is_full = float(bold.sum()) > MAX_BOLD_FILL * FINE_PX**2
    return None if is_merged and not is_full and _doubt_lines(bold, has_even_edges=True) is None else doubt


def _draw_with(strokes: Strokes, pen_px: float) -> Floats32:
    drawn = render_strokes(fit_strokes(strokes, pen_px, FINE_PX), pen_px, FINE_PX)
    return drawn[find_box(drawn)]


def doubt_ink(ink: Floats32, has_even_edges: bool = False) -> Doubt | None:
    """Look at ink (H, W) in [0, 1], some of it above 0, for what makes it no digit.

    Args:
        ink: What is looked at.
        has_even_edges: Whether it was drawn by `render_strokes`; other brushes may leave beaded edges.
    """
    ink = ink[find_box(ink)]
    ink = shrink_image(ink, MAX_SIDE_PX)
    parts = [part for part in find_parts(ink) if part.share >= MIN_PART]
    return _doubt_parts(parts) or _doubt_shape(ink) or _doubt_lines(ink, has_even_edges)


def _doubt_parts(parts: list[Part]) -> Doubt | None:
    if len(parts) < 2:
        return None
    return _doubt_pair(parts[0], parts[1], len(parts)) or _doubt_number(parts)


def _doubt_number(parts: list[Part]) -> Doubt | None:
    if len(parts) <= MAX_PARTS:
        return None
    reason = (
        f"There are {len(parts)} separate pieces here, too many for one digit. Draw one digit from 0 to 9."
    )
    return Doubt("pieces", reason, is_strong=True)


def _doubt_pair(first: Part, second: Part, num_parts: int) -> Doubt | None:
    """Tell two digits from one whose strokes do not meet.

    The parts of one digit are of unlike size, as the bar of a 5 is, or lie close together and make something
    narrow, as the two strokes of a 4 do. Two digits are alike in height and make something wide.
    """
    if min(first.share, second.share) < 0.2:
        return None
    left, right = sorted((first, second), key=lambda part: part.left)
    upper, lower = sorted((first, second), key=lambda part: part.top)
    top, bottom = upper.top, max(first.bottom, second.bottom)
    width = max(first.right, second.right) - left.left
    beside = right.left - left.right  # the gap; below 0 where they overlap
    below = lower.top - upper.bottom
    shorter = min(part.bottom - part.top for part in (first, second))
    if shorter > 0.5 * (bottom - top):
        is_wide = width > 0.9 * (bottom - top)
        if beside > 0.15 or (is_wide and beside > -0.05):
            return _find_two("beside each other", is_strong=True)
        if beside > 0.07:
            return _find_two("beside each other", is_strong=False)
    if shorter > 0.33 and width < 0.58 * (bottom - top) and width > 0.12:
        if below > 0.06:
            return _find_two("one above the other", is_strong=True)
        if below > 0.03:
            return _find_two("one above the other", is_strong=False)
    return None


def _find_two(how: str, is_strong: bool) -> Doubt:
    if is_strong:
        reason = f"These look like two digits, {how}. A network reads one at a time: draw only one."
    else:
        reason = f"These may be two digits, {how}. A network reads one; if it is one, join its strokes."
    return Doubt("two digits", reason, is_strong)


def _doubt_shape(ink: Floats32) -> Doubt | None:
    """Doubt what is much wider than any digit, or filled with ink."""
    height, width = ink.shape
    if width > MAX_ASPECT * height:
        reason = f"This is {width / height:.1f} times as wide as it is high; no digit is. Draw it upright."
        return Doubt("too wide", reason, is_strong=True)
    if float(ink.sum()) > MAX_FILL * max(height, width) ** 2:
        reason = "This is a patch of ink: its lines cannot be told apart. Draw one digit with a thinner pen."
        return Doubt("blot", reason, is_strong=True)
    return None


def _measure_length(ink: Floats32) -> float:
    """Measure how long all lines are, in longer sides of the ink's box."""
    length: float = float(ink.sum()) / measure_width(ink) / max(ink.shape)
    return length


def _doubt_lines(ink: Floats32, has_even_edges: bool) -> Doubt | None:
    """Doubt lines that are too long, cross too often or enclose too much."""
    across, down = count_crossings(ink, axis=1), count_crossings(ink, axis=0)
    mean_crossings = across.mean() + down.mean()
    is_plain = mean_crossings < PLAIN * MAX_MEAN_CROSSINGS
    is_beaded = not has_even_edges and is_plain and measure_width(ink) > BROAD_PX
    num_lasting = LASTING_PX if is_beaded else 1
    most = sum(_find_most(counts, num_lasting) for counts in (across, down))
    is_crossed = mean_crossings > MAX_MEAN_CROSSINGS or most > MAX_CROSSINGS
    if is_crossed or _measure_length(ink) > MAX_LENGTH or count_holes(ink) > MAX_HOLES:
        reason = "There are too many lines here for one digit. Clear the pad and draw one from 0 to 9."
        return Doubt("scribble", reason, is_strong=True)
    return None


def _find_most(counts: npt.NDArray[np.intp], num_lasting: int) -> int:
    """Return the most crossings that so many neighbouring lines all reach."""
    num_lasting = min(num_lasting, len(counts))
    return int(np.lib.stride_tricks.sliding_window_view(counts, num_lasting).min(axis=1).max())


def doubt_prepared(image: Floats32) -> Doubt | None:
    """Ask the detector about a network's input (28, 28); only what prepares a drawing has to load torch."""
    from models.sketch.detector import doubt_image

    return doubt_image(image)
