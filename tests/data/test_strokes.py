"""Built-in pen-stroke digits: sampled, drawn, and prepared as MNIST's are."""

import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from models.checkpoints.evaluation import evaluate_network
from models.data.datasets import load_dataset
from models.data.strokes import (
    BOX_PX,
    FIELD_PX,
    center_by_mass,
    example_strokes,
    fit_strokes,
    generate_digits,
    render_strokes,
    sample_strokes,
)
from models.training.loop import train
from models.training.recipes import make_config

DIGITS = list(range(10))


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    return generate_digits(5000, seed=3)


def test_sampled_strokes_are_points_in_about_the_unit_box():
    for digit in DIGITS:
        for seed in range(30):
            strokes = sample_strokes(digit, np.random.default_rng(seed))
            assert 1 <= len(strokes) <= 3
            for stroke in strokes:
                assert stroke.dtype == np.float32
                assert stroke.ndim == 2
                assert stroke.shape[1] == 2
                assert np.abs(stroke - 0.5).max() < 2


def test_same_generator_state_gives_the_same_strokes():
    for digit in DIGITS:
        first, again = (sample_strokes(digit, np.random.default_rng(7)) for _ in range(2))
        assert all((a == b).all() for a, b in zip(first, again, strict=True))


@pytest.mark.parametrize(
    "write", [example_strokes, lambda digit: sample_strokes(digit, np.random.default_rng(0))]
)
@pytest.mark.parametrize("digit", [-1, 10, 3.5])
def test_only_the_ten_digits_can_be_written(write, digit):
    with pytest.raises(ValueError, match=f"digit is {digit}; it must be a whole number from 0 to 9"):
        write(digit)


def test_example_strokes_are_constant_and_not_shared():
    for digit in DIGITS:
        strokes = example_strokes(digit)
        strokes[0][:] = 0  # a visitor who changes theirs leaves everybody else's alone
        again = example_strokes(digit)
        assert again[0].any()
        assert all(stroke.min() >= -0.05 and stroke.max() <= 1.05 for stroke in again)


def draw_by_hand(strokes, width_px, size_px):
    """Ink of every pixel from its distance to every segment, one at a time."""
    image = np.zeros((size_px, size_px))
    for stroke in strokes:
        for a, b in zip(stroke, stroke[1:] if len(stroke) > 1 else stroke, strict=False):
            a, b = a.astype(float), b.astype(float)
            for row in range(size_px):
                for column in range(size_px):
                    pixel = np.array([column + 0.5, row + 0.5])
                    length = (b - a) @ (b - a)
                    t = np.clip((pixel - a) @ (b - a) / length, 0, 1) if length else 0.0
                    distance = np.linalg.norm(pixel - a - t * (b - a))
                    image[row, column] = max(image[row, column], np.clip(width_px / 2 + 0.5 - distance, 0, 1))
    return image


@settings(max_examples=25)
@given(
    st.lists(
        st.lists(st.tuples(st.floats(-3, 15, width=32), st.floats(-3, 15, width=32)), min_size=1, max_size=4),
        min_size=1,
        max_size=3,
    ),
    st.floats(0.5, 5),
)
def test_render_agrees_with_the_distance_worked_out_pixel_by_pixel(points, width_px):
    strokes = [np.array(stroke, np.float32) for stroke in points]
    np.testing.assert_allclose(
        render_strokes(strokes, width_px, 12), draw_by_hand(strokes, width_px, 12), atol=2e-4
    )


def test_render_draws_dots_and_nothing():
    assert not render_strokes([], 2.0).any()
    assert not render_strokes([np.zeros((0, 2), np.float32)], 2.0).any()
    dot = render_strokes([np.array([[14.5, 9.5]], np.float32)], 2.0)
    assert dot[9, 14] == 1
    assert dot.sum() == pytest.approx(np.pi, rel=0.15)


@given(st.sampled_from(DIGITS), st.integers(0, 1000), st.floats(1.2, 4.2), st.floats(0.1, 400))
def test_fitted_strokes_fill_the_box_whatever_their_size(digit, seed, width_px, size):
    strokes = [stroke * np.float32(size) for stroke in sample_strokes(digit, np.random.default_rng(seed))]
    fitted = np.concatenate(fit_strokes(strokes, width_px))
    extent = np.ptp(fitted, axis=0) + width_px
    assert extent.max() == pytest.approx(BOX_PX, abs=1e-3)
    assert fitted.min() >= width_px / 2 - 1e-3
    original = np.ptp(np.concatenate(strokes), axis=0)
    assert (extent - width_px) * original.max() == pytest.approx(
        original * (BOX_PX - width_px), abs=0.01 * size
    )


