"""The sketchpad in the browser: draw, read, undo, clear, choose."""

import base64
import io
import itertools
import json
import math
import re
import statistics
import time

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from app.sketchpad.tab import build_example
from app.sketchpad.view import answer_drawing
from app.ui.digits import DRAWING, take_digit
from models.runs.library import DEFAULT_CHOICE
from tests.browser.conftest import NARROW
from tests.browser.dropdown import take_option

PAD_SIZE_PX = 280
CHOSEN = "#sketchpad-checkpoint input"
BESIDE = "#sketchpad-beside input"
LABELS = ("Logistic regression (fast", "ConvNet4 (fast", "GlassNet (fast", "ConvNet (fast", "ConvNet2 (fast")


class Pad:
    """The pad of an open page, driven as a person would."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator("#pad .gb-pad")
        self.canvas = page.locator("#pad .gb-pad-canvas")
        self.verdict = page.locator("#pad .gb-pad-verdict")
        self.canvas.wait_for()
        page.locator("#pad .gb-pad:not([data-version='0'])").wait_for()  # its script has begun

    def clear(self):
        """Empty the pad, which also ends the example's replay."""
        self.canvas.focus()
        self.page.keyboard.press("c")

    def place(self, x, y, box=None):
        """Return the page position of a point in pad pixels; `box` is where the pad stands, if known."""
        box = box or self.canvas.bounding_box()
        return box["x"] + x / PAD_SIZE_PX * box["width"], box["y"] + y / PAD_SIZE_PX * box["height"]

    def draw(self, strokes):
        mouse = self.page.mouse
        box = self.canvas.bounding_box()
        for stroke in strokes:
            mouse.move(*self.place(*stroke[0], box))
            mouse.down()
            for point in stroke[1:]:
                mouse.move(*self.place(*point, box))
            mouse.up()

    def wait_until_shown(self):
        """Wait until the answer to the drawing as it is now is on the page."""
        self.page.wait_for_function(
            "() => { const pad = document.querySelector('#pad .gb-pad')?.dataset;"
            " return pad && pad.shown === pad.version; }"
        )

    def read(self):
        self.wait_until_shown()
        return self.root.get_attribute("data-digit")

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()

    def wait_until_broadcast(self, kind="strokes"):
        """Return the drawing that the page is told of, once it is the one on the pad.

        The page is told in the task that shows the answer.
        """
        self.page.wait_for_function(f"() => window.glassboxDrawing?.drawing.{kind}")
        self.wait_until_shown()
        return self.page.evaluate("window.glassboxDrawing.drawing")

    def find_ink(self):
        """Return which pixels of the pad's own 280 × 280 the page shows as ink."""
        url = self.page.evaluate("document.querySelector('#pad .gb-pad-canvas').toDataURL()")
        image = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGBA")
        pixels = np.asarray(image.resize((PAD_SIZE_PX, PAD_SIZE_PX), Image.Resampling.BOX))
        return (pixels[..., 0] > 200) & (pixels[..., 3] > 200)


def check_delays(pad, num_strokes, late_ms, median_ms=math.inf, tries=1):
    """Draw stroke after stroke: pointer-up to updated bars within the goals, in the best of the tries."""
    for _ in range(tries):
        delays = measure_delays(pad, num_strokes)
        median, late = statistics.median(delays), delays[int(0.95 * len(delays))]
        print(f"pointer-up to bars: median {median:.1f} ms, 95th percentile {late:.1f} ms")
        if late <= late_ms and median <= median_ms:
            return
    raise AssertionError(f"the last try: median {median:.1f} ms, 95th percentile {late:.1f} ms")


def measure_delays(pad, num_strokes):
    pad.page.evaluate(
        """() => {
          window.delays = [];
          window.lastTry?.abort();
          window.lastTry = new AbortController();
          const pad = document.querySelector("#pad .gb-pad");
          // On the way down, before the pad's own listener: its work counts too.
          document.addEventListener("pointerup", (event) => {
            const version = +pad.dataset.version + 1;  // what the end of the stroke makes of it
            const observer = new MutationObserver(() => {
              if (+pad.dataset.shown < version) return;
              delays.push(performance.now() - event.timeStamp);
              observer.disconnect();
            });
            observer.observe(pad, { attributes: true });
          }, { capture: true, signal: window.lastTry.signal });
        }"""
    )
    for index in range(num_strokes):
        if index % 5 == 0:
            pad.clear()
        pad.draw([build_example(index % 10)[0]])
        pad.wait_until_shown()
        pad.page.wait_for_timeout(60)  # as long as a hand takes from one stroke to the next
    delays = sorted(pad.page.evaluate("delays"))
    assert len(delays) == num_strokes
    return delays


