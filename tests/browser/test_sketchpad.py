"""The sketchpad on the page: which networks read, and that a drawing outlives a reload."""

import json
import re

from playwright.sync_api import expect

from app.sketchpad.view import answer_drawing
from models.data.names import CLOTHES, DIGITS
from models.runs.library import DEFAULT_CHOICE
from tests.browser.dropdown import take_option
from tests.browser.pad import BESIDE, Pad, build_rough_example, choose
from tests.browser.runs_tab import open_runs, place_run
from tests.runs.trained_runs import write_clothes_checkpoint

__all__ = ["open_runs", "place_run"]  # fixtures


def check_reloading(page):
    """A drawing outlives a reload, and an empty pad leaves nothing behind."""
    pad = Pad(page)
    pad.clear()
    pad.draw(build_rough_example(4))
    drawn = pad.wait_until_broadcast()
    pad.press("Replay")
    page.reload()
    page.wait_for_function(
        "strokes => JSON.stringify(window.glassboxDrawing?.drawing.strokes) === strokes",
        arg=json.dumps(drawn["strokes"], separators=(",", ":")),
    )
    assert pad.read() == "4"
    pad.clear()
    page.reload()
    assert page.evaluate("sessionStorage.getItem('glassbox-pad')") is None
    page.locator("body[data-ready]").wait_for()


def check_own_runs(page):
    """Runs of one's own read too, each in the words of what it was trained on."""
    pad = Pad(page)
    choose(page, re.compile("Your run: Multi-layer perceptron.*Built-in strokes"))
    pad.clear()
    pad.draw([[[140, 60], [140, 140], [140, 220]]])
    assert pad.read() in set("0123456789")
    bars = pad.root.locator(".gb-pad-right > .gb-pad-bars .gb-pad-digit")
    assert bars.all_inner_texts() == list(DIGITS)
    choose(page, "Fashion-MNIST")
    expect(bars).to_have_text(list(CLOTHES))
    expect(pad.verdict.locator("b")).to_have_text(CLOTHES[int(pad.read())])
    choose(page, "GlassNet (sketch")
    page.wait_for_function("key => window.glassboxDrawing?.checkpoint === key", arg=DEFAULT_CHOICE)


def check_choosing(page):
    """Whoever is chosen reads what is on the pad already, alone or beside others."""
    pad = Pad(page)
    pad.clear()
    pad.draw(build_rough_example(2))
    assert pad.read() == "2"
    texts = {}
    for name, key in (("Logistic regression", "logistic"), ("ConvNet4", "convnet4"), ("Multi-layer", "mlp")):
        choose(page, re.compile(rf"^{name}.*\(fast"))
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


def test_drawing_outlives_a_reload_and_shipped_networks_and_own_runs_read_it(
    open_runs, place_run, served_runs
):
    clothes, digits = place_run(), place_run()
    write_clothes_checkpoint(served_runs / clothes / "checkpoint.safetensors")
    page = open_runs(clothes, digits, reduced_motion="reduce").page
    page.get_by_role("tab", name="Sketchpad").click()
    check_reloading(page)
    check_own_runs(page)
    check_choosing(page)
