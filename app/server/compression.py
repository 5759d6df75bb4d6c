"""The page travels compressed, at a seventh of its size: Gradio compresses its scripts, and not the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PATHS = ("/", "/config")
_QUALITY = 5  # 20 ms of one core for 1.3 MB


class CompressedPage:
    """ASGI middleware that compresses the page: by Brotli, or by gzip for who does not read Brotli."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gzipped = GZipMiddleware(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and compress the answer if it is the page."""
        if scope["type"] != "http" or scope["path"] not in _PATHS:
            await self._app(scope, receive, send)
        elif "br" not in Headers(scope=scope).get("accept-encoding", ""):
            await self._gzipped(scope, receive, send)
        else:
            await self._app(scope, receive, _Compressed(send).send)


class _Compressed:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._compressor = brotli.Compressor(quality=_QUALITY)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            headers["content-encoding"] = "br"
            headers.add_vary_header("accept-encoding")
            del headers["content-length"]
            message = {**message, "headers": headers.raw}
        elif message["type"] == "http.response.body":
            body = self._compressor.process(message.get("body", b""))
            if not message.get("more_body", False):
                body += self._compressor.finish()
            message = {**message, "body": body}
        await self._send(message)
