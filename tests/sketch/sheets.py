"""Images with several digits and pages of text, made up.

Every maker takes a seed and returns an image, those of digits also what is written there, row by row.
"""

from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from models.data.strokes import render_strokes, sample_strokes
from tests.sketch.paper import shoot
from tests.sketch.pictures import compress, make_ramp, to_bytes

FONT_FOLDER = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
FONTS = (
    "DejaVuSans",
    "DejaVuSerif",
    "DejaVuSansMono",
    "DejaVuSans-Bold",
    "STIXGeneral",
    "DejaVuSerif-Italic",
)

TEXT = (
    "the network reads a digit of light and paper while every weight follows gradient descent through "
    "layers that convolve images with small kernels then pool what they found until ten numbers remain "
    "Students ask Why does this work and The teacher answers Look closely and try again tomorrow maybe"
)


def write_rows(rows, rng, cell=(90, 120), pen=(0.07, 0.11), height=(0.55, 0.72), shift=0.05):
    """Ink (H, W) of rows of digits by hand, each in a cell (width, height) of its own."""
    width, tall = cell
    side = max(width, tall)
    sheet = np.zeros((tall * len(rows), width * max(map(len, rows))), np.float32)
    pen_share = rng.uniform(*pen)
    for row, digits in enumerate(rows):
        for column, digit in enumerate(digits):
            strokes = sample_strokes(digit, rng)
            points = np.concatenate(strokes)
            height_px = rng.uniform(*height) * tall
            pen_px = pen_share * height_px
            extent = np.ptp(points, axis=0)
            scale = min((height_px - pen_px) / extent.max(), (0.86 * width - pen_px) / max(extent[0], 1e-6))
            corner = (np.array(cell) - extent * scale) / 2 + rng.uniform(-shift, shift, 2) * np.array(cell)
            placed = [((stroke - points.min(0)) * scale + corner).astype(np.float32) for stroke in strokes]
            drawn = render_strokes(placed, pen_px, side)[:tall, :width]
            place = slice(row * tall, (row + 1) * tall), slice(column * width, (column + 1) * width)
            sheet[place] = np.maximum(sheet[place], drawn)
    return sheet


def choose_rows(rng, num_rows, num_columns):
    return [[int(digit) for digit in rng.integers(0, 10, num_columns)] for _ in range(num_rows)]


def draw_row(seed):
    """A drawing program: two to eight digits in a row, black on white."""
    rng = np.random.default_rng((seed, 1))
    rows = choose_rows(rng, 1, rng.integers(2, 9))
    sheet = np.pad(write_rows(rows, rng), int(rng.integers(4, 40)))
    return to_bytes(1 - sheet if seed % 2 else sheet), rows


def draw_block(seed):
    """Two or three rows of digits."""
    rng = np.random.default_rng((seed, 2))
    rows = choose_rows(rng, rng.integers(2, 4), rng.integers(2, 6))
    return to_bytes(1 - np.pad(write_rows(rows, rng), 20)), rows


