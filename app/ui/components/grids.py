"""Pixel grids side by side: numbers as colours, with a legend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.loader import read_component_script
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_TEMPLATE = """
<div class="gb-grids">
  <div class="gb-grids-panels"></div>
  <div class="gb-grids-legend"></div>
</div>
"""


def build_grids(value: str, **kwargs: Any) -> gr.HTML:
    """Build a row of pixel grids.

    Args:
        value: JSON text of `{"panels": […]}`, `{"id", "title", "note", "values", "scale", "max"}` each:
            `values` rows of finite numbers, `scale` either `ink` (0 to max) or `signed` (−max to max).
            Optional are `ring`, `[top, right, bottom, left]` cells drawn empty around it, and `small`, true
            for a kernel: numbers in its cells.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; a handler updates it with another such text.
    """
    return gr.HTML(
        value=value,
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "grids_component"),
        apply_default_css=False,
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "grids"),
        **kwargs,
    )
