"""How deep a network can be: small curves of activations by initialisations, each a link to the bench."""

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
# What the curves can show, by their names in the page's address, of which they are the parameter `depths`.
SIZES = {"spreads": "the spread of activations", "gradients": "the size of the gradient"}
_OPTIONS = "".join(f'<option value="{name}">{title}</option>' for name, title in SIZES.items())

_TEMPLATE = f"""
<div class="gb-plane-depth">
  <p><label>Show <select>{_OPTIONS}</select></label></p>
  <p class="gb-plane-depth-state" role="status"></p>
  <div class="gb-plane-depth-legend" hidden>
    <ul aria-label="Hidden layers of each curve"></ul>
    <p></p>
  </div>
  <table><thead></thead><tbody></tbody></table>
  {write_card_button("comparison", "How deep can it be?")}
</div>
"""


def build_plane_depth(measure: Callable[[], str], **kwargs: Any) -> gr.HTML:
    """Build the grid; it asks for its numbers once it is first in sight.

    Args:
        measure: Returns a packed `PlaneDepths`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "plane_depth"),
        apply_default_css=False,
        server_functions=name_functions(measure=lambda request: measure()),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "plane_depth"),
        **kwargs,
    )
