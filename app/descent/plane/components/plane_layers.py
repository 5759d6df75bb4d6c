"""What the layers of the networks on the bench go through, at the moment that is shown there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.card_button import write_card_button
from app.ui.components.layer_table import write_layer_table
from app.ui.loader import read_component_script
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent


def _write_network(slot: str) -> str:
    return f"""
    <section class="gb-layers" data-slot="{slot}" aria-labelledby="gb-plane-layers-{slot}" hidden>
      <h4 id="gb-plane-layers-{slot}"></h4>
      <p class="gb-plane-layers-step"></p>
      <ul class="gb-layers-findings"></ul>
      {write_layer_table("Layers at the moment that is shown")}
    </section>"""


_TEMPLATE = f"""
<div class="gb-plane-layers">
  <p class="gb-plane-layers-state" role="status">The network above has not been trained yet.</p>
  <div class="gb-plane-layers-cursor" role="group" aria-label="The moment that is shown" hidden>
    <button type="button" title="Play or pause the training (Space)">Play</button>
    <input type="range" min="0" max="0" step="1" value="0" aria-label="Moments taken">
    <output aria-live="off"></output>
  </div>
  <div class="gb-plane-layers-networks">{_write_network("a")}{_write_network("b")}</div>
  <p class="gb-plane-layers-key" hidden>Gradient, update and weights are root mean squares. Scales are
  logarithmic, but for dead or saturated units, and two networks share them; a line goes through all moments,
  which lie closer at the beginning.</p>
  {write_card_button("table", "Why does it not learn?")}
</div>
"""


def build_plane_layers(measure: Callable[[Any], str], **kwargs: Any) -> gr.HTML:
    """Build the table of layers of each network on the bench, which follows the bench's cursor.

    It asks once a training is there to its end and the table is in sight, for all moments, and again for
    another training. The bench beside it, `build_plane`, tells what it shows.

    Args:
        measure: Called outside Gradio's queue, with whatever the browser sent: `{"link": query, "first":
            place}`, the settings as a link's query. Returns a packed `PlaneLayers`, or `{"error": text}`; it
            is asked again, for the next moments, until `is_done`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "plane_layers"),
        apply_default_css=False,
        server_functions=name_functions(measure=measure),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "layer_table", "plane_layers"),
        **kwargs,
    )
