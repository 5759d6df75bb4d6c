"""What the page weighs, and how soon it answers: each tab against an empty Gradio page, cold and warm.

    uv run python benchmarks/page_weight.py [ROUNDS] [--save]

Each is opened in Chromium with an empty cache, and once more with what the first visit left there. Requests
and bytes are those that crossed the wire (compressed where the server compresses, headers included) until
the page had asked for nothing more for a second. The first answer is timed by the page's own clock, from the
navigation to the drawing or text that Python sent for the first thing done with mouse or keyboard, which is
done as soon as it can be: a stroke on the sketchpad, a number changed, a recipe chosen, a character typed on
the empty page; with a lesson it is the text of its first step, which comes by itself. Pages take turns;
medians are compared.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.browser import open_chromium
from benchmarks.measurements import save_measurement
from benchmarks.server import Server, serve_glassbox
from benchmarks.tables import write_table

ROUNDS = 3
SETTLE_SECONDS = 10
QUIET_SECONDS = 1.0  # without a new request: the page is loaded
EMPTY = "an empty Gradio page"
EMPTY_APP = """
import sys, gradio
with gradio.Blocks(analytics_enabled=False) as page:
    text = gradio.Textbox(label="Text")
    text.input(lambda said: "heard " + said, text, gradio.HTML(elem_id="heard"), show_progress="hidden")
page.launch(server_port=int(sys.argv[1]), ssr_mode=False, quiet=True, enable_monitoring=False)
"""
# Notes in which frame something first holds, by the page's own clock: milliseconds since the navigation.
WATCH = """() => {
  const isAnswered = () => IS_ANSWERED;
  if (isAnswered()) throw new Error("answered before it was asked");
  window.answered = new Promise((resolve) => {
    const look = () => isAnswered() ? resolve(performance.now()) : requestAnimationFrame(look);
    look();
  });
}"""
STEPS_TAKEN = "#descent-player input[aria-label='Steps taken']"
RESULT = "#window canvas[aria-label^='Result']"


def draw_stroke(page: Page) -> None:
    """Draw a 1 on the sketchpad; its answer is the one to the drawing as the stroke's end left it."""
    canvas = page.locator("#pad .gb-pad-canvas[aria-label]")  # its script has run
    canvas.wait_for()
    page.evaluate(
        """() => {
          window.pad = document.querySelector("#pad .gb-pad");
          window.strokeVersion = Infinity;
          const note = () => { window.strokeVersion = +pad.dataset.version + 1; };
          document.addEventListener("pointerup", note, { capture: true, once: true });
        }"""
    )
    watch(page, "+pad.dataset.shown >= strokeVersion && pad.dataset.digit !== ''")
    box = canvas.bounding_box()
    assert box is not None
    x, top, height = box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"], 0.6 * box["height"]
    page.mouse.move(x, top)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x, top + height * step / 8)
    page.mouse.up()


def change_iterations(page: Page) -> None:
    """Type another number of iterations: Python races again."""
    page.locator(STEPS_TAKEN).wait_for()
    watch(page, f"document.querySelector(`{STEPS_TAKEN}`).max === '60'")
    page.get_by_role("spinbutton", name="number input for Iterations").fill("60")


def change_stride(page: Page) -> None:
    """Type another stride: Python convolves again."""
    page.locator(RESULT).wait_for()
    watch(page, f"document.querySelector(`{RESULT}`).ariaLabel.startsWith('Result, 14 by 14')")
    page.locator("#window-controls").get_by_role("spinbutton", name="number input for Stride").fill("2")


def choose_recipe(page: Page) -> None:
    """Choose the other recipe: Python fills in its epochs."""
    box = page.locator("#run-recipe input")
    box.click()
    options = page.locator(f"#{box.get_attribute('aria-controls')}")
    watch(page, "document.querySelector('#run-epochs input').value === '1'")
    options.get_by_role("option", name="fast", exact=True).click()


def await_lesson(page: Page) -> None:
    """Do nothing: the lesson that the address names comes by itself, its text from Python."""
    watch(page, "Boolean(document.querySelector('.gb-lessons-panel .gb-lessons-text')?.textContent)")


def type_character(page: Page) -> None:
    """Type into the empty page's one field."""
    field = page.get_by_label("Text")
    field.wait_for()
    watch(page, "document.querySelector('#heard')?.textContent.includes('heard 7')")
    field.press("7")


def watch(page: Page, is_answered: str) -> None:
    """Let the page note when something first holds that does not hold yet."""
    page.evaluate(WATCH.replace("IS_ANSWERED", is_answered))


class Visit(NamedTuple):
    """A page to open, and the first thing that is done there."""

    name: str
    path: str
    act: Callable[[Page], None]


VISITS = (
    Visit(EMPTY, "/", type_character),
    Visit("`/`: Gradient descent", "/", change_iterations),
    Visit("`/?tab=inspection`", "/?tab=inspection", change_stride),
    Visit("`/?tab=runs`", "/?tab=runs", choose_recipe),
    Visit("`/?tab=sketchpad`", "/?tab=sketchpad", draw_stroke),
    Visit("`/?lesson=kernel`: a lesson", "/?lesson=kernel", await_lesson),
)


