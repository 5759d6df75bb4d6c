"""What is new of a visitor's runs, sent to the page as it happens, as server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from app.runs.live import look
from app.runs.payloads import Look
from app.server.turns import find_visitor
from app.ui.packing import pack

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

STREAM_PATH = "/glassbox/runs"
PERIOD_SECONDS = 0.23  # between two events; more than four a second
QUIET_SECONDS = 0.08  # until the next look where there was nothing to tell
MAX_STREAMS = 200  # open at once, half of them for one address; the page asks now and then where it gets none
MAX_STREAM_SECONDS = 600  # of one stream; the page opens the next
_ENDINGS = ("cards", "gone", "view", "error")  # of an answer: the page asks something else after these
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # a proxy must not collect the events


class RunStream:
    """Answers `GET ?question=…`, JSON of what `look` takes, with an event for whatever is new.

    A question a few times a second would cost browser and server several times what an event costs, and both
    share the machine with the run. The stream ends after an event with which the page's question changes.
    """

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()  # by address

    async def answer(self, request: Request) -> Response:
        """Open a stream, or answer 400 to what is no question and 503 where too many are open."""
        try:
            question = json.loads(request.query_params.get("question", ""))
        except (ValueError, RecursionError):
            return PlainTextResponse("The question is no JSON.", 400)
        address = find_visitor(request.scope).address
        if self._open.total() >= MAX_STREAMS or self._open[address] >= max(1, MAX_STREAMS // 2):
            return PlainTextResponse("Too many pages follow runs at the moment.", 503)
        self._open[address] += 1
        close = partial(self._close, address)
        try:
            first = await anyio.to_thread.run_sync(look, question)
        except BaseException:
            close()
            raise
        if "error" in first:
            close()
            return PlainTextResponse(first["error"], 400)
        return _Stream(_tell(question, first), close)

    def _close(self, address: str) -> None:
        self._open[address] -= 1
        self._open += Counter()  # forgets whoever has none


class _Stream(StreamingResponse):
    """Events, and what is done at their end, also where the visitor left before the first."""

    def __init__(self, events: AsyncIterator[str], on_end: Callable[[], None]) -> None:
        super().__init__(events, media_type="text/event-stream", headers=_HEADERS)
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._on_end()


async def _tell(question: Any, answer: Look) -> AsyncIterator[str]:
    """Give an event for the first answer to a question, and for each later one with something new."""
    start = time.monotonic()
    end = start + MAX_STREAM_SECONDS
    while True:
        pause = QUIET_SECONDS
        if any(answer.values()):
            pause = PERIOD_SECONDS
            yield f"data: {pack(answer)}\n\n"
        if any(answer.get(name) for name in _ENDINGS):
            return
        for run_id, update in answer["updates"].items():
            question["runs"][run_id] = [update["offset"], update["mark"]]
        await asyncio.sleep(max(0, start + pause - time.monotonic()))
        start = time.monotonic()
        if start >= end:
            return
        answer = await anyio.to_thread.run_sync(look, question)
