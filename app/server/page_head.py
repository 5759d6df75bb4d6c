"""The tags at the beginning of the page's head; Gradio's `head` would keep one of two with the same name.

What runs before Gradio's scripts is a module: modules run in the order in which they stand. It and what the
page runs first are files that the browser keeps, so that the page itself, which it asks for at every visit,
stays small; only the few lines that ask for the open tab's scripts stand in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.server.preloads import write_preload_script
from app.server.web_app import HEAD_TAGS
from app.ui.loader import address_module, find_modules
from app.ui.styles import write_style_links

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_MODULE = "ui/components/page.js"  # what Gradio runs when the page opens
_FIRST_MODULE = "server/components/before_gradio.js"
_HEAD = b"<head>"
_PAPER_STYLE = Path(__file__).with_name("paper.css")


def build_tags(preloads: Mapping[str, Sequence[str]]) -> str:
    """Return `HEAD_TAGS`, the styles of paper and of components, and the scripts that the page begins with.

    Args:
        preloads: The addresses of the scripts that each tab runs, as of `find_preloads`.
    """
    style = f'<style media="print">\n{_PAPER_STYLE.read_text(encoding="utf-8")}</style>{write_style_links()}'
    first, *others = find_modules(_FIRST_MODULE)
    script = f'<script type="module" src=".{address_module(first)}"></script>'
    wanted = [address_module(path) for path in (*others, *find_modules(PAGE_MODULE))]
    links = [f'<link rel="modulepreload" fetchpriority="low" href=".{address}">' for address in wanted]
    return "".join((HEAD_TAGS, style, script, *links, f"<script>{write_preload_script(preloads)}</script>"))


class PageHead:
    """ASGI middleware that writes `build_tags` at the beginning of the page's head."""

    def __init__(self, app: ASGIApp, preloads: Mapping[str, Sequence[str]]) -> None:
        self._app = app
        self._head = _HEAD + build_tags(preloads).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete the answer if it is the page."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        start: Message = {}

        async def send_completed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start:  # the first part of the body, which holds the head
                body = message.get("body", b"").replace(_HEAD, self._head, 1)
                growth = len(body) - len(message.get("body", b""))
                await send({**start, "headers": [_lengthen(header, growth) for header in start["headers"]]})
                start, message = {}, {**message, "body": body}
            await send(message)

        await self._app(scope, receive, send_completed)


def _lengthen(header: tuple[bytes, bytes], num_bytes: int) -> tuple[bytes, bytes]:
    """Return a response's header, its content length larger by what was added."""
    name, value = header
    return (name, str(int(value) + num_bytes).encode()) if name.lower() == b"content-length" else header