class Weight(NamedTuple):
    """What crossed the wire."""

    requests: int
    num_bytes: int


def weigh_page(context: BrowserContext, address: str) -> Weight:
    """Open a page, and count what crosses the wire until it asks for nothing more."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    from_wire: dict[str, int] = {}
    latest = [time.monotonic()]

    def begin(event: dict[str, Any]) -> None:
        latest[0] = time.monotonic()
        if event["request"]["url"].startswith("http"):
            from_wire[event["requestId"]] = 0

    def add(event: dict[str, Any]) -> None:  # what a stream has brought so far
        if event["requestId"] in from_wire:
            from_wire[event["requestId"]] += event["encodedDataLength"]

    def finish(event: dict[str, Any]) -> None:  # all of it, with the headers
        latest[0] = time.monotonic()
        if event["requestId"] in from_wire:
            from_wire[event["requestId"]] = event["encodedDataLength"]

    def forget(event: dict[str, Any]) -> None:
        if "response" not in event or event["response"].get("fromDiskCache"):
            from_wire.pop(event["requestId"], None)

    session.on("Network.requestWillBeSent", begin)
    session.on("Network.dataReceived", add)
    session.on("Network.loadingFinished", finish)
    session.on("Network.requestServedFromCache", forget)
    session.on("Network.responseReceived", forget)
    page.goto(address)
    while time.monotonic() - latest[0] < QUIET_SECONDS:
        page.wait_for_timeout(100)
    page.close()
    return Weight(len(from_wire), sum(from_wire.values()))


def time_first_answer(context: BrowserContext, address: str, act: Callable[[Page], None]) -> float:
    """Open a page, use it as soon as it can be, and return the milliseconds from navigation to answer."""
    page = context.new_page()
    page.goto(address, wait_until="commit")
    act(page)
    milliseconds = page.evaluate("window.answered")
    page.close()
    return float(milliseconds)


def measure_pages(browser: Browser, addresses: dict[str, str], num_rounds: int) -> list[dict[str, Any]]:
    """Weigh every page, time all of them in turn, and return the table's rows."""
    weights: dict[str, tuple[Weight, Weight]] = {}
    times: dict[str, list[tuple[float, float]]] = {visit.name: [] for visit in VISITS}
    for visit in VISITS:
        with browser.new_context(viewport={"width": 1400, "height": 900}) as context:
            address = addresses[visit.name]
            weights[visit.name] = (weigh_page(context, address), weigh_page(context, address))
    for turn in range(num_rounds):
        for visit in VISITS[:: -1 if turn % 2 else 1]:
            with browser.new_context(viewport={"width": 1400, "height": 900}) as context:
                cold = time_first_answer(context, addresses[visit.name], visit.act)
                times[visit.name].append((cold, time_first_answer(context, addresses[visit.name], visit.act)))
    rows: list[dict[str, Any]] = []
    for visit in VISITS:
        (cold_weight, warm_weight), each = weights[visit.name], times[visit.name]
        cold_ms, warm_ms = (statistics.median(side) for side in zip(*each, strict=True))
        row = {
            "page": visit.name,
            "requests": cold_weight.requests,
            "kilobytes": cold_weight.num_bytes / 1000,
            "first_answer_ms": round(cold_ms),
            "again_requests": warm_weight.requests,
            "again_kilobytes": warm_weight.num_bytes / 1000,
            "again_first_answer_ms": round(warm_ms),
        }
        empty = rows[0] if rows else row
        row["weight_ratio"] = round(row["kilobytes"] / empty["kilobytes"], 3)
        row["time_ratio"] = round(row["first_answer_ms"] / empty["first_answer_ms"], 3)
        row["again_time_ratio"] = round(row["again_first_answer_ms"] / empty["again_first_answer_ms"], 3)
        row["each_ms"] = [[round(one) for one in pair] for pair in each]  # first visit and second, each round
        rows.append(row)
    return rows


def main() -> None:
    """Serve both, measure, print the table."""
    parser = argparse.ArgumentParser(description="What the page weighs, and how soon it answers")
    parser.add_argument("rounds", nargs="?", type=int, default=ROUNDS)
    parser.add_argument("--save", action="store_true", help="keep what was measured")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as runs,
        serve_glassbox(runs) as ours,
        Server(["-c", EMPTY_APP, "PORT"]) as empty,
        sync_playwright() as playwright,
    ):
        time.sleep(SETTLE_SECONDS)
        addresses = {
            visit.name: (empty if visit.name == EMPTY else ours).address + visit.path for visit in VISITS
        }
        with open_chromium(playwright) as browser:
            rows = measure_pages(browser, addresses, options.rounds)
    print(write_table("page_weight", rows))
    if options.save:
        save_measurement("page_weight", rows)


if __name__ == "__main__":
    main()
