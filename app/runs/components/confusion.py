"""A run's results on the test images: the confusion matrix, and the images behind each of its cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.card_button import write_card_button
from app.ui.loader import read_component_script
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_TEMPLATE = f"""
<div class="gb-confusion" data-run="">
  <p class="gb-confusion-absent"></p>
  <div class="gb-confusion-parts" hidden>
    <h3></h3>
    <p class="gb-confusion-score"><b></b><span></span></p>
    <p class="gb-confusion-meaning"></p>
    <p class="gb-confusion-looks"></p>
    <div class="gb-confusion-halves">
      <section>
        <h4>Rows: what was shown. Columns: what was answered</h4>
        <div class="gb-confusion-table"></div>
        <p class="gb-confusion-key"><i></i><span></span></p>
      </section>
      <section class="gb-confusion-cell" aria-live="polite">
        <h4></h4>
        <p></p>
        <div class="gb-confusion-images"></div>
      </section>
    </div>
    <div class="gb-confusion-halves">
      <section>
        <h4>Each class: the share that was misread</h4>
        <ol class="gb-confusion-classes"></ol>
        <p class="gb-confusion-scale"></p>
      </section>
      <section class="gb-confusion-mistakes">
        <h4>The most confident mistakes</h4>
        <p></p>
        <div class="gb-confusion-images"></div>
      </section>
    </div>
    {write_card_button("explanation", "Which digits the run misreads")}
  </div>
</div>
"""


def build_confusion(
    show_results: Callable[[Any], str], show_cell: Callable[[Any], str], **kwargs: Any
) -> gr.HTML:
    """Build the results of the run that the page looks at; it follows the event `glassbox-run`.

    Both functions are called outside Gradio's queue with whatever the browser sent, and return JSON text of
    what `app.runs.results` lays out, or of `{"error": str}`.

    Args:
        show_results: Called with `{"id", "known"}`.
        show_cell: Called with `{"id", "row", "column"}` when a cell is chosen.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "confusion"),
        apply_default_css=False,
        server_functions=name_functions(results=show_results, cell=show_cell),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "confusion"),
        **kwargs,
    )
