"""The microscope: what dropout and batch norm do to one answer, in training and in evaluation mode."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

import gradio as gr

from app.inspection.microscope.components.norm import build_norm
from app.inspection.microscope.components.spread import CHANNEL, FIELD_CLASS, build_spread
from app.inspection.microscope.handlers import (
    EVALUATION,
    MAX_SEED,
    TRAINING,
    Request,
    answer_controls,
    list_labels,
    on_focus,
    on_network,
    on_norm_layer,
    on_open,
    show_pictures,
)
from app.inspection.microscope.layers import find_last_channel, list_mode_layers
from app.ui.addresses import follow_settings
from app.ui.components.notice import build_notice
from app.ui.components.number_field import name_number
from app.ui.components.prose import build_prose, build_prose_sections
from app.ui.digits import DRAWING, TEST, list_sources
from app.ui.openings import postpone_value
from app.ui.packing import pack
from app.ui.prose import load_sections
from app.ui.sections import name_section
from app.ui.server_functions import ask_component
from models.checkpoints.file import find_layers, read_info
from models.data.datasets import load_gallery
from models.runs.library import CHOICE_INFO, resolve_choice

DEFAULT_CHECKPOINT = "convnet4"
DEFAULT_INDEX = 1114  # a digit of MNIST's test set on which the masks disagree

QUESTION = """## What do dropout and batch norm do to an answer?
Both behave in one way while a network learns and in another when it answers. Dropout hides features at
random; batch norm measures what is normal. Here each acts alone on one digit, the rest in evaluation mode."""
NORM_QUESTION = """### Batch norm: whose mean, whose variance?
Batch norm shifts and scales every map: in evaluation mode by statistics gathered in training, in training
mode by those of the batch at hand. Here that batch is this one image."""

_ASK = ask_component(CHANNEL)
# A drawing matters only where it is the chosen image.
_ASK_FOR_DRAWING = f"(...values) => {{ if (values[1] === '{DRAWING}') ({_ASK})(...values); }}"
# The page counts the seed on by itself: an answer that comes late rewrites no field.
_STEP = f"(seed) => (Number.isInteger(seed) ? (seed + %d + {MAX_SEED + 1}) %% {MAX_SEED + 1} : 0)"


def build_microscope_section(page: gr.Blocks, pad: gr.HTML, my_runs: gr.BrowserState) -> None:
    """Build the section inside the current tab, showing a digit on which the masks disagree.

    Args:
        page: The page being built; its load restores the settings that an address names.
        pad: The sketchpad, whose drawing can be looked at too.
        my_runs: Ids of this visitor's runs, whose checkpoints can be chosen too.
    """
    last = len(load_gallery("test").images) - 1
    opening = Request(DEFAULT_CHECKPOINT, TEST, min(DEFAULT_INDEX, last), None, TRAINING, None, 0, None, 0)
    layers, norms = list_mode_layers(find_layers(read_info(resolve_choice(DEFAULT_CHECKPOINT))))
    norm_layers = list(norms)
    opening = opening._replace(layer=layers[0][1], norm_layer=norm_layers[-1])
    pictures = lru_cache(maxsize=1)(partial(show_pictures, opening))
    build_prose(QUESTION, elem_classes="gb-question", elem_id=name_section(QUESTION))
    with gr.Row(elem_classes="gb-experiment"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            spread = build_spread("", answer_controls, elem_id="microscope-spread")
            postpone_value(spread, lambda: pack(pictures()["spread"] or {}))
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            checkpoint = gr.Dropdown(
                list_labels([]),
                value=DEFAULT_CHECKPOINT,
                label="Network",
                info=CHOICE_INFO,
                filterable=False,
                elem_id="microscope-checkpoint",
                elem_classes=f"{FIELD_CLASS}checkpoint",
            )
            source = gr.Radio(
                list_sources(), value=opening.source, label="Image", elem_classes=f"{FIELD_CLASS}source"
            )
            index = gr.Slider(
                0,
                last,
                opening.index,
                step=1,
                label="Number in the data set",
                elem_classes=name_number(f"{FIELD_CLASS}index"),
            )
            build_notice("error", channel=CHANNEL, elem_classes="gb-error", elem_id="microscope-error")
            mode = gr.Radio(
                [("Training: features are dropped", TRAINING), ("Evaluation: all are kept", EVALUATION)],
                value=TRAINING,
                label="Dropout's mode",
                elem_id="microscope-mode",
            )
            layer = gr.Dropdown(
                layers,
                value=layers[0][1],
                label="Mask of layer",
                filterable=False,
                elem_id="microscope-layer",
            )
            seed = gr.Slider(
                0,
                MAX_SEED,
                opening.seed,
                step=1,
                label="Seed of the mask",
                elem_classes=name_number(f"{FIELD_CLASS}seed"),
            )
            with gr.Row():
                back = gr.Button("Previous mask", size="sm", min_width=100)
                new = gr.Button("New mask", size="sm", min_width=100, variant="primary")
    build_prose(NORM_QUESTION, elem_classes="gb-question", elem_id=name_section(NORM_QUESTION, "microscope"))
    with gr.Row(elem_classes="gb-experiment"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            norm = build_norm("", elem_id="microscope-norm")
            postpone_value(norm, lambda: pack(pictures()["norm"] or {}))
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls") as norm_controls:
            norm_layer = gr.Dropdown(
                norm_layers,
                value=opening.norm_layer,
                label="Batch norm",
                filterable=False,
                elem_id="microscope-norm-layer",
            )
            last_channel = find_last_channel(norms, opening.norm_layer)
            channel = gr.Slider(
                0,
                last_channel,
                0,
                step=1,
                label="Channel",
                elem_classes=name_number(f"{FIELD_CLASS}channel"),
            )
    with gr.Column(elem_classes="gb-lesson"):
        build_prose_sections(load_sections("app.inspection.microscope"))

    inputs: list[Any] = [checkpoint, source, index, pad, mode, layer, seed, norm_layer, channel]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    live: dict[str, Any] = {**quiet, "trigger_mode": "always_last", "queue": False}
    ask: dict[str, Any] = {"fn": None, "inputs": inputs, "outputs": None, "js": _ASK, **live}
    checkpoint.focus(on_focus, [my_runs], [checkpoint], **quiet)
    # The pictures are asked for by one script, and always with all that stands in the controls by then: the
    # lists' handlers change controls alone. Of several answers on their way, none could be shown last that
    # knows less.
    gr.on([source.input, index.input, mode.input, layer.change, seed.change, channel.change], **ask)
    pad.input(None, inputs, None, js=_ASK_FOR_DRAWING, **live)
    for button, by in ((new, 1), (back, -1)):
        button.click(None, seed, seed, js=_STEP % by, **quiet)
    # A list's `input` comes twice for one click (its `select` never for the keys). The answer to the first
    # must not make Gradio refuse the second: no handler takes in a list or slider whose range it changes.
    # `always_last` sends the second after the answer to the first, so that it finds it in its state.
    listed = gr.State(opening.checkpoint)
    checkpoint.input(
        on_network,
        [checkpoint, listed],
        [layer, norm_layer, channel, norm_controls, listed],
        **live,
    ).then(**ask)
    counted = gr.State([opening.checkpoint, opening.norm_layer])
    named: list[Any] = [checkpoint, source, index, mode, layer, seed, norm_layer, channel]
    first = opening._asdict()
    del first["drawing"]
    follow = follow_settings("inspection/microscope", first)
    changes = [each.change for each in named]
    gr.on(changes, None, named, None, js=follow, **live)
    page.load(on_open, [gr.State(first), my_runs], [*named, norm_controls, listed, counted], **quiet).then(
        **ask
    )
    norm_layer.change(  # also after another network's answer
        on_norm_layer, [checkpoint, norm_layer, counted], [channel, counted], **live
    ).then(**ask)
