"""What is drawn on the sketchpad reaches every section that asks for it, and leads there and back."""

import re

from playwright.sync_api import expect

from app.ui.digits import DRAWING, TEST
from tests.browser.dropdown import take_option
from tests.browser.labs import open_lab
from tests.browser.pad import Pad, build_rough_example
from tests.browser.runs_tab import open_runs, place_run

__all__ = ["open_runs", "place_run"]  # fixtures

LEARNING = "#run-learning .gb-learning"


def test_a_drawing_reaches_every_section_that_asks_for_it_and_leads_there_and_back(open_runs, place_run):
    run_id = place_run()
    page = open_runs(run_id).page

    def open_tab(name):
        page.get_by_role("tab", name=name).click()

    page.locator(f'{LEARNING}[data-run="{run_id}"]').wait_for(state="attached")
    page.locator(LEARNING).get_by_role("button", name="My drawing").click()
    page.locator(".gb-learning-error").get_by_text("draw a digit on the sketchpad").wait_for()
    open_tab("Conv & pool")
    window = page.locator("#window .gb-window")
    take_option(page.locator("#window-controls").get_by_label("Digit from", exact=True), "My last drawing")
    window.locator(".gb-window-missing").get_by_text("draw a digit on the sketchpad").wait_for()
    open_lab(page, "network")
    page.locator("#network-source").get_by_label("My last drawing").check()
    network_error = page.locator("#network-error")
    network_error.get_by_text("draw a digit on the sketchpad").wait_for()
    open_lab(page, "microscope")
    page.get_by_label("My last drawing").last.check()
    page.locator("#microscope-error").get_by_text("draw a digit on the sketchpad").wait_for()

    open_tab("Sketchpad")
    pad = Pad(page)
    pad.clear()
    pad.draw(build_rough_example(5))
    pad.wait_until_shown()
    open_tab("Training runs")
    expect(page.locator(f"{LEARNING} figcaption b")).to_have_text("Your drawing")
    open_tab("Conv & pool")
    expect(window).to_contain_text("yours")
    expect(page.locator("#window-controls .gb-field-error:visible")).to_have_count(0)
    open_lab(page, "network")
    page.locator("#network-maps figcaption").get_by_text("Your drawing").wait_for()
    expect(network_error).to_have_text("")
    open_lab(page, "microscope")
    page.locator("#microscope-spread figcaption").get_by_text("yours").wait_for()
    page.locator("#microscope-error").wait_for(state="hidden")

    # It opens there from the pad, and leads back.
    page.locator("#gb-labs").get_by_role("tab", name="Window").click()
    page.get_by_role("button", name="The lab's layer").click()
    open_lab(page, "network")
    page.locator(f"#network-source input[value='{TEST}']").check()
    expect(window).not_to_contain_text("yours")
    expect(page.locator("#network-maps")).not_to_contain_text("Your drawing")
    open_tab("Sketchpad")
    pad.clear()
    pad.draw(build_rough_example(6))
    pad.wait_until_broadcast()
    pad.press("Open in Conv & pool")
    expect(page).to_have_url(re.compile("tab=inspection"))
    expect(page.locator("#window .gb-grids-panels")).to_contain_text("yours")
    expect(page.locator("#network-maps")).to_contain_text("Your drawing")
    assert page.locator("#network-source input:checked").get_attribute("value") == DRAWING
    page.get_by_role("button", name="Draw on the sketchpad").first.click()
    expect(page).to_have_url(re.compile("tab=sketchpad"))
    page.keyboard.press("c")  # the pad has the focus
    expect(pad.verdict).to_have_text("Draw a digit")
