"""An image's pen is measured, and brought to what MNIST's writers used."""

import numpy as np
import pytest

from models.data.strokes import example_strokes, render_strokes
from models.sketch import pen_width
from models.sketch.image import find_box
from models.sketch.pen_width import BLOB_PX, GOOD_PX, THICKEST_PX, fit_pen, measure_pen
from models.sketch.preparation import digit_from_image


def draw(digit, width_px, size_px=280):
    """Ink of a plain digit, cropped, and its pen's true width in the 20 px box."""
    strokes = [
        np.float32(0.7 * size_px) * stroke + np.float32(0.15 * size_px) for stroke in example_strokes(digit)
    ]
    ink = render_strokes(strokes, width_px, size_px)
    ink = ink[find_box(ink)]
    return ink, 20 * width_px / max(ink.shape)


def enlarge(image, times=10):
    ink = np.kron(image.astype(np.float32) / 255, np.ones((times, times), np.float32))
    return ink[find_box(ink)]


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("width_px", [6.0, 16.0, 28.0])
def test_width_is_what_it_was_drawn_with(digit, width_px):
    ink, true_px = draw(digit, width_px)
    pen = measure_pen(ink)
    assert pen.width_px == pytest.approx(true_px, rel=0.15)
    assert pen.softness_px < 0.3


def test_softness_is_the_length_of_a_ramp():
    ramp = np.clip((np.arange(400) - 100) / 40, 0, 1).astype(np.float32)  # 40 px long
    ink = np.minimum(ramp, ramp[::-1])[None].repeat(400, 0)
    ink = ink[find_box(ink)]
    longer = max(ink.shape)
    # above and below, the outline has no ramp: half of it is 200 px soft on average over 2 × 400 px of 1,120
    expected = 40 * 2 * 400 / (2 * 400 + 2 * ink[0].sum()) * 20 / longer
    assert measure_pen(ink).softness_px == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("width_px", [3.0, 4.0, 30.0, 36.0])
def test_too_thin_and_too_thick_pens_become_good(digit, width_px):
    ink, before_px = draw(digit, width_px)
    after_px = measure_pen(fit_pen(ink)).width_px
    assert abs(after_px - GOOD_PX) < 0.45
    assert abs(after_px - GOOD_PX) < abs(before_px - GOOD_PX)


@pytest.mark.parametrize("digit", [1, 2, 3, 5, 7])
def test_a_thick_pens_digit_is_that_of_a_thin_pen(digit):
    thick, fitting = (digit_from_image(draw(digit, width)[0]).image for width in (34.0, 20.0))
    differences = [
        np.abs(thick - np.roll(fitting, (i, j), (0, 1))).mean() for i in (-1, 0, 1) for j in (-1, 0, 1)
    ]
    assert min(differences) < 0.035  # 0.018 to 0.068 with the thick pen as it is


def test_good_pen_is_left_as_it_is():
    ink, true_px = draw(3, 20.0)
    assert true_px < THICKEST_PX
    assert fit_pen(ink) is ink


def test_mnists_own_digits_are_left_as_they_are(mnist_test):
    thick = 0
    for image in mnist_test[0][:1000]:
        ink = enlarge(image)
        assert fit_pen(ink) is ink
        thick += measure_pen(ink).width_px > THICKEST_PX
    assert thick > 100  # which would be thinned if their edges were sharp


def test_thin_parts_of_a_thick_drawing_are_kept(monkeypatch):
    """Three bars drawn with a marker and one with a pencil: thinning must not rub the fourth out."""
    ink = np.zeros((280, 280), np.float32)
    for top in (0, 80, 160):
        ink[top : top + 60] = 1
    ink[268:274] = 1
    ink[:274, 130:150] = 1
    ink = ink[find_box(ink)]
    assert measure_pen(ink).width_px > THICKEST_PX
    assert count_bars(ink) == count_bars(fit_pen(ink)) == 4
    monkeypatch.setattr(pen_width, "MIN_KEPT", 0)
    assert count_bars(fit_pen(ink)) == 3  # it is what the check is for


def count_bars(ink):
    """Count how often a column near the left edge goes from paper to ink."""
    column = ink[:, ink.shape[1] // 8] > 0.5
    return int((np.diff(column.astype(int), prepend=0) == 1).sum())


def test_a_block_is_no_pens():
    block = np.ones((200, 180), np.float32)
    assert measure_pen(block).width_px > BLOB_PX
    assert fit_pen(block) is block
