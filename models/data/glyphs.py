"""How people write the ten digits: a table of pen strokes, and the smooth curves through them.

Shapes: C control points, P points of a curve.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from models.data.styles import SHARED, STYLES, USUAL_SHARE
from models.values import Floats32

POINTS_PER_SPAN = 7  # curve points from one control point to the next: about one a pixel at 28×28

# How people write each digit. One entry is one way of writing it, the plainest first; one string is one
# stroke, its points "x,y" in hundredths of the digit's box, in the order the pen visits them. The pen
# follows a smooth curve through them, and turns sharply where a point stands twice.
GLYPHS: dict[int, tuple[tuple[str, ...], ...]] = {
    0: (
        ("54,1 26,13 12,50 25,87 52,99 80,86 90,50 79,14 54,1",),
        ("66,7 38,3 15,30 12,66 36,97 70,93 89,62 85,26 62,3 36,9",),  # closes with an overlap
        ("46,6 22,22 10,56 28,92 60,98 86,74 88,36 70,8 54,2",),  # stays a little open
        ("50,2 78,14 90,48 80,86 50,99 22,88 10,52 22,14 52,1",),  # clockwise
        ("58,0 20,20 14,62 40,98 76,80 82,34 56,4 34,22 30,34",),  # ends inside
        ("70,12 44,0 18,24 10,62 30,96 62,96 86,66 84,26 58,4 46,14 58,24",),  # ends in a curl
        ("76,2 44,8 18,40 16,78 46,100 80,80 86,46 66,22 34,24 20,34",),  # begun far out, closed within
        ("60,4 30,18 14,56 34,96 70,92 88,50 74,12 60,4 44,14",),
    ),
    1: (
        ("50,0 50,33 50,67 50,100",),
        ("50,0 51,33 50,67 50,100",),
        ("54,0 50,33 48,67 44,100",),
        ("32,20 54,0 54,0 54,50 54,100",),  # with a flag
        ("22,36 40,22 58,0 58,0 58,50 57,100",),  # with a long flag
        ("34,18 54,0 54,0 54,50 54,100", "28,100 54,99 80,100"),  # with flag and foot
        ("36,14 52,0 52,0 52,50 52,99 52,99 30,100 30,100 78,99",),  # the foot in the same stroke
        ("14,46 38,26 60,0 60,0 57,50 54,100",),  # the flag half as long as the stem
        ("6,52 34,32 66,0 66,0 56,50 46,100",),
        ("26,22 34,30 46,18 58,0 58,0 55,50 52,100",),  # the flag begins with a hook
        ("10,34 34,28 66,2 66,2 62,50 58,100",),  # a flat flag
        ("24,40 44,20 60,2 62,10 58,50 52,100",),  # round at the top
        ("32,52 50,24 60,0 60,0 58,50 56,100",),  # a steep flag
        ("20,30 24,36 44,24 62,0 62,0 52,60 44,92 52,96",),  # a hook at either end
        ("40,30 54,0 54,0 50,60 52,100",),
        ("4,40 30,24 64,4 64,4 50,56 36,100",),
    ),
    2: (
        ("12,26 28,6 56,0 82,14 80,40 48,70 10,98 10,98 50,97 92,97",),
        ("12,22 36,3 64,3 80,24 68,56 38,88 14,96 10,82 26,76 50,90 72,97 94,90",),  # with a loop
        ("16,18 40,1 68,6 76,28 58,58 14,96 14,96 34,88 60,96 92,90",),  # with a wavy foot
        ("22,34 12,20 32,2 66,2 84,24 70,54 40,78 8,98 8,98 52,92 94,98",),  # the start curls in
        ("14,10 48,0 80,12 76,42 44,74 12,92 16,100 50,94 90,96",),  # round at the foot
        ("10,14 46,2 76,14 74,44 30,94 12,90 20,78 50,84 92,82",),
        ("24,30 40,2 66,4 70,34 40,74 8,92 6,74 30,66 62,92 96,96",),  # with a wide loop
        ("20,16 50,0 66,20 56,56 30,98 30,98 94,96",),  # like a Z
        ("16,20 44,2 78,16 70,44 48,66 40,84 46,98 60,100",),  # a short foot
        ("12,20 40,0 70,8 74,34 50,62 34,88 52,100 70,96",),
        ("26,30 22,12 46,0 70,14 66,42 40,72 14,96 14,96 48,92 80,98",),
    ),
    3: (
        ("12,14 46,0 80,16 72,38 42,47 42,47 78,56 88,78 62,98 30,98 8,86",),
        ("12,4 48,4 84,3 84,3 62,24 42,42 42,42 78,50 88,74 58,100 10,90",),  # with a flat top
        ("14,12 50,0 78,18 64,42 42,49 36,43 46,41 78,56 85,82 52,100 10,88",),  # looped at the waist
        ("10,10 50,0 78,18 62,42 50,47 64,52 86,74 56,100 8,92",),  # soft at the waist
        ("18,10 52,0 74,18 56,40 36,46 36,46 74,52 92,72 72,98 34,100 12,92",),
        ("16,8 44,0 60,14 48,38 30,48 30,48 58,52 70,76 46,98 10,96",),  # slim
        ("10,16 50,0 84,10 70,36 34,44 34,44 60,50 64,74 44,96 16,84",),  # the top wider
        ("18,12 44,2 68,14 60,34 44,40 64,56 76,78 52,98 30,92",),
        ("14,20 30,4 60,0 76,16 62,36 40,44 40,44 70,50 84,70 70,94 36,100 10,86",),
    ),
    4: (
        ("20,4 16,30 10,58 10,58 50,58 92,56", "72,22 71,60 70,100"),  # open
        ("12,2 10,34 24,52 52,52 80,44", "82,0 80,48 74,100"),  # open and round
        ("64,0 36,32 6,64 6,64 50,64 94,63", "64,0 64,50 64,100"),  # closed
        ("92,64 50,65 6,64 6,64 38,30 66,0 66,0 65,50 66,100",),  # closed, in one stroke
        ("26,2 18,28 14,54 14,54 46,54 76,48", "80,4 78,52 74,100"),
        ("16,0 10,30 20,50 48,50 72,34 82,4 82,4 80,50 76,100",),  # the pen stays down
        ("58,4 34,32 8,56 8,56 48,58 90,54", "70,18 68,60 62,100"),
        ("34,0 28,34 24,64 24,64 48,62 74,58", "60,40 58,70 56,100"),  # narrow, a short stem
        ("40,0 26,36 14,66 14,66 40,66 70,62", "64,44 62,74 58,100"),
        ("42,0 28,34 18,64 18,64 44,64 66,58 66,40 66,40 62,72 58,100",),  # open, in one stroke
        ("50,0 34,30 20,60 20,60 46,58 70,52 60,80 52,100",),  # like a flash
        ("30,4 26,40 28,60 48,66 68,56", "68,30 64,66 60,100"),
        ("60,100 62,50 66,4 66,4 40,30 14,60 14,60 50,62 88,58",),  # begun at the foot
        ("70,6 44,30 20,56 42,60 72,50", "74,4 68,50 62,100"),
        ("38,2 24,30 12,54 30,58 60,54 84,50", "66,26 60,60 52,100"),
    ),
    5: (
        ("24,4 20,42 20,42 52,36 84,54 82,84 48,100 10,90", "24,4 56,4 86,2"),  # the bar last
        ("86,3 56,4 26,4 26,4 20,42 20,42 54,36 86,58 76,92 40,100 8,90",),  # in one stroke
        ("84,4 48,3 24,20 34,40 70,54 82,78 56,99 26,98 8,88",),  # like an S
        ("30,8 22,44 22,44 58,38 82,60 72,90 36,100 10,92", "32,6 62,4 94,0"),
        ("82,2 50,4 30,8 22,40 48,42 78,56 80,84 46,100 12,94",),  # rounded corners
        ("34,2 26,30 24,44 44,42 70,56 70,84 40,100 8,96", "34,4 64,6 92,2"),
        ("98,0 66,4 44,8 44,8 34,36 34,36 56,44 64,66 46,94 12,98 4,84",),  # a long bar, a curled foot
        ("36,6 28,36 28,36 56,38 70,62 58,90 30,99 8,90",),  # the bar forgotten
        ("80,4 54,6 34,4 28,40 52,38 74,56 70,84 44,100 16,96",),
        ("78,0 34,6 24,36 60,44 72,66 56,92 20,100",),
    ),
    6: (
        ("70,0 36,20 13,56 16,86 46,100 80,88 82,64 56,52 28,62 15,78",),
        ("76,0 46,26 20,60 14,86 36,100 66,94 74,76 54,66 28,76 18,88",),  # a straight stem
        ("80,12 60,1 32,16 13,54 18,88 48,100 80,86 80,62 54,52 26,64 17,80",),  # a hooked top
        ("62,0 30,30 12,66 24,94 56,99 84,80 74,60 46,58 28,74 34,86",),  # the loop curls in
        ("44,0 22,36 12,74 32,99 68,96 86,74 66,56 34,64 16,84",),
        ("40,0 20,34 14,72 34,98 64,90 72,66 54,58 40,74 42,98",),  # the loop crosses the foot
        ("66,0 40,24 18,60 18,88 44,98 64,80 58,66 38,72 26,92",),
        ("74,0 48,20 30,52 26,84 44,99 62,88 60,70 42,66 26,78",),  # a small loop
        ("80,4 52,2 36,24 30,60 34,92 52,98 66,84 56,70 34,72 18,76",),  # the loop ends outside
        ("60,0 44,30 34,66 40,96 58,94 66,78 50,68 26,74 12,78",),
        ("50,0 30,36 20,72 36,99 64,92 78,72 60,58 36,66 22,82",),
    ),
    7: (
        ("8,5 48,5 90,4 90,4 64,50 42,100",),
        ("8,5 48,5 90,4 90,4 64,50 42,100", "30,53 56,51 84,50"),  # with a crossbar
        ("12,20 13,4 13,4 50,5 90,4 90,4 62,48 46,100",),  # with a serif
        ("12,20 13,4 13,4 50,6 90,3 90,3 62,46 44,100", "28,54 54,50 80,48"),  # with both
        ("6,12 40,4 88,8 88,8 62,38 48,68 42,100",),  # a curved back
        ("8,8 34,6 66,2 84,12 74,42 52,72 40,100",),  # a round turn
        ("8,12 40,4 86,6 86,6 60,44 46,100", "32,50 54,53 82,46"),
        ("10,30 14,8 30,14 58,16 88,2 88,2 66,44 56,100",),  # a wavy top
        ("8,30 12,10 44,6 78,8 80,24 70,60 64,100",),  # nearly vertical
        ("10,24 8,10 24,8 50,10 84,2 84,2 60,48 46,100", "28,52 54,50 86,46"),
        (
            "12,12 46,8 82,6 64,44 44,72 36,100 36,100 42,72 28,56 54,52 82,48",
        ),  # the crossbar in the same stroke
        ("14,26 10,8 26,4 40,14 62,12 84,2 84,2 62,52 52,100", "30,56 54,52 80,46"),  # a curled start
        ("10,18 28,4 60,4 80,14 74,40 58,68 46,100", "26,54 52,52 80,50"),  # a round turn and a crossbar
        ("20,20 24,4 24,4 50,8 78,2 78,2 62,50 54,100", "36,48 56,46 88,42"),
        ("22,6 50,8 80,4 80,4 64,48 60,100", "44,50 62,50 84,48"),
    ),
    8: (
        ("76,12 48,0 20,14 30,38 66,56 82,80 50,100 18,82 30,58 66,38 78,16 68,4",),
        ("50,46 24,34 22,12 50,0 78,12 76,34 50,46 18,62 16,90 50,100 84,90 82,62 50,46",),  # loop by loop
        ("84,6 56,0 26,12 32,36 64,58 74,84 44,100 16,86 26,62 60,38 88,10",),  # open at the top
        ("50,44 26,28 32,6 60,0 76,16 58,40 26,62 18,86 46,100 78,88 74,64 50,44",),
        ("50,2 24,12 26,34 48,46 74,32 76,12 50,2", "48,47 18,64 18,90 50,100 82,88 80,62 50,46"),  # 2 rings
        ("80,10 48,0 14,14 20,38 54,52 62,78 46,100 32,84 46,58 74,34 86,14",),  # a small lower loop
        ("76,4 44,4 22,20 40,42 60,64 58,90 36,100 26,82 46,56 78,28 80,4",),  # slim, drawn back in one line
        ("72,20 50,4 34,16 38,36 70,62 84,86 52,100 14,88 22,66 56,44 70,22",),  # a large lower loop
        ("60,36 30,38 16,20 38,2 68,8 70,32 50,60 40,86 54,100 68,84 54,56 40,38",),  # a tail below a ring
        ("88,0 60,34 30,64 22,90 46,100 66,84 54,56 28,32 24,10 52,2 76,16",),  # begun with the long line
        ("30,14 50,2 72,12 66,34 38,54 28,80 46,99 64,86 56,58 34,34 30,12",),
        ("70,30 46,36 34,18 50,2 68,14 58,40 36,66 34,92 54,100 70,84 58,58 34,38",),
        ("20,16 40,2 60,14 54,40 30,70 34,96 58,98 66,76 46,50 26,34 22,14",),
    ),
    9: (
        ("82,18 54,2 22,14 16,36 40,52 68,42 83,16 83,16 80,56 74,100",),
        ("82,18 54,2 22,14 16,36 40,50 68,42 83,16 83,16 84,58 70,90 42,100 16,92",),  # a hooked tail
        ("80,14 44,0 16,24 32,50 66,42 84,14 78,56 56,100",),  # the tail flows out of the loop
        ("74,10 46,1 18,20 24,44 52,48 76,26 76,26 70,62 52,100",),
        ("78,24 58,2 24,10 18,36 44,48 76,30", "80,4 79,50 76,100"),  # the tail is a stroke of its own
        ("80,20 52,0 20,14 20,42 54,48 80,22 82,60 64,94 32,98 20,88",),  # round all along
        ("70,8 40,4 22,26 40,42 68,30 72,6 72,6 62,50 58,100",),  # a small head on a long stem
        ("60,14 44,4 28,20 36,34 54,26 62,12 62,12 60,56 54,100",),
        ("78,16 52,0 26,10 24,32 46,44 72,30 78,14 78,14 82,52 74,84 44,99 12,94",),  # like a g
        ("70,22 50,4 30,14 34,34 56,36 70,20 70,20 78,56 70,88 38,100 6,96",),
        ("62,18 48,6 36,16 42,30 58,28 64,14 70,20 84,58 62,94 10,98",),
        ("76,10 46,2 24,18 36,40 66,36 80,12 80,12 84,60 60,92 20,100 14,88",),  # the tail curls up
        ("80,6 40,4 22,22 40,38 72,24 72,24 70,60 68,84 44,98 20,90",),
        ("66,16 46,4 28,18 42,34 64,24 66,14 72,44 78,74 56,98 10,100",),  # tail and loop flow together
        ("70,6 36,6 24,28 48,40 70,30 58,34 74,60 62,94 12,96",),
        ("64,26 44,30 34,14 52,2 70,14 60,34 74,62 64,94 24,98",),
        ("84,0 58,4 30,16 26,36 52,44 76,28 76,28 64,64 52,100",),
    ),
}


@dataclass(frozen=True)
class Glyph:
    """One way of writing a digit, prepared for sampling; all its strokes are stored one after the other."""

    controls: Floats32  # (C, 2) in the unit box
    curve: Floats32  # (P, C) control points -> points of the smooth curve
    starts: tuple[int, ...]  # index of the first curve point of each stroke but the first
    stroke_index: npt.NDArray[np.intp]  # (C,) the stroke that a control point belongs to
    place_index: npt.NDArray[np.intp]  # (C,) equal for the two copies of a corner
    tips: npt.NDArray[np.intp]  # (2 · strokes,) control points where the pen touches down or lifts
    before_tips: npt.NDArray[np.intp]  # their neighbours on the stroke


@lru_cache(maxsize=20)
def load_glyphs(digit: int, with_styles: bool = False) -> tuple[Glyph, ...]:
    """Read the entries for one digit: the table's, or those of `models.data.styles` as well."""
    if digit not in GLYPHS:
        raise ValueError(f"digit is {digit!r}; it must be a whole number from 0 to 9.")
    return tuple(read_glyph(strokes) for strokes in GLYPHS[digit] + (STYLES[digit] if with_styles else ()))


