"""Waiting for a state."""

import time

# So that a test which hangs comes to an end. It bounds no speed: runs stand back for whatever else computes,
# and on a busy machine they stand for minutes.
HANG_SECONDS = 400
HANG_MS = 1000 * HANG_SECONDS  # for Playwright


def wait_until(ask, describe=lambda: "it has not come"):
    """Ask until the answer is true, and return it."""
    start = time.monotonic()
    while not (answer := ask()):
        assert time.monotonic() < start + HANG_SECONDS, describe()
        time.sleep(0.05)
    return answer
