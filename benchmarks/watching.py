"""What watching a run costs its training: one run, its page in front and hidden in turn.

    uv run python benchmarks/watching.py [PAIRS] [--save]

A server, a run in a process of its own, and Chromium share the machine, as on somebody's laptop. In each pair
the page is in front for some seconds and another tab for as many, the order turned from pair to pair; the
run's own reports say how fast it trained, and Linux how much processor time page and server took besides.
Both are summed up by the median of the pairs' differences: the second is much the steadier.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
from gradio_client import Client
from playwright.sync_api import sync_playwright

from benchmarks.measured import save_measurement
from benchmarks.server import find_free_port
from benchmarks.tables import write_table

LOAD_SECONDS = 45.0  # the browser tidies up after a page for half a minute
SETTLE_SECONDS = 3.0  # the page comes to the front, or goes
WINDOW_SECONDS = 8.0
MIN_RATE = 4  # updates a second that the page must show
RECORD_UPDATES = """() => {
  const root = document.querySelector("#runs .gb-runs");
  if (!root?.dataset.updates) return false;
  window.updates = [];
  new MutationObserver(() => window.updates.push(performance.now()))
    .observe(root, { attributeFilter: ["data-updates"] });
  return true;
}"""
READ_UPDATES = "() => window.updates.map((time) => (time - performance.now()) / 1000)"  # seconds, negative


class Reading(NamedTuple):
    """How things went for some seconds."""

    speed: float  # steps a second, by the run's own clock
    cores: float  # processor cores that everything but the run took


def read(folder: Path, seconds: float) -> Reading:
    """Watch a run and all processes of this benchmark for the next `seconds`."""
    first, spent, start = read_last_step(folder), read_processor_seconds(), time.monotonic()
    time.sleep(seconds)
    last, took = read_last_step(folder), time.monotonic() - start
    speed = (last["step"] - first["step"]) / (last["seconds"] - first["seconds"])
    return Reading(float(speed), (read_processor_seconds() - spent) / took)


def read_processor_seconds() -> float:
    """Return the processor time that all below this process but runs have taken."""
    parents, seconds = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            is_run = b"models.training" in (folder / "cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        parents[int(folder.name)] = int(fields[1])
        seconds[int(folder.name)] = (
            0 if is_run else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        )

    def is_below(pid: int) -> bool:
        return pid in parents and (parents[pid] == os.getpid() or is_below(parents[pid]))

    return sum(spent for pid, spent in seconds.items() if is_below(pid))


def read_last_step(folder: Path) -> dict[str, float]:
    """Return the newest report of a step; an unfinished last line is passed over."""
    lines = (folder / "events.jsonl").read_text().rpartition("\n")[0].splitlines()
    return next(event for event in map(json.loads, reversed(lines)) if event["type"] == "step")


def wait_until(is_so: Callable[[], object], timeout_seconds: float = 120) -> None:
    """Wait until `is_so()` is true; what it raises counts as not yet."""
    end = time.monotonic() + timeout_seconds
    while time.monotonic() < end:
        try:
            if is_so():
                return
        except Exception:
            pass
        time.sleep(0.2)
    raise TimeoutError("the server or the run did not start")


class Browser:
    """Chromium with the run's page in one tab and nothing in another, either of them in front.

    While something is measured, nobody steers it: what a driver asks and is told would count as the page's.
    """

    def __init__(self, folder: Path) -> None:
        self._address = f"http://127.0.0.1:{find_free_port()}"
        port = self._address.rpartition(":")[2]
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--remote-debugging-port={port}"]
        command = [
            shutil.which("chromium") or "chromium",
            *options,
            f"--user-data-dir={folder}",
            "about:blank",
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: httpx.get(f"{self._address}/json/version").raise_for_status())
        self._page, self._blank = "", self._open("about:blank")

    def open_run(self, address: str, run_id: str) -> None:
        """Open the page on a run, and wait until it follows it."""
        self._page = self._open(f"{address}/?tab=runs&run={run_id}")
        wait_until(lambda: self.run_script(RECORD_UPDATES))

    def _open(self, address: str) -> str:
        return str(httpx.put(f"{self._address}/json/new?{quote(address, safe='')}").json()["id"])

    def show(self, is_page: bool) -> None:
        """Bring a tab to the front; the other one is hidden, which its page is told."""
        httpx.get(
            f"{self._address}/json/activate/{self._page if is_page else self._blank}"
        ).raise_for_status()

    def run_script(self, script: str) -> Any:
        """Run a function on the page."""
        with sync_playwright() as playwright:
            browser = playwright.chromium.connect_over_cdp(self._address)
            page = next(page for page in browser.contexts[0].pages if page.url.startswith("http"))
            answer = page.evaluate(script)
            browser.close()  # the driver alone
        return answer

    def close(self) -> None:
        """End the browser."""
        self._process.terminate()
        self._process.wait()


def measure_pairs(browser: Browser, folder: Path, num_pairs: int) -> list[tuple[Reading, Reading]]:
    """Read with the page in front and with another tab there, pair by pair."""
    pairs = []

    def watch() -> Reading:
        browser.show(is_page=True)
        time.sleep(SETTLE_SECONDS)
        reading = read(folder, WINDOW_SECONDS)
        times = [each for each in browser.run_script(READ_UPDATES) if each > -WINDOW_SECONDS]
        rate = (len(times) - 1) / (times[-1] - times[0])
        print(f"{rate:.1f} updates a second;", end=" ")
        assert rate >= MIN_RATE, "the page does not follow the run"
        return reading

    def leave() -> Reading:
        browser.show(is_page=False)
        time.sleep(SETTLE_SECONDS)
        return read(folder, WINDOW_SECONDS)

    for number in range(num_pairs):
        if number % 2:
            alone, watched = leave(), watch()
        else:
            watched, alone = watch(), leave()
        pairs.append((watched, alone))
        print(
            f"watched {watched.speed:.2f} steps/s, alone {alone.speed:.2f}; "
            f"beside the run {watched.cores:.3f} cores, alone {alone.cores:.3f}",
            flush=True,
        )
    return pairs


def summarise(what: str, costs: list[float]) -> dict[str, Any]:
    """Return a row of the table: median and quartiles of the pairs' differences."""
    low, middle, high = (round(cost, 4) for cost in statistics.quantiles(costs, n=4))
    return {"what": what, "median": middle, "low": low, "high": high, "pairs": len(costs)}


