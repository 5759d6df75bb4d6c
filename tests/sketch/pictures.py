"""Pictures of digits as people send them, made up: each kind of paper, pen, light and frame by itself.

Every maker takes a digit and a seed and returns an image; the same two give the same image.
"""

import io

import numpy as np
from PIL import Image, ImageFilter

from models.data.strokes import render_strokes, sample_strokes
from tests.sketch.paper import INKS, PAPERS, rule_lines, shoot, take_photo

SIDE = 320


def seed_picture(kind, digit, seed):
    return np.random.default_rng([seed, digit, *kind.encode()])


def write(digit, rng, pen=(0.06, 0.11), height=(0.5, 0.7), side=SIDE):
    """Strokes of a digit within a square picture, each (P, 2) in pixels, and the pen's width."""
    strokes = sample_strokes(digit, rng)
    points = np.concatenate(strokes)
    height_px = rng.uniform(*height) * side
    pen_px = max(rng.uniform(*pen) * height_px, 1.2)
    scale = (height_px - pen_px) / np.ptp(points, axis=0).max()
    room = side - np.ptp(points, axis=0) * scale
    corner = room / 2 + rng.uniform(-0.06, 0.06, 2) * side
    return [((stroke - points.min(0)) * scale + corner).astype(np.float32) for stroke in strokes], pen_px


def ink(digit, rng, **how):
    strokes, pen_px = write(digit, rng, **how)
    return render_strokes(strokes, pen_px, how.get("side", SIDE))


def to_bytes(light):
    return np.rint(np.clip(light, 0, 1) * 255).astype(np.uint8)


def compress(light, quality):
    file = io.BytesIO()
    Image.fromarray(to_bytes(light)).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def soften(light, radius_px):
    """Blur (H, W) as a lens out of focus does."""
    image = Image.fromarray(np.asarray(light, np.float32))  # mode F has no filter: 8 bits do
    image = Image.fromarray(to_bytes(np.asarray(image))).filter(ImageFilter.GaussianBlur(radius_px))
    return np.asarray(image, np.float32) / 255


def make_clouds(rng, side, cells):
    """Smooth noise (side, side), about normal, whose waves are side / cells long."""
    coarse = rng.normal(0, 1, (cells + 2, cells + 2)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC))


def make_ramp(rng, side, depth):
    """Light that falls off by `depth` across the picture, in any direction: (side, side)."""
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    return 1 - depth * (1 + (np.cos(angle) * x + np.sin(angle) * y) / np.sqrt(2)) / 2


# Drawings and scans


def draw(digit, seed):
    """A drawing program: black on white."""
    return to_bytes(1 - ink(digit, seed_picture("draw", digit, seed)))


def stamp(digit, seed):
    """A brush that stamps discs along the stroke: its edges are beaded."""
    rng = seed_picture("stamp", digit, seed)
    strokes, pen_px = write(digit, rng, pen=(0.08, 0.14))
    step_px = rng.uniform(0.45, 0.7) * pen_px
    painted = np.zeros((SIDE, SIDE), np.float32)
    for stroke in strokes:
        along = np.append(0, np.cumsum(np.hypot(*np.diff(stroke, axis=0).T)))
        places = np.arange(0, along[-1] + step_px, step_px)
        for x, y in zip(*(np.interp(places, along, stroke[:, axis]) for axis in (0, 1)), strict=True):
            disc = render_strokes([np.array([[x, y]], np.float32)], pen_px * rng.uniform(0.8, 1), SIDE)
            painted = np.maximum(painted, disc)
    return to_bytes(1 - painted)


def print_ragged(digit, seed):
    """A worn print or a fax: one bit a pixel, its edges eaten, a few crumbs around."""
    rng = seed_picture("ragged", digit, seed)
    drawn = soften(ink(digit, rng, pen=(0.08, 0.13)), 2.5)
    rough = 0.16 * make_clouds(rng, SIDE, 90) + 0.08 * rng.normal(0, 1, drawn.shape)
    return to_bytes(1.0 - (drawn + rough > 0.52))


def speck(digit, seed):
    """A scan whose white is clipped: nearly white all over, with grains of dust and a few dots."""
    rng = seed_picture("speck", digit, seed)
    light = 1 - 0.9 * ink(digit, rng, pen=(0.035, 0.08))
    grains = rng.random(light.shape) < rng.uniform(0.002, 0.02)
    light -= grains * rng.uniform(0.02, 0.3, light.shape)
    for _ in range(rng.integers(3, 12)):
        dot = rng.uniform(0, SIDE, (1, 2)).astype(np.float32)
        light -= rng.uniform(0.2, 0.8) * render_strokes([dot], rng.uniform(1.5, 4), SIDE)
    return to_bytes(light)


