"""What one request may send, checked before anything is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 4 * 2**20  # far more strokes than are read; 1,000 × 1,000 grey values as JSON


class BodyLimit:
    """ASGI middleware that answers 413 to a request whose body is larger than `MAX_BODY_BYTES`.

    Gradio parses a request's JSON on the thread that serves everybody, so a very large one would hold up
    all visitors.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it says that it is too large or turns out to be."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > MAX_BODY_BYTES:
            await _refuse(send)
            return
        num_bytes = 0

        async def receive_counted() -> Message:
            nonlocal num_bytes
            message = await receive()
            num_bytes += len(message.get("body", b""))
            # A body of undeclared length: to the page it looks as if the visitor had gone away.
            return {"type": "http.disconnect"} if num_bytes > MAX_BODY_BYTES else message

        await self._app(scope, receive_counted, send)


async def _refuse(send: Send) -> None:
    text = f"This request is too large; at most {MAX_BODY_BYTES // 2**20} MB are read.".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": text})
