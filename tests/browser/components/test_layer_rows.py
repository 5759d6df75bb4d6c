"""The builder's rows: by mouse, keys and finger, with Python's answers, and what a screen reader is told."""

import json
import re

import pytest
from playwright.sync_api import expect

from app.runs.building.components.layer_rows import build_layer_rows
from app.runs.building.view import show_change
from app.ui.answers import answer
from tests.browser.conftest import NARROW

ANSWER = answer(show_change, "name", "layers", "text", "begin", "form")
CONVNET = ["Conv2d", "ReLU", "Flatten", "Linear"]
TOUCH = {"viewport": NARROW, "has_touch": True}


def plain(*kinds):
    return [{"layer": kind} if isinstance(kind, str) else kind for kind in kinds]


class Rows:
    """The rows as their user handles them."""

    def __init__(self, bench):
        self.page, self.bench = bench.page, bench
        self.wait()

    def wait(self):
        """Wait until what is shown is Python's answer to the list as it is."""
        self.page.locator(".gb-build[data-answered=true]").wait_for()

    def read(self):
        self.wait()
        return json.loads(self.page.evaluate("window.standIn.parts.rows.given.value"))["layers"]

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
def open_rows(open_bench):
    def open_rows(*layers, ask=ANSWER, **options):
        value = json.dumps({"name": "Mine", "layers": plain(*layers)})
        return Rows(open_bench(build_layer_rows(ask, value=value, elem_id="rows"), **options))

    return open_rows


def test_rows_are_added_set_doubled_moved_and_removed(open_rows):
    rows = open_rows(*CONVNET)
    assert rows.output(1) == "8·26·26"
    rows.field("out_channels", 1).fill("12")
    assert rows.output(1) == "12·26·26"
    rows.press("Add MaxPool2d")  # behind the row that was used last
    assert rows.kinds() == ["Conv2d", "MaxPool2d", "ReLU", "Flatten", "Linear"]
    rows.press("Double layer 2, MaxPool2d")
    rows.press("Move up layer 4, ReLU")
    assert rows.kinds() == ["Conv2d", "MaxPool2d", "ReLU", "MaxPool2d", "Flatten", "Linear"]
    rows.press("Remove layer 2, MaxPool2d")
    rows.field("bias", 1).uncheck()
    rows.page.get_by_label("Kind of layer 2").select_option("Tanh")
    assert rows.kinds() == ["Conv2d", "Tanh", "MaxPool2d", "Flatten", "Linear"]
    assert rows.read()[0] == {"layer": "Conv2d", "out_channels": 12, "bias": False}
    expect(rows.page.locator(".gb-build-sums")).to_contain_text("reading an image takes")
    rows.page.wait_for_function("() => window.standIn.sent.some(({ event }) => event === 'input')")


def test_each_step_is_undone_and_done_again_by_keys_and_buttons(open_rows):
    rows = open_rows(*CONVNET)
    first = rows.read()
    rows.field("out_channels", 1).press_sequentially("128")  # one step, however many letters
    changed = rows.read()
    assert changed[0]["out_channels"] == 128
    rows.page.keyboard.press("Control+z")
    assert rows.read() == first
    expect(rows.field("out_channels", 1)).to_have_value("8")
    rows.page.keyboard.press("Control+Shift+z")
    assert rows.read() == changed
    rows.press("Remove layer 2, ReLU")
    rows.press("Undo")
    assert rows.read() == changed
    rows.press("Redo")
    assert rows.kinds() == ["Conv2d", "Flatten", "Linear"]


