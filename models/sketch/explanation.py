"""Why a network gives a digit its score: the gradient at every pixel, and what covering a patch changes.

Shapes: H = W = 28 pixels, N images in a batch, K = 10 digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from models.cores import on_one_core
from models.networks.layers import IMAGE_SIZE_PX, NUM_CLASSES

PATCH_PX = 5  # about twice MNIST's stroke width: it covers a piece of a stroke and leaves the rest
_MAX_BATCH = 100  # images at once: as quick as more of them, and ConvNet4's maps of them take 20 MB each

Map = NDArray[Any]  # (28, 28) of the network's own kind of number


def map_gradient(network: nn.Module, image: ArrayLike, digit: int) -> Map:
    """Measure how a digit's logit answers to a little more ink at every pixel: ∂z_digit / ∂pixel.

    It is the slope at this very image: z_digit changes by about `gradient · change` for a small change of
    the pixels, each on its own. It does not say what a large change does, nor what becomes of the other nine
    logits, so it is not the change of the probability. Where ReLU or max pooling has a corner (equal pixels
    under one pooling window), it is the one of the possible slopes that PyTorch takes.

    Args:
        network: Maps (N, 1, 28, 28) to (N, 10) logits, in evaluation mode. It may be shared: it is left as it
            was, without gradients.
        image: (28, 28) in [0, 1], 1 for full ink.
        digit: 0 to 9.

    Returns:
        (28, 28), in logits for each whole step from paper to full ink.

    Raises:
        ValueError: If the image or the digit is invalid.
    """
    check_digit(digit)
    pixels = _to_input(network, image).requires_grad_()
    with on_one_core(), torch.enable_grad():
        logit = network(pixels)[0, digit]  # (1, 1, 28, 28) → (1, 10)
        (gradient,) = torch.autograd.grad(logit, pixels)
    values: Map = gradient[0, 0].numpy()
    return values


def map_occlusion(
    network: nn.Module, image: ArrayLike, digit: int, patch_px: int = PATCH_PX, temperature: float = 1.0
) -> Map:
    """Measure how far a digit's probability falls when a square patch around each pixel is set to paper.

    Where the patch covers no ink, nothing changes and the fall is exactly 0. A fall below 0 is a rise.

    Args:
        network: As of `map_gradient`.
        image: (28, 28) in [0, 1], 1 for full ink.
        digit: 0 to 9.
        patch_px: Side of the patch, an odd number; at the image's edge, what lies outside is cut off.
        temperature: What the logits are divided by before they become probabilities.

    Returns:
        (28, 28), the probability of `digit` for the image less that for the image with the patch
        centred on each pixel set to 0; from −1 to 1.

    Raises:
        ValueError: If the image or the digit is invalid, or the patch has no middle pixel.
    """
    check_digit(digit)
    if patch_px < 1 or patch_px % 2 == 0:
        raise ValueError(f"The patch is {patch_px} pixels wide; it must be an odd number of at least 1.")
    pixels = _to_input(network, image)
    reach = patch_px // 2
    ink = nn.functional.max_pool2d(pixels, patch_px, stride=1, padding=reach)[0, 0] > 0  # (28, 28)
    centres = ink.nonzero()  # (N, 2), row and column
    covered = pixels[0].repeat(len(centres), 1, 1)  # (N, 28, 28)
    for copy, (row, column) in zip(covered, centres.tolist(), strict=True):
        copy[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1] = 0
    whole = ask_network(network, pixels, temperature)[0, digit]
    falls = torch.zeros_like(pixels[0, 0])
    if len(centres):
        falls[ink] = (whole - ask_network(network, covered[:, None], temperature)[:, digit]).float()
    values: Map = falls.numpy()
    return values


def ask_network(network: nn.Module, images: Tensor, temperature: float = 1.0) -> Tensor:
    """Return the probabilities (N, 10), in float64, of (N, 1, 28, 28) images, asked batch by batch."""
    with on_one_core(), torch.inference_mode():
        logits = [network(batch) for batch in images.split(_MAX_BATCH)]
    return (torch.cat(logits).double() / temperature).softmax(dim=1)


def check_image(image: ArrayLike) -> NDArray[np.float64]:
    """Return an image as an array of its own.

    Raises:
        ValueError: If it is not 28 × 28 numbers in [0, 1].
    """
    pixels = np.array(image, dtype=np.float64)
    if pixels.shape != (IMAGE_SIZE_PX, IMAGE_SIZE_PX):
        raise ValueError(f"The network takes 28 × 28 pixels, not an array of shape {pixels.shape}.")
    if not (np.isfinite(pixels).all() and pixels.min() >= 0 and pixels.max() <= 1):
        raise ValueError("The image's values must lie between 0 (no ink) and 1 (full ink).")
    return pixels


def check_digit(digit: Any) -> int:
    """Return what may come from a browser if it is a digit.

    Raises:
        ValueError: If it is not a whole number from 0 to 9.
    """
    if isinstance(digit, bool) or not isinstance(digit, int) or not 0 <= digit < NUM_CLASSES:
        raise ValueError(f"{digit!r:.40} is not a digit: choose a whole number from 0 to 9.")
    return digit


def _to_input(network: nn.Module, image: ArrayLike) -> Tensor:
    """Return an image as the network's input (1, 1, 28, 28), in the precision of its weights."""
    dtype = next(network.parameters()).dtype
    return torch.from_numpy(check_image(image)).to(dtype)[None, None]
