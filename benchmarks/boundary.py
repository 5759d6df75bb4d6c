"""A small network over the plane, trained and played: ours against TensorFlow Playground, in one browser.

    git clone https://github.com/tensorflow/playground ../playground
    (cd ../playground && npm install && npm run build)
    uv run python -m benchmarks.boundary ../playground/dist [ROUNDS] [--save]

Both train the network of two layers of eight tanh units on 250 points of the same circle in batches of 30 for
400 epochs; the pages take turns. Timed is, in the page: theirs from Play until its count of epochs is there,
since it trains an epoch a frame and shows it; ours from the change of a control to the first picture, to the
whole training, and how long a move to any moment of it takes then.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import open_chromium
from benchmarks.measurements import save_measurement
from benchmarks.server import serve_glassbox
from benchmarks.tables import write_table

NUM_ROUNDS = 5
EPOCHS = 400
STEPS_AN_EPOCH = 9  # 250 points in batches of 30
TIMED = ("first", "all", "move")
THEIR_SETTINGS = (
    "activation=tanh&batchSize=30&dataset=circle&regDataset=reg-plane&learningRate=0.1&noise=0"
    "&networkShape=8,8&percTrainData=50&x=true&y=true&initZero=false&hideText=true"
)
OUR_SETTINGS = "tab=descent&bench=network&batch=30"
COUNT = "+document.querySelector('#iter-number').innerText.replaceAll(',', '')"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""


@contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone; yields its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


def time_theirs(page: Page, address: str) -> float:
    """Return how many seconds Playground takes for EPOCHS epochs, drawn as it draws them."""
    page.goto("about:blank")  # or another fragment of the same page would not load it again
    page.goto(f"{address}/index.html#{THEIR_SETTINGS}")
    page.locator("#play-pause-button").wait_for()
    page.wait_for_timeout(1000)
    return float(
        page.evaluate(
            f"""() => new Promise((resolve) => {{
  const start = performance.now();
  document.querySelector("#play-pause-button").click();
  const look = () => {{
    if ({COUNT} < {EPOCHS}) return requestAnimationFrame(look);
    document.querySelector("#play-pause-button").click();
    resolve((performance.now() - start) / 1000);
  }};
  look();
}})"""
        )
    )


class OurBench:
    """Our bench in an open page."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.goto(f"{address}/?{OUR_SETTINGS}")
        page.locator(".gb-plane[data-answers]").wait_for()
        page.locator("#plane-more-settings-section .label-wrap").click()
        page.locator(".plane-field-seed input").first.wait_for()
        self._seed = 0

    def train(self) -> dict[str, float]:
        """Change the seed, which no cache knows yet, and return the seconds to the first picture and to all.

        Then also the seconds that a move to each moment takes, on average, without a question to Python.
        """
        self._seed += 1
        self.page.bring_to_front()
        timed: dict[str, float] = self.page.evaluate(TIME_OURS, self._seed)
        return timed


# The page tells of epochs once the first picture is drawn; `data-answers` counts whole trainings.
TIME_OURS = """(seed) => new Promise((resolve) => {
  const plane = document.querySelector(".gb-plane");
  const waiting = plane.querySelector(".gb-plane-waiting");
  const field = document.querySelector(".plane-field-seed input");
  const answers = Number(plane.dataset.answers);
  const start = performance.now();
  let first = 0;
  const observer = new MutationObserver(() => {
    if (!first && waiting.textContent.includes("epoch")) first = performance.now();
    if (Number(plane.dataset.answers) === answers) return;
    observer.disconnect();
    const all = performance.now();
    requestAnimationFrame(() => {
      const scrubber = plane.querySelector(".gb-transport input");
      const moved = performance.now();
      for (let moment = 0; moment <= Number(scrubber.max); moment += 1) {
        scrubber.value = moment;
        scrubber.dispatchEvent(new Event("input", { bubbles: true }));
      }
      const each = (performance.now() - moved) / (Number(scrubber.max) + 1);
      resolve({ first: ((first || all) - start) / 1000, all: (all - start) / 1000, move: each / 1000 });
    });
  });
  observer.observe(plane, { attributes: true, childList: true, characterData: true, subtree: true });
  field.value = seed;
  field.dispatchEvent(new Event("input", { bubbles: true }));
})"""


def measure(ours: OurBench, theirs: Page, their_address: str, num_rounds: int) -> list[dict[str, Any]]:
    """Train in turn; returns the table's rows."""
    seconds: list[float] = []
    timed: list[dict[str, float]] = []
    ours.train()  # what is loaded once is loaded now
    for _ in range(num_rounds):
        timed.append(ours.train())
        theirs.bring_to_front()
        seconds.append(time_theirs(theirs, their_address))
    whole = statistics.median(seconds)
    first, ours_whole, move = (statistics.median(each[name] for each in timed) for name in TIMED)
    return [
        _write_row("TensorFlow Playground", whole, whole, None, None),
        _write_row("our bench", ours_whole, whole, first, move),
    ]


def _write_row(
    who: str, seconds: float, their_seconds: float, first: float | None, move: float | None
) -> dict[str, Any]:
    return {
        "who": who,
        "first_seconds": first and round(first, 3),
        "seconds": round(seconds, 2),
        "ratio": round(seconds / their_seconds, 3),
        "steps_a_second": round(EPOCHS * STEPS_AN_EPOCH / seconds),
        "move_ms": move and round(1000 * move, 1),
    }


def main() -> None:
    """Serve both, measure, print the table."""
    parser = argparse.ArgumentParser(description="A small network over the plane, trained and played")
    parser.add_argument("playground", type=Path, help="the folder dist of a built TensorFlow Playground")
    parser.add_argument("rounds", nargs="?", type=int, default=NUM_ROUNDS)
    parser.add_argument("--save", action="store_true", help="keep what was measured")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as runs,
        serve_glassbox(runs) as server,
        serve_folder(options.playground) as their_address,
        sync_playwright() as playwright,
    ):
        browser = open_chromium(playwright)
        context = browser.new_context(viewport={"width": 1400, "height": 900})
        # Their page also asks for fonts and counts its visitors, elsewhere.
        context.route(
            "**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url else route.abort()
        )
        ours = OurBench(context.new_page(), server.address)
        rows = measure(ours, context.new_page(), their_address, options.rounds)
        browser.close()
    print(write_table("boundary", rows))
    if options.save:
        save_measurement("boundary", rows)


if __name__ == "__main__":
    main()
