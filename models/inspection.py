"""Convolution and max pooling worked out by hand, window by window, beside torch's own layers.

Shapes: H, W height and width of the picture in pixels, K kernel size, H', W' height and width of the result.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn

Floats = NDArray[np.float64]

MAX_IMAGE_PX = 512
MAX_KERNEL_SIZE = 7
MAX_STRIDE = 7
MAX_PADDING = 6
MAX_VALUE = 1e6
MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class Convolution:
    """One convolution computed twice.

    Attributes:
        output: (H', W') what nn.Conv2d gives (float32 arithmetic).
        by_hand: (H', W') what convolve_by_hand gives (float64 arithmetic).
        max_difference: the largest absolute difference between the two.
        max_difference_without_bias: the same if the sum by hand leaves out the bias.
        kernel: (K, K) the weights.
        bias: the number added to each sum.
        stride: pixels from one window to the next.
        padding: rings of zeros around the picture.
    """

    output: Floats
    by_hand: Floats
    max_difference: float
    max_difference_without_bias: float
    kernel: Floats
    bias: float
    stride: int
    padding: int


@dataclass(frozen=True)
class Pooling:
    """One max pooling computed twice.

    Attributes:
        output: (H', W') what nn.MaxPool2d gives.
        by_hand: (H', W') what pool_by_hand gives.
        max_difference: the largest absolute difference between the two.
        kernel_size: side of the window in pixels.
        stride: pixels from one window to the next.
        padding: rings of −∞ around the picture.
    """

    output: Floats
    by_hand: Floats
    max_difference: float
    kernel_size: int
    stride: int
    padding: int


def convolve_by_hand(image: Floats, kernel: Floats, bias: float, stride: int, padding: int) -> Floats:
    """Slide the kernel over the picture: multiply, add up, add the bias. (H, W) → (H', W')."""
    kernel_size = len(kernel)
    padded = np.pad(image, padding, constant_values=0)
    height = (len(padded) - kernel_size) // stride + 1
    width = (len(padded[0]) - kernel_size) // stride + 1

    output = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            top, left = row * stride, column * stride
            window = padded[top : top + kernel_size, left : left + kernel_size]
            output[row, column] = np.sum(window * kernel) + bias
    return output


def pool_by_hand(image: Floats, kernel_size: int, stride: int, padding: int) -> Floats:
    """Slide a window over the picture and keep the largest value in it. (H, W) → (H', W')."""
    padded = np.pad(image, padding, constant_values=-np.inf)  # −∞ is never the largest
    height = (len(padded) - kernel_size) // stride + 1
    width = (len(padded[0]) - kernel_size) // stride + 1

    output = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            top, left = row * stride, column * stride
            window = padded[top : top + kernel_size, left : left + kernel_size]
            output[row, column] = np.max(window)
    return output


def convolve_with_torch(image: Floats, kernel: Floats, bias: float, stride: int, padding: int) -> Floats:
    """Compute the same with torch's layer nn.Conv2d, in float32. (H, W) → (H', W')."""
    # Built without weights ("meta"): drawing random ones would move the generator that all visitors share.
    layer = nn.Conv2d(1, 1, len(kernel), stride=stride, padding=padding, device="meta").to_empty(device="cpu")
    weights = {"weight": torch.tensor(kernel)[None, None], "bias": torch.tensor([bias])}  # (1, 1, K, K), (1,)
    layer.load_state_dict(weights)
    with torch.no_grad():
        output: torch.Tensor = layer(torch.tensor(image, dtype=torch.float32)[None, None])  # (1, 1, H', W')
    return output[0, 0].double().numpy()


def pool_with_torch(image: Floats, kernel_size: int, stride: int, padding: int) -> Floats:
    """Compute the same with torch's layer nn.MaxPool2d, in float32. (H, W) → (H', W')."""
    layer = nn.MaxPool2d(kernel_size, stride=stride, padding=padding)
    output: torch.Tensor = layer(torch.tensor(image, dtype=torch.float32)[None, None])  # (1, 1, H', W')
    return output[0, 0].double().numpy()


def make_random_kernel(kernel_size: int, seed: int) -> tuple[Floats, float]:
    """Draw the weights and the bias that `torch.manual_seed(seed); nn.Conv2d(1, 1, kernel_size)` gives.

    All are uniform between −1/K and 1/K: He's initialisation with a = √5, as nn.Conv2d calls it. They come
    from a generator of their own, so torch's global one stays as it is.

    Args:
        kernel_size: side of the kernel, 1 to 7.
        seed: 0 to 2³² − 1.

    Returns:
        The kernel (K, K) and the bias.

    Raises:
        ValueError: for a kernel size or seed out of range.
    """
    check_whole(kernel_size, "The kernel size", 1, MAX_KERNEL_SIZE)
    check_whole(seed, "The seed", 0, MAX_SEED)
    generator = torch.Generator().manual_seed(seed)
    weight = torch.empty(1, 1, kernel_size, kernel_size)
    nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator)
    bound = 1 / kernel_size  # 1/√fan_in, and fan_in is K·K
    bias = torch.empty(1).uniform_(-bound, bound, generator=generator)
    return weight[0, 0].double().numpy(), bias.item()


