"""A logarithmic ruler of step sizes: one handle an optimizer, on the range in which it comes down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from app.descent.payloads import RulerPayload
from app.ui.loader import read_component_script
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_TEMPLATE = """
<div class="gb-ruler is-blank">
  <div class="gb-ruler-axis">
    <div class="gb-ruler-marks">
      <button type="button" hidden></button>
      <button type="button" hidden></button>
    </div>
    <div class="gb-ruler-chip" aria-hidden="true"></div>
    <div class="gb-ruler-band">
      <div class="gb-ruler-zones">
        <div class="gb-ruler-zone is-short"></div>
        <div class="gb-ruler-zone is-over"></div>
        <div class="gb-ruler-zone is-diverging"></div>
      </div>
      <i class="gb-ruler-pole"></i>
      <i class="gb-ruler-pole"></i>
      <i class="gb-ruler-needle"></i>
    </div>
    <div class="gb-ruler-ticks" aria-hidden="true"></div>
  </div>
  <p class="gb-ruler-legend"></p>
  <p class="gb-ruler-note"><b></b><em></em><span></span></p>
</div>
"""


def build_ruler(value: RulerPayload, **kwargs: Any) -> gr.HTML:
    """Build a logarithmic axis of step sizes η, on which one handle an optimizer is dragged.

    It shows the value at first and later `ruler` of the player's answers. The limits and the note of one
    handle are shown, the active one's: the last that was touched.

    A move sets the value to `{"moved": {"lr_1": float, …}}`, with all that was moved by hand on the page, and
    raises `input`: once a frame at most and not before the last move was answered
    through the player. A handle under the finger stays there meanwhile.

    Args:
        value: What to show at first.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; listen with `ruler.input(…, inputs=[ruler], outputs=[player], trigger_mode="multiple",
        show_progress="hidden")`. Gradio's other modes drop or replay a move that comes close to an answer.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "ruler", opening=value),
        apply_default_css=False,
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "ruler"),
        **kwargs,
    )
