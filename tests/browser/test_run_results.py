"""A run's epochs read what is drawn on the sketchpad."""

from playwright.sync_api import expect

from app.sketchpad.tab import build_example
from tests.browser.runs_tab import open_runs, place_run
from tests.browser.test_sketchpad import Pad

__all__ = ["open_runs", "place_run"]  # fixtures

LEARNING = "#run-learning .gb-learning"


def test_a_drawing_on_the_sketchpad_is_read_after_each_epoch(open_runs, place_run):
    run_id = place_run()
    page = open_runs(run_id).page
    page.locator(f'{LEARNING}[data-run="{run_id}"]').wait_for(state="attached")
    page.locator(LEARNING).get_by_role("button", name="My drawing").click()
    page.locator(".gb-learning-error").get_by_text("draw a digit on the sketchpad").wait_for()
    page.get_by_role("tab", name="Sketchpad").click()
    pad = Pad(page)
    pad.clear()
    pad.draw(build_example(5))
    pad.wait_until_shown()
    page.get_by_role("tab", name="Training runs").click()
    expect(page.locator(f"{LEARNING} figcaption b")).to_have_text("Your drawing")
