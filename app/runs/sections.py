"""The sections below the runs: results on the test set, epochs, comparison, and the notebook's own table."""

from __future__ import annotations

import gradio as gr

from app.runs.comparison import show_comparison
from app.runs.components.comparison import build_comparison
from app.runs.components.confusion import build_confusion
from app.runs.components.epochs import HAND_DRAWING, build_epochs
from app.runs.epochs import show_answers, show_epochs, show_unit
from app.runs.layers_compared import on_layers_compared
from app.runs.notebook_table import read_notebook_table, write_notebook_table
from app.runs.results import show_cell, show_results
from app.ui.answers import answer
from app.ui.components.prose import build_prose, build_prose_sections, build_rendered
from app.ui.sections import name_section

_RESULTS = """## Which digits does it misread?
When a training has ended, the network is asked about 10,000 test images that it has never seen. Choose a
cell of the matrix to see the images behind its number."""
_LEARNING = """## What changes from epoch to epoch?
The weights are kept after the epochs. Move the slider: the network as it was then reads the same image, and
the first layer's filters take shape."""
_COMPARISON = """## Which training was better, and by more than chance?
Tick some runs in the list: their curves lie over each other, and the table shows what differs."""
_NOTEBOOK = """Six networks, trained as the notebook trains them: batches of 32, two epochs, learning rate
0.001, 48,000 images to learn from. The notebook fixed no seed for PyTorch, so its weights began elsewhere,
its split was another, and its images came in another order: its very figures cannot be reached again, and
ours can. “Within chance” means that two networks that are equally good would differ by no more than that in
95 of 100 tests on 10,000 images each. The times are of different computers: the notebook's authors do not
name theirs, ours were two processor cores."""


def build_results_section() -> None:
    """Build the section; it follows the run that the page looks at."""
    build_prose(_RESULTS, elem_classes="gb-question", elem_id=name_section(_RESULTS))
    with gr.Column(elem_classes="gb-stage"):
        build_confusion(
            answer(show_results, "id", "known"),
            answer(show_cell, "id", "row", "column"),
            elem_id="run-results",
        )


def build_epochs_section(pad: gr.HTML) -> None:
    """Build the section; it follows the run that the page looks at.

    Args:
        pad: The sketchpad, whose drawing can be the image.
    """
    build_prose(_LEARNING, elem_classes="gb-question", elem_id=name_section(_LEARNING))
    with gr.Column(elem_classes="gb-stage"):
        build_epochs(
            answer(show_epochs, "id", "num_known"),
            answer(show_answers, "id", "index", "drawing"),
            answer(show_unit, "id", "unit"),
            elem_id="run-learning",
        )
    pad.input(None, pad, None, js=HAND_DRAWING, queue=False, show_progress="hidden", api_visibility="private")


def build_comparison_section() -> None:
    """Build the section; it follows the runs that are ticked in the list."""
    build_prose(_COMPARISON, elem_classes="gb-question", elem_id=name_section(_COMPARISON))
    with gr.Column(elem_classes="gb-stage"):
        build_comparison(answer(show_comparison, "ids"), elem_id="run-compare")
        show = gr.Button("Their layers side by side", size="sm", elem_id="run-layers-compare")
        layers = build_rendered("", elem_classes="gb-numbers", elem_id="run-layers-compared")
    show.click(
        on_layers_compared,
        [layers],
        [layers],
        js="() => [JSON.stringify(window.glassboxRuns?.compared?.ids || [])]",
        show_progress="hidden",
        api_visibility="private",
        queue=False,
    )


def build_notebook_section() -> None:
    """Build the section, with its table."""
    text = f"{_NOTEBOOK}\n\n{write_notebook_table(read_notebook_table())}"
    with gr.Column(elem_classes="gb-lesson"):
        build_prose_sections([("The notebook's results and ours", text)], card="table")
