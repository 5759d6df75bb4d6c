"""Every layer of a network as thumbnails of its maps, with the digit and what the pointed unit sees of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.card_button import write_card_button
from app.ui.loader import read_component_script
from app.ui.server_functions import ask_component, name_functions
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

CHANNEL = "glassboxMaps"  # whose answers the notice beside it follows
FIELD_CLASS = "network-field-"  # and a control's name, as the script says mistakes there

_TEMPLATE = f"""
<div class="gb-maps" hidden>
  <div class="gb-maps-panel" data-card-skip>
    <div class="gb-maps-images">
      <figure><div><canvas role="img"></canvas></div><figcaption></figcaption></figure>
      <figure><div><canvas tabindex="0" role="application"></canvas></div><figcaption></figcaption></figure>
      <figure><div><canvas role="img"></canvas></div><figcaption></figcaption></figure>
    </div>
    <div class="gb-maps-reading">
      <p class="gb-maps-place"></p>
      <p class="gb-maps-number"></p>
      <p class="gb-maps-sees"></p>
      <div class="gb-maps-steps" role="group" aria-label="The map">
        <button type="button" data-move="back" title="The map before (Page Up)">Back</button>
        <button type="button" data-move="next" title="The next map (Page Down)">Next</button>
        <button type="button" data-move="hold" aria-pressed="false"
          title="Keep this map while the pointer crosses others, as a click on it does; Escape lets go">
          Hold
        </button>
        <button type="button" data-move="open" title="Follow this map back to its arithmetic (Enter)">
          To the window
        </button>
      </div>
    </div>
  </div>
  <div class="gb-maps-layers"></div>
  <section class="gb-maps-answer" aria-label="The answer">
    <p class="gb-maps-verdict"></p>
    <ol class="gb-maps-bars"></ol>
  </section>
  <span class="gb-maps-spoken" aria-live="polite"></span>
  {write_card_button("stage", "Every layer of a network")}
</div>
"""

# For the `js` of a control's event without a Python function: its inputs go to the component's `answer`.
ASK_FOR_MAPS = ask_component(CHANNEL)


def build_maps(
    value: str, answer: Callable[[Any], str], explain: Callable[[Any], str], **kwargs: Any
) -> gr.HTML:
    """Build the layers of a network, one below the other, and above them what is pointed at; one a page.

    What it shows is JSON text of `Network` in `app.inspection.network.payload`.

    A click or Enter on a map of a layer that is `openable` sets the value to `{"layer": name, "channel": k}`,
    k from 0, and raises `select`.

    Args:
        value: What to show at first.
        answer: Called with `{"values": […], "chosen": …}`, outside Gradio's queue and with whatever the
            browser sent, when a control's event runs `ASK_FOR_MAPS` with its inputs. Returns JSON text of
            what to show, or of a `Mistake`, which is said at its field, or by a notice of its `error`.
        explain: Called with `{"key", "version", "image", "layer", "channel", "with_values"}`, in the same
            way, when a unit is pointed at. Returns JSON text of a `Detail`, or of a `Mistake`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; listen with `maps.select(…, inputs=[maps, …])`.
    """
    return gr.HTML(
        value=value,
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "maps", channel=CHANNEL, fields=FIELD_CLASS),
        apply_default_css=False,
        server_functions=name_functions(answer=answer, explain=explain),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "button", "maps"),
        **kwargs,
    )
