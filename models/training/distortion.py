"""Distortion: training images as other hands and other pens would have written them.

Augmentation (`models.training.augmentation`) moves an image as a whole; this changes the writing in it.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

MAX_SLANT = 0.25  # share of an image's height by which its top moves to one side and its foot to the other
MAX_ASPECT = 0.15  # by how much the width grows or shrinks, as the logarithm of the factor
BEND_PX = 1.0  # standard deviation of how far a point moves in each direction, where an image bends most
BEND_KNOTS = 5  # across and down, at which it is drawn; between them it changes smoothly
MAX_WIDENING = 0.6  # towards the image that a pen one pixel wider on either side would have left
MAX_THINNING = 0.35  # towards that of a pen one pixel narrower
STRENGTHS = (0.8, 1.4)  # factors that ink is multiplied with before it is cut off at full ink


def distort_images(images: Tensor, distortions: str) -> Tensor:
    """Distort each image at random, drawing from torch's global generator.

    Args:
        images: (N, 1, 28, 28) float32 in [0, 1].
        distortions: Which of `models.training.config.DISTORTIONS`, by comma: "slant" leans the writing to
            either side and makes it narrower or wider; "bend" moves its parts against each other, smoothly;
            "width" writes it with a thicker or thinner pen; "strength" makes its ink fainter or stronger.

    Returns:
        Images of the same shape, in [0, 1].
    """
    chosen = distortions.split(",")
    if "slant" in chosen or "bend" in chosen:
        images = _warp(images, "slant" in chosen, "bend" in chosen)
    if "width" in chosen:
        images = _change_width(images)
    if "strength" in chosen:
        low, high = STRENGTHS
        factor = low + (high - low) * torch.rand(len(images), 1, 1, 1).to(images.device)
        images = (images * factor).clamp(max=1)
    return images


def _warp(images: Tensor, slants: bool, bends: bool) -> Tensor:
    """Sample images at places moved by slant, aspect and bend, bilinearly; what comes in is empty."""
    num, size = len(images), images.shape[-1]
    draws = torch.rand(2, num) * 2 - 1
    affine = torch.zeros(num, 2, 3)
    affine[:, 0, 0] = torch.exp(draws[0] * MAX_ASPECT) if slants else 1
    affine[:, 0, 1] = draws[1] * MAX_SLANT if slants else 0
    affine[:, 1, 1] = 1
    grid = F.affine_grid(affine.to(images.device), list(images.shape), align_corners=False)  # (N, 28, 28, 2)
    if bends:
        knots = torch.randn(num, 2, BEND_KNOTS, BEND_KNOTS) * torch.rand(num, 1, 1, 1) * (BEND_PX * 2 / size)
        knots = knots.to(images.device)
        moves = F.interpolate(knots, (size, size), mode="bicubic", align_corners=True)  # (N, 2, 28, 28)
        grid = grid + moves.permute(0, 2, 3, 1)
    return F.grid_sample(images, grid, align_corners=False)


def _change_width(images: Tensor) -> Tensor:
    """Blend each image with its dilation or its erosion by the four neighbours of every pixel."""
    share = torch.rand(len(images), 1, 1, 1).to(images.device) * (MAX_WIDENING + MAX_THINNING) - MAX_THINNING
    wider = _spread(images) - images
    thinner = -_spread(-images) - images  # erosion is dilation of the paper
    return images + share.clamp(min=0) * wider - share.clamp(max=0) * thinner


def _spread(images: Tensor) -> Tensor:
    """Give every pixel the most of itself and its four neighbours; beyond the edge is 0."""
    padded = F.pad(images, (1, 1, 1, 1))
    middle = slice(1, -1)
    across = torch.maximum(padded[..., middle, :-2], padded[..., middle, 2:])
    down = torch.maximum(padded[..., :-2, middle], padded[..., 2:, middle])
    return torch.maximum(images, torch.maximum(across, down))
