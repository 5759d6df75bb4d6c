"""The pad alone: a digit is drawn by mouse, keys and touch, read, erased, replayed."""

import pytest
from playwright.sync_api import expect

from app.sketchpad.tab import build_example, build_sketch_pad
from app.sketchpad.view import answer_drawing
from models.runs.library import DEFAULT_CHOICE
from tests.browser.components.pointers import count_layouts, slide
from tests.browser.conftest import NARROW
from tests.browser.pad import Pad

pytestmark = pytest.mark.gate  # some seconds


@pytest.fixture
def open_pad(open_harness):
    """Open an empty pad."""

    def open_pad(**options):
        pad = Pad(open_harness(build_sketch_pad(), reduced_motion="reduce", **options).page)
        pad.clear()
        return pad

    return open_pad


@pytest.fixture
def pad(open_pad):
    return open_pad()


def test_example_is_replayed_and_read_on_opening_until_the_pad_is_touched(open_harness):
    pad = Pad(open_harness(build_sketch_pad()).page)
    pad.page.wait_for_function("() => document.querySelector('#pad .gb-pad')?.dataset.digit === '3'")
    pad.draw(build_example(1))
    assert pad.read() == "1"


def test_at_least_nine_of_the_ten_digits_are_read_and_an_empty_pad_is_not(pad):
    read = []
    for digit in range(10):
        expect(pad.verdict).to_have_text("Draw a digit")
        assert pad.root.get_attribute("data-digit") == ""
        pad.draw([[*stroke[:-1:3], stroke[-1]] for stroke in build_example(digit)])
        read.append(pad.read())
        pad.clear()
    correct = sum(answer == str(digit) for digit, answer in enumerate(read))
    assert correct >= 9, read


def test_answer_is_spelled_out(pad):
    pad.draw(build_example(0))
    assert pad.read() == "0"
    expect(pad.verdict).to_contain_text("0")
    bars = pad.page.locator("#pad .gb-pad-bars li").all_inner_texts()
    shares = [float(text.split()[-1].strip("<>%")) for text in bars]
    assert len(shares) == 10
    assert sum(shares) == pytest.approx(100, abs=1)
    assert max(range(10), key=shares.__getitem__) == 0


def test_drawing_by_keyboard_alone(pad):
    """A one: the pen starts in the middle, goes up, is lowered, and comes down."""
    for _ in range(8):
        pad.page.keyboard.press("ArrowUp")
    pad.page.keyboard.press("Space")
    for _ in range(16):
        pad.page.keyboard.press("ArrowDown")
    pad.page.keyboard.press("Space")
    assert pad.read() == "1"


@pytest.mark.parametrize("kind", ["touch", "pen"])
def test_on_a_phone_a_finger_or_a_pen_draws_and_scrolls_nothing(open_pad, kind):
    pad = open_pad(viewport=NARROW, has_touch=True)
    page = pad.page
    page.evaluate("() => { document.body.style.height = '3000px'; }")  # there is room to scroll
    pad.canvas.scroll_into_view_if_needed()
    page.evaluate("""() => document.addEventListener("pointerdown", (event) => {
      window.pointerType = event.pointerType;
    })""")
    scrolled = page.evaluate("window.scrollY")
    for stroke in build_example(7):
        slide(page, kind, [pad.place(*point) for point in stroke])
    assert pad.read() == "7"
    assert page.evaluate("window.pointerType") == kind
    assert page.evaluate("window.scrollY") == scrolled


def test_tools_are_large_enough_for_a_finger(open_pad):
    pad = open_pad(viewport=NARROW, has_touch=True)
    controls = pad.root.locator(".gb-pad-tools button, .gb-pad-width, .gb-pad-send").all()
    assert len(controls) == 11
    for control in controls:
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 40
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW["width"]


def test_a_tap_leaves_a_dot(pad):
    pad.draw([[[140, 140]]])
    has_ink = """() => {
      const canvas = document.querySelector("#pad .gb-pad-canvas");
      const pixel = canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
      return pixel[0] > 200;
    }"""
    assert pad.page.evaluate(has_ink)


def test_eraser_cuts_strokes_and_each_step_goes_back_and_forth(pad):
    """A line down is cut in two where the eraser crosses it; both are one step each."""
    line = [[140, 40], [140, 240]]
    pad.draw([line])
    pad.press("Eraser")
    pad.draw([[[60, 140], [220, 140]], [[10, 10], [40, 10]]])  # the second crosses nothing: no step
    cut = pad.wait_until_broadcast()["strokes"]
    assert [[stroke[0], stroke[-1]] for stroke in cut] == [
        [[140, 40], [140, pytest.approx(128, abs=2)]],
        [[140, pytest.approx(152, abs=2)], [140, 240]],
    ]
    pad.press("Undo")
    assert pad.wait_until_broadcast()["strokes"] == [line]
    pad.page.keyboard.press("Control+Shift+z")
    assert pad.wait_until_broadcast()["strokes"] == cut
    pad.page.keyboard.press("Control+z")
    pad.page.keyboard.press("Control+z")
    expect(pad.verdict).to_have_text("Draw a digit")
    pad.press("Redo")
    pad.page.keyboard.press("Control+y")
    assert pad.wait_until_broadcast()["strokes"] == cut
    pad.press("Undo")
    pad.press("Pen")
    pad.draw([[[40, 100], [40, 180]]])
    assert pad.root.get_by_role("button", name="Redo").is_disabled()