def pad_photo(digit, seed):
    """A photo's patch in the middle of a pure white (or black) square, as some programs save it."""
    rng = seed_picture("pad", digit, seed)
    photo, _ = take_photo(digit, seed, "plain", ("black", "blue", "pencil")[seed % 3], 240)
    paper = 255 if rng.random() < 0.7 else 0
    sides = rng.integers(4, 90, 4)
    if rng.random() < 0.5:
        sides[:2] = 0  # above and below alone
    return np.pad(photo, ((sides[0], sides[1]), (sides[2], sides[3]), (0, 0)), constant_values=paper)


def pad_and_compress(digit, seed):
    """A photo in a white margin, its light as white in places; saved as a small JPEG, or as it is."""
    rng = seed_picture("pad and compress", digit, seed)
    photo, _ = take_photo(digit, seed, PAPERS[seed % 4], list(INKS)[rng.integers(4)], 240)
    light = photo / 255 * rng.choice([1, rng.uniform(1, 1.2)])
    sides = rng.integers(8, 120, 4)
    padded = np.pad(light, (tuple(sides[:2]), tuple(sides[2:]), (0, 0)), constant_values=1)
    return compress(padded, int(rng.integers(60, 90))) if rng.random() < 0.6 else to_bytes(padded)


def compress_drawing(digit, seed):
    """A drawing saved as a very small JPEG, its blocks and ripples all around."""
    rng = seed_picture("compress", digit, seed)
    return compress(1 - 0.95 * ink(digit, rng), int(rng.integers(8, 25)))


# Photos


