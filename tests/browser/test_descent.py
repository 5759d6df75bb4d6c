"""The gradient descent tab: its questions, its points, its link, and all of it by keyboard."""

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

from app.descent.race import OPENINGS
from tests.browser.descent_tab import PLAYER, Tab, tab
from tests.browser.test_finding import expect_query

__all__ = ["tab"]  # a fixture


def test_the_three_questions_are_answered_with_numbers(tab):
    page = tab.page
    tab.open_section("Question 1")
    answer = page.locator("#descent-minimum")
    answer.get_by_text("moves along").wait_for()
    assert "(0.2, 0.2, 0.2, 0.2, 0.2)" in re.sub(r"\s|\u200b", "", answer.inner_text()).replace(",", ", ")
    tab.open_section("Question 2")
    rates = page.locator("#descent-rates")
    rates.get_by_text("times 0: directions in which nothing moves").wait_for()
    text = rates.inner_text()
    assert "eigenvalue" in text
    best = next(row for row in text.splitlines() if row.startswith("0.1\t0.5"))
    assert best.split("\t")[2:] == ["0", "1", "1"]  # factor, steps counted, steps predicted
    tab.open_section("Question 3")
    graph = page.locator("#descent-graph svg")
    graph.get_by_text("MvBackward0", exact=True).wait_for()
    tab.open_section("The graph as a table")
    page.locator("#descent-nodes").get_by_role("cell", name="MvBackward0", exact=True).wait_for()
    assert "autograd" in page.locator("#descent-gradient").inner_text()
    # From the opening on it speaks of where the player stands.
    page.locator("#descent-gradient").get_by_text("after 0 steps").wait_for()
    page.locator(f"{PLAYER} [data-move=step]").click()
    page.locator("#descent-gradient").get_by_text("after 1 step").wait_for()
    page.locator(f"{PLAYER} [data-move=reset]").click()
    page.locator("#descent-gradient").get_by_text("after 0 steps").wait_for()
    assert "−2" in page.locator("#descent-gradient").inner_text()
    assert "−2 in all 5 entries" in graph.inner_html()
    page.locator(f"{PLAYER} input[type=range]").fill("150")
    page.locator("#descent-gradient").get_by_text("after 150 steps").wait_for()


def test_the_way_back_through_a_network_is_there_once_its_section_is_opened(tab):
    page = tab.page
    assert page.locator("#perceptron svg").count() == 0
    tab.open_section("Backwards through a network")
    page.locator("#perceptron [data-part='z.value']").wait_for()
    script = page.locator("#perceptron-script .cm-content")
    expect(script).to_contain_text("def find_relu_slope")
    page.locator("#perceptron [data-move=step]").click()
    expect(page.locator("#perceptron output")).to_have_text("step 1 of 9")
    field = page.locator("#perceptron-x").get_by_role("textbox")
    field.fill("1 2 3")
    expect(page.locator("#perceptron-x .gb-field-error")).to_have_text(
        "x has 3 numbers: write 4, as in 1 0.5 -1 2."
    )
    expect(page.locator("#perceptron .gb-old")).to_be_visible()
    field.fill("1; 0,5; 2; 0")
    expect(page.locator("#perceptron [data-part='x.value'] text")).to_have_text(["1", "0.5", "2", "0"])
    page.locator("#perceptron-activation").get_by_text("tanh").click()
    expect(page.locator("#perceptron [data-node=a] .title")).to_have_text("a = tanh(u)")
    expect(script).to_contain_text("def find_tanh_slope")
    expect(page.locator("#perceptron-x .gb-field-error")).to_be_empty()
    expect(page.locator("#perceptron output")).to_have_text("step 1 of 9")
    with page.expect_download() as download:
        page.locator("#perceptron-notebook button").click()
    assert "torch.tanh" in Path(download.value.path()).read_text(encoding="utf-8")

    expect_query(page, "tab=descent&open=backwards-through-a-network&example=1,0.5,2,0:0:tanh:472")
    page.reload()  # the address shows the same again
    expect(page.locator("#perceptron [data-part='x.value'] text")).to_have_text(["1", "0.5", "2", "0"])
    expect(page.locator("#perceptron-x").get_by_role("textbox")).to_have_value("1 0.5 2 0")
    expect(page.locator("#perceptron-activation").get_by_label("tanh")).to_be_checked()
    expect(page.locator("#perceptron [data-node=a] .title")).to_have_text("a = tanh(u)")


def test_fields_follow_what_is_dragged_and_start_over_sets_them_back(tab):
    page = tab.page
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


def test_everything_can_be_reached_and_used_by_keyboard_alone(open_page):
    page = open_page("descent", settings="problem=line")
    tab = Tab(page, races=2)
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


def test_the_link_restores_the_race(open_page, tab):
    tab.choose("Quadratic valley")
    with tab.new_race():
        tab.rate(2).fill("0.011")
    tab.wait_for_losses("rows.length === 10")
    tab.open_section("Take it away")
    link = tab.page.locator("#descent-link textarea, #descent-link input").first
    tab.page.wait_for_function(
        "() => document.querySelector('#descent-link textarea, #descent-link input')?.value.includes('0.011')"
    )
    address = link.input_value()
    assert address.startswith(tab.page.url.split("?")[0])
    other = open_page("descent")
    other.goto(address)
    again = Tab(other, races=2)
    other.wait_for_function(
        "() => document.querySelector('.gb-optimizer-2 input[data-number]').value === '0.011'"
    )
    again.wait_for_losses("rows.length === 10")
    assert again.losses() == tab.losses()
    assert again.optimizers() == tab.optimizers()
    other.goto(address.replace("steps=100", "steps=lots"))
    other.get_by_text("The link's settings cannot be used").wait_for()
    assert Tab(other).optimizers() == ["Gradient descent"]
