"""Max and average pooling by hand against torch.nn.functional and autograd, over hundreds of settings."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.inspection.pooling import KINDS, find_winners, inspect_pooling, pool_by_hand
from models.inspection.window import Window

sides = st.integers(1, 20)
windows = st.builds(Window, st.integers(1, 7), st.integers(1, 7), st.integers(0, 3))


@settings(max_examples=500)
@given(st.sampled_from(KINDS), sides, sides, windows, st.integers(0, 999), st.booleans())
def test_by_hand_agrees_with_torch(
    kind: str, h: int, w: int, window: Window, seed: int, has_ties: bool
) -> None:
    assume(window.kernel_size <= min(h, w) + 2 * window.padding)
    assume(2 * window.padding <= window.kernel_size)
    image = np.random.default_rng(seed).uniform(-1, 1, (h, w))
    image = np.round(image) if has_ties else image
    batch = torch.tensor(image)[None, None]
    sizes = (window.kernel_size, window.stride, window.padding)
    result = inspect_pooling(image, kind, window)
    if kind == "max":
        expected, places = F.max_pool2d(batch, *sizes, return_indices=True)
        assert result.winners is not None
        np.testing.assert_array_equal(result.by_hand, expected[0, 0].numpy())
        np.testing.assert_array_equal(
            result.winners[..., 0] * w + result.winners[..., 1], places[0, 0].numpy()
        )
    else:
        np.testing.assert_allclose(result.by_hand, F.avg_pool2d(batch, *sizes)[0, 0].numpy(), atol=1e-12)
        assert result.winners is None
    np.testing.assert_allclose(result.output, result.by_hand, atol=1e-5)
    assert result.max_difference == np.abs(result.output - result.by_hand).max()
    np.testing.assert_allclose(result.gradient, result.gradient_by_hand, atol=1e-4)
    assert result.max_gradient_difference == np.abs(result.gradient - result.gradient_by_hand).max()


def test_a_pooling_on_paper() -> None:
    image = -np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    np.testing.assert_array_equal(pool_by_hand(image, "max", Window(2, stride=2)), [[-1]])
    padded = Window(2, stride=2, padding=1)
    np.testing.assert_array_equal(pool_by_hand(image, "max", padded), [[-1, -2], [-4, -5]])
    # The mean counts the padding as zeros: (0 + 0 + 0 − 1) / 4.
    np.testing.assert_array_equal(pool_by_hand(image, "average", padded), [[-0.25, -1.25], [-2.75, -7]])


def test_the_gradient_flows_to_the_winner_alone() -> None:
    image = np.array([[1.0, 2], [3, 0]])
    result = inspect_pooling(image, "max", Window(2, stride=2))
    np.testing.assert_array_equal(result.gradient, [[0, 0], [3, 0]])
    result = inspect_pooling(image, "average", Window(2, stride=2))
    np.testing.assert_array_equal(result.gradient, np.full((2, 2), 1.5 / 4))


def test_a_pixel_that_wins_twice_gets_both_gradients() -> None:
    image = np.array([[0.0, 2, 0]])
    result = inspect_pooling(np.vstack([image, image * 0]), "max", Window(2))
    np.testing.assert_array_equal(result.gradient, [[0, 4, 0], [0, 0, 0]])
    assert find_winners(image[:, :2], Window(1))[0, 1].tolist() == [0, 1]


def test_padding_is_at_most_half_the_kernel() -> None:
    for kind in KINDS:
        with pytest.raises(ValueError, match=r"padding of 2 is more than half the kernel size 3: .* 0 to 1"):
            inspect_pooling(np.ones((9, 9)), kind, Window(3, padding=2))


def test_a_window_that_does_not_fit_names_paddings_that_pooling_takes() -> None:
    with pytest.raises(ValueError, match=r"kernel size from 1 to 2 or a padding from 1 to 1\."):
        inspect_pooling(np.ones((2, 2)), "max", Window(3))


@pytest.mark.parametrize("kind", ["median", None, ["max"]])
def test_another_kind_is_refused(kind: object) -> None:
    with pytest.raises(ValueError, match="choose one of max, average"):
        inspect_pooling(np.ones((2, 2)), kind, Window(1))  # type: ignore[arg-type]
