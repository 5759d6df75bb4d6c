"""The preparation of a drawing, step by step, and how like MNIST's digits the network's input is."""

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

_TEMPLATE = f"""
<div class="gb-preparation" data-shown="" data-step="">
  <p class="gb-preparation-absent" role="status"></p>
  <div class="gb-preparation-parts" hidden>
    <p class="gb-preparation-doubt" role="status"></p>
    {write_transport("The steps of the preparation", "step")}
    <div class="gb-preparation-frames">
      <figure>
        <figcaption></figcaption>
        <canvas class="gb-preparation-way" role="img"></canvas>
        <p class="gb-preparation-note"></p>
      </figure>
      <figure>
        <figcaption>Asked at this step</figcaption>
        <canvas class="gb-preparation-asked" role="img"></canvas>
        <p class="gb-preparation-answer"><b></b><span></span></p>
      </figure>
      <figure>
        <figcaption>The plain resize</figcaption>
        <canvas class="gb-preparation-plain" role="img"></canvas>
        <p class="gb-preparation-answer"><b></b><span></span></p>
      </figure>
    </div>
    <ol class="gb-preparation-strip" aria-label="All steps"></ol>
    <p class="gb-preparation-summary"></p>
    <p class="gb-preparation-how"></p>
    <h3>How like MNIST’s digits it is</h3>
    <p class="gb-preparation-likeness"></p>
    <p class="gb-preparation-key"><span><i data-key="step"></i>this step</span>
      <span><i data-key="plain"></i>the plain resize</span>
      <span><i data-key="band"></i>8 in 10 of MNIST’s training digits</span>
      <span><i data-key="line"></i>98 in 100</span></p>
    <ul class="gb-preparation-gauges"></ul>
    {write_card_button("explanation", "From drawing to network input")}
  </div>
  <span class="gb-preparation-spoken" aria-live="polite"></span>
</div>
"""


def build_preparation(show_preparation: Callable[[Any], str], **kwargs: Any) -> gr.HTML:
    """Build the section; it follows the drawing that the pad broadcasts, while it is on the page.

    Args:
        show_preparation: Called outside Gradio's queue with whatever the browser sent, as a rule
            `{"drawing", "checkpoint", "brush"}`; returns JSON text of what
            `app.sketchpad.preparation` lays out, or of `{"error": str}`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "preparation"),
        apply_default_css=False,
        server_functions=name_functions(prepare=show_preparation),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "transport", "preparation"),
        **kwargs,
    )
