"""What people draw that is no digit: letters, symbols, shapes, scribbles, digits run together or turned.

The same hand writes them that writes the built-in digits (see `models.data.strokes`). Signs that are a digit
to the eye are left out on purpose: O and D are 0, I and l are 1, Z is 2, S is 5, b and G are 6, B is 8, g and q
are 9, y and u are an open 4, φ and θ a zero with a slash. Nobody can tell them apart without the word they
stand in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import numpy.typing as npt

from models.data.glyphs import Glyph, read_glyph
from models.data.strokes import (
    DIGITS_PER_BATCH,
    FIELD_PX,
    prepare_drawings,
    sample_strokes,
    sample_width,
    write_glyph,
)
from models.values import Floats32

# As the table of digits in `models.data.glyphs`. In a stroke that begins with "!" every point is a corner.
SIGNS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    # Letters
    "A": (
        ("!0,100 50,0 100,100", "!20,62 80,62"),
        ("!0,100 48,0 100,100 80,64 18,64",),
        ("0,100 8,40 50,0 92,40 100,100", "!6,58 94,58"),
        ("!50,0 0,100", "!50,0 100,100", "!14,70 86,68"),
    ),
    "C": (("95,18 60,0 15,20 0,55 20,90 60,100 95,85",), ("88,30 70,2 25,8 2,45 15,88 55,100 92,80",)),
    "d": (("85,55 45,42 8,65 15,95 55,98 85,72", "!88,0 88,100"),
          ("84,48 40,44 6,72 28,99 70,90 90,0 90,0 90,70 100,98",)),
    "E": (
        ("!90,0 0,0 0,100 90,100", "!0,50 75,50"),
        ("!0,0 0,100", "!0,0 90,0", "!0,50 70,50", "!0,100 90,100"),
        ("90,10 40,0 10,22 45,46 45,46 5,62 10,94 60,100 95,85",),
    ),
    "e": (("5,55 50,56 90,48 80,12 45,0 8,28 5,68 35,100 88,88",),),
    "F": (("!90,0 0,0 0,100", "!0,48 70,48"), ("!0,0 0,100", "!0,2 95,0", "!0,46 75,44"),
          ("90,10 65,0 48,20 48,100", "!15,42 85,42")),
    "H": (
        ("!0,0 0,100", "!100,0 100,100", "!0,50 100,50"),
        ("!0,0 2,100", "!2,52 96,46", "!94,0 98,100"),
        ("!5,0 0,100 0,50 95,50 100,0 95,100",),
    ),
    "h": (("!10,0 10,100", "10,62 45,40 85,55 88,100"), ("!12,0 8,100 8,100 14,60", "14,60 50,42 84,60 86,100")),
    "K": (("!0,0 0,100", "!90,0 0,55 90,100"), ("!0,0 0,100", "!85,0 5,50", "!25,42 95,100"),
          ("!10,0 10,100", "!80,35 10,70 85,100")),
    "L": (("!0,0 0,100 85,100",), ("20,0 8,60 10,96 10,96 95,90",)),
    "M": (("!0,100 5,0 50,70 95,0 100,100",), ("!0,100 0,0 50,60 100,0 100,100",),
          ("!0,10 0,100 0,45", "0,45 25,10 48,40 48,100 48,100 48,45 75,10 100,40 100,100")),
    "N": (("!0,100 0,0 100,100 100,0",), ("!0,0 0,100", "!0,0 96,100", "!96,100 98,0"),
          ("!0,5 0,100", "0,40 50,5 95,40 98,100")),
    "P": (("!0,0 0,100", "0,2 70,4 85,28 65,50 0,54"), ("!5,10 5,100", "5,20 60,5 88,32 60,60 5,52"),
          ("10,100 8,50 10,4 10,4 60,0 84,26 60,52 12,56",)),
    "T": (("!0,0 100,0", "!50,0 50,100"), ("!50,0 48,100", "!0,4 100,0"), ("!0,12 0,0 100,0 100,12", "!50,0 50,100")),
    "U": (("0,0 0,60 20,95 50,100 80,95 100,60 100,0",), ("0,0 4,80 48,100 94,78 98,0",)),
    "V": (("!0,0 50,100 100,0",), ("0,0 30,60 48,100 48,100 70,50 100,0",)),
    "W": (
        ("!0,0 25,100 50,30 75,100 100,0",),
        ("0,0 8,80 28,98 50,40 50,40 60,90 84,96 100,0",),
        ("!0,0 30,100 52,0 72,100 100,0",),
    ),
    "X": (("!0,0 100,100", "!100,0 0,100"), ("0,0 40,30 60,75 100,98", "!95,0 5,100")),
    "J": (("!30,0 100,0", "68,0 68,70 48,98 18,95 0,75"),),
    # Greek
    "pi": (("!0,5 100,5", "!30,5 22,100", "70,5 72,80 80,100 92,95"), ("0,18 18,2 100,2", "!32,4 24,100", "!70,4 74,100"),
           ("!0,0 100,0", "!25,0 25,100", "!75,0 75,100")),
    "alpha": (("100,0 70,60 35,95 5,70 10,30 40,10 70,50 100,100",),),
    "lambda": (("!15,0 85,100", "!48,45 10,100"), ("5,5 25,0 50,45 70,95 90,95", "!48,45 8,100")),
    "omega": (("20,15 0,60 20,98 50,60 80,98 100,60 80,15",),),
    "Omega": (("!0,100 30,100", "30,100 5,60 15,15 50,0 85,15 95,60 70,100", "!70,100 100,100"),),
    "Gamma": (("!90,0 0,0 0,100",), ("!95,12 95,0 10,0 10,100",)),
    "Xi": (("!0,0 100,0", "!15,50 85,50", "!0,100 100,100"),),
    # Marks
    "plus": (("!50,0 50,100", "!0,50 100,50"), ("!0,48 100,52", "!52,0 48,100"), ("!50,0 50,100", "!20,32 80,32")),
    "hash": (("!32,0 26,100", "!72,0 66,100", "!0,34 100,30", "!0,70 100,66"),
             ("!30,0 30,100", "!70,0 70,100", "!0,30 100,30", "!0,70 100,70")),
    "equals": (("!0,20 100,20", "!0,80 100,80"), ("!0,25 100,18", "!0,80 100,76", "!70,0 30,100")),
    "divide": (("!0,50 100,50", "48,10 52,14", "48,88 52,92"),),
    "less": (("!90,0 0,50 90,100",),),
    "greater": (("!0,0 90,50 0,100",),),
    "caret": (("!0,100 50,0 100,100",), ("!0,100 45,0 95,90",)),
    "bracket": (("!90,0 10,0 10,100 90,100",), ("!0,0 80,0 80,100 0,100",)),
    "question": (("5,22 30,0 75,5 85,28 55,48 48,72", "48,92 50,100"), ("10,30 45,0 85,20 60,45 50,55 50,76", "49,94 53,98")),
    "at": (("70,40 45,35 40,65 65,62 72,38 78,66 98,50 85,10 45,0 5,30 5,75 45,100 85,88",),),
    "infinity": (("50,50 22,20 0,50 22,80 50,50 78,20 100,50 78,80 50,50",), ("50,50 25,0 0,50 25,100 50,50 75,0 100,50 75,100 50,50",)),
    "asterisk": (("!50,0 50,100", "!7,25 93,75", "!93,25 7,75"), ("!0,50 100,50", "!25,5 75,95", "!75,5 25,95")),
    "tick": (("!0,50 35,100 100,0",), ("0,62 18,70 34,98 34,98 60,40 100,0",)),
    "pound": (("85,15 55,0 30,20 35,60 20,100", "!5,55 65,55", "!10,100 90,95"),),
    "wave": (("0,50 17,10 33,50 50,90 67,50 83,10 100,50",), ("0,30 20,0 50,60 80,100 100,70",)),
    "pilcrow": (("!55,0 55,100", "!85,0 85,100", "85,0 30,0 5,25 30,52 55,52"),),
    # Shapes
    "triangle": (
        ("!50,0 100,100 0,100 50,0",),
        ("!0,100 50,0 100,100 0,100",),
        ("!0,0 100,0 50,100 0,0",),
        ("!0,0 100,50 0,100 0,0",),
        ("!100,0 0,50 100,100 100,0",),
    ),
    "square": (
        ("!0,0 100,0 100,100 0,100 0,0",),
        ("!0,0 0,100 100,100 100,0 0,0",),
        ("!0,0 0,100", "!0,0 100,0 100,100", "!0,100 100,100"),
        ("!0,20 100,20 100,80 0,80 0,20",),
    ),
    "diamond": (("!50,0 100,50 50,100 0,50 50,0",),),
    "heart": (
        ("50,30 50,30 30,2 5,15 5,45 50,100 50,100 95,45 95,15 70,2 50,30",),
        ("50,25 28,0 2,22 12,55 50,100 50,100", "50,25 74,0 98,22 88,55 50,100"),
        ("50,100 50,100 10,55 0,22 25,0 50,26 50,26 75,0 100,22 90,55 50,100",),
    ),
    "arrow": (
        ("!0,50 100,50", "!65,15 100,50 65,85"),
        ("!100,50 0,50", "!35,15 0,50 35,85"),
        ("!50,100 50,0", "!15,35 50,0 85,35"),
        ("!50,0 50,100", "!15,65 50,100 85,65"),
        ("!0,100 100,0", "!45,0 100,0 100,55"),
        ("!0,50 100,50 70,20 100,50 70,80",),
        ("!50,100 50,0 20,30 50,0 80,30",),
    ),
    "dotted circle": (
        ("50,0 15,15 0,50 15,85 50,100 85,85 100,50 85,15 50,0", "47,47 53,48 52,53 47,52"),
        ("50,0 15,15 0,50 15,85 50,100 85,85 100,50 85,15 50,0", "49,49 51,51"),
    ),
    "crossed circle": (
        ("50,0 15,15 0,50 15,85 50,100 85,85 100,50 85,15 50,0", "!50,0 50,100", "!0,50 100,50"),
        ("50,0 15,15 0,50 15,85 50,100 85,85 100,50 85,15 50,0", "!15,15 85,85", "!85,15 15,85"),
        ("50,0 15,15 0,50 15,85 50,100 85,85 100,50 85,15 50,0", "!50,0 50,50 15,85", "!50,50 85,85"),
    ),
    "two rings": (("50,0 15,15 0,50 15,85 50,100 85,85 100,50 85,15 50,0", "50,28 32,36 28,55 42,72 62,68 72,50 64,32 50,28"),),
    "face": (("50,0 15,15 0,50 15,85 50,100 85,85 100,50 85,15 50,0", "33,35 34,40", "66,35 67,40", "25,62 40,78 60,78 75,62"),
             ("50,0 15,15 0,50 15,85 50,100 85,85 100,50 85,15 50,0", "30,38 36,38", "64,38 70,38")),
    "moon": (("60,0 10,20 5,75 60,100 60,100 35,75 35,25 60,0",), ("40,0 90,20 95,75 40,100 40,100 65,75 65,25 40,0",)),
    "man": (("50,0 38,10 50,24 62,12 50,0", "!50,24 50,65", "!15,40 85,40", "!20,100 50,65 80,100"),),
    "cup": (("!0,0 10,100 75,100 85,0 0,0", "85,25 100,35 95,60 80,65"),),
    "tree": (("!50,0 10,70 90,70 50,0", "!50,70 50,100"), ("50,0 15,20 15,55 50,65 85,55 85,20 50,0", "!50,65 50,100")),
    "stairs": (("!0,100 0,66 33,66 33,33 66,33 66,0 100,0",),),
    "note": (("20,80 0,90 10,100 28,94 30,82 30,0 30,0 60,12 62,36",), ("22,82 4,86 6,100 26,96 28,80 28,0 28,0 88,0 88,0 88,78 68,82 68,96 86,94 88,80",)),
    "mug handle": (("!10,0 10,100 90,100 90,0",),),
    "bow": (("!0,10 0,90 100,10 100,90 0,10",),),
    "cloud": (("15,90 0,65 15,40 35,35 50,10 75,20 80,42 100,55 90,88 15,90",),),
    "flower": (("50,50 35,20 50,0 65,20 50,50 85,35 100,55 75,65 50,50 70,85 50,100 32,82 50,50 20,65 0,50 20,35 50,50",),),
    "window": (("!0,0 100,0 100,100 0,100 0,0", "!50,0 50,100", "!0,50 100,50"), ("!0,0 100,0 100,100 0,100 0,0", "!0,0 100,100")),
    # Kept for measuring; see `HELD_OUT`
    "R": (("!0,0 0,100", "0,2 70,4 80,26 60,48 0,50", "!35,50 90,100"), ("5,100 5,2 5,2 70,2 78,30 20,50 20,50 95,100",)),
    "Y": (("!0,0 50,50 100,0", "!50,50 50,100"),),
    "psi": (("0,5 5,50 50,65 95,50 100,5", "!50,0 50,100"),),
    "Sigma": (("!95,0 0,0 55,50 0,100 95,100",),),
    "euro": (("95,15 60,0 25,25 22,70 55,100 95,85", "!0,40 70,40", "!0,60 65,60"),),
    "percent": (("15,5 2,18 15,35 28,20 15,5", "!90,0 10,100", "85,65 72,80 85,97 98,80 85,65"),),
    "ampersand": (("95,100 40,45 30,15 50,0 66,18 20,60 15,88 45,100 75,85 92,60",),),
    "house": (("!0,100 0,45 50,0 100,45 100,100 0,100",), ("!0,40 50,0 100,40 0,40 0,100 100,100 100,40",)),
    "fish": (("!0,20 0,80", "0,80 50,20 85,25 100,50 85,75 50,80 0,20"),),
    "key": (("30,0 5,15 5,40 30,52 55,40 55,15 30,0", "!30,52 30,100 60,100", "!30,80 55,80"),),
    "umbrella": (("!0,50 100,50", "0,50 15,12 50,0 85,12 100,50", "50,50 50,90 35,100 25,88"),),
    "anchor": (("!50,0 50,100", "!25,25 75,25", "0,65 15,92 50,100 85,92 100,65"),),
    "flag": (("!10,100 10,0 90,22 10,46",), ("!10,100 10,0 95,0 95,42 10,42",)),
    "eye": (("0,50 50,18 100,50 100,50 50,82 0,50", "50,36 38,50 50,64 62,50 50,36"),),
    "sun": (("50,30 32,38 30,60 50,70 70,60 68,38 50,30", "!50,0 50,20", "!50,80 50,100", "!0,50 20,50", "!80,50 100,50"),),
}  # fmt: skip

# Kinds that nothing is trained on: what is told of them is told of a sign never seen.
HELD_OUT = (
    "R", "Y", "psi", "Sigma", "euro", "percent", "ampersand", "house", "fish", "key", "umbrella", "anchor",
    "flag", "eye", "sun",
)  # fmt: skip
TRAINED = tuple(name for name in SIGNS if name not in HELD_OUT)

TABLE_SHARE = 0.66  # of what is drawn that no digit is

_MIRRORED = (3, 4, 6, 7, 9)  # digits that are none in a mirror
_TURNED = (2, 3, 4, 5, 7)  # and by a quarter turn


def sample_sign(name: str, rng: np.random.Generator) -> list[Floats32]:
    """Draw a sign as one of many people might.

    Args:
        name: One of `SIGNS`.
        rng: Source of every random choice.

    Returns:
        Strokes (P, 2) in drawing order, in a box of about 1 × 1 (x right, y down).

    Raises:
        ValueError: There is no such sign.
    """
    glyphs = _load_signs(name)
    return write_glyph(glyphs[rng.integers(len(glyphs))], rng)


def generate_signs(num: int, seed: int, start: int = 0) -> npt.NDArray[np.uint8]:
    """Draw what is no digit at random and prepare it as MNIST's digits are.

    Two thirds are signs of the table, all but those held out; the others are scribbles, digits that run
    together, come apart, are mirrored or lie on their side, and signs crossed by a line. Image i depends on
    `seed` and i alone.

    Args:
        num: How many.
        seed: Which set; 0 or above.
        start: Index of the first.

    Returns:
        Images (num, 28, 28) uint8.
    """
    images = np.empty((num, FIELD_PX, FIELD_PX), np.uint8)
    for begin in range(0, num, DIGITS_PER_BATCH):
        end = min(begin + DIGITS_PER_BATCH, num)
        rngs = [np.random.default_rng((seed, start + i)) for i in range(begin, end)]
        widths = np.array([sample_width(rng) for rng in rngs], np.float32)
        images[begin:end] = prepare_drawings([_draw_any(rng) for rng in rngs], widths)
    return images


def _draw_any(rng: np.random.Generator) -> list[Floats32]:
    if rng.random() < TABLE_SHARE:
        return sample_sign(TRAINED[rng.integers(len(TRAINED))], rng)
    return _MADE_UP[rng.integers(len(_MADE_UP))](rng)


@cache
def _load_signs(name: str) -> tuple[Glyph, ...]:
    if name not in SIGNS:
        raise ValueError(f"There is no sign called {name!r:.40}. Signs: {', '.join(SIGNS)}.")
    return tuple(read_glyph(tuple(map(_double_corners, strokes))) for strokes in SIGNS[name])


def _double_corners(stroke: str) -> str:
    """Return a stroke as the table of digits writes it, where a corner stands twice."""
    if not stroke.startswith("!"):
        return stroke
    first, *inner, last = stroke[1:].split()
    return " ".join([first, *(point for point in inner for _ in range(2)), last])


def _scribble(rng: np.random.Generator) -> list[Floats32]:
    """Draw one or two curves through random marks, some of them corners."""
    strokes = []
    for _ in range(rng.integers(1, 3)):
        marks = rng.integers(0, 101, (rng.integers(5, 9), 2))
        inner = [f"{x},{y}" for x, y in marks[1:-1] for _ in range(1 + (rng.random() < 0.3))]
        strokes.append(" ".join([f"{marks[0][0]},{marks[0][1]}", *inner, f"{marks[-1][0]},{marks[-1][1]}"]))
    return write_glyph(read_glyph(tuple(strokes)), rng)


def _run_together(rng: np.random.Generator) -> list[Floats32]:
    """Write two digits so close that they touch."""
    left, right = (_fit_height(sample_strokes(int(digit), rng)) for digit in rng.integers(10, size=2))
    width = max(float(stroke[:, 0].max()) for stroke in left)
    shift = np.array([width - rng.uniform(0.0, 0.15), rng.normal(0, 0.08)], np.float32)
    return [*left, *(stroke + shift for stroke in right)]


def _come_apart(rng: np.random.Generator) -> list[Floats32]:
    """Write a digit in two halves, each far from where it belongs."""
    strokes = _fit_height(sample_strokes(int(rng.choice((0, 2, 3, 5, 6, 8, 9))), rng))
    points = strokes[0]
    half = round(len(points) * rng.uniform(0.4, 0.6))
    angle = rng.uniform(0, 2 * np.pi)
    away = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(rng.uniform(0.45, 0.8))
    return [points[:half], points[half:] + away, *strokes[1:]]


def _mirror(rng: np.random.Generator) -> list[Floats32]:
    return [stroke * np.array([-1, 1], np.float32) for stroke in sample_strokes(int(rng.choice(_MIRRORED)), rng)]


def _lay_on_side(rng: np.random.Generator) -> list[Floats32]:
    turn = np.array([[0, 1], [-1, 0]], np.float32) * np.float32(rng.choice((-1, 1)))
    return [stroke @ turn for stroke in sample_strokes(int(rng.choice(_TURNED)), rng)]


def _cross_out(rng: np.random.Generator) -> list[Floats32]:
    """Draw a sign and a line across it."""
    strokes = _fit_height(sample_sign(TRAINED[rng.integers(len(TRAINED))], rng))
    ends = rng.random((2, 2)).astype(np.float32)
    return [*strokes, ends]


def _fit_height(strokes: list[Floats32]) -> list[Floats32]:
    """Move strokes to the origin and make them 1 high."""
    points = np.concatenate(strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    return [(stroke - low) / max(float(extent[1]), 1e-3) for stroke in strokes]


_MADE_UP: tuple[Callable[[np.random.Generator], list[Floats32]], ...] = (
    _scribble, _run_together, _come_apart, _mirror, _lay_on_side, _cross_out,
)  # fmt: skip
