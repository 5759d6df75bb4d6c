"""Running a coroutine in a test."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run(coroutine):
    with ThreadPoolExecutor() as pool:  # the browser tests leave this thread with a loop of their own
        return pool.submit(asyncio.run, coroutine).result()