def test_by_keyboard_alone(open_rows):
    rows = open_rows(*CONVNET)
    keyboard = rows.page.keyboard
    rows.page.get_by_label("Kind of layer 2").focus()
    keyboard.press("Alt+ArrowDown")
    assert rows.kinds() == ["Conv2d", "Flatten", "ReLU", "Linear"]
    keyboard.press("Alt+ArrowUp")  # the focus has gone with it
    assert rows.kinds() == CONVNET
    rows.field("kernel_size", 1).focus()
    keyboard.press("ArrowUp")
    assert rows.output(1) == "8·25·25"
    rows.field("out_channels", 1).focus()
    keyboard.press("ArrowUp")
    assert rows.output(1) == "16·25·25"
    rows.page.get_by_role("button", name="Add Conv2d").focus()
    for key in ("ArrowRight", "ArrowRight", "End", "Home", "ArrowRight"):
        keyboard.press(key)
    expect(rows.page.get_by_role("button", name="Add Linear")).to_be_focused()
    assert rows.page.locator(".gb-build-palette button[tabindex='0']").count() == 1
    keyboard.press("Enter")
    assert rows.told() == "Linear is layer 2."


def test_what_does_not_fit_is_said_at_its_row_and_mended_there(open_rows):
    rows = open_rows("Conv2d", {"layer": "Linear", "out_features": 7}, {"layer": "Dropout"})
    row = rows.page.locator(".gb-layer").nth(1)
    expect(row).to_contain_text("here come maps 8·26·26: Flatten makes 5,408 features")
    rows.press("Put Flatten before Linear")
    assert rows.kinds() == ["Conv2d", "Flatten", "Linear", "Dropout"]
    expect(rows.page.locator(".gb-build-whole")).to_contain_text("ends in 7 features")
    rows.page.get_by_role("button", name="Add Linear with 10 outputs").click()
    expect(rows.page.locator(".gb-layer").nth(4)).to_contain_text("two weighted sums are no more than one")
    rows.press("Undo")
    rows.press("Undo")
    rows.page.get_by_role("button", name="Show it").click()
    expect(rows.page.get_by_label("Kind of layer 2")).to_be_focused()


def test_what_no_setting_may_be_is_said_and_changes_nothing(open_rows):
    rows = open_rows(*CONVNET, {"layer": "MaxPool2d"})
    for text, told in (("99", "from 1 to 28"), ("2.5", "whole number"), ("x", "not a number"), ("", "empty")):
        rows.field("kernel_size", 1).fill(text)
        expect(rows.page.locator(".gb-layer").first.locator(".is-problem")).to_contain_text(told)
        assert rows.read()[0] == {"layer": "Conv2d"}
    rows.field("kernel_size", 1).fill("5")
    expect(rows.page.locator(".gb-layer").first.locator(".is-problem")).to_have_count(0)
    stride = rows.field("stride", 5)
    expect(stride).to_have_attribute("placeholder", "2")  # as PyTorch has it: the kernel's
    stride.fill("1")
    assert rows.read()[4] == {"layer": "MaxPool2d", "stride": 1}
    stride.fill("")
    assert rows.read()[4] == {"layer": "MaxPool2d"}


def drag(rows, grip, target, steps=6):
    start, end = grip.bounding_box(), target.bounding_box()
    rows.page.mouse.move(start["x"] + 10, start["y"] + 10)
    rows.page.mouse.down()
    rows.page.mouse.move(end["x"] + 10, end["y"] + end["height"] - 4, steps=steps)
    expect(rows.page.locator(".gb-build-marker")).to_be_visible()
    rows.page.mouse.up()


def test_row_is_dragged_into_a_block_and_out_of_it(open_rows):
    block = {"layer": "Residual", "body": plain("Tanh", "Sigmoid")}
    rows = open_rows("ReLU", block, "Flatten", "Linear")
    drag(rows, rows.page.get_by_label("Move layer 1, ReLU", exact=True), rows.line("2.1"))
    assert rows.read()[0]["body"] == plain("Tanh", "ReLU", "Sigmoid")
    drag(rows, rows.page.get_by_label("Move layer 1.3, Sigmoid", exact=True), rows.line(2))
    assert rows.kinds() == ["Residual", "Flatten", "Sigmoid", "Linear"]
    grip = rows.page.get_by_label("Move layer 2, Flatten", exact=True).bounding_box()
    rows.page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    rows.page.mouse.down()
    rows.page.mouse.move(grip["x"] + 5, grip["y"] + 200, steps=4)
    rows.page.keyboard.press("Escape")
    rows.page.mouse.up()
    assert rows.kinds() == ["Residual", "Flatten", "Sigmoid", "Linear"]


