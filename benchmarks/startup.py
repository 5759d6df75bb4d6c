"""How long until the first page: `glassbox` against an empty Gradio app that imports torch too.

    uv run python benchmarks/startup.py [PAIRS]

The two are started in turn, so that a noisy machine disturbs both alike; the medians are compared.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

EMPTY_APP = """
import sys, torch, gradio
with gradio.Blocks(analytics_enabled=False) as page:
    pass
page.launch(server_port=int(sys.argv[1]), ssr_mode=False, quiet=True, enable_monitoring=False)
"""


def find_free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


def measure_startup(num_pairs: int) -> tuple[float, float]:
    """Return the median seconds of an empty Gradio app and of Glassbox, started in turn."""
    empty, ours = [], []
    for _ in range(num_pairs):
        port = find_free_port()
        empty.append(time_first_page([sys.executable, "-c", EMPTY_APP, f"{port}"], port))
        port = find_free_port()
        ours.append(
            time_first_page([sys.executable, "-m", "app.cli", "--port", f"{port}", "--no-open"], port)
        )
    return statistics.median(empty), statistics.median(ours)


if __name__ == "__main__":
    empty_seconds, our_seconds = measure_startup(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
    print(f"empty Gradio app with torch: {empty_seconds:.2f} s")
    print(f"glassbox:                    {our_seconds:.2f} s")
    print(f"ratio:                       {our_seconds / empty_seconds:.2f}")
