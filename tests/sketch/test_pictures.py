"""Pictures of every kind that people send are read: paper, pen, light and frame, each by itself."""

from functools import partial

import numpy as np
import pytest

from models.checkpoints.prediction import predict_digit
from models.sketch.digit import SketchRefused
from models.sketch.ink import RIPPLE, find_ink
from models.sketch.preparation import digit_from_image
from tests.sketch.pad import compare_shifted
from tests.sketch.pictures import FRAMES, KINDS, SIDE, compress, draw, draw_frame, frame, ink, to_bytes

pytestmark = pytest.mark.gate  # some seconds


def count_read(make, seeds):
    """Count the digits read rightly, one of each of the ten and of every seed."""
    right = 0
    for digit in range(10):
        for seed in seeds:
            try:
                found = digit_from_image(make(digit, seed), with_stages=False).image
            except SketchRefused:
                continue
            right += predict_digit(found, "sketchpad").digit == digit
    return right


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_every_kind_are_read(kind):
    assert count_read(KINDS[kind], range(2)) >= 18


@pytest.mark.parametrize("light", ["even", "ramp", "photo"])
@pytest.mark.parametrize("kind", FRAMES)
def test_frames_are_taken_away(kind, light):
    """Dark or grey, thick or thin, on two, three or four sides, wherever in the picture."""
    assert count_read(partial(frame, kind, light=light), range(1)) >= 9


def test_framed_digit_is_what_it_is_without_the_frame():
    for digit in range(10):
        plain = ink(digit, np.random.default_rng(digit), height=(0.5, 0.5))
        lines = draw_frame(np.random.default_rng(0), SIDE, "tblr", 0.08, 5, False)
        expected = digit_from_image(to_bytes(1 - plain))
        found = digit_from_image(to_bytes(1 - np.maximum(plain, lines)))
        assert compare_shifted(found.image, expected.image) < 0.03, digit
        assert [stage.title for stage in found.stages if stage.name == "cleaned"] == ["Ink without its frame"]
        assert [stage.name for stage in expected.stages] == ["drawn", "cropped", "scaled", "centred"]


def test_clean_drawing_is_left_as_it_is():
    for digit in range(10):
        drawn = draw(digit, 3)
        found = find_ink(drawn)
        assert (found.is_photo, found.has_frame) == (False, False)
        assert np.abs(found.ink - (1 - drawn.astype(np.float32) / 255)).max() < RIPPLE
        assert not find_ink(compress(drawn / 255, 40)).is_photo
