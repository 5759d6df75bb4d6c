"""The architecture reader: a network's layers with their shapes, parameters, multiply-adds and memory."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from app.inspection.architecture.components.layers import build_layers
from app.inspection.architecture.view import draw_architecture
from app.ui.prose import LATEX_DELIMITERS, load_sections
from models.networks.architecture import ALEXNET, read_architecture
from models.networks.registry import NETWORKS

DEFAULT_NETWORK = "convnet3"

QUESTION = """## Where do a network's numbers sit?
A network is a row of layers. Some hold most of what is learned, some do most of the work, and these need not
be the same ones. Every count stands with its arithmetic."""


class ArchitectureView(NamedTuple):
    """What one network shows, in the order of the handler's outputs."""

    layers: Any
    error: str


def on_network(network: Any) -> ArchitectureView:
    """Read the chosen network; wired to the list of networks."""
    try:
        return ArchitectureView(draw_architecture(read_architecture(network)), "")
    except ValueError as mistake:
        return ArchitectureView(gr.skip(), str(mistake))


def build_architecture_section() -> None:
    """Build the section inside the current tab."""
    gr.Markdown(QUESTION, elem_classes="gb-question")
    with gr.Row(elem_classes="gb-experiment"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            layers = build_layers(
                draw_architecture(read_architecture(DEFAULT_NETWORK)), elem_id="architecture-layers"
            )
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            network = gr.Dropdown(
                [*((spec.title, name) for name, spec in NETWORKS.items()), ("AlexNet", ALEXNET)],
                value=DEFAULT_NETWORK,
                label="Network",
                filterable=False,
                elem_id="architecture-network",
            )
            error = gr.Markdown("", elem_classes="gb-error", elem_id="architecture-error")
            gr.Markdown(
                "The networks are the notebook's, for images of 1 × 28 × 28 and ten classes. AlexNet is "
                "torchvision's, for 3 × 224 × 224 and 1,000 classes.",
                elem_classes="gb-small",
            )
    with gr.Column(elem_classes="gb-lesson"):
        for title, text in load_sections("app.inspection.architecture"):
            with gr.Accordion(title, open=False):
                gr.Markdown(text, latex_delimiters=LATEX_DELIMITERS)
    # Importing torchvision, for AlexNet, takes seconds the first time: Gradio shows that it is at work.
    network.input(
        on_network,
        [network],
        [layers, error],
        show_progress="full",
        show_progress_on=layers,
        trigger_mode="always_last",
        api_visibility="private",
    )
