"""A run's epochs under a slider: one image's answers and the first layer's filters as they learn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.card_button import write_card_button
from app.ui.components.transport import write_transport
from app.ui.loader import read_component_script
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

# For the `js` of the sketchpad's `input`: the drawing goes to the component.
HAND_DRAWING = "(drawing) => { window.glassboxLearning?.takeDrawing(drawing); }"

_TEMPLATE = f"""
<div class="gb-learning" data-run="" data-epoch="">
  <p class="gb-learning-absent" role="status"></p>
  <div class="gb-learning-parts" hidden>
    <h3></h3>
    {write_transport("The run's epochs", "epoch")}
    <div class="gb-learning-halves">
      <section>
        <h4>One image's answer</h4>
        <div class="gb-learning-choice">
          <label class="gb-learning-index">Test image <input type="number" min="0" step="1" value="0"></label>
          <button type="button" data-choose="next">Next</button>
          <button type="button" data-choose="drawing" aria-pressed="false"
            title="Draw a digit in the Sketchpad tab">My drawing</button>
        </div>
        <p class="gb-learning-error" role="alert"></p>
        <figure><canvas role="img"></canvas><figcaption><b></b><span></span></figcaption></figure>
        <ol aria-label="Probability of each answer"></ol>
        <p class="gb-learning-key">On the right, each probability over all epochs, from 0 to 1.</p>
      </section>
      <section>
        <h4></h4>
        <div class="gb-learning-sheet"><canvas tabindex="0" role="application"></canvas><i hidden></i></div>
        <p class="gb-learning-reading"></p>
        <p class="gb-learning-scale"><span></span><i></i><span></span>
          <span>one scale for all epochs</span></p>
      </section>
    </div>
    {write_card_button("stage", "What changes from epoch to epoch")}
  </div>
  <span class="gb-learning-spoken" aria-live="polite"></span>
</div>
"""


def build_epochs(
    show_epochs: Callable[[Any], str],
    show_answers: Callable[[Any], str],
    show_unit: Callable[[Any], str],
    **kwargs: Any,
) -> gr.HTML:
    """Build the epochs of the run that the page looks at; it follows the event `glassbox-run`; one a page.

    All functions are called outside Gradio's queue with whatever the browser sent, and return JSON text of
    what `app.runs.epochs` lays out, or of `{"error": str}`.

    Args:
        show_epochs: Called with `{"id", "num_known"}`.
        show_answers: Called with `{"id", "index", "drawing"}`.
        show_unit: Called with `{"id", "unit"}` when a filter is pointed at.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; the sketchpad's `input` event hands it the drawing by `HAND_DRAWING`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "epochs"),
        apply_default_css=False,
        server_functions=name_functions(epochs=show_epochs, answers=show_answers, unit=show_unit),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "transport", "epochs"),
        **kwargs,
    )
