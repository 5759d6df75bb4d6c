"""Building a network of one's own: its text, its rows, one press for a repair, and its training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import gradio as gr

from app.runs.building.view import (
    JSON,
    PYTHON,
    BuildView,
    begin_from,
    describe_forecast,
    find_repair,
    open_link,
    show_text,
    write_text,
)
from app.runs.form import read_fields, read_form, read_num_seeds
from app.runs.listing import Listing, show_runs
from app.ui.prose import quote_text
from models.data.names import NUM_IMAGES, TRAIN_SHARE
from models.networks.layers.examination import examine_layers
from models.networks.layers.exchange import read_network_text
from models.networks.layers.plain_data import describe_layers
from models.networks.layers.reader.program import MAX_TEXT
from models.networks.naming import MAX_NETWORK_NAME, check_own_name
from models.networks.registry import NETWORKS
from models.runs.control import repeat_run
from models.runs.owner import make_owner_key
from models.runs.status import keep_known_runs
from models.training.config import SETTINGS, TrainConfig
from models.training.foretelling import foretell_training
from models.training.recipes import make_config

OPENING = "convnet"
_LINK = "?tab=runs&layers="
# A browser that stores nothing begins anew each time. What came by a link is kept once it is changed.
_KEEP = """(link) => {
  if (!link || link === window.glassboxOpenedNetwork) return;
  window.glassboxOpenedNetwork = null;
  try {
    localStorage.setItem("glassbox-network", link);
  } catch {}
}"""
# A link has done its work: a reload shows what has become of it.
_LEAVE_LINK = """(link) => {
  window.glassboxOpenedNetwork = link;
  const address = new URL(location.href);
  if (!address.searchParams.has("layers")) return;
  address.searchParams.delete("layers");
  history.replaceState(history.state, "", address);
}"""
_RECALL = """() => {
  try {
    return [localStorage.getItem("glassbox-network") || ""];
  } catch {
    return [""];
  }
}"""
_ABOUT = """Write the layers as you would in PyTorch, or paste a network from your notebook: an
`nn.Sequential(…)`, or a class with `__init__` and a plain `forward`. The text is read, never executed. It is
trained with the settings of the form, which stand beside the list of runs."""


class Built(NamedTuple):
    """What a text shows, in the order of the handlers' outputs."""

    table: Any
    problem: Any
    repair: Any
    remarks: Any
    link: Any


class Opened(NamedTuple):
    """Another network, in the order of the handlers' outputs; that its text changes asks for the rest."""

    name: Any
    text: Any


class Arrived(NamedTuple):
    """What the page is opened with, in the order of the handler's outputs."""

    name: Any = gr.skip()
    text: Any = gr.skip()
    table: Any = gr.skip()
    problem: Any = gr.skip()
    repair: Any = gr.skip()
    remarks: Any = gr.skip()
    link: Any = gr.skip()
    place: Any = gr.skip()


class BuildControls(NamedTuple):
    """The controls of the builder."""

    place: gr.Accordion
    begin: gr.Dropdown
    name: gr.Textbox
    form: gr.Radio
    text: gr.Textbox
    table: gr.Markdown
    problem: gr.Markdown
    repair: gr.Button
    remarks: gr.Markdown
    link: gr.Textbox
    foretell: gr.Button
    forecast: gr.Markdown
    train: gr.Button


def on_text(name: Any, text: Any) -> Built:
    """Examine what stands in the text; wired to the text and the name."""
    return _lay_out(
        show_text(name, text, int(TRAIN_SHARE * NUM_IMAGES["train"]), SETTINGS["batch_size"].default)
    )


def on_begin(network: Any, form: Any) -> Opened:
    """Begin with a given network; wired to its list."""
    if network not in NETWORKS:
        return Opened(gr.skip(), gr.skip())
    return _open(begin_from(network), form)


def on_repair(name: Any, text: Any, form: Any) -> Opened:
    """Mend the first problem; wired to the button that says how."""
    try:
        layers = read_network_text(text).layers
    except ValueError:
        return Opened(gr.skip(), gr.skip())
    repair = find_repair(examine_layers(layers))
    return Opened(gr.skip(), write_text(str(name or ""), repair.layers if repair else layers, str(form)))


def on_form(name: Any, text: Any, form: Any) -> Opened:
    """Write the network as Python or as JSON; wired to the choice between them."""
    try:
        layers = read_network_text(text).layers
    except ValueError:
        return Opened(gr.skip(), gr.skip())
    return Opened(gr.skip(), write_text(str(name or ""), layers, str(form)))


def on_open_link(kept: Any, request: gr.Request) -> Arrived:
    """Show the network of the page's address, or the one kept in this browser; wired to opening the page."""
    linked = str(request.query_params.get("layers", ""))
    own = str(kept or "").removeprefix(_LINK)
    place = gr.update(open=True) if linked else gr.skip()
    if not (linked or own):
        return Arrived(place=place)
    try:
        opened = _open(open_link(linked or own), PYTHON)
        return Arrived(*opened, *on_text(*opened), place)
    except ValueError as mistake:
        said = quote_text(str(mistake)) if linked else gr.skip()
        return Arrived(problem=said, place=place)


