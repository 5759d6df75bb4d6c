"""What the pad holds, as the browser sends it: read, and refused."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from app.inspection.network.section import write_network_script
from app.sketchpad.tab import build_example
from app.ui.digits import DRAWING, take_digit
from app.ui.drawing import MAX_IMAGE_BYTES, PAD_SIZE_PX, read_drawing
from models.data.datasets import load_gallery
from models.sketch.digit import SketchRefused
from models.sketch.preparation import digit_from_image, digit_from_strokes
from tests.node import run_module

SEVEN = np.kron(load_gallery("test").images[0], np.ones((5, 5), np.uint8))  # (140, 140), bright ink


def encode(pixels, kind="png", **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind.upper(), **options)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"


def test_pad_is_as_large_in_the_browser():
    assert run_module("sketchpad/components/strokes.js", "module.PAD_PX") == PAD_SIZE_PX


def test_strokes_are_read_as_the_sketch_reads_them():
    strokes = build_example(4)
    np.testing.assert_array_equal(
        read_drawing({"strokes": strokes, "size": 280}).image, digit_from_strokes(strokes, 280).image
    )


def test_an_image_is_read_as_its_pixels_are_and_counts_before_strokes():
    drawing = {"picture": encode(SEVEN), "strokes": build_example(4)}
    np.testing.assert_array_equal(read_drawing(drawing).image, digit_from_image(SEVEN).image)
    jpeg = read_drawing({"picture": encode(255 - SEVEN, "jpeg", quality=90)}).image
    assert np.abs(jpeg - digit_from_image(SEVEN).image).mean() < 0.03


def test_other_tabs_take_an_image_too():
    image, note = take_digit(DRAWING, 0, {"picture": encode(SEVEN)})
    np.testing.assert_array_equal(image, digit_from_image(SEVEN).image.astype(np.float64))
    assert note == "yours"


def test_the_script_of_the_layers_holds_the_image():
    drawing = {"picture": encode(SEVEN)}
    script = write_network_script("mlp", DRAWING, 0, drawing)
    before, _, _ = script.partition("pixels =")
    found: dict[str, list[list[float]]] = {}
    exec(before, found)
    np.testing.assert_array_equal(np.float32(found["image"]), read_drawing(drawing).image)
    compile(script, "script", "exec")


def test_stages_are_given_where_they_are_asked_for():
    for drawing in ({"picture": encode(SEVEN)}, {"strokes": build_example(4)}):
        assert read_drawing(drawing).stages == ()
        assert [stage.name for stage in read_drawing(drawing, with_stages=True).stages][-1] == "centred"


def test_a_blank_image_is_refused_with_a_reason():
    with pytest.raises(SketchRefused, match="No ink"):
        read_drawing({"picture": encode(np.full((60, 60), 255, np.uint8))})


@pytest.mark.parametrize(
    ("drawing", "message"),
    [
        (None, "without a drawing"),
        ([1], "without a drawing"),
        ({}, "must be a list of strokes"),
        ({"strokes": {"0": 1}}, "must be a list of strokes"),
        ({"strokes": [[[0, float("nan")]]]}, "not finite"),
        ({"picture": 7}, "not an image"),
        ({"picture": ""}, "not an image"),
        ({"picture": "data:text/html;base64,PGI+"}, "not an image"),
        ({"picture": "https://example.org/7.png"}, "not an image"),
        ({"picture": "data:image/png;base64,@@@"}, "did not arrive whole"),
        ({"picture": "data:image/png;base64,iVBORw0KGgo="}, "cannot be read as an image"),
        ({"picture": encode(SEVEN)[:400]}, "image"),
        ({"picture": "data:image/png;base64," + "A" * (2 * MAX_IMAGE_BYTES)}, "larger than 3 MB"),
    ],
)
def test_what_is_no_drawing_is_refused(drawing, message):
    with pytest.raises(ValueError, match=message):
        read_drawing(drawing)
