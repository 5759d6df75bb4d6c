"""The path below which the page is served where it shares a name: `/lab` of https://example.edu/lab/."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from starlette.responses import RedirectResponse

from app.server.open_routes import OpenRoutes

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

VARIABLE = "GLASSBOX_ROOT_PATH"
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))(?:[\w.~@+-]|%[0-9a-f]{2})+)*", re.ASCII | re.IGNORECASE)


def read_root_path() -> str:
    """Read from the environment below which path the page is served: `/lab`, or "" for none.

    Raises:
        ValueError: If the variable holds what is no path.
    """
    text = os.environ.get(VARIABLE, "").strip()
    path = f"/{text.strip('/')}" if text.strip("/") else ""
    if not _PATH.fullmatch(path):
        raise ValueError(
            f"{text[:80]!r} in {VARIABLE} or --root-path is no path; give what stands behind the host in the "
            "page's address, as /lab, without the host."
        )
    return path


class RootPath:
    """ASGI middleware that takes the root path off an address, so that every guard compares the same ones.

    A proxy may have taken it off already, or pass it on. Only what then is an address of the page's is
    shortened, so the root path may be called as one of them is, `/glassbox`.

    Args:
        app: What answers.
        root_path: As `read_root_path` returns it.
        own_routes: As `OpenRoutes` takes them.
    """

    def __init__(self, app: ASGIApp, root_path: str, own_routes: Sequence[str] = ()) -> None:
        self._app = app
        self._root_path = root_path
        self._prefix = unquote(root_path)
        self._is_open = OpenRoutes(app, own_routes).is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its address shortened; `/lab` itself is sent to `/lab/`."""
        if scope["type"] == "lifespan" or not self._prefix:
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path == self._prefix and scope["type"] == "http" and not self._is_open(path):
            # From here the page's relative addresses would lead beside it.
            query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            await RedirectResponse(f"{self._root_path}/{query}")(scope, receive, send)
            return
        shortened = path.removeprefix(self._prefix)
        if shortened.startswith("/") and self._is_open(shortened):
            path = shortened
        # Gradio names the root path here, too, and the routes would take it off once more.
        known = {"path": path, "raw_path": quote(path).encode(), "root_path": ""}
        await self._app({**scope, **known}, receive, send)
