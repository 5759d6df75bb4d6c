"""What is wrong with a program's call before its function sees it, said in a sentence.

By itself Gradio answers such calls with an empty error or with status 500, and writes a traceback.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.route_utils import FnIndexInferError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CALL = re.compile(r"/gradio_api/(?:call/v2|call|run|api)/([^/]*)/?")
_JOIN = "/gradio_api/queue/join"
_NOT_UPLOADED = (
    "A value in this call stands for a file that was not uploaded here. Leave out the file and give the "
    "value itself, such as numbers or a text."
)
_HALF_LETTER = "A text in this call holds half a letter, a surrogate without its pair. Send whole letters."
_TOO_DEEP = "A value in this call is nested too deeply. Give lists of numbers, at most three in each other."


class Page(gr.Blocks):
    """A page that says to programs what Gradio refuses for it."""

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> Any:
        """Check what was sent, and turn it into the arguments of the function."""
        _refuse_half_letters(inputs)
        if block_fn.api_visibility != "public":
            return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        if len(inputs) != len(block_fn.inputs):
            raise gr.Error(_explain_number(block_fn, len(inputs)), print_exception=False)
        try:
            return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except RecursionError as error:
            raise gr.Error(_TOO_DEEP, print_exception=False) from error
        except (ValueError, TypeError, OSError) as error:  # the endpoints' own checks come later
            raise gr.Error(_NOT_UPLOADED, print_exception=False) from error


def _refuse_half_letters(inputs: list[Any]) -> None:
    """Refuse texts that cannot be written as UTF-8: an answer with one would hang, and all later ones too."""
    try:
        json.dumps(inputs, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as error:
        raise gr.Error(_HALF_LETTER, print_exception=False) from error
    except RecursionError as error:
        raise gr.Error(_TOO_DEEP, print_exception=False) from error


def _explain_number(block_fn: Any, num_given: int) -> str:
    """Say which values belong in a list of them that is too short or too long."""
    name, parameters = block_fn.api_name, list(inspect.signature(block_fn.fn).parameters)
    came = f"{num_given} value{'' if num_given == 1 else 's'} came for /{name}, which takes"
    if not parameters:
        return f"{came} none: give an empty list."
    return (
        f"{came} {len(parameters)}: give {', '.join(parameters)}, in this order. "
        f"To leave some out, give the others by name at /gradio_api/call/v2/{name}."
    )


class CallRefusals:
    """ASGI middleware that answers 404 to a call of no endpoint, and 422 to arguments that it has not."""

    def __init__(self, app: ASGIApp, endpoints: Mapping[str, Callable[..., Any]]) -> None:
        self._app = app
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; where Gradio gives it up before it has answered, say why."""
        call = _CALL.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if call is None and (scope["type"] != "http" or scope["path"] != _JOIN):
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except (FnIndexInferError, KeyError, TypeError) as error:
            name = call[1] if call else ""
            refusal = self._explain(name, error)
            if refusal is None or has_begun:
                raise
            status, text = refusal
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": text.encode(errors="backslashreplace")})

    def _explain(self, name: str, error: Exception) -> tuple[int, str] | None:
        """Return status and sentence for what Gradio raised; None where it is no mistake of the caller."""
        if name not in self._endpoints:
            known = ", ".join(f"/{endpoint}" for endpoint in self._endpoints)
            called = f" called {'/' + name!r:.40}" if name else " of this number"
            return 404, f"There is no endpoint{called}. Choose one of: {known}."
        if not isinstance(error, TypeError):
            return None
        what = str(error).partition(". ")[0]  # then Gradio says where to click
        names = ", ".join(inspect.signature(self._endpoints[name]).parameters)
        return 422, f"{what:.200}. /{name} takes {names or 'no arguments'}."
