"""Dropout on one image: the mask, the answer with it, and the spread of the answers over many masks."""

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

CHANNEL = "glassboxMicroscope"  # whose answers both pictures and the notice follow
FIELD_CLASS = "microscope-field-"  # and a control's name, as the script says mistakes there

_TEMPLATE = f"""
<div class="gb-spread">
  <div class="gb-spread-parts">
    <div class="gb-spread-inside">
      <figure class="gb-spread-digit">
        <canvas width="28" height="28" role="img" aria-label="The image, 28 × 28 pixels"></canvas>
        <figcaption></figcaption>
      </figure>
      <figure class="gb-spread-mask">
        <figcaption><b></b><small></small></figcaption>
        <canvas role="img"></canvas>
        <ul class="gb-strips-key">
          <li><i class="is-kept"></i>kept</li>
          <li><i class="is-dropped"></i>dropped</li>
        </ul>
      </figure>
    </div>
    <div class="gb-strips" data-trained="this mask">
      <p class="gb-strips-verdict" role="status"></p>
      <ol aria-label="Probability of each digit"></ol>
      <ul class="gb-strips-key">
        <li><i class="is-dot"></i>one dot a mask</li>
        <li><i class="is-band"></i>nine in ten of them, and the median</li>
        <li><i class="is-trained"></i>this mask</li>
        <li><i class="is-evaluated"></i>evaluation mode</li>
      </ul>
    </div>
  </div>
  <p class="gb-strips-text"></p>
  <p class="gb-strips-absent"></p>
  {write_card_button("stage", "Dropout")}
</div>
"""


def build_spread(value: str, answer: Callable[[Any], str], **kwargs: Any) -> gr.HTML:
    """Build the view of dropout at work, which asks for both pictures.

    Args:
        value: What to show at first, JSON text of a `Spread`, or of an `Absent`, in
            `app.inspection.microscope.payload`.
        answer: Called with `{"values": […]}`, whatever the browser sent, when a control changes; returns
            JSON text of `Pictures`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        value=value,
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "spread", channel=CHANNEL, fields=FIELD_CLASS),
        apply_default_css=False,
        server_functions=name_functions(answer=answer),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "strips", "spread"),
        **kwargs,
    )
