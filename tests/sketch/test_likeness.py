"""An image beside MNIST's digits: the measures, the table and the words."""

import numpy as np
import pytest

from models.data.datasets import load_dataset
from models.data.strokes import example_strokes, render_strokes
from models.sketch.likeness import (
    MEASURES,
    gauge_likeness,
    measure_image,
    measure_percentiles,
    measure_width,
)
from models.sketch.preparation import digit_from_strokes


def gauge_by_name(image):
    return {gauge.measure.name: gauge for gauge in gauge_likeness(image)}


def draw_line(width_px, left=14.0):
    points = np.array([[left, 6], [left, 22]], np.float32)
    return render_strokes([points], width_px, 28)


@pytest.mark.parametrize("width_px", [1.9, 2.3, 4.0])
@pytest.mark.parametrize("turn", [0.0, 0.4, 0.8, 1.57])
def test_width_is_that_of_the_pen(width_px, turn):
    """On a line far longer than wide, however it lies among the pixels."""
    along = np.array([[-100], [100]]) * [np.cos(turn), np.sin(turn)]
    line = (140 + along).astype(np.float32)
    assert measure_width(render_strokes([line], width_px, 280)) == pytest.approx(width_px, rel=0.05)


def test_measures_of_a_square_are_those_done_by_hand():
    image = np.zeros((28, 28), np.float32)
    image[4:14, 10:15] = 0.5
    values = dict(zip([measure.name for measure in MEASURES], measure_image(image), strict=True))
    assert values.pop("stroke_width") == pytest.approx(2 * 25 / (0.5 * 30), rel=0.05)
    assert values == {
        "ink": 25,
        "center_x": 12.5,
        "center_y": 9,
        "longer_side": 10,
        "aspect": 0.5,
        "parts": 1,
    }


def test_table_is_what_mnist_measures(mnist_folder):
    """Every 15th training image; the whole set is measured by `python -m models.sketch.likeness`."""
    images = load_dataset("mnist", "train").images[::15, 0].numpy()
    measured = measure_percentiles(images)  # (M, 5)
    for measure, row in zip(MEASURES, measured, strict=True):
        spread = measure.percentiles[-1] - measure.percentiles[0]
        np.testing.assert_allclose(row, measure.percentiles, atol=0.04 * spread, err_msg=measure.name)


def test_most_test_digits_are_like_mnist(mnist_test):
    images = mnist_test[0][::20].astype(np.float32) / np.float32(255)
    is_like = np.array([[gauge.is_like for gauge in gauge_likeness(image)] for image in images])
    assert (is_like.mean(axis=0) >= 0.95).all()


@pytest.mark.parametrize("digit", range(10))
def test_prepared_digits_are_like_mnist_in_size_and_place(digit):
    strokes = [(stroke * 100 + 30).tolist() for stroke in example_strokes(digit)]
    gauges = gauge_by_name(digit_from_strokes(strokes).image)
    for name in ("stroke_width", "center_x", "center_y", "longer_side", "parts"):
        assert gauges[name].is_like, gauges[name]


def test_verdicts_say_which_way_an_image_is_odd():
    thick, thin = gauge_by_name(draw_line(8)), gauge_by_name(draw_line(1, left=14.5))
    assert thick["stroke_width"].verdict == "thicker than 99 in 100 of MNIST’s digits"
    assert thin["stroke_width"].verdict == "thinner than 99 in 100 of MNIST’s digits"
    assert not thick["stroke_width"].is_like
    aside = gauge_by_name(draw_line(2.3, left=5))
    assert aside["center_x"].verdict.startswith("further left")
    assert aside["center_x"].value == pytest.approx(5)
    usual = gauge_by_name(draw_line(2.3))["stroke_width"]
    assert usual.is_like
    assert usual.verdict == "as most of MNIST’s digits"


def test_verdict_is_true_of_the_table():
    """What a verdict claims of nine or ninety-nine in a hundred, the percentiles say too."""
    rng = np.random.default_rng(4)
    for _ in range(200):
        image = draw_line(float(rng.uniform(1, 6)), float(rng.uniform(6, 20)))
        for gauge in gauge_likeness(image):
            lowest, low, _, high, highest = gauge.measure.percentiles
            if "99 in 100" in gauge.verdict:
                assert not lowest <= gauge.value <= highest
            elif "9 in 10" in gauge.verdict:
                assert not low <= gauge.value <= high
            else:
                assert low <= gauge.value <= high


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((28, 28), np.float32),
        np.ones((27, 28), np.float32),
        np.full((28, 28), 2, np.float32),
        np.full((28, 28), np.nan, np.float32),
    ],
)
def test_no_image_of_a_digit_is_refused(image):
    with pytest.raises(ValueError, match="must"):
        gauge_likeness(image)
