"""A refusal in one sentence, as every guard of the server gives it."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response


def make_refusal(status: int, text: str) -> Response:
    """Return the answer; the connection ends with it, since the request's body may be unread.

    Args:
        status: HTTP status.
        text: What is refused, and what to do instead; half a letter in it is written as its number.
    """
    return PlainTextResponse(text.encode(errors="backslashreplace"), status, {"connection": "close"})
