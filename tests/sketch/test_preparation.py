"""Images become MNIST digits, or are refused with a reason."""

import contextlib
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from models.checkpoints.prediction import predict_digit
from models.data.strokes import example_strokes
from models.sketch.digit import SketchRefused
from models.sketch.preparation import digit_from_image, digit_from_strokes
from tests.sketch.pad import SIZE, check_is_mnist_like, compare_shifted, draw_on_pad, place_on_pad


@given(
    st.tuples(st.integers(8, 300), st.integers(8, 300)),
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
    st.booleans(),
)
def test_even_bars_and_blocks_are_read_or_refused(shape, corners, dark_ink):
    """Ink without any shading, such as a straight 1 from a drawing program."""
    rows, columns = (sorted(round(share * side) for share in pair)
                     for side, pair in zip(shape, (corners[:2], corners[2:]), strict=True))  # fmt: skip
    image = np.zeros(shape, np.uint8)
    image[rows[0] : rows[1], columns[0] : columns[1]] = 255
    with contextlib.suppress(SketchRefused):
        found = digit_from_image(255 - image if dark_ink else image).image
        assert np.isfinite(found).all()
        assert found.max() > 0


def test_thin_pen_in_a_large_image_is_read_in_time():
    image = np.zeros((4096, 4096), np.uint8)
    image[400:3700, 2000:2004] = 255
    started = time.thread_time()
    digit_from_image(image, with_stages=False)
    assert time.thread_time() - started < 5


@pytest.mark.gate
def test_network_answers_as_it_does_for_the_originals(mnist_test):
    """300 MNIST digits, ten times as large, somewhere on a pad: at least 99 % get the same answer."""
    rng = np.random.default_rng(0)
    originals = mnist_test[0][:300]
    agreed = 0
    for image in originals:
        found = digit_from_image(
            paste(enlarge(image, Image.Resampling.BICUBIC), rng), with_stages=False
        ).image
        answer = predict_digit(found, "convnet3").digit
        agreed += answer == predict_digit(image.astype(np.float32) / 255, "convnet3").digit
    assert agreed >= 297


def enlarge(image, resample):
    return np.asarray(Image.fromarray(image).resize((280, 280), resample))


def paste(image, rng, size_px=420):
    pad = np.zeros((size_px, size_px), np.uint8)
    row, column = rng.integers(0, size_px - 280, 2)
    pad[row : row + 280, column : column + 280] = image
    return pad


def test_mnist_comes_back_as_it_was(mnist_test):
    for image in mnist_test[0][:300]:
        assert (np.rint(digit_from_image(image).image * 255) == image).all()


@pytest.mark.gate
def test_mnist_enlarged_and_moved_comes_back_exactly(mnist_test):
    rng = np.random.default_rng(0)
    for image in mnist_test[0][:300]:
        found = digit_from_image(
            paste(enlarge(image, Image.Resampling.NEAREST), rng), with_stages=False
        ).image
        assert (np.rint(found * 255) == image).all()


@pytest.mark.gate
@pytest.mark.parametrize("resample", [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC])
@pytest.mark.parametrize("dark_ink", [False, True])
def test_mnist_enlarged_smoothly_comes_back_nearly(mnist_test, resample, dark_ink):
    rng = np.random.default_rng(0)
    differences = []
    for image in mnist_test[0][:100]:
        pasted = paste(enlarge(image, resample), rng)
        found = digit_from_image(255 - pasted if dark_ink else pasted, with_stages=False).image
        differences.append(np.abs(found - image / 255).mean())
    assert np.mean(differences) < 0.025  # the smoothing itself costs 0.018
    assert np.quantile(differences, 0.99) < 0.09


def make_versions(ink):
    """The same ink as many kinds of image."""
    dark = 1 - ink
    bytes_ = np.rint(dark * 255).astype(np.uint8)
    black, white = np.zeros((*ink.shape, 3), np.uint8), np.full((*ink.shape, 3), 255, np.uint8)
    alpha = np.rint(ink * 255).astype(np.uint8)[:, :, None]
    return {
        "bright on dark": ink,
        "dark on light": dark,
        "float64 to 255": dark.astype(np.float64) * 255,
        "bytes": bytes_,
        "16 bits": np.rint(dark * 65535).astype(np.uint16),
        "rgb": np.repeat(bytes_[:, :, None], 3, 2),
        "opaque rgba": np.dstack([bytes_, bytes_, bytes_, np.full_like(bytes_, 255)]),
        "black on transparent": np.concatenate([black, alpha], 2),
        "white on transparent": np.concatenate([white, alpha], 2),
        "gray on gray": 0.6 - 0.4 * ink,
        "not contiguous": np.asfortranarray(bytes_)[::1],
    }


