"""The window's settings and what is refused, with the range that would be right."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from models.inspection.window import Window, check_kernel, check_matrix, check_value, output_size


@pytest.mark.parametrize(
    ("side_px", "window", "size"),
    [
        (28, Window(5, 1, 2), 28),
        (28, Window(2, 2), 14),
        (28, Window(4, 4), 7),
        (28, Window(2), 27),
        (28, Window(3, 2), 13),
        (1, Window(7, 1, 3), 1),
        (28, Window(3, 1, 0, 2), 24),
        (28, Window(2, hangs_over=True), 28),
    ],
)
def test_output_size(side_px: int, window: Window, size: int) -> None:
    assert output_size(side_px, window) == size


windows = st.builds(Window, st.integers(1, 7), st.integers(1, 7), st.integers(0, 6), st.integers(1, 4))


@given(st.integers(1, 40), windows)
def test_fits_exactly_when_torch_convolves(side: int, window: Window) -> None:
    image, weights = torch.zeros(1, 1, side, side), torch.zeros(1, 1, window.kernel_size, window.kernel_size)
    try:
        shape = F.conv2d(image, weights, None, window.stride, window.padding, window.dilation).shape
    except RuntimeError:
        with pytest.raises(ValueError, match="does not fit"):
            output_size(side, window)
    else:
        assert shape[-1] == output_size(side, window)


def test_what_the_message_suggests_fits() -> None:
    remedies = "a kernel size from 1 to 2 or a dilation from 1 to 1 or a padding from 5 to 6"
    with pytest.raises(ValueError, match=f"17 px, does not fit in 8 px .*: choose {remedies}"):
        output_size(8, Window(5, dilation=4))
    assert output_size(8, Window(2, dilation=4)) == 4
    assert output_size(8, Window(5, dilation=1)) == 4
    assert output_size(8, Window(5, padding=5, dilation=4)) == 2


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ((0,), "kernel size is 0: enter a whole number from 1 to 7"),
        ((8,), "kernel size is 8: enter a whole number from 1 to 7"),
        ((3, 0), "stride is 0: enter a whole number from 1 to 7"),
        ((3, 1.5), "stride is 1.5: enter a whole number from 1 to 7"),
        ((3, None), "stride is None: enter a whole number from 1 to 7"),
        ((3, 1, -1), "padding is -1: enter a whole number from 0 to 6"),
        ((3, 1, 7), "padding is 7: enter a whole number from 0 to 6"),
        ((3, 1, True), "padding is True: enter a whole number from 0 to 6"),
        ((3, 1, 0, 0), "dilation is 0: enter a whole number from 1 to 4"),
        ((3, 1, 0, 5), "dilation is 5: enter a whole number from 1 to 4"),
    ],
)
def test_refuses_a_setting(setting: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Window(*setting)


@pytest.mark.parametrize("side_px", [0, 513])
def test_refuses_a_side(side_px: int) -> None:
    with pytest.raises(ValueError, match=f"side is {side_px}: enter a whole number from 1 to 512"):
        output_size(side_px, Window(1))


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
            "picture is 513 × 2: .* equally long rows of numbers, 1 to 512 a side",
        ),
    ],
)
def test_refuses_an_image(image: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_matrix(image, "The picture", 512)  # type: ignore[arg-type]


def test_refuses_a_kernel() -> None:
    with pytest.raises(ValueError, match=r"kernel is 1 × 2: give a square one"):
        check_kernel([[1.0, 2.0]])
    with pytest.raises(ValueError, match=r"kernel is 8 × 8: .* 1 to 7 a side"):
        check_kernel(np.ones((8, 8)))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e7, "0", None, True])
def test_refuses_a_value(value: object) -> None:
    with pytest.raises(ValueError, match=r"The bias is .*: enter a number within ±1,000,000"):
        check_value(value, "The bias")
