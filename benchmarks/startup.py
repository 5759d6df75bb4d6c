"""How long until the first page: `glassbox` against empty Gradio apps, of which one imports torch too.

    uv run python benchmarks/startup.py [ROUNDS] [--save]

They are started in turn, so that a noisy machine disturbs all alike; the medians are compared.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

from benchmarks.measurements import save_measurement
from benchmarks.server import find_free_port
from benchmarks.tables import write_table

SIDES = ("an empty Gradio app that imports torch", "`glassbox`", "an empty Gradio app without torch")
EMPTY_APP = """
import sys, gradio
with gradio.Blocks(analytics_enabled=False) as page:
    pass
page.launch(server_port=int(sys.argv[1]), ssr_mode=False, quiet=True, enable_monitoring=False)
"""


def time_first_page(command: list[str], port: int, timeout_seconds: float = 120) -> float:
    """Start a server, and return the seconds until it has answered its first page in full."""
    environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
    with tempfile.TemporaryFile() as log:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        try:
            while time.perf_counter() - start < timeout_seconds:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
                        answer.read()
                    return time.perf_counter() - start
                except (urllib.error.URLError, OSError):
                    if process.poll() is not None:
                        log.seek(0)
                        raise RuntimeError(log.read().decode()) from None
                    time.sleep(0.02)
            raise TimeoutError(f"no page within {timeout_seconds} s")
        finally:
            process.terminate()
            process.wait()


def time_starts(num_rounds: int, sides: Sequence[str] = SIDES) -> list[list[float]]:
    """Return the seconds of each side's starts; the sides are started in turn."""
    seconds: list[list[float]] = [[] for _ in sides]
    for _ in range(num_rounds):
        for each, side in zip(seconds, sides, strict=True):
            port = find_free_port()
            program = ["-m", "app.cli", "--port", f"{port}", "--no-open"]
            if side != "`glassbox`":
                imports = "" if side.endswith("without torch") else "import torch"
                program = ["-c", imports + EMPTY_APP, f"{port}"]
            each.append(time_first_page([sys.executable, *program], port))
    return seconds


def measure_startup(num_rounds: int) -> tuple[float, float]:
    """Return the median seconds of an empty Gradio app with torch and of Glassbox, started in turn."""
    empty, ours = time_starts(num_rounds, SIDES[:2])
    return statistics.median(empty), statistics.median(ours)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How long until the first page")
    parser.add_argument("rounds", nargs="?", type=int, default=5)
    parser.add_argument("--save", action="store_true", help="keep what was measured")
    options = parser.parse_args()
    sides = dict(zip(SIDES, time_starts(options.rounds), strict=True))
    medians = [statistics.median(each) for each in sides.values()]
    rows = [
        {
            "who": who,
            "seconds": round(median, 2),
            "ratio": round(median / medians[0], 2),
            "each_seconds": [round(one, 2) for one in each],
        }
        for (who, each), median in zip(sides.items(), medians, strict=True)
    ]
    print(write_table("startup", rows))
    if options.save:
        save_measurement("startup", rows)


if __name__ == "__main__":
    main()