@lru_cache(maxsize=10)
def load_shared(digit: int) -> tuple[tuple[Glyph, ...], npt.NDArray[np.float64]]:
    """Read the drawings that are written for this digit and for another one too.

    Returns:
        The drawings (S), and the probability of each (S,) if all that is drawn were shared ones, any digit as
        often as another: their sum is above 1 for a digit that shares many, and 1 on average.
    """
    entries = [
        (strokes, USUAL_SHARE if digit == usual else 1 - USUAL_SHARE)
        for usual, other, strokes in SHARED
        if digit in (usual, other)
    ]
    shares = np.array([share for _, share in entries]) * len(GLYPHS) / len(SHARED)
    return tuple(read_glyph(strokes) for strokes, _ in entries), shares


def read_glyph(strokes: tuple[str, ...]) -> Glyph:
    """Prepare one entry of a table for sampling."""
    marks = [[tuple(map(int, point.split(","))) for point in stroke.split()] for stroke in strokes]
    controls: Floats32 = np.array([point for stroke in marks for point in stroke], np.float32)  # (C, 2)
    controls /= 100
    stroke_index = np.repeat(np.arange(len(marks)), [len(stroke) for stroke in marks])
    is_corner_copy = np.zeros(len(controls), bool)
    is_corner_copy[1:] = (controls[1:] == controls[:-1]).all(1) & (stroke_index[1:] == stroke_index[:-1])

    first = np.flatnonzero(np.diff(stroke_index, prepend=-1))  # of each stroke
    last = np.append(first[1:], len(controls)) - 1
    bounds = [slice(i, j + 1) for i, j in zip(first.tolist(), last.tolist(), strict=True)]
    splines = [_build_spline(is_corner_copy[columns]) for columns in bounds]
    num_points = [len(spline) for spline in splines]
    curve = np.zeros((sum(num_points), len(controls)), np.float32)
    for spline, end, columns in zip(splines, np.cumsum(num_points).tolist(), bounds, strict=True):
        curve[end - len(spline) : end, columns] = spline

    return Glyph(
        controls=controls,
        curve=curve,
        starts=tuple(np.cumsum(num_points)[:-1].tolist()),
        stroke_index=stroke_index,
        place_index=np.cumsum(~is_corner_copy) - 1,
        tips=np.concatenate([first, last]),
        before_tips=np.concatenate([first + 1, last - 1]),
    )


def _build_spline(is_corner_copy: npt.NDArray[np.bool_]) -> Floats32:
    """Build the matrix (P, C) of the uniform Catmull-Rom spline through the C control points of a stroke.

    A control point that stands twice gives a corner of itself: its two tangents then point along the two
    chords that meet there. The empty span between the copies is left out. The ends are continued by
    repeating the end point.
    """
    num_controls = len(is_corner_copy)
    t = np.arange(POINTS_PER_SPAN) / POINTS_PER_SPAN
    weights = 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3], axis=1
    )
    spans = np.flatnonzero(~is_corner_copy[1:]).tolist()
    matrix = np.zeros((len(spans) * POINTS_PER_SPAN + 1, num_controls), np.float32)
    for i, span in enumerate(spans):
        for k in range(4):
            column = min(max(span - 1 + k, 0), num_controls - 1)
            matrix[i * POINTS_PER_SPAN : (i + 1) * POINTS_PER_SPAN, column] += weights[:, k]
    matrix[-1, -1] = 1
    return matrix