def output_size(
    input_size_px: int, kernel_size: int, stride: int, padding: int, max_padding: int = MAX_PADDING
) -> int:
    """Count the windows that fit along one side: ⌊(n + 2·padding − kernel) / stride⌋ + 1.

    The formula is the one in the documentation of nn.Conv2d and nn.MaxPool2d, with dilation 1.

    Raises:
        ValueError: for a setting out of range, or a kernel larger than the padded picture.
    """
    check_whole(input_size_px, "The picture's side", 1, MAX_IMAGE_PX)
    check_whole(kernel_size, "The kernel size", 1, MAX_KERNEL_SIZE)
    check_whole(stride, "The stride", 1, MAX_STRIDE)
    check_whole(padding, "The padding", 0, max_padding)
    padded_size_px = input_size_px + 2 * padding
    if kernel_size > padded_size_px:
        raise ValueError(
            f"A kernel of size {kernel_size} does not fit in {padded_size_px} px "
            f"({input_size_px} + 2·{padding} of padding): choose a kernel size from 1 to {padded_size_px} "
            f"or a padding from {math.ceil((kernel_size - input_size_px) / 2)} to {max_padding}."
        )
    return (padded_size_px - kernel_size) // stride + 1


def inspect_convolution(
    image: ArrayLike, kernel: ArrayLike, bias: float, stride: int, padding: int
) -> Convolution:
    """Convolve a picture with a kernel by hand and with torch, and compare.

    Args:
        image: (H, W) numbers within ±1,000,000, 1 to 512 px a side.
        kernel: (K, K) weights within ±1,000,000, K from 1 to 7.
        bias: the number added to each sum, within ±1,000,000.
        stride: 1 to 7.
        padding: 0 to 6.

    Raises:
        ValueError: for any value outside these ranges, or a kernel larger than the padded picture.
    """
    pixels = check_matrix(image, "The picture", MAX_IMAGE_PX)
    weights = check_matrix(kernel, "The kernel", MAX_KERNEL_SIZE)
    if weights.shape[0] != weights.shape[1]:
        raise ValueError(
            f"The kernel is {weights.shape[0]} × {weights.shape[1]}: "
            f"give a square one, 1 × 1 to {MAX_KERNEL_SIZE} × {MAX_KERNEL_SIZE}."
        )
    if isinstance(bias, bool) or not isinstance(bias, int | float) or not abs(bias) <= MAX_VALUE:
        raise ValueError(f"The bias is {bias!r:.40}: enter a number within ±{MAX_VALUE:,.0f}.")
    for side_px in pixels.shape:
        output_size(side_px, len(weights), stride, padding)

    output = convolve_with_torch(pixels, weights, bias, stride, padding)
    by_hand = convolve_by_hand(pixels, weights, bias, stride, padding)
    return Convolution(
        output=output,
        by_hand=by_hand,
        max_difference=float(np.abs(output - by_hand).max()),
        max_difference_without_bias=float(np.abs(output - (by_hand - bias)).max()),
        kernel=weights,
        bias=float(bias),
        stride=stride,
        padding=padding,
    )


def inspect_pooling(image: ArrayLike, kernel_size: int, stride: int, padding: int) -> Pooling:
    """Max-pool a picture by hand and with torch, and compare.

    Args:
        image: (H, W) numbers within ±1,000,000, 1 to 512 px a side.
        kernel_size: side of the window, 1 to 7.
        stride: 1 to 7.
        padding: 0 to half the kernel size.

    Raises:
        ValueError: for any value outside these ranges, or a window larger than the padded picture.
    """
    pixels = check_matrix(image, "The picture", MAX_IMAGE_PX)
    check_whole(kernel_size, "The kernel size", 1, MAX_KERNEL_SIZE)
    check_whole(padding, "The padding", 0, MAX_PADDING)
    if 2 * padding > kernel_size:
        raise ValueError(
            f"A padding of {padding} is more than half the kernel size {kernel_size}: choose a padding "
            f"from 0 to {kernel_size // 2}. With more, a window could lie in the padding alone and have no "
            "value to pick, so nn.MaxPool2d refuses it."
        )
    for side_px in pixels.shape:
        output_size(side_px, kernel_size, stride, padding, max_padding=kernel_size // 2)

    output = pool_with_torch(pixels, kernel_size, stride, padding)
    by_hand = pool_by_hand(pixels, kernel_size, stride, padding)
    return Pooling(
        output=output,
        by_hand=by_hand,
        max_difference=float(np.abs(output - by_hand).max()),
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
    )


def check_whole(value: Any, name: str, low: int, high: int) -> int:
    """Return a whole number from low to high, or raise a ValueError that says the range."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise ValueError(f"{name} is {value!r:.40}: enter a whole number from {low} to {high}.")
    return int(value)


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