def measure_centers(images):
    """Row and column of the centre of mass (N, 2), the centre of the first pixel at 0."""
    images = images.astype(float)
    index = np.arange(images.shape[1])
    return np.stack([images.sum(2) @ index, images.sum(1) @ index], 1) / images.sum((1, 2))[:, None]


def measure_sides(images):
    """Rows and columns that the ink spans (N, 2)."""
    spans = []
    for axis in (2, 1):
        inked = images.any(axis)
        spans.append(inked.shape[1] - inked[:, ::-1].argmax(1) - inked.argmax(1))
    return np.stack(spans, 1)


def test_generated_digits_obey_mnists_rule(digits):
    images, labels = digits
    assert images.dtype == np.uint8
    assert images.shape == (5000, FIELD_PX, FIELD_PX)
    assert labels.dtype == np.int64
    assert (measure_sides(images).max(1) == BOX_PX).mean() > 0.999
    assert np.abs(measure_centers(images) - 14).max() < 0.51  # and 8 bits' rounding
    assert np.bincount(labels, minlength=10).min() > 400
    assert (images.max((1, 2)) > 240).all()


def test_mnist_obeys_it_too(mnist_test):
    images, _ = mnist_test
    assert (measure_sides(images).max(1) == BOX_PX).mean() > 0.999
    assert np.abs(measure_centers(images) - 14).max() <= 0.5
    again = center_by_mass(images.astype(np.float32))
    assert (again == images).all()  # every digit of MNIST already lies where its rule puts it


def test_generated_digits_weigh_what_mnists_do(digits, mnist_test):
    generated, real = (images / 255 for images in (digits[0], mnist_test[0]))
    assert generated.mean() == pytest.approx(real.mean(), rel=0.12)
    assert generated.std() == pytest.approx(real.std(), rel=0.06)


@pytest.mark.release
def test_network_that_knows_strokes_alone_reads_mnist(mnist_folder):
    """So that a machine without MNIST has a useful lab."""
    config = make_config("glassnet", "fast", dataset="strokes", num_images=10_000, epochs=2)
    *_, finished = train(config, device=torch.device("cpu"))
    assert evaluate_network(finished.checkpoint.network, load_dataset("mnist", "test")).accuracy >= 0.93


def test_centering_keeps_ink_that_would_leave_the_field():
    image = np.zeros((1, 20, 20), np.float32)
    image[0, 0, :] = 1
    image[0, 19, 0] = 1e-3  # far from the centre of mass
    moved = center_by_mass(image)
    assert moved.sum() == pytest.approx(image.sum())
    assert moved[0, 27].any()


def test_digits_depend_on_seed_and_index_alone():
    images, labels = generate_digits(600, seed=5)
    parts = [generate_digits(num, seed=5, start=start) for start, num in ((0, 100), (100, 300), (400, 200))]
    assert (np.concatenate([part[0] for part in parts]) == images).all()
    assert (np.concatenate([part[1] for part in parts]) == labels).all()
    assert (generate_digits(600, seed=6)[0] != images).any()


def test_progress_reaches_the_end_and_a_set_may_be_empty():
    seen = []
    generate_digits(300, 0, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (300, 300)
    assert seen == sorted(seen)
    images, labels = generate_digits(0, 0)
    assert images.shape == (0, 28, 28)
    assert labels.shape == (0,)


@pytest.mark.parametrize("wrong", [{"num": -1}, {"seed": -2}, {"start": -3}])
def test_negative_numbers_are_refused_by_name(wrong):
    name, value = next(iter(wrong.items()))
    with pytest.raises(ValueError, match=f"{name} is {value}; it must be 0 or above"):
        generate_digits(**({"num": 1, "seed": 0} | wrong))


def test_generating_is_fast():
    seconds = []
    for seed in range(3):
        started = time.thread_time()
        generate_digits(1000, seed)
        seconds.append(time.thread_time() - started)
    assert min(seconds) < 1  # 60,000 in under a minute; about 12 seconds in quiet


def test_classes_can_be_distinguished(digits):
    images, labels = (torch.from_numpy(array) for array in digits)
    pixels = images.flatten(1).float() / 255
    generator = torch.Generator().manual_seed(0)
    weights = torch.zeros(784, 10, requires_grad=True)
    bias = torch.zeros(10, requires_grad=True)
    optimizer = torch.optim.Adam([weights, bias], lr=0.01)
    for _ in range(5):
        for batch in torch.randperm(4000, generator=generator).split(100):
            optimizer.zero_grad()
            F.cross_entropy(pixels[batch] @ weights + bias, labels[batch]).backward()
            optimizer.step()
    answers = (pixels[4000:] @ weights + bias).argmax(1)
    accuracy = (answers == labels[4000:]).float()
    assert accuracy.mean() > 0.85
    for digit in DIGITS:
        assert accuracy[labels[4000:] == digit].mean() > 0.65, digit
