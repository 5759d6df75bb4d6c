"""The descent player: optimizer paths over a loss landscape, with their losses and one cursor for all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.descent.payloads import RacePayload
from app.descent.settings import MAX_POINTS
from app.ui.card_button import write_card_button
from app.ui.components.chart import CHART_TEMPLATE
from app.ui.components.transport import write_transport
from app.ui.loader import read_component_script, read_plain_script
from app.ui.packing import pack
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_TEMPLATE = f"""
<div class="gb-player">{write_transport("Play the descent")}
  <div class="gb-player-plots">
    <figure class="gb-player-landscape">
      <figcaption class="gb-player-key">
        <span data-mark="start"><i></i>start: click or drag</span>
        <span data-mark="minimum"><i></i>minimum</span>
        <span data-mark="valley"><i></i>every point is a minimum</span>
      </figcaption>
      <div class="gb-player-canvas"><canvas tabindex="0" role="application"></canvas></div>
    </figure>
    <div class="gb-player-losses">{CHART_TEMPLATE}</div>
    <figure class="gb-player-data" hidden>
      <figcaption class="gb-player-key"><span>Drag a point: every line follows.</span></figcaption>
      <div class="gb-player-canvas"><canvas tabindex="0" role="application"></canvas></div>
    </figure>
    <ul class="gb-player-readout"></ul>
  </div>
  <span class="gb-player-spoken" aria-live="polite"></span>
  {write_card_button("stage", "Gradient descent")}
</div>
"""


def open_list(field: str) -> str:
    """Return the `js` of the event `focus` of a choice's list, whose input is the list."""
    return f'(value) => {{ window.glassboxDescent.openList("{field}", value); }}'


def choose(field: str) -> str:
    """Return the `js` of the event `input` of a choice's list, whose input is the list.

    The player sends `{"chosen": field, …}` with its event `submit` if something else was chosen.
    """
    return f'(value) => {{ window.glassboxDescent.choose("{field}", value); }}'


def choose_again(field: str) -> str:
    """Return the `js` of an event that stands for choosing what is chosen already."""
    return f'() => {{ window.glassboxDescent.sendChoice("{field}"); }}'


def ask_for_race(field: str, place: int | None = None) -> str:
    """Return the `js` of a control's event without a Python function: its inputs go to the player's `answer`.

    Args:
        field: The control's field: from here on it counts, and no longer what was moved by hand.
        place: Where the control stands among the inputs, from 0, if its event is also raised where Python
            fills it: the player then looks at what stands in it, to tell the two apart.
    """
    value = "undefined" if place is None else f"values[{place}]"
    return f'(...values) => {{ window.glassboxDescent.askForRace(values, "{field}", {value}); }}'


def fill_fields(fields: list[str]) -> str:
    """Return the `js` that fills fields with an answer, but for those written in since the question was sent.

    Args:
        fields: The form's fields in their order: these are the outputs. The inputs are the answer's
            `Filling` as text, the chart and these fields.
    """
    script = read_plain_script("descent/components/fill_fields.js")
    return (
        f"(filling, ...values) => {{\n{script}\n"
        f"return fillFields({json.dumps(fields)}, JSON.parse(filling), values);\n}}"
    )


# The `js` of the event after: the answer's `Filling` as text is its input.
SAY_FILLED = "(filling) => { window.glassboxDescent?.onFilled?.(JSON.parse(filling).sent); }"


def fill_moved(fields: list[str]) -> str:
    """Return the `js` of an event whose inputs and outputs are these fields: they take what was moved.

    Python is not asked, so nothing can come late and rewrite a field in which somebody types already.
    """
    return f"(...values) => window.glassboxDescent.fillMoved({json.dumps(fields)}, values)"


def build_player(value: RacePayload, answer: Callable[[Any], str], **kwargs: Any) -> gr.HTML:
    """Build the player of up to four optimizers on one loss landscape.

    The component sends `{"start": [x, y]}` (on a curve `{"start": [x]}`) or `{"points": [[x, y], …]}` with
    its event `input` while someone moves the start or a data point, and waits for the answer before it sends
    again. It sends `{"iteration": k}` with its event `release` once the cursor rests; the handler of that
    event must not answer the player, or the cursor would never rest. It sends `{"chosen": field, "sent": n}`
    with its event `submit` after a choice (see `choose`), n being the number of edits so far. Every message
    has `moved` too: the fields that were moved by hand, until an answer or their own control says otherwise.

    Args:
        value: The race to show at first, at its end.
        answer: Called with `{"values": […], "moved": {…}}`, outside Gradio's queue and with whatever the
            browser sent, when a control's event runs `ask_for_race`; returns a packed `Answer`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; a handler updates it by returning a packed `Answer`.
    """
    return gr.HTML(
        value=pack({"race": value}),
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "player", maxPoints=MAX_POINTS),
        apply_default_css=False,
        server_functions=name_functions(answer=answer),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "chart", "transport", "player"),
        **kwargs,
    )
