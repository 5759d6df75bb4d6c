"""The pad of a page as its user handles it, on the whole page or on a harness page."""

import base64
import io
import math
import statistics

import numpy as np
from PIL import Image

from app.sketchpad.tab import build_example
from tests.browser.dropdown import take_option

PAD_SIZE_PX = 280
CHOSEN = "#sketchpad-checkpoint input"
BESIDE = "#sketchpad-beside input"


def build_rough_example(digit, num_points=12):
    """Return the plain way of writing a digit in few points: the page is busy with each of them."""
    strokes = build_example(digit)
    steps = [(len(stroke) - 1) / (num_points - 1) for stroke in strokes]
    return [
        [stroke[round(number * step)] for number in range(num_points)]
        for stroke, step in zip(strokes, steps, strict=True)
    ]


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


def choose(page, label):
    take_option(page.locator(CHOSEN), label, exact=False)
