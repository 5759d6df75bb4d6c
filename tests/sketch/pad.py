"""Drawings on a pad, and what a network's input must be like."""

import numpy as np

from models.data.strokes import example_strokes, render_strokes

SIZE = 280


def place_on_pad(strokes, scale=180.0, x=50.0, y=50.0):
    return [(stroke * scale + (x, y)).tolist() for stroke in strokes]


def draw_on_pad(digit, width_px=16.0, size_px=SIZE):
    """An image of a digit, bright on black."""
    strokes = [
        stroke * np.float32(0.7 * size_px) + np.float32(0.15 * size_px) for stroke in example_strokes(digit)
    ]
    return render_strokes(strokes, width_px, size_px)


def compare_shifted(image, expected):
    """Mean difference but for a shift of one pixel, which a centre of mass between two pixels allows."""
    shifts = [np.roll(expected, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return min(float(np.abs(image - shifted).mean()) for shifted in shifts)


def check_is_mnist_like(image):
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert 0 <= image.min() <= image.max() <= 1
    rows, columns = (np.flatnonzero(image.any(axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    for axis, inked in ((1, rows), (0, columns)):
        center = image.sum(axis) @ np.arange(28) / image.sum()
        assert abs(center - 14) <= 0.501 or inked[0] == 0 or inked[-1] == 27
