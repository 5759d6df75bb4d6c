"""The exercise on dropout: from ConvNet, where does it go, and does it help by more than chance?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import gradio as gr

from app.runs.form import read_fields, read_form, read_number
from app.runs.listing import Listing, show_runs
from app.runs.section_links import DROPOUT_EXERCISE, read_dropout
from app.ui.addresses import follow_parameter
from app.ui.card_button import write_card_button
from app.ui.components.prose import build_prose, build_rendered
from app.ui.numbers import write_percent
from app.ui.prose import quote_text
from app.ui.rendering import render_markdown
from app.ui.sections import name_section
from models.networks.description import describe_in_words, write_table
from models.networks.layers.dropout_places import list_dropout_places, place_dropout
from models.networks.registry import get_network_spec
from models.runs.control import repeat_runs
from models.runs.dropout_exercise import (
    NETWORK,
    NUM_SEEDS,
    Outcome,
    find_exercise_runs,
    judge_exercise,
    plan_exercise,
)
from models.runs.limits import read_limits
from models.runs.owner import make_owner_key
from models.runs.status import keep_known_runs, keep_readable_runs

_TITLE = "Exercise: where does dropout help?"
_ABOUT = f"""Dropout sets numbers to zero by chance while a network learns, so that it cannot rely on any one
of them. Choose where in ConvNet it goes, and say first what you expect. Then ConvNet is trained with it and
without it, by {NUM_SEEDS} seeds each, with the settings of the form; nothing else differs."""
_WORDS = "The architecture in words and as a table"
_PLACE = 4  # before the first linear layer, as the notebook has it
_P, _MAX_P = 0.5, 0.95


class ExerciseControls(NamedTuple):
    """The section, and the controls in it."""

    section: gr.Accordion
    place: gr.Dropdown
    p: gr.Slider
    start: gr.Button
    error: gr.Markdown
    verdict: gr.Button
    outcome: gr.HTML
    description: gr.Markdown


class OpeningView(NamedTuple):
    """What opening the section shows, in the order of the handler's outputs."""

    place: Any = gr.skip()
    p: Any = gr.skip()
    description: Any = gr.skip()
    error: Any = gr.skip()


def on_open(request: gr.Request) -> OpeningView:
    """Take the dropout that the address names; wires: opening the section → place to error."""
    try:
        chosen = read_dropout(request.query_params)
        if chosen is None:
            return OpeningView()
        if not 0 <= chosen.p <= _MAX_P:
            raise ValueError(f"The probability is {chosen.p:g}; it must be from 0 to {_MAX_P}.")
        place_dropout(get_network_spec(NETWORK).layers, *chosen)
    except ValueError as mistake:
        told = f"The link's setting cannot be used: {mistake} This is the opening instead."
        return OpeningView(error=quote_text(told))
    return OpeningView(*chosen, on_place(*chosen), "")


def on_place(place: Any, p: Any) -> str:
    """Describe the network with its dropout; wired to place and probability."""
    try:
        layers = place_dropout(get_network_spec(NETWORK).layers, place, read_number(p, "The probability"))
    except ValueError as mistake:
        return quote_text(str(mistake))
    title = "ConvNet with dropout"
    return f"{describe_in_words(layers, title)}\n\n{write_table(layers, title)}"


def on_exercise(my_runs: Any, place: Any, p: Any, followed: str, *values: Any) -> Listing:
    """Start all trainings of the exercise, or none; wired to its button."""
    known, key = keep_known_runs(my_runs), make_owner_key()
    try:
        form = read_fields(values) | {"network": NETWORK, "dropout": "own"}
        configs = plan_exercise(read_form(form, followed), place, read_number(p, "The probability"))
        started = repeat_runs(list(configs), NUM_SEEDS, own_runs=known, owner_key=key)
    except ValueError as mistake:
        return Listing(quote_text(str(mistake)), gr.skip(), gr.skip())
    return show_runs([*known, *started], started[0], None, dict.fromkeys(started, key))


def on_verdict(my_runs: Any, place: Any, p: Any) -> str:
    """Say what the seeds that have finished tell, as HTML; wired to its button."""
    try:
        runs = keep_readable_runs(keep_known_runs(my_runs)[-read_limits().runs_per_visitor :])
        outcome = judge_exercise(*find_exercise_runs(runs, place, read_number(p, "The probability")))
    except ValueError as mistake:
        return render_markdown(quote_text(str(mistake)))
    return render_markdown(write_outcome(outcome)) + write_card_button("comparison", _TITLE)


