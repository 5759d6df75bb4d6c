"""The comparison section: the ticked runs laid over each other."""

import gradio as gr

from app.runs.comparison import show_comparison
from app.runs.components.comparison import build_compare
from app.ui.answers import answer

QUESTION = """## Which training was better, and by more than chance?
Tick some runs in the list: their curves lie over each other, and the table shows what differs."""


def build_comparison() -> None:
    """Build the section; it follows the runs that are ticked in the list."""
    gr.Markdown(QUESTION, elem_classes="gb-question")
    with gr.Column(elem_classes="gb-stage"):
        build_compare(answer(show_comparison, "ids"), elem_id="run-compare")
