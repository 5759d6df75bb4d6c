"""The sketchpad on the page: which networks read, and that a drawing outlives a reload."""

import json
import re

from app.sketchpad.tab import build_example
from app.sketchpad.view import answer_drawing
from models.runs.library import DEFAULT_CHOICE
from tests.browser.dropdown import take_option
from tests.browser.pad import BESIDE, Pad, choose


def test_drawing_outlives_a_reload_and_chosen_networks_read_the_same_at_once(open_page):
    pad = Pad(open_page("sketchpad", reduced_motion="reduce"))
    pad.clear()
    pad.draw(build_example(4))
    drawn = pad.wait_until_broadcast()
    pad.press("Replay")
    pad.page.reload()
    pad.page.wait_for_function(
        "strokes => JSON.stringify(window.glassboxDrawing?.drawing.strokes) === strokes",
        arg=json.dumps(drawn["strokes"], separators=(",", ":")),
    )
    assert pad.read() == "4"
    pad.clear()
    pad.page.reload()
    assert pad.page.evaluate("sessionStorage.getItem('glassbox-pad')") is None
    pad.page.locator("body[data-ready]").wait_for()

    pad = Pad(page := pad.page)
    pad.clear()
    pad.draw(build_example(2))
    assert pad.read() == "2"
    texts = {}
    for name, key in (("Logistic regression", "logistic"), ("ConvNet4", "convnet4"), ("Multi-layer", "mlp")):
        choose(page, re.compile(rf"{name}.*\(fast"))
        page.locator(".gb-about").get_by_text("Recipe fast: trained for").wait_for()
        page.wait_for_function("key => window.glassboxDrawing?.checkpoint === key", arg=key)
        assert pad.root.get_attribute("data-digit") != ""
        texts[name] = page.locator("#pad .gb-pad-bars").inner_text()
    assert len(set(texts.values())) == 3
    choose(page, "GlassNet (sketch")
    page.wait_for_function("key => window.glassboxDrawing?.checkpoint === key", arg=DEFAULT_CHOICE)
    for number, label in enumerate(("Logistic regression (fast", "ConvNet4 (fast"), start=2):
        take_option(page.locator(BESIDE), label, exact=False)
        page.wait_for_function(
            f"() => document.querySelectorAll('#pad .gb-pad-columns section').length === {number}"
        )
    page.keyboard.press("Escape")
    keys = [DEFAULT_CHOICE, "logistic", "convnet4"]
    expected = answer_drawing(pad.wait_until_broadcast(), keys)["answers"]
    told = page.evaluate("window.glassboxDrawing")
    assert told["checkpoints"] == keys
    assert [answer["digit"] for answer in told["answers"]] == [answer["digit"] for answer in expected]
