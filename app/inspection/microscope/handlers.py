"""What happens when a control of the microscope is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import gradio as gr
import numpy as np

from app.inspection.microscope.layers import ModeLayers, find_last_channel, list_mode_layers
from app.inspection.microscope.payload import Absent, Norm, Pictures, Spread
from app.inspection.microscope.view import show_dropout, show_norm
from app.ui.addresses import reads_address
from app.ui.components.link_notice import warn_about_link
from app.ui.digits import DRAWING, read_index, take_digit
from app.ui.field_errors import MissingImageError, blame, list_errors
from app.ui.packing import pack
from models.checkpoints.file import find_layers, read_info
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
from models.networks.naming import title_network
from models.runs.library import Choice, list_choices, resolve_digit_reader
from models.values import check_whole

NUM_MASKS = 100
MAX_SEED = 999
TRAINING, EVALUATION = "training", "evaluation"
_Picture = TypeVar("_Picture")


class Request(NamedTuple):
    """What stands in the controls, in the order in which it is sent; unchecked."""

    checkpoint: Any
    source: Any
    index: Any
    drawing: Any
    mode: Any
    layer: Any
    seed: Any
    norm_layer: Any
    channel: Any


class NetworkView(NamedTuple):
    """The lists of another network, in the order of the handler's outputs."""

    layer: Any = gr.skip()
    norm_layer: Any = gr.skip()
    channel: Any = gr.skip()
    norm_controls: Any = gr.skip()
    answered: Any = gr.skip()


class NormLayerView(NamedTuple):
    """The channels of another batch norm, in the order of the handler's outputs."""

    channel: Any = gr.skip()
    answered: Any = gr.skip()


def answer_controls(request: Any) -> str:
    """Show both pictures as the controls say; called by the script of one, past Gradio's queue.

    Args:
        request: `{"values": […]}` from the browser, a `Request`'s in their order, unchecked.
    """
    try:
        asked = Request(*request["values"])
    except (KeyError, TypeError):
        return pack({})  # not from our page
    return pack({**show_pictures(asked)})


def show_pictures(request: Request) -> Pictures:
    """Show both pictures, or of each say at which field it cannot be shown."""
    shown: Pictures = {"spread": None, "norm": None, "errors": {}, "error": "", "is_missing": False}
    shown["spread"] = _try(_show_dropout, request, shown)
    shown["norm"] = _try(_show_norm, request, shown)
    return shown


def _try(show: Callable[[Request], _Picture], request: Request, shown: Pictures) -> _Picture | None:
    try:
        return show(request)
    except MissingImageError as wish:
        shown["error"], shown["is_missing"] = str(wish), True
    except ValueError as mistake:
        if errors := list_errors(mistake):
            shown["errors"] |= errors
        else:
            shown["error"] = str(mistake)
    except TypeError:  # from a value of another type than any control of ours sends
        shown["error"] = "The controls sent a value of another type."
    return None


def on_network(checkpoint: Any, answered: Any) -> NetworkView:
    """List the layers of another network; wired to the list of checkpoints.

    The lists of layers are no inputs: what stands in them belongs to the network before. The visitor's image
    is none either: the layers are the same for all, and it may be missing or damaged.

    Args:
        checkpoint: The network's key.
        answered: The network whose layers are listed. A list tells a click twice; by the second time, what
            the first answer set may have been changed by hand.
    """
    if checkpoint == answered:
        return NetworkView()
    try:
        layers, norms = _list_layers_of(checkpoint)
    except ValueError:
        return NetworkView()  # the pictures' answer says why
    view = NetworkView(
        layer=gr.Dropdown(choices=layers, value=layers[0][1] if layers else None),
        norm_controls=gr.Column(visible=bool(norms)),
        answered=checkpoint,
    )
    if not norms:
        return view  # the list keeps its value: without choices, Gradio would refuse whatever is sent with it
    names = list(norms)
    return view._replace(
        norm_layer=gr.Dropdown(choices=names, value=names[-1]),
        channel=gr.Slider(maximum=find_last_channel(norms, names[-1]), value=0),
    )


def on_norm_layer(checkpoint: Any, norm_layer: Any, answered: Any) -> NormLayerView:
    """Give the slider the channels of another batch norm, from 0; wired to its list.

    Args:
        checkpoint: The network's key.
        norm_layer: The batch norm's name.
        answered: The network and the batch norm whose channels the slider has.
    """
    now = [checkpoint, norm_layer]
    if now == answered:
        return NormLayerView()
    try:
        last_channel = find_last_channel(_list_layers_of(checkpoint).norms, norm_layer)
    except ValueError:
        return NormLayerView()  # the pictures' answer says why
    return NormLayerView(gr.Slider(maximum=last_channel, value=0), now)


class OpeningView(NamedTuple):
    """What a link puts into the controls, in the order of the handler's outputs."""

    checkpoint: Any = gr.skip()
    source: Any = gr.skip()
    index: Any = gr.skip()
    mode: Any = gr.skip()
    layer: Any = gr.skip()
    seed: Any = gr.skip()
    norm_layer: Any = gr.skip()
    channel: Any = gr.skip()
    norm_controls: Any = gr.skip()
    listed: Any = gr.skip()
    counted: Any = gr.skip()


