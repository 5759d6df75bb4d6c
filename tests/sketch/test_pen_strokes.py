"""Drawings become MNIST digits, or are refused with a reason."""

import contextlib
import json
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.data.strokes import example_strokes, sample_strokes
from models.sketch.digit import SketchRefused
from models.sketch.pen_strokes import MAX_POINTS, MAX_STROKES
from models.sketch.preparation import digit_from_strokes
from tests.sketch.pad import SIZE, check_is_mnist_like, place_on_pad


@given(
    st.integers(0, 9),
    st.integers(0, 99),
    st.floats(30, 180),
    st.floats(20, 90),
    st.floats(20, 90),
    st.booleans(),
)
def test_drawing_of_any_size_and_place_becomes_an_mnist_digit(digit, seed, scale, x, y, with_stages):
    strokes = place_on_pad(sample_strokes(digit, np.random.default_rng(seed)), scale, x, y)
    sketch = digit_from_strokes(strokes, SIZE, with_stages)
    if max(np.ptp(np.clip(np.concatenate(strokes), 0, SIZE), axis=0)) > 0.1 * SIZE:
        check_is_mnist_like(sketch.image)


def test_size_and_place_of_a_drawing_make_no_difference():
    strokes = example_strokes(5)
    large = digit_from_strokes(place_on_pad(strokes, 200, 40, 40), SIZE).image
    small = digit_from_strokes(place_on_pad(strokes, 50, 200, 3), SIZE).image
    other_pad = digit_from_strokes(place_on_pad(strokes, 400, 80, 80), 2 * SIZE).image
    np.testing.assert_allclose(large, small, atol=1e-3)
    np.testing.assert_allclose(large, other_pad, atol=1e-3)


def test_stages_lead_from_the_drawing_to_the_digit():
    strokes = place_on_pad(example_strokes(4))
    sketch = digit_from_strokes(strokes, SIZE)
    assert [stage.name for stage in sketch.stages] == ["drawn", "cropped", "scaled", "centred"]
    assert max(sketch.stages[2].image.shape) == 20
    assert sketch.stages[-1].image is sketch.image
    assert sketch.stages[2].image.sum() == pytest.approx(sketch.image.sum())
    for stage in sketch.stages:
        assert stage.title
        assert 0 <= stage.image.min() <= stage.image.max() <= 1
    assert digit_from_strokes(strokes, SIZE, with_stages=False).stages == ()


@pytest.mark.parametrize("strokes", [[], [[]], [[], []], ()])
def test_empty_pad_asks_for_a_digit(strokes):
    with pytest.raises(SketchRefused, match="empty. Draw a digit"):
        digit_from_strokes(strokes)


@pytest.mark.parametrize(
    "strokes",
    [[[[10, 10]]], [[[10, 10], [10, 10]]], [[[10, 10], [14, 15]], [[12, 18]]], [[[-50, 5], [-9, 5]]]],
)
def test_dot_is_too_small(strokes):
    with pytest.raises(SketchRefused, match="too small to read. Draw the digit larger"):
        digit_from_strokes(strokes, SIZE)


def test_pad_scribbled_full_is_refused_quickly():
    started = time.thread_time()
    with pytest.raises(SketchRefused, match="too much ink"):
        digit_from_strokes([[[0, 0], [SIZE, SIZE]] * (MAX_POINTS // 2)], SIZE)
    assert time.thread_time() - started < 0.5


@pytest.mark.parametrize(
    ("strokes", "message"),
    [
        (None, "strokes are a NoneType; they must be a list"),
        ("0,0 1,1", "strokes are a str"),
        ({"strokes": []}, "strokes are a dict"),
        ([None], "A stroke is a NoneType; it must be a list of points"),
        (["abc"], "A stroke is a str"),
        ([{"x": 1, "y": 2}], "A stroke is a dict"),
        ([[1, 2]], "pair"),
        ([["ab", "cd"]], "pair"),
        ([[[1, 2, 3]]], "pair"),
        ([[[1]]], "pair"),
        ([[{"x": 1, "y": 2}]], "pair"),
        ([[["1", "2"]]], "str and str; its x and y must be numbers"),
        ([[[1, None]]], "int and NoneType"),
        ([[[True, False]]], "bool and bool"),
        ([[[[1], [2]]]], "list and list"),
        ([[[1, 2], [float("nan"), 3]]], "not finite or lies far outside the pad"),
        ([[[1, 2], [float("inf"), 3]]], "not finite"),
        ([[[1, 2], [3, -1e300]]], "far outside the pad; x and y must be from 0 to 280"),
        ([[[1, 2], [3, 600]]], "far outside"),
        ([[[1, 2], [10**400, 3]]], "too large a number"),
        ([np.zeros((3, 3))], r"shape \(3, 3\)"),
        ([np.zeros((3, 2), bool)], "type bool"),
        ([[[0, 0]]] * (MAX_STROKES + 1), f"501 strokes; at most {MAX_STROKES}"),
        ([[[0, 0]] * (MAX_POINTS // 2 + 1)] * 2, f"20002 points; at most {MAX_POINTS}"),
    ],
)
def test_bad_strokes_are_named(strokes, message):
    with pytest.raises(ValueError, match=message) as caught:
        digit_from_strokes(strokes, SIZE)
    assert not isinstance(caught.value, SketchRefused)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("size_px", [0, -1, float("nan"), float("inf")])
def test_pad_size_must_be_a_size(size_px):
    with pytest.raises(ValueError, match="size_px is"):
        digit_from_strokes([[[0, 0], [9, 9]]], size_px)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=30,
)


@given(JSON)
def test_any_json_gives_a_digit_or_a_value_error(strokes):
    with contextlib.suppress(ValueError):
        digit_from_strokes(json.loads(json.dumps(strokes)), SIZE)


@given(st.lists(st.lists(st.tuples(st.floats(-280, 560), st.floats(-280, 560)), max_size=9), max_size=5))
def test_any_points_near_the_pad_give_a_digit_or_a_refusal(strokes):
    try:
        image = digit_from_strokes(strokes, SIZE).image
    except SketchRefused:
        return
    assert np.isfinite(image).all()
    assert image.max() > 0.3


def test_the_longest_drawing_that_is_read_takes_no_second():
    circle = 135 * np.stack(
        [np.cos(np.linspace(0, 180, MAX_POINTS)), np.sin(np.linspace(0, 180, MAX_POINTS))], 1
    )
    strokes = [(circle + 140).tolist()]
    started = time.thread_time()
    digit_from_strokes(strokes, SIZE)
    assert time.thread_time() - started < 2


def test_a_drawing_is_prepared_in_time_for_live_prediction():
    strokes = [np.repeat(stroke, 3, axis=0).tolist() for stroke in example_strokes(8)]  # about 250 points
    strokes = place_on_pad([np.array(stroke) for stroke in strokes])
    for with_stages, limit_ms in ((False, 10), (True, 25)):  # quiet: 0.6 and 1.5 ms
        times = []
        for _ in range(20):
            started = time.thread_time()
            digit_from_strokes(strokes, SIZE, with_stages)
            times.append(time.thread_time() - started)
        assert 1000 * np.median(times) < limit_ms
