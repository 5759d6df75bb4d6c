"""The tags at the beginning of the page's head; Gradio's `head` would keep one of two with the same name.

The scripts among them run before Gradio's: they ask for the scripts of the open tab, stand in for storage and
a clipboard that the browser forbids, say that the page is English, give Gradio's lists and radios the keys
that they lack, and prepare the page for paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.server.preloads import write_preload_script
from app.server.web_app import HEAD_TAGS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEAD = b"<head>"
_SCRIPTS = ("storage.js", "language.js", "clipboard.js", "fields.js", "paper.js")
_PAPER_STYLE = "paper.css"


def build_tags(preloads: Mapping[str, Sequence[str]]) -> str:
    """Return `HEAD_TAGS`, the style of the page on paper, and the scripts that run before Gradio's.

    Args:
        preloads: The addresses of the scripts that each tab runs, as of `find_preloads`.
    """
    scripts = write_preload_script(preloads) + "".join(map(_read, _SCRIPTS))
    return f'{HEAD_TAGS}<style media="print">\n{_read(_PAPER_STYLE)}</style><script>\n{scripts}</script>'


def _read(file_name: str) -> str:
    return Path(__file__).with_name(file_name).read_text(encoding="utf-8")


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
