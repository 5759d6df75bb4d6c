"""Ink brought to the size of MNIST's digits. Shapes: H, W an image's height and width."""

from __future__ import annotations

import math

import numpy as np

from models.data.strokes import BOX_PX
from models.values import Floats32

Box = tuple[slice, slice]


def trim_soft_edge(ink: Floats32, box: Box) -> Box:
    """Leave out the halo that enlarging with interpolation puts around ink.

    Interpolation turns a step from paper to ink into a ramp, half of it outside the ink's true edge. The
    steepest step tells the ramp's length. Small images are left alone: there, a faint edge is real ink.
    """
    cropped = ink[box]
    if max(cropped.shape) < 2 * BOX_PX:
        return box
    steepest = max(float(np.abs(np.diff(cropped, axis=axis)).max(initial=0)) for axis in (0, 1))
    if steepest == 0:  # an even bar: no edge within its own box
        return box
    halo_px = int(float(cropped.max()) / steepest / 2)
    if 4 * halo_px >= min(cropped.shape):
        return box
    return (
        slice(box[0].start + halo_px, box[0].stop - halo_px),
        slice(box[1].start + halo_px, box[1].stop - halo_px),
    )


def scale_to_box(ink: Floats32) -> Floats32:
    """Scale so that the longer side is exactly 20 px, every pixel the average of the area it covers."""
    scale = max(ink.shape) / BOX_PX
    rows, columns = (build_averaging(side, scale) for side in ink.shape)
    scaled: Floats32 = np.clip(rows @ ink @ columns.T, 0, 1).astype(np.float32)
    return scaled


def build_averaging(num_px: int, scale: float) -> Floats32:
    """Build the matrix (ceil(num_px / scale), num_px) that averages runs of `scale` pixels."""
    low = np.arange(math.ceil(num_px / scale - 1e-6))[:, None] * scale
    pixel = np.arange(num_px)
    overlap = np.minimum(low + scale, pixel + 1) - np.maximum(low, pixel)
    shares: Floats32 = (np.maximum(overlap, 0) / scale).astype(np.float32)
    return shares
