"""What the gradient descent tab answers to its controls, to its player and to the page's load.

An answer may come late, when someone writes in a field already. So no answer sets a field from here: the page
fills the fields (see `fill_fields` and `fill_moved`) and leaves out those that were written in meanwhile.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import gradio as gr

from app.descent.answers import explain_gradient, explain_losses, explain_minimum
from app.descent.controls import show_controls
from app.descent.form import (
    BROKEN_MESSAGE,
    MOVED_FIELDS,
    Form,
    fill_form,
    make_form,
    put_moved,
    read_form,
)
from app.descent.landscape import is_curve, start_from_curve
from app.descent.link import read_query, write_query
from app.descent.payloads import Answer, Filling
from app.descent.race import OPENINGS, Race, run_race
from app.descent.rates import explain_rates
from app.descent.script import show_sources, write_race_script
from app.descent.sentences import describe_race
from app.descent.setting_kinds import NO_OPTIMIZER, write_numbers
from app.descent.settings import RaceSettings, list_own_settings
from app.descent.view import CHART, CHARTS, show_race, show_ruler
from app.ui.addresses import reads_address
from app.ui.components.link_notice import warn_about_link
from app.ui.field_errors import list_errors
from app.ui.packing import pack
from app.ui.rendering import render_markdown
from models.descent.learning_rate import suggest_lr

_COMPARING = "The step sizes are being compared …"


class Details(NamedTuple):
    """What follows once the cursor rests, in the order of the outputs."""

    losses: Any = gr.skip()
    minimum: Any = gr.skip()
    rates: Any = gr.skip()
    graph: Any = gr.skip()
    nodes: Any = gr.skip()
    gradient: Any = gr.skip()
    script: Any = gr.skip()
    sources: Any = gr.skip()
    link: Any = gr.skip()


class Refill(NamedTuple):
    """The answer to what sets fields: the player's, and what the page fills in; then which controls show."""

    player: Any = gr.skip()
    filling: Any = gr.skip()


def answer_controls(request: Any) -> str:
    """Race with what stands in the controls, and answer the player; called by its script.

    Args:
        request: `{"values": [chart, *form], "moved": {field: value}}` from the browser, unchecked.
    """
    try:
        chart, *values = request["values"]
        form = make_form(values)
        form["points"] = form["points"]["data"]  # the table as the browser has it
        return answer_form(put_moved(form, request["moved"]), chart)
    except BROKEN_MESSAGE:
        return pack({})  # not from our page


def on_moved(message: Any, chart: str, *values: Any) -> str:
    """Race with what was moved by hand; wired to the ruler's and the player's input.

    The fields follow once the cursor rests: updating them takes the page longer than the race.
    """
    try:
        form = put_moved(make_form(values), message["moved"])
        moved = _read_move(form, message)
        return answer_form(put_moved(form, moved), chart, moved)
    except BROKEN_MESSAGE:
        return pack({})  # not from our player, or the form is wrong and says so


def _read_move(form: Form, message: Any) -> dict[str, Any]:
    """Return the fields that follow from a start or from data points dragged in the plots."""
    if "points" in message:
        return {"points": MOVED_FIELDS["points"](message["points"])}
    if "start" not in message:
        return {}
    start = [float(f"{float(value):.4g}") for value in message["start"]]
    if "start" in list_own_settings(form["problem"]):
        start_a, start_b = start
        return {"start_a": start_a, "start_b": start_b}
    race = run_race(read_form(form))
    if is_curve(race):
        (place,) = start
        start = list(start_from_curve(race, place))
    return {"w0": write_numbers([float(f"{value:.6g}") for value in start])}


def on_choice(request: gr.Request, message: Any, chart: str, *values: Any) -> tuple[Any, ...]:
    """Set what follows from another problem or another optimizer, and race; wired to the player's submit.

    Where the page's address locks the solutions, an optimizer's suggested step size is one of them.
    """
    try:
        form = put_moved(make_form(values), message["moved"])
        field = message["chosen"]
        is_locked = request.query_params.get("solutions") == "off"
        followers = _follow_problem(form) if field == "problem" else _follow_optimizer(form, field, is_locked)
    except BROKEN_MESSAGE:
        unshown = [gr.skip()] * len(show_controls(fill_form(RaceSettings())))
        return *Refill(), *unshown  # not from our player
    form |= followers
    answer = answer_form(form, chart, {name: None for name in followers if name in MOVED_FIELDS})
    return *Refill(answer, _pack_filling(message, followers)), *show_controls(form)


def _follow_problem(form: Form) -> Form:
    """Return the fields of the problem's opening: all."""
    return fill_form(OPENINGS[form["problem"]])


