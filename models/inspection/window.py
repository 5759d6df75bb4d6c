"""The window that convolution and pooling slide over an image: its settings, and how often it fits.

Shapes: C channels, H, W height and width of the image in pixels, K kernel size, H', W' of the result.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from models.values import Floats, check_whole

MAX_IMAGE_PX = 512
MAX_KERNEL_SIZE = 7
MAX_STRIDE = 7
MAX_PADDING = 6
MAX_DILATION = 4
MAX_VALUE = 1e6


@dataclass(frozen=True)
class Window:
    """How a window of K × K weights slides, the same along rows and columns.

    Attributes:
        kernel_size: K, 1 to 7.
        stride: pixels from one window to the next, 1 to 7.
        padding: rings around the image, 0 to 6.
        dilation: pixels from one weight to the next, 1 to 4; 1 leaves no gaps.
        hangs_over: whether windows may also start in the last rows and columns and hang over the right and
            lower edge, as in the notebook's zoom. PyTorch's layers never do that.
    """

    kernel_size: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    hangs_over: bool = False

    def __post_init__(self) -> None:
        """Refuse settings out of their range."""
        check_whole(self.kernel_size, "The kernel size", 1, MAX_KERNEL_SIZE)
        check_whole(self.stride, "The stride", 1, MAX_STRIDE)
        check_whole(self.padding, "The padding", 0, MAX_PADDING)
        check_whole(self.dilation, "The dilation", 1, MAX_DILATION)

    @property
    def reach(self) -> int:
        """Pixels from the first to the last that a window covers: dilation · (K − 1) + 1."""
        return self.dilation * (self.kernel_size - 1) + 1

    @property
    def padding_after(self) -> int:
        """Rings at the right and lower edge: as many as on the left, or more where windows hang over."""
        return self.padding + (self.reach - 1 if self.hangs_over else 0)

    def pad(self, image: Floats, value: float = 0.0) -> Floats:
        """Lay the rings around every channel. (…, H, W) → (…, H + padding + padding_after, W + …)."""
        rings = (self.padding, self.padding_after)
        return np.pad(image, [(0, 0)] * (image.ndim - 2) + [rings, rings], constant_values=value)


def output_size(input_size_px: int, window: Window, max_padding: int = MAX_PADDING) -> int:
    """Count the windows that fit along one side: ⌊(n + 2·padding − dilation·(K − 1) − 1) / stride⌋ + 1.

    The formula is the one in the documentation of nn.Conv2d and nn.MaxPool2d.

    Args:
        input_size_px: n, the image's side, 1 to 512.
        window: the window.
        max_padding: the largest padding that the message may suggest.

    Raises:
        ValueError: for a side out of range, or a window larger than the padded image.
    """
    check_whole(input_size_px, "The image's side", 1, MAX_IMAGE_PX)
    padded_px = input_size_px + window.padding + window.padding_after
    if window.reach > padded_px:
        raise ValueError(_explain_misfit(input_size_px, padded_px, window, max_padding))
    return (padded_px - window.reach) // window.stride + 1


def _explain_misfit(input_size_px: int, padded_px: int, window: Window, max_padding: int) -> str:
    size, dilation, reach = window.kernel_size, window.dilation, window.reach
    covers = f", which with dilation {dilation} covers {dilation}·({size} − 1) + 1 = {reach} px,"
    largest_size = (padded_px - 1) // dilation + 1
    remedies = [f"a kernel size from 1 to {largest_size}"]
    if size > 1 and dilation > 1 and padded_px >= size:
        remedies.append(f"a dilation from 1 to {(padded_px - 1) // (size - 1)}")
    smallest_padding = math.ceil((reach - input_size_px) / 2)
    if smallest_padding <= max_padding:
        remedies.append(f"a padding from {smallest_padding} to {max_padding}")
    return (
        f"A kernel of size {size}{covers if dilation > 1 else ''} does not fit in {padded_px} px "
        f"({input_size_px} + 2·{window.padding} of padding): choose {' or '.join(remedies)}."
    )


def check_value(value: Any, name: str) -> float:
    """Return a finite number within ±1,000,000, or raise a ValueError that says the range."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_VALUE:
        raise ValueError(f"{name} is {value!r:.40}: enter a number within ±{MAX_VALUE:,.0f}.")
    return float(value)


def check_matrix(values: ArrayLike, name: str, max_side: int) -> Floats:
    """Return the values as a finite 2-D float64 array, or raise a ValueError that says what is wrong."""
    remedy = f"give a list of equally long rows of numbers, 1 to {max_side} a side."
    try:
        matrix = np.asarray(values)
    except (ValueError, TypeError) as error:  # NumPy refuses ragged lists
        raise ValueError(f"{name} has rows of different lengths: {remedy}") from error
    if matrix.dtype.kind not in "uif" and matrix.size:
        raise ValueError(f"{name} holds something that is not a number: {remedy}")
    if matrix.ndim != 2:
        raise ValueError(f"{name} has {matrix.ndim} dimensions instead of 2: {remedy}")
    if not all(1 <= side <= max_side for side in matrix.shape):
        raise ValueError(f"{name} is {matrix.shape[0]} × {matrix.shape[1]}: {remedy}")
    if not (np.abs(matrix.astype(np.float64)) <= MAX_VALUE).all():  # also false for nan
        raise ValueError(f"{name} holds nan, inf or a number beyond ±{MAX_VALUE:,.0f}: {remedy}")
    return matrix.astype(np.float64)


def check_kernel(values: ArrayLike) -> Floats:
    """Return a kernel as a square float64 array (K, K), or raise a ValueError that says what is wrong."""
    kernel = check_matrix(values, "The kernel", MAX_KERNEL_SIZE)
    if kernel.shape[0] != kernel.shape[1]:
        raise ValueError(
            f"The kernel is {kernel.shape[0]} × {kernel.shape[1]}: "
            f"give a square one, 1 × 1 to {MAX_KERNEL_SIZE} × {MAX_KERNEL_SIZE}."
        )
    return kernel
