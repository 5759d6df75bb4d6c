"""How large, long and deep what a request says may be, found out before Gradio parses it.

Gradio parses, copies and walks through a request's JSON on the thread that serves everybody. So what a
request holds is counted first, on its bytes, by functions of C that take a millisecond for a megabyte.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import anyio.to_thread
from starlette.datastructures import QueryParams

from app.server.plain_refusals import make_refusal
from app.server.session_names import NO_NAME, is_session_name

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_QUERY_FIELDS = 100
MAX_HEADERS = 100
MAX_DEPTH = 20  # of the page's own requests: seven, for kept drawings
_PART_BYTES = 16 * 2**10  # of a file, handed on at a time: Gradio's parser takes a few milliseconds
_SMALL_BYTES = 64 * 2**10  # of a body that is looked at at once, and not on another thread


class BodyBounds(NamedTuple):
    """What a JSON body may hold.

    Attributes:
        num_bytes: Of the whole.
        num_values: In lists and objects together.
        num_lists: And objects; each costs Gradio as much as ten numbers.
        num_texts: Of names and values.
        has_session: Whether a session is named in it, if at all.
    """

    num_bytes: int
    num_values: int
    num_lists: int
    num_texts: int
    has_session: bool = True


# An image of 512 × 512 numbers to convolve or pool, 20,000 points of a drawing, or an image's file as text.
CALL_BOUNDS = BodyBounds(4 * 2**20, 300_000, 25_000, 25_000)
# What the page's components send, which Gradio hands on as it is: 500 kept drawings with 200,000 points.
COMPONENT_BOUNDS = BodyBounds(4 * 2**20, 450_000, 220_000, 25_000)
NOTE_BOUNDS = BodyBounds(2**10, 20, 5, 50)  # a few names
BOUNDS = (
    (re.compile(r"/gradio_api/(call/v2|mcp)(/.*)?"), CALL_BOUNDS._replace(has_session=False)),
    (re.compile(r"/gradio_api/(call|run|api|queue)(/.*)?"), CALL_BOUNDS),
    (re.compile(r"/gradio_api/component_server/?"), COMPONENT_BOUNDS),
)
_SESSION_PATH = re.compile(r"/gradio_api/heartbeat/(.*)", re.DOTALL)
_LISTS_ONLY = bytes(byte for byte in range(256) if byte not in b"[]{}")
_OBJECTS_AS_LISTS = bytes.maketrans(b"{}", b"[]")


class RefusedError(Exception):
    """A request that is not handed on: the status and the sentence that answer it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class RequestBounds:
    """ASGI middleware that refuses what would hold up everybody, or be kept for a visitor who is none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless there is a reason not to."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            check_head(scope)
            if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
                receive = await self._check_body(scope, receive)
        except RefusedError as refusal:
            answer = make_refusal(refusal.status, str(refusal))
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _check_body(self, scope: Scope, receive: Receive) -> Receive:
        """Read and check a body, and return what hands it on."""
        bounds = find_bounds(scope["path"])
        chunks: list[bytes] = []
        num_bytes, is_last = 0, False
        while not is_last:
            message = await receive()
            if message["type"] != "http.request":  # the visitor has gone
                return _hand_on([message], receive)
            chunks.append(message.get("body", b""))
            num_bytes += len(chunks[-1])
            is_last = not message.get("more_body", False)
            if num_bytes > bounds.num_bytes:
                raise RefusedError(
                    413, f"This request is too large; at most {bounds.num_bytes:,} bytes are read here."
                )
        body = b"".join(chunks)
        if len(body) <= _SMALL_BYTES:
            check_body(body, bounds)
        else:
            await anyio.to_thread.run_sync(check_body, body, bounds)
        return _hand_on([{"type": "http.request", "body": body, "more_body": False}], receive)


def find_bounds(path: str) -> BodyBounds:
    """Return the bounds of a JSON body that is sent to an address."""
    return next((bounds for pattern, bounds in BOUNDS if pattern.fullmatch(path)), NOTE_BOUNDS)


def check_head(scope: Scope) -> None:
    """Refuse a request whose head is costly to read, or that names no session where it should.

    Raises:
        RefusedError: With what is too much, and the bound.
    """
    if len(scope["headers"]) > MAX_HEADERS:
        raise RefusedError(431, f"This request has too many headers; at most {MAX_HEADERS} are read.")
    if scope["query_string"].count(b"&") >= MAX_QUERY_FIELDS:
        raise RefusedError(414, f"This address has too many fields; at most {MAX_QUERY_FIELDS} are read.")
    in_path = _SESSION_PATH.fullmatch(scope["path"])
    names = [in_path[1]] if in_path else []
    names += QueryParams(scope["query_string"]).getlist("session_hash")
    if not all(map(is_session_name, names)):
        raise RefusedError(400, NO_NAME)


def check_body(body: bytes, bounds: BodyBounds) -> None:
    """Refuse a JSON body that is costly to read, or that names no session where it should.

    What is no JSON passes: the address says best what it wants.

    Raises:
        RefusedError: With what is too much, and the bound.
    """
    if b"\0" in body:  # UTF-16 or 32, which `json` reads too, and whose brackets are not counted
        raise RefusedError(400, "This request is not written in UTF-8.")
    for num, most, what in (
        (body.count(b","), bounds.num_values, "values"),
        (body.count(b"[") + body.count(b"{"), bounds.num_lists, "lists"),
        (body.count(b'"') // 2, bounds.num_texts, "texts"),
    ):
        if num > most:
            raise RefusedError(413, f"This request holds {num:,} {what}; at most {most:,} are read here.")
    if is_deeper(body, MAX_DEPTH):
        text = f"This request is nested too deeply; at most {MAX_DEPTH} lists in each other are read."
        raise RefusedError(400, text)
    if not bounds.has_session:
        return
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(said, dict) and not is_session_name(said.get("session_hash")):
        raise RefusedError(400, NO_NAME)


def is_deeper(body: bytes, depth: int) -> bool:
    """Return whether more than `depth` lists or objects of a JSON text stand in each other, or never end."""
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside_texts = b"".join(unescaped.split(b'"')[::2])
    lists = outside_texts.translate(_OBJECTS_AS_LISTS, _LISTS_ONLY)
    for _ in range(depth):
        if b"[" not in lists:
            return False
        lists = lists.replace(b"[]", b"")
    return b"[" in lists


def _hand_on(messages: list[Message], receive: Receive) -> Receive:
    """Hand on what was read already, then what is still to come."""

    async def receive_read() -> Message:
        return messages.pop(0) if messages else await receive()

    return receive_read
