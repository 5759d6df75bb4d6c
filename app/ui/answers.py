"""Answers to what the sections about runs ask past Gradio's queue: JSON text, whatever a browser sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.ui.packing import pack


def answer(show: Callable[..., Mapping[str, Any]], *names: str) -> Callable[[Any], str]:
    """Return a function that hands the named fields of a request to `show` and packs what it lays out.

    A field that the request lacks is None; a mistake that `show` raises is packed as `{"error": str}`.

    Args:
        show: Lays out the answer; it checks what it is given.
        *names: The fields, in the order of its parameters.
    """

    def answer_request(request: Any) -> str:
        fields = request if isinstance(request, dict) else {}
        try:
            return pack(show(*(fields.get(name) for name in names)))
        except ValueError as mistake:
            return pack({"error": str(mistake)})

    return answer_request
