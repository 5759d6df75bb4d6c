"""Answers to what a page asks past Gradio's queue, compressed.

Gradio compresses what has the name of a file alone. The pictures among these answers, mostly of one colour,
shrink to a quarter, and an answer to a drawing, which comes with every stroke, to a third.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware.gzip import GZipMiddleware

from app.server.gradio_patches.addresses import DIRECT_PATH

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_LEAST_BYTES = 400  # a smaller answer fits into one packet as it is
_LEVEL = 3  # of gzip: 18 kB in half a millisecond, which nobody else is answered in


class CompressedAnswers:
    """ASGI middleware that compresses the answers to direct calls for who takes gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressed = GZipMiddleware(app, _LEAST_BYTES, _LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and compress the answer if it is one to a direct call."""
        is_direct = scope["type"] == "http" and DIRECT_PATH.fullmatch(scope["path"])
        await (self._compressed if is_direct else self._app)(scope, receive, send)
