"""Kernels to convolve with: drawn at random, well-known ones, and what networks have learned.

Shapes: C input channels, K kernel size.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from models.inspection.window import MAX_DILATION, MAX_KERNEL_SIZE, MAX_PADDING, MAX_STRIDE
from models.values import Floats, check_whole

MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class Preset:
    """A well-known kernel.

    Attributes:
        title: its name.
        remark: what it does to an image.
        weights: its rows; None where it exists in every size.
    """

    title: str
    remark: str
    weights: tuple[tuple[float, ...], ...] | None = None


PRESETS = {
    "identity": Preset("Identity", "leaves the image as it is: only the pixel in the middle counts"),
    "blur": Preset("Blur", "the mean of the window: every weight is 1/K²"),
    "sharpen": Preset(
        "Sharpen",
        "the pixel, plus how much it differs from its four neighbours",
        ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    ),
    "sobel_x": Preset(
        "Sobel x",
        "how fast it gets brighter from left to right: vertical edges",
        ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    ),
    "sobel_y": Preset(
        "Sobel y",
        "how fast it gets brighter from top to bottom: horizontal edges",
        ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    ),
    "laplacian": Preset(
        "Laplacian",
        "the four neighbours less four times the pixel: edges in every direction",
        ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
    ),
    "emboss": Preset(
        "Emboss",
        "light falling in from the lower right: edges stand out like a relief",
        ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
    ),
}


def make_preset(name: str, kernel_size: int = 3) -> Floats:
    """Return a well-known kernel (K, K).

    Args:
        name: a key of PRESETS.
        kernel_size: its size; odd for "identity", and 3 for all but "identity" and "blur".

    Raises:
        ValueError: for another name, or a size that the kernel does not have.
    """
    if name not in PRESETS:
        raise ValueError(f"The kernel is {name!r:.40}: choose one of {', '.join(PRESETS)}.")
    check_whole(kernel_size, "The kernel size", 1, MAX_KERNEL_SIZE)
    preset = PRESETS[name]
    if preset.weights is not None:
        if kernel_size != 3:
            raise ValueError(
                f"{preset.title} is 3 × 3, not {kernel_size} × {kernel_size}: set the size to 3."
            )
        return np.array(preset.weights, dtype=np.float64)
    if name == "blur":
        return np.full((kernel_size, kernel_size), 1 / kernel_size**2)
    if kernel_size % 2 == 0:
        raise ValueError(
            f"A kernel of size {kernel_size} has no middle: choose 1, 3, 5 or 7 for the identity."
        )
    kernel = np.zeros((kernel_size, kernel_size))
    kernel[kernel_size // 2, kernel_size // 2] = 1
    return kernel


def make_random_kernel(kernel_size: int, seed: int) -> tuple[Floats, float]:
    """Draw the weights and the bias that `torch.manual_seed(seed); nn.Conv2d(1, 1, kernel_size)` gives.

    All are uniform between −1/K and 1/K: He's initialisation with a = √5, as nn.Conv2d calls it. They come
    from a generator of their own, so torch's global one stays as it is.

    Args:
        kernel_size: side of the kernel, 1 to 7.
        seed: 0 to 2³² − 1.

    Returns:
        The kernel (K, K) and the bias.

    Raises:
        ValueError: for a kernel size or seed out of range.
    """
    check_whole(kernel_size, "The kernel size", 1, MAX_KERNEL_SIZE)
    check_whole(seed, "The seed", 0, MAX_SEED)
    generator = torch.Generator().manual_seed(seed)
    weight = torch.empty(1, 1, kernel_size, kernel_size)
    nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator)
    bound = 1 / kernel_size  # 1/√fan_in, and fan_in is K·K
    bias = torch.empty(1).uniform_(-bound, bound, generator=generator)
    return weight[0, 0].double().numpy(), bias.item()


@dataclass(frozen=True)
class WindowLayer:
    """A convolution or pooling layer of a network.

    Attributes:
        name: its name in the network, such as "features.3".
        operation: "convolution", "max" or "average".
        in_channels: C; None for pooling, which treats each channel alone.
        out_channels: its filters; None for pooling.
        kernel_size: K.
        stride: pixels from one window to the next.
        padding: rings around the image.
        dilation: pixels from one weight to the next; 1 leaves no gaps.
    """

    name: str
    operation: str
    in_channels: int | None
    out_channels: int | None
    kernel_size: int
    stride: int
    padding: int
    dilation: int = 1


def list_window_layers(network: nn.Module) -> tuple[WindowLayer, ...]:
    """List the network's convolution and pooling layers that the window can show, in order.

    All have square windows. Left out are those of a network of one's own that are beyond `is_shown_window`.
    """
    layers = []
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            size, stride, padding = module.kernel_size[0], module.stride[0], module.padding[0]
            assert isinstance(padding, int)
            channels = (module.in_channels, module.out_channels)
            dilation = module.dilation[0]
            layers.append(WindowLayer(name, "convolution", *channels, size, stride, padding, dilation))
        elif isinstance(module, nn.MaxPool2d | nn.AvgPool2d):
            operation = "max" if isinstance(module, nn.MaxPool2d) else "average"
            sizes = (int(module.kernel_size), int(module.stride), int(module.padding))  # type: ignore[arg-type]
            layers.append(WindowLayer(name, operation, None, None, *sizes))
    return tuple(
        layer
        for layer in layers
        if is_shown_window(layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    )


def is_shown_window(kernel_size: int, stride: int, padding: int, dilation: int = 1) -> bool:
    """Return whether a layer's window is within the bounds of those that are worked out by hand."""
    limits = (MAX_KERNEL_SIZE, MAX_STRIDE, MAX_PADDING, MAX_DILATION)
    return all(
        value <= limit for value, limit in zip((kernel_size, stride, padding, dilation), limits, strict=True)
    )


def read_filter(network: nn.Module, layer: str, number: int) -> tuple[Floats, float]:
    """Read one learned filter of a convolution: its weights (C, K, K) and its bias.

    Raises:
        ValueError: where the network has no such convolution or filter.
    """
    known = [one.name for one in list_window_layers(network) if one.operation == "convolution"]
    if layer not in known:
        has = f"choose one of {', '.join(known)}" if known else "it has none, choose a network that has"
        raise ValueError(f"There is no convolution {layer!r:.40} in this network: {has}.")
    module = network.get_submodule(layer)
    assert isinstance(module, nn.Conv2d)
    check_whole(number, "The filter", 0, module.out_channels - 1)
    bias = 0.0 if module.bias is None else module.bias[number].item()
    return module.weight[number].detach().double().numpy(), bias
