"""Photos of digits on paper, made up: light, lines, pen and camera as in those of a phone."""

import io

import numpy as np
from PIL import Image

from models.data.strokes import render_strokes, sample_strokes

INKS = {
    "black": (0.12, 0.12, 0.14),
    "blue": (0.13, 0.2, 0.6),
    "red": (0.75, 0.12, 0.15),
    "pencil": (0.38, 0.38, 0.4),
}
PAPERS = ("plain", "ruled", "grid", "dark grid")


def write_digit(digit, rng, side_px):
    """Ink (side_px, side_px) of a digit of 40 to 75 % of the side, that in pixels, and the pen's width."""
    strokes = sample_strokes(digit, rng)
    points = np.concatenate(strokes)
    extent = np.ptp(points, axis=0)
    height_px = rng.uniform(0.4, 0.75) * side_px
    width_px = rng.uniform(0.045, 0.10) * height_px
    scale = (height_px - width_px) / extent.max()
    corner = rng.uniform(0.05 * side_px + width_px / 2, 0.95 * side_px - width_px / 2 - extent * scale)
    placed = [((s - points.min(0)) * scale + corner).astype(np.float32) for s in strokes]
    return render_strokes(placed, width_px, side_px), height_px, width_px


def rule_lines(side_px, spacing_px, width_px, phase):
    """Ink (side_px,) of lines at equal distances, across one side."""
    y = np.arange(side_px) + 0.5
    away = np.abs((y - phase + spacing_px / 2) % spacing_px - spacing_px / 2)
    return np.clip(width_px / 2 + 0.5 - away, 0, min(1, width_px)).astype(np.float32)


def take_photo(digit, seed, paper="plain", ink="black", side_px=480):
    """A photo (H, W, 3) uint8 of a digit, and the ink alone (side_px, side_px), both of the same writing."""
    rng = np.random.default_rng((seed, digit, PAPERS.index(paper), list(INKS).index(ink)))
    drawn, height_px, pen_px = write_digit(digit, rng, side_px)
    sheet = np.ones((side_px, side_px, 3), np.float32) * rng.uniform((0.93, 0.92, 0.86), (1, 1, 0.98))
    if paper != "plain":
        spacing = rng.uniform(0.12, 0.4) * height_px * (0.6 if "grid" in paper else 1)
        width = rng.uniform(0.2, 0.4) * pen_px
        strength = rng.uniform(0.5, 0.8) if paper == "dark grid" else rng.uniform(0.25, 0.6)
        color = np.array([(0.45, 0.6, 0.85), (0.6, 0.6, 0.62), (0.5, 0.7, 0.65)][rng.integers(3)])
        lines = rule_lines(side_px, spacing, width, rng.uniform(0, spacing))[:, None].repeat(side_px, 1)
        if "grid" in paper:
            lines = np.maximum(lines, rule_lines(side_px, spacing, width, rng.uniform(0, spacing))[None])
        elif rng.random() < 0.5:  # the red line of the margin
            margin = rule_lines(side_px, side_px, 1.2 * width, rng.uniform(0.03, 0.3) * side_px)
            sheet *= 1 - strength * margin[None, :, None] * (1 - np.array([0.9, 0.4, 0.45], np.float32))
        sheet *= 1 - strength * lines[:, :, None] * (1 - color)
    strength = rng.uniform(0.75, 0.95)
    sheet = sheet * (1 - strength * drawn[:, :, None] * (1 - np.array(INKS[ink], np.float32)))

    y, x = np.mgrid[-1 : 1 : side_px * 1j, -1 : 1 : side_px * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    light = 0.8 + 0.16 * (np.cos(angle) * x + np.sin(angle) * y) + rng.uniform(-0.06, 0.06) * (x * x + y * y)
    if rng.random() < 0.6:  # the edge of a shadow, as the phone or the hand casts it
        angle = rng.uniform(0, 2 * np.pi)
        inside = np.cos(angle) * x + np.sin(angle) * y - rng.uniform(-0.5, 0.5)
        light *= 1 - rng.uniform(0.15, 0.45) / (1 + np.exp(-inside / rng.uniform(0.02, 0.15)))
    tint = rng.uniform((0.95, 0.93, 0.82), (1, 1, 1))
    photo = sheet * light[:, :, None] * tint
    return shoot(photo, rng), drawn


def shoot(photo, rng):
    """Hold a camera over the paper: perspective, blur, noise, JPEG."""
    side_px = len(photo)
    image = Image.fromarray(np.rint(photo.clip(0, 1) * 255).astype(np.uint8))
    corners = np.array([(0, 0), (0, 1), (1, 1), (1, 0)], float) + rng.uniform(0.0, 0.04, (4, 2)) * [
        (1, 1), (1, -1), (-1, -1), (-1, 1)]  # fmt: skip
    turn = rng.uniform(-0.035, 0.035)
    corners = (corners - 0.5) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + 0.5
    image = image.transform(
        (side_px, side_px), Image.Transform.QUAD, tuple((corners * side_px).ravel()), Image.Resampling.BICUBIC
    )
    margin = round(0.03 * side_px)  # turning leaves black corners
    image = image.crop((margin, margin, side_px - margin, side_px - margin))
    small_px = round(side_px * rng.uniform(0.4, 0.9))  # out of focus
    image = image.resize((small_px, small_px), Image.Resampling.BILINEAR).resize(
        image.size, Image.Resampling.BICUBIC
    )
    noisy = np.asarray(image, np.float32) + rng.normal(0, rng.uniform(1, 7), (*image.size[::-1], 1))
    noisy += rng.normal(0, rng.uniform(1, 4), noisy.shape)
    file = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=int(rng.integers(50, 90)))
    return np.asarray(Image.open(file))
