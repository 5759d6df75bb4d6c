"""What the window shows: a picture, a kernel, how it slides, and what comes out."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.inspection.window.picture import read_grid, unpack_upload
from app.ui.digits import TEST, take_digit
from models.checkpoints.prediction import copy_network, load_cached
from models.inspection.activations import inspect_layers
from models.inspection.convolution import convolve_channels
from models.inspection.kernels import (
    PRESETS,
    WindowLayer,
    list_window_layers,
    make_preset,
    make_random_kernel,
    read_filter,
)
from models.inspection.pooling import check_pooling, find_winners, pool_by_hand
from models.inspection.window import Window, check_kernel, check_value, output_size
from models.runs.library import resolve_choice
from models.values import Floats, check_whole

OPERATIONS = {"convolution": "Convolution", "max": "Max pooling", "average": "Average pooling"}
PICTURES = {"digit": "A digit", "upload": "An upload", "grid": "My numbers", "layer": "Inside a network"}
KERNELS = {
    "random": "Random",
    **{name: preset.title for name, preset in PRESETS.items()},
    "typed": "Typed in",
    "learned": "Learned by a network",
}
BIASES = {"own": "The kernel's", "typed": "Mine"}
MAX_GRID_SIDE = 16
DEFAULT_GRID = "\n".join(["0 0 0 0 0 0", *["0 0 5 5 0 0"] * 4, "0 0 0 0 0 0"])
DEFAULT_TYPED = "1 0 -1\n2 0 -2\n1 0 -1"


@dataclass(frozen=True)
class WindowSettings:
    """All that decides what the window shows; the opening is the notebook's 2 × 2 kernel on a digit.

    Attributes:
        operation: a key of OPERATIONS.
        picture: a key of PICTURES. "layer" is what a layer of a network is given for the digit.
        source: where the digit comes from, as in `app.ui.digits`.
        index: its number in the data set.
        upload: an uploaded picture, as `app.inspection.window.picture.pack_upload` packs it.
        grid: the visitor's own picture, one row of numbers a line.
        kernel: a key of KERNELS; on the picture "layer" the layer's own filter is taken.
        seed: of the random kernel.
        typed: the visitor's own kernel, one row of numbers a line.
        checkpoint: whose learned kernels and layers are meant.
        layer: its convolution or pooling layer.
        filter: which of the layer's filters, from 0.
        channel: which input channel is looked at, from 0.
        kernel_size: K, where the kernel leaves it open.
        stride, padding, dilation, hangs_over: see `models.inspection.window.Window`.
        bias_kind: a key of BIASES.
        bias: the visitor's own.
        flipped: whether the kernel is turned by 180° first: a convolution as mathematics has it.
    """

    operation: str = "convolution"
    picture: str = "digit"
    source: str = TEST
    index: int = 0
    upload: str = ""
    grid: str = DEFAULT_GRID
    kernel: str = "random"
    seed: int = 675  # this kernel answers to upper and lower edges
    typed: str = DEFAULT_TYPED
    checkpoint: str = "convnet3"
    layer: str = "features.0"
    filter: int = 0
    channel: int = 0
    kernel_size: int = 2
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    hangs_over: bool = False
    bias_kind: str = "own"
    bias: float = 0.0
    flipped: bool = False


PRESET_SETTINGS = {
    "notebook": ("The lab's layer", WindowSettings()),
    "zoom": ("Its zoom, cut at the edge", WindowSettings(hangs_over=True)),
    "exercise": ("Its exercise: kernel 4, stride 4", WindowSettings(kernel_size=4, stride=4)),
    "pool": ("Its max pooling", WindowSettings(operation="max", kernel_size=4, stride=4)),
    "edges": ("Find upright edges", WindowSettings(kernel="sobel_x", kernel_size=3, padding=1, index=7)),
    "dilation": ("Leave gaps", WindowSettings(kernel="blur", kernel_size=3, dilation=3, padding=3, index=4)),
}


@dataclass(frozen=True)
class WindowView:
    """What the window shows, worked out.

    Attributes:
        settings: what was asked for.
        image: (C, H, W) the picture, or all channels that a layer is given.
        note: what the picture shows.
        is_ink: whether the picture's values lie in [0, 1], 1 for full ink.
        kernel: (C, K, K) the weights as they lie on the picture; None for pooling.
        bias: what is added to each sum.
        window: how it slides.
        output: (H', W') the result, in float64.
        shares: (C, H', W') what each input channel adds to the result; None for pooling.
        winners: (H', W', 2) row and column of the pixel that won; None but for max pooling.
        channel: the input channel that is looked at.
    """

    settings: WindowSettings
    image: Floats
    note: str
    is_ink: bool
    kernel: Floats | None
    bias: float
    window: Window
    output: Floats
    shares: Floats | None
    winners: NDArray[np.intp] | None
    channel: int


def slide_window(settings: WindowSettings, drawing: Any) -> WindowView:
    """Work out what the window shows.

    Args:
        settings: what was asked for.
        drawing: the sketchpad's value, unchecked.

    Raises:
        ValueError: where something is out of its range; the message says what to choose instead.
    """
    check_choice(settings.operation, "The operation", OPERATIONS)
    check_choice(settings.picture, "The picture", PICTURES)
    image, note = _take_picture(settings, drawing)
    channel = check_whole(settings.channel, "The input channel", 0, len(image) - 1) if len(image) > 1 else 0
    is_ink = settings.picture in ("digit", "upload") or bool(image.min() >= 0 and image.max() <= 1)
    if settings.operation != "convolution":
        window = Window(settings.kernel_size, settings.stride, settings.padding)
        picture = image[channel]
        check_pooling(settings.operation, window, *picture.shape)
        winners = find_winners(picture, window) if settings.operation == "max" else None
        pooled = pool_by_hand(picture, settings.operation, window)
        return WindowView(settings, image, note, is_ink, None, 0.0, window, pooled, None, winners, channel)
    kernel, bias = _take_kernel(settings, len(image))
    if settings.flipped:
        kernel = np.flip(kernel, axis=(1, 2)).copy()  # torch takes no array that runs backwards
    window = Window(
        kernel.shape[1], settings.stride, settings.padding, settings.dilation, settings.hangs_over
    )
    for side_px in image.shape[1:]:
        output_size(side_px, window)
    shares = convolve_channels(image, kernel, window)
    output = shares.sum(axis=0) + bias
    return WindowView(settings, image, note, is_ink, kernel, bias, window, output, shares, None, channel)


def _take_picture(settings: WindowSettings, drawing: Any) -> tuple[Floats, str]:
    """Return the picture (C, H, W), and what it shows."""
    if settings.picture == "upload":
        return unpack_upload(settings.upload)[None], "yours"
    if settings.picture == "grid":
        return read_grid(settings.grid, "Your picture", MAX_GRID_SIDE)[None], "yours"
    digit, note = take_digit(settings.source, settings.index, drawing)
    if settings.picture == "digit":
        return digit[None], note
    layer = find_layer(settings.checkpoint, settings.layer)
    if layer.operation != settings.operation:
        raise ValueError(
            f"{layer.name} is a layer of {OPERATIONS[layer.operation].lower()}: choose that as the "
            "operation, or another layer."
        )
    path = resolve_choice(settings.checkpoint)
    image = _read_layer_input(path, path.stat().st_mtime_ns, layer.name, digit.tobytes())
    return image, f"what {layer.name} is given for {note if note != 'yours' else 'your drawing'}"


@lru_cache(maxsize=32)
def _read_layer_input(path: Path, mtime_ns: int, layer: str, digit: bytes) -> Floats:
    picture = np.frombuffer(digit).reshape(28, 28).astype(np.float32)
    image = inspect_layers(copy_network(path), picture).find(layer).inputs.astype(np.float64)
    image.setflags(write=False)  # shared by all who ask for the same
    return image


def _take_kernel(settings: WindowSettings, num_channels: int) -> tuple[Floats, float]:
    """Return the kernel (C, K, K) for a picture of this many channels, and the bias."""
    check_choice(settings.kernel, "The kernel", KERNELS)
    check_choice(settings.bias_kind, "The bias", BIASES)
    kind = "learned" if settings.picture == "layer" else settings.kernel
    bias = 0.0
    if kind == "random":
        kernel, bias = make_random_kernel(settings.kernel_size, settings.seed)
        kernel = kernel[None]
    elif kind == "typed":
        kernel = check_kernel(read_grid(settings.typed, "The kernel", MAX_GRID_SIDE))[None]
    elif kind == "learned":
        network = load_cached(resolve_choice(settings.checkpoint)).network
        kernel, bias = read_filter(network, settings.layer, settings.filter)
        if num_channels != len(kernel):  # a filter of many channels on a picture of one: its slice
            channel = check_whole(settings.channel, "The input channel", 0, len(kernel) - 1)
            kernel = kernel[channel : channel + 1]
    else:
        kernel = make_preset(kind, settings.kernel_size)[None]
    if settings.bias_kind == "typed":
        bias = check_value(settings.bias, "The bias")
    return kernel, bias


def find_loudest_channel(settings: WindowSettings, drawing: Any) -> int:
    """Return the input channel that adds most to the filter's map, where a layer is in the window."""
    shares = slide_window(replace(settings, channel=0), drawing).shares
    return 0 if shares is None else int(np.abs(shares).mean(axis=(1, 2)).argmax())


def list_layers(checkpoint: str) -> tuple[WindowLayer, ...]:
    """List the convolution and pooling layers of a checkpoint's network.

    Raises:
        ValueError: where there is no such checkpoint, or its file is damaged.
    """
    return list_window_layers(load_cached(resolve_choice(str(checkpoint))).network)


def find_layer(checkpoint: str, name: str) -> WindowLayer:
    """Return one of them by its name.

    Raises:
        ValueError: where the network has no such layer; the message lists those that it has.
    """
    layers = list_layers(checkpoint)
    for layer in layers:
        if layer.name == name:
            return layer
    has = ", ".join(layer.name for layer in layers)
    remedy = f"choose one of {has}" if has else "it has no convolutions, choose a network that has"
    raise ValueError(f"The network has no layer {name!r:.40} with a window: {remedy}.")


def check_choice(value: Any, name: str, choices: dict[str, str]) -> None:
    """Raise a ValueError that lists the choices where the value is none of them."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} is {value!r:.40}: choose one of {', '.join(choices)}.")
