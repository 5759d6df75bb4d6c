"""Gradio's services that this page does not use, and that would write files or start programs for anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

# Links to a page's state, a file each; ffmpeg for a film of the screen; an editor of the page's own code.
UNUSED_ROUTES = (
    "/gradio_api/deep_link",
    "/gradio_api/process_recording",
    "/gradio_api/vibe-code",
    "/gradio_api/vibe-edit",
    "/gradio_api/undo-vibe-edit",
    "/gradio_api/vibe-starter-queries",
)


class UnusedRoutes:
    """ASGI middleware that answers 404 to `UNUSED_ROUTES`, unread."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it asks for one of them."""
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith(UNUSED_ROUTES):
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 404, "headers": headers})
            await send({"type": "http.response.body", "body": b"This page does not offer that."})
            return
        await self._app(scope, receive, send)
