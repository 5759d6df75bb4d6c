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
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_TEMPLATE = f"""
<div class="gb-plane" role="group" aria-label="A small network and its training">
  {write_transport("Play the training", "moment")}
  <div class="gb-plane-bar"><span class="gb-plane-waiting" role="status"></span></div>
  <div class="gb-plane-networks"></div>
  <p class="gb-plane-sum" aria-live="polite"></p>
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
    event travels `moved`, the settings that were set by hand in the component, until their own control is used.

    Args:
        answer: Called with `{"values": […], "beside": text, "first": place, "asked": number, "moved": {…}}`;
            returns a packed `PlaneAnswer`. It is asked again, for the next moments, until `is_done`.
        explain: Called with `{"values", "beside", "slot", "moment", "layer", "unit", "at": [x, y], "moved"}`;
            returns a packed `PlaneSum`, or `{"error": text}`.
        value: What to show at first; without it the bench waits to be asked.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; a handler updates it by returning a packed `PlaneAnswer`.
    """

    def ask(request: Any) -> str:
        return answer(request)

    def ask_why(request: Any) -> str:
        return explain(request)

    ask.__name__, ask_why.__name__ = "answer", "explain"  # the names under which the script finds them
    return gr.HTML(
        value="" if value is None else pack(value),
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "plane"),
        apply_default_css=False,
        server_functions=[ask, ask_why],
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "chart", "transport", "plane"),
        **kwargs,
    )
