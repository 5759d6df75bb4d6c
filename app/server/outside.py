"""No request to another host: Gradio would fetch any address that a visitor names, and here it does not.

Gradio 6 fetches in two ways: `/file=http://…` streams an address through the server, and a file in a
request's data that has an address for a path is downloaded before the handler sees it. Nothing of this page
needs either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradio import processing_utils

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_REFUSAL = "This page fetches nothing from other hosts."


class NoFetching:
    """ASGI middleware that answers 403 where the server is asked to pass on another address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless there is an address in its path."""
        if scope["type"] == "http" and ("://" in scope["path"] or "/proxy=" in scope["path"]):
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": _REFUSAL.encode()})
            return
        await self._app(scope, receive, send)


def shut_downloads() -> None:
    """Make Gradio refuse what it would download for a visitor; it has no setting for this."""
    processing_utils.async_ssrf_protected_get = _refuse


async def _refuse(url: str) -> Any:
    raise ValueError(f"{_REFUSAL} {url[:80]!r} is an address; send the file itself.")
