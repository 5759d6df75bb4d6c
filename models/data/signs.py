"""What people draw that is no digit: letters, symbols, shapes, scribbles, digits run together or turned.

The same hand writes them that writes the built-in digits (see `models.data.strokes`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from models.data.glyphs import Glyph, read_glyph
from models.data.sign_table import SIGNS
from models.data.strokes import (
    DIGITS_PER_BATCH,
    FIELD_PX,
    draw_inputs,
    sample_strokes,
    sample_width,
    write_glyph,
)
from models.values import Floats32

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
        images[begin:end] = draw_inputs([_draw_any(rng) for rng in rngs], widths)
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
    return [
        stroke * np.array([-1, 1], np.float32) for stroke in sample_strokes(int(rng.choice(_MIRRORED)), rng)
    ]


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
