"""Batch norm on one image: running statistics beside the image's own, and the answers with both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from app.inspection.microscope.components.spread import CHANNEL
from app.ui.card_button import write_card_button
from app.ui.components.chart import CHART_TEMPLATE
from app.ui.loader import read_component_script
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_TEMPLATE = f"""
<div class="gb-norm">
  <div class="gb-norm-parts">
    <div class="gb-norm-charts">{CHART_TEMPLATE}{CHART_TEMPLATE}</div>
    <div class="gb-norm-lines"></div>
    <div class="gb-strips" data-trained="own">
      <p class="gb-strips-verdict" role="status"></p>
      <ol aria-label="Probability of each digit"></ol>
      <ul class="gb-strips-key">
        <li><i class="is-evaluated"></i>running statistics: evaluation mode</li>
        <li><i class="is-trained"></i>this image's own: training mode, with this image alone</li>
      </ul>
    </div>
  </div>
  <p class="gb-strips-text"></p>
  <p class="gb-strips-absent"></p>
  {write_card_button("stage", "Batch norm")}
</div>
"""


def build_norm(value: str, **kwargs: Any) -> gr.HTML:
    """Build the view of batch norm at work, which follows the answers that the view of dropout asks for.

    Args:
        value: What to show at first, JSON text of a `Norm`, or of an `Absent`, in
            `app.inspection.microscope.payload`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        value=value,
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "norm", channel=CHANNEL),
        apply_default_css=False,
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "chart", "strips", "norm"),
        **kwargs,
    )
