"""The gradient descent tab: optimizers race down a loss, and a small network learns a boundary."""

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from app.descent.components.player import (
    SAY_FILLED,
    ask_for_race,
    build_player,
    choose,
    choose_again,
    fill_fields,
    fill_moved,
    open_list,
)
from app.descent.components.ruler import build_ruler
from app.descent.controls import build_controls
from app.descent.form import MOVED_FIELDS, fill_form
from app.descent.handlers import (
    answer_controls,
    empty_fields,
    explain_opening,
    on_choice,
    on_moved,
    on_open,
    on_open_chart,
    on_rest,
)
from app.descent.lesson import build_lesson
from app.descent.link import write_query
from app.descent.plane.section import build_network_bench
from app.descent.race import run_race
from app.descent.sentences import describe_race
from app.descent.setting_kinds import NUM_SLOTS
from app.descent.settings import RaceSettings
from app.descent.view import CHART, CHARTS, show_race, show_ruler
from app.ui.addresses import follow_parameter, follow_query
from app.ui.components.notice import build_notice
from app.ui.components.prose import build_prose
from app.ui.sections import name_section

QUESTION = """## Which steps get down fastest?
Gradient descent looks for weights $w$ that make a loss $L(w)$ small. Each step goes against the gradient,
${w \\leftarrow w - \\eta\\,\\nabla L(w)}$; the step size $\\eta$, or learning rate, says how far. Momentum,
Adam and the others make steps of their own of the same gradients."""

_COMPLETE_LINK = "(query) => `${location.origin}${location.pathname}?tab=descent&${query.split('?').pop()}`"


# By the names that addresses have.
BENCHES = {"steps": "Steps", "network": "A small network"}


def build_descent_tab(page: gr.Blocks) -> None:
    """Build the tab inside the current `gr.Tab`: two benches, one at a time.

    Args:
        page: The page being built; its load restores the settings that an address names.
    """
    with gr.Tabs(elem_id="gb-benches", overflow_behavior="wrap"):
        with gr.Tab(BENCHES["steps"], id="steps", render_children=True):
            build_steps_bench(page)
        with gr.Tab(BENCHES["network"], id="network"):
            build_network_bench(page)


def build_steps_bench(page: gr.Blocks) -> None:
    """Build the bench inside the current tab, showing the notebook's descent.

    Args:
        page: The page being built; its load restores the settings that an address names.
    """
    settings = RaceSettings()
    opening = run_race(settings)

    build_prose(QUESTION, elem_classes="gb-question", elem_id=name_section(QUESTION))
    with gr.Row(elem_classes="gb-experiment"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            player = build_player(show_race(opening, CHARTS[0]), answer_controls, elem_id="descent-player")
            ruler = build_ruler(show_ruler(opening), elem_id="descent-ruler")
            build_notice("status", describe_race(opening), elem_id="descent-status")
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            controls = build_controls(fill_form(settings))
    with gr.Column(elem_classes="gb-lesson"):
        # The player opens at the start, and invites to play.
        lesson, rates_section = build_lesson(explain_opening(opening))

    fields = controls.fields
    values = [controls.chart, *fields.values()]
    names = ["chart", *fields]
    choices = ["problem", *(f"optimizer_{slot}" for slot in range(1, NUM_SLOTS + 1))]

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # Past the queue, which adds 40 ms: a race is to be seen within 100.
    live: dict[str, Any] = {**quiet, "trigger_mode": "always_last", "queue": False}

    def refill(answer: Callable[..., Any], text: str = "") -> Any:
        """Wire what sets fields: Python answers with their values as text, and the page fills them in."""
        filling = gr.Textbox(text, visible=False)
        event = answer(outputs=[player, filling, *controls.shown])
        js = fill_fields(list(fields))
        filled = event.then(None, [filling, *values], [*fields.values()], js=js, **quiet)
        return filled.then(None, filling, None, js=SAY_FILLED, **quiet)

    for place, name in enumerate(names):
        if name in choices:
            continue
        control = values[place]
        # A textbox raises `input` for keys alone, not for what is pasted.
        is_text = isinstance(control, gr.Textbox)
        change = control.change if is_text else control.input
        change(None, values, None, js=ask_for_race(name, place if is_text else None), **live)
    for name in choices:
        fields[name].focus(None, fields[name], None, js=open_list(name), **live)
        fields[name].input(None, fields[name], None, js=choose(name), **live)
    controls.start_over.click(None, None, None, js=choose_again("problem"), **live)
    # No message may be merged with the next.
    every = live | {"trigger_mode": "multiple"}
    refill(partial(player.submit, on_choice, [player, *values], **every))
    for moved in (ruler, player):
        moved.input(on_moved, [moved, *values], player, **every)

    movable = [fields[name] for name in MOVED_FIELDS]
    player.release(None, movable, movable, js=fill_moved(list(MOVED_FIELDS)), **live)
    complete_link: dict[str, Any] = {
        "fn": None,
        "inputs": lesson.link,
        "outputs": lesson.link,
        "js": _COMPLETE_LINK,
        **quiet,
    }
    rests = [player.release, rates_section.expand]
    rested = gr.on(rests, on_rest, [player, *fields.values()], list(lesson), **live)
    followed = rested.then(
        None, lesson.link, None, js=follow_query("descent/steps", write_query(settings)), **quiet
    )
    followed.then(**complete_link)
    follow_chart = follow_parameter("descent/steps", CHART, CHARTS[:1])
    controls.chart.input(None, controls.chart, None, js=follow_chart, **live)
    # First: what is filled in asks for the race once more, with the chart that is chosen then.
    charted = page.load(on_open_chart, None, controls.chart, **(quiet | {"queue": False}))
    refill(partial(charted.then, on_open, None, **quiet), empty_fields()).then(**complete_link)
