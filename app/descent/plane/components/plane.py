"""The bench of a small network over the plane: its units and weights, what it says, and its training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.descent.plane.payloads import PlaneAnswer
from app.ui.card_button import write_card_button
from app.ui.components.chart import CHART_TEMPLATE
from app.ui.components.transport import write_transport
from app.ui.loader import read_component_script
from app.ui.packing import pack
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes
from models.descent.plane.points import MAX_OWN_POINTS

_FOLDER = Path(__file__).parent

_TEMPLATE = f"""
<div class="gb-plane" role="group" aria-label="A small network and its training">
  {write_transport("Play the training", "moment")}
  <div class="gb-plane-bar"></div>
  <div class="gb-plane-networks"></div>
  <div class="gb-plane-told">
    <p class="gb-plane-sum" aria-live="polite"></p>
    <span class="gb-plane-waiting" role="status"></span>
  </div>
  <div class="gb-plane-losses">{CHART_TEMPLATE}</div>
  <span class="gb-plane-spoken" aria-live="polite"></span>
  {write_card_button("stage", "Gradient descent")}
</div>
"""


def ask_for_network(field: str = "") -> str:
    """Return the `js` of a control's event without a Python function: its inputs go to the bench's `answer`.

    Args:
        field: The control's field: from here on it counts, and no longer what was moved by hand. Empty where
            no visitor did anything, as when the page opens.
    """
    return f'(...values) => {{ window.glassboxPlane.ask(values, "{field}"); }}'


def build_plane(
    answer: Callable[[Any], str],
    explain: Callable[[Any], str],
    value: PlaneAnswer | None = None,
    **kwargs: Any,
) -> gr.HTML:
    """Build the bench of one network, or two, over the plane.

    Both functions are called outside Gradio's queue with whatever the browser sent. With each question and
    event travels `moved`: `{"rule": "own", "own": [[x, y, class], …]}` once points were set by hand, until
    the control of either is used.

    Args:
        answer: Called with `{"values": […], "beside": text, "first": place, "asked": number, "moved": {…}}`;
            returns a packed `PlaneAnswer`. It is asked again, for the next moments, until `is_done`.
        explain: Called with `{"values", "beside", "slot", "moment", "layer", "unit", "at": [x, y], "moved"}`;
            returns a packed `PlaneSum`, or `{"error": text}`.
        value: What to show at first; without it the bench waits to be asked.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    The component raises its event `release` once the cursor rests and the settings, or the points set by
    hand, are others than when it last did. With `submit` it sends `{"act": …, "moment": place, "lr": text}`,
    where `act` is "keep" (the network beside is to be as this one), "swap" (the controls take the other's
    settings), "remove", or "branch" (keep it, and go on from the moment's epoch at the learning rate `lr`).

    Returns:
        The component; a handler updates it by returning a packed `PlaneAnswer`. One that has `beside` sets
        what further questions carry; the page asks them by `ask_for_network` once the fields are filled.
    """
    return gr.HTML(
        value="" if value is None else pack(value),
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "plane", maxPoints=MAX_OWN_POINTS),
        apply_default_css=False,
        server_functions=name_functions(answer=answer, explain=explain),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "chart", "transport", "plane"),
        **kwargs,
    )
