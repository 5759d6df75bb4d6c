"""Finding one's way: the contents list, addresses, Back and Forward, and what is in sight at once."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE

# What the tab is for, and what it is worked with: in sight without scrolling.
STAGES = {
    "descent": ["#descent-player [data-move=play]", ".gb-player-landscape canvas", ".gb-ruler-band"],
    "inspection": ["#window [data-move=play]", "#window .gb-grids-panels canvas"],
    "runs": ["#run-start", "#run-network", "#runs .gb-runs-focus h3"],
    "sketchpad": ["#pad canvas", "#pad button"],
}
FIRST_ON_A_PHONE = {
    "descent": "#descent-player [data-move=play]",
    "inspection": "#window [data-move=play]",
    "runs": "#run-network",
    "sketchpad": "#pad canvas",
}
BEAMER = {"width": 1920, "height": 1080}
SIZES = [(1400, 900), (1920, 1080), (1280, 720)]
BELOW = """(selector) => {
  const node = [...document.querySelectorAll(selector)].find((each) => each.checkVisibility());
  return Math.round(node.getBoundingClientRect().bottom - innerHeight);
}"""
BESIDE_LESSON = """() => {
  document.body.dataset.lesson = "open";
  const [list, tabs] = ["#gb-contents > ul", "#gb-tabs"]
    .map((selector) => document.querySelector(selector).getBoundingClientRect());
  delete document.body.dataset.lesson;
  return [list.right <= tabs.left, tabs.right <= innerWidth - 380];
}"""
IN_SIGHT = """(id) => {
  const { top } = document.getElementById(id).getBoundingClientRect();
  return top >= 0 && top < innerHeight - 40;
}"""


# Buttons at the top of which something else covers the lower edge.
COVERED = """() => {
  scrollTo(0, 0);
  return [...document.querySelectorAll(".gb-head button, .gb-tools button")]
    .filter((button) => button.checkVisibility())
    .filter((button) => {
      const { left, width, bottom } = button.getBoundingClientRect();
      return !button.contains(document.elementFromPoint(left + width / 2, bottom - 1));
    })
    .map((button) => button.textContent);
}"""


def expect_query(page, query):
    """Wait for the address, which the theme's parameter begins."""
    expect(page).to_have_url(re.compile(re.escape(f"?__theme=light&{query}") + "$"))


def test_stages_are_in_sight_and_the_contents_list_addresses_and_history_lead_everywhere(open_page):
    page = open_page(
        "runs", viewport=BEAMER, reduced_motion="reduce", settings="open=question-4&network=convnet2&epochs=3"
    )
    expect(page.locator("#split-seed")).to_be_visible()
    page.wait_for_function(IN_SIGHT, arg="question-4-section")
    expect(page.locator("#run-epochs input")).to_have_value("3")
    expect(page.locator("#run-network input")).to_have_value("ConvNet2")
    contents = page.locator("#gb-contents")
    current = contents.locator("[aria-current]")
    expect(current).to_have_text(re.compile("^Question 4"))
    assert page.evaluate(BESIDE_LESSON) == [True, True]
    page.locator("#run-epochs input").fill("4")
    expect_query(page, "tab=runs&open=question-4&network=convnet2&epochs=4")

    contents.get_by_role("link", name="Dropout", exact=True).press("Enter")
    expect_query(page, "tab=runs&open=dropout&network=convnet2&epochs=4")
    page.wait_for_function(IN_SIGHT, arg="dropout-section")
    expect(page.locator("#dropout-section > :is(summary, .label-wrap)")).to_be_focused()
    page.keyboard.press("Enter")  # closes it, and the address forgets it
    expect_query(page, "tab=runs&network=convnet2&epochs=4")

    page.get_by_role("tab", name="Conv & pool").click()
    page.locator("#gb-labs").get_by_role("tab", name="Architecture").click()
    expect_query(page, "tab=inspection&lab=architecture")
    expect(page.locator("#architecture-layers")).to_be_visible()
    expect(page.locator("#window")).to_be_hidden()
    assert page.evaluate(COVERED) == []
    expect(contents.get_by_role("link").first).to_have_text("Where do a network's numbers sit?")
    page.go_back()
    expect(page.locator("#window")).to_be_visible()
    page.go_back()
    expect_query(page, "tab=runs&network=convnet2&epochs=4")
    expect(page.locator("#run-epochs input")).to_be_visible()
    page.go_forward()
    page.go_forward()
    expect(page.locator("#architecture-layers")).to_be_visible()

    # What stays in sight at four sizes
    page.locator("#gb-labs").get_by_role("tab", name="Window").click()
    below = {}
    for name, seen in STAGES.items():
        page.locator(f'#gb-tabs [role="tab"][data-tab-id="{name}"]').locator("visible=true").click()
        page.locator(seen[0]).locator("visible=true").first.wait_for()
        for width, height in [*SIZES, tuple(NARROW.values())]:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("scrollTo(0, 0)")
            page.evaluate(
                "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            for selector in seen if width > NARROW["width"] else [FIRST_ON_A_PHONE[name]]:
                if (by := page.evaluate(BELOW, selector)) > 0:
                    below[name, width, selector] = by
            expect(contents.locator("a" if width > WIDE["width"] else "button").first).to_be_in_viewport()
    assert not below

    # A phone's list, by keys; and the stage alone, by its key
    contents.get_by_role("button", name="Contents").press("Enter")
    contents.get_by_role("link", name="What the bars say").press("Enter")
    expect_query(page, "tab=sketchpad&open=what-the-bars-say")
    expect(contents.get_by_role("link").first).to_be_hidden()
    page.set_viewport_size(WIDE)
    page.locator("#gb-present").focus()
    page.keyboard.press("f")
    expect(page.locator("#gb-present")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".gb-sections:visible, .gb-lesson:visible")).to_have_count(0)
    expect(page.locator("#pad canvas").first).to_be_in_viewport()
    page.locator("#sketchpad-checkpoint input").focus()
    page.keyboard.press("f")  # a letter in a field
    expect(page.locator("#gb-present")).to_have_attribute("aria-pressed", "true")
