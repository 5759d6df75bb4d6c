"""Which of Gradio's routes are answered: those that the page and its clients need, and no other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from starlette.routing import compile_path

from app.server.plain_refusals import make_refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

# As Gradio writes them; one at its end more or less is the same. A route of ours is handed over beside them.
OPEN_ROUTES = (
    "/",
    "/assets/{path:path}",
    "/config",
    "/favicon.ico",
    "/manifest.json",
    "/robots.txt",
    "/static/{path:path}",
    "/theme.css",
    "/gradio_api/api/{api_name}",
    "/gradio_api/app_id",
    "/gradio_api/call/v2/{api_name}",
    "/gradio_api/call/v2/{api_name}/{event_id}",
    "/gradio_api/call/{api_name}",
    "/gradio_api/call/{api_name}/{event_id}",
    "/gradio_api/component_server",
    "/gradio_api/file={path_or_url:path}",
    "/gradio_api/heartbeat/{session_hash}",
    "/gradio_api/info",
    "/gradio_api/openapi.json",
    "/gradio_api/queue/data",
    "/gradio_api/queue/join",
    "/gradio_api/queue/status",
    "/gradio_api/reset",
    "/gradio_api/run/{api_name}",
    "/gradio_api/startup-events",
    "/gradio_api/theme.css",
    "/gradio_api/upload",
)
MCP_ROUTES = ("/gradio_api/mcp", "/gradio_api/mcp/{path:path}")  # there with `--mcp` alone
# Everything else that Gradio answers, so that what a new Gradio adds is noticed by the test that compares.
CLOSED_ROUTES = (
    # The page has no accounts.
    "/login",
    "/logout",
    "/gradio_api/login_check",
    "/gradio_api/token",
    "/gradio_api/user",
    # Files written, programs started: links to a page's state, a film of the screen, an editor of its code.
    "/gradio_api/deep_link",
    "/gradio_api/process_recording",
    "/gradio_api/undo-vibe-edit",
    "/gradio_api/vibe-code",
    "/gradio_api/vibe-edit",
    "/gradio_api/vibe-starter-queries",
    # An icon in any size, made while nobody else is answered.
    "/pwa_icon",
    "/pwa_icon/{size}",
    # Other hosts' files, and an old address of the open `file=`.
    "/gradio_api/file/{path:path}",
    "/gradio_api/proxy={url_path:path}",
    # Films and sounds, components of others, and pages that are not this one.
    "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}",
    "/gradio_api/runs",
    "/gradio_api/stream/{event_id}",
    "/gradio_api/stream/{event_id}/close",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
    "/svelte/{path:path}",
    # What only a developer or the host would look at, and a history of calls, kept for its owner.
    "/gradio_api/dev/reload",
    "/gradio_api/run-history/buckets",
    "/gradio_api/run-history/connect",
    "/gradio_api/run-history/records",
    "/gradio_api/run-history/records/{endpoint}/{record_id}/assets/{asset_id}",
    "/monitoring",
    "/monitoring/summary",
    "/monitoring/{key}",
    "/openapi.json",
    # A running call's thread would go on beyond its end, uncounted; a call that waits goes when it is left.
    "/gradio_api/cancel",
    # Of Gradio's own uploads, in whose place ours are: each name that is asked about would be kept.
    "/gradio_api/upload_progress",
)
NOT_OFFERED = "This page does not offer that."


class OpenRoutes:
    """ASGI middleware that answers 404 to every address but those of `OPEN_ROUTES` and the page's own."""

    def __init__(self, app: ASGIApp, own_routes: Iterable[str] = ()) -> None:
        self._app = app
        self._patterns = [compile_path(path)[0] for path in (*OPEN_ROUTES, *MCP_ROUTES, *own_routes)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, if its address is open."""
        if scope["type"] == "lifespan" or self.is_open(scope["path"]):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await make_refusal(404, NOT_OFFERED)(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    def is_open(self, path: str) -> bool:
        """Return whether an address is answered."""
        return any(
            pattern.fullmatch(path) or pattern.fullmatch(path.removesuffix("/")) for pattern in self._patterns
        )
