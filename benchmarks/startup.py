"""How long until the first page: `glassbox` against an empty Gradio app that imports torch too.

    uv run python benchmarks/startup.py [PAIRS] [--save]

The two are started in turn, so that a noisy machine disturbs both alike; the medians are compared.
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

from benchmarks.measurements import save_measurement
from benchmarks.server import find_free_port
from benchmarks.tables import write_table

SIDES = ("an empty Gradio app that imports torch", "`glassbox`")
EMPTY_APP = """
import sys, torch, gradio
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


def time_starts(num_pairs: int) -> tuple[list[float], list[float]]:
    """Return the seconds of an empty Gradio app and of Glassbox, started in turn."""
    empty, ours = [], []
    for _ in range(num_pairs):
        port = find_free_port()
        empty.append(time_first_page([sys.executable, "-c", EMPTY_APP, f"{port}"], port))
        port = find_free_port()
        ours.append(
            time_first_page([sys.executable, "-m", "app.cli", "--port", f"{port}", "--no-open"], port)
        )
    return empty, ours


def measure_startup(num_pairs: int) -> tuple[float, float]:
    """Return the median seconds of an empty Gradio app and of Glassbox, started in turn."""
    empty, ours = time_starts(num_pairs)
    return statistics.median(empty), statistics.median(ours)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How long until the first page")
    parser.add_argument("pairs", nargs="?", type=int, default=5)
    parser.add_argument("--save", action="store_true", help="keep what was measured")
    options = parser.parse_args()
    sides = dict(zip(SIDES, time_starts(options.pairs), strict=True))
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
