"""Convolution and pooling by hand against torch.nn.functional, over hundreds of settings."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from models.inspection import (
    Floats,
    convolve_by_hand,
    inspect_convolution,
    inspect_pooling,
    make_random_kernel,
    output_size,
    pool_by_hand,
)

sides = st.integers(1, 20)
kernel_sizes, strides, paddings, seeds = (
    st.integers(1, 7),
    st.integers(1, 7),
    st.integers(0, 6),
    st.integers(0, 999),
)


def make_image(height: int, width: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).uniform(-1, 1, (height, width))


def as_batch(array: Floats) -> torch.Tensor:
    return torch.tensor(array)[None, None]


@settings(max_examples=400, deadline=None)
@given(sides, sides, kernel_sizes, strides, paddings, seeds)
def test_convolution_agrees_with_torch(
    h: int, w: int, kernel: int, stride: int, padding: int, seed: int
) -> None:
    assume(kernel <= min(h, w) + 2 * padding)
    image, (weights, bias) = make_image(h, w, seed), make_random_kernel(kernel, seed)
    expected = F.conv2d(
        as_batch(image), as_batch(weights), torch.tensor([bias], dtype=torch.float64), stride, padding
    )[0, 0].numpy()
    result = inspect_convolution(image, weights, bias, stride, padding)
    np.testing.assert_allclose(result.by_hand, expected, atol=1e-12)
    np.testing.assert_allclose(result.output, expected, atol=1e-5)
    assert result.max_difference == np.abs(result.output - result.by_hand).max() < 1e-5
    assert result.max_difference_without_bias == pytest.approx(abs(bias), abs=1e-5)
    assert result.output.shape == (
        output_size(h, kernel, stride, padding),
        output_size(w, kernel, stride, padding),
    )


@settings(max_examples=400, deadline=None)
@given(sides, sides, kernel_sizes, strides, st.integers(0, 3), seeds)
def test_pooling_agrees_with_torch(h: int, w: int, kernel: int, stride: int, padding: int, seed: int) -> None:
    assume(kernel <= min(h, w) + 2 * padding)
    assume(2 * padding <= kernel)
    image = make_image(h, w, seed)
    expected = F.max_pool2d(as_batch(image), kernel, stride, padding)[0, 0].numpy()
    result = inspect_pooling(image, kernel, stride, padding)
    np.testing.assert_array_equal(result.by_hand, expected)
    np.testing.assert_allclose(result.output, expected, atol=1e-6)
    assert result.max_difference < 1e-6


def test_a_convolution_on_paper() -> None:
    image = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    kernel = np.array([[1.0, 0], [0, -1]])
    np.testing.assert_array_equal(convolve_by_hand(image, kernel, 0.5, 1, 0), [[-3.5, -3.5], [-3.5, -3.5]])
    np.testing.assert_array_equal(convolve_by_hand(image, kernel, 0.0, 2, 1), [[-1, -3], [-7, -4]])


def test_a_pooling_on_paper() -> None:
    image = -np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    np.testing.assert_array_equal(pool_by_hand(image, 2, 2, 0), [[-1]])
    np.testing.assert_array_equal(pool_by_hand(image, 2, 2, 1), [[-1, -2], [-4, -5]])  # padding never wins


@pytest.mark.parametrize("kernel_size", range(1, 8))
@pytest.mark.parametrize("seed", [0, 1, 1234, 2**32 - 1])
def test_random_kernel_is_what_a_new_layer_has(kernel_size: int, seed: int) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layer = nn.Conv2d(1, 1, kernel_size)
    assert layer.bias is not None
    weights, bias = make_random_kernel(kernel_size, seed)
    np.testing.assert_array_equal(weights, layer.weight[0, 0].detach().numpy())
    assert bias == layer.bias.item()


def test_the_global_generator_stays_as_it_is() -> None:
    before = torch.random.get_rng_state()
    weights, bias = make_random_kernel(3, 7)
    inspect_convolution(make_image(28, 28), weights, bias, 1, 0)
    inspect_pooling(make_image(28, 28), 2, 2, 0)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize(
    ("setting", "size"),
    [
        ((28, 5, 1, 2), 28),
        ((28, 2, 2, 0), 14),
        ((28, 4, 4, 0), 7),
        ((28, 2, 1, 0), 27),
        ((28, 3, 2, 0), 13),
        ((1, 7, 1, 3), 1),
    ],
)
def test_output_size_of_the_notebook(setting: tuple[int, int, int, int], size: int) -> None:
    assert output_size(*setting) == size


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            (3, 7, 1, 1),
            r"size 7 does not fit in 5 px \(3 \+ 2·1 of padding\): .* 1 to 5 or a padding from 2 to 6",
        ),
        ((0, 1, 1, 0), "side is 0: enter a whole number from 1 to 512"),
        ((513, 1, 1, 0), "side is 513: enter a whole number from 1 to 512"),
        ((28, 0, 1, 0), "kernel size is 0: enter a whole number from 1 to 7"),
        ((28, 8, 1, 0), "kernel size is 8: enter a whole number from 1 to 7"),
        ((28, 3, 0, 0), "stride is 0: enter a whole number from 1 to 7"),
        ((28, 3, 1.5, 0), "stride is 1.5: enter a whole number from 1 to 7"),
        ((28, 3, None, 0), "stride is None: enter a whole number from 1 to 7"),
        ((28, 3, 1, -1), "padding is -1: enter a whole number from 0 to 6"),
        ((28, 3, 1, 7), "padding is 7: enter a whole number from 0 to 6"),
        ((28, 3, 1, True), "padding is True: enter a whole number from 0 to 6"),
    ],
)
def test_refuses_a_setting(setting: tuple[int, int, int, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        output_size(*setting)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ([], "picture has 1 dimensions"),
        ([[]], "picture is 1 × 0"),
        (5, "picture has 0 dimensions"),
        (None, "not a number"),
        ("abc", "not a number"),
        ([["a"]], "not a number"),
        ([[1, 2], [3]], "different lengths"),
        ([[[1.0]]], "picture has 3 dimensions"),
        ([[float("nan")]], "nan, inf"),
        ([[float("inf")]], "nan, inf"),
        ([[1e7]], "beyond ±1,000,000"),
        ([[None]], "not a number"),
        ([[10**30]], "not a number"),
        (
            np.zeros((513, 2)),
            "picture is 513 × 2: give a list of equally long rows of numbers, 1 to 512 a side",
        ),
    ],
)
def test_refuses_a_picture(image: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        inspect_convolution(image, [[1.0]], 0, 1, 0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=message):
        inspect_pooling(image, 1, 1, 0)  # type: ignore[arg-type]


def test_refuses_a_kernel() -> None:
    with pytest.raises(ValueError, match=r"kernel is 1 × 2: give a square one"):
        inspect_convolution([[1.0, 2.0]], [[1.0, 2.0]], 0, 1, 0)
    with pytest.raises(ValueError, match=r"kernel is 8 × 8: .* 1 to 7 a side"):
        inspect_convolution(np.ones((9, 9)), np.ones((8, 8)), 0, 1, 0)


@pytest.mark.parametrize("bias", [float("nan"), float("inf"), 1e7, "0", None, True])
def test_refuses_a_bias(bias: float) -> None:
    with pytest.raises(ValueError, match=r"The bias is .*: enter a number within ±1,000,000"):
        inspect_convolution([[1.0]], [[1.0]], bias, 1, 0)


def test_pooling_padding_is_at_most_half_the_kernel() -> None:
    with pytest.raises(ValueError, match=r"padding of 2 is more than half the kernel size 3: .* from 0 to 1"):
        inspect_pooling(np.ones((9, 9)), 3, 1, 2)


def test_a_pooling_window_that_does_not_fit_names_paddings_that_pooling_takes() -> None:
    with pytest.raises(ValueError, match=r"kernel size from 1 to 2 or a padding from 1 to 1\."):
        inspect_pooling(np.ones((2, 2)), 3, 1, 0)


@pytest.mark.parametrize(("kernel_size", "seed"), [(0, 0), (8, 0), (3, -1), (3, 2**32), (3, 1.5)])
def test_refuses_a_random_kernel(kernel_size: int, seed: int) -> None:
    with pytest.raises(ValueError, match="enter a whole number from"):
        make_random_kernel(kernel_size, seed)
