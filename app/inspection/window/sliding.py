"""Sliding the window as the settings say: the image, the kernel, and what comes out."""

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.inspection.window.image import read_grid, unpack_upload
from app.inspection.window.layers import find_layer
from app.inspection.window.settings import MAX_SEED, OPERATIONS, SETTINGS, WindowSettings, check_settings
from app.ui.digits import DRAWING, take_digit
from app.ui.field_errors import blame
from models.checkpoints.prediction import copy_network, load_cached
from models.inspection.activations import inspect_layers
from models.inspection.convolution import convolve_channels
from models.inspection.kernels import make_preset, make_random_kernel, read_filter
from models.inspection.pooling import check_pooling, find_winners, pool_by_hand
from models.inspection.window import Window, check_kernel, check_value, output_size
from models.runs.library import resolve_choice
from models.values import Floats, check_whole

MAX_GRID_SIDE = 16


@dataclass(frozen=True)
class WindowView:
    """What is shown, worked out.

    Attributes:
        settings: what was asked for.
        image: (C, H, W) the image, or all channels that a layer is given.
        note: what the image shows.
        is_ink: whether the image's values lie in [0, 1], 1 for full ink.
        kernel: (C, K, K) the weights as they lie on the image; None for pooling.
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
    """Work out what is shown.

    Args:
        settings: what was asked for.
        drawing: the sketchpad's value, unchecked.

    Raises:
        ValueError: where something is out of its range; the message says what to choose instead.
    """
    settings = check_settings(settings)
    image, note = _take_image(settings, drawing)
    with blame("channel"):
        channel = _check_channel(settings, len(image)) if settings.is_inside else 0
    is_ink = settings.picture in ("digit", "upload") or bool(image.min() >= 0 and image.max() <= 1)
    if settings.operation != "convolution":
        window = make_window(settings, settings.kernel_size)
        pixels = image[channel]
        with blame("padding" if 2 * window.padding > window.kernel_size else "kernel_size"):
            check_pooling(settings.operation, window, *pixels.shape)
        winners = find_winners(pixels, window) if settings.operation == "max" else None
        pooled = pool_by_hand(pixels, settings.operation, window)
        return WindowView(settings, image, note, is_ink, None, 0.0, window, pooled, None, winners, channel)
    kernel, bias = _take_kernel(settings, len(image))
    if settings.flipped:
        kernel = np.flip(kernel, axis=(1, 2)).copy()  # torch takes no array that runs backwards
    window = make_window(settings, kernel.shape[1])
    with blame("kernel_size" if settings.has_free_size else settings.kernel_kind):
        for side_px in image.shape[1:]:
            output_size(side_px, window)
    shares = convolve_channels(image, kernel, window)
    output = shares.sum(axis=0) + bias
    return WindowView(settings, image, note, is_ink, kernel, bias, window, output, shares, None, channel)


def make_window(settings: WindowSettings, kernel_size: int) -> Window:
    """Return the window: every setting of the table that it knows by name and that counts here.

    Raises:
        ValueError: where one is out of its range.
    """
    known = {each.name for each in fields(Window)}
    values = {
        name: getattr(settings, name)
        for name, setting in SETTINGS.items()
        if name in known and settings.operation in setting.operations
    }
    for name, value in values.items():
        with blame(name):
            if (setting := SETTINGS[name]).kind == "whole" and setting.is_needed(settings):
                check_whole(value, f"The {setting.label.lower()}", int(setting.low), int(setting.high))
    return Window(**values | {"kernel_size": kernel_size})


def _take_image(settings: WindowSettings, drawing: Any) -> tuple[Floats, str]:
    """Return the image (C, H, W), and what it shows."""
    if settings.picture == "upload":
        return unpack_upload(settings.upload)[None], "yours"
    if settings.picture == "grid":
        with blame("grid"):
            return read_grid(settings.grid, "Your image", MAX_GRID_SIDE)[None], "yours"
    with blame("source" if settings.source == DRAWING else "index"):
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
    pixels = np.frombuffer(digit).reshape(28, 28).astype(np.float32)
    inputs = inspect_layers(copy_network(path), pixels).find(layer).inputs.astype(np.float64)
    inputs.setflags(write=False)  # shared by all who ask for the same
    return inputs


def _check_channel(settings: WindowSettings, count: int) -> int:
    """Return the input channel of the layer that is meant, which has this many of them."""
    if count == 1 and settings.channel != 0:
        raise ValueError(
            f"The input channel is {settings.channel!r:.40}: {settings.layer} has one alone, channel 0."
        )
    return check_whole(settings.channel, "The input channel", 0, count - 1)


def _take_kernel(settings: WindowSettings, num_channels: int) -> tuple[Floats, float]:
    """Return the kernel (C, K, K) for an image of this many channels, and the bias."""
    kind, bias = settings.kernel_kind, 0.0
    if kind == "random":
        with blame("seed"):
            check_whole(settings.seed, "The seed", 0, MAX_SEED)
        with blame("kernel_size"):
            kernel, bias = make_random_kernel(settings.kernel_size, settings.seed)
        kernel = kernel[None]
    elif kind == "typed":
        with blame("typed"):
            kernel = check_kernel(read_grid(settings.typed, "The kernel", MAX_GRID_SIDE))[None]
    elif kind == "learned":
        network = load_cached(resolve_choice(settings.checkpoint)).network
        with blame("filter"):
            kernel, bias = read_filter(network, settings.layer, settings.filter)
        with blame("channel"):
            channel = _check_channel(settings, len(kernel))
        if num_channels != len(kernel):  # a filter of many channels on an image of one: its slice
            kernel = kernel[channel : channel + 1]
    else:
        with blame("kernel_size"):
            kernel = make_preset(kind, settings.kernel_size)[None]
    if settings.bias_kind == "typed":
        with blame("bias"):
            bias = check_value(settings.bias, "The bias")
    return kernel, bias


def find_loudest_channel(settings: WindowSettings, drawing: Any) -> int:
    """Return the input channel that adds most to the filter's map, where a layer is looked at."""
    shares = slide_window(replace(settings, channel=0), drawing).shares
    return 0 if shares is None else int(np.abs(shares).mean(axis=(1, 2)).argmax())
