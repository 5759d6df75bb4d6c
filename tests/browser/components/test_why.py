"""The section "Why this digit?" beside the pad: it follows the drawing, and every number can be read."""

import pytest

from app.sketchpad.sections import build_why_section
from app.sketchpad.tab import build_example, build_sketch_pad
from tests.browser.conftest import NARROW
from tests.browser.pad import Pad

pytestmark = pytest.mark.gate  # some seconds each


class Why:
    """The section of an open page."""

    def __init__(self, page):
        self.page = page
        self.host = page.locator("#why .gb-why")
        self.change = self.host.locator(".gb-why-change")
        self.nearest = self.host.locator(".gb-why-nearest")

    def wait_for_all(self):
        """Wait until maps, edits and neighbours of one drawing are there."""
        self.page.wait_for_function(
            """() => {
              const { shown, change, nearest } = document.querySelector("#why .gb-why")?.dataset ?? {};
              return shown && change && nearest && shown.split("/")[0] === nearest
                && change.split("/")[0] === nearest;
            }"""
        )

    def read_pressed(self, part):
        return part.locator(".gb-why-digits [aria-pressed=true]").inner_text()


def open_why(open_harness, **options):
    """Open an empty pad, and the section beside it."""
    page = open_harness(build_sketch_pad(), build_why_section(), reduced_motion="reduce", **options).page
    pad, why = Pad(page), Why(page)
    pad.clear()
    why.host.get_by_text("The pad is empty").wait_for()
    return pad, why


def test_a_drawing_is_explained_and_turned_into_another_digit(open_harness):
    pad, why = open_why(open_harness)
    page = pad.page
    pad.draw(build_example(7))
    read = pad.read()
    why.wait_for_all()
    assert why.host.get_attribute("data-shown").endswith(f"/{read}")
    assert why.read_pressed(why.host.locator("section").first) == read
    assert why.nearest.locator("figure").count() == 8
    assert "of 8 are" in why.nearest.inner_text()

    why.change.get_by_role("button", name="9", exact=True).click()
    page.wait_for_function("() => document.querySelector('#why .gb-why')?.dataset.change.endsWith('/9')")
    assert f"turns this {read} into a 9" in why.change.inner_text()
    assert why.change.locator(".is-read b").inner_text() == "9"
    why.change.get_by_role("button", name="Reset").click()
    page.wait_for_function("() => document.querySelector('#why .gb-why-frames')?.dataset.step === '0'")
    assert why.change.locator(".is-read b").inner_text() == read
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('#why .gb-why-frames')?.dataset.step === '1'")
    assert "After 1 edit:" in why.change.inner_text()

    why.host.locator("section").first.get_by_role("button", name="2", exact=True).click()
    page.wait_for_function("() => document.querySelector('#why .gb-why')?.dataset.shown.endsWith('/2')")
    assert "speaks for 2" in why.host.inner_text()
    why.host.locator(".gb-why-maps").focus()
    page.keyboard.press("ArrowUp")
    reading = why.host.locator(".gb-why-pixel")
    assert reading.inner_text().startswith("Row 13, column 14: ink ")
    assert "gradient" in reading.get_attribute("title")

    pad.clear()
    why.host.get_by_text("The pad is empty").wait_for()
    assert not why.host.locator(".gb-why-parts").is_visible()


def test_it_fits_a_narrow_screen(open_harness):
    pad, why = open_why(open_harness, viewport=NARROW, theme="dark")
    page = pad.page
    pad.draw(build_example(3))
    why.wait_for_all()
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    too_small = why.host.locator("button:visible, select:visible").evaluate_all(
        "(nodes) => nodes.filter((node) => node.getBoundingClientRect().height < 40).length"
    )
    assert too_small == 0
