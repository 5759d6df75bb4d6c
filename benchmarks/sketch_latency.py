"""From the end of a stroke to its answer: our pad against Gradio's own Sketchpad, in one browser.

    uv run python benchmarks/sketch_latency.py [STROKES] [--save]

The same strokes are drawn with the mouse on both pages, which are served by this machine and take turns.
Timed is, in the page, from the pointer's release to the answer in its document. The Sketchpad's image is
prepared and read by our own code, by the same network (see `benchmarks/sketchpad_app.py`). Ours is timed with
six networks side by side too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from app.sketchpad.tab import build_example
from app.ui.drawing import PAD_SIZE_PX
from benchmarks.browser import open_chromium
from benchmarks.measurements import save_measurement
from benchmarks.server import Server, serve_glassbox
from benchmarks.tables import find_latencies, write_table

NUM_STROKES = 30
STROKES_A_TURN = 5  # on one page, then on the other; each turn begins on an empty pad
REST_MS = 500  # after an answer, before the next stroke
SETTLE_SECONDS = 10
NETWORK = "ConvNet3 (fast"  # as the page names `sketchpad_app.CHECKPOINT`
BESIDE = ("Logistic regression (fast", "ConvNet4 (fast", "GlassNet (fast", "ConvNet (fast", "ConvNet2 (fast")
WEBGL = "--enable-unsafe-swiftshader"  # by the processor: without it the Sketchpad stays blank
# NUM_SHOWN grows with each answer that is shown; NUM_AFTER is what it must be for the stroke that ends.
TIME_STROKES = """() => {
  window.delays = [];
  document.addEventListener("pointerup", (event) => {
    if (event.target.tagName !== "CANVAS") return;  // a tool's button
    const needed = NUM_AFTER;
    const observer = new MutationObserver(() => {
      if (NUM_SHOWN < needed) return;
      delays.push(performance.now() - event.timeStamp);
      observer.disconnect();
    });
    observer.observe(document.querySelector("ROOT"),
      { attributes: true, childList: true, characterData: true, subtree: true });
  }, { capture: true });
}"""


class OurPad:
    """Our sketchpad in an open page, driven as a person would."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.emulate_media(reduced_motion="reduce")  # the example is shown, not replayed
        page.goto(f"{address}/?tab=sketchpad")
        page.locator("body[data-ready]").wait_for()
        self._canvas = page.locator("#pad .gb-pad-canvas")
        self._choose("#sketchpad-checkpoint input", NETWORK)
        version = "+document.querySelector('#pad .gb-pad').dataset.version + 1"
        shown = "+document.querySelector('#pad .gb-pad').dataset.shown"
        time_strokes(page, "#pad .gb-pad", shown, version)

    def _choose(self, control: str, label: str) -> None:
        self.page.locator(control).click()
        self.page.get_by_role("option", name=label, exact=False).first.click()

    def choose_beside(self) -> None:
        """Let five more networks read along."""
        for num_networks, label in enumerate(BESIDE, start=2):
            self._choose("#sketchpad-beside input", label)
            self.page.wait_for_function(
                f"document.querySelectorAll('#pad .gb-pad-columns section').length === {num_networks}"
            )
        self.page.keyboard.press("Escape")

    def clear(self) -> None:
        """Empty the pad."""
        self._canvas.focus()
        self.page.keyboard.press("c")

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the pad lies on the page."""
        box = self._canvas.bounding_box()
        assert box is not None
        return box["x"] + x / PAD_SIZE_PX * box["width"], box["y"] + y / PAD_SIZE_PX * box["height"]


class Sketchpad:
    """Gradio's Sketchpad in an open page."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(address)
        self._canvas = page.locator("#pad canvas").first
        self._canvas.wait_for()
        page.get_by_label("Brush").first.click()  # it is not taken when the page opens
        shown = "+document.querySelector('#count').innerText"
        time_strokes(page, "#count", shown, f"{shown} + 1")

    def clear(self) -> None:
        """Empty the pad, which is answered too, and take the brush again."""
        shown = self.page.locator("#count").inner_text()
        self.page.get_by_label("Clear canvas").first.click()
        if int(shown):
            self.page.wait_for_function(f"document.querySelector('#count').innerText !== '{shown}'")
        self.page.wait_for_timeout(REST_MS)
        self.page.get_by_label("Brush").first.click()

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the sheet, which lies in the middle of the canvas, is on the page."""
        box = self._canvas.bounding_box()
        assert box is not None
        half = PAD_SIZE_PX / 2
        return box["x"] + box["width"] / 2 + x - half, box["y"] + box["height"] / 2 + y - half


def time_strokes(page: Page, root: str, num_shown: str, num_after: str) -> None:
    """Let a page note in `delays` how many milliseconds it takes from each pointer-up to its answer."""
    script = TIME_STROKES.replace("NUM_SHOWN", num_shown).replace("NUM_AFTER", num_after)
    page.evaluate(script.replace("ROOT", root))


def draw_strokes(pad: OurPad | Sketchpad, numbers: range) -> None:
    """Draw the first strokes of as many digits on an empty pad, and wait for each one's answer."""
    pad.page.bring_to_front()
    pad.clear()
    pad.page.wait_for_timeout(REST_MS)
    for number in numbers:
        num_before = pad.page.evaluate("delays.length")
        *stroke, end = build_example(number % 10)[0]
        points = [pad.place(*point) for point in (*stroke[::3], end)]
        mouse = pad.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point)
        mouse.up()
        pad.page.wait_for_function(f"delays.length > {num_before}")
        pad.page.wait_for_timeout(REST_MS)


