"""Pixel grids side by side, with the arithmetic that leads from a window to an output pixel."""

from __future__ import annotations

from typing import Any

import gradio as gr

from app.components import component_classes, read_component_script, read_component_style

_TEMPLATE = """
<div class="gb-grids">
  <div class="gb-grids-top">
    <div class="gb-grids-transport" role="group" aria-label="Walk over the output">
      <button type="button" data-move="back" title="One pixel back (arrow keys on a grid)">Back</button>
      <button type="button" data-move="play" title="Play or pause the walk (Space on a grid)">Pause</button>
      <button type="button" data-move="step" title="One pixel on (arrow keys on a grid)">Step</button>
    </div>
    <p class="gb-grids-hint"></p>
  </div>
  <div class="gb-grids-panels"></div>
  <div class="gb-grids-sum">
    <p class="gb-grids-place"></p>
    <p class="gb-grids-terms"></p>
  </div>
  <div class="gb-grids-legend"></div>
</div>
"""


def build_grids(value: dict[str, Any] | None = None, **kwargs: Any) -> gr.HTML:
    """Build a row of pixel grids that a window walks over.

    The value is a dictionary. `panels` is a list of `{"id", "title", "note", "values", "scale", "max"}`:
    `values` rows of numbers, `scale` either `ink` (0 to max) or `signed` (−max to max). `link`, optional,
    says how they hang together: `{"input", "kernel", "outputs", "kernel_size", "stride", "padding",
    "dilation", "kind", "bias"}` with panel ids, `kind` either `conv` or `max`, and `kernel` and `bias` None
    where there is none; `kernel_size` and the three that follow it are one integer or a pair (rows, columns).
    `hint`, optional, is a line of help. The result beneath the grids is the number in `values`; nothing is
    computed again.

    Args:
        value: What to show at first.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; a handler updates it by returning another such dictionary.
    """
    return gr.HTML(
        value=value,
        html_template=_TEMPLATE,
        css_template=read_component_style("grids"),
        js_on_load=read_component_script("arithmetic", "grids"),
        apply_default_css=False,
        elem_classes=component_classes(kwargs.pop("elem_classes", None)),
        **kwargs,
    )
