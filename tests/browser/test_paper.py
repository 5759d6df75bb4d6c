"""The page on paper, and in a picture of all of it."""

from playwright.sync_api import expect

from tests.browser.test_accessibility import IS_STILL
from tests.browser.test_page import QUESTIONS, TABS

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


def check_paper(page, path):
    """Print, and find all of the open tab on the paper and the tab as it was."""
    sections = page.locator("button.label-wrap:not(.open):visible, details:not([open]):visible")
    closed = sections.count()
    assert closed > 4
    page.evaluate("() => { window.isAsked = false; window.print = () => { window.isAsked = true; }; }")
    page.keyboard.press("Control+p")
    page.wait_for_function("window.isAsked")
    page.wait_for_function(IS_STILL)  # on a busy machine some answers come later than a visitor would wait
    page.evaluate(ASK_ON_PAPER)  # after the charts, which listen for the same
    page.pdf(format="A4", page_ranges="1")  # it lays out all, and writes one sheet
    on_paper = page.evaluate("window.onPaper")
    assert on_paper == {"isDark": False, "closed": 0, "blank": [], "stretched": [], "cut": []}
    expect(sections).to_have_count(closed)
    assert page.evaluate("document.body.classList.contains('dark')")


def test_paper_and_a_picture_of_all_show_every_section_and_chart(open_page, tmp_path):
    page = open_page("runs", theme="dark", reduced_motion="reduce")
    page.locator(".gb-compare canvas").wait_for()
    page.wait_for_function(f"() => !({FIND_BLANK})().length")  # what was never scrolled to is drawn as well
    assert page.evaluate("scrollY") == 0
    for name, question in QUESTIONS.items():
        page.get_by_role("tab", name=TABS[name]).click()
        page.get_by_role("heading", name=question).wait_for()
        if name == "sketchpad":
            page.get_by_role("button", name="Example", exact=True).click()
            expect(page.locator("#pad .gb-pad")).to_have_attribute("data-digit", "3")
        check_paper(page, tmp_path / f"{name}.pdf")
