"""The builder's rows as their user handles them, without Gradio's page."""

import json

import pytest
from playwright.sync_api import expect

from app.runs.building.components.layer_rows import build_layer_rows
from app.runs.building.view import show_change
from app.ui.answers import answer
from tests.browser.conftest import NARROW

ANSWER = answer(show_change, "name", "layers", "text", "begin", "form")
CONVNET = ["Conv2d", "ReLU", "Flatten", "Linear"]
HOLD = """() => {
  const { server } = window.standIn.parts.rows;
  const ask = server.examine;
  server.examine = async (request) => {
    const answer = await ask(request);
    await new Promise((go) => (window.release = () => { server.examine = ask; go(); }));
    return answer;
  };
}"""
TOUCH = {"viewport": NARROW, "has_touch": True}


def plain(*kinds):
    return [{"layer": kind} if isinstance(kind, str) else kind for kind in kinds]


class Rows:
    """The rows as their user handles them."""

    def __init__(self, harness):
        self.page, self.harness = harness.page, harness
        self.wait()

    def wait(self):
        """Wait until what is shown is Python's answer to the list as it is."""
        self.page.locator(".gb-build[data-answered=true]").wait_for()

    def read(self):
        self.wait()
        return json.loads(self.page.evaluate("window.standIn.parts.rows.given.value"))["layers"]

    def read_mistake(self):
        """Return what keeps the list from being trained, also before Python has answered."""
        return json.loads(self.page.evaluate("window.standIn.parts.rows.given.value")).get("mistake", "")

    def kinds(self):
        return [layer["layer"] for layer in self.read()]

    def line(self, number):
        """The line of a layer by its number as it is read, such as 2 or 2.1."""
        return self.page.get_by_role("group", name=f"Layer {number}:")

    def field(self, name, number):
        return self.page.get_by_label(f"{name} of layer {number}", exact=True)

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def output(self, number):
        self.wait()
        return self.line(number).locator(".gb-layer-output").inner_text()

    def told(self):
        return self.page.locator(".gb-build-told").inner_text()


@pytest.fixture
def open_rows(open_harness):
    def open_rows(*layers, ask=ANSWER, **options):
        value = json.dumps({"name": "Mine", "layers": plain(*layers)})
        return Rows(open_harness(build_layer_rows(ask, value=value, elem_id="rows"), **options))

    return open_rows


def drag(rows, grip, target, steps=6):
    start, end = grip.bounding_box(), target.bounding_box()
    rows.page.mouse.move(start["x"] + 10, start["y"] + 10)
    rows.page.mouse.down()
    rows.page.mouse.move(end["x"] + 10, end["y"] + end["height"] - 4, steps=steps)
    expect(rows.page.locator(".gb-build-marker")).to_be_visible()
    rows.page.mouse.up()
