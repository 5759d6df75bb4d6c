"""What lies around each place of an image: the average of it, the most, the least. Shapes: H, W its sides."""

import numpy as np

from models.values import Floats32


def shrink_image(image: Floats32, side_px: int) -> Floats32:
    """Average pixels by a whole factor, until the longer side is at most `side_px`."""
    factor = -(-max(image.shape) // side_px)
    height, width = (max(side // factor, 1) * factor for side in image.shape)
    if factor == 1 or min(image.shape) < factor:
        return image
    blocks = image[:height, :width].reshape(height // factor, factor, width // factor, factor)
    shrunk: Floats32 = blocks.mean((1, 3), dtype=np.float32)
    return shrunk


def blur(image: Floats32) -> Floats32:
    """Average with the eight neighbours, the nearer ones counting more: (1, 2, 1) each way."""
    around = np.pad(image, 1, mode="edge")
    rows = (around[:-2] + 2 * around[1:-1] + around[2:]) / 4
    blurred: Floats32 = ((rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 4).astype(np.float32, copy=False)
    return blurred


def spread(image: Floats32, reach_px: int, choose: np.ufunc) -> Floats32:
    """Give each place the most (or least) of the square that reaches so far around it."""
    for axis in (0, 1):
        width = 1
        while width < reach_px:  # windows of twice the width from two that overlap
            step = min(width, reach_px - width)
            image = choose(image, shift(image, step, axis))
            width += step
        image = choose(image, shift(image, -(reach_px - 1), axis))
    return image


def shift(image: Floats32, step: int, axis: int) -> Floats32:
    """Return what lies `step` pixels further along an axis; the outermost stays where there is nothing."""
    index = np.clip(np.arange(image.shape[axis]) + step, 0, image.shape[axis] - 1)
    return np.take(image, index, axis)