@pytest.mark.parametrize("digit", [1, 2, 5, 8])
def test_every_kind_of_image_gives_the_same_digit(digit):
    ink = draw_on_pad(digit)
    expected = digit_from_image(ink).image
    check_is_mnist_like(expected)
    for kind, image in make_versions(ink).items():
        np.testing.assert_allclose(digit_from_image(image).image, expected, atol=0.02, err_msg=kind)


def test_image_and_strokes_of_the_same_drawing_agree():
    for digit in range(10):
        strokes = place_on_pad(example_strokes(digit), 196, 42, 42)
        from_strokes = digit_from_strokes(strokes, SIZE).image
        # a pen of 2.3 px at 28 × 28 is this wide on the pad
        from_image = digit_from_image(draw_on_pad(digit, 2.3 * 196 / 17.7)).image
        assert compare_shifted(from_strokes, from_image) < 0.02, digit


def test_uneven_light_noise_and_dust_are_cleaned_away():
    rng = np.random.default_rng(1)
    y, x = np.mgrid[-1:1:600j, -1:1:600j]
    for digit in range(10):
        ink = draw_on_pad(digit, 36, 600)
        paper = 0.7 + 0.2 * x - 0.12 * y - 0.05 * x * x
        photo = paper * (1 - 0.75 * ink) + rng.normal(0, 0.02, ink.shape)
        photo[20:24, 560:564] = 0.1
        photo[550:553, 30:34] = 0.1
        sketch = digit_from_image(photo.clip(0, 1))
        assert [stage.name for stage in sketch.stages] == ["drawn", "cleaned", "cropped", "scaled", "centred"]
        check_is_mnist_like(sketch.image)
        expected = digit_from_image(ink).image
        assert compare_shifted(sketch.image, expected) < 0.03, digit


def test_thin_pen_is_thickened():
    thin = digit_from_image(draw_on_pad(3, 4.0)).image
    check_is_mnist_like(thin)
    normal = digit_from_image(draw_on_pad(3, 24.0)).image
    assert thin.max() > 0.95
    assert thin.sum() > 0.6 * normal.sum()


def test_stages_of_a_large_image_stay_small():
    stages = digit_from_image(np.kron(draw_on_pad(2), np.ones((8, 8), np.float32))).stages
    assert [stage.name for stage in stages] == ["drawn", "cropped", "scaled", "centred"]
    assert max(max(stage.image.shape) for stage in stages) <= 280


@pytest.mark.parametrize("paper", [0.0, 0.3, 1.0])
def test_blank_and_faint_images_are_refused(paper):
    blank = np.full((100, 100), paper, np.float32)
    faint = blank + np.float32(0.03 if paper < 0.5 else -0.03) * draw_on_pad(3, size_px=100)
    for image in (blank, faint, np.dstack([blank, blank, blank, np.zeros_like(blank)])):
        with pytest.raises(SketchRefused, match="No ink stands out"):
            digit_from_image(image)


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_holds_no_ink(seed):
    noise = np.random.default_rng(seed).normal(0.7, 0.03, (300, 300)).clip(0, 1)
    with pytest.raises(SketchRefused, match="No ink stands out"):
        digit_from_image(noise)


def test_dot_in_an_image_is_too_small():
    image = np.zeros((400, 400), np.uint8)
    image[200:208, 200:208] = 255
    with pytest.raises(SketchRefused, match="too small to read. Crop"):
        digit_from_image(image)


@settings(max_examples=50)
@given(st.integers(8, 40), st.integers(8, 40), st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_any_image_gives_a_digit_or_a_refusal(height, width, seed, share):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width), np.uint8) * (rng.random((height, width)) < share)
    try:
        image = digit_from_image(pixels.astype(np.uint8)).image
    except SketchRefused:
        return
    assert np.isfinite(image).all()
    assert 0 < image.max() <= 1
