"""The microscope: what dropout and batch norm do to one answer, in training and in evaluation mode."""

from __future__ import annotations

import json
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from app.inspection.microscope.components.norm import build_norm
from app.inspection.microscope.components.spread import build_spread
from app.inspection.microscope.view import describe_layer, show_dropout, show_norm
from app.ui.digits import DRAWING, TEST, list_sources, take_digit
from app.ui.prose import LATEX_DELIMITERS, load_sections
from models.checkpoints.file import read_info
from models.checkpoints.prediction import copy_network, find_temperature
from models.data.datasets import load_gallery
from models.inspection.microscope import (
    BatchNormView,
    DropoutSample,
    has_dropout_or_norm,
    inspect_batch_norm,
    pick_mask,
    sample_masks,
)
from models.networks.registry import get_network_spec
from models.runs.library import CHOICE_INFO, Choice, list_choices, resolve_choice

DEFAULT_CHECKPOINT = "convnet4"
DEFAULT_INDEX = 1114  # a digit of MNIST's test set on which the masks disagree
NUM_MASKS = 100
MAX_SEED = 999
TRAINING, EVALUATION = "training", "evaluation"

QUESTION = """## What do dropout and batch norm do to an answer?
Both behave in one way while a network learns and in another when it answers. Dropout hides features at
random; batch norm measures what is normal. Here each acts alone on one digit, the rest in evaluation mode."""
NORM_QUESTION = """### Batch norm: whose mean, whose variance?
Batch norm shifts and scales every map: in evaluation mode by statistics gathered in training, in training
mode by those of the batch at hand. Here that batch is this one picture."""

# While Python runs a hundred masks, which takes ConvNet4 long enough to be noticed, the pictures say so.
_PICTURES = "document.querySelectorAll('#microscope-spread .gb-spread, #microscope-norm .gb-norm')"
_BEGIN = f"(...values) => {{ {_PICTURES}.forEach((each) => {{ each.ariaBusy = true; }}); return values; }}"
_END = f"() => {{ {_PICTURES}.forEach((each) => {{ each.ariaBusy = false; }}); }}"


class Request(NamedTuple):
    """What stands in the controls, in the order of the handlers' inputs; unchecked."""

    checkpoint: Any
    source: Any
    index: Any
    drawing: Any
    mode: Any
    layer: Any
    seed: Any
    norm_layer: Any
    channel: Any


class PictureView(NamedTuple):
    """What another picture shows, in the order of the handler's outputs."""

    spread: Any
    norm: Any
    error: str


class Answered(NamedTuple):
    """The choices in lists that were answered last: a list tells a click twice, and the second time is idle.

    By then, what the first answer set may have been changed by hand.
    """

    checkpoint: Any
    norm_layer: Any


class NetworkView(NamedTuple):
    """What another network shows, in the order of the handler's outputs."""

    spread: Any
    norm: Any
    error: str
    layer: Any
    norm_layer: Any
    channel: Any
    norm_controls: Any
    answered: Any


def on_picture(*values: Any) -> PictureView:
    """Show both for another picture; wired to its controls."""
    request = Request(*values)
    try:
        return PictureView(_show_dropout(request), _show_norm(request), "")
    except (ValueError, TypeError) as mistake:
        return PictureView(gr.skip(), gr.skip(), _explain(mistake))


def on_drawing(*values: Any) -> PictureView:
    """Show both for a new drawing, if it is the chosen picture; wired to the sketchpad's input."""
    if Request(*values).source != DRAWING:
        return PictureView(gr.skip(), gr.skip(), gr.skip())
    return on_picture(*values)


def on_network(
    checkpoint: Any, source: Any, index: Any, drawing: Any, mode: Any, seed: Any, answered: Answered
) -> NetworkView:
    """Show both for another network, with its layers to choose from; wired to the list of checkpoints.

    The lists of layers are no inputs: what stands in them belongs to the network before.
    """
    if checkpoint == answered.checkpoint:
        return NetworkView(gr.skip(), gr.skip(), "", *[gr.skip()] * 5)
    request = Request(checkpoint, source, index, drawing, mode, None, seed, None, 0)
    try:
        sample, norms = _sample_one(request), _inspect_norm(request)
        request = request._replace(norm_layer=norms.layers[-1].name if norms.layers else None)
        view = NetworkView(*on_picture(*request), *[gr.skip()] * 5)
    except (ValueError, TypeError) as mistake:
        return NetworkView(gr.skip(), gr.skip(), _explain(mistake), *[gr.skip()] * 5)
    layers, norm_layers = _list_layers(sample), [each.name for each in norms.layers]
    view = view._replace(
        layer=gr.Dropdown(choices=layers, value=layers[0][1] if layers else None),
        norm_controls=gr.Column(visible=bool(norm_layers)),
        answered=Answered(checkpoint, request.norm_layer),
    )
    if not norm_layers:
        return view  # the list keeps its value: without choices, Gradio would refuse whatever is sent with it
    return view._replace(
        norm_layer=gr.Dropdown(choices=norm_layers, value=request.norm_layer),
        channel=gr.Slider(maximum=_find_last_channel(norms, request.norm_layer), value=0),
    )


