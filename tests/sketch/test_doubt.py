"""Scribbles, pairs and doodles are told so; digits, however they are written, are not."""

import numpy as np
import pytest

from models.data.strokes import example_strokes, render_strokes, sample_strokes
from models.sketch.digit import SketchRefused
from models.sketch.doubt import doubt_ink, doubt_strokes
from models.sketch.pen_digits import draw_all, paint_drawing
from models.sketch.pen_files import load_pen_digits
from models.sketch.preparation import digit_from_image, digit_from_strokes


@pytest.fixture(scope="module")
def pen_digits(real_pen_file):
    return load_pen_digits(real_pen_file)


def line(*points):
    return np.array(points, np.float32)


def circle(x=0.5, y=0.5, radius=0.5, turns=1.0, start=0.0):
    angle = start + np.linspace(0, 2 * np.pi * turns, round(40 * turns) + 2)
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], 1).astype(np.float32)


def spiral(turns):
    angle = np.linspace(0, 2 * np.pi * turns, 40 * turns)
    radius = angle / angle[-1] / 2
    return np.stack([0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)], 1).astype(np.float32)


def grid(cells):
    places = np.linspace(0, 1, cells + 1)
    return [line((x, 0), (x, 1)) for x in places] + [line((0, y), (1, y)) for y in places]


def star():
    angle = 4 * np.pi * np.arange(6) / 5 - np.pi / 2
    return [np.stack([0.5 + 0.5 * np.cos(angle), 0.5 + 0.5 * np.sin(angle)], 1).astype(np.float32)]


def face():
    mouth = circle(y=0.55, radius=0.25, turns=0.4, start=0.3)
    return [circle(), circle(0.33, 0.38, 0.05), circle(0.67, 0.38, 0.05), mouth]


def zigzag(num):
    corners = np.arange(num)
    return [np.stack([corners / (num - 1), corners % 2 * 0.8], 1).astype(np.float32)]


def scribble(seed, num=30):
    """A pen that goes to and fro all over, as one crosses something out."""
    return [np.random.default_rng(seed).random((num, 2)).astype(np.float32)]


