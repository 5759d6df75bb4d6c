"""Photos that are hard to read, made up, and empty sheets that look as if there were something.

A maker of digits takes a digit and a seed, one of empty sheets a seed; the same give the same image.
"""

import numpy as np
from PIL import Image

from models.data.strokes import render_strokes
from tests.sketch.paper import rule_lines
from tests.sketch.pictures import SIDE, compress, ink, make_clouds, make_ramp, seed_picture, soften, write


def faint_pencil(digit, seed):
    """A hard pencil on smooth paper: clear, though hardly darker than the paper."""
    rng = seed_picture("faint pencil", digit, seed)
    drawn = soften(ink(digit, rng, pen=(0.05, 0.09)), 0.8)
    paper = 0.85 * make_ramp(rng, SIDE, rng.uniform(0.05, 0.3))
    light = paper * (1 - rng.uniform(0.05, 0.085) * drawn)
    return compress(light + rng.normal(0, rng.uniform(0.002, 0.006), light.shape), int(rng.integers(85, 96)))


def press_unevenly(digit, seed):
    """A pen that runs dry, or is hardly pressed, along some stretches of its strokes."""
    rng = seed_picture("uneven", digit, seed)
    strokes, pen_px = write(digit, rng, pen=(0.05, 0.09))
    strong = rng.uniform(0.4, 0.7)
    least = rng.uniform(0.18, 0.4)
    drawn = np.zeros((SIDE, SIDE), np.float32)
    for stroke in strokes:
        along = np.append(0, np.cumsum(np.hypot(*np.diff(stroke, axis=0).T)))
        places = np.append(np.arange(0, along[-1], 6), along[-1])
        points = np.stack([np.interp(places, along, stroke[:, axis]) for axis in (0, 1)], 1).astype(
            np.float32
        )
        phase, wave_px = rng.uniform(0, 2 * np.pi), rng.uniform(0.25, 0.6) * SIDE
        pressure = np.clip(0.5 + 0.9 * np.sin(2 * np.pi * places / wave_px + phase), 0, 1)
        pressure = least + (1 - least) * pressure
        for index in range(max(len(points) - 1, 1)):
            piece = render_strokes([points[index : index + 2]], pen_px, SIDE)
            np.maximum(drawn, pressure[index] * piece, out=drawn)
    light = 0.85 * make_ramp(rng, SIDE, rng.uniform(0.05, 0.3)) * (1 - strong * soften(drawn, 0.8))
    return compress(light + rng.normal(0, rng.uniform(0.004, 0.012), light.shape), 85)