def on_mask(*values: Any) -> tuple[Any, str]:
    """Show another mask, or none; wired to the mode, the layer and the seed. Returns picture and error."""
    try:
        return _show_dropout(Request(*values)), ""
    except (ValueError, TypeError) as mistake:
        return gr.skip(), _explain(mistake)


def on_step(by: int, *values: Any) -> tuple[Any, str, Any]:
    """Show the next mask or the one before; wired to the buttons. Returns picture, error and seed."""
    request = Request(*values)
    seed = (request.seed + by) % (MAX_SEED + 1) if isinstance(request.seed, int) else 0
    return *on_mask(*request._replace(seed=seed)), seed


def on_norm_layer(
    checkpoint: Any, source: Any, index: Any, drawing: Any, norm_layer: Any, answered: Answered
) -> tuple[Any, str, Any, Any]:
    """Show another batch norm, from its channel 0; wired to its list.

    Returns picture, error, channel and what has been answered now.
    """
    if (now := Answered(checkpoint, norm_layer)) == answered:
        return gr.skip(), "", gr.skip(), gr.skip()
    request = Request(checkpoint, source, index, drawing, TRAINING, None, 0, norm_layer, 0)
    try:
        last_channel = _find_last_channel(_inspect_norm(request), norm_layer)
        return _show_norm(request), "", gr.Slider(maximum=last_channel, value=0), now
    except (ValueError, TypeError) as mistake:
        return gr.skip(), _explain(mistake), gr.skip(), gr.skip()


def on_channel(*values: Any) -> tuple[Any, str]:
    """Show another channel's arithmetic; wired to its slider. Returns picture and error."""
    try:
        return _show_norm(Request(*values)), ""
    except (ValueError, TypeError) as mistake:
        return gr.skip(), _explain(mistake)


def on_focus(my_runs: Any) -> Any:
    """List the checkpoints that there are now, those of the visitor's runs too; wired to the list's focus.

    The value is left out: by now, the visitor may have chosen another.
    """
    return gr.Dropdown(choices=list_labels(my_runs))


def list_labels(my_runs: Any) -> list[tuple[str, str]]:
    """List the checkpoints whose network has dropout or batch norm, each as (what is read, its key)."""
    try:
        choices = list_choices(my_runs)
    except ValueError:  # a run's file is damaged
        choices = list_choices([])
    return [(choice.label, choice.key) for choice in choices if _differs_in_training(choice)]


def _differs_in_training(choice: Choice) -> bool:
    return has_dropout_or_norm(choice.info.network, choice.info.config)


