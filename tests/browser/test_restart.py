"""The server is killed while a run trains and a visitor draws, and started again at the same address."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

from tests.browser.pad import Pad, build_rough_example
from tests.browser.runs_tab import RunsTab
from tests.conftest import find_free_port, wait_until_served
from tests.waiting import HANG_MS, HANG_SECONDS


@contextmanager
def serve(port, runs, log_path):
    """Serve the page, and kill its process at the end of the `with` block."""
    command = [
        sys.executable,
        "-m",
        "tests.server.cold_page",
        "--port",
        f"{port}",
        "--no-open",
        "--runs-dir",
        f"{runs}",
    ]
    with log_path.open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=os.environ)
    try:
        wait_until_served(f"http://127.0.0.1:{port}", process, log_path)
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=HANG_SECONDS)


def test_nothing_is_lost_when_the_server_is_killed(chromium, tmp_path):
    port, runs = find_free_port(), tmp_path / "runs"
    errors = []
    page = chromium.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    with serve(port, runs, tmp_path / "log.txt"):
        page.goto(f"http://127.0.0.1:{port}/?tab=runs")
        page.locator("body[data-ready]").wait_for()
        runs_tab = RunsTab(page)
        runs_tab.choose("network", "ConvNet3")
        runs_tab.choose("dataset", "Built-in strokes")
        runs_tab.set_images(10_000)
        runs_tab.fill("epochs", 20)
        page.get_by_role("button", name="Start training").click()
        page.get_by_role("tab", name="Sketchpad").click()
        pad = Pad(page)
        pad.clear()
        first, second = build_rough_example(5)[0], build_rough_example(1)
        pad.draw([first])
        pad.wait_until_broadcast()
        page.get_by_role("tab", name="Training runs").click()
        runs_tab.wait_for_status("running")
        run_id = runs_tab.focus()
        page.get_by_role("tab", name="Sketchpad").click()
    pad.draw(second)  # while nobody answers
    page.locator("#pad .gb-pad-verdict.is-error").wait_for()
    drawn = pad.wait_until_broadcast()
    assert len(drawn["strokes"]) == 2
    page.evaluate("window.isOfBefore = true")

    with serve(port, runs, tmp_path / "log.txt"):
        # Gradio asks every two seconds whether the server is back, and then loads the page anew. The pad asks
        # by itself, too, and may be answered before, on a page that is about to go: that one does not count.
        page.wait_for_function(
            """strokes => {
              const told = !window.isOfBefore && window.glassboxDrawing;
              return told?.answer?.status === "digit" && JSON.stringify(told.drawing.strokes) === strokes;
            }""",
            arg=json.dumps(drawn["strokes"], separators=(",", ":")),
            timeout=HANG_MS,
        )
        page.locator("body[data-ready]").wait_for()
        page.get_by_role("tab", name="Training runs").click()
        runs_tab.wait_for_run(run_id)
        points = runs_tab.points()
        runs_tab.wait_for_points(more_than=points)  # its own process has gone on, and the page follows again

        page.reload()
        page.locator("body[data-ready]").wait_for()
        runs_tab = RunsTab(page)
        runs_tab.wait_for_run(run_id)
        runs_tab.press("Stop")
        runs_tab.wait_for_status("stopped")
    page.context.close()
    assert not errors
