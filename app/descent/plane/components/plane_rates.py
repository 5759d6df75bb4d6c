"""The search for a learning rate of the small network: its buttons, its chart and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
<div class="gb-plane-rates">
  <div class="gb-plane-rates-buttons">
    <button type="button" data-act="find">Find a rate</button>
    <button type="button" data-act="use" disabled>Use this rate</button>
    <button type="button" data-act="check" disabled>Check it</button>
  </div>
  <p class="gb-plane-rates-error" role="alert"></p>
  <p class="gb-plane-rates-state" role="status"></p>
  <p class="gb-plane-rates-old" role="status"></p>
  <p class="gb-plane-rates-found" role="status"></p>
  {CHART_TEMPLATE}
  <p class="gb-plane-rates-checked" role="status"></p>
  {write_card_button("stage", "Which learning rate?")}
</div>
"""


def build_plane_rates(
    find: Callable[[Any], str],
    check: Callable[[Any], str],
    no_curve: dict[str, Any],
    no_matter: Sequence[int],
    **kwargs: Any,
) -> gr.HTML:
    """Build the search. It asks on a press of its buttons alone, outside Gradio's queue.

    Args:
        find: Called with `{"values": […], "moved": {…}}`, what the bench asks with; returns a packed
            `PlaneRates`. It is asked again until `is_done`.
        check: Likewise, with the `rate` that is to be tried.
        no_curve: The chart before anything was asked.
        no_matter: The places in `values` of what a search does not depend on.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component, which sends `{"rate": number}` with its event `submit` where that is to be used.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "plane_rates", noCurve=no_curve, noMatter=list(no_matter)),
        apply_default_css=False,
        server_functions=name_functions(find=find, check=check),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "button", "chart", "plane_rates"),
        **kwargs,
    )
