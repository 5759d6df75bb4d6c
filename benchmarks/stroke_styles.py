"""The built-in digits' ways of writing: a sheet of them, and how much of people's writing they cover.

    uv run python benchmarks/stroke_styles.py --sheet styles.png            # every entry, by three hands
    uv run python benchmarks/stroke_styles.py --pen PEN_FILE [--pen …]      # a minute a file
    uv run python benchmarks/stroke_styles.py --pen PEN_FILE --sheet styles.png  # with real ones beside them

Covered is a real drawing whose nearest of 20,000 built-in digits, by the distance of their blurred pixels, is
the same digit: with the table of `models.data.glyphs` alone, and with `models.data.styles` beside it. The
sheet has a block a digit: its entries, the table's before the grey line and the styles after it; below them
real drawings of the first pen file, from the best covered to the worst, each over its nearest built-in digit,
which stands on grey where it is another digit. It shows people's drawings, so it is for looking at alone.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from models.data.glyphs import GLYPHS, load_glyphs
from models.data.strokes import FIELD_PX, fit_strokes, generate_digits, render_strokes, write_glyph
from models.sketch.pen_digits import draw_all, prepare_drawings
from models.sketch.pen_files import load_pen_digits
from models.values import Floats32

NUM_GENERATED = 20_000
SEED = 3  # of none of the training's
HANDS = 3
TILE_PX = 56


def blur_images(images: Floats32) -> Floats32:
    """Blur images (N, 28, 28) by [1, 2, 1] each way, as (N, 784) of unit length."""
    for axis in (1, 2):
        images = (np.roll(images, 1, axis) + 2 * images + np.roll(images, -1, axis)) / np.float32(4)
    flat = images.reshape(len(images), -1)
    unit: Floats32 = (flat / np.linalg.norm(flat, axis=1, keepdims=True)).astype(np.float32)
    return unit


@dataclass(frozen=True)
class Coverage:
    """What is nearest to each of N real drawings.

    Attributes:
        real: (N, 28, 28) the drawings, prepared.
        shown: (N,) which digit each is.
        nearest: (N, 28, 28) uint8, the nearest built-in digit of each.
        answers: (N,) which digit that is.
        likeness: (N,) cosine of the two, blurred.
    """

    real: Floats32
    shown: np.ndarray
    nearest: np.ndarray
    answers: np.ndarray
    likeness: np.ndarray

    @property
    def is_covered(self) -> np.ndarray:
        """Return of which drawings (N,) the nearest is the same digit."""
        is_same: np.ndarray = self.answers == self.shown
        return is_same


def load_real(path: Path) -> tuple[Floats32, np.ndarray]:
    """Return a pen file's drawings as networks see them, (N, 28, 28), and what they are, (N,)."""
    digits = load_pen_digits(path)
    images, is_read, _ = prepare_drawings(draw_all(digits), from_image=False)
    return images[is_read], np.array([digit.label for digit in digits])[is_read]


def find_nearest(real: Floats32, shown: np.ndarray, with_styles: bool) -> Coverage:
    """Find the nearest built-in digit of each real drawing (N, 28, 28), of which `shown` says what it is."""
    images, labels = generate_digits(NUM_GENERATED, SEED, with_styles=with_styles)
    generated = blur_images(images.astype(np.float32)).T
    places, likeness = [], []
    for part in np.array_split(blur_images(real), max(len(real) // 500, 1)):
        alike = part @ generated
        places.append(alike.argmax(axis=1))
        likeness.append(alike.max(axis=1))
    place = np.concatenate(places)
    return Coverage(real, shown, images[place], labels[place], np.concatenate(likeness))


def measure_coverage(path: Path) -> Coverage:
    """Print the coverage of a file's drawings, digit by digit, and return that with styles."""
    real, shown = load_real(path)
    print(f"{len(shown):,} drawings of {path.name}\n")
    print("| | covered | " + " | ".join(map(str, range(10))) + " | likeness |")
    print("|---" + "|---:" * 12 + "|")
    for name, with_styles in (("the table", False), ("with styles", True)):
        coverage = find_nearest(real, shown, with_styles)
        shares = [np.mean(coverage.is_covered[shown == digit]) for digit in range(10)]
        row = " | ".join(f"{share:.3f}" for share in (np.mean(coverage.is_covered), *shares))
        print(f"| {name} | {row} | {coverage.likeness.mean():.3f} |", flush=True)
    return coverage


def draw_sheet(path: Path, coverage: Coverage | None) -> None:
    """Write the sheet of all ways of writing, with real drawings where there are any."""
    rng = np.random.default_rng(SEED)
    rows = [_draw_entries(digit, rng) for digit in range(10)]
    width = max(row.shape[1] for row in rows)
    blocks = []
    for digit, row in enumerate(rows):
        block = [_fill_up(row, width)]
        if coverage:
            block.append(_fill_up(_draw_real(coverage, digit, width // TILE_PX), width))
        blocks.append(np.pad(np.concatenate(block), ((0, 24), (0, 0))))
    Image.fromarray(np.rint(255 - 255 * np.concatenate(blocks)).astype(np.uint8)).save(path)
    print(f"Wrote {path}.")


def _draw_entries(digit: int, rng: np.random.Generator) -> Floats32:
    """Draw a digit's ways of writing by some hands each: the table's, a line, the styles."""
    tiles = []
    for glyph in load_glyphs(digit, with_styles=True):
        tiles.append(np.concatenate([_draw_tile(write_glyph(glyph, rng)) for _ in range(HANDS)]))
    tiles.insert(len(GLYPHS[digit]), np.full((HANDS * TILE_PX, 3), 0.4, np.float32))
    return np.concatenate(tiles, axis=1)


def _draw_real(coverage: Coverage, digit: int, num: int) -> Floats32:
    """Draw real drawings of a digit, the most likely covered first, each over its nearest built-in digit."""
    own = np.flatnonzero(coverage.shown == digit)
    own = own[np.lexsort((-coverage.likeness[own], ~coverage.is_covered[own]))]
    chosen = own[np.unique(np.linspace(0, len(own) - 1, num).round().astype(int))] if len(own) else own
    columns = []
    for i in chosen:
        paper = 0.0 if coverage.is_covered[i] else 0.25
        nearest = np.maximum(coverage.nearest[i] / np.float32(255), np.float32(paper))
        columns.append(np.concatenate([coverage.real[i], nearest]))
    if not columns:
        return np.zeros((2 * TILE_PX, 0), np.float32)
    scale = TILE_PX // FIELD_PX
    return np.concatenate(columns, axis=1).repeat(scale, axis=0).repeat(scale, axis=1)


def _fill_up(row: Floats32, width: int) -> Floats32:
    return np.pad(row, ((0, 8), (0, width - row.shape[1])))


def _draw_tile(strokes: list[Floats32]) -> Floats32:
    placed = [stroke + np.float32(4) for stroke in fit_strokes(strokes, 3.0, TILE_PX - 8)]
    return render_strokes(placed, 3.0, TILE_PX)


def main() -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pen", type=Path, action="append", default=[], metavar="PEN_FILE")
    parser.add_argument("--sheet", type=Path, metavar="PNG")
    options = parser.parse_args()
    coverages = [measure_coverage(path) for path in options.pen]
    if options.sheet:
        draw_sheet(options.sheet, coverages[0] if coverages else None)


if __name__ == "__main__":
    main()