def write_outcome(outcome: Outcome) -> str:
    """Write the means of both trainings as a table, and the verdict, as Markdown."""
    rows = (
        ("Training part, last epoch", outcome.train_accuracies),
        ("Validation part", outcome.validation_accuracies),
        ("Test images", outcome.test_accuracies),
    )
    lines = ["| Mean accuracy | without | with dropout |", "|---|--:|--:|"]
    lines += [
        f"| {what} | {write_percent(one, 2)} | {write_percent(other, 2)} |" for what, (one, other) in rows
    ]
    low, high = (_write_points(bound) for bound in outcome.interval)
    if outcome.is_beyond_chance:
        helps = "helps" if outcome.difference > 0 else "harms"
        verdict = f"Dropout {helps} here, by more than the luck of the seeds."
    else:
        verdict = "Other seeds could turn this difference around."
    side = "lower" if outcome.difference < 0 else "higher"
    told = (
        f"**{verdict}** With dropout the test accuracy is {_write_points(abs(outcome.difference))} points "
        f"{side} on average over {outcome.num_seeds} seeds; 95% interval {low} to {high} (Student's t, seed "
        "by seed). On the training part it is measured while dropout drops, so it is lower with it."
    )
    return "\n".join([*lines, "", told])


def _write_points(share: float) -> str:
    return f"{100 * share:.2f}".replace("-", "−")


def build_exercise() -> ExerciseControls:
    """Build the exercise inside the current column."""
    places = list_dropout_places(get_network_spec(NETWORK).layers)
    with gr.Accordion(_TITLE, open=False, elem_id="exercise", elem_classes="gb-form") as section:
        build_prose(_ABOUT)
        with gr.Row():
            place = gr.Dropdown(
                [(label[0].upper() + label[1:], index) for label, index in places],
                value=_PLACE,
                label="Dropout goes",
                filterable=False,
                min_width=240,
                elem_id="exercise-place",
            )
            p = gr.Slider(0, _MAX_P, _P, step=0.05, label="Its probability", elem_id="exercise-p")
        with gr.Row():
            start = gr.Button(
                f"Train with and without, {NUM_SEEDS} seeds each", size="sm", elem_id="exercise-start"
            )
            verdict = gr.Button("Read the verdict", size="sm", elem_id="exercise-verdict")
        error = gr.Markdown("", elem_classes="gb-error", elem_id="exercise-error")
        outcome = build_rendered("", elem_classes="gb-numbers", elem_id="exercise-outcome")
        with gr.Accordion(_WORDS, open=False, elem_id=name_section(_WORDS)):
            description = gr.Markdown(
                on_place(_PLACE, _P),
                elem_classes="gb-numbers",
                elem_id="exercise-description",
                buttons=["copy"],
            )
            gr.HTML(write_card_button("architecture", "ConvNet with dropout"), apply_default_css=False)
    return ExerciseControls(section, place, p, start, error, verdict, outcome, description)


def wire_exercise(
    controls: ExerciseControls,
    my_runs: gr.BrowserState,
    runs: gr.HTML,
    followed: gr.Textbox,
    fields: Mapping[str, Any],
    recall: str,
) -> None:
    """Let the exercise answer.

    Args:
        controls: The exercise's.
        my_runs: Ids of this visitor's runs.
        runs: The list of runs.
        followed: The recipe that the form follows.
        fields: The form's, whose settings all trainings have.
        recall: The script that brings the runs of this browser's other windows.
    """
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    chosen = [controls.place, controls.p]
    moved = [controls.place.input, controls.p.input]
    gr.on(moved, on_place, chosen, [controls.description], trigger_mode="always_last", **quiet)
    gr.on(moved, None, chosen, None, js=follow_parameter("runs", DROPOUT_EXERCISE, [_PLACE, _P]), **quiet)
    opened = [*chosen, controls.description, controls.error]
    controls.section.expand(on_open, None, opened, **quiet)
    controls.start.click(
        on_exercise,
        [my_runs, *chosen, followed, *fields.values()],
        [controls.error, my_runs, runs],
        js=recall,
        **quiet,
    )
    controls.verdict.click(on_verdict, [my_runs, *chosen], [controls.outcome], js=recall, **quiet)