def test_pen_width_changes_what_is_drawn_and_not_what_is_read(pad):
    pad.draw([[[140, 90], [140, 190]]])
    drawing = pad.wait_until_broadcast()
    for width_px in (10, 24):
        pad.root.get_by_label("Pen width").fill(str(width_px))
        assert pad.find_ink()[140].sum() == pytest.approx(width_px, abs=2)
    assert pad.wait_until_broadcast() == drawing
    x, _, side = answer_drawing(drawing, ["mlp"])["field"]
    empty = pad.page.evaluate("document.querySelector('#pad .gb-pad-canvas').toDataURL()")
    pad.press("Grid")
    assert pad.page.evaluate("document.querySelector('#pad .gb-pad-canvas').toDataURL()") != empty
    read = """([x, y]) => {
      const canvas = document.querySelector("#pad .gb-pad-canvas");
      const place = (value) => Math.floor(value / 280 * canvas.width);
      return Object.values(canvas.getContext("2d").getImageData(place(x), place(y), 1, 1).data);
    }"""
    sheet = pad.page.evaluate(read, [2, 2])
    assert pad.page.evaluate(read, [x, 140 + side / 56]) != sheet  # the field's own edge
    assert pad.page.evaluate(read, [x - 4, 140 + side / 56]) == sheet


def test_replay_lets_the_answer_follow_and_keeps_the_drawing(pad):
    pad.draw(build_example(5))
    drawing = pad.wait_until_broadcast()
    digits = pad.page.evaluate(
        """async () => {
          const pad = document.querySelector("#pad .gb-pad");
          const button = pad.querySelector("[data-tool=replay]");
          const digits = new Set();
          button.click();
          do {
            await new Promise(requestAnimationFrame);
            digits.add(pad.dataset.digit);
          } while (button.innerText === "Stop");
          return [...digits];
        }"""
    )
    assert len(digits) > 1
    assert pad.read() == "5"
    assert pad.wait_until_broadcast() == drawing


def test_several_networks_read_one_drawing_side_by_side(open_harness):
    keys = [DEFAULT_CHOICE, "logistic", "convnet4"]
    harness = open_harness(build_sketch_pad(), reduced_motion="reduce")
    pad = Pad(harness.page)
    pad.clear()
    pad.draw([[[90, 60], [190, 60], [120, 220]]])
    harness.update("pad", checkpoints=keys)
    columns = pad.root.locator(".gb-pad-columns section")
    expect(columns).to_have_count(3)
    expected = answer_drawing(pad.wait_until_broadcast(), keys)
    expect(pad.verdict).to_contain_text(expected["agreement"]["text"])
    for index, answer in enumerate(expected["answers"]):
        column = columns.nth(index)
        assert column.locator(".gb-pad-name").inner_text() == answer["name"]
        assert column.locator(".gb-pad-read b").inner_text() == str(answer["digit"])
        titles = [bar.get_attribute("title") for bar in column.locator("li").all()]
        shares = [float(title.partition(": ")[2]) for title in titles]
        assert shares == pytest.approx(answer["probabilities"], abs=1e-5)
    told = pad.page.evaluate("window.glassboxDrawing")
    assert told["checkpoints"] == keys
    assert [answer["digit"] for answer in told["answers"]] == [one["digit"] for one in expected["answers"]]
    pad.clear()
    expect(pad.verdict).to_have_text("Draw a digit")


def test_points_of_a_stroke_do_not_have_the_page_laid_out(pad):
    """Several come within one frame: each is painted, and the sheet is measured when it changes alone."""
    box = pad.canvas.bounding_box()
    pad.page.mouse.move(box["x"] + 40, box["y"] + 40)
    pad.page.mouse.down()
    version = int(pad.root.get_attribute("data-version"))
    layouts = count_layouts(
        pad.page,
        """() => {
          const canvas = document.querySelector("#pad .gb-pad-canvas");
          const { left, top } = canvas.getBoundingClientRect();
          for (let i = 1; i <= 40; i += 1)
            canvas.dispatchEvent(new PointerEvent("pointermove", {
              clientX: left + 40 + 3 * i, clientY: top + 40 + i,
              pointerId: 1, buttons: 1, bubbles: true, isPrimary: true,
            }));
        }""",
    )
    assert int(pad.root.get_attribute("data-version")) >= version + 40  # each has been drawn
    pad.page.mouse.up()
    assert layouts <= 5