def _follow_optimizer(form: Form, field: str, is_locked: bool) -> Form:
    """Return the step size that suits the optimizer that was chosen.

    Where solutions are locked it keeps the one that is there, or else has the opening's.
    """
    lr_field = f"lr_{int(field.removeprefix('optimizer_'))}"
    if form[field] == NO_OPTIMIZER:
        return {lr_field: None}
    if is_locked:
        held = form[lr_field]
        return {lr_field: fill_form(OPENINGS[form["problem"]])["lr_1"] if held is None else held}
    try:
        race = run_race(replace(read_form(form | {lr_field: 1.0}), steps=1))
        momentum = race.settings.find_momentum(form[field])
        return {lr_field: suggest_lr(race.problem, race.start, form[field], momentum)}
    except ValueError:
        return {lr_field: 0.01}  # the form is wrong elsewhere, and says so


def on_rest(message: Any, *values: Any) -> Details:
    """Bring what takes longer up to date; wires: the cursor rests, Question 2 is opened."""
    message = message if isinstance(message, dict) else {}
    step = message.get("iteration")
    try:
        form = put_moved(make_form(values), message.get("moved"))
        return explain_race(run_race(read_form(form)), step if isinstance(step, int) else 0)
    except BROKEN_MESSAGE:
        return Details()


def read_chart(request: gr.Request) -> str:
    """Return the chart that the page's address names, or the first one."""
    named = request.query_params.get(CHART, CHARTS[0])
    return named if named in CHARTS else CHARTS[0]


@reads_address(CHART)
def on_open_chart(request: gr.Request) -> Any:
    """Choose the address's chart; wires: page's load → the choice, which asks for nothing."""
    chart = read_chart(request)
    return gr.skip() if chart == CHARTS[0] else chart


@reads_address("problem", CHART)
def on_open(request: gr.Request) -> Any:
    """Restore the settings of the link that the page was opened with; wired to the page's load."""
    chart = read_chart(request)
    race = None
    try:
        if settings := read_query(dict(request.query_params)):
            race = run_race(settings)
    except ValueError as mistake:
        warn_about_link(f"The link's settings cannot be used: {mistake} This is the opening instead.")
    if race is None:
        if chart == CHARTS[0]:
            return gr.skip()  # the page shows the opening already, and somebody may have changed it since
        race = run_race(RaceSettings())
    form = fill_form(race.settings)
    return *Refill(answer_race(race, chart), _pack_filling({}, form)), *show_controls(form)


def answer_form(form: Form, chart: str, moved: dict[str, Any] | None = None) -> str:
    """Race with what the form says; where it is wrong, say so and leave the plots."""
    try:
        return answer_race(run_race(read_form(form)), chart, moved)
    except ValueError as mistake:
        errors = list_errors(mistake)
        return pack({"errors": errors, "error": "" if errors else str(mistake), "moved": moved or {}})


def answer_race(race: Race, chart: str, moved: dict[str, Any] | None = None) -> str:
    """Answer the player with everything that follows at once from a race."""
    answer: Answer = {
        "race": show_race(race, chart),
        "ruler": show_ruler(race),
        "status": describe_race(race),
        "errors": {},
        "error": "",
        "moved": moved or {},
    }
    return pack(answer)


def explain_opening(race: Race) -> Details:
    """Work out what the sections show at first; the rates, which take longest, once theirs is opened."""
    return explain_race(race, 0, _COMPARING)


def explain_race(race: Race, step: int, rates: str | None = None) -> Details:
    """Work out everything that follows at leisure, with the gradient at one step.

    Args:
        race: The race.
        step: Of the gradient.
        rates: What stands in place of the comparison of step sizes, if that is to wait.
    """
    graph, nodes, gradient = explain_gradient(race, step)
    return Details(
        losses=render_markdown(explain_losses(race)),
        minimum=render_markdown(explain_minimum(race)),
        rates=render_markdown(explain_rates(race) if rates is None else rates),
        graph=graph,
        nodes=render_markdown(nodes),
        gradient=render_markdown(gradient),
        script=write_race_script(race),
        sources=show_sources(race),
        link=write_query(race.settings),
    )


def empty_fields() -> str:
    """Return what the page fills in when it opens: a number field that is built empty shows 0."""
    empty = {field: value for field, value in fill_form(RaceSettings()).items() if value is None}
    return _pack_filling({}, empty)


def _pack_filling(message: Any, fields: dict[str, Any]) -> str:
    sent = message.get("sent") if isinstance(message, dict) else None
    filling: Filling = {"sent": sent if isinstance(sent, int) else 0, "fields": fields}
    return pack(filling)
