"""Building a network of one's own: its rows, what it costs, and its training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import gradio as gr

from app.runs.building.components.layer_rows import build_layer_rows
from app.runs.building.view import begin_from, describe_forecast, show_change
from app.runs.form import OWN_NETWORK, read_fields, read_form, read_num_seeds
from app.runs.listing import Listing, show_runs
from app.ui.addresses import reads_address
from app.ui.answers import answer
from app.ui.components.prose import build_prose
from app.ui.prose import quote_text
from models.networks.layers.exchange import read_link, write_json
from models.runs.control import repeat_run
from models.runs.owner import make_owner_key
from models.runs.status import keep_known_runs
from models.training.config import TrainConfig
from models.training.foretelling import foretell_training

OPENING = "convnet"
_RECALL = """() => {
  try {
    return [localStorage.getItem("glassbox-network") || ""];
  } catch {
    return [""];
  }
}"""
# A forecast holds for what was asked about: the network, the recipe and every field.
_NOTE_ASKED = """(...values) => {
  window.glassboxForetold = JSON.stringify(values);
  return values;
}"""
_DROP_IF_OLD = """(forecast, ...values) =>
  window.glassboxForetold === JSON.stringify(values) ? forecast : ''"""
_ABOUT = """A network is a list of layers. Change it here row by row, or write it in PyTorch further below. It
is trained with the settings of the form, which stand beside the list of runs."""


class Arrived(NamedTuple):
    """What the page is opened with, in the order of the handler's outputs."""

    rows: Any = gr.skip()
    error: Any = gr.skip()
    place: Any = gr.skip()


class BuildControls(NamedTuple):
    """The controls of the builder; the value of `rows` is the network as JSON."""

    place: gr.Accordion
    rows: gr.HTML
    foretell: gr.Button
    forecast: gr.Markdown
    train: gr.Button
    error: gr.Markdown


@reads_address("layers", stored=("glassbox-network",))
def on_open_link(kept: Any, request: gr.Request) -> Arrived:
    """Show the network of the page's address, or the one kept in this browser; wired to opening the page."""
    linked = str(request.query_params.get("layers", ""))
    own = str(kept or "").rpartition("=")[2]  # it was kept with "?tab=runs&layers=" before it once
    place = gr.update(open=True) if linked else gr.skip()
    if not (linked or own):
        return Arrived(place=place)
    try:
        shared = read_link(linked or own)
    except ValueError as mistake:
        return Arrived(error=quote_text(str(mistake)) if linked else gr.skip(), place=place)
    return Arrived(write_json(shared.name, shared.layers), place=place)


def on_foretell(own: Any, followed: str, *values: Any) -> str:
    """Say how long a training would take; wired to its button."""
    try:
        config = make_own_config(own, followed, values)
        return describe_forecast(foretell_training(config), config)
    except ValueError as mistake:
        return quote_text(str(mistake))


def on_train(my_runs: Any, num_seeds: Any, own: Any, followed: str, *values: Any) -> Listing:
    """Train the network that is built; wired to its button: as the form's own start button."""
    known, key = keep_known_runs(my_runs), make_owner_key()
    try:
        config = make_own_config(own, followed, values)
        started = repeat_run(config, read_num_seeds(num_seeds), own_runs=known, owner_key=key)
    except ValueError as mistake:
        return Listing(quote_text(str(mistake)), gr.skip(), gr.skip())
    ticked = started if len(started) > 1 else None
    return show_runs([*known, *started], started[0], ticked, dict.fromkeys(started, key))


def make_own_config(own: Any, followed: str, values: tuple[Any, ...]) -> TrainConfig:
    """Return the configuration that trains what is built with the settings of the form.

    Raises:
        ValueError: If it is no network, has no name of its own, or a field holds what is not allowed.
    """
    return read_form(read_fields(values) | {"network": OWN_NETWORK}, followed, own)


def build_builder() -> BuildControls:
    """Build the place inside the current column."""
    opened = begin_from(OPENING)
    with gr.Accordion("Build your own network", open=False, elem_id="build", elem_classes="gb-form") as place:
        build_prose(_ABOUT)
        rows = build_layer_rows(
            answer(show_change, "name", "layers", "text", "begin", "form"),
            value=write_json(opened.name, opened.layers),
            elem_id="build-rows",
        )
        error = gr.Markdown("", elem_classes="gb-error", elem_id="build-error")
        with gr.Row():
            foretell = gr.Button("How long will it take?", size="sm", elem_id="build-foretell")
            train = gr.Button("Train it", variant="primary", size="sm", elem_id="build-train")
        forecast = gr.Markdown("", elem_classes="gb-about", elem_id="build-forecast")
    return BuildControls(place, rows, foretell, forecast, train, error)


def wire_builder(
    page: gr.Blocks,
    controls: BuildControls,
    followed: gr.Textbox,
    fields: Mapping[str, Any],
    start: Callable[[Any, list[Any]], Any],
) -> None:
    """Let the builder answer.

    Args:
        page: Its load shows the network that the address names.
        controls: The builder's.
        followed: The recipe that the form follows.
        fields: The form's, whose settings a training has.
        start: Wires the button that trains, given it and the inputs behind runs and seeds.
    """
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    measured = [controls.rows, followed, *fields.values()]
    controls.foretell.click(  # in Gradio's queue: it takes a processor for half a second
        on_foretell,
        measured,
        [controls.forecast],
        js=_NOTE_ASKED,
        show_progress="minimal",
        api_visibility="private",
    ).then(None, [controls.forecast, *measured], [controls.forecast], js=_DROP_IF_OLD, **quiet)
    changes = [field.change for field in fields.values()]
    gr.on(changes, None, None, [controls.forecast], js="() => ''", **quiet)
    # What was foretold was of another network, and so was what was wrong with it.
    controls.rows.input(None, None, [controls.forecast, controls.error], js="() => ['', '']", **quiet)
    start(controls.train, measured)
    page.load(
        on_open_link, controls.rows, [controls.rows, controls.error, controls.place], js=_RECALL, **quiet
    )
