"""The built-in digits' ways of writing: a sheet of them, and how much of people's writing they cover.

    uv run python benchmarks/stroke_styles.py --sheet styles.png            # every entry, by three hands
    uv run python benchmarks/stroke_styles.py --pen PEN_FILE [--pen …]      # a minute a file

Covered is a real drawing whose nearest of 20,000 built-in digits, by the distance of their blurred pixels, is
the same digit: with the table of `models.data.glyphs` alone, and with `models.data.styles` beside it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from models.data.glyphs import GLYPHS, load_glyphs
from models.data.strokes import fit_strokes, generate_digits, render_strokes, write_glyph
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
        images = (np.roll(images, 1, axis) + 2 * images + np.roll(images, -1, axis)) / 4
    flat = images.reshape(len(images), -1)
    unit: Floats32 = (flat / np.linalg.norm(flat, axis=1, keepdims=True)).astype(np.float32)
    return unit


def find_nearest(real: Floats32, with_styles: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return of each real image (N, 784) which digit its nearest built-in one is, and their likeness."""
    images, labels = generate_digits(NUM_GENERATED, SEED, with_styles=with_styles)
    generated = blur_images(images.astype(np.float32)).T
    nearest, likeness = [], []
    for part in np.array_split(real, max(len(real) // 500, 1)):
        alike = part @ generated
        nearest.append(alike.argmax(axis=1))
        likeness.append(alike.max(axis=1))
    return labels[np.concatenate(nearest)], np.concatenate(likeness)


def measure_coverage(path: Path) -> None:
    """Print the coverage of a file's drawings, digit by digit."""
    digits = load_pen_digits(path)
    labels = np.array([digit.label for digit in digits])
    images, is_read, _ = prepare_drawings(draw_all(digits), from_image=False)
    real, shown = blur_images(images[is_read]), labels[is_read]
    print(f"{len(shown):,} drawings of {path.name}\n")
    print("| | covered | " + " | ".join(map(str, range(10))) + " | likeness |")
    print("|---" + "|---:" * 12 + "|")
    for name, with_styles in (("the table", False), ("with styles", True)):
        answers, likeness = find_nearest(real, with_styles)
        shares = [np.mean(answers[shown == digit] == digit) for digit in range(10)]
        row = " | ".join(f"{share:.3f}" for share in (np.mean(answers == shown), *shares))
        print(f"| {name} | {row} | {likeness.mean():.3f} |", flush=True)


def draw_sheet(path: Path) -> None:
    """Write a row a digit: the table.s ways of writing it, then the styles, by three hands each."""
    rng = np.random.default_rng(SEED)
    rows = []
    for digit in range(10):
        glyphs = load_glyphs(digit, with_styles=True)
        tiles = []
        for glyph in glyphs:
            tiles.append(np.concatenate([_draw_tile(write_glyph(glyph, rng)) for _ in range(HANDS)]))
        tiles.insert(len(GLYPHS[digit]), np.full((HANDS * TILE_PX, 3), 0.4, np.float32))
        rows.append(np.concatenate(tiles, axis=1))
    width = max(row.shape[1] for row in rows)
    sheet = np.concatenate([np.pad(row, ((0, 8), (0, width - row.shape[1]))) for row in rows])
    Image.fromarray(np.rint(255 - 255 * sheet).astype(np.uint8)).save(path)
    print(f"Wrote {path}.")


def _draw_tile(strokes: list[Floats32]) -> Floats32:
    placed = [stroke + np.float32(4) for stroke in fit_strokes(strokes, 3.0, TILE_PX - 8)]
    return render_strokes(placed, 3.0, TILE_PX)


def main() -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pen", type=Path, action="append", default=[], metavar="PEN_FILE")
    parser.add_argument("--sheet", type=Path, metavar="PNG")
    options = parser.parse_args()
    if options.sheet:
        draw_sheet(options.sheet)
    for path in options.pen:
        measure_coverage(path)


if __name__ == "__main__":
    main()
