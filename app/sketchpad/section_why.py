"""The section that explains the answer: which ink speaks for it, what it resembles, what would change it."""

import gradio as gr

from app.sketchpad.components.why import build_why
from app.sketchpad.why import show_change, show_maps, show_nearest
from app.ui.answers import answer


def build_why_section() -> gr.HTML:
    """Build the section; it follows the pad of the page, and explains the first chosen network."""
    return build_why(
        answer(show_maps, "drawing", "checkpoint", "digit", "patch"),
        answer(show_nearest, "drawing", "checkpoint"),
        answer(show_change, "drawing", "checkpoint", "target"),
        elem_id="why",
    )
