"""The perceptron's computation graph, walked through backwards: the figure, and what each step does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.card_button import write_card_button
from app.ui.components.transport import write_transport
from app.ui.loader import read_component_script
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

FIELD_CLASS = "perceptron-field-"  # and the field's name, as the script says mistakes there

_TEMPLATE = f"""
<div class="gb-perceptron" data-card="">{write_transport("Go backwards through the network")}
  <p class="gb-perceptron-legend" data-card-skip>
    <span>→ values go forward</span> <span>← gradients come back</span>
    <span>framed: what the step finds; dashed: what it takes for that</span>
  </p>
  <div class="gb-perceptron-figure" role="region" aria-label="Computation graph" tabindex="0"></div>
  <div class="gb-perceptron-step" aria-live="polite">
    <p class="gb-perceptron-title" data-card-text></p>
    <div class="gb-perceptron-text" data-card-text></div>
  </div>
  <div class="gb-perceptron-verdict" data-card-text></div>
  {write_card_button("explanation", "Backwards through a network")}
</div>
"""


def build_perceptron(value: str = "", **kwargs: Any) -> gr.HTML:
    """Build the graph; it is empty until it is answered.

    Args:
        value: What to show at first, JSON text of a `PerceptronAnswer`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; a handler updates it by returning a packed `PerceptronAnswer`.
    """
    return gr.HTML(
        value=value,
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "perceptron"),
        apply_default_css=False,
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "transport", "perceptron"),
        **kwargs,
    )
