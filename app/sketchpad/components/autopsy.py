"""The autopsy: a drawing's way to the network's input, step by step, and its likeness to MNIST's digits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.components.transport import write_transport
from app.ui.loader import component_classes, read_component_script, read_component_style

_FOLDER = Path(__file__).parent

_TEMPLATE = f"""
<div class="gb-autopsy" data-shown="" data-step="">
  <p class="gb-autopsy-absent" role="status"></p>
  <div class="gb-autopsy-parts" hidden>
    <p class="gb-autopsy-doubt" role="status"></p>
    {write_transport("The steps of the preparation", "step")}
    <div class="gb-autopsy-frames">
      <figure>
        <figcaption></figcaption>
        <canvas class="gb-autopsy-way" role="img"></canvas>
        <p class="gb-autopsy-note"></p>
      </figure>
      <figure>
        <figcaption>Asked at this step</figcaption>
        <canvas class="gb-autopsy-asked" role="img"></canvas>
        <p class="gb-autopsy-answer"><b></b><span></span></p>
      </figure>
      <figure>
        <figcaption>The plain resize</figcaption>
        <canvas class="gb-autopsy-plain" role="img"></canvas>
        <p class="gb-autopsy-answer"><b></b><span></span></p>
      </figure>
    </div>
    <ol class="gb-autopsy-strip" aria-label="All steps"></ol>
    <p class="gb-autopsy-summary"></p>
    <p class="gb-autopsy-how"></p>
    <h3>How like MNIST’s digits it is</h3>
    <p class="gb-autopsy-likeness"></p>
    <p class="gb-autopsy-key"><span><i data-key="step"></i>this step</span>
      <span><i data-key="plain"></i>the plain resize</span>
      <span><i data-key="band"></i>8 in 10 of MNIST’s training digits</span>
      <span><i data-key="line"></i>98 in 100</span></p>
    <ul class="gb-autopsy-gauges"></ul>
  </div>
  <span class="gb-autopsy-spoken" aria-live="polite"></span>
</div>
"""


def build_autopsy(show_autopsy: Callable[[Any], str], **kwargs: Any) -> gr.HTML:
    """Build the autopsy; it follows the drawing that the pad tells the page of, while it is on the page.

    Args:
        show_autopsy: Called outside Gradio's queue with whatever the browser sent, as a rule
            `{"drawing", "checkpoint", "brush"}`; returns JSON text of what
            `app.sketchpad.autopsy` lays out, or of `{"error": str}`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """

    def ask(request: Any) -> str:
        return show_autopsy(request)

    ask.__name__ = "dissect"  # the name under which the script finds it
    return gr.HTML(
        html_template=_TEMPLATE,
        css_template=read_component_style(_FOLDER, "transport", "autopsy"),
        js_on_load=read_component_script(
            _FOLDER, "sheets", "asking", "transport", "focus", "drawing", "autopsy_gauges", "autopsy"
        ),
        apply_default_css=False,
        server_functions=[ask],
        elem_classes=component_classes(kwargs.pop("elem_classes", None)),
        **kwargs,
    )