def build_microscope_section(pad: gr.HTML, my_runs: gr.BrowserState) -> None:
    """Build the section inside the current tab, showing a digit on which the masks disagree.

    Args:
        pad: The sketchpad, whose drawing can be looked at too.
        my_runs: Ids of this visitor's runs, whose checkpoints can be chosen too.
    """
    last = len(load_gallery().images) - 1
    opening = Request(DEFAULT_CHECKPOINT, TEST, min(DEFAULT_INDEX, last), None, TRAINING, None, 0, None, 0)
    norms = _inspect_norm(opening)
    layers, norm_layers = _list_layers(_sample_one(opening)), [each.name for each in norms.layers]
    opening = opening._replace(layer=layers[0][1], norm_layer=norm_layers[-1])
    view = on_picture(*opening)
    gr.Markdown(QUESTION, elem_classes="gb-question")
    with gr.Row(elem_classes="gb-bench"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            spread = build_spread(view.spread, elem_id="microscope-spread")
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            checkpoint = gr.Dropdown(
                list_labels([]),
                value=DEFAULT_CHECKPOINT,
                label="Network",
                info=CHOICE_INFO,
                filterable=False,
                elem_id="microscope-checkpoint",
            )
            source = gr.Radio(list_sources(), value=opening.source, label="Picture")
            index = gr.Slider(0, last, opening.index, step=1, label="Number in the data set")
            error = gr.Markdown(view.error, elem_classes="gb-error", elem_id="microscope-error")
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
            seed = gr.Slider(0, MAX_SEED, opening.seed, step=1, label="Seed of the mask")
            with gr.Row():
                back = gr.Button("Previous mask", size="sm", min_width=100)
                new = gr.Button("New mask", size="sm", min_width=100, variant="primary")
    gr.Markdown(NORM_QUESTION, elem_classes="gb-question")
    with gr.Row(elem_classes="gb-bench"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            norm = build_norm(view.norm, elem_id="microscope-norm")
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls") as norm_controls:
            norm_layer = gr.Dropdown(
                norm_layers,
                value=opening.norm_layer,
                label="Batch norm",
                filterable=False,
                elem_id="microscope-norm-layer",
            )
            channel = gr.Slider(0, _find_last_channel(norms, opening.norm_layer), 0, step=1, label="Channel")
    with gr.Column(elem_classes="gb-lesson"):
        for title, text in load_sections("app.inspection.microscope"):
            with gr.Accordion(title, open=False):
                gr.Markdown(text, latex_delimiters=LATEX_DELIMITERS)

    answered = gr.State(Answered(opening.checkpoint, opening.norm_layer))
    inputs: list[Any] = [checkpoint, source, index, pad, mode, layer, seed, norm_layer, channel]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # A list's `input` comes twice for one click (its `select` never for the keys). The answer to the first
    # must not make Gradio refuse the second: no handler takes in a list or slider whose range it changes.
    # `always_last` sends the second after the answer to the first, so that it finds it in `answered`.
    live: dict[str, Any] = {**quiet, "trigger_mode": "always_last", "queue": False}
    checkpoint.focus(on_focus, [my_runs], [checkpoint], **quiet)
    checkpoint.input(
        on_network,
        [checkpoint, source, index, pad, mode, seed, answered],
        [spread, norm, error, layer, norm_layer, channel, norm_controls, answered],
        js=_BEGIN,
        **live,
    ).then(None, None, None, js=_END, **quiet)
    gr.on([source.input, index.input], on_picture, inputs, [spread, norm, error], js=_BEGIN, **live).then(
        None, None, None, js=_END, **quiet
    )
    pad.input(on_drawing, inputs, [spread, norm, error], **live)
    gr.on([mode.input, layer.input, seed.input], on_mask, inputs, [spread, error], **live)
    steps = {**live, "trigger_mode": "once"}  # a press before the answer would ask for the same mask again
    new.click(partial(on_step, 1), inputs, [spread, error, seed], **steps)
    back.click(partial(on_step, -1), inputs, [spread, error, seed], **steps)
    norm_layer.input(
        on_norm_layer,
        [checkpoint, source, index, pad, norm_layer, answered],
        [norm, error, channel, answered],
        **live,
    )
    channel.input(on_channel, inputs, [norm, error], **live)


def _show_dropout(request: Request) -> str:
    picture, note = take_digit(request.source, request.index, request.drawing)
    spread = _sample_many(request).probabilities
    number = "" if request.source == DRAWING else f", number {request.index}"
    shown = show_dropout(
        picture, f"{note}{number}", _sample_one(request), spread, request.layer, request.mode == TRAINING
    )
    return _pack(shown)


def _show_norm(request: Request) -> str:
    title = get_network_spec(read_info(resolve_choice(str(request.checkpoint))).network).title
    channel = request.channel if isinstance(request.channel, int) else 0
    return _pack(show_norm(_inspect_norm(request), request.norm_layer, channel, title))


def _sample_one(request: Request) -> DropoutSample:
    """Answer with the mask of the chosen seed: one of the many, where it is among them."""
    if isinstance(request.seed, int) and 0 <= request.seed < NUM_MASKS:
        return pick_mask(_sample_many(request), request.seed)
    picture, _ = take_digit(request.source, request.index, request.drawing)
    path = resolve_choice(str(request.checkpoint))
    return sample_masks(copy_network(path), picture, 1, request.seed, find_temperature(path))


def _sample_many(request: Request) -> DropoutSample:
    picture, _ = take_digit(request.source, request.index, request.drawing)
    path = resolve_choice(str(request.checkpoint))
    status = path.stat()
    pixels = picture.astype(np.float32).tobytes()
    return _sample_version(path, status.st_mtime_ns, status.st_size, pixels)


def _inspect_norm(request: Request) -> BatchNormView:
    picture, _ = take_digit(request.source, request.index, request.drawing)
    path = resolve_choice(str(request.checkpoint))
    return inspect_batch_norm(copy_network(path), picture, find_temperature(path))


@lru_cache(maxsize=16)  # at most 2 MB each: a new mask for the same picture runs nothing again
def _sample_version(path: Path, mtime_ns: int, num_bytes: int, pixels: bytes) -> DropoutSample:
    picture = np.frombuffer(pixels, np.float32).reshape(28, 28)
    sample = sample_masks(copy_network(path), picture, NUM_MASKS, 0, find_temperature(path))
    for array in (sample.probabilities, sample.evaluated, *(layer.masks for layer in sample.layers)):
        array.setflags(write=False)  # shared by everyone who asks
    return sample


def _list_layers(sample: DropoutSample) -> list[tuple[str, str]]:
    return [(describe_layer(each), each.name) for each in sample.layers]


def _find_last_channel(norms: BatchNormView, name: Any) -> int:
    """Return the last channel of the layer of this name, else of the first; 1 without any, for a slider."""
    sizes = {each.name: len(each.gamma) for each in norms.layers}
    return sizes.get(name, next(iter(sizes.values()), 2)) - 1


def _explain(mistake: Exception) -> str:
    # A TypeError comes from a value of another type than any control of ours sends.
    return str(mistake) if isinstance(mistake, ValueError) else "The controls sent a value of another type."


def _pack(value: dict[str, Any]) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
