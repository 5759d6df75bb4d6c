"""The section "My digits" as its user handles it."""

import json

from app.sketchpad.tab import build_example
from tests.browser.pad import Pad

SCHEMA = "glassbox-digits-1"


class MyDigits:
    """The section beside a pad, on a harness page or on the whole page where it is open."""

    def __init__(self, page):
        self.page = page
        self.pad = Pad(page)
        self.root = page.locator("#my-digits .gb-mine")
        self.root.wait_for()
        self.root.locator(".gb-mine-labels button").nth(9).wait_for()  # its script has begun
        self.message = self.root.locator(".gb-mine-message span")
        self.problem = self.root.locator(".gb-mine-problem")

    def keep(self, digit, label=None):
        """Draw the plain way of writing a digit, and keep it."""
        self.pad.canvas.scroll_into_view_if_needed()
        self.pad.clear()
        self.pad.draw(build_example(digit))
        self.pad.wait_until_shown()
        button = self.root.locator(".gb-mine-labels button").nth(digit if label is None else label)
        self.page.wait_for_function("(button) => !button.disabled", arg=button.element_handle())
        button.click()

    def read_labels(self):
        """The labels of the cards, the latest first."""
        return self.root.locator(".gb-mine-grid select").evaluate_all("all => all.map((each) => each.value)")

    def wait_for_count(self, count):
        self.page.wait_for_function(
            "(count) => document.querySelector('#my-digits .gb-mine')?.dataset.count === String(count)",
            arg=count,
        )

    def undo(self):
        self.root.locator(".gb-mine-message button").click()

    def import_file(self, content, name="my-digits.json"):
        buffer = content if isinstance(content, bytes) else json.dumps(content).encode()
        chooser = self.root.locator("input[type=file]")
        chooser.set_input_files({"name": name, "mimeType": "application/json", "buffer": buffer})