@pytest.fixture(scope="module")
def pad(open_shared_page):
    """The pad of one page for every test that begins by clearing it, and changes nothing but the drawing."""
    return Pad(open_shared_page("sketchpad", reduced_motion="reduce"))


@pytest.fixture
def own_pad(open_page):
    """The pad of a page that no other test sees."""
    return Pad(open_page("sketchpad", reduced_motion="reduce"))


@pytest.fixture(scope="module")
def other_pad(open_shared_page):
    """Another visitor's pad, for tests that also change the network, the pen or the tab."""
    return Pad(open_shared_page("sketchpad", reduced_motion="reduce"))


@pytest.fixture(scope="module")
def narrow_pad(open_shared_page):
    options = {"has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
    return Pad(open_shared_page("sketchpad", viewport=NARROW, **options))


def choose(page, label):
    take_option(page.locator(CHOSEN), label, exact=False)


def test_empty_pad_asks_for_a_digit_and_predicts_nothing(pad):
    pad.clear()
    expect(pad.verdict).to_have_text("Draw a digit")
    assert pad.root.get_attribute("data-digit") == ""


def test_at_least_nine_of_the_ten_digits_are_read(pad):
    read = []
    for digit in range(10):
        pad.clear()
        pad.draw([[*stroke[:-1:3], stroke[-1]] for stroke in build_example(digit)])
        read.append(pad.read())
    correct = sum(answer == str(digit) for digit, answer in enumerate(read))
    assert correct >= 9, read


def test_answer_is_spelled_out(pad):
    pad.clear()
    pad.draw(build_example(0))
    assert pad.read() == "0"
    expect(pad.verdict).to_contain_text("0")
    bars = pad.page.locator("#pad .gb-pad-bars li").all_inner_texts()
    shares = [float(text.split()[-1].strip("<>%")) for text in bars]
    assert len(shares) == 10
    assert sum(shares) == pytest.approx(100, abs=1)
    assert max(range(10), key=shares.__getitem__) == 0


def test_drawing_outlives_a_reload_also_while_it_is_replayed(pad):
    pad.clear()
    pad.draw(build_example(4))
    drawn = pad.wait_until_broadcast()
    pad.press("Replay")
    pad.page.reload()
    pad.page.wait_for_function(
        "strokes => JSON.stringify(window.glassboxDrawing?.drawing.strokes) === strokes",
        arg=json.dumps(drawn["strokes"], separators=(",", ":")),
    )
    assert pad.read() == "4"
    pad.clear()
    pad.page.reload()
    assert pad.page.evaluate("sessionStorage.getItem('glassbox-pad')") is None
    pad.page.locator("body[data-ready]").wait_for()


def test_example_is_replayed_and_read_on_opening_until_the_pad_is_touched(open_page):
    pad = Pad(open_page("sketchpad"))
    pad.page.wait_for_function("() => document.querySelector('#pad .gb-pad')?.dataset.digit === '3'")
    pad.draw(build_example(1))
    assert pad.read() == "1"


@pytest.mark.release
def test_predictions_come_while_the_stroke_is_being_drawn(pad, undisturbed):
    """At least every 150 ms: a stroke of 1.5 s must be answered at least ten times before it ends."""
    pad.clear()
    pad.page.evaluate(
        """() => {
          const pad = document.querySelector("#pad .gb-pad");
          window.answers = [];
          new MutationObserver(() => pad.dataset.digit !== "" && answers.push(performance.now()))
            .observe(pad, { attributes: true, attributeFilter: ["data-shown"] });
        }"""
    )
    mouse = pad.page.mouse
    (stroke,) = build_example(0)
    path = [stroke[i * (len(stroke) - 1) // 74] for i in range(75)]
    with undisturbed():
        mouse.move(*pad.place(*path[0]))
        mouse.down()
        for point in path[1:]:
            mouse.move(*pad.place(*point))
            time.sleep(0.02)
        answers = pad.page.evaluate("answers")
        mouse.up()
    gaps = [later - earlier for earlier, later in itertools.pairwise(answers)]
    assert len(answers) >= 10
    late = sorted(gaps)[int(0.9 * len(gaps))]  # one pause of a busy machine is not the pad's
    assert late <= 150, gaps


def test_another_network_reads_the_same_drawing_at_once(other_pad):
    other_pad.clear()
    other_pad.draw(build_example(2))
    assert other_pad.read() == "2"
    texts = {}
    for name, key in (("Logistic regression", "logistic"), ("ConvNet4", "convnet4"), ("Multi-layer", "mlp")):
        choose(other_pad.page, re.compile(rf"{name}.*\(fast"))
        other_pad.page.locator(".gb-about").get_by_text("Recipe fast: trained for").wait_for()
        other_pad.page.wait_for_function("key => window.glassboxDrawing?.checkpoint === key", arg=key)
        assert other_pad.root.get_attribute("data-digit") != ""
        texts[name] = other_pad.page.locator("#pad .gb-pad-bars").inner_text()
    assert len(set(texts.values())) == 3
    choose(other_pad.page, "GlassNet (sketch")
    other_pad.page.wait_for_function("key => window.glassboxDrawing?.checkpoint === key", arg=DEFAULT_CHOICE)


def test_drawing_by_keyboard_alone(pad):
    """A one: the pen starts in the middle, goes up, is lowered, and comes down."""
    pad.clear()
    for _ in range(8):
        pad.page.keyboard.press("ArrowUp")
    pad.page.keyboard.press("Space")
    for _ in range(16):
        pad.page.keyboard.press("ArrowDown")
    pad.page.keyboard.press("Space")
    assert pad.read() == "1"


def test_drawing_by_touch_scrolls_nothing(narrow_pad):
    pad, page = narrow_pad, narrow_pad.page
    pad.canvas.scroll_into_view_if_needed()
    pad.clear()
    session = page.context.new_cdp_session(page)
    scrolled = page.evaluate("window.scrollY")
    for stroke in build_example(7):
        for index, point in enumerate(stroke):
            x, y = pad.place(*point)
            kind = "touchStart" if index == 0 else "touchMove"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert pad.read() == "7"
    assert page.evaluate("window.scrollY") == scrolled


def test_two_visitors_never_see_each_others_drawing(pad, other_pad):
    first, second = pad, other_pad
    first.clear()
    second.clear()
    second.wait_until_shown()
    first.draw(build_example(8))
    assert first.read() == "8"
    assert second.root.get_attribute("data-digit") == ""
    stroke = [[140, 40], [140, 240]]
    second.draw([stroke])
    assert second.read() == "1"
    assert second.wait_until_broadcast()["strokes"] == [stroke]
    assert first.read() == "8"


def test_a_tap_leaves_a_dot(pad):
    pad.clear()
    pad.draw([[[140, 140]]])
    has_ink = """() => {
      const canvas = document.querySelector("#pad .gb-pad-canvas");
      const pixel = canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
      return pixel[0] > 200;
    }"""
    assert pad.page.evaluate(has_ink)


def choose_beside(page, labels):
    for number, label in enumerate(labels, start=2):
        take_option(page.locator(BESIDE), label, exact=False)
        page.wait_for_function(
            f"() => document.querySelectorAll('#pad .gb-pad-columns section').length === {number}"
        )
    page.keyboard.press("Escape")


def test_several_networks_read_one_drawing_side_by_side(own_pad):
    own_pad.clear()
    own_pad.draw([[[90, 60], [190, 60], [120, 220]]])
    choose_beside(own_pad.page, LABELS[:2])
    keys = [DEFAULT_CHOICE, "logistic", "convnet4"]
    expected = answer_drawing(own_pad.wait_until_broadcast(), keys)
    expect(own_pad.verdict).to_contain_text(expected["agreement"]["text"])
    columns = own_pad.root.locator(".gb-pad-columns section")
    for index, answer in enumerate(expected["answers"]):
        column = columns.nth(index)
        assert column.locator(".gb-pad-name").inner_text() == answer["name"]
        assert column.locator(".gb-pad-read b").inner_text() == str(answer["digit"])
        titles = [bar.get_attribute("title") for bar in column.locator("li").all()]
        shares = [float(title.partition(": ")[2]) for title in titles]
        assert shares == pytest.approx(answer["probabilities"], abs=1e-5)
    told = own_pad.page.evaluate("window.glassboxDrawing")
    assert told["checkpoints"] == keys
    assert [answer["digit"] for answer in told["answers"]] == [one["digit"] for one in expected["answers"]]
    own_pad.clear()
    expect(own_pad.verdict).to_have_text("Draw a digit")


def test_eraser_cuts_strokes_and_each_step_goes_back_and_forth(pad):
    """A line down is cut in two where the eraser crosses it; both are one step each."""
    pad.clear()
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


def test_pen_width_changes_what_is_drawn_and_not_what_is_read(other_pad):
    other_pad.clear()
    other_pad.draw([[[140, 90], [140, 190]]])
    drawing = other_pad.wait_until_broadcast()
    for width_px in (10, 24):
        other_pad.root.get_by_label("Pen width").fill(str(width_px))
        assert other_pad.find_ink()[140].sum() == pytest.approx(width_px, abs=2)
    assert other_pad.wait_until_broadcast() == drawing
    x, _, side = answer_drawing(drawing, ["mlp"])["field"]
    empty = other_pad.page.evaluate("document.querySelector('#pad .gb-pad-canvas').toDataURL()")
    other_pad.press("Grid")
    assert other_pad.page.evaluate("document.querySelector('#pad .gb-pad-canvas').toDataURL()") != empty
    read = """([x, y]) => {
      const canvas = document.querySelector("#pad .gb-pad-canvas");
      const place = (value) => Math.floor(value / 280 * canvas.width);
      return Object.values(canvas.getContext("2d").getImageData(place(x), place(y), 1, 1).data);
    }"""
    sheet = other_pad.page.evaluate(read, [2, 2])
    assert other_pad.page.evaluate(read, [x, 140 + side / 56]) != sheet  # the field's own edge
    assert other_pad.page.evaluate(read, [x - 4, 140 + side / 56]) == sheet


def test_replay_lets_the_answer_follow_and_keeps_the_drawing(pad):
    pad.clear()
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


GIVE_FILE = """([text, kind]) => {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "digit", { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  const sheet = document.querySelector("#pad canvas");
  if (kind === "drop") sheet.dispatchEvent(new DragEvent("drop", { ...options, dataTransfer: data }));
  else document.body.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: data }));
}"""


def draw_file(size_px):
    """Return a PNG of a dark vertical line on white paper."""
    pixels = np.full((size_px, size_px), 255, np.uint8)
    pixels[size_px // 5 : -size_px // 5, size_px * 9 // 20 : size_px * 11 // 20] = 0
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("way", ["file", "drop", "paste"])
def test_an_image_is_read_and_is_a_step_like_any_other(pad, way):
    pad.clear()
    pad.draw(build_example(0))
    assert pad.read() == "0"
    file = draw_file(2000)
    if way == "file":
        payload = {"name": "one.png", "mimeType": "image/png", "buffer": file}
        pad.root.locator(".gb-pad-file").set_input_files(payload)
    else:
        pad.page.evaluate(GIVE_FILE, [base64.b64encode(file).decode(), way])
    picture = pad.wait_until_broadcast("picture")["picture"]
    assert pad.read() == "1"
    sent = Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2])))
    assert sent.size == (1024, 1024)
    pad.press("Undo")
    assert pad.read() == "0"
    pad.press("Redo")
    assert pad.read() == "1"
    if way == "file":
        pad.draw([[[140, 40], [140, 240]]])  # takes the picture's place
        assert pad.wait_until_broadcast()["strokes"] == [[[140, 40], [140, 240]]]
        file = {"name": "text.png", "mimeType": "image/png", "buffer": b"no picture"}
        pad.root.locator(".gb-pad-file").set_input_files(file)
        expect(pad.verdict).to_contain_text("cannot be opened as an image")