def pencil(digit, seed):
    """A pencil on rough paper: the grain shows through the stroke, which is faint and breaks off."""
    rng = seed_picture("pencil", digit, seed)
    drawn = soften(ink(digit, rng, pen=(0.035, 0.08)), 0.8)
    grain = 0.65 * make_clouds(rng, SIDE, SIDE // 4) + 0.5 * rng.normal(0, 1, drawn.shape)
    kept = np.clip(0.75 + 0.5 * grain, 0.05, 1)
    strength = rng.uniform(0.3, 0.55) * (1 + 0.25 * make_clouds(rng, SIDE, 7)).clip(0.3, 1.2)
    paper = 0.86 * make_ramp(rng, SIDE, rng.uniform(0.05, 0.3))
    paper = paper * (1 + 0.012 * grain) + rng.normal(0, 0.012, drawn.shape)
    return compress(paper * (1 - strength * kept * drawn), 80)


def shade(digit, seed):
    """A thin pen on paper that is shaded in grey."""
    rng = seed_picture("shade", digit, seed)
    drawn = ink(digit, rng, pen=(0.022, 0.04))
    paper = (0.7 + 0.05 * make_clouds(rng, SIDE, 4)) * make_ramp(rng, SIDE, rng.uniform(0.2, 0.5))
    light = paper * (1 - rng.uniform(0.5, 0.8) * drawn) + rng.normal(0, rng.uniform(0.004, 0.02), drawn.shape)
    return compress(light, 85)


def shade_darker(digit, seed):
    """A pen as thin as a hair on grey shading that is as dark as much of the pen's own lines."""
    rng = seed_picture("shade darker", digit, seed)
    drawn = ink(digit, rng, pen=(0.012, 0.022))
    paper = (0.7 + 0.05 * make_clouds(rng, SIDE, 4)) * make_ramp(rng, SIDE, rng.uniform(0.2, 0.5))
    light = paper * (1 - rng.uniform(0.25, 0.45) * drawn) + rng.normal(
        0, rng.uniform(0.004, 0.02), drawn.shape
    )
    return compress(light, 85)


def overwrite_line(digit, seed):
    """Ruled paper, one of whose lines runs along a horizontal part of the digit."""
    rng = seed_picture("line", digit, seed)
    strokes, pen_px = write(digit, rng, pen=(0.05, 0.09))
    drawn = render_strokes(strokes, pen_px, SIDE)
    rows = drawn.sum(1)
    row = int(np.argmax(np.convolve(rows, np.ones(5), "same")))  # where most ink lies in a row
    spacing = rng.uniform(0.16, 0.3) * SIDE
    lines = rule_lines(SIDE, spacing, rng.uniform(0.3, 0.6) * pen_px, row + 0.5)
    paper = 0.9 * make_ramp(rng, SIDE, 0.2) * (1 - rng.uniform(0.25, 0.5) * lines[:, None])
    light = paper * (1 - rng.uniform(0.65, 0.85) * drawn) + rng.normal(0, 0.012, drawn.shape)
    turned = Image.fromarray(to_bytes(light)).rotate(rng.uniform(-2.5, 2.5), Image.Resampling.BICUBIC)
    margin = SIDE // 24
    return compress(np.asarray(turned)[margin:-margin, margin:-margin] / 255, 85)


def overwrite_squares(digit, seed):
    """Dark squared paper, whose lines run along the digit's horizontal and vertical parts."""
    rng = seed_picture("squares", digit, seed)
    strokes, pen_px = write(digit, rng, pen=(0.04, 0.08))
    drawn = render_strokes(strokes, pen_px, SIDE)
    spacing, width_px = rng.uniform(0.1, 0.25) * SIDE, rng.uniform(0.3, 0.7) * pen_px
    row, column = (int(np.argmax(np.convolve(drawn.sum(axis), np.ones(5), "same"))) for axis in (1, 0))
    lines = rule_lines(SIDE, spacing, width_px, row + rng.uniform(-1.5, 2.5))[:, None].repeat(SIDE, 1)
    lines = np.maximum(lines, rule_lines(SIDE, spacing, width_px, column + rng.uniform(-1.5, 2.5))[None])
    light = 0.9 * make_ramp(rng, SIDE, 0.2) * (1 - rng.uniform(0.25, 0.6) * lines)
    light = light * (1 - rng.uniform(0.6, 0.85) * drawn) + rng.normal(0, 0.012, drawn.shape)
    turned = Image.fromarray(to_bytes(light)).rotate(rng.uniform(-2.5, 2.5), Image.Resampling.BICUBIC)
    margin = SIDE // 24
    return compress(np.asarray(turned)[margin:-margin, margin:-margin] / 255, 85)


def defocus(digit, seed):
    """A photo out of focus."""
    rng = seed_picture("defocus", digit, seed)
    light = 0.85 * make_ramp(rng, SIDE, 0.25) * (1 - 0.7 * ink(digit, rng))
    return compress(soften(light, rng.uniform(4, 8)) + rng.normal(0, 0.015, light.shape), 80)


def crush(digit, seed):
    """A small photo, compressed until its blocks show."""
    rng = seed_picture("crush", digit, seed)
    drawn = ink(digit, rng, side=120)
    light = 0.85 * make_ramp(rng, 120, 0.3) * (1 - 0.75 * drawn) + rng.normal(0, 0.015, drawn.shape)
    return compress(light, int(rng.integers(12, 30)))


# Frames


def draw_frame(rng, side, sides, inset, thick_px, reach):
    """Ink (side, side) of straight lines along some sides of a square.

    Args:
        rng: Turns them by up to a degree or so.
        side: Of the picture, in pixels.
        sides: Which lines: any of "tblr".
        inset: Of the square from the picture's border, as a share of its side; below 0, it is cut off.
        thick_px: Width of the lines.
        reach: Whether lines go on to the picture's border.
    """
    low, high = inset * side, (1 - inset) * side
    start, end = (-9.0, side + 9.0) if reach else (low, high)
    ends = {
        "t": ((start, low), (end, low)),
        "b": ((start, high), (end, high)),
        "l": ((low, start), (low, end)),
        "r": ((high, start), (high, end)),
    }
    tilt = rng.uniform(-0.012, 0.012, 2) * side
    lines = []
    for name in sides:
        first, last = (np.array(point) for point in ends[name])
        lines.append(np.stack([first, last + tilt[::-1] * (0, 1) if name in "tb" else last + tilt * (1, 0)]))
    return render_strokes([line.astype(np.float32) for line in lines], thick_px, side)


FRAMES = {
    "box": ("tblr", (0.05, 0.12), False),
    "cell": ("tblr", (0.04, 0.12), True),  # of a grid: its lines go on
    "edge": ("tblr", (-0.01, 0.015), False),  # along the picture's border
    "beside": ("lr", (0.03, 0.12), False),
    "above and below": ("tb", (0.03, 0.12), False),
    "corner": ("tl", (0.0, 0.1), True),
    "field": ("blr", (0.04, 0.12), False),  # of a form, open above
}


def frame(kind, digit, seed, light="even"):
    """A digit in a frame; `light` is even (a drawing), ramp, or photo (ramp, noise, a camera)."""
    rng = seed_picture(f"{kind} {light}", digit, seed)
    sides, insets, reach = FRAMES[kind]
    drawn = ink(digit, rng, pen=(0.06, 0.12), height=(0.4, 0.62))
    thick_px = rng.choice([rng.uniform(1.5, 4), rng.uniform(4, 14)])
    tone = rng.choice([rng.uniform(0.75, 1), rng.uniform(0.3, 0.6)])
    lines = draw_frame(rng, SIDE, sides, rng.uniform(*insets), thick_px, reach)
    sheet = (1 - tone * lines) * (1 - 0.88 * drawn)
    if light == "even":
        return to_bytes(sheet)
    sheet = 0.9 * sheet * make_ramp(rng, SIDE, rng.uniform(0.1, 0.45))
    if light == "ramp":
        return to_bytes(sheet)
    return shoot(np.repeat(sheet[:, :, None], 3, 2), rng)


KINDS = {
    "drawing": draw,
    "beaded brush": stamp,
    "ragged print": print_ragged,
    "specks on white": speck,
    "padded photo": pad_photo,
    "compressed margin": pad_and_compress,
    "compressed drawing": compress_drawing,
    "grainy pencil": pencil,
    "thin on shading": shade,
    "faint on shading": shade_darker,
    "line along a stroke": overwrite_line,
    "squares along strokes": overwrite_squares,
    "out of focus": defocus,
    "compressed photo": crush,
}
