"""A network of one's own as rows that are added, moved and set, with its picture, its costs and its text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.runs.building.kinds import list_given, list_kinds
from app.ui.card_button import write_card_button
from app.ui.loader import read_component_script
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes
from models.networks.layers.examination import MAX_LAYERS
from models.networks.layers.exchange import MAX_LINK_LETTERS
from models.networks.layers.reader.program import MAX_TEXT
from models.networks.naming import MAX_NETWORK_NAME

_FOLDER = Path(__file__).parent

_TEMPLATE = f"""
<div class="gb-build" data-card="alone">
  <div class="gb-build-bar">
    <label>Name <input type="text" class="gb-build-name" maxlength="{MAX_NETWORK_NAME}" autocomplete="off"
      spellcheck="false"></label>
    <label>Begin with <select class="gb-build-begin"><option value="">choose…</option></select></label>
    <button type="button" data-do="begin">Begin</button>
    <div class="gb-build-history">
      <button type="button" data-do="undo" title="Ctrl+Z">Undo</button>
      <button type="button" data-do="redo" title="Ctrl+Shift+Z">Redo</button>
      <button type="button" data-do="link">Copy link</button>
    </div>
  </div>
  <p class="gb-build-problem gb-build-name-problem" role="status"></p>
  <figure class="gb-build-flow">
    <svg role="group" aria-label="The network as a picture: one block a layer"></svg>
  </figure>
  <p class="gb-build-scale"></p>
  <div class="gb-build-head" aria-hidden="true">
    <span>Layer</span><span>Settings</span><span>Output</span><span>Learned</span><span>Multiply-adds</span>
  </div>
  <ol class="gb-build-rows" aria-label="Layers" tabindex="-1"></ol>
  <p class="gb-build-sums" data-card-text></p>
  <div class="gb-build-whole"></div>
  <div class="gb-build-palette" role="toolbar" aria-label="Add a layer"></div>
  <p class="gb-build-told" role="status"></p>
  <details class="gb-build-text" id="as-text-section">
    <summary>As Python or JSON</summary>
    <p>Write the layers as you would in PyTorch, or paste a network from your notebook: an
      <code>nn.Sequential(…)</code>, or a class with <code>__init__</code> and a plain <code>forward</code>.
      The text is read, never executed.</p>
    <div class="gb-build-forms">
      <label><input type="radio" value="Python" checked> Python</label>
      <label><input type="radio" value="JSON"> JSON</label>
      <button type="button" data-do="copy">Copy</button>
      <button type="button" data-do="save">Save as a file</button>
      <button type="button" data-do="open">Open a file</button>
      <input type="file" accept=".py,.json,.txt" hidden>
    </div>
    <textarea rows="14" maxlength="{MAX_TEXT}" spellcheck="false" aria-label="Layers as a text"></textarea>
    <p class="gb-build-problem gb-build-text-problem" role="status"></p>
  </details>
  {write_card_button("architecture", "A network of my own")}
</div>
"""


def build_layer_rows(examine: Callable[[Any], str], **kwargs: Any) -> gr.HTML:
    """Build the rows; the value is the network as JSON, `input` tells that it was changed.

    The browser keeps the latest network under `glassbox-network`, as the parameter of a link, and under
    `glassbox-network-earlier` the one that was kept before a link's was changed. Where a field or the text
    holds what cannot be taken, the value has a `mistake` beside the network.

    Args:
        examine: Called with `{"name", "layers", "text", "begin", "form"}`, outside Gradio's queue and with
            whatever the browser sent. Returns JSON text of what `app.runs.building.view` lays out, or of
            `{"error": str}`.
        **kwargs: Further arguments of `gr.HTML`, such as `value` and `elem_id`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(
            _FOLDER,
            "layer_rows",
            kinds=list_kinds(),
            given=list_given(),
            maxLayers=MAX_LAYERS,
            maxText=MAX_TEXT,
            maxLink=MAX_LINK_LETTERS,
        ),
        apply_default_css=False,
        server_functions=name_functions(examine=examine),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "layer_rows"),
        **kwargs,
    )
