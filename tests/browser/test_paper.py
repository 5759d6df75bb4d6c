"""The page on paper, and in a picture of all of it."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import IS_STILL
from tests.browser.test_page import QUESTIONS

# Nothing is drawn on a canvas of one colour that is seen through.
FIND_BLANK = """() => [...document.querySelectorAll(".gb-component canvas")].filter((canvas) => {
  if (!canvas.checkVisibility() || !canvas.clientWidth) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return !data.some(Boolean);
}).map((canvas) => `blank: ${canvas.closest("[id]").id} ${canvas.ariaLabel}`)"""
# What the printed page holds, asked where it is laid out for the paper and every chart has been drawn.
ASK_ON_PAPER = f"""() => {{
  const findBlank = {FIND_BLANK};
  const seen = (selector) =>
    [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  matchMedia("print").addEventListener("change", ({{ matches }}) => {{
    if (!matches) return;
    window.onPaper = {{
      isDark: document.body.classList.contains("dark"),
      closed: seen("button.label-wrap:not(.open), details:not([open])").length,
      blank: findBlank(),
      stretched: seen(".gb-component canvas").filter((canvas) => canvas.clientWidth
        && Math.abs(canvas.width / canvas.height / (canvas.clientWidth / canvas.clientHeight) - 1) > 0.03)
        .map((canvas) => `stretched: ${{canvas.closest("[id]").id}} ${{canvas.width}} × ${{canvas.height}}, `
          + `${{canvas.clientWidth}} × ${{canvas.clientHeight}}`),
      cut: seen("table, .gb-numbers, .gb-layers-box").filter((box) =>
        box.getBoundingClientRect().right > document.documentElement.clientWidth + 1
        || (getComputedStyle(box).overflowY !== "visible" && box.scrollHeight > box.clientHeight + 1))
        .map((box) => `cut: ${{box.textContent.trim().slice(0, 60)}}`),
    }};
  }});
}}"""


@pytest.mark.parametrize("name", QUESTIONS)
def test_paper_shows_every_section_and_chart(open_page, tmp_path, name):
    page = open_page(name, theme="dark", reduced_motion="reduce")
    page.get_by_role("heading", name=QUESTIONS[name]).wait_for()
    if name == "sketchpad":
        page.get_by_role("button", name="Example", exact=True).click()
        expect(page.locator("#pad .gb-pad")).to_have_attribute("data-digit", "3")
    closed = page.locator("button.label-wrap:not(.open):visible").count()
    assert closed > 4
    page.evaluate("() => { window.print = () => { window.isAsked = true; }; }")
    page.keyboard.press("Control+p")
    page.wait_for_function("window.isAsked")
    page.wait_for_function(IS_STILL)  # on a busy machine some answers come later than a visitor would wait
    page.evaluate(ASK_ON_PAPER)  # after the charts, which listen for the same
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    on_paper = page.evaluate("window.onPaper")
    assert on_paper == {"isDark": False, "closed": 0, "blank": [], "stretched": [], "cut": []}
    expect(page.locator("button.label-wrap:not(.open):visible")).to_have_count(closed)
    assert page.evaluate("document.body.classList.contains('dark')")


def test_what_was_never_scrolled_to_is_drawn(open_page):
    page = open_page("runs", reduced_motion="reduce")
    page.locator(".gb-compare canvas").wait_for()
    page.wait_for_function(f"() => !({FIND_BLANK})().length")
    assert page.evaluate("scrollY") == 0
