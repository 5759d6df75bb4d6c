"""Numbers reach their handlers as they were typed."""

from __future__ import annotations

from typing import Any

import gradio as gr

from app.server.calls import UNREADABLE_VALUE
from app.server.gradio_patches.patch import Patch

MAX_NUMBER_LETTERS = 400

PATCH = Patch(
    "numbers as typed",
    "Gradio refuses a number out of bounds in a corner of the page, and rounds others silently.",
    "A mistake is not said at its field, and what was typed is not what is computed with.",
    (
        "gradio.components.Number.preprocess(self, payload)",
        "gradio.components.Slider.preprocess(self, payload)",
    ),
)


def pass_numbers() -> None:
    """Let handlers have what stands in a field of one number: they check it, and say where it is wrong."""
    gr.Number.preprocess = _pass_number  # type: ignore[method-assign]
    gr.Slider.preprocess = _pass_number  # type: ignore[method-assign]


def _pass_number(self: Any, payload: Any) -> Any:
    """Return a number, None, or the short text of what is no number."""
    if payload is None or isinstance(payload, int | float):
        return payload
    if isinstance(payload, str) and len(payload) <= MAX_NUMBER_LETTERS:
        return payload
    raise gr.Error(UNREADABLE_VALUE, print_exception=False)
