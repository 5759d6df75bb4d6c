"""The body limit by itself, at its edge and without a declared length."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.server.body_limit import MAX_BODY_BYTES, BodyLimit


def ask(chunks, declared=None):
    """Send a body in chunks through the middleware; return the status and how many bytes the app read."""
    read = 0
    sent = []

    async def app(scope, receive, send):
        nonlocal read
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            read += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200})

    messages = [
        {"type": "http.request", "body": chunk, "more_body": index < len(chunks) - 1}
        for index, chunk in enumerate(chunks)
    ]

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    headers = [] if declared is None else [(b"content-length", declared)]
    request = BodyLimit(app)({"type": "http", "headers": headers}, receive, send)
    with ThreadPoolExecutor() as pool:  # the browser tests leave this thread with a loop of their own
        pool.submit(asyncio.run, request).result()
    return (sent[0]["status"] if sent else None), read


def test_body_at_the_limit_is_read_in_full():
    chunks = [b"x" * 2**20] * (MAX_BODY_BYTES // 2**20)
    assert ask(chunks, str(MAX_BODY_BYTES).encode()) == (200, MAX_BODY_BYTES)


@pytest.mark.parametrize("declared", [str(MAX_BODY_BYTES + 1).encode(), b"10" * 50, b"-1", b"many"])
def test_body_declared_too_large_is_refused_unread(declared):
    assert ask([b"x"], declared) == (413, 0)


def test_body_that_turns_out_too_large_is_cut_off():
    chunks = [b"x" * 2**20] * (MAX_BODY_BYTES // 2**20 + 1)
    assert ask(chunks) == (None, MAX_BODY_BYTES)
