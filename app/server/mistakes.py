"""What a visitor sends and Gradio gives up on: answered with a sentence and 4xx, and one line in the log."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import gradio as gr

from app.server.gradio_patches.addresses import DIRECT_CALL_PATH
from app.server.gradio_patches.known_results import is_awaited_event
from app.server.plain_refusals import make_refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNREADABLE = "This request cannot be read as it was sent. If it came from the page, reload that."
NO_CALL = "There is no call of this number, or its answer has been fetched. Make the call anew."
_RESULT_PATH = re.compile(r"/gradio_api/call/(?:v2/)?[^/]*/([^/]+)/?")
_OUR_FOLDERS = tuple(Path(__file__).parents[2] / name for name in ("app", "models"))


class Mistakes:
    """ASGI middleware that answers for Gradio where a request makes it fail.

    An error of our own code is a mistake of ours: it goes on, to the log and to status 500.
    """

    def __init__(self, app: ASGIApp, page: gr.Blocks) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and end its answer in order whatever becomes of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        result = _RESULT_PATH.fullmatch(scope["path"]) if scope["method"] == "GET" else None
        if result and not is_awaited_event(self._page, result[1]):
            await make_refusal(404, NO_CALL)(scope, receive, send)
            return
        answer = _Answer(send, DIRECT_CALL_PATH.fullmatch(scope["path"]) is not None)
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:
            if _is_ours(error):
                raise
            print(_describe(scope, error), file=sys.stderr)
            await answer.end(scope, receive)


class _Answer:
    """An answer on its way, of which we know how far it has come."""

    def __init__(self, send: Send, is_direct_call: bool) -> None:
        self._send = send
        self._is_direct_call = is_direct_call
        self._held: Message | None = None  # the start of what may turn out as a refusal
        self._has_begun = self._has_ended = False

    async def send(self, message: Message) -> None:
        """Pass a part of the answer on."""
        if message["type"] == "http.response.start" and self._is_direct_call and message["status"] == 500:
            self._held = message
            return
        if self._held is not None:  # Gradio has one status for a caller's mistake and one of ours
            start, self._held = self._held, None
            await self._send({**start, "status": 422 if _is_refusal(message["body"]) else 500})
        self._has_begun = True
        self._has_ended = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)

    async def end(self, scope: Scope, receive: Receive) -> None:
        """Say that the request could not be read, if it is not too late for that."""
        if not self._has_begun:
            await make_refusal(400, UNREADABLE)(scope, receive, self._send)
        elif not self._has_ended:
            await self._send({"type": "http.response.body", "body": b""})


def _is_refusal(body: bytes) -> bool:
    """Return whether an answer of Gradio's says what is wrong with a call; of our mistakes, nothing."""
    try:
        answer: Any = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and isinstance(answer.get("error"), str)


def _is_ours(error: BaseException) -> bool:
    """Return whether an error was raised by our code, or by what a subject of ours has called."""
    if isinstance(error, BaseExceptionGroup):
        return any(map(_is_ours, error.exceptions))
    files = [Path(step.tb_frame.f_code.co_filename) for step in _list_steps(error.__traceback__)]
    ours = [any(path.is_relative_to(folder) for folder in _OUR_FOLDERS) for path in files]
    guards = Path(__file__).parent  # every request passes through them
    is_subject = any(is_our and guards not in path.parents for path, is_our in zip(files, ours, strict=True))
    return is_subject or ours[-1:] == [True]


def _list_steps(step: TracebackType | None) -> list[TracebackType]:
    steps = []
    while step is not None:
        steps.append(step)
        step = step.tb_next
    return steps


def _describe(scope: Scope, error: Exception) -> str:
    """Return the line for the log, in which nothing of a visitor's makes a line of its own."""
    step = _list_steps(error.__traceback__)[-1]
    place = f"{Path(step.tb_frame.f_code.co_filename).name}:{step.tb_lineno}"
    what = f"{type(error).__name__} {str(error)!r:.200}"
    return f"Refused {scope['method']} {scope['path']!r:.200}: {what} at {place}."
