"""The gradient descent tab: its questions, its points, and all of it by keyboard."""

import re

import numpy as np
from playwright.sync_api import expect

from app.descent.race import OPENINGS
from tests.browser.descent_tab import PLAYER, Tab, tab
from tests.browser.dropdown import open_list, take_option

__all__ = ["tab"]  # a fixture


def test_the_questions_are_answered_and_follow_the_player(tab):
    page = tab.page
    tab.open_section("Question 1")
    answer = page.locator("#descent-minimum")
    answer.get_by_text("moves along").wait_for()
    assert "(0.2, 0.2, 0.2, 0.2, 0.2)" in re.sub(r"\s|\u200b", "", answer.inner_text()).replace(",", ", ")
    tab.open_section("Question 2")
    rates = page.locator("#descent-rates")
    rates.get_by_text("times 0: directions in which nothing moves").wait_for()
    best = next(row for row in rates.inner_text().splitlines() if row.startswith("0.1\t0.5"))
    assert best.split("\t")[2:] == ["0", "1", "1"]  # factor, steps counted, steps predicted
    tab.open_section("Question 3")
    graph = page.locator("#descent-graph svg")
    graph.get_by_text("MvBackward0", exact=True).wait_for()
    tab.open_section("The graph as a table")
    page.locator("#descent-nodes").get_by_role("cell", name="MvBackward0", exact=True).wait_for()
    gradient = page.locator("#descent-gradient")
    expect(gradient).to_contain_text("after 0 steps")
    expect(gradient).to_contain_text("autograd")
    page.locator(f"{PLAYER} [data-move=step]").click()
    expect(gradient).to_contain_text("after 1 step")
    page.locator(f"{PLAYER} [data-move=reset]").click()
    expect(gradient).to_contain_text("after 0 steps")
    assert "−2" in gradient.inner_text()
    assert "−2 in all 5 entries" in graph.inner_html()
    page.locator(f"{PLAYER} input[type=range]").fill("150")
    expect(gradient).to_contain_text("after 150 steps")

    # So do the fields, until they are set back.
    rate = tab.drag_handle(70)
    expect(tab.rate()).to_have_value(f"{rate:g}")
    tab.choose("Himmelblau")
    canvas = page.locator(f"{PLAYER} .gb-player-landscape canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    with tab.new_race():
        page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 0.3 * box["height"])
    tab.wait_for_status("at the minimum (3, 2)")
    tab.open_section("Change the numbers")
    page.wait_for_function("() => +document.querySelector('[aria-label=\"Start: weight 1\"]')?.value > 2")
    page.get_by_role("button", name="Start over").click()
    for weight, value in enumerate(OPENINGS["himmelblau"].start, start=1):
        expect(page.get_by_label(f"Start: weight {weight}")).to_have_value(f"{value:g}")


