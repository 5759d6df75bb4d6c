"""What happens when a control of the microscope is used."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from app.inspection.microscope.view import describe_layer, show_dropout, show_norm
from app.ui.digits import DRAWING, take_digit
from app.ui.field_errors import MissingImageError
from app.ui.packing import pack
from models.checkpoints.file import find_layers, read_info
from models.checkpoints.prediction import copy_network, find_temperature
from models.inspection.microscope import (
    BatchNormView,
    DropoutSample,
    has_dropout_or_norm,
    inspect_batch_norm,
    pick_mask,
    sample_masks,
)
from models.networks.naming import title_network
from models.runs.library import Choice, list_choices, resolve_digit_reader

NUM_MASKS = 100
TRAINING, EVALUATION = "training", "evaluation"


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


class ImageView(NamedTuple):
    """What another image shows, in the order of the handler's outputs."""

    spread: Any = gr.skip()
    norm: Any = gr.skip()
    error: Any = ""


class SpreadView(NamedTuple):
    """What another mask shows, in the order of the handler's outputs."""

    spread: Any = gr.skip()
    error: Any = ""


class NormView(NamedTuple):
    """What another channel of a batch norm shows, in the order of the handler's outputs."""

    norm: Any = gr.skip()
    error: Any = ""


class NormLayerView(NamedTuple):
    """What another batch norm shows, in the order of the handler's outputs."""

    norm: Any = gr.skip()
    error: Any = ""
    channel: Any = gr.skip()
    answered: Any = gr.skip()


class Answered(NamedTuple):
    """The choices in lists that were answered last: a list tells a click twice, and the second time is idle.

    By then, what the first answer set may have been changed by hand.
    """

    checkpoint: Any
    norm_layer: Any


class NetworkView(NamedTuple):
    """What another network shows, in the order of the handler's outputs."""

    spread: Any = gr.skip()
    norm: Any = gr.skip()
    error: Any = ""
    layer: Any = gr.skip()
    norm_layer: Any = gr.skip()
    channel: Any = gr.skip()
    norm_controls: Any = gr.skip()
    answered: Any = gr.skip()


def on_image(*values: Any) -> ImageView:
    """Show both for another image; wired to its controls."""
    request = Request(*values)
    try:
        return ImageView(_show_dropout(request), _show_norm(request), "")
    except (ValueError, TypeError) as mistake:
        return ImageView(error=_explain(mistake))


def on_drawing(*values: Any) -> ImageView:
    """Show both for a new drawing, if it is the chosen image; wired to the sketchpad's input."""
    if Request(*values).source != DRAWING:
        return ImageView(error=gr.skip())
    return on_image(*values)


def on_network(
    checkpoint: Any, source: Any, index: Any, drawing: Any, mode: Any, seed: Any, answered: Answered
) -> NetworkView:
    """Show both for another network, with its layers to choose from; wired to the list of checkpoints.

    The lists of layers are no inputs: what stands in them belongs to the network before.
    """
    if checkpoint == answered.checkpoint:
        return NetworkView()
    request = Request(checkpoint, source, index, drawing, mode, None, seed, None, 0)
    try:
        sample, norms = sample_one(request), inspect_norm(request)
        request = request._replace(norm_layer=norms.layers[-1].name if norms.layers else None)
        view = NetworkView(*on_image(*request))
    except (ValueError, TypeError) as mistake:
        return NetworkView(error=_explain(mistake))
    layers, norm_layers = list_layers(sample), [each.name for each in norms.layers]
    view = view._replace(
        layer=gr.Dropdown(choices=layers, value=layers[0][1] if layers else None),
        norm_controls=gr.Column(visible=bool(norm_layers)),
        answered=Answered(checkpoint, request.norm_layer),
    )
    if not norm_layers:
        return view  # the list keeps its value: without choices, Gradio would refuse whatever is sent with it
    return view._replace(
        norm_layer=gr.Dropdown(choices=norm_layers, value=request.norm_layer),
        channel=gr.Slider(maximum=find_last_channel(norms, request.norm_layer), value=0),
    )


def on_mask(*values: Any) -> SpreadView:
    """Show another mask, or none; wired to the mode, the layer and the seed."""
    try:
        return SpreadView(_show_dropout(Request(*values)))
    except (ValueError, TypeError) as mistake:
        return SpreadView(error=_explain(mistake))