def fit_to_height(strokes):
    points = np.concatenate(strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    return [(stroke - low) / extent[1] for stroke in strokes], extent[0] / extent[1]


def write_beside(first, second, gap):
    """Write two digits of one height with a gap between them, in heights."""
    (left, width), (right, _) = fit_to_height(first), fit_to_height(second)
    shift = np.array([width + gap, 0], np.float32)
    return [*left, *[stroke + shift for stroke in right]]


def write_below(first, second, gap):
    (upper, _), (lower, _) = fit_to_height(first), fit_to_height(second)
    return [*upper, *[stroke + np.array([0, 1 + gap], np.float32) for stroke in lower]]


def place_on_pad(strokes, share=0.6):
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = share * 280 / (high - low).max()
    return [((stroke - (low + high) / 2) * scale + 140).tolist() for stroke in strokes]


DOODLES = {
    "spiral of two turns": ([spiral(2)], "scribble"),
    "spiral of four turns": ([spiral(4)], "scribble"),
    "noughts and crosses, framed": (grid(3), "scribble"),
    "squared paper": (grid(6), "scribble"),
    "star": (star(), "scribble"),
    "hatching": (zigzag(24), "scribble"),
    "zigzag": (zigzag(10), "scribble"),
    "face": (face(), "pieces"),
    "dots": ([line((x, y)) for x in (0, 0.5, 1) for y in (0, 0.5, 1)], "pieces"),
    "dash": ([line((0, 0.5), (1, 0.5))], "too wide"),
}


@pytest.mark.parametrize("name", DOODLES)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_doodles_are_refused_for_what_they_are(name, share):
    strokes, kind = DOODLES[name]
    doubt = doubt_strokes(strokes)
    assert doubt is not None
    assert (doubt.kind, doubt.is_strong) == (kind, True)
    with pytest.raises(SketchRefused) as refusal:
        digit_from_strokes(place_on_pad(strokes, share))
    assert str(refusal.value) == doubt.reason


def test_scribbles_are_refused():
    assert all((doubt := doubt_strokes(scribble(seed))) is not None and doubt.is_strong for seed in range(40))


@pytest.mark.parametrize("gap", [0.2, 0.5, 1.0])
def test_two_digits_beside_each_other_are_refused(gap):
    rng = np.random.default_rng(1)
    refused = []
    for first in range(10):
        for second in range(10):
            plain = write_beside(example_strokes(first), example_strokes(second), gap)
            free = write_beside(sample_strokes(first, rng), sample_strokes(second, rng), gap)
            for strokes in (plain, free):
                doubt = doubt_strokes(strokes)
                refused.append(doubt is not None and doubt.is_strong and doubt.kind == "two digits")
    assert np.mean(refused) >= 0.97


@pytest.mark.parametrize("gap", [0.35, 0.6])
def test_two_digits_above_each_other_are_refused(gap):
    rng = np.random.default_rng(2)
    refused = []
    for first in range(10):
        for second in range(10):
            doubt = doubt_strokes(write_below(sample_strokes(first, rng), sample_strokes(second, rng), gap))
            refused.append(doubt is not None and doubt.is_strong)
    assert np.mean(refused) >= 0.9


def test_two_digits_in_an_image_are_refused():
    """Where no strokes are known: a photo's or a file's pixels."""
    strokes = [
        np.array(s, np.float32)
        for s in place_on_pad(write_beside(example_strokes(5), example_strokes(2), 0.3), 0.8)
    ]
    with pytest.raises(SketchRefused, match="There are 2 digits here"):
        digit_from_image(render_strokes(strokes, 8, 280))
    for first, second in [(1, 2), (3, 8), (4, 4), (7, 0), (6, 9)]:
        pair = write_beside(example_strokes(first), example_strokes(second), 0.4)
        strokes = [np.array(s, np.float32) for s in place_on_pad(pair, 0.8)]
        with pytest.raises(SketchRefused, match="There are 2 digits here"):
            digit_from_image(render_strokes(strokes, 12, 280))


WHOLE = {
    "5 with its bar on": [line((0.2, 0), (0.15, 0.45), (0.5, 0.4), (0.7, 0.65), (0.5, 0.95), (0.1, 0.95)),
                          line((0.2, 0), (0.7, 0))],
    "5 with its bar beside": [line((0.2, 0), (0.15, 0.45), (0.5, 0.4), (0.7, 0.65), (0.5, 0.95), (0.1, 0.95)),
                              line((0.3, 0), (0.75, 0))],
    "5 with its bar above": [line((0.2, 0.12), (0.15, 0.45), (0.5, 0.4), (0.7, 0.65), (0.5, 1), (0.1, 0.95)),
                             line((0.2, 0), (0.7, 0))],
    "5 with a wide bar above": [line((0.2, 0.2), (0.15, 0.5), (0.5, 0.5), (0.7, 0.7), (0.5, 1), (0.1, 0.95)),
                                line((0.1, 0), (0.95, 0.03))],
    "4 in two strokes": [line((0.3, 0), (0.1, 0.6), (0.8, 0.6)), line((0.6, 0.2), (0.6, 1))],
    "4 whose strokes do not meet": [line((0.2, 0), (0.1, 0.55), (0.5, 0.55)), line((0.62, 0.1), (0.62, 1))],
    "upright open 4": [line((0, 0), (0, 0.5), (0.5, 0.5)), line((0.56, 0), (0.56, 1))],
    "7 with a bar": [line((0, 0), (0.7, 0), (0.3, 1)), line((0.2, 0.5), (0.7, 0.5))],
    "1 with flag and foot": [line((0.2, 0.25), (0.5, 0), (0.5, 1)), line((0.1, 1), (0.9, 1))],
    "long line across the pad": [line((0.1, 0), (0.12, 1))],
    "slanted line": [line((0, 1), (0.8, 0))],
    "0 in two halves": [circle(turns=0.46, start=1.62) * (0.7, 1), circle(turns=0.46, start=-1.5) * (0.7, 1)],
    "8 of two rings": [circle(0.3, 0.26, 0.25), circle(0.3, 0.76, 0.25)],
    "1 gone over six times": [line(*[(0.5 + 0.01 * i, i % 2) for i in range(12)])],
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_one_digit_in_several_strokes_is_not_refused(name):
    doubt = doubt_strokes(WHOLE[name])
    assert doubt is None or not doubt.is_strong


@pytest.mark.parametrize("apart", [0.02, 0.04])
def test_digits_gone_over_to_make_them_bold_are_not_refused(apart):
    """Each stroke three times, a little off its place, as one thickens a digit on the pad."""
    rng = np.random.default_rng(6)
    refused = 0
    for index in range(60):
        strokes = sample_strokes(index % 10, rng)
        passes = [stroke + rng.normal(0, apart, 2) for _ in range(3) for stroke in strokes]
        doubt = doubt_strokes([stroke.astype(np.float32) for stroke in passes])
        refused += doubt is not None and doubt.is_strong
    assert refused <= 3


def test_built_in_strokes_are_never_refused():
    rng = np.random.default_rng(3)
    doubts = [doubt_strokes(sample_strokes(index % 10, rng)) for index in range(1000)]
    assert not any(doubt and doubt.is_strong for doubt in doubts)
    assert np.mean([doubt is not None for doubt in doubts]) < 0.01


def test_at_most_one_mnist_digit_in_two_hundred_is_refused(mnist_test):
    """Measured on all 10,000: 0.05 %."""
    images = mnist_test[0][::2].astype(np.float32) / np.float32(255)
    doubts = [doubt_ink(image) for image in images]
    assert np.mean([doubt is not None and doubt.is_strong for doubt in doubts]) <= 0.005
    assert np.mean([doubt is not None for doubt in doubts]) <= 0.01


def test_at_most_one_pen_drawing_in_a_hundred_is_refused(pen_digits):
    """Measured on all 7,494: 0.03 % refused."""
    doubts = [doubt_strokes(digit.strokes) for digit in pen_digits[::3]]
    assert np.mean([doubt is not None and doubt.is_strong for doubt in doubts]) <= 0.01
    assert np.mean([doubt is not None for doubt in doubts]) <= 0.02


@pytest.mark.gate
def test_at_most_one_image_of_a_pen_drawing_in_a_hundred_is_refused(pen_digits):
    refused = 0
    drawings = draw_all(pen_digits[::25])
    for drawing in drawings:
        try:
            digit_from_image(paint_drawing(drawing), with_stages=False)
        except SketchRefused:
            refused += 1
    assert refused <= 0.01 * len(drawings)


def test_doubtful_drawing_is_prepared_where_that_is_asked_for():
    strokes = place_on_pad([spiral(4)])
    sketch = digit_from_strokes(strokes, refuses_doubtful=False)
    assert sketch.doubt is not None
    assert sketch.doubt.kind == "scribble"
    assert [stage.name for stage in sketch.stages] == ["drawn", "cropped", "scaled", "centred"]
    assert digit_from_strokes(place_on_pad(example_strokes(3))).doubt is None


def test_patch_of_ink_is_refused():
    image = np.zeros((100, 100), np.float32)
    image[20:80, 20:75] = 1
    with pytest.raises(SketchRefused, match="patch of ink"):
        digit_from_image(image)


@pytest.mark.parametrize("share", [0.45, 0.6])
def test_brush_with_beaded_edges_is_no_scribble(share):
    """A brush that stamps discs: a line along its edge meets bead after bead."""
    rng = np.random.default_rng(0)
    for index in range(40):
        strokes = [np.array(s, np.float32) for s in place_on_pad(sample_strokes(index % 10, rng), 0.7)]
        discs = []
        for stroke in strokes:
            along = np.append(0, np.cumsum(np.hypot(*np.diff(stroke, axis=0).T)))
            places = np.arange(0, along[-1], share * 20)
            discs += [
                np.array([[np.interp(place, along, stroke[:, axis]) for axis in (0, 1)]], np.float32)
                for place in places
            ]
        digit_from_image(render_strokes(discs, 18, 280), with_stages=False)
