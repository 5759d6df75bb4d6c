"""The builder's rows: by mouse, keys and finger, with Python's answers, and what a screen reader is told."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.components.layer_rows import ANSWER, CONVNET, TOUCH, drag, open_rows, plain

pytestmark = pytest.mark.gate  # some seconds

__all__ = ["open_rows"]  # a fixture


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


def test_gap_is_marked_where_it_is_on_an_enlarged_page(open_rows):
    rows = open_rows(*CONVNET)
    page = rows.page
    page.evaluate("document.querySelector('main').style.zoom = 1.35")
    grip, line = (
        page.get_by_label("Move layer 1, Conv2d", exact=True).bounding_box(),
        rows.line(3).bounding_box(),
    )
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(line["x"] + 10, line["y"] + 2, steps=6)
    marker = page.locator(".gb-build-marker").bounding_box()
    page.mouse.up()
    assert marker["y"] + marker["height"] / 2 == pytest.approx(line["y"], abs=1)
    assert marker["x"] == pytest.approx(line["x"], abs=1)
    assert marker["width"] == pytest.approx(line["width"], abs=1)


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


LENET = ["Conv2d", "Tanh", "AvgPool2d"] * 2 + ["Flatten"] + ["Linear", "Tanh"] * 2 + ["Linear"]
SETTINGS = (
    ("out_channels", 1, 6), ("kernel_size", 1, 5), ("padding", 1, 2), ("out_channels", 4, 16),
    ("kernel_size", 4, 5), ("out_features", 8, 120), ("out_features", 10, 84),
)  # fmt: skip
LEARNED = "Together 61,706 learned numbers"


def test_lenet_is_built_with_fingers_alone(open_rows):
    rows = open_rows(**TOUCH)
    for kind in LENET:
        rows.page.get_by_role("button", name=f"Add {kind}", exact=True).tap()
    assert rows.kinds() == LENET
    for name, number, value in SETTINGS:
        field = rows.field(name, number)
        field.tap()
        assert field.bounding_box()["height"] >= 40
        rows.page.keyboard.type(f"{value}")  # what stands there is selected
    expect(rows.page.locator(".gb-build-sums")).to_contain_text(LEARNED)


def press_until(page, key, wanted):
    """Press a key until what it names has the focus."""
    for _ in range(120):
        if wanted in page.evaluate("document.activeElement.ariaLabel || document.activeElement.className"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never comes to {wanted}")


def test_lenet_is_built_by_keyboard_alone(open_rows):
    rows = open_rows(*CONVNET)
    page, keyboard = rows.page, rows.page.keyboard
    press_until(page, "Tab", "gb-build-begin")
    keyboard.press("a")  # "An empty list"
    keyboard.press("Tab")  # to "Begin"
    keyboard.press("Enter")
    expect(page.locator(".gb-build-whole")).to_contain_text("at least one layer")
    press_until(page, "Tab", "Add ")
    for kind in LENET:
        press_until(page, "ArrowRight", f"Add {kind}")
        keyboard.press("Enter")
    press_until(page, "Shift+Tab", "gb-build-name")
    keyboard.press("Control+a")
    keyboard.type("LeNet-5")
    for name, number, value in SETTINGS:
        press_until(page, "Tab", f"{name} of layer {number}")
        keyboard.type(f"{value}")
    expect(page.locator(".gb-build-sums")).to_contain_text(LEARNED)
    assert rows.kinds() == LENET


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


def test_forty_layers_are_the_most(open_rows):
    rows = open_rows(*["ReLU"] * 38, "Flatten", "Linear")
    assert rows.output(40) == "10"
    rows.press("Double layer 1, ReLU")
    assert rows.told() == "A network has at most 40 layers."
    assert len(rows.read()) == 40
    assert rows.page.get_by_role("button", name="Add Tanh").get_attribute("aria-disabled") == "true"


def test_number_that_is_not_taken_goes_with_the_network(open_rows):
    rows = open_rows(*CONVNET)
    rows.field("kernel_size", 1).fill("99")
    assert rows.read_mistake().startswith("Layer 1: kernel_size: ")
    rows.page.wait_for_function("() => window.standIn.sent.some(({ event }) => event === 'input')")
    rows.press("Add Tanh")
    assert rows.read_mistake()
    rows.press("Remove layer 1, Conv2d")
    rows.wait()
    assert rows.read_mistake() == ""


def test_what_is_added_after_remove_and_double_goes_behind_the_marked_row(open_rows):
    rows = open_rows("Conv2d", "ReLU", "Tanh", "Flatten", "Linear")
    rows.press("Remove layer 2, ReLU")
    expect(rows.page.locator(".gb-layer.is-marked .gb-layer-number")).to_have_text("2")
    rows.press("Add Sigmoid")
    assert rows.kinds() == ["Conv2d", "Tanh", "Sigmoid", "Flatten", "Linear"]
    rows.press("Double layer 2, Tanh")
    rows.press("Add GELU")
    assert rows.kinds() == ["Conv2d", "Tanh", "Tanh", "GELU", "Sigmoid", "Flatten", "Linear"]


def test_row_that_goes_while_it_is_dragged_ends_the_drag(open_rows):
    rows = open_rows(*CONVNET)
    grip = rows.page.get_by_label("Move layer 1, Conv2d", exact=True).bounding_box()
    rows.page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    rows.page.mouse.down()
    rows.page.mouse.move(grip["x"] + 5, grip["y"] + 60, steps=4)
    rows.harness.update(
        "rows", value=json.dumps({"name": "Sent", "layers": plain("Tanh", "Flatten", "Linear")})
    )
    expect(rows.page.locator(".gb-build-marker")).to_be_hidden()
    rows.page.mouse.up()
    rows.wait()
    drag(rows, rows.page.get_by_label("Move layer 1, Tanh", exact=True), rows.line(2))
    assert rows.kinds() == ["Flatten", "Tanh", "Linear"]


@pytest.mark.parametrize("options", [{}, TOUCH])
def test_picture_of_forty_layers_stays_in_sight_and_hides_nothing_that_is_reached(open_rows, options):
    rows = open_rows(*["ReLU"] * 38, "Flatten", "Linear", **options)
    rows.field("out_features", 40).focus()
    picture = rows.page.locator(".gb-build-flow").bounding_box()
    assert picture["y"] == 0
    assert picture["height"] < 170
    expect(rows.page.locator(".gb-build-flow g.is-marked title")).to_have_text("Layer 40, Linear: 10")
    for number in range(39, 20, -1):
        rows.page.get_by_label(f"Kind of layer {number}").focus()
    top = rows.page.get_by_label("Kind of layer 21").bounding_box()["y"]
    assert top >= picture["height"]
