"""The learning section: a run's epochs under a slider."""

import gradio as gr

from app.runs.components.epochs import HAND_DRAWING, build_learning_view
from app.runs.epochs import show_answers, show_learning, show_unit
from app.ui.answers import answer

QUESTION = """## What changes from epoch to epoch?
The weights are kept after the epochs. Move the slider: the network as it was then reads the same picture, and
the first layer's filters take shape."""


def build_learning(pad: gr.HTML) -> None:
    """Build the section; it follows the run that the page looks at.

    Args:
        pad: The sketchpad, whose drawing can be the picture.
    """
    gr.Markdown(QUESTION, elem_classes="gb-question")
    with gr.Column(elem_classes="gb-stage"):
        build_learning_view(
            answer(show_learning, "id", "num_known"),
            answer(show_answers, "id", "index", "drawing"),
            answer(show_unit, "id", "unit"),
            elem_id="run-learning",
        )
    pad.input(None, pad, None, js=HAND_DRAWING, queue=False, show_progress="hidden", api_visibility="private")
