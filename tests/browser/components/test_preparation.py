"""The preparation beside the pad: it moves once, is stepped by hand and keys, and follows the pad."""

import pytest

from app.sketchpad.sections import build_preparation_section
from app.sketchpad.tab import build_sketch_pad
from tests.browser.conftest import NARROW
from tests.browser.pad import Pad

CORNER = [[(60, 40), (110, 38), (150, 45), (120, 110), (100, 160)]]
ZIGZAG = [[(30 + 20 * index, 40 if index % 2 else 230) for index in range(11)]]

pytestmark = pytest.mark.gate  # some seconds each


def open_preparation(open_harness, strokes, **options):
    """Draw, show the section, and wait until it shows the drawing; `passed` on the page lists its steps."""
    harness = open_harness(build_sketch_pad(), build_preparation_section(), **options)
    section = harness.take("preparation")
    pad = Pad(harness.page)
    pad.clear()
    pad.draw(strokes)
    pad.wait_until_shown()
    harness.page.evaluate(
        """() => {
          window.passed = [];
          window.told = [];
          new MutationObserver(([{ target }]) => {
            if (!target.dataset.step) return;
            passed.push(target.dataset.step);
            const places = [".gb-transport output", "figcaption"];
            told.push(places.map((each) => target.querySelector(each).textContent));
          }).observe(document.body, { subtree: true, attributeFilter: ["data-step"] });
        }"""
    )
    harness.show(section)
    harness.page.locator(".gb-preparation:not([data-shown=''])").wait_for()
    return pad, harness.page.locator("#preparation .gb-preparation")


def wait_for_step(page, step):
    page.wait_for_function(
        "step => document.querySelector('.gb-preparation')?.dataset.step === step", arg=str(step)
    )


def count_ink(page, selector):
    """How many different levels a canvas holds: one where nothing is drawn."""
    return page.locator(selector).evaluate(
        """(canvas) => {
          const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          return new Set(pixels.filter((value, index) => index % 4 === 0)).size;
        }"""
    )


def test_it_moves_once_and_follows_the_pad(open_harness):
    pad, preparation = open_preparation(open_harness, CORNER)
    page = pad.page
    wait_for_step(page, 3)
    page.wait_for_function("() => passed.at(-1) === '3' && passed.includes('2')")  # by itself
    assert [step for step in "012" if step in page.evaluate("passed")] == ["0", "1", "2"]
    counters, titles = zip(*page.evaluate("told"), strict=True)
    assert [counter.split()[1] for counter in counters] == [title.split(".")[0] for title in titles]
    assert "28 × 28" in preparation.locator(".gb-preparation-how").inner_text().replace("\u00a0", " ")
    first = preparation.locator(".gb-preparation-summary").inner_text()
    shown = preparation.get_attribute("data-shown")
    pad.clear()
    pad.page.locator(".gb-preparation-absent", has_text="empty").wait_for()
    assert not preparation.locator(".gb-preparation-parts").is_visible()
    pad.draw(ZIGZAG)  # too many lines: the steps are shown, the network is not asked
    page.locator(".gb-preparation-doubt", has_text="too many lines").wait_for()
    assert preparation.get_attribute("data-shown") != shown
    assert preparation.locator(".gb-preparation-summary").inner_text() != first
    assert preparation.locator(".gb-preparation-answer").all_inner_texts() == ["not asked", "not asked"]
    assert preparation.get_attribute("data-step") == "3"  # it does not move by itself again
    assert "too many lines" in pad.verdict.inner_text()


@pytest.mark.parametrize(("viewport", "theme"), [(None, "light"), (NARROW, "dark")])
def test_steps_by_hand_and_by_keys(open_harness, viewport, theme):
    options = {"viewport": viewport} if viewport else {}
    pad, preparation = open_preparation(open_harness, CORNER, theme=theme, reduced_motion="reduce", **options)
    page = pad.page
    assert preparation.get_attribute("data-step") == "3"  # reduced motion begins at the end
    marks = {}
    for step in (2, 1, 0):
        preparation.get_by_role("button", name="Back").press("ArrowLeft")
        wait_for_step(page, step)
        marks[step] = preparation.locator(".gb-preparation-reading span").all_inner_texts()
        for canvas in (".gb-preparation-way", ".gb-preparation-asked", ".gb-preparation-plain"):
            assert count_ink(page, canvas) > 3
    assert marks[0] != marks[2]
    asked, plain = preparation.locator(".gb-preparation-answer").all_inner_texts()
    assert asked == plain  # the first step is the plain resize
    preparation.locator(".gb-preparation-strip button").nth(2).click()
    wait_for_step(page, 2)
    assert preparation.locator("[aria-current=step]").inner_text().startswith("Scaled")
    for gauge in range(7):
        assert count_ink(page, f".gb-preparation-gauges li:nth-child({gauge + 1}) canvas") > 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
