"""What the small network's bench answers to its controls, its component and the page's load.

As on the other bench, no answer sets a field from here: the page fills the fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import gradio as gr

from app.descent.plane.examples import EXAMPLES, write_example
from app.descent.plane.form import BROKEN_MESSAGE, fill_form, make_form, put_moved, read_form
from app.descent.plane.layers import show_layers
from app.descent.plane.link import BENCH, read_beside, read_query, write_query
from app.descent.plane.payloads import PlaneAnswer, Slot
from app.descent.plane.script import write_plane_script
from app.descent.plane.sentences import describe_training
from app.descent.plane.settings import PlaneSettings, make_experiment
from app.descent.plane.view import can_reach, follow, show_network, show_points, show_sum
from app.ui.addresses import reads_address
from app.ui.components.link_notice import warn_about_link
from app.ui.field_errors import list_errors
from app.ui.numbers import read_number
from app.ui.packing import pack
from app.ui.rendering import render_markdown
from models.descent.optimizers import check_lr
from models.descent.plane.moments import explain_unit
from models.descent.plane.network import ACTIVATIONS
from models.descent.plane.points import draw_points
from models.descent.plane.training import Experiment, list_epochs
from models.values import check_whole

_UNREADABLE = "The page sent a request that cannot be read. Reload it."
_SLOTS: tuple[Slot, Slot] = ("a", "b")


class Refill(NamedTuple):
    """What sets fields: the component's answer, and what the page fills in as text."""

    plane: Any = gr.skip()
    filling: Any = gr.skip()


class Prepared(NamedTuple):
    """What sets fields to an example, and what to look at in it."""

    plane: Any = gr.skip()
    filling: Any = gr.skip()
    look: Any = gr.skip()


class Details(NamedTuple):
    """What follows once a training is there, in the order of the outputs."""

    script: Any = gr.skip()
    link: Any = gr.skip()


def answer_controls(request: Any) -> str:
    """Train with what stands in the controls; called by the component's script.

    Args:
        request: `{"values": [*form], "moved": {…}, "beside": query, "first": place, "asked": number}` from
            the browser, unchecked.
    """
    asked = request.get("asked") if isinstance(request, dict) else None
    answer: PlaneAnswer = {"asked": asked} if isinstance(asked, int) else {}
    try:
        settings, beside = read_request(request)
        return pack(answer | answer_settings(settings, beside, request.get("first", 0)))
    except BROKEN_MESSAGE as mistake:
        if not isinstance(mistake, ValueError):
            return pack(answer)  # not from our page
        errors = list_errors(mistake)
        return pack({**answer, "errors": errors, "error": "" if errors else str(mistake)})


def read_request(request: Any) -> tuple[PlaneSettings, PlaneSettings | None]:
    """Read what stands in the controls, and the network beside, from a request of the page's.

    Raises:
        ValueError: for settings that cannot be used; what is not from our page raises one of BROKEN_MESSAGE.
    """
    form = put_moved(make_form(request["values"]), request.get("moved"))
    settings = read_form(form)
    make_experiment(settings)
    text = request.get("beside") or ""
    return settings, read_beside(text, settings) if text else None


def answer_settings(settings: PlaneSettings, beside: PlaneSettings | None, first: Any) -> PlaneAnswer:
    """Answer with the moments from a place on, as many as an answer's time allows.

    Raises:
        ValueError: for settings that cannot be used, and for a place that is not there.
    """
    experiments = [make_experiment(one) for one in (settings, beside) if one is not None]
    epochs = list_epochs(settings.epochs)
    first = check_whole(first, "The first moment", 0, len(epochs) - 1)
    moments, is_done = follow(experiments, first)
    reached = first + len(moments[0]) - 1
    answer: PlaneAnswer = {
        "first": first,
        "moments": moments,
        "is_done": is_done,
        "link": write_query(settings, beside),
        "errors": {},
        "error": "",
    }
    if moments[0]:
        answer["status"] = " ".join(
            describe_training(one, reached, is_named=len(experiments) > 1) for one in experiments
        )
    if first == 0:
        points = draw_points(experiments[0].points)
        answer["kind"] = {0: "values", 2: "two"}.get(points.num_classes, "classes")  # type: ignore[typeddict-item]
        answer["points"] = show_points(points)
        answer["epochs"] = epochs
        answer["networks"] = [show_network(one, slot) for one, slot in zip(experiments, _SLOTS, strict=False)]
    return answer


