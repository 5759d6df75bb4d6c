"""A drawing's way to the input, step by step: images, answers, gauges, and what a browser may send."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from app.sketchpad.preparation import show_preparation
from app.sketchpad.tab import build_example
from app.ui.answers import answer
from app.ui.numbers import write_percent
from models.checkpoints.prediction import predict_digit
from models.data.strokes import example_strokes, render_strokes
from models.sketch.digit import SketchRefused
from models.sketch.pen_digits import draw_all
from models.sketch.pen_files import load_pen_digits
from models.sketch.preparation import digit_from_image, digit_from_strokes
from models.sketch.preparation_steps import follow_image, follow_strokes

CORNER = [[[60, 40], [110, 38], [150, 45], [120, 110], [100, 160]]]  # a 7, small and in a corner of the pad
SPIRAL = [
    [[140 + a * np.cos(a / 4), 140 + a * np.sin(a / 4)] for a in np.linspace(0, 100, 300).tolist()],
]


def find_ink(image):
    rows, columns = np.nonzero(image > 0.01)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def to_drawing(image):
    """An image as the pad sends it."""
    file = io.BytesIO()
    Image.fromarray(np.rint(image * 255).astype(np.uint8)).save(file, "PNG")
    return {"picture": "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()}


def draw_photo(digit=3):
    """Dark ink on paper that is brighter to one side, with some noise."""
    strokes = [(stroke * 130 + (40, 30)).astype(np.float32) for stroke in example_strokes(digit)]
    ink = render_strokes(strokes, 10, 200)
    light = np.linspace(0.6, 0.9, 200)[None, :] + np.random.default_rng(1).normal(0, 0.01, (200, 200))
    return np.clip(light * (1 - 0.8 * ink), 0, 1).astype(np.float32)


def read(drawing, checkpoint="convnet3", brush=None):
    return json.loads(json.dumps(show_preparation(drawing, checkpoint, brush), allow_nan=False))


# The steps


@pytest.mark.parametrize("digit", range(10))
def test_last_step_is_what_the_sketchpad_gives_to_the_network(digit):
    strokes = build_example(digit)
    preparation = follow_strokes(strokes)
    assert [step.name for step in preparation.steps] == ["drawn", "cropped", "scaled", "centred"]
    np.testing.assert_array_equal(preparation.steps[-1].asked, digit_from_strokes(strokes).image)


def test_plain_resize_is_the_mean_over_every_ten_by_ten_pixels_of_the_pad():
    strokes = [np.array(stroke, np.float32) for stroke in CORNER]
    pad = render_strokes(strokes, 18, 280)
    expected = pad.reshape(28, 10, 28, 10).mean((1, 3))
    np.testing.assert_allclose(follow_strokes(CORNER).steps[0].asked, expected, atol=1e-5)


def test_every_step_brings_the_ink_where_it_says():
    drawn, cropped, scaled, centred = (step.asked for step in follow_strokes(CORNER).steps)
    left, top, right, bottom = find_ink(drawn)
    assert right < 18
    assert bottom < 18  # still in the corner
    left, top, right, bottom = find_ink(cropped)
    assert (top, bottom) == (0, 28)  # a 7 is higher than wide, and fills the height
    assert abs(left - (28 - right)) <= 1
    left, top, right, bottom = find_ink(scaled)
    assert (top, bottom) == (4, 24)
    assert abs(left - (28 - right)) <= 1
    columns, rows = centred.sum(0), centred.sum(1)
    for mass in (columns, rows):
        assert int((mass @ (np.arange(28) + 0.5)) / mass.sum()) == 14


def test_place_is_where_the_ink_lies_in_the_image_that_is_shown():
    for step in follow_strokes(CORNER).steps:
        side = len(step.image)
        left, top, right, bottom = find_ink(step.image)
        place = step.place
        found = np.array([left, top, right - left, bottom - top]) / side
        np.testing.assert_allclose([place.x, place.y, place.width, place.height], found, atol=1.5 / side)


def test_move_is_described_as_it_is_made():
    strokes = [[[100, 60], [100, 220], [160, 220]]]  # an L: its mass lies low and to the left
    *_, scaled, centred = follow_strokes(strokes).steps
    before, after = find_ink(scaled.asked), find_ink(centred.asked)
    right, down = after[0] - before[0], after[1] - before[1]
    assert right > 0 > down
    assert f"Moved {right} px to the right and {-down} px up" in centred.note


def test_photo_is_cleaned_on_the_way_and_image_ends_as_the_sketchpad_reads_it():
    photo = draw_photo()
    preparation = follow_image(photo)
    assert [step.name for step in preparation.steps] == ["drawn", "cleaned", "cropped", "scaled", "centred"]
    np.testing.assert_array_equal(preparation.steps[-1].asked, digit_from_image(photo).image)
    drawn, cleaned = preparation.steps[0].image, preparation.steps[1].image
    assert np.median(drawn) > 0.05  # the paper is still there
    assert np.median(cleaned) == 0


def test_oblong_image_keeps_its_shape():
    image = np.zeros((60, 120), np.float32)
    image[10:50, 56:62] = 1
    steps = {step.name: step for step in follow_image(image).steps}
    assert "cleaned" not in steps
    left, top, right, bottom = find_ink(steps["drawn"].asked)
    assert (bottom - top) / (right - left) == pytest.approx(40 / 6, rel=0.5)
    assert 13 <= (top + bottom) / 2 <= 15


def test_doubt_is_named_and_the_steps_are_there_all_the_same():
    preparation = follow_strokes(SPIRAL)
    assert preparation.doubt is not None
    assert preparation.doubt.kind == "scribble"
    assert len(preparation.steps) == 4
    with pytest.raises(SketchRefused):
        follow_strokes([])


def test_plain_resize_costs_a_network_much_on_real_pen_strokes(real_pen_file):
    """What the section says, measured: `convnet` loses a fifth of the drawings or more."""
    digits = load_pen_digits(real_pen_file)[::60]
    plain = prepared = 0
    for digit, drawing in zip(digits, draw_all(digits), strict=True):
        strokes = [stroke.tolist() for stroke in drawing.strokes]
        steps = follow_strokes(strokes, brush_px=drawing.brush_px).steps
        plain += predict_digit(steps[0].asked, "convnet").digit == digit.label
        prepared += predict_digit(steps[-1].asked, "convnet").digit == digit.label
    assert (prepared - plain) / len(digits) > 0.2


# The page


def test_answers_are_the_networks_own_about_what_is_asked():
    shown = read({"strokes": CORNER})
    for step in shown["steps"]:
        pixels = np.frombuffer(base64.b64decode(step["asked"]), np.uint8).reshape(28, 28)
        prediction = predict_digit((pixels / 255).astype(np.float32), "convnet3")
        assert step["digit"] == prediction.digit
        confidence = write_percent(prediction.probabilities[prediction.digit])
        assert step["confidence"] == f"{confidence} confidence"
    last = shown["steps"][-1]
    assert f"read as {last['digit']}" in shown["summary"]


def test_gauges_have_a_mark_for_every_step_within_the_scale():
    shown = read({"strokes": CORNER})
    assert len(shown["gauges"]) == 7
    for gauge in shown["gauges"]:
        assert len(gauge["marks"]) == len(shown["steps"])
        assert gauge["range"] == sorted(gauge["range"])
        assert all(0 <= place <= 1 for place in [*gauge["range"], *(mark["at"] for mark in gauge["marks"])])
    gauges = {gauge["title"]: gauge for gauge in shown["gauges"]}
    across = gauges["Centre of mass, from the left"]["marks"]
    assert across[0]["at"] < gauges["Centre of mass, from the left"]["range"][0]
    assert not across[0]["is_like"]
    assert across[-1]["is_like"]
    like = sum(gauge["marks"][-1]["is_like"] for gauge in shown["gauges"])
    plain = sum(gauge["marks"][0]["is_like"] for gauge in shown["gauges"])
    assert f"in {like}, the plain resize in {plain}" in shown["likeness"]


def test_refused_drawing_is_shown_without_an_answer():
    shown = read({"strokes": SPIRAL})
    assert shown["is_refused"]
    assert "too many lines" in shown["doubt"]
    assert [step["digit"] for step in shown["steps"]] == [None] * 4


def test_blank_and_tiny_drawings_say_what_to_do():
    assert "empty" in read({"strokes": []})["absent"]
    assert "larger" in read({"strokes": [[[5, 5], [6, 6]]]})["absent"]


@pytest.mark.parametrize("brush", [None, "18", float("nan"), -3, 1e9, True, [18]])
def test_brush_that_is_none_counts_as_the_usual_one(brush):
    assert show_preparation({"strokes": CORNER}, "logistic", brush) == show_preparation(
        {"strokes": CORNER}, "logistic", 18
    )


def test_thicker_brush_shows_in_the_plain_resize_alone():
    thin, thick = (read({"strokes": CORNER}, brush=brush)["steps"] for brush in (10, 24))
    assert thin[0]["asked"] != thick[0]["asked"]
    assert thin[-1]["asked"] == thick[-1]["asked"]


def test_image_from_the_pad_is_followed():
    shown = read(to_drawing(draw_photo()))
    assert [step["title"] for step in shown["steps"]][:2] == ["As it came", "Cleaned"]
    assert shown["steps"][-1]["digit"] == 3


@pytest.mark.parametrize(
    "request_",
    [
        None,
        [],
        {},
        {"drawing": None, "checkpoint": "convnet3"},
        {"drawing": {"strokes": CORNER}, "checkpoint": None},
        {"drawing": {"strokes": CORNER}, "checkpoint": "../convnet3"},
        {"drawing": {"strokes": CORNER}, "checkpoint": ["convnet3"]},
        {"drawing": {"strokes": [[[1, float("nan")]]]}, "checkpoint": "convnet3"},
        {"drawing": {"strokes": {"a": 1}}, "checkpoint": "convnet3"},
        {"drawing": {"picture": "data:image/png;base64,AAAA"}, "checkpoint": "convnet3"},
        {"drawing": {"picture": 7}, "checkpoint": "convnet3"},
    ],
)
def test_mistakes_are_json(request_):
    told = json.loads(answer(show_preparation, "drawing", "checkpoint", "brush")(request_))
    assert list(told) == ["error"]
    assert told["error"]
