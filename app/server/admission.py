"""Requests that compute: they wait here for their turn, and are refused where there is no room to wait."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.server.gradio_patches import DIRECT_PATH, JOINING_PATH
from app.server.refusals import MAX_BODY_BYTES
from app.server.turns import Bounds, BusyError, Call, Turns, find_visitor

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Of requests past Gradio's queue, which wait as the bytes that they are.
DIRECT_BOUNDS = Bounds(running=4, running_of_visitor=2, waiting_bytes=64 * 2**20)
ARRIVAL_SECONDS = 20.0  # for a body of up to 4 MB
_SESSION = re.compile(rb'"session_hash"\s*:\s*"([\w-]{1,64})"')
CheckRoom = Callable[[Call, Sequence[Call]], None]


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
        self._arriving: list[Call] = []
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
            await _answer_busy(send, error)

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(find_visitor(scope), _read_length(scope), is_arriving=True)
        self._check_queue(call, self._joining)
        self._joining.append(call)
        try:
            await self._app(scope, _limit_arrival(receive), send)
        finally:
            self._joining.remove(call)

    async def _take_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await self._read_body(scope, receive)
        if body is None:
            await self._app(scope, _tell_gone, send)
            return
        named = _SESSION.search(body)
        call = Call(find_visitor(scope, named[1].decode() if named else ""), len(body), self._seconds)
        self._turns.check_room(call, [*self._arriving, *self._waiting])
        turn = self._waiting[call] = asyncio.get_running_loop().create_future()
        self._begin_next()
        leaving = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({turn, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if turn.done():
                began = time.monotonic()
                await self._app(scope, _repeat(body, leaving), send)
                self._seconds += 0.1 * (time.monotonic() - began - self._seconds)
        finally:
            leaving.cancel()
            self._waiting.pop(call, None)
            self._running.discard(call)
            self._begin_next()

    async def _read_body(self, scope: Scope, receive: Receive) -> bytes | None:
        """Return a request's body; None if it was broken off."""
        call = Call(find_visitor(scope), _read_length(scope), self._seconds, is_arriving=True)
        self._turns.check_room(call, [*self._arriving, *self._waiting])
        self._arriving.append(call)
        receive = _limit_arrival(receive)
        try:
            parts = []
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    return b"".join(parts)
        finally:
            self._arriving.remove(call)

    def _begin_next(self) -> None:
        while (call := self._turns.choose([*self._waiting], self._running)) is not None:
            self._running.add(call)
            self._waiting.pop(call).set_result(None)


def _limit_arrival(receive: Receive) -> Receive:
    """Read a body for so long; where it has not come by then, it looks as if the visitor had gone away."""
    end = asyncio.get_running_loop().time() + ARRIVAL_SECONDS
    is_whole = False

    async def receive_in_time() -> Message:
        nonlocal is_whole
        if is_whole:
            return await receive()
        try:
            async with asyncio.timeout_at(end):
                message = await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        is_whole = not message.get("more_body", False)
        return message

    return receive_in_time


def _read_length(scope: Scope) -> int:
    declared = dict(scope["headers"]).get(b"content-length", b"")
    return int(declared) if declared.isdigit() else MAX_BODY_BYTES


def _repeat(body: bytes, leaving: asyncio.Future[Message]) -> Receive:
    """Give a body that has been read, and then what comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await asyncio.shield(leaving)  # it may be asked again

    return receive


async def _tell_gone() -> Message:
    return {"type": "http.disconnect"}


async def _answer_busy(send: Send, error: BusyError) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"retry-after", str(error.seconds).encode()),
        (b"connection", b"close"),  # the body may be unread
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps({"detail": str(error)}).encode()})
