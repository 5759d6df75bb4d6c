"""One page a tab, opened as a visitor opens it: what the tab is for works."""

import re

from playwright.sync_api import expect


def test_descent_answers_a_step_size(open_page):
    page = open_page("descent", reduced_motion="reduce")
    expect(page.locator("#descent-player .gb-player")).to_have_attribute("data-races", re.compile("[1-9]"))
    status = page.locator("#descent-status")
    expect(status).not_to_contain_text("The steps grow")
    page.locator(".gb-optimizer-1 input[data-number]").fill("1000")
    expect(status).to_contain_text("The steps grow")


def test_window_steps_to_the_next_output_pixel(open_page):
    page = open_page("inspection", reduced_motion="reduce")
    window = page.locator("#window .gb-window")
    for move, place in (("reset", 1), ("step", 2)):
        window.locator(f"[data-move='{move}']").click()
        expect(window.locator(".gb-window-place")).to_have_text(f"Output pixel in row 1, column {place}")


def test_runs_show_the_example_and_its_curves(open_page):
    page = open_page("runs")
    run = page.locator("#runs .gb-runs-focus[data-status='done']")
    expect(run.locator("h3")).to_contain_text("GlassNet on MNIST")
    expect(run.locator(".is-loss canvas")).to_have_attribute("aria-label", re.compile(r"Validation 0\.\d"))


def test_pad_reads_the_example(open_page):
    page = open_page("sketchpad")
    page.locator("#pad").get_by_role("button", name="Example", exact=True).click()
    expect(page.locator("#pad .gb-pad")).to_have_attribute("data-digit", "3")
