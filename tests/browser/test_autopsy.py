"""The autopsy in the browser: it moves once, is stepped by hand and keys, and follows the pad."""

import pytest

from tests.browser.conftest import NARROW
from tests.browser.test_sketchpad import Pad

CORNER = [[(60, 40), (110, 38), (150, 45), (120, 110), (100, 160)]]
ZIGZAG = [[(30 + 20 * index, 40 if index % 2 else 230) for index in range(11)]]


def open_autopsy(open_page, strokes, **options):
    """Draw, open the section, and wait until it shows the drawing; `passed` on the page lists its steps."""
    pad = Pad(open_page("sketchpad", **options))
    pad.clear()
    pad.draw(strokes)
    pad.wait_until_shown()
    pad.page.evaluate(
        """() => {
          window.passed = [];
          new MutationObserver(([{ target }]) => target.dataset.step && passed.push(target.dataset.step))
            .observe(document.body, { subtree: true, attributeFilter: ["data-step"] });
        }"""
    )
    pad.page.get_by_role("button", name="Autopsy").click()
    pad.page.locator(".gb-autopsy:not([data-shown=''])").wait_for()
    return pad, pad.page.locator("#autopsy .gb-autopsy")


def wait_for_step(page, step):
    page.wait_for_function(
        "step => document.querySelector('.gb-autopsy').dataset.step === step", arg=str(step)
    )


def count_ink(page, selector):
    """How many different levels a canvas holds: one where nothing is drawn."""
    return page.locator(selector).evaluate(
        """(canvas) => {
          const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          return new Set(pixels.filter((value, index) => index % 4 === 0)).size;
        }"""
    )


def test_it_moves_once_and_follows_the_pad(open_page):
    pad, autopsy = open_autopsy(open_page, CORNER)
    page = pad.page
    wait_for_step(page, 3)
    page.wait_for_function("() => passed.at(-1) === '3' && passed.includes('2')")  # by itself
    assert [step for step in "012" if step in page.evaluate("passed")] == ["0", "1", "2"]
    assert "28 × 28" in autopsy.locator(".gb-autopsy-how").inner_text().replace("\u00a0", " ")
    first = autopsy.locator(".gb-autopsy-summary").inner_text()
    shown = autopsy.get_attribute("data-shown")
    pad.clear()
    pad.page.locator(".gb-autopsy-absent", has_text="empty").wait_for()
    assert not autopsy.locator(".gb-autopsy-parts").is_visible()
    pad.draw(ZIGZAG)  # too many lines: the steps are shown, the network is not asked
    page.locator(".gb-autopsy-doubt", has_text="too many lines").wait_for()
    assert autopsy.get_attribute("data-shown") != shown
    assert autopsy.locator(".gb-autopsy-summary").inner_text() != first
    assert autopsy.locator(".gb-autopsy-answer").all_inner_texts() == ["not asked", "not asked"]
    assert autopsy.get_attribute("data-step") == "3"  # it does not move by itself again
    assert "too many lines" in pad.verdict.inner_text()


@pytest.mark.parametrize(("viewport", "theme"), [(None, "light"), (NARROW, "dark")])
def test_steps_by_hand_and_by_keys(open_page, viewport, theme):
    options = {"viewport": viewport} if viewport else {}
    pad, autopsy = open_autopsy(open_page, CORNER, theme=theme, reduced_motion="reduce", **options)
    page = pad.page
    assert autopsy.get_attribute("data-step") == "3"  # reduced motion begins at the end
    marks = {}
    for step in (2, 1, 0):
        autopsy.get_by_role("button", name="Back").press("ArrowLeft")
        wait_for_step(page, step)
        marks[step] = autopsy.locator(".gb-autopsy-reading span").all_inner_texts()
        for canvas in (".gb-autopsy-way", ".gb-autopsy-asked", ".gb-autopsy-plain"):
            assert count_ink(page, canvas) > 3
    assert marks[0] != marks[2]
    asked, plain = autopsy.locator(".gb-autopsy-answer").all_inner_texts()
    assert asked == plain  # the first step is the plain resize
    autopsy.locator(".gb-autopsy-strip button").nth(2).click()
    wait_for_step(page, 2)
    assert autopsy.locator("[aria-current=step]").inner_text().startswith("Scaled")
    for gauge in range(7):
        assert count_ink(page, f".gb-autopsy-gauges li:nth-child({gauge + 1}) canvas") > 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