def on_norm_layer(
    checkpoint: Any, source: Any, index: Any, drawing: Any, norm_layer: Any, answered: Answered
) -> NormLayerView:
    """Show another batch norm, from its channel 0; wired to its list."""
    if (now := Answered(checkpoint, norm_layer)) == answered:
        return NormLayerView()
    request = Request(checkpoint, source, index, drawing, TRAINING, None, 0, norm_layer, 0)
    try:
        last_channel = find_last_channel(inspect_norm(request), norm_layer)
        return NormLayerView(_show_norm(request), "", gr.Slider(maximum=last_channel, value=0), now)
    except (ValueError, TypeError) as mistake:
        return NormLayerView(error=_explain(mistake))


def on_channel(*values: Any) -> NormView:
    """Show another channel's arithmetic; wired to its slider."""
    try:
        return NormView(_show_norm(Request(*values)))
    except (ValueError, TypeError) as mistake:
        return NormView(error=_explain(mistake))


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
    return has_dropout_or_norm(find_layers(choice.info))


def _show_dropout(request: Request) -> str:
    image, note = take_digit(request.source, request.index, request.drawing)
    spread = _sample_many(request).probabilities
    number = "" if request.source == DRAWING else f", number {request.index}"
    shown = show_dropout(
        image, f"{note}{number}", sample_one(request), spread, request.layer, request.mode == TRAINING
    )
    return pack(shown)


def _show_norm(request: Request) -> str:
    title = title_network(read_info(resolve_digit_reader(str(request.checkpoint))).network)
    channel = request.channel if isinstance(request.channel, int) else 0
    return pack(show_norm(inspect_norm(request), request.norm_layer, channel, title))


def sample_one(request: Request) -> DropoutSample:
    """Answer with the mask of the chosen seed: one of the many, where it is among them."""
    if isinstance(request.seed, int) and 0 <= request.seed < NUM_MASKS:
        return pick_mask(_sample_many(request), request.seed)
    image, _ = take_digit(request.source, request.index, request.drawing)
    path = resolve_digit_reader(str(request.checkpoint))
    return sample_masks(copy_network(path), image, 1, request.seed, find_temperature(path))


def _sample_many(request: Request) -> DropoutSample:
    image, _ = take_digit(request.source, request.index, request.drawing)
    path = resolve_digit_reader(str(request.checkpoint))
    status = path.stat()
    pixels = image.astype(np.float32).tobytes()
    return _sample_version(path, status.st_mtime_ns, status.st_size, pixels)


def inspect_norm(request: Request) -> BatchNormView:
    """Work out what the batch norms of the chosen network make of the chosen image."""
    image, _ = take_digit(request.source, request.index, request.drawing)
    path = resolve_digit_reader(str(request.checkpoint))
    return inspect_batch_norm(copy_network(path), image, find_temperature(path))


@lru_cache(
    maxsize=4
)  # at most 100 MB each, of a given network 2 MB: a new mask for the same image runs nothing again
def _sample_version(path: Path, mtime_ns: int, num_bytes: int, pixels: bytes) -> DropoutSample:
    image = np.frombuffer(pixels, np.float32).reshape(28, 28)
    sample = sample_masks(copy_network(path), image, NUM_MASKS, 0, find_temperature(path))
    for array in (sample.probabilities, sample.evaluated, *(layer.masks for layer in sample.layers)):
        array.setflags(write=False)  # shared by everyone who asks
    return sample


def list_layers(sample: DropoutSample) -> list[tuple[str, str]]:
    """List the dropout layers, each as (what is read, its name)."""
    return [(describe_layer(each), each.name) for each in sample.layers]


def find_last_channel(norms: BatchNormView, name: Any) -> int:
    """Return the last channel of the layer of this name, else of the first; 1 without any, for a slider."""
    sizes = {each.name: len(each.gamma) for each in norms.layers}
    return sizes.get(name, next(iter(sizes.values()), 2)) - 1


def _explain(mistake: Exception) -> str:
    if isinstance(mistake, MissingImageError):
        return f'<span class="gb-missing">{mistake}</span>'
    # A TypeError comes from a value of another type than any control of ours sends.
    return str(mistake) if isinstance(mistake, ValueError) else "The controls sent a value of another type."