def test_a_drawing_opens_in_conv_and_pool_and_the_way_back(other_pad):
    other_pad.clear()
    other_pad.draw(build_example(6))
    image, _ = take_digit(DRAWING, None, other_pad.wait_until_broadcast())
    other_pad.press("Open in Conv & pool")
    expect(other_pad.page).to_have_url(re.compile("tab=inspection"))
    expect(other_pad.page.locator("#window .gb-grids-panels")).to_contain_text("yours", timeout=20_000)
    expect(other_pad.page.locator("#network-maps")).to_contain_text("Your drawing", timeout=20_000)
    assert other_pad.page.locator("#network-source input:checked").get_attribute("value") == DRAWING
    other_pad.page.get_by_role("button", name="Draw on the sketchpad").first.click()
    expect(other_pad.page).to_have_url(re.compile("tab=sketchpad"))
    other_pad.page.keyboard.press("c")  # the pad has the focus
    expect(other_pad.verdict).to_have_text("Draw a digit")
    assert image.shape == (28, 28)


def test_tools_can_be_touched_on_a_narrow_screen(narrow_pad):
    controls = narrow_pad.root.locator(".gb-pad-tools button, .gb-pad-width, .gb-pad-send").all()
    assert len(controls) == 11
    for control in controls:
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 40
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW["width"]


@pytest.mark.release
def test_bars_of_six_networks_follow_the_pointer_quickly(own_pad, undisturbed):
    """Pointer-up to the updated bars of six networks: 95th percentile at most 80 ms."""
    own_pad.clear()
    own_pad.draw([[[90, 60], [190, 60], [120, 220]]])
    own_pad.wait_until_broadcast()
    choose_beside(own_pad.page, LABELS)
    with undisturbed():
        check_delays(own_pad, 30, late_ms=80)


@pytest.mark.release
def test_bars_follow_the_pointer_quickly(pad, undisturbed):
    """Pointer-up to the updated bars of one network: median at most 20 ms, 95th percentile at most 50 ms."""
    pad.clear()
    with undisturbed():
        check_delays(pad, 30, late_ms=50, median_ms=20, tries=3)
