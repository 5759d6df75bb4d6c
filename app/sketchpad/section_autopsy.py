"""The section that follows a drawing from the pad to the network's input."""

import gradio as gr

from app.sketchpad.autopsy import show_autopsy
from app.sketchpad.components.autopsy import build_autopsy
from app.ui.answers import answer

_LESSON = """A digit of MNIST is 20 pixels large and lies in the middle of its 28 × 28. A network that has
learned from such digits alone misreads many drawings whose pad is merely shrunk to 28 × 28: it has seen no
digit of that size in that place. Here is the way of your drawing to what a network is given, in steps."""


def build_autopsy_section() -> gr.HTML:
    """Build the section; it follows the pad of the page, and asks the first chosen network."""
    gr.Markdown(_LESSON)
    return build_autopsy(answer(show_autopsy, "drawing", "checkpoint", "brush"), elem_id="autopsy")
