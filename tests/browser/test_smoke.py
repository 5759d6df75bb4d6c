"""The page as a visitor opens it: what each tab is for works."""

import re

from playwright.sync_api import expect


def check_descent(page):
    expect(page.locator("#descent-player .gb-player")).to_have_attribute("data-races", re.compile("[1-9]"))
    status = page.locator("#descent-status")
    expect(status).not_to_contain_text("The steps grow")
    page.locator(".gb-optimizer-1 input[data-number]").fill("1000")
    expect(status).to_contain_text("The steps grow")


def check_window(page):
    window = page.locator("#window .gb-window")
    for move, place in (("reset", 1), ("step", 2)):
        window.locator(f"[data-move='{move}']").click()
        expect(window.locator(".gb-window-place")).to_have_text(f"Output pixel in row 1, column {place}")


def check_runs(page):
    run = page.locator("#runs .gb-runs-focus[data-status='done']")
    expect(run.locator("h3")).to_contain_text("GlassNet on MNIST")
    expect(run.locator(".is-loss canvas")).to_have_attribute("aria-label", re.compile(r"Validation 0\.\d"))


def check_sketchpad(page):
    page.locator("#pad").get_by_role("button", name="Example", exact=True).click()
    expect(page.locator("#pad .gb-pad")).to_have_attribute("data-digit", "3")


def test_each_tab_does_what_it_is_for(open_page):
    page = open_page(reduced_motion="reduce")
    check_descent(page)
    page.get_by_role("tab", name="Conv & pool").click()
    check_window(page)
    page.get_by_role("tab", name="Training runs").click()
    check_runs(page)
    page.get_by_role("tab", name="Sketchpad").click()
    check_sketchpad(page)