def on_foretell(name: Any, text: Any, followed: str, *values: Any) -> str:
    """Say how long a training would take; wired to its button."""
    try:
        config = make_own_config(name, text, followed, values)
        return describe_forecast(foretell_training(config), config)
    except ValueError as mistake:
        return quote_text(str(mistake))


def on_train(my_runs: Any, num_seeds: Any, name: Any, text: Any, followed: str, *values: Any) -> Listing:
    """Train what stands in the text; wired to its button: as the form's own start button."""
    known, key = keep_known_runs(my_runs), make_owner_key()
    try:
        config = make_own_config(name, text, followed, values)
        started = repeat_run(config, read_num_seeds(num_seeds), own_runs=known, owner_key=key)
    except ValueError as mistake:
        return Listing(quote_text(str(mistake)), gr.skip(), gr.skip())
    ticked = started if len(started) > 1 else None
    return show_runs([*known, *started], started[0], ticked, dict.fromkeys(started, key))


def make_own_config(name: Any, text: Any, followed: str, values: tuple[Any, ...]) -> TrainConfig:
    """Return the configuration that trains a text's network with the settings of the form.

    Raises:
        ValueError: If the text is no network, has no name of its own, or a field holds what is not allowed.
    """
    shared = read_network_text(text)
    own_name = check_own_name(name or shared.name)
    given = read_form(read_fields(values), followed)
    settings = {key: getattr(given, key) for key in SETTINGS if key != "dropout"}
    recipe = given.recipe if given.recipe != "free" else followed
    return make_config(own_name, recipe, layers=describe_layers(shared.layers), **settings)


def _open(shared: Any, form: Any) -> Opened:
    return Opened(shared.name, write_text(shared.name, shared.layers, str(form)))


def _lay_out(view: BuildView) -> Built:
    repair = gr.update(value=view.repair.label if view.repair else "", visible=view.repair is not None)
    link = f"{_LINK}{view.link}" if view.link else ""
    return Built(view.table, view.problem, repair, view.remarks, link)


def build_builder() -> BuildControls:
    """Build the place inside the current column."""
    opened = begin_from(OPENING)
    text = write_text(opened.name, opened.layers, PYTHON)
    view = on_text(opened.name, text)
    with gr.Accordion("Build your own network", open=False, elem_id="build", elem_classes="gb-form") as place:
        gr.Markdown(_ABOUT)
        with gr.Row():
            begin = gr.Dropdown(
                [(spec.title, name) for name, spec in NETWORKS.items()],
                value=OPENING,
                label="Begin with",
                filterable=False,
                min_width=140,
                elem_id="build-begin",
            )
            name = gr.Textbox(
                opened.name, label="Name", max_length=MAX_NETWORK_NAME, min_width=140, elem_id="build-name"
            )
            form = gr.Radio(
                [PYTHON, JSON], value=PYTHON, label="Written as", min_width=140, elem_id="build-form"
            )
        source = gr.Textbox(
            text, label="Layers", lines=12, max_lines=24, max_length=MAX_TEXT, elem_id="build-text"
        )
        problem = gr.Markdown(view.problem, elem_classes="gb-error", elem_id="build-problem")
        repair = gr.Button("", visible=False, size="sm", elem_id="build-repair")
        remarks = gr.Markdown(view.remarks, elem_classes="gb-warning", elem_id="build-remarks")
        table = gr.Markdown(view.table, elem_classes="gb-numbers", elem_id="build-rows")
        with gr.Row():
            foretell = gr.Button("How long will it take?", size="sm", elem_id="build-foretell")
            train = gr.Button("Train it", variant="primary", size="sm", elem_id="build-train")
        forecast = gr.Markdown("", elem_classes="gb-about", elem_id="build-forecast")
        link = gr.Textbox(
            view.link,
            label="Link",
            info="Put it behind this page's address to send the network to somebody.",
            interactive=False,
            buttons=["copy"],
            elem_id="build-link",
        )
    return BuildControls(
        place, begin, name, form, source, table, problem, repair, remarks, link, foretell, forecast, train
    )


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
    built = [controls.table, controls.problem, controls.repair, controls.remarks, controls.link]
    said = opened = [controls.name, controls.text]
    # `change`, not `input`: also what is pasted, and what another handler writes. One event answers for all,
    # so that no older answer is shown last.
    gr.on(
        [control.change for control in said], on_text, said, built, trigger_mode="always_last", **quiet
    ).then(None, controls.link, None, js=_KEEP, **quiet)
    controls.begin.input(on_begin, [controls.begin, controls.form], opened, **quiet)
    controls.form.input(on_form, [*said, controls.form], opened, **quiet)
    controls.repair.click(on_repair, [*said, controls.form], opened, **quiet)
    measured = [*said, followed, *fields.values()]
    controls.foretell.click(  # in Gradio's queue: it takes a processor for half a second
        on_foretell, measured, [controls.forecast], show_progress="minimal", api_visibility="private"
    )
    start(controls.train, measured)
    page.load(on_open_link, controls.link, [*opened, *built, controls.place], js=_RECALL, **quiet).then(
        None, controls.link, None, js=_LEAVE_LINK, **quiet
    )
