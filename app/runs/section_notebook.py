"""The notebook's own table beside ours."""

from __future__ import annotations

import gradio as gr

from app.runs.notebook_table import read_notebook_table, write_notebook_table

_ABOUT = """Six networks, trained as the notebook trains them: batches of 32, two epochs, learning rate 0.001,
48,000 pictures to learn from. The notebook fixed no seed for PyTorch, so its weights began elsewhere, its
split was another, and its pictures came in another order: its very figures cannot be reached again, and ours
can. “Within chance” means that two networks that are equally good would differ by no more than that in 95 of
100 tests on 10,000 pictures each. The times are of different computers: the notebook's authors do not name
theirs, ours were two processor cores."""


def build_notebook_table() -> None:
    """Build the table inside the current section."""
    gr.Markdown(_ABOUT)
    gr.Markdown(
        write_notebook_table(read_notebook_table()), elem_classes="gb-numbers", elem_id="run-notebook"
    )