@reads_address("lab")
def on_open(opening: Mapping[str, Any], my_runs: Any, request: gr.Request) -> OpeningView:
    """Restore the settings of the link that the page was opened with; wired to the page's load.

    Args:
        opening: What stands in the controls at first, by its names in a link.
        my_runs: Ids of this visitor's runs.
        request: The page's.
    """
    query = dict(request.query_params)
    named = {name: query[name] for name in opening if name in query}
    if not named or (query.get("tab"), query.get("lab")) != ("inspection", "microscope"):
        return OpeningView()
    try:
        return _read_link(dict(opening) | named, named, my_runs)
    except ValueError as mistake:
        warn_about_link(f"The link's settings cannot be used: {mistake} This is the opening instead.")
        return OpeningView()


def _read_link(asked: dict[str, Any], named: Mapping[str, str], my_runs: Any) -> OpeningView:
    """Read settings, those that the link leaves out as they are of a network that is chosen by hand."""
    for name in ("index", "seed", "channel"):
        asked[name] = read_index(str(asked[name]), name)
    labels = list_labels(my_runs)
    if asked["checkpoint"] not in [key for _, key in labels]:
        raise ValueError(
            f"There is no network {asked['checkpoint'][:40]!r} with dropout or batch norm for you."
        )
    check_whole(asked["index"], "The number in the data set", 0, len(load_gallery("test").images) - 1)
    if asked["source"] != DRAWING:
        take_digit(asked["source"], asked["index"], None)
    if asked["mode"] not in (TRAINING, EVALUATION):
        raise ValueError(f"mode is {asked['mode'][:40]!r}: give {TRAINING} or {EVALUATION}.")
    check_whole(asked["seed"], "The seed", 0, MAX_SEED)
    layers, norms = _list_layers_of(asked["checkpoint"])
    names = list(norms)
    layer = _pick(named.get("layer"), [key for _, key in layers], "layer")
    norm = last = None
    if names:  # without a batch norm its controls are hidden, and may hold what another network's left there
        norm = _pick(named.get("norm_layer"), names[::-1], "norm_layer")
        last = find_last_channel(norms, norm)
        check_whole(asked["channel"], "The channel", 0, last)
    return OpeningView(
        gr.update(choices=labels, value=asked["checkpoint"]),
        asked["source"],
        asked["index"],
        asked["mode"],
        gr.update(choices=layers, value=layer),
        asked["seed"],
        gr.update(choices=names, value=norm) if names else gr.skip(),
        gr.update(maximum=last, value=asked["channel"]) if names else gr.skip(),
        gr.update(visible=bool(names)),
        asked["checkpoint"],
        [asked["checkpoint"], norm] if names else gr.skip(),
    )


def _pick(named: str | None, known: list[str], what: str) -> str | None:
    if named is not None and named not in known:
        raise ValueError(f"{what} is {named[:40]!r}: it is one of {', '.join(known) or 'none'}.")
    return named or (known[0] if known else None)


def _list_layers_of(checkpoint: Any) -> ModeLayers:
    return list_mode_layers(find_layers(read_info(_find_file(checkpoint))))


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


def _show_dropout(request: Request) -> Spread | Absent:
    image, note = take_digit(request.source, request.index, request.drawing)
    spread = _sample_many(request).probabilities
    number = "" if request.source == DRAWING else f", number {request.index}"
    sample = _sample_one(request)
    with blame("checkpoint"):  # whose numbers may be none
        return show_dropout(image, f"{note}{number}", sample, spread, request.layer, request.mode == TRAINING)


def _show_norm(request: Request) -> Norm | Absent:
    norms = _inspect_norm(request)
    channels = {each.name: len(each.gamma) for each in norms.layers}
    last, channel = find_last_channel(channels, request.norm_layer), 0
    if norms.layers:
        with blame("channel"):
            channel = check_whole(request.channel, "The channel", 0, last)
    with blame("checkpoint"):
        title = title_network(read_info(_find_file(request.checkpoint)).network)
        return show_norm(norms, request.norm_layer, channel, title)


def _find_file(checkpoint: Any) -> Path:
    with blame("checkpoint"):
        try:
            return resolve_digit_reader(str(checkpoint))
        except OSError as error:
            raise ValueError("This checkpoint's file is no longer there. Choose another one.") from error


def _sample_one(request: Request) -> DropoutSample:
    """Answer with the mask of the chosen seed: one of the many, where it is among them."""
    with blame("seed"):
        seed = check_whole(request.seed, "The seed", 0, MAX_SEED)
    if seed < NUM_MASKS:
        return pick_mask(_sample_many(request), seed)
    image, _ = take_digit(request.source, request.index, request.drawing)
    path = _find_file(request.checkpoint)
    return sample_masks(copy_network(path), image, 1, seed, find_temperature(path))


def _sample_many(request: Request) -> DropoutSample:
    image, _ = take_digit(request.source, request.index, request.drawing)
    path = _find_file(request.checkpoint)
    status = path.stat()
    pixels = image.astype(np.float32).tobytes()
    return _sample_version(path, status.st_mtime_ns, status.st_size, pixels)


def _inspect_norm(request: Request) -> BatchNormView:
    """Work out what the batch norms of the chosen network make of the chosen image."""
    image, _ = take_digit(request.source, request.index, request.drawing)
    path = _find_file(request.checkpoint)
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
