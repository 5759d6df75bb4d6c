"""Several runs laid over each other: their curves, a table of what differs, their seeds, and chance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.card_button import write_card_button
from app.ui.components.chart import CHART_TEMPLATE
from app.ui.loader import read_component_script
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_TEMPLATE = f"""
<div class="gb-compare" data-shown="">
  <p class="gb-compare-hint" role="status"></p>
  <div class="gb-compare-choices">
    <label>Curve <select></select></label>
    <label>against
      <select><option>step</option><option>epoch</option><option>seconds</option></select></label>
  </div>
  {CHART_TEMPLATE}
  <div class="gb-compare-box"><table><thead></thead><tbody></tbody></table></div>
  <section class="gb-compare-chance">
    <h3>More than chance?</h3>
    <ul></ul>
    <p></p>
  </section>
  <section class="gb-compare-seeds">
    <h3>The same training with other seeds</h3>
    <div></div>
  </section>
  {write_card_button("comparison", "Runs side by side")}
</div>
"""


def build_comparison(compare: Callable[[Any], str], **kwargs: Any) -> gr.HTML:
    """Build the comparison of the runs that are ticked; it follows the event `glassbox-runs-compared`.

    Args:
        compare: Called with `{"ids"}`, outside Gradio's queue and with whatever the browser sent. Returns
            JSON text of what `app.runs.comparison` lays out, or of `{"error": str}`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "comparison"),
        apply_default_css=False,
        server_functions=name_functions(compare=compare),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "chart", "comparison"),
        **kwargs,
    )