def photograph_row(seed):
    """A phone's photo of digits on paper: light that falls off, noise, perspective."""
    rng = np.random.default_rng((seed, 3))
    rows = choose_rows(rng, rng.integers(1, 3), rng.integers(2, 6))
    ink = write_rows(rows, rng)
    side = max(ink.shape) + int(rng.integers(60, 200))
    sheet = np.zeros((side, side), np.float32)
    top, left = ((side - size) // 2 for size in ink.shape)
    sheet[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    light = 0.9 * make_ramp(rng, side, rng.uniform(0.1, 0.5)) * (1 - rng.uniform(0.6, 0.85) * sheet)
    return shoot(np.repeat(light[:, :, None], 3, 2), rng), rows


def _rule_grid(shape, rows, columns, cell, thick_px, corner):
    ink = np.zeros(shape, np.float32)
    width, tall = cell
    bottom, right = corner + rows * tall, corner + columns * width
    for row in range(rows + 1):
        at = corner + row * tall
        ink[max(at - thick_px // 2, 0) : at + (thick_px + 1) // 2, corner : right + 1] = 1
    for column in range(columns + 1):
        at = corner + column * width
        ink[corner : bottom + 1, max(at - thick_px // 2, 0) : at + (thick_px + 1) // 2] = 1
    return ink


def fill_sudoku(seed, with_light=False):
    """One to three lines of a sudoku: a grid with digits in most of its cells."""
    rng = np.random.default_rng((seed, 4))
    num_rows = int(rng.integers(1, 4))
    cells = choose_rows(rng, num_rows, 9)
    cell = (70, 70)
    empty = rng.random((num_rows, 9)) < 0.25
    digits = write_rows(cells, rng, cell, height=(0.55, 0.68), shift=0.03)
    for row, column in zip(*np.nonzero(empty), strict=True):
        digits[row * 70 : (row + 1) * 70, column * 70 : (column + 1) * 70] = 0
    corner = int(rng.integers(3, 30))
    sheet = np.pad(digits, corner + 2)
    grid = _rule_grid(sheet.shape, num_rows, 9, cell, int(rng.integers(1, 5)), corner + 2)
    light = (1 - rng.uniform(0.4, 0.9) * grid) * (1 - 0.88 * sheet)
    rows = [
        [digit for column, digit in enumerate(line) if not empty[row, column]]
        for row, line in enumerate(cells)
    ]
    if with_light:
        height, width = light.shape
        light = light * 0.9 * make_ramp(rng, max(light.shape), 0.3)[:height, :width]
        return compress(light + rng.normal(0, 0.012, light.shape), 85), [row for row in rows if row]
    return to_bytes(light), [row for row in rows if row]


def photograph_sudoku(seed):
    """The same under uneven light, with noise, as JPEG."""
    return fill_sudoku(seed, with_light=True)


def fill_form(seed):
    """A form: a box of its own for each digit."""
    rng = np.random.default_rng((seed, 5))
    rows = choose_rows(rng, 1, rng.integers(3, 9))
    cell = (90, 110)
    sheet = np.pad(write_rows(rows, rng, cell, height=(0.45, 0.6), shift=0.03), 16)
    boxes = np.zeros_like(sheet)
    for column in range(len(rows[0])):
        grid = _rule_grid((110, 90), 1, 1, (80, 100), int(rng.integers(1, 4)), 4)
        boxes[16:126, 16 + 90 * column : 106 + 90 * column] = grid
    return to_bytes((1 - rng.uniform(0.4, 0.9) * boxes) * (1 - 0.88 * sheet)), rows


SHEETS = {
    "row": draw_row,
    "rows": draw_block,
    "photo": photograph_row,
    "sudoku": fill_sudoku,
    "sudoku in light": photograph_sudoku,
    "form": fill_form,
}


def set_page(seed, num_lines=None, is_photo=False):
    """A page or screenshot of one to forty lines of print, light or dark."""
    rng = np.random.default_rng((seed, 6))
    num_lines = num_lines or int(rng.integers(1, 41))
    size = int(rng.integers(14, 34))
    font = ImageFont.truetype(FONT_FOLDER / f"{FONTS[seed % len(FONTS)]}.ttf", size)
    is_dark = rng.random() < 0.5
    paper, ink = ((24, 26, 32), (222, 226, 232)) if is_dark else ((255, 255, 255), (20, 20, 24))
    margin, step = int(rng.integers(10, 50)), round(size * rng.uniform(1.2, 1.7))
    width = int(rng.integers(24, 60)) * size // 2 + 2 * margin
    page = Image.new("RGB", (width, 2 * margin + num_lines * step), paper)
    draw = ImageDraw.Draw(page)
    for line in range(num_lines):
        text = ""
        while font.getlength(text) < rng.uniform(0.7, 0.95) * (width - 2 * margin):
            text += ("" if not text else " ") + str(rng.choice(TEXT.split()))
        text = text.rpartition(" ")[0] or text
        draw.text((margin, margin + line * step), text, fill=ink, font=font)
    if not is_photo:
        return np.asarray(page)
    side = max(page.size)
    light = np.asarray(page.convert("L"), np.float32) / 255
    light = light * make_ramp(rng, side, 0.3)[: page.height, : page.width] + rng.normal(0, 0.012, light.shape)
    return compress(light, 85)
