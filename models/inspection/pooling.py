"""Max and average pooling worked out by hand, window by window, beside torch's own.

Shapes: H, W height and width of the image in pixels, K kernel size, H', W' of the result.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from models.inspection.window import Window, output_size
from models.values import Floats

KINDS = ("max", "average")


@dataclass(frozen=True)
class Pooling:
    """One pooling computed twice.

    Attributes:
        output: (H', W') what torch.nn.functional.max_pool2d or avg_pool2d gives (float32 arithmetic).
        by_hand: (H', W') what `pool_by_hand` gives (float64 arithmetic).
        winners: (H', W', 2) row and column in the image of the pixel that won; None for the average.
        gradient: (H, W) what autograd gives for the loss ½ Σ output², in float32.
        gradient_by_hand: (H, W) what `backpropagate_by_hand` gives for the same loss.
    """

    output: Floats
    by_hand: Floats
    winners: NDArray[np.intp] | None
    gradient: Floats
    gradient_by_hand: Floats

    @property
    def max_difference(self) -> float:
        """The largest absolute difference between the two results."""
        return float(np.abs(self.output - self.by_hand).max())

    @property
    def max_gradient_difference(self) -> float:
        """The largest absolute difference between the two gradients."""
        return float(np.abs(self.gradient - self.gradient_by_hand).max())


def pool_by_hand(image: Floats, kind: str, window: Window) -> Floats:
    """Slide a window over the image and keep its largest number, or its mean. (H, W) → (H', W')."""
    # −∞ is never the largest. For the mean the padding counts as zeros, as in nn.AvgPool2d.
    padded = window.pad(image, -np.inf if kind == "max" else 0.0)
    height = (padded.shape[0] - window.kernel_size) // window.stride + 1
    width = (padded.shape[1] - window.kernel_size) // window.stride + 1

    output = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            top, left = row * window.stride, column * window.stride
            seen = padded[top : top + window.kernel_size, left : left + window.kernel_size]
            output[row, column] = np.max(seen) if kind == "max" else np.mean(seen)
    return output


def find_winners(image: Floats, window: Window) -> NDArray[np.intp]:
    """Return where in the image each window's largest pixel stands, the first of equals: (H', W', 2)."""
    padded = window.pad(image, -np.inf)
    height, width = (output_size(side_px, window) for side_px in image.shape)
    winners = np.zeros((height, width, 2), dtype=np.intp)
    for row, column in np.ndindex(height, width):
        top, left = row * window.stride, column * window.stride
        seen = padded[top : top + window.kernel_size, left : left + window.kernel_size]
        down, along = divmod(int(np.argmax(seen)), window.kernel_size)
        winners[row, column] = top + down - window.padding, left + along - window.padding
    return winners


def backpropagate_by_hand(
    image: Floats, window: Window, arriving: Floats, winners: NDArray[np.intp] | None
) -> Floats:
    """Send the gradient that arrives at each output pixel, (H', W'), back to the image: (H, W).

    A maximum passes all of it to the pixel that won. A mean passes 1/K² of it to every pixel of the window.
    """
    gradient = np.zeros_like(image)
    if winners is not None:
        for place in np.ndindex(arriving.shape):
            gradient[tuple(winners[place])] += arriving[place]
        return gradient
    padded = window.pad(gradient)
    for row, column in np.ndindex(arriving.shape):
        top, left = row * window.stride, column * window.stride
        seen = padded[top : top + window.kernel_size, left : left + window.kernel_size]
        seen += arriving[row, column] / window.kernel_size**2
    start = window.padding
    return padded[start : start + image.shape[0], start : start + image.shape[1]]


def pool_with_torch(image: Floats, kind: str, window: Window) -> tuple[Floats, Floats]:
    """Compute the same with torch.nn.functional, in float32.

    Returns:
        The output (H', W'), and the gradient (H, W) of ½ Σ output².
    """
    pixels = torch.tensor(image, dtype=torch.float32, requires_grad=True)
    pool = F.max_pool2d if kind == "max" else F.avg_pool2d
    output: torch.Tensor = pool(pixels[None, None], window.kernel_size, window.stride, window.padding)[0, 0]
    (output**2 / 2).sum().backward()
    assert pixels.grad is not None
    return output.detach().double().numpy(), pixels.grad.double().numpy()


def check_pooling(kind: Any, window: Window, height_px: int, width_px: int) -> None:
    """Raise a ValueError that says what is wrong, if torch would not pool so.

    Args:
        kind: "max" or "average".
        window: kernel size, stride and a padding of at most half the kernel size.
        height_px: H.
        width_px: W.
    """
    if kind not in KINDS:
        raise ValueError(f"The kind of pooling is {kind!r:.40}: choose one of {', '.join(KINDS)}.")
    if 2 * window.padding > window.kernel_size:
        raise ValueError(
            f"A padding of {window.padding} is more than half the kernel size {window.kernel_size}: choose a "
            f"padding from 0 to {window.kernel_size // 2}. With more, a window could lie in the padding "
            "alone and have no value to pick, so PyTorch's pooling refuses it."
        )
    assert window.dilation == 1
    assert not window.hangs_over
    for side_px in (height_px, width_px):
        output_size(side_px, window, max_padding=window.kernel_size // 2)


def inspect_pooling(image: Floats, kind: str, window: Window) -> Pooling:
    """Pool an image (H, W) by hand and with torch, forwards and backwards.

    Raises:
        ValueError: as `check_pooling`.
    """
    check_pooling(kind, window, *image.shape)
    output, gradient = pool_with_torch(image, kind, window)
    by_hand = pool_by_hand(image, kind, window)
    winners = find_winners(image, window) if kind == "max" else None
    return Pooling(output, by_hand, winners, gradient, backpropagate_by_hand(image, window, by_hand, winners))
