"""Running what needs an event loop of its own: the browser tests leave their thread with one that runs."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run_apart(function, *arguments):
    """Call a function in a thread of its own, and return what it returns."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *arguments).result()


def run(coroutine):
    """Run a coroutine to its end, and return what it returns."""
    return run_apart(asyncio.run, coroutine)
