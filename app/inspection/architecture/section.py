"""The architecture reader: a network's layers with their shapes, parameters, multiply-adds and memory."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

import gradio as gr

from app.inspection.architecture.components.layers import build_layers
from app.inspection.architecture.view import draw_architecture
from app.ui.addresses import follow_settings, reads_address
from app.ui.card_button import write_card_button
from app.ui.components.link_notice import warn_about_link
from app.ui.components.prose import build_prose, build_prose_sections
from app.ui.prose import load_sections, quote_text
from app.ui.sections import name_section
from models.checkpoints.file import find_layers, read_info
from models.networks.architecture import ALEXNET, Architecture, describe_architecture, read_architecture
from models.networks.layers.exchange import read_link
from models.networks.layers.kind import Layers
from models.networks.naming import check_own_name, title_network
from models.networks.registry import NETWORKS
from models.runs.library import RUN_PREFIX, list_choices, resolve_choice

DEFAULT_NETWORK = "convnet3"
BUILT = "built"  # what the builder of Training runs keeps in this browser, trained or not
_UNNAMED = "Your network"
_RECALL = """(...values) => {
  let kept = "";
  try {
    kept = localStorage.getItem("glassbox-network") || "";
  } catch {}  // a browser that stores nothing has no such network
  return [...values.slice(0, -1), kept];
}"""

QUESTION = """## Where do a network's numbers sit?
A network is a row of layers. Some hold most of what is learned, some do most of the work, and these need not
be the same ones. Every count stands with its arithmetic."""


class ArchitectureView(NamedTuple):
    """What one network shows, in the order of the handler's outputs."""

    layers: Any
    error: str


def on_network(network: Any, built: Any = "") -> ArchitectureView:
    """Read the chosen network; wired to the list of networks, and to what the browser keeps."""
    try:
        return ArchitectureView(draw_architecture(read_chosen_architecture(network, built)), "")
    except ValueError as mistake:
        return ArchitectureView(gr.skip(), quote_text(str(mistake)))


def read_chosen_architecture(key: Any, built: Any = "") -> Architecture:
    """Read the layers of a given network, of AlexNet, of one that is being built, or of a run that has one.

    Args:
        key: A name, `BUILT`, or "run:" and a run's id.
        built: What the browser keeps of the network that is being built, as `read_link` takes it.

    Raises:
        ValueError: If there is no such network or run, or the run has no checkpoint yet.
    """
    if key == BUILT:
        name, layers = _read_built(built)
        return describe_architecture(layers, name, name)
    if not (isinstance(key, str) and key.startswith(RUN_PREFIX)):
        return read_architecture(key)
    info = read_info(resolve_choice(key))
    return describe_architecture(find_layers(info), info.network, title_network(info.network))


def _read_built(built: Any) -> tuple[str, Layers]:
    shared = read_link(str(built or "").rpartition("=")[2])  # the link's parameter, with its name or without
    try:
        return check_own_name(shared.name), shared.layers
    except ValueError:
        return _UNNAMED, shared.layers


def list_networks(my_runs: Any, built: Any = "") -> list[tuple[str, str]]:
    """List the networks to read, each as (what is read, its key): the given ones, and those built here."""
    networks = [*((spec.title, name) for name, spec in NETWORKS.items()), ("AlexNet", ALEXNET)]
    if built:
        with suppress(ValueError):  # what an older page left there, say
            networks.append((f"{_read_built(built)[0]}, as you build it", BUILT))
    own = [(choice.label, choice.key) for choice in list_choices(my_runs, True) if choice.info.layers]
    return networks + own


class FocusView(NamedTuple):
    """What opening the list changes, in the order of the handler's outputs."""

    network: Any
    layers: Any = gr.skip()
    error: Any = gr.skip()


def on_focus(network: Any, my_runs: Any, built: Any = "") -> FocusView:
    """List the networks that were built meanwhile too; wired to the list when it is opened.

    The picture follows where it may be of something that is no more: the network that is being built has
    changed since, or the chosen one is gone.
    """
    choices = list_networks(my_runs, built)
    known = [key for _, key in choices]
    if network not in known:
        return FocusView(gr.update(choices=choices, value=DEFAULT_NETWORK), *on_network(DEFAULT_NETWORK))
    listed = gr.update(choices=choices)  # without a value: by now, the visitor may have chosen another
    return FocusView(listed, *on_network(BUILT, built)) if network == BUILT else FocusView(listed)


class OpeningView(NamedTuple):
    """What a link shows, in the order of the handler's outputs."""

    network: Any = gr.skip()
    layers: Any = gr.skip()
    error: Any = gr.skip()


@reads_address("network")
def on_open(my_runs: Any, request: gr.Request) -> OpeningView:
    """Show the network that the page's address names; wires: page's load; runs → list, layers, error."""
    query = dict(request.query_params)
    network = query.get("network")
    if network is None or (query.get("tab"), query.get("lab")) != ("inspection", "architecture"):
        return OpeningView()
    choices = list_networks(my_runs)
    if network not in [key for _, key in choices]:
        warn_about_link(f"There is no network “{network[:40]}” for you: {DEFAULT_NETWORK} is shown instead.")
        return OpeningView()
    return OpeningView(gr.update(choices=choices, value=network), *on_network(network))


def build_architecture_section(page: gr.Blocks, my_runs: gr.BrowserState) -> None:
    """Build the section inside the current tab.

    Args:
        page: The page being built; its load shows the network that an address names.
        my_runs: Ids of this visitor's runs, whose networks can be read where they were built.
    """
    build_prose(QUESTION, elem_classes="gb-question", elem_id=name_section(QUESTION))
    with gr.Row(elem_classes="gb-experiment"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            layers = build_layers(
                draw_architecture(read_architecture(DEFAULT_NETWORK)), elem_id="architecture-layers"
            )
            gr.HTML(write_card_button("architecture", "The architecture"), apply_default_css=False)
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            network = gr.Dropdown(
                list_networks([]),
                value=DEFAULT_NETWORK,
                label="Network",
                filterable=False,
                elem_id="architecture-network",
            )
            error = gr.Markdown("", elem_classes="gb-error", elem_id="architecture-error")
            build_prose(
                "The networks are the notebook's, for images of 1 × 28 × 28 and ten classes. AlexNet is "
                "torchvision's, for 3 × 224 × 224 and 1,000 classes. Behind them stand the network that you "
                "are building in Training runs, and those that you have trained.",
                elem_classes="gb-small",
            )
            built = gr.Textbox(visible=False)
    with gr.Column(elem_classes="gb-lesson"):
        build_prose_sections(load_sections("app.inspection.architecture"))
    follow = follow_settings("inspection/architecture", {"network": DEFAULT_NETWORK})
    # What is being built is kept in this browser; an address cannot name it.
    follow = f'(network) => ({follow})(network === "{BUILT}" ? null : network)'
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    network.change(None, network, None, js=follow, **quiet)
    page.load(on_open, [my_runs], [network, layers, error], **(quiet | {"queue": True}))  # it may warn
    network.focus(
        on_focus,
        [network, my_runs, built],
        [network, layers, error],
        js=_RECALL,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
        queue=False,
    )
    # Importing torchvision, for AlexNet, takes seconds the first time: Gradio shows that it is at work.
    network.input(
        on_network,
        [network, built],
        [layers, error],
        js=_RECALL,
        show_progress="full",
        show_progress_on=layers,
        trigger_mode="always_last",
        api_visibility="private",
    )