def main() -> None:
    """Start everything, measure, print, and stop what was started."""
    parser = argparse.ArgumentParser(description="What watching a run costs its training")
    parser.add_argument("pairs", nargs="?", type=int, default=10)
    parser.add_argument("--save", action="store_true", help="keep what was measured")
    options = parser.parse_args()
    port = find_free_port()
    address = f"http://127.0.0.1:{port}"
    with (
        tempfile.TemporaryDirectory() as runs,
        tempfile.TemporaryDirectory() as profile,
        tempfile.TemporaryFile() as log,
    ):
        command = [sys.executable, "-m", "app.cli", "--port", f"{port}", "--no-open", "--runs-dir", runs]
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ})
        try:
            clients: list[Client] = []
            wait_until(lambda: clients.append(Client(address, verbose=False)) is None)
            train = {"dataset": "strokes", "epochs": 20, "num_images": 60_000, "recipe": "notebook"}
            run_id = clients[0].predict("convnet3", api_name="/train", **train)
            folder = Path(runs) / run_id
            wait_until(lambda: read_last_step(folder))
            browser = Browser(Path(profile))
            try:
                browser.open_run(address, run_id)
                time.sleep(LOAD_SECONDS)
                pairs = measure_pairs(browser, folder, options.pairs)
            finally:
                browser.close()
            rows = [
                summarise("of one core", [watched.cores - alone.cores for watched, alone in pairs]),
                summarise(
                    "of the training's speed", [1 - watched.speed / alone.speed for watched, alone in pairs]
                ),
            ]
            print(write_table("watching", rows))
            if options.save:
                save_measurement("watching", rows)
            (folder / "stop").touch()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
