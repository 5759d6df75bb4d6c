"""Requests that compute: they wait here for their turn, and are refused where there is no room to wait."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from app.server.arrivals import ARRIVAL_SECONDS, Arrivals, CheckRoom
from app.server.gradio_patches.addresses import DIRECT_PATH, JOINING_PATH
from app.server.plain_refusals import make_refusal
from app.server.refusals import MAX_BODY_BYTES
from app.server.turns import Bounds, BusyError, Call, Turns, find_visitor

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Of requests past Gradio's queue, which wait as the bytes that they are.
DIRECT_BOUNDS = Bounds(running=4, running_of_visitor=2, waiting_bytes=64 * 2**20)
_SESSION = re.compile(rb'"session_hash"\s*:\s*"([\w-]{1,64})"')
_TOO_LATE = f"This request was given up: it did not come in {ARRIVAL_SECONDS:.0f} s."


class Admission:
    """ASGI middleware by which visitors take turns with what Gradio would compute at once, all at a time.

    Requests for Gradio's queue are only counted until they are in it; there they take turns too.

    Args:
        app: What answers.
        check_queue: Raises `BusyError` if Gradio's queue has no room for a call beside those that are on
            their way into it.
    """

    def __init__(self, app: ASGIApp, check_queue: CheckRoom) -> None:
        self._app = app
        self._check_queue = check_queue
        self._joining: list[Call] = []
        self._turns = Turns(DIRECT_BOUNDS)
        self._bodies, self._joining_bodies = Arrivals(), Arrivals()
        self._waiting: dict[Call, asyncio.Future[None]] = {}
        self._running: set[Call] = set()
        self._seconds = 0.1  # that a request takes, as a rule

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when its turn comes, or say when there may be room for it."""
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        try:
            if is_post and JOINING_PATH.fullmatch(scope["path"]):
                await self._join(scope, receive, send)
            elif is_post and DIRECT_PATH.fullmatch(scope["path"]):
                await self._take_turn(scope, receive, send)
            else:
                await self._app(scope, receive, send)
        except BusyError as error:
            await _make_busy(error)(scope, receive, send)

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        def check_room(call: Call, arriving: Sequence[Call]) -> None:
            self._check_queue(call, [*arriving, *self._joining])

        call = Call(find_visitor(scope), _read_length(scope), is_arriving=True)
        body = await self._joining_bodies.read(call, receive, check_room)
        if body is None:
            await _refuse_late(scope, receive, send)
            return
        self._joining.append(call)
        try:
            await self._app(scope, _repeat(body, receive), send)
        finally:
            self._joining.remove(call)

    async def _take_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        def check_room(call: Call, arriving: Sequence[Call]) -> None:
            self._turns.check_room(call, [*arriving, *self._waiting])

        arriving = Call(find_visitor(scope), _read_length(scope), self._seconds, is_arriving=True)
        body = await self._bodies.read(arriving, receive, check_room)
        if body is None:
            await _refuse_late(scope, receive, send)
            return
        named = _SESSION.search(body)
        call = Call(find_visitor(scope, named[1].decode() if named else ""), len(body), self._seconds)
        check_room(call, self._bodies.list_calls())
        turn = self._waiting[call] = asyncio.get_running_loop().create_future()
        self._begin_next()
        leaving = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({turn, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if turn.done():
                began = time.monotonic()
                # It may be asked again whether the visitor has gone.
                await self._app(scope, _repeat(body, lambda: asyncio.shield(leaving)), send)
                self._seconds += 0.1 * (time.monotonic() - began - self._seconds)
        finally:
            leaving.cancel()
            self._waiting.pop(call, None)
            self._running.discard(call)
            self._begin_next()

    def _begin_next(self) -> None:
        while (call := self._turns.choose([*self._waiting], self._running)) is not None:
            self._running.add(call)
            self._waiting.pop(call).set_result(None)


def _read_length(scope: Scope) -> int:
    declared = dict(scope["headers"]).get(b"content-length", b"")
    return int(declared) if declared.isdigit() else MAX_BODY_BYTES


def _repeat(body: bytes, receive: Receive) -> Receive:
    """Give a body that has been read, and then what comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_read() -> Message:
        return messages.pop() if messages else await receive()

    return receive_read


async def _refuse_late(scope: Scope, receive: Receive, send: Send) -> None:
    await make_refusal(408, _TOO_LATE)(scope, receive, send)


def _make_busy(error: BusyError) -> Response:
    headers = {"retry-after": f"{error.seconds}", "connection": "close"}  # the body may be unread
    return JSONResponse({"detail": str(error)}, error.status, headers)
