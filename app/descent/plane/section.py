"""The bench of a small network: it learns a boundary in the plane."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from app.descent.plane.components.plane import ask_for_network, build_plane
from app.descent.plane.components.plane_depth import build_plane_depth
from app.descent.plane.components.plane_layers import build_plane_layers
from app.descent.plane.components.plane_rates import build_plane_rates
from app.descent.plane.controls import CHANNEL, build_controls, show_fields
from app.descent.plane.depths import pack_depths
from app.descent.plane.examples import EXAMPLES
from app.descent.plane.form import fill_form, list_fields
from app.descent.plane.handlers import (
    answer_controls,
    answer_layers,
    answer_unit,
    on_act,
    on_example,
    on_open,
    on_rest,
)
from app.descent.plane.lesson import build_plane_lesson
from app.descent.plane.link import BENCH, write_query
from app.descent.plane.rates import NO_MATTER, answer_checking, answer_finding
from app.descent.plane.script import write_plane_notebook, write_plane_script
from app.descent.plane.settings import PlaneSettings, make_experiment
from app.ui.addresses import follow_query
from app.ui.components.notebook_button import build_notebook_button
from app.ui.components.notice import build_notice
from app.ui.components.prose import build_prose
from app.ui.rate_search import NO_CURVE
from app.ui.sections import name_section

QUESTION = """## How does a network bend a boundary?
Given x and y alone, a network without hidden layers can only draw a straight line. Each hidden unit adds a
fold, and training moves the weights so that the folds run between the classes."""
_RATES = "Which learning rate?"
_RATES_TEXT = """[Question 2](?tab=descent&open=question-2) of the other bench reads off the eigenvalues of
the Hessian how large a step may be. A network's Hessian changes with its weights, and is as a rule too large
to write down. Where no Hessian is at hand, one tries: the network that the controls describe is trained for
120 steps, and the rate is raised from each step to the next, from 10⁻⁵ to 10. Where the loss falls
fastest, the steps are large and still safe (after L. N. Smith, 2017). That is done from three seeds, without
the schedule. “Check it” trains for 200 steps at a third of the rate, at the rate and at three times as
much."""
_HEALTH = "Why does it not learn?"
_HEALTH_TEXT = """What each layer goes through in the next step from where the cursor stands, taken with all
points of the training: the root mean square of its gradient, by how much of their size the step changes its
weights (about 0.001 is usual), how many of its units are dead (0 for every point) or saturated (hardly any
slope), and the standard deviation of what its units give. All of it follows the cursor, and the
cause is said in words."""
_DEPTH = "How deep can it be?"
_DEPTH_TEXT = """Fresh networks of 2, 5, 10 and 20 hidden layers of eight units, before their first step; the
deeper the network, the longer its curve. Where what the units give hardly spreads any more, the last layers
see the same of every point; where the gradient falls to nothing on its way back, the first ones do not learn.
A cell opens its network above, with six hidden layers: the most that the bench takes."""
_AWAY = "Take it away: this network as a script and as a link"
_OWNER = f"descent/{BENCH}"
# Before the bench was ever shown, what it is asked waits for it.
_ASK_AT_FIRST = f"""(filling, ...values) => {{
  const page = (window.{CHANNEL} ??= {{ answer: null, moved: {{}} }});
  if (filling) page.beside = JSON.parse(filling).beside;
  if (page.ask) page.ask(values);
  else page.awaited = values;
}}"""
# Points set by hand stand in the fields too once the hand rests. Python is not asked.
_FILL_MOVED = f"""(rule, own) => {{
  const page = window.{CHANNEL};
  const kept = {{ __type__: "update" }};
  if (!Array.isArray(page?.moved?.own)) return [kept, kept];
  page.filled = page.moved.own.map((point) => point.join(":")).join(",");
  return [page.moved.rule === rule ? kept : page.moved.rule, page.filled === own ? kept : page.filled];
}}"""
_COMPLETE_LINK = (
    "(query) => `${location.origin}${location.pathname}"
    f"?tab=descent&bench={BENCH}&${{query.split('?').pop().replace(/^tab=\\w+&bench=\\w+&/, '')}}`"
)


def build_network_bench(page: gr.Blocks) -> None:
    """Build the bench inside the current tab.

    Args:
        page: The page being built; its load restores the settings that an address names.
    """
    settings = PlaneSettings()
    build_prose(QUESTION, elem_classes="gb-question", elem_id=name_section(QUESTION))
    with gr.Row(elem_classes="gb-experiment"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            plane = build_plane(answer_controls, answer_unit, elem_id="plane")
            build_notice("status", channel=CHANNEL, elem_id="plane-status")
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            example = gr.Dropdown(
                [one.title for one in EXAMPLES.values()],
                value=None,
                label="Examples",
                filterable=False,
                elem_id="plane-example",
            )
            look = build_prose("", elem_classes="gb-small")
            controls = build_controls(fill_form(settings))
    with gr.Column(elem_classes="gb-lesson"):
        with gr.Accordion(_RATES, open=False, elem_id=name_section(_RATES)):
            build_prose(_RATES_TEXT)
            no_matter = [list_fields().index(name) for name in NO_MATTER]
            rates = build_plane_rates(
                answer_finding, answer_checking, NO_CURVE, no_matter, elem_id="plane-rates"
            )
        with gr.Accordion(_HEALTH, open=False, elem_id=name_section(_HEALTH)):
            build_prose(_HEALTH_TEXT)
            build_plane_layers(answer_layers, elem_id="plane-layers")
        with gr.Accordion(_DEPTH, open=False, elem_id=name_section(_DEPTH)):
            build_prose(_DEPTH_TEXT)
            build_plane_depth(pack_depths, elem_id="plane-depth")
        build_plane_lesson()
        away = gr.Accordion(_AWAY, open=False, elem_id=name_section(_AWAY, "small network"))
    with away:
        build_prose(
            "The script needs torch, NumPy and matplotlib, and ends in the same weights, bit for bit."
        )
        script = gr.Code(
            write_plane_script(make_experiment(settings)),
            language="python",
            interactive=False,
            label="The script, to copy or download",
            wrap_lines=True,
            max_lines=24,
            elem_id="plane-script",
        )
        link = gr.Textbox(
            write_query(settings),
            label="A link to this network",
            interactive=False,
            buttons=["copy"],
            elem_id="plane-link",
        )
        build_notebook_button("small-network", write_plane_notebook, [link])

    names, fields = list(controls.fields), list(controls.fields.values())
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    live: dict[str, Any] = {**quiet, "trigger_mode": "always_last", "queue": False}
    for name, control in controls.fields.items():
        if control.visible or name in controls.hideable:  # the branch has no control
            # A textbox raises `input` for keys alone, not for what is pasted.
            is_text = isinstance(control, gr.Textbox)
            change = control.change if is_text else control.input
            js = _ask_for_text(name, names.index(name)) if is_text else ask_for_network(name)
            change(None, fields, None, js=js, **live)
    shown = [controls.fields[name] for name in controls.hideable]
    controls.fields["rule"].change(
        lambda rule: show_fields(rule, controls.hideable), controls.fields["rule"], shown, **live
    )

    filling = gr.Textbox("", visible=False)
    fill: dict[str, Any] = {
        "fn": None,
        "inputs": [filling, *fields],
        "outputs": fields,
        "js": _write_fill(names),
        **quiet,
    }
    ask: dict[str, Any] = {
        "fn": None,
        "inputs": [filling, *fields],
        "outputs": None,
        "js": _ASK_AT_FIRST,
        **quiet,
    }
    plane.submit(on_act, [plane, *fields], [plane, filling], **live).then(**fill).then(**ask)
    example.input(on_example, example, [plane, filling, look], **live).then(**fill).then(**ask)
    page.load(on_open, None, [plane, filling], **quiet).then(**fill).then(**ask)

    used = rates.submit(None, rates, controls.fields["lr"], js="(message) => message.rate", **live)
    used.then(None, fields, None, js=ask_for_network("lr"), **quiet)

    rested = plane.release(on_rest, [plane, *fields], [script, link], **live)
    movable = [controls.fields["rule"], controls.fields["own"]]
    plane.release(None, movable, movable, js=_FILL_MOVED, **live)
    followed = rested.then(None, link, None, js=follow_query(_OWNER, write_query(settings)), **quiet)
    followed.then(None, link, link, js=_COMPLETE_LINK, **quiet)


def _ask_for_text(name: str, place: int) -> str:
    """Return the `js` of a text's change: it asks, unless the text is what the page has filled in."""
    return f"""(...values) => {{
  const page = window.{CHANNEL};
  if (!page?.values || [page.values[{place}], page.filled].includes(values[{place}])) return;
  page.ask(values, "{name}");
}}"""


def _write_fill(names: list[str]) -> str:
    """Return the `js` that fills the fields with what Python answered, and leaves the others."""
    return f"""(filling, ...values) => {{
  const {{ fields }} = filling ? JSON.parse(filling) : {{ fields: {{}} }};
  return {json.dumps(names)}.map((name, place) =>
    name in fields && JSON.stringify(fields[name]) !== JSON.stringify(values[place])
      ? fields[name]
      : {{ __type__: "update" }});
}}"""