def check_lists(page):
    """A list keeps the focus, and closes when it is left."""
    box, after = page.get_by_label("What to minimise"), page.get_by_label("Optimizer 1", exact=True)
    options = page.locator('[role="listbox"]')
    box.focus()
    expect(options).to_have_count(1)
    page.keyboard.press("Tab")  # to the next list, which opens; that one closes, and stays so
    expect(after).to_be_focused()
    expect(after).to_have_attribute("aria-expanded", "true")
    expect(options).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Shift+Tab")
    expect(options.get_by_role("option")).to_have_count(8)  # Shift alone is no search
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Quadratic valley")
    expect(box).to_be_focused()
    expect(options).to_have_count(0)
    for key in ("Enter", "ArrowDown", " "):  # by each of them it opens again, by Escape it closes
        page.keyboard.press(key)
        expect(box).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Escape")
        expect(options).to_have_count(0)
    take_option(box, "A line through points")
    expect(box).to_have_value("A line through points")
    expect(box).to_be_focused()
    expect(options).to_have_count(0)
    expect(open_list(box)).to_have_count(8)  # a press opens it where it has the focus
    page.keyboard.press("Tab")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_everything_can_be_reached_and_used_by_keyboard_alone(open_page):
    page = open_page("descent", settings="problem=line", reduced_motion="reduce")
    tab = Tab(page, races=2)
    check_lists(page)
    tab.wait_for_rest()
    page.get_by_role("tab", name="Gradient descent").focus()
    named = """() => document.activeElement.closest("[id^=descent]")?.id + " " +
      (document.activeElement.getAttribute("aria-label") || document.activeElement.innerText)"""
    reached = []
    while "Iterations" not in (reached or [""])[-1] and len(reached) < 60:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(named))
        if "Contours" in reached[-1]:
            page.keyboard.press("Home")
            assert tab.place() == 0
        if "data points" in reached[-1]:
            with tab.new_race():
                page.keyboard.press("ArrowUp")
        if "Step size of Momentum" in reached[-1]:
            before = tab.rate(2).input_value()
            with tab.new_race():
                page.keyboard.press("ArrowLeft")
            page.wait_for_function(
                "([field, before]) => field.value > 0 && field.value < +before",
                arg=[tab.rate(2).element_handle(), before],
            )
        if "What to minimise" in reached[-1]:
            with tab.new_race():
                page.keyboard.press("ArrowDown")
                page.keyboard.press("Enter")
            assert page.locator("#descent-problem input").input_value() == "Quadratic valley"
    order = ["Play", "Contours", "data points", "Step size of Momentum", "What to minimise", "Iterations"]
    places = [next(k for k, name in enumerate(reached) if word in name) for word in order]
    assert places == sorted(places), reached
    tab.wait_for_rest()


PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const cell = document.querySelector("#descent-points [data-testid='cell-0-0']");
  cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def test_line_fit_follows_its_points(open_page):
    opening = [(0.512345, 1.012345), (1.5, 1.4), (2.0, 2.4), (3.0, 2.6), (4.0, 3.912345)]
    address = ",".join(f"{x}:{y}" for x, y in opening)
    page = open_page("descent", settings=f"problem=line&points={address}")
    tab = Tab(page, races=2)
    canvas = page.locator(f"{PLAYER} .gb-player-data canvas")
    canvas.scroll_into_view_if_needed()
    canvas.focus()
    before = tab.losses()
    with tab.new_race():
        page.keyboard.press("ArrowUp")
    tab.wait_for_losses(f"rows[0][1] !== {before[0][1]!r}")
    points = tab.move_of(opening)
    assert points[0][0] == 0.512  # what was moved has three digits
    assert opening[0][1] < points[0][1] < opening[0][1] + 1  # the first point has moved up
    tab.open_section("Change the numbers")
    tab.wait_for_points(points)  # and nothing else has

    # A cell of the table is written in: it counts, and what was moved stays.
    with tab.new_race():
        page.get_by_test_id("cell-1-1").dblclick()
        page.wait_for_function("() => document.activeElement.matches('#descent-points :is(input, textarea)')")
        page.keyboard.press("Control+a")
        page.keyboard.type("3,25")
        page.keyboard.press("Enter")
    written = [*points[:1], (opening[1][0], 3.25), *points[2:]]
    tab.wait_for_points(written)

    # What a spreadsheet has copied takes the place of all, with its headings and decimal commas.
    page.evaluate(PASTE, "Länge\tMasse\r\n0,5\t1\r\n1,5\t2,25\r\n3\t4\r\n")
    tab.wait_for_points(pasted := [(0.5, 1), (1.5, 2.25), (3, 4)])
    page.evaluate(PASTE, "1\t2\t3\n4\t5\t6")
    page.locator(".gb-field-error").get_by_text("has 3 columns: copy two, x and y").wait_for()
    tab.open_section("Question 2")
    page.locator("#descent-rates").get_by_text("Condition number").wait_for()
    page.locator("#descent-rates math").nth(3).wait_for()
    xs = np.array([x for x, _ in pasted])
    condition = np.linalg.cond(np.stack([xs, np.ones(3)], axis=1)) ** 2
    expect(page.locator("#descent-rates")).to_contain_text(f"{condition:.4g}")
    text = page.locator("#descent-rates").inner_text()
    assert "$" not in text
