"""The results section: what the run that the page looks at got right and wrong on the test pictures."""

import gradio as gr

from app.runs.components.confusion import build_confusion
from app.runs.results import show_cell, show_results
from app.ui.answers import answer

QUESTION = """## Which digits does it misread?
When a training has ended, the network is asked about 10,000 test pictures that it has never seen. Choose a
cell of the matrix to see the pictures behind its number."""


def build_results() -> None:
    """Build the section; it follows the run that the page looks at."""
    gr.Markdown(QUESTION, elem_classes="gb-question")
    with gr.Column(elem_classes="gb-stage"):
        build_confusion(
            answer(show_results, "id", "known"),
            answer(show_cell, "id", "row", "column"),
            elem_id="run-results",
        )