def test_row_is_dragged_with_a_finger_and_nothing_is_wider_than_a_phone(open_rows):
    rows = open_rows(*CONVNET, {"layer": "Residual", "body": plain("Linear", "ReLU")}, **TOUCH)
    assert rows.page.evaluate("document.documentElement.scrollWidth") <= 390
    grip = rows.page.get_by_label("Move layer 1, Conv2d", exact=True)
    grip.scroll_into_view_if_needed()
    box, target = grip.bounding_box(), rows.line(2).bounding_box()
    assert box["height"] >= 40
    touch = rows.page.context.new_cdp_session(rows.page)
    x, y = box["x"] + 12, box["y"] + 12
    send = "Input.dispatchTouchEvent"
    touch.send(send, {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 6):
        there = y + (target["y"] + target["height"] - y) * step / 5
        touch.send(send, {"type": "touchMove", "touchPoints": [{"x": x, "y": there}]})
    touch.send(send, {"type": "touchEnd", "touchPoints": []})
    assert rows.kinds()[:2] == ["ReLU", "Conv2d"]
    rows.line(2).locator(".gb-layer-number").tap()
    remove = rows.page.get_by_label("Remove layer 2, Conv2d", exact=True)
    assert remove.bounding_box()["height"] >= 40
    remove.tap()
    assert rows.kinds()[:2] == ["ReLU", "Flatten"]


def test_lenet_is_built_with_fingers_alone(open_rows):
    rows = open_rows(**TOUCH)
    kinds = ["Conv2d", "Tanh", "AvgPool2d"] * 2 + ["Flatten"] + ["Linear", "Tanh"] * 2 + ["Linear"]
    for kind in kinds:
        rows.page.get_by_role("button", name=f"Add {kind}", exact=True).tap()
    assert rows.kinds() == kinds
    for name, number, value in (
        ("out_channels", 1, 6), ("kernel_size", 1, 5), ("padding", 1, 2), ("out_channels", 4, 16),
        ("kernel_size", 4, 5), ("out_features", 8, 120), ("out_features", 10, 84),
    ):  # fmt: skip
        field = rows.field(name, number)
        field.tap()
        assert field.bounding_box()["height"] >= 40
        rows.page.keyboard.type(f"{value}")  # what stands there is selected
    expect(rows.page.locator(".gb-build-sums")).to_contain_text("Together 61,706 learned numbers")


def test_picture_and_rows_mark_each_other(open_rows):
    rows = open_rows(*CONVNET, theme="dark")
    blocks = rows.page.locator(".gb-build-flow g")
    expect(blocks).to_have_count(5)  # the image, and one a layer
    blocks.nth(3).locator(".is-hit").hover()
    expect(rows.page.locator(".gb-layer.is-pointed")).to_have_attribute(
        "data-key", blocks.nth(3).get_attribute("data-key")
    )
    blocks.nth(3).locator(".is-hit").click()
    expect(rows.page.get_by_label("Kind of layer 3")).to_be_focused()
    rows.field("bias", 4).focus()
    expect(rows.page.locator(".gb-build-flow g.is-marked title")).to_have_text("Layer 4, Linear: 10")
    rows.line(1).hover()
    expect(rows.page.locator(".gb-build-flow g.is-pointed title")).to_have_text("Layer 1, Conv2d: 8·26·26")


def test_an_older_answer_never_shows_as_a_newer_one(open_rows):
    held = []

    def ask(request):
        held.append(len(request["layers"]))
        return ANSWER(request)

    rows = open_rows(*CONVNET, ask=ask)
    rows.page.evaluate("""() => {
      const { server } = window.standIn.parts.rows;
      const ask = server.examine;
      window.waiting = [];
      server.examine = async (request) => {
        const answer = await ask(request);
        await new Promise((go) => window.waiting.push(go));
        return answer;
      };
    }""")
    for kind in ("ReLU", "Linear", "Linear"):
        rows.press(f"Add {kind}")
    expect(rows.page.locator(".gb-layer")).to_have_count(7)
    rows.page.wait_for_function("() => window.waiting.length === 1")
    rows.page.evaluate("window.waiting[0]()")  # of five layers, and no longer true
    rows.page.wait_for_function("() => window.waiting.length === 2")
    assert rows.page.locator(".gb-build").get_attribute("data-answered") == "false"
    rows.page.evaluate("window.waiting[1]()")
    assert len(rows.read()) == 7
    assert held == [4, 5, 7]  # what came between is not asked


def test_text_becomes_rows_and_rows_become_text(open_rows):
    rows = open_rows(*CONVNET)
    rows.page.get_by_text("As Python or JSON").click()
    area = rows.page.get_by_label("Layers as a text")
    expect(area).to_have_value(contains("nn.Conv2d(1, 8, kernel_size=3)"))
    area.fill("nn.Sequential(nn.Flatten(), nn.Linear(784, 10))")
    expect(rows.page.locator(".gb-layer")).to_have_count(2)
    assert rows.kinds() == ["Flatten", "Linear"]
    area.fill("nn.Sequential(nn.Flatten(), print(1))")
    expect(rows.page.locator(".gb-build-text-problem")).not_to_be_empty()
    assert rows.kinds() == ["Flatten", "Linear"]
    rows.press("Undo")
    assert rows.kinds() == CONVNET
    expect(area).to_have_value(contains("nn.ReLU()"))
    rows.page.get_by_label("JSON", exact=True).check()
    expect(area).to_have_value(contains('"schema"'))
    with rows.page.expect_download() as download:
        rows.press("Save as a file")
    assert download.value.suggested_filename == "mine.json"
    rows.page.locator("input[type=file]").set_input_files(
        {"name": "a.json", "mimeType": "text/plain", "buffer": b'[{"layer": "Flatten"}]'}
    )
    expect(rows.page.locator(".gb-layer")).to_have_count(1)


def contains(part):
    """A pattern of a text that has this part."""
    return re.compile(re.escape(part))


def test_of_texts_typed_fast_the_last_one_becomes_the_rows(open_rows):
    rows = open_rows(*CONVNET)
    rows.page.get_by_text("As Python or JSON").click()
    rows.page.evaluate("""() => {
      const area = document.querySelector(".gb-build-text textarea");
      area.focus();
      for (const out of [3, 5, 7]) {
        area.value = `nn.Sequential(nn.Flatten(), nn.Linear(784, ${out}), nn.ReLU(), nn.Linear(${out}, 10))`;
        area.dispatchEvent(new InputEvent("input"));
      }
      area.blur();
    }""")
    expect(rows.field("out_features", 2)).to_have_value("7")
    expect(rows.page.get_by_label("Layers as a text")).to_have_value(contains("import torch"))
    rows.press("Undo")  # one step, as what was typed is one change
    assert rows.kinds() == CONVNET


def test_it_begins_from_a_given_network_or_from_nothing(open_rows):
    rows = open_rows(*CONVNET)
    begin = rows.page.get_by_label("Begin with")
    begin.select_option("ConvNet")
    begin.press("ArrowDown")  # which only chooses
    assert rows.kinds() == CONVNET
    begin.select_option("ConvNet3")
    rows.press("Begin")
    expect(rows.page.get_by_label("Name")).to_have_value("My ConvNet3")
    expect(rows.page.locator(".gb-layer")).to_have_count(17)
    begin.select_option("An empty list")
    rows.press("Begin")
    expect(rows.page.locator(".gb-build-whole")).to_contain_text("at least one layer")
    rows.page.get_by_role("button", name="Add Flatten and Linear with 10 outputs").click()
    assert rows.kinds() == ["Flatten", "Linear"]
    rows.page.get_by_label("Name").fill("ConvNet")
    expect(rows.page.locator(".gb-build-name-problem")).to_contain_text("ConvNet is a given network")
    rows.press("Undo")
    rows.press("Undo")
    rows.press("Undo")
    expect(rows.page.get_by_label("Name")).to_have_value("My ConvNet3")


def test_forty_layers_are_the_most(open_rows):
    rows = open_rows(*["ReLU"] * 38, "Flatten", "Linear")
    assert rows.output(40) == "10"
    rows.press("Double layer 1, ReLU")
    assert rows.told() == "A network has at most 40 layers."
    assert len(rows.read()) == 40
    assert rows.page.get_by_role("button", name="Add Tanh").get_attribute("aria-disabled") == "true"


def test_python_shows_another_network_and_an_own_one_is_kept(open_rows):
    rows = open_rows(*CONVNET)
    rows.bench.update("rows", value=json.dumps({"name": "Sent", "layers": plain("Flatten", "Linear")}))
    expect(rows.page.locator(".gb-layer")).to_have_count(2)
    assert rows.page.evaluate("localStorage.getItem('glassbox-network')") is None  # somebody else's
    rows.field("bias", 2).uncheck()
    rows.wait()
    assert rows.page.evaluate("localStorage.getItem('glassbox-network')").startswith("eN")


REFUSED = "nn.Sequential(nn.Flatten(), print(1))"


def read_mistake(rows):
    return json.loads(rows.page.evaluate("window.standIn.parts.rows.given.value")).get("mistake", "")


def test_text_that_is_refused_stays_until_it_is_taken_undone_or_emptied(open_rows):
    rows = open_rows(*CONVNET)
    rows.page.get_by_text("As Python or JSON").click()
    area, problem = rows.page.get_by_label("Layers as a text"), rows.page.locator(".gb-build-text-problem")
    for end in ("taken", "undone", "emptied"):
        area.fill(REFUSED)
        expect(problem).to_contain_text("print")
        assert "print" in read_mistake(rows)
        area.blur()
        rows.page.set_viewport_size({"width": 900 + 50 * len(end), "height": 800})
        rows.bench.wait_for_frame()
        rows.press("Add Tanh")
        rows.wait()
        expect(area).to_have_value(REFUSED)
        expect(problem).to_contain_text("print")
        if end == "undone":
            rows.press("Undo")
        else:
            area.fill("" if end == "emptied" else "nn.Sequential(nn.Flatten(), nn.Linear(784, 10))")
            area.blur()
        expect(area).to_have_value(contains("nn.Flatten()"))
        expect(problem).to_be_empty()
        rows.wait()
        assert read_mistake(rows) == ""


def test_number_that_is_not_taken_goes_with_the_network(open_rows):
    rows = open_rows(*CONVNET)
    rows.field("kernel_size", 1).fill("99")
    assert read_mistake(rows).startswith("Layer 1: kernel_size: ")
    rows.page.wait_for_function("() => window.standIn.sent.some(({ event }) => event === 'input')")
    rows.press("Add Tanh")
    assert read_mistake(rows)
    rows.press("Remove layer 1, Conv2d")
    rows.wait()
    assert read_mistake(rows) == ""


def test_what_is_added_after_remove_and_double_goes_behind_the_marked_row(open_rows):
    rows = open_rows("Conv2d", "ReLU", "Tanh", "Flatten", "Linear")
    rows.press("Remove layer 2, ReLU")
    expect(rows.page.locator(".gb-layer.is-marked .gb-layer-number")).to_have_text("2")
    rows.press("Add Sigmoid")
    assert rows.kinds() == ["Conv2d", "Tanh", "Sigmoid", "Flatten", "Linear"]
    rows.press("Double layer 2, Tanh")
    rows.press("Add GELU")
    assert rows.kinds() == ["Conv2d", "Tanh", "Tanh", "GELU", "Sigmoid", "Flatten", "Linear"]


HOLD = """() => {
  const { server } = window.standIn.parts.rows;
  const ask = server.examine;
  server.examine = async (request) => {
    const answer = await ask(request);
    await new Promise((go) => (window.release = () => { server.examine = ask; go(); }));
    return answer;
  };
}"""


@pytest.mark.parametrize("way", ["text", "begin"])
def test_row_added_meanwhile_is_added_to_what_comes(open_rows, way):
    rows = open_rows(*CONVNET)
    rows.page.get_by_text("As Python or JSON").click()
    rows.wait()
    rows.bench.wait_for_frame()
    rows.page.wait_for_function("() => document.querySelector('.gb-build-text textarea').value")
    rows.page.evaluate(HOLD)
    if way == "text":
        rows.page.get_by_label("Layers as a text").fill("nn.Sequential(nn.Flatten(), nn.Linear(784, 10))")
    else:
        rows.page.get_by_label("Begin with").select_option("Logistic regression")
        rows.press("Begin")
    rows.press("Add Tanh")
    rows.page.wait_for_function("() => window.release")
    rows.page.evaluate("window.release()")
    expect(rows.page.locator(".gb-layer")).to_have_count(3)
    assert rows.kinds() == ["Flatten", "Linear", "Tanh"]
    rows.press("Undo")
    rows.press("Undo")
    assert rows.kinds() == CONVNET


def test_row_that_goes_while_it_is_dragged_ends_the_drag(open_rows):
    rows = open_rows(*CONVNET)
    grip = rows.page.get_by_label("Move layer 1, Conv2d", exact=True).bounding_box()
    rows.page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    rows.page.mouse.down()
    rows.page.mouse.move(grip["x"] + 5, grip["y"] + 60, steps=4)
    rows.bench.update(
        "rows", value=json.dumps({"name": "Sent", "layers": plain("Tanh", "Flatten", "Linear")})
    )
    expect(rows.page.locator(".gb-build-marker")).to_be_hidden()
    rows.page.mouse.up()
    rows.wait()
    drag(rows, rows.page.get_by_label("Move layer 1, Tanh", exact=True), rows.line(2))
    assert rows.kinds() == ["Flatten", "Tanh", "Linear"]


def test_link_is_copied_once_its_network_is_known_and_one_too_long_is_told(open_rows):
    def ask(request):
        view = json.loads(ANSWER(request))
        return json.dumps(view | {"link": "x" * 2_001 if view["name"] == "Long" else view["link"]})

    rows = open_rows(*CONVNET, ask=ask, permissions=["clipboard-read", "clipboard-write"])
    rows.page.evaluate(HOLD)
    rows.press("Add Tanh")
    rows.press("Copy link")
    assert "as soon as" in rows.told()
    rows.page.wait_for_function("() => window.release")
    rows.page.evaluate("window.release()")
    expect(rows.page.locator(".gb-build-told")).to_contain_text("The link is copied:")
    assert "layers=eN" in rows.page.evaluate("navigator.clipboard.readText()")
    kept = rows.page.evaluate("localStorage.getItem('glassbox-network')")
    rows.page.get_by_label("Name").fill("Long")
    expect(rows.page.locator(".gb-build-told")).to_contain_text("too long for a link")
    rows.press("Copy link")
    assert "too long for a link" in rows.told()
    assert rows.page.evaluate("localStorage.getItem('glassbox-network')") == kept


def test_link_stays_in_the_address_until_its_network_is_changed_and_the_earlier_one_is_offered(open_rows):
    rows = open_rows(*CONVNET)
    rows.field("out_channels", 1).fill("12")
    rows.wait()
    earlier = rows.read()
    rows.bench.show(rows.bench.take("rows"))  # the page again, by a link
    rows.page.evaluate("history.replaceState(null, '', '?tab=runs&layers=sent')")
    rows.bench.update("rows", value=json.dumps({"name": "Sent", "layers": plain("Flatten", "Linear")}))
    expect(rows.page.locator(".gb-layer")).to_have_count(2)
    rows.wait()
    assert rows.page.url.endswith("?tab=runs&layers=sent")
    rows.press("Add Tanh")
    rows.wait()
    assert rows.page.url.endswith("?tab=runs")
    rows.page.get_by_label("Begin with").select_option("What you had before the link")
    rows.press("Begin")
    expect(rows.field("out_channels", 1)).to_have_value("12")
    assert rows.read() == earlier
