"""Serve the page, and write down what holds up everybody: each step of a thread's loop that takes long.

`python -m tests.server.watched_loop PORT` prints a line "held N ms" for each. It counts the processor's time,
so it does not matter what else the machine does.
"""

import asyncio.events
import sys
import time

from app.main import launch_app

_LONG_MS = 20


def watch_loops():
    """Time every step of every loop of this process."""
    run = asyncio.events.Handle._run

    def run_timed(handle):
        start = time.thread_time()
        run(handle)
        held_ms = (time.thread_time() - start) * 1_000
        if held_ms >= _LONG_MS:
            print(f"held {held_ms:.0f} ms", flush=True)

    asyncio.events.Handle._run = run_timed


if __name__ == "__main__":
    watch_loops()
    launch_app(port=int(sys.argv[1]), quiet=True)
