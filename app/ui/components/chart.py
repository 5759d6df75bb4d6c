"""A live line chart on a canvas, fed by Python with a kilobyte or two an update."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.loader import read_component_script
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

CHART_TEMPLATE = """
<div class="gb-chart">
  <div class="gb-chart-top">
    <div class="gb-chart-title"></div>
    <div class="gb-chart-legend"></div>
  </div>
  <div class="gb-chart-plot"><canvas tabindex="0" role="img"></canvas></div>
  <p class="gb-chart-note"></p>
  <span class="gb-chart-spoken" aria-live="polite"></span>
</div>
"""


def build_chart(
    value: dict[str, Any] | None = None, label: str = "", *, height: int = 320, **kwargs: Any
) -> gr.HTML:
    """Build a line chart that Python updates by returning a new value.

    The value is a dictionary: `series`, a list of `{"name", "role", "points", "markers", "line", "pale"}`
    with `role` one of `training`, `validation`, `neutral` and `series1` to `series8`, `points` a list of
    `[x, y]` in ascending x, and `pale` for a thin line behind the others; `x_label` and `y_label`; `log_x`
    and `log_y`; `x_range` and `y_range`, each `[low, high]` or None; `empty`, the text shown without points;
    `note`, an optional caption. Every key may be left out. Points that are not finite, and on a logarithmic
    scale points that are not positive, are left out of the drawing.

    Args:
        value: What to draw at first.
        label: The chart's title.
        height: Height of the drawing in CSS pixels.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id` or `visible`.

    Returns:
        The component; a handler updates it with `{"series": …}` or `gr.HTML(value=…)`.
    """
    return gr.HTML(
        value=value,
        label=label,
        html_template=CHART_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "chart_component", height=height),
        apply_default_css=False,
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "chart"),
        height=height,
        **kwargs,
    )
