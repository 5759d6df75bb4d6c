"""A visitor's own digits across the page: a network is trained on them, and stands among the runs."""

from app.sketchpad.tab import build_example
from tests.browser.my_digits import SCHEMA, MyDigits
from tests.waiting import HANG_MS


def test_a_network_is_trained_on_ones_own_digits(open_page):
    page = open_page("sketchpad", reduced_motion="reduce")
    page.get_by_role("button", name="My digits").click()
    mine = MyDigits(page)
    start = mine.root.locator(".gb-mine-tune button")
    assert start.is_disabled()
    assert "needs 10 digits" in start.inner_text()
    examples = [{"label": digit, "size": 280, "strokes": build_example(digit)} for digit in range(10)]
    mine.import_file({"schema": SCHEMA, "digits": examples})
    mine.wait_for_count(10)
    mine.root.locator(".gb-mine-tune select").select_option("mlp")
    start.click()
    mine.root.locator(".gb-mine-mixture", has_text="10 digits of yours").wait_for()
    assert start.is_disabled()
    mine.page.get_by_role("tab", name="Training runs").click()
    runs = mine.page.locator("#runs")
    runs.locator(".is-chosen .is-name", has_text="10 digits of mine").wait_for()
    assert "begun with mlp, 10 drawings" in runs.locator(".gb-runs-settings").inner_text()
    runs.get_by_role("button", name="Stop", exact=True).click()
    runs.locator(".gb-runs-focus[data-status=stopped]").wait_for(timeout=HANG_MS)
    mine.page.get_by_role("tab", name="Sketchpad").click()
    mine.root.locator(".gb-mine-run", has_text="Stopped as asked").wait_for()
    assert start.is_enabled()
