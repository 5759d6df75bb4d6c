"""The digits to look at: by number from a data set, or drawn."""

import numpy as np
import pytest

from app.sketchpad.tab import build_example
from app.ui.digits import DRAWING, TEST, TRAIN, list_sources, take_digit
from models.data.datasets import load_gallery


@pytest.mark.parametrize("part", [TEST, TRAIN])
def test_a_digit_by_its_number(part):
    gallery = load_gallery(part)
    image, note = take_digit(part, 7, None)
    np.testing.assert_array_equal(image, (gallery.images[7].astype(np.float32) / 255).astype(np.float64))
    assert note == f"a {gallery.labels[7]}"
    assert part in [value for _, value in list_sources()]


def test_training_and_test_images_differ():
    assert not np.array_equal(take_digit(TEST, 0, None)[0], take_digit(TRAIN, 0, None)[0])


def test_a_drawing():
    image, note = take_digit(DRAWING, 0, {"strokes": build_example(3)})
    assert image.shape == (28, 28)
    assert image.max() == pytest.approx(1, abs=0.1)
    assert note == "yours"


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ((TEST, 10**9, None), "enter a whole number from 0 to"),
        ((TEST, -1, None), "enter a whole number from 0 to"),
        ((TEST, 1.5, None), "enter a whole number from 0 to"),
        ((TEST, True, None), "enter a whole number from 0 to"),
        (("elsewhere", 0, None), "choose one of"),
        ((["test"], 0, None), "choose one of"),
        ((DRAWING, 0, None), "draw a digit on the sketchpad"),
        ((DRAWING, 0, {"strokes": []}), "draw a digit on the sketchpad"),
        ((DRAWING, 0, {"strokes": "a"}), "must be a list of strokes"),
    ],
)
def test_what_is_no_choice_is_refused(choice, message):
    with pytest.raises(ValueError, match=message):
        take_digit(*choice)
