"""Why this digit: maps over the drawing, the nearest training digits, the ink that would turn the answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.sketchpad.why import PATCHES_PX
from app.ui.card_button import write_card_button
from app.ui.components.transport import write_transport
from app.ui.loader import read_component_script
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes
from models.sketch.explanation import PATCH_PX

_FOLDER = Path(__file__).parent
_OPTIONS = "".join(
    f'<option value="{side}"{" selected" if side == PATCH_PX else ""}>{side} × {side}</option>'
    for side in PATCHES_PX
)

_TEMPLATE = f"""
<div class="gb-why" data-shown="" data-nearest="" data-change="">
  <p class="gb-why-absent" role="status"></p>
  <div class="gb-why-parts" hidden>
    <section>
      <div class="gb-why-head">
        <h3>What speaks for which digit</h3>
        <div class="gb-why-digits" role="group" aria-label="The digit that is explained"></div>
        <label>Patch that is covered <select>{_OPTIONS}</select></label>
      </div>
      <div class="gb-why-panels">
        <div class="gb-why-maps" tabindex="0" role="application">
          <figure><figcaption>The drawing</figcaption><div><canvas></canvas></div><p></p></figure>
          <figure><figcaption>Gradient</figcaption><div><canvas></canvas></div><p></p></figure>
          <figure><figcaption>Occlusion</figcaption><div><canvas></canvas></div><p></p></figure>
        </div>
        <div class="gb-why-beside">
          <p class="gb-why-legend"><span></span><i></i><span></span></p>
          <p class="gb-why-pixel"></p>
          <p>Both maps tell what the network's numbers do when the ink changes: a little at one pixel, or a
            patch gone. They do not tell why. Two strokes of which either is enough may both look idle.</p>
        </div>
      </div>
      <span class="gb-why-spoken" aria-live="polite"></span>
    </section>
    <div class="gb-why-halves">
      <section class="gb-why-change">
        <div class="gb-why-head">
          <h3>What would make it a …?</h3>
          <div class="gb-why-digits" role="group" aria-label="The digit that it should become"></div>
        </div>
        <p class="gb-why-sentence" aria-live="polite"></p>
        <div class="gb-why-steps">
          {write_transport("The edits of ink, one after another", "edit")}
          <div class="gb-why-frames">
            <figure><figcaption>Before</figcaption><div><canvas></canvas></div></figure>
            <figure><figcaption>After</figcaption><div><canvas></canvas></div></figure>
            <figure><figcaption>The change</figcaption><div><canvas></canvas></div></figure>
          </div>
          <p class="gb-why-legend"><span>erased</span><i></i><span>added</span></p>
          <ol class="gb-why-bars"></ol>
        </div>
      </section>
      <section class="gb-why-nearest">
        <h3>The training digits that look most alike to the network</h3>
        <p class="gb-why-sentence" aria-live="polite"></p>
        <div class="gb-why-images"></div>
        <p class="gb-why-note"></p>
      </section>
    </div>
    {write_card_button("explanation", "Why this answer")}
  </div>
</div>
"""


def build_why(
    show_maps: Callable[[Any], str],
    show_nearest: Callable[[Any], str],
    show_change: Callable[[Any], str],
    **kwargs: Any,
) -> gr.HTML:
    """Build the section; it follows the drawing that the pad broadcasts, while it is on the page.

    All functions are called outside Gradio's queue with whatever the browser sent, and return JSON text of
    what `app.sketchpad.why` lays out, or of `{"error": str}`.

    Args:
        show_maps: Called with `{"drawing", "checkpoint", "digit", "patch"}`.
        show_nearest: Called with `{"drawing", "checkpoint"}` once the maps are there.
        show_change: Called with `{"drawing", "checkpoint", "target"}` once the maps are there.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "why"),
        apply_default_css=False,
        server_functions=name_functions(explain=show_maps, nearest=show_nearest, turn=show_change),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "transport", "why"),
        **kwargs,
    )
