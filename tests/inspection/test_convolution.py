"""Convolution by hand against torch.nn.functional and autograd, over hundreds of settings."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.inspection.convolution import (
    backpropagate_by_hand,
    convolve_by_hand,
    convolve_channels,
    convolve_cut_at_edge,
    inspect_convolution,
)
from models.inspection.window import Window
from models.values import Floats

sides = st.integers(1, 16)
windows = st.builds(Window, st.integers(1, 7), st.integers(1, 7), st.integers(0, 6), st.integers(1, 4))
channels = st.integers(1, 4)
seeds = st.integers(0, 999)


def draw(shape: tuple[int, ...], seed: int) -> Floats:
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def convolve_in_float64(image: Floats, kernel: Floats, bias: float, window: Window) -> torch.Tensor:
    """What torch says, with as many digits as by hand."""
    offset = torch.tensor([bias], dtype=torch.float64)
    return F.conv2d(
        torch.tensor(image)[None],
        torch.tensor(kernel)[None],
        offset,
        window.stride,
        window.padding,
        window.dilation,
    )[0, 0]


@settings(max_examples=500)
@given(channels, sides, sides, windows, seeds)
def test_by_hand_agrees_with_torch(c: int, h: int, w: int, window: Window, seed: int) -> None:
    assume(window.reach <= min(h, w) + 2 * window.padding)
    image, bias = draw((c, h, w), seed), float(draw((1,), seed + 1)[0])
    kernel = draw((c, window.kernel_size, window.kernel_size), seed + 2)
    expected = convolve_in_float64(image, kernel, bias, window).numpy()
    result = inspect_convolution(image, kernel, bias, window)
    np.testing.assert_allclose(result.by_hand, expected, atol=1e-11)
    np.testing.assert_allclose(result.output, result.by_hand, atol=1e-5)
    assert result.max_difference == np.abs(result.output - result.by_hand).max()

    vectorised = convolve_channels(image, kernel, window)
    assert vectorised.shape == (c, *result.by_hand.shape)
    np.testing.assert_allclose(vectorised.sum(0) + bias, result.by_hand, atol=1e-6)

    largest = max(1.0, np.abs(result.gradients_by_hand.kernel).max())
    assert result.max_kernel_gradient_difference <= max(1e-4, 1e-5 * largest)
    assert result.max_image_gradient_difference <= 1e-4
    assert result.gradients.bias == pytest.approx(result.gradients_by_hand.bias, rel=1e-5, abs=1e-4)
    assert result.gradients.kernel.shape == kernel.shape
    assert result.gradients.image.shape == image.shape


@settings(max_examples=100)
@given(channels, st.integers(2, 6), st.builds(Window, st.integers(1, 3), st.integers(1, 3)), seeds)
def test_gradients_by_hand_agree_with_finite_differences(
    c: int, side: int, window: Window, seed: int
) -> None:
    """Torch does not come into this: the loss is ½ Σ output² by hand, moved by ±h in one place."""
    assume(window.reach <= side)
    image, kernel = (
        draw((c, side, side), seed),
        draw((c, window.kernel_size, window.kernel_size), seed + 1),
    )
    gradients = backpropagate_by_hand(image, kernel, window, convolve_by_hand(image, kernel, 0.3, window))

    def loss(pixels: Floats, weights: Floats, bias: float) -> float:
        return float((convolve_by_hand(pixels, weights, bias, window) ** 2).sum() / 2)

    def move(array: Floats, place: tuple[int, ...], by: float) -> Floats:
        moved = array.copy()
        moved[place] += by
        return moved

    h = 1e-5
    place = tuple(int(n) for n in np.unravel_index(seed % image.size, image.shape))
    slope = (loss(move(image, place, h), kernel, 0.3) - loss(move(image, place, -h), kernel, 0.3)) / (2 * h)
    assert gradients.image[place] == pytest.approx(slope, abs=1e-7)
    place = tuple(int(n) for n in np.unravel_index(seed % kernel.size, kernel.shape))
    slope = (loss(image, move(kernel, place, h), 0.3) - loss(image, move(kernel, place, -h), 0.3)) / (2 * h)
    assert gradients.kernel[place] == pytest.approx(slope, abs=1e-7)
    slope = (loss(image, kernel, 0.3 + h) - loss(image, kernel, 0.3 - h)) / (2 * h)
    assert gradients.bias == pytest.approx(slope, abs=1e-7)


def test_a_convolution_on_paper() -> None:
    image = np.array([[[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]])
    kernel = np.array([[[1.0, 0], [0, -1]]])
    by_hand = convolve_by_hand(image, kernel, 0.5, Window(2))
    np.testing.assert_array_equal(by_hand, [[-3.5, -3.5], [-3.5, -3.5]])
    by_hand = convolve_by_hand(image, kernel, 0.0, Window(2, stride=2, padding=1))
    np.testing.assert_array_equal(by_hand, [[-1, -3], [-7, -4]])
    by_hand = convolve_by_hand(image, kernel, 0.0, Window(2, dilation=2))
    np.testing.assert_array_equal(by_hand, [[1 - 9]])


def test_windows_that_hang_over_see_zeros_beyond_the_edge() -> None:
    """In the notebook's zoom the result is as large as the picture; the last row and column read zeros."""
    image, kernel = draw((1, 5, 4), 0), draw((1, 2, 2), 1)
    result = inspect_convolution(image, kernel, 0.0, Window(2, hangs_over=True))
    expected = F.conv2d(F.pad(torch.tensor(image)[None], (0, 1, 0, 1)), torch.tensor(kernel)[None])[0, 0]
    assert result.output.shape == (5, 4)
    np.testing.assert_allclose(result.by_hand, expected.numpy(), atol=1e-12)
    assert result.max_difference < 1e-6


def test_the_notebooks_zoom_is_wrong_in_its_last_row_and_column_alone() -> None:
    image, kernel = draw((6, 6), 0), draw((2, 2), 1)
    zoomed = convolve_cut_at_edge(image, kernel)
    rightly = convolve_by_hand(image[None], kernel[None], 0.0, Window(2, hangs_over=True))
    np.testing.assert_allclose(zoomed[:-1, :-1], rightly[:-1, :-1], atol=1e-12)
    # What NumPy makes of a column that is left: each of its two pixels times a whole row of the kernel.
    assert zoomed[0, -1] == pytest.approx(image[0, -1] * kernel[0].sum() + image[1, -1] * kernel[1].sum())
    assert zoomed[-1, -1] == pytest.approx(image[-1, -1] * kernel.sum())
    assert (np.abs(zoomed - rightly)[:, -1] > 1e-3).all()
    with pytest.raises(ValueError, match="broadcast"):
        convolve_cut_at_edge(image, draw((3, 3), 1))


def test_the_global_generator_stays_as_it_is() -> None:
    before = torch.random.get_rng_state()
    inspect_convolution(draw((1, 28, 28), 0), draw((1, 3, 3), 1), 0.1, Window(3))
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_window_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit in 3 px"):
        inspect_convolution(draw((1, 3, 9), 0), draw((1, 4, 4), 1), 0.0, Window(4))