def take_delays(pad: OurPad | Sketchpad) -> list[float]:
    """Return the delays noted so far, in milliseconds, and begin anew."""
    return [float(delay) for delay in pad.page.evaluate("delays.splice(0)")]


def measure_delays(ours: OurPad, theirs: Sketchpad, six: OurPad, num_strokes: int) -> list[dict[str, Any]]:
    """Draw on the three pages in turn; returns the table's rows."""
    pads: tuple[OurPad | Sketchpad, ...] = (ours, theirs, six)
    draw_strokes(six, range(1))
    six.choose_beside()
    for pad in pads:  # what is loaded once is loaded now
        draw_strokes(pad, range(2))
        take_delays(pad)
    for first in range(0, num_strokes, STROKES_A_TURN):
        for pad in pads:
            draw_strokes(pad, range(first, min(first + STROKES_A_TURN, num_strokes)))
    return [
        summarise("our pad", 1, take_delays(ours)),
        summarise("`gr.Sketchpad`", 1, take_delays(theirs)),
        summarise("our pad, six networks side by side", 6, take_delays(six)),
    ]


def summarise(who: str, num_networks: int, delays: list[float]) -> dict[str, Any]:
    """Return a row of the table."""
    median, late = np.quantile(delays, [0.5, 0.95])
    return {
        "who": who,
        "networks": num_networks,
        "strokes": len(delays),
        "median_ms": round(float(median), 1),
        "late_ms": round(float(late), 1),
        "slowest_ms": round(max(delays), 1),
    }


def main() -> None:
    """Serve both, measure, print the table."""
    parser = argparse.ArgumentParser(description="From the end of a stroke to its answer")
    parser.add_argument("strokes", nargs="?", type=int, default=NUM_STROKES)
    parser.add_argument("--save", action="store_true", help="keep what was measured")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as runs,
        serve_glassbox(runs) as our_server,
        Server([str(Path(__file__).with_name("sketchpad_app.py")), "PORT"]) as their_server,
        sync_playwright() as playwright,
    ):
        time.sleep(SETTLE_SECONDS)
        with open_chromium(playwright, WEBGL) as browser:
            pages = [browser.new_page(viewport={"width": 1400, "height": 900}) for _ in range(3)]
            ours, six = OurPad(pages[0], our_server.address), OurPad(pages[1], our_server.address)
            theirs = Sketchpad(pages[2], their_server.address)
            rows = measure_delays(ours, theirs, six, options.strokes)
    print(write_table("sketch_latency", rows))
    our_median, their_median = find_latencies(rows)
    print(f"\nOur pad answers {their_median / our_median:.0f} times sooner (medians, one network each).")
    if options.save:
        save_measurement("sketch_latency", rows)


if __name__ == "__main__":
    main()
