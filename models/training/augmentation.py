"""Augmentation: each training image a little different each time, as no two people write alike."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

MAX_SHIFT_PX = 2.0
MAX_TURN_DEGREES = 10.0
MAX_SCALE = 0.1  # share by which an image grows or shrinks


def augment_images(images: Tensor) -> Tensor:
    """Shift, turn and scale each image at random, with bilinear sampling; what comes in is empty.

    Each number is drawn uniformly, from torch's global generator: the shift from ±2 px across and down, the
    angle from ±10°, the size from 0.9 to 1.1.

    Args:
        images: (N, 1, 28, 28) float32.

    Returns:
        Images of the same shape.
    """
    num, size = len(images), images.shape[-1]
    draws = torch.rand(4, num).to(images.device) * 2 - 1  # (4, N) in −1 to 1
    angle = draws[0] * math.radians(MAX_TURN_DEGREES)
    scale = 1 + draws[1] * MAX_SCALE
    shift = draws[2:] * MAX_SHIFT_PX * 2 / size  # in grid_sample's units, in which an image is 2 wide
    cosine, sine = angle.cos() / scale, angle.sin() / scale
    affine = torch.stack([cosine, -sine, shift[0], sine, cosine, shift[1]], dim=1).view(num, 2, 3)
    grid = F.affine_grid(affine, list(images.shape), align_corners=False)  # (N, 28, 28, 2)
    return F.grid_sample(images, grid, align_corners=False)
