"""What the server refuses: before anything is read, and what Gradio itself would give up on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app.server.calls import list_parameters
from app.server.gradio_patches.addresses import CALL_PATH, JOIN_PATH
from app.server.gradio_patches.explained_calls import is_unknown_endpoint, is_wrong_arguments
from app.server.gradio_patches.no_downloads import NO_FETCHING
from app.server.plain_refusals import make_refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 4 * 2**20  # an image of 3 MB as text; JSON has narrower bounds
MAX_UPLOAD_BYTES = 10 * 2**20  # the weights of the largest network in float64
UPLOAD_PATH = "/gradio_api/upload"


class Refusals:
    """ASGI middleware that refuses, unread: other hosts' addresses, and what is too large.

    Gradio parses a request's JSON on the thread that serves everybody, so a very large one would hold up
    all visitors.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless there is a reason not to."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, num_bytes = scope["path"].rstrip("/"), _read_length(scope)
        if "://" in path or "/proxy=" in path:
            await make_refusal(403, NO_FETCHING)(scope, receive, send)
            return
        most = MAX_UPLOAD_BYTES if path == UPLOAD_PATH else MAX_BODY_BYTES
        if num_bytes is not None and not 0 <= num_bytes <= most:
            text = f"This request is too large; at most {most // 2**20} MB are read."
            await make_refusal(413, text)(scope, receive, send)
        else:
            await self._app(scope, _cut_off(receive, most), send)


def _read_length(scope: Scope) -> int | None:
    """Return the declared bytes of a request's body, −1 for what is no number, None where none are."""
    declared = dict(scope["headers"]).get(b"content-length")
    if declared is None:
        return None
    return int(declared) if declared.isdigit() and len(declared) < 20 else -1


def _cut_off(receive: Receive, most: int) -> Receive:
    """Read a request until it is too large; then it looks as if the visitor had gone away."""
    num_bytes = 0

    async def receive_counted() -> Message:
        nonlocal num_bytes
        message = await receive()
        num_bytes += len(message.get("body", b""))
        return {"type": "http.disconnect"} if num_bytes > most else message

    return receive_counted


class CallRefusals:
    """ASGI middleware that answers 404 to a call of no endpoint, and 422 to arguments that it has not.

    Whatever else Gradio raises goes on, to the log and to status 500.
    """

    def __init__(self, app: ASGIApp, endpoints: Mapping[str, Callable[..., Any]]) -> None:
        self._app = app
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; where Gradio gives it up before it has answered, say why."""
        call = CALL_PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if call is None and (scope["type"] != "http" or scope["path"] != JOIN_PATH):
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception as error:
            refusal = self._explain(call[1] if call else "", error)
            if refusal is None or has_begun:
                raise
            await make_refusal(*refusal)(scope, receive, send)

    def _explain(self, name: str, error: Exception) -> tuple[int, str] | None:
        """Return status and sentence for what Gradio raised; None where it is no mistake of the caller."""
        if name not in self._endpoints and is_unknown_endpoint(error, name):
            known = ", ".join(f"/{endpoint}" for endpoint in self._endpoints)
            called = f" called {'/' + name!r:.40}" if name else " of this number"
            return 404, f"There is no endpoint{called}. Choose one of: {known}."
        if name in self._endpoints and is_wrong_arguments(error):
            what = str(error).partition(". ")[0]  # then Gradio says where to click
            names = ", ".join(list_parameters(self._endpoints[name]))
            return 422, f"{what:.200}. /{name} takes {names or 'no arguments'}."
        return None