def answer_unit(request: Any) -> str:
    """Say how a unit comes to its number at a place; called by the component's script.

    Args:
        request: As `answer_controls` takes it, with `{"slot", "moment", "layer", "unit", "at": [x, y]}`.
    """
    try:
        settings, beside = read_request(request)
        chosen = beside if request.get("slot") == "b" and beside is not None else settings
        experiment = make_experiment(chosen)
        moment = check_whole(request["moment"], "The moment", 0, len(list_epochs(settings.epochs)) - 1)
        if not can_reach(experiment, moment):
            raise ValueError("The training has not come so far yet.")
        x, y = request["at"]
        layer, unit = request["layer"], request["unit"]
        if layer == -1:
            raise ValueError("An input is what it is called: nothing is summed.")
        said = explain_unit(experiment, moment, layer, unit, (x, y))
        return pack(show_sum(said, name_activation(experiment, layer)))
    except ValueError as mistake:
        return pack({"error": str(mistake)})
    except BROKEN_MESSAGE:
        return pack({"error": _UNREADABLE})


def answer_layers(request: Any) -> str:
    """Say what the layers go through at the moments from a place on; called by the section's script.

    Args:
        request: `{"link": query, "first": place}` from the browser, unchecked.
    """
    try:
        pair = read_query(dict(parse_qsl(request["link"], keep_blank_values=True)))
        return pack(show_layers([make_experiment(one) for one in pair if one is not None], request["first"]))
    except ValueError as mistake:
        return pack({"error": str(mistake)})
    except BROKEN_MESSAGE:
        return pack({"error": _UNREADABLE})


def name_activation(experiment: Experiment, layer: int) -> str:
    """Name what is applied to the sums of a layer, the output's too; "" where nothing is."""
    network = experiment.network
    if layer < len(network.hidden):
        return "" if network.activation == "linear" else ACTIVATIONS[network.activation].title
    return {0: "", 2: "sigmoid"}.get(draw_points(experiment.points).num_classes, "softmax")


def on_act(message: Any, *values: Any) -> Refill:
    """Keep, swap or remove the network beside, or branch; wired to the component's submit.

    Args:
        message: `{"act": "keep" | "swap" | "remove" | "branch", "moment": place, "lr": rate, "beside": query,
            "moved": {…}}`, unchecked.
        *values: The form's.
    """
    try:
        settings, beside = read_request({**message, "values": values})
        act = message["act"]
        if act == "keep":
            return _refill(settings, settings)
        if act == "remove":
            return _refill(settings, None)
        if act == "swap" and beside is not None:
            return _refill(beside, settings)
        if act == "branch":
            return _refill(branch(settings, message["moment"], message["lr"]), settings)
    except ValueError as mistake:
        errors = list_errors(mistake)
        return Refill(pack({"errors": errors, "error": "" if errors else str(mistake)}))
    except BROKEN_MESSAGE:
        pass  # not from our component
    return Refill()


def branch(settings: PlaneSettings, moment: Any, lr: Any) -> PlaneSettings:
    """Return settings that go on from a moment at another learning rate.

    Raises:
        ValueError: for a moment that is not there, or a rate out of range.
    """
    epochs = list_epochs(settings.epochs)
    place = check_whole(moment, "The moment", 0, len(epochs) - 1)
    rate = check_lr(read_number(lr) if isinstance(lr, str) else lr)
    branched = replace(settings, switch_epoch=epochs[place], switch_lr=rate)
    make_experiment(branched)
    return branched


def _refill(settings: PlaneSettings, beside: PlaneSettings | None) -> Refill:
    text = "" if beside is None else write_query(beside)
    return Refill(pack({"beside": text}), pack({"beside": text, "fields": fill_form(settings)}))


def on_example(title: Any) -> Prepared:
    """Fill the controls with a prepared experiment; wired to the list of examples."""
    key = next((key for key, example in EXAMPLES.items() if example.title == title), None)
    if key is None:
        return Prepared()
    refill = _refill(*read_query(dict(parse_qsl(write_example(key)))))
    return Prepared(*refill, render_markdown(EXAMPLES[key].look))


@reads_address("bench")
def on_open(request: gr.Request) -> Refill:
    """Restore the settings of the link that the page was opened with; wired to the page's load."""
    query: Mapping[str, str] = dict(request.query_params)
    if query.get("bench") != BENCH or query.get("tab", "descent") != "descent":
        return Refill()
    try:
        return _refill(*read_query(query))
    except ValueError as mistake:
        warn_about_link(f"The link's settings cannot be used: {mistake} This is the opening instead.")
    return Refill()


def on_rest(message: Any, *values: Any) -> Details:
    """Write script and link once the cursor rests; wired to the component's release.

    Args:
        message: `{"beside": query, "moved": {…}}`, unchecked.
        *values: The form's.
    """
    try:
        settings, beside = read_request({**message, "values": values})
        return Details(write_plane_script(make_experiment(settings)), write_query(settings, beside))
    except BROKEN_MESSAGE:
        return Details()
