"""Images of clothes, prepared as Fashion-MNIST's are and not as digits."""

import numpy as np
import pytest

from models.data.names import DATASETS
from models.sketch.clothing import clothing_from_image, clothing_from_strokes
from models.sketch.digit import SketchRefused
from models.sketch.input import prepare_image, prepare_strokes
from models.sketch.preparation import digit_from_image, digit_from_strokes


@pytest.fixture
def pullover():
    """An image as the data set's: it fills its square, its sleeves reach into two corners."""
    image = np.zeros((28, 28), np.uint8)
    image[2:28, 7:21] = np.random.default_rng(0).integers(90, 256, (26, 14))
    image[4:28, 0:4] = 150
    image[4:28, 24:28] = 170
    return image


def draw_shoe(background, ink):
    """A shoe of 200 × 100 px that lies at the lower left of 400 × 300."""
    image = np.full((300, 400), background, np.uint8)
    image[180:280, 20:120] = ink
    image[230:280, 120:220] = ink
    return image


def test_an_image_of_the_data_set_stays_as_it_is(pullover):
    assert np.array_equal(clothing_from_image(pullover).image, pullover.astype(np.float32) / 255)


def test_printed_dark_on_white_it_is_turned_back(pullover):
    prepared = clothing_from_image(255 - pullover).image
    assert prepared == pytest.approx(pullover.astype(np.float32) / 255, abs=1e-6)


def test_enlarged_it_comes_back(pullover):
    enlarged = np.kron(pullover, np.ones((10, 10), np.uint8))
    padded = np.pad(enlarged, ((20, 70), (35, 35)))  # the piece is 26 high: its longer side is the width
    expected = np.pad(pullover[2:], ((1, 1), (0, 0))).astype(np.float32) / 255
    assert clothing_from_image(padded).image == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("background", "ink"), [(255, 0), (0, 255), (230, 20)])
def test_a_photo_is_trimmed_scaled_to_28_and_put_in_the_middle(background, ink):
    digit = clothing_from_image(draw_shoe(background, ink))
    assert (digit.image[:7] == 0).all()
    assert (digit.image[21:] == 0).all()
    assert (digit.image[7:21, :14] > 0.9).all()
    assert (digit.image[7:14, 14:] < 1e-6).all()
    assert (digit.image[14:21, 14:] > 0.9).all()
    assert [stage.name for stage in digit.stages] == ["drawn", "cropped", "centred"]
    assert digit.stages[-1].image is digit.image


def test_transparent_pixels_are_background():
    shoe = np.dstack([draw_shoe(0, 0)] * 3 + [draw_shoe(0, 255)])
    assert np.array_equal(clothing_from_image(shoe).image, clothing_from_image(draw_shoe(255, 0)).image)


def test_a_drawing_fills_the_square_too():
    bag = [[[100, 120], [180, 120], [180, 160], [100, 160], [100, 120]]]
    image = clothing_from_strokes(bag, 280).image
    assert image[:, 0].max() > 0.5
    assert image[:, -1].max() > 0.5
    assert abs(np.flatnonzero(image.any(1)).mean() - 13.5) < 1


@pytest.mark.parametrize("nothing", [np.full((40, 40), 128, np.uint8), np.zeros((28, 28), np.uint8)])
def test_nothing_is_refused(nothing):
    with pytest.raises(SketchRefused, match="Nothing stands out"):
        clothing_from_image(nothing)
    with pytest.raises(SketchRefused, match="pad is empty"):
        clothing_from_strokes([])


@pytest.mark.parametrize("dataset", DATASETS)
def test_each_network_is_given_what_it_learned_from(dataset):
    strokes = [[[140, 60], [140, 220]]]
    photo = draw_shoe(255, 0)
    clothes = dataset == "fashion-mnist"
    by_image, by_strokes = prepare_image(photo, dataset), prepare_strokes(strokes, 280, dataset)
    expected = clothing_from_image(photo) if clothes else digit_from_image(photo)
    assert np.array_equal(by_image.image, expected.image)
    expected = (clothing_from_strokes if clothes else digit_from_strokes)(strokes, 280)
    assert np.array_equal(by_strokes.image, expected.image)
