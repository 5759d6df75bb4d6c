"""The training runs tab as its user handles it, and runs to look at there."""

import json
import secrets
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.dropdown import take_option
from tests.browser.showing import open_section
from tests.runs.finished_runs import train_finished_runs
from tests.waiting import HANG_MS

ROOT, FOCUS = "#runs .gb-runs", "#runs .gb-runs-focus"


class RunsTab:
    """The tab as its user handles it."""

    def __init__(self, page):
        self.page = page
        page.locator(f"{ROOT}[data-points]").wait_for()

    def press(self, name):
        self.page.locator("#runs").get_by_role("button", name=name, exact=True).click()

    def choose(self, control, option):
        take_option(self.page.locator(f"#run-{control} input"), option)

    def fill(self, control, value):
        self.page.locator(f"#run-{control} input").fill(str(value))

    def read(self, control):
        return self.page.locator(f"#run-{control} input").input_value()

    def wait_for_value(self, control, value):
        expect(self.page.locator(f"#run-{control} input")).to_have_value(value)

    def set_images(self, num):
        field = self.page.get_by_role("spinbutton", name="number input for Images")
        field.fill(str(num))
        field.press("Enter")

    def wait_for_status(self, status):
        self.page.locator(f'{FOCUS}[data-status="{status}"]').wait_for(timeout=HANG_MS)

    def wait_for_run(self, run_id):
        self.page.locator(f'{FOCUS}[data-run="{run_id}"]').wait_for()

    def focus(self):
        return self.page.locator(FOCUS).get_attribute("data-run")

    def points(self):
        return int(self.page.locator(ROOT).get_attribute("data-points"))

    def wait_for_points(self, more_than):
        self.page.wait_for_function(
            f"() => Number(document.querySelector('{ROOT}')?.dataset.points) > {more_than}", timeout=HANG_MS
        )

    def listed(self):
        rows = self.page.locator(f"{ROOT} .gb-runs-list li")
        return rows.evaluate_all("(rows) => rows.map((row) => row.dataset.run)")

    def wait_for_listed(self, ids):
        self.page.wait_for_function(
            """([selector, ids]) => ids.join() ===
              [...document.querySelectorAll(selector)].map((row) => row.dataset.run).join()""",
            arg=[f"{ROOT} .gb-runs-list li", ids],
        )

    def row(self, run_id):
        return self.page.locator(f'{ROOT} .gb-runs-list li[data-run="{run_id}"]')

    def open_hyperparameters(self):
        open_section(self.page.get_by_role("button", name="Hyperparameters"))


@pytest.fixture
def runs_tab(open_page):
    return RunsTab(open_page("runs"))


@pytest.fixture
def place_run(served_runs):
    """Put a finished run into the served page's folder under an id of its own."""
    folder, ids = train_finished_runs()

    def place(kind="mlp"):
        run_id = secrets.token_hex(16)
        shutil.copytree(Path(folder.name) / ids[kind], served_runs / run_id)
        return run_id

    return place


@pytest.fixture
def open_runs(open_page, served_page):
    """Open a page in a browser that remembers runs of these ids, oldest first; the latest is chosen."""

    def open_runs(*run_ids, **options):
        remembered = [{"name": "glassbox-run-ids", "value": json.dumps(run_ids)}]
        storage = {"cookies": [], "origins": [{"origin": served_page, "localStorage": remembered}]}
        runs_tab = RunsTab(open_page("runs", storage_state=storage, **options))
        runs_tab.wait_for_run(run_ids[-1])
        return runs_tab

    return open_runs
