"""Several digits in one image on the pad: boxes on the sheet, and each becomes the drawing."""

import io

import pytest
from PIL import Image

from app.sketchpad.tab import build_sketch_pad
from tests.browser.conftest import NARROW, WIDE
from tests.sketch.sheets import draw_row
from tests.waiting import wait_until

pytestmark = pytest.mark.gate  # some seconds

_SHEET = "document.querySelector('.gb-pad-canvas').toDataURL()"


@pytest.fixture
def row():
    """A file with a row of digits, and what is written there."""
    image, rows = draw_row(4)
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return {"name": "row.png", "mimeType": "image/png", "buffer": file.getvalue()}, list(map(str, rows[0]))


@pytest.mark.parametrize(("viewport", "theme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
def test_each_of_several_digits_becomes_the_drawing(open_harness, row, viewport, theme):
    file, written = row
    harness = open_harness(build_sketch_pad(), viewport=viewport, theme=theme, reduced_motion="reduce")
    pad, buttons = harness.locate(".gb-pad"), harness.locate(".gb-pad-found button")
    harness.locate(".gb-pad-file").set_input_files(file)
    wait_until(lambda: buttons.locator("b").all_inner_texts() == written)
    assert (
        harness.locate(".gb-pad-verdict").inner_text().startswith(f"{len(written)} digits, read one by one.")
    )
    assert not harness.locate(".gb-pad-right > .gb-pad-bars").is_visible()
    right = harness.page.evaluate("document.documentElement.scrollWidth")
    assert right <= viewport["width"]

    buttons.nth(1).click()
    wait_until(lambda: pad.get_attribute("data-digit") == written[1])
    assert buttons.count() == 0
    assert harness.locate(".gb-pad-right > .gb-pad-bars").is_visible()

    harness.locate("[data-tool=undo]").click()
    wait_until(lambda: buttons.count() == len(written))
    box = harness.locate(".gb-pad-canvas").bounding_box()
    first = harness.page.evaluate(
        "() => document.querySelector('.gb-pad-found button').getAttribute('aria-label')"
    )
    assert first.startswith(f"Digit 1: {written[0]}, ")
    # In the middle of the sheet's height, a little to the right of the image's left edge.
    harness.page.mouse.click(box["x"] + 0.5 * box["width"] / len(written), box["y"] + box["height"] / 2)
    wait_until(lambda: pad.get_attribute("data-digit") == written[0])


@pytest.mark.parametrize("happens", ["network is gone", "server is gone"])
def test_boxes_go_with_the_answer_that_they_are_of(open_harness, row, happens):
    file, written = row
    harness = open_harness(build_sketch_pad(), reduced_motion="reduce")
    buttons = harness.locate(".gb-pad-found button")
    harness.locate(".gb-pad-file").set_input_files(file)
    wait_until(lambda: buttons.count() == len(written))
    harness.wait_for_frame()
    boxed = harness.page.evaluate(_SHEET)
    if happens == "server is gone":
        harness.page.evaluate(
            "() => { window.standIn.parts.pad.server.predict = () => Promise.reject(new Error()) }"
        )
    harness.update("pad", checkpoints=["gone" if happens == "network is gone" else "convnet"])
    wait_until(lambda: buttons.count() == 0)
    wait_until(lambda: harness.page.evaluate(_SHEET) != boxed)
