"""The page as a whole: tabs, addresses, keys, both themes, both widths."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE

TABS = {
    "descent": "Gradient descent",
    "inspection": "Conv & pool",
    "runs": "Training runs",
    "sketchpad": "Sketchpad",
}
QUESTIONS = {
    "descent": "Which steps get down fastest?",
    "inspection": "What does a kernel see as it slides over",
    "runs": "What happens while a network learns?",
    "sketchpad": "Which digit does the network see?",
}

# The handlers that Gradio was told to ask at the page's load.
ASKED_AT_LOAD = """gradio_config.dependencies
  .filter(({ backend_fn, targets }) => backend_fn && targets.some(([, event]) => event === "load"))
  .map(({ api_name }) => api_name)"""


def expect_tab(page, name):
    """Wait until a tab is the selected one, with its question in sight."""
    expect(page.locator('#gb-tabs > .tab-wrapper [role="tab"][aria-selected="true"]')).to_have_text(
        TABS[name]
    )
    page.get_by_role("heading", name=QUESTIONS[name]).wait_for()


def test_keys_move_between_tabs_and_radios_and_back_and_forward_between_tabs(open_page):
    page = open_page(locale="fr-FR", reduced_motion="reduce")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate(ASKED_AT_LOAD) == ["on_load"]
    expect(page.locator('#gb-tabs > .tab-wrapper [role="tab"]:visible')).to_have_text(list(TABS.values()))
    expect(page).to_have_title("Glassbox")
    page.get_by_role("tab", name="Gradient descent").focus()
    for key, place in zip(
        ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "Home", "End"),
        (1, 2, 3, 0, 3, 0, 3),
        strict=True,
    ):
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=list(TABS.values())[place])).to_have_attribute(
            "aria-selected", "true"
        )
    expect(page).to_have_url(re.compile("tab=sketchpad"))
    page.reload()
    expect_tab(page, "sketchpad")
    for label, name in (("Training runs", "runs"), ("Conv & pool", "inspection")):
        page.get_by_role("tab", name=label).click()
        page.wait_for_url(f"**tab={name}*")
    page.go_back()
    expect_tab(page, "runs")
    page.go_back()
    expect_tab(page, "sketchpad")
    page.go_forward()
    expect_tab(page, "runs")
    page.go_forward()
    expect_tab(page, "inspection")
    check_radios(page)


def check_radios(page):
    """The first key reaches what skips the tabs; radios are one stop, and arrows move within."""
    page.reload()
    page.locator("body[data-ready]").wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the open tab")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tabpanel").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("tab", name="Window")).to_be_focused()
    page.get_by_label("Convolution", exact=True).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("A digit", exact=True)).to_be_focused()  # the next group's
    page.keyboard.press("Tab")
    expect(page.get_by_label("Digit from")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Max pooling", exact=True)).to_be_focused()
    expect(page.get_by_label("Max pooling", exact=True)).to_be_checked()
    expect(page.get_by_label("A digit", exact=True)).to_be_checked()
    expect(page.locator("#window .gb-window-terms").first).to_contain_text("max(")  # Python has heard of it


def test_address_opens_its_tab_in_its_theme_and_what_it_cannot_mean_is_said(open_page):
    page = open_page("runs", theme="dark")
    expect_tab(page, "runs")
    assert page.evaluate("document.body.classList.contains('dark')")
    assert page.locator("#gb-forgets").count() == 0  # it may store what it has to
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)
        # Until its script has heard of the new width, something may be wider than the window.
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("innerWidth") == viewport["width"]
        for tab in page.locator('#gb-tabs > .tab-wrapper [role="tab"]:visible').all():
            box = tab.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= viewport["width"]
            assert box["height"] >= 40
    page.goto(page.url.replace("tab=runs", "tab=nonsense&colour=<i>red</i>&problem=valley&steps=lots"))
    expect_tab(page, "descent")
    expect(page.locator("#descent-player .gb-player-name")).to_have_text(["Gradient descent"])  # the opening
    notice = page.get_by_test_id("toast-body")  # Gradio's
    expect(notice).to_contain_text("There is no tab “nonsense”, so Gradient descent is shown.")
    expect(notice).to_contain_text("“colour” is no setting of this page and is left out.")
    page.get_by_text("The link's settings cannot be used").wait_for()
    notice.get_by_test_id("toast-close").click()
    expect(notice).to_have_count(0)


# Counts the frames that are asked for, by whom ever; Gradio keeps its own reference from then on.
COUNT_FRAMES = """
const request = window.requestAnimationFrame.bind(window);
window.numFrames = 0;
window.requestAnimationFrame = (act) => { window.numFrames++; return request(act); };
"""


def test_page_that_is_left_alone_asks_for_no_frames(open_page):
    """By itself Gradio's loading screen would go on asking for every one."""
    page = open_page("sketchpad", reduced_motion="reduce", script=COUNT_FRAMES)
    page.wait_for_function(
        "() => { const before = window.seenFrames; window.seenFrames = window.numFrames; "
        "return before > 0 && before === window.numFrames; }",
        polling=500,
    )
