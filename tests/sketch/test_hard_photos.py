"""Photos that are hard to read are read, and empty sheets are found empty."""

import numpy as np
import pytest

from models.data.strokes import example_strokes, render_strokes
from models.sketch.digit import SketchRefused
from models.sketch.faint_ink import cut_faint
from models.sketch.ink import find_ink
from models.sketch.photo import find_photo_ink
from models.sketch.preparation import digit_from_image
from models.sketch.shading import remove_shading
from tests.sketch.hard_photos import EMPTY, HARD, grain
from tests.sketch.pictures import SIDE, compress, crush, draw, make_clouds, soften, to_bytes
from tests.sketch.test_photo import compare
from tests.sketch.test_pictures import count_read


@pytest.mark.gate  # some seconds
@pytest.mark.parametrize("kind", HARD)
def test_hard_photos_are_read(kind):
    assert count_read(HARD[kind], range(2)) >= 18


@pytest.mark.gate
@pytest.mark.parametrize("kind", EMPTY)
def test_empty_sheets_are_refused(kind):
    for seed in range(10):
        with pytest.raises(SketchRefused):
            digit_from_image(EMPTY[kind](seed), with_stages=False)


@pytest.mark.parametrize("quality", [None, 80])
def test_faint_drawing_on_even_paper_is_as_the_dark_one(quality):
    """Whether every pixel of the paper is alike or a JPEG leaves ripples."""
    for digit in (2, 4, 5, 8):
        dark = 1 - draw(digit, 3) / 255
        light = 0.9 * (1 - 0.05 * dark)
        found = find_ink(to_bytes(light) if quality is None else compress(light, quality)).ink
        small = dark.reshape(SIDE // 2, 2, SIDE // 2, 2).mean((1, 3))
        both, either = (found > 0.5) & (small > 0.5), (found > 0.5) | (small > 0.5)
        assert both.sum() > 0.75 * either.sum(), digit


def test_faint_ink_is_told_from_paper_that_is_as_uneven():
    """The same stroke is ink where the paper is calm, and none on waves of a third of its contrast."""
    contrast = np.zeros((160, 160), np.float32)
    contrast[40:120, 76:84] = 0.05
    assert np.array_equal(cut_faint(contrast, 0.001) > 0, contrast > 0)
    waves = 0.017 * np.abs(make_clouds(np.random.default_rng(0), 160, 20))
    assert not cut_faint(np.maximum(contrast, waves), 0.001).any()
    assert not cut_faint(contrast, 0.001, is_single=False).any()
    assert cut_faint(3 * np.maximum(contrast, waves), 0.001).any()  # dark ink may lie on any paper
    many = np.kron(np.eye(5, dtype=np.float32), contrast[60:92, 60:92])  # blocks of a camera, or crumbs
    assert not cut_faint(many, 0.001).any()


def test_faint_stretch_of_a_stroke_is_ink_as_wide_as_the_rest():
    contrast = np.zeros((160, 160), np.float32)
    contrast[20:140, 60:66] = 0.6
    contrast[50:110, 60:66] = 0.12
    ink = cut_faint(contrast, 0.002)
    assert (ink[25:135, 60:66] > 0.5).mean() > 0.95
    assert not ink[contrast == 0].any()


def test_faint_lines_and_shading_that_touch_no_stroke_or_have_no_second_side_are_no_ink():
    contrast = np.zeros((160, 160), np.float32)
    contrast[20:140, 60:66] = 0.6
    contrast[20:140, 90:96] = 0.12  # apart
    contrast[30:60, 20:60] = 0.12  # shading up to the stroke
    assert np.array_equal(cut_faint(contrast, 0.002) > 0, contrast > 0.5)


@pytest.mark.parametrize("pen_px", [16, 24])
def test_shadow_of_fingers_across_a_digit_is_no_ink(pen_px):
    """Nearly as dark as the pen, with hard edges, over grainy paper, a few times as wide as the strokes."""
    side = 400
    fingers = [np.array([(190 + 120 * i, 420), (220 + 120 * i, 200)], np.float32) for i in range(2)]
    shadow = render_strokes(fingers, 70, side)
    rng = np.random.default_rng(0)
    for digit in range(10):
        strokes = [stroke * np.float32(200) + np.float32(100) for stroke in example_strokes(digit)]
        drawn = render_strokes(strokes, pen_px, side)
        light = 0.8 * (1 - 0.45 * shadow) * grain(rng, side) * (1 - 0.65 * drawn)
        assert compare(find_photo_ink([light.astype(np.float32)])[0], drawn) > 0.9, digit


def test_soft_edges_of_a_photo_out_of_focus_are_no_shadow():
    strokes = [np.array([(20, 80), (100, 20), (140, 130)], np.float32)]
    contrast = np.float32(0.7) * soften(render_strokes(strokes, 12, 160), 6).astype(np.float32)
    assert remove_shading(contrast) is contrast


def test_ripples_of_a_small_jpeg_are_no_frame():
    for digit in range(10):
        for seed in range(3):
            assert not find_ink(crush(digit, seed)).has_frame, (digit, seed)
