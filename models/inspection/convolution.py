"""Convolution worked out by hand, window by window, beside torch's own; forwards and backwards.

Shapes: C channels, H, W height and width of the image in pixels, K kernel size, H', W' of the result.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.lib.stride_tricks import sliding_window_view

from models.inspection.window import Window, output_size
from models.values import Floats


@dataclass(frozen=True)
class Gradients:
    """The gradient of a loss with respect to all that went into a convolution.

    Attributes:
        image: (C, H, W) with respect to the image.
        kernel: (C, K, K) with respect to the weights.
        bias: with respect to the bias.
    """

    image: Floats
    kernel: Floats
    bias: float


@dataclass(frozen=True)
class Convolution:
    """One convolution computed twice.

    Attributes:
        output: (H', W') what torch.nn.functional.conv2d gives (float32 arithmetic).
        by_hand: (H', W') what `convolve_by_hand` gives (float64 arithmetic).
        gradients: what autograd gives for the loss ½ Σ output², in float32.
        gradients_by_hand: what `backpropagate_by_hand` gives for the same loss.
    """

    output: Floats
    by_hand: Floats
    gradients: Gradients
    gradients_by_hand: Gradients

    @property
    def max_difference(self) -> float:
        """The largest absolute difference between the two results."""
        return float(np.abs(self.output - self.by_hand).max())

    @property
    def max_kernel_gradient_difference(self) -> float:
        """The largest absolute difference between the two gradients with respect to the kernel."""
        return float(np.abs(self.gradients.kernel - self.gradients_by_hand.kernel).max())

    @property
    def max_image_gradient_difference(self) -> float:
        """The largest absolute difference between the two gradients with respect to the image."""
        return float(np.abs(self.gradients.image - self.gradients_by_hand.image).max())


def convolve_by_hand(image: Floats, kernel: Floats, bias: float, window: Window) -> Floats:
    """Slide the kernel over the image: multiply, add up, add the bias. (C, H, W) → (H', W')."""
    padded = window.pad(image)
    height = (padded.shape[1] - window.reach) // window.stride + 1
    width = (padded.shape[2] - window.reach) // window.stride + 1

    output = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            top, left = row * window.stride, column * window.stride
            rows = slice(top, top + window.reach, window.dilation)
            columns = slice(left, left + window.reach, window.dilation)
            output[row, column] = np.sum(padded[:, rows, columns] * kernel) + bias
    return output


def backpropagate_by_hand(image: Floats, kernel: Floats, window: Window, arriving: Floats) -> Gradients:
    """Send the gradient that arrives at each output pixel, (H', W'), back to all that it was made of.

    An output pixel is Σ pixel · weight + bias. So each weight's gradient grows by the pixel that it met, each
    pixel's by the weight that it met, both times what arrives; and the bias gets what arrives itself.
    """
    padded = window.pad(image)
    padded_gradient, kernel_gradient = np.zeros_like(padded), np.zeros_like(kernel)
    for row in range(len(arriving)):
        for column in range(len(arriving[0])):
            top, left = row * window.stride, column * window.stride
            rows = slice(top, top + window.reach, window.dilation)
            columns = slice(left, left + window.reach, window.dilation)
            kernel_gradient += arriving[row, column] * padded[:, rows, columns]
            padded_gradient[:, rows, columns] += arriving[row, column] * kernel
    inside = slice(window.padding, window.padding + image.shape[1])
    across = slice(window.padding, window.padding + image.shape[2])
    return Gradients(padded_gradient[:, inside, across], kernel_gradient, float(arriving.sum()))


def convolve_channels(image: Floats, kernel: Floats, window: Window) -> Floats:
    """Return what each input channel adds to the output, all windows at once: (C, H', W'), without the bias.

    Their sum over the channels, plus the bias, is `convolve_by_hand`, without a loop in Python.
    """
    every = sliding_window_view(window.pad(image), (window.reach, window.reach), axis=(1, 2))
    windows = every[:, :: window.stride, :: window.stride, :: window.dilation, :: window.dilation]
    return np.asarray(np.einsum("chwij,cij->chw", windows, kernel))  # windows: (C, H', W', K, K)


def convolve_with_torch(
    image: Floats, kernel: Floats, bias: float, window: Window
) -> tuple[Floats, Gradients]:
    """Compute the same with torch.nn.functional.conv2d and autograd, in float32.

    Returns:
        The output (H', W'), and the gradients of ½ Σ output², whose gradient at an output pixel is that
        pixel's own value.
    """
    pixels = torch.tensor(image, dtype=torch.float32, requires_grad=True)  # (C, H, W)
    weights = torch.tensor(kernel, dtype=torch.float32, requires_grad=True)  # (C, K, K)
    offset = torch.tensor([bias], dtype=torch.float32, requires_grad=True)
    before, after = window.padding, window.padding_after
    output = F.conv2d(
        F.pad(pixels[None], (before, after, before, after)),
        weights[None],
        offset,
        stride=window.stride,
        dilation=window.dilation,
    )[0, 0]  # (1, C, H, W) → (H', W')
    (output**2 / 2).sum().backward()
    assert pixels.grad is not None
    assert weights.grad is not None
    assert offset.grad is not None
    gradients = Gradients(
        pixels.grad.double().numpy(), weights.grad.double().numpy(), float(offset.grad.item())
    )
    return output.detach().double().numpy(), gradients


def convolve_cut_at_edge(image: Floats, kernel: Floats) -> Floats:
    """Run the loop of the notebook's zoom, which goes one pixel row and column too far. (H, W) → (H, W).

    At the right and lower edge NumPy cuts the window off and stretches it to the kernel's shape where it can:
    each remaining pixel is then multiplied by a whole row or column of the kernel.

    Raises:
        ValueError: NumPy's, where a window that is cut off cannot be stretched: for kernels beyond 2 × 2.
    """
    kernel_size = len(kernel)
    output = np.zeros(image.shape)
    for row in range(len(image)):
        for column in range(len(image[0])):
            window = image[row : row + kernel_size, column : column + kernel_size]
            output[row, column] = np.sum(window * kernel)
    return output


def inspect_convolution(image: Floats, kernel: Floats, bias: float, window: Window) -> Convolution:
    """Convolve by hand and with torch, forwards and backwards.

    Args:
        image: (C, H, W) numbers, checked by `check_matrix`.
        kernel: (C, K, K) weights, checked by `check_kernel`.
        bias: the number added to each sum.
        window: how the kernel slides; its size is the kernel's.

    Raises:
        ValueError: for a window larger than the padded image.
    """
    assert kernel.shape == (len(image), window.kernel_size, window.kernel_size)
    for side_px in image.shape[1:]:
        output_size(side_px, window)
    output, gradients = convolve_with_torch(image, kernel, bias, window)
    by_hand = convolve_by_hand(image, kernel, bias, window)
    return Convolution(
        output, by_hand, gradients, backpropagate_by_hand(image, kernel, window, arriving=by_hand)
    )