def grain(rng, side):
    """Light (side, side) about 1 that rough paper throws back: fine grain and coarser."""
    strength = rng.uniform(0.008, 0.025)
    return 1 + strength * (rng.normal(0, 1, (side, side)) + 0.7 * make_clouds(rng, side, side // 3))


def cast_shadow(rng, side):
    """A shadow (side, side) from 0 to 1 with a hard edge: of a phone, or of a hand and its fingers."""
    soft = rng.uniform(0.5, 2)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    along, across = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    if rng.random() < 0.5:  # a phone: its corner, or one straight edge
        shadow = (along > rng.uniform(-0.4, 0.7)) & (across > rng.choice([-9, rng.uniform(-0.6, 0.4)]))
        return soften(shadow.astype(np.float32), soft)
    shadow = (along > 0.75).astype(np.float32)
    direction = np.array([np.cos(angle), np.sin(angle)])
    sideways = np.array([-direction[1], direction[0]])
    for finger in range(int(rng.integers(1, 4))):
        tip = direction * rng.uniform(0.05, 0.6) + sideways * (0.45 * finger - 0.45)
        root = direction * 1.6 + sideways * (0.4 * finger - 0.4)
        line = (np.stack([tip, root]) + 1) / 2 * side
        shadow = np.maximum(
            shadow, render_strokes([line.astype(np.float32)], rng.uniform(0.1, 0.2) * side, side)
        )
    return soften(shadow, soft)


def cast_hard_shadow(digit, seed):
    """The hard shadow of a hand or phone over grainy paper, across the digit or beside it."""
    rng = seed_picture("hard shadow", digit, seed)
    drawn = ink(digit, rng, pen=(0.05, 0.1))
    light = 0.85 * make_ramp(rng, SIDE, 0.2) * (1 - rng.uniform(0.2, 0.5) * cast_shadow(rng, SIDE))
    light = light * grain(rng, SIDE) * (1 - rng.uniform(0.6, 0.85) * drawn)
    return compress(light + rng.normal(0, 0.006, light.shape), 85)


def crop_tightly(digit, seed):
    """A photo cropped closely: strokes go nearly from one side to the other, as lines of the paper do."""
    rng = seed_picture("tight", digit, seed)
    strokes, pen_px = write(digit, rng, pen=(0.05, 0.1))
    points = np.concatenate(strokes)
    margin = rng.uniform(0.04, 0.1) * np.ptp(points, axis=0).max() + pen_px / 2
    extent = np.maximum(np.ptp(points, axis=0), 0.35 * np.ptp(points, axis=0).max())
    middle = (points.max(0) + points.min(0)) / 2
    left, top = np.maximum(middle - extent / 2 - margin, 0).astype(int)
    right, bottom = np.ceil(middle + extent / 2 + margin).astype(int)
    drawn = render_strokes(strokes, pen_px, SIDE)
    light = 0.85 * make_ramp(rng, SIDE, 0.3) * (1 - rng.uniform(0.5, 0.85) * drawn)
    light = light + rng.normal(0, 0.012, light.shape)
    return compress(light[top:bottom, left:right], 88)


HARD = {
    "faint pencil": faint_pencil,
    "uneven pressure": press_unevenly,
    "hard shadow": cast_hard_shadow,
    "tight crop": crop_tightly,
}


# Empty sheets


def empty_grain(seed):
    """Rough paper under a lamp."""
    rng = seed_picture("empty grain", 0, seed)
    return compress(0.8 * make_ramp(rng, SIDE, 0.3) * grain(rng, SIDE), int(rng.integers(70, 96)))


def empty_vignette(seed):
    """A lens that darkens towards the corners."""
    rng = seed_picture("empty vignette", 0, seed)
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    fall = rng.uniform(0.1, 0.5) * (x * x + y * y) ** rng.uniform(1, 2.5) / 2
    light = 0.85 * (1 - fall) + rng.normal(0, rng.uniform(0.001, 0.01), x.shape)
    return compress(light, int(rng.integers(60, 96)))


def empty_blocks(seed):
    """A small JPEG, whose blocks show."""
    rng = seed_picture("empty blocks", 0, seed)
    side = int(rng.choice([120, 200, SIDE]))
    light = 0.8 * make_ramp(rng, side, rng.uniform(0.1, 0.5)) + rng.normal(
        0, rng.uniform(0.005, 0.03), (side, side)
    )
    return compress(light, int(rng.integers(5, 40)))


def empty_texture(seed):
    """Rough or crumpled paper: waves of every length."""
    rng = seed_picture("empty texture", 0, seed)
    light = 0.8 * make_ramp(rng, SIDE, 0.3)
    for cells in (6, 15, 40, 100):
        light = light * (1 + rng.uniform(0, 0.012) * make_clouds(rng, SIDE, cells))
    return compress(light + rng.normal(0, rng.uniform(0.001, 0.008), light.shape), int(rng.integers(60, 96)))


def empty_lined(seed):
    """Ruled or squared paper."""
    rng = seed_picture("empty lined", 0, seed)
    width = rng.uniform(1.5, 4)
    lines = rule_lines(SIDE, rng.uniform(20, 60), width, rng.uniform(0, 60))[:, None].repeat(SIDE, 1)
    if rng.random() < 0.5:
        lines = np.maximum(lines, lines.T)
    light = 0.85 * make_ramp(rng, SIDE, 0.3) * (1 - rng.uniform(0.05, 0.4) * lines)
    light = light + rng.normal(0, rng.uniform(0.002, 0.01), light.shape)
    turned = Image.fromarray(np.rint(light.clip(0, 1) * 255).astype(np.uint8)).rotate(
        rng.uniform(-2, 2), Image.Resampling.BICUBIC
    )
    return compress(np.asarray(turned)[12:-12, 12:-12] / 255, int(rng.integers(70, 96)))


def empty_smooth(seed):
    """A phone that smoothes: hardly any noise, a few faint clouds, and JPEG."""
    rng = seed_picture("empty smooth", 0, seed)
    light = 0.8 * make_ramp(rng, SIDE, rng.uniform(0, 0.3))
    light = light * (1 + rng.uniform(0.001, 0.015) * make_clouds(rng, SIDE, int(rng.integers(5, 30))))
    return compress(light, int(rng.integers(30, 96)))


EMPTY = {
    "grain": empty_grain,
    "vignette": empty_vignette,
    "blocks": empty_blocks,
    "texture": empty_texture,
    "lines": empty_lined,
    "smooth": empty_smooth,
}
