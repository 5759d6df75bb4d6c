"""The layers of a network with their shapes, parameters, multiply-adds and memory, each with its arithmetic.

A network of the registry is built without weights and run once; AlexNet is built and run on torch's "meta"
device, where its 61 million weights take no memory. Nothing is drawn from a generator.

Shapes are those of one image, without the batch: (C, H, W) maps or (F,) features.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import torch
from torch import Tensor, nn

from models.networks.layers import IMAGE_SIZE_PX
from models.networks.registry import NETWORKS, build_uninitialized

ALEXNET = "alexnet"
KNOWN_NETWORKS = (*NETWORKS, ALEXNET)
FLATTEN = "flatten"
_FLOAT32_BYTES = 4

CONVENTION = (
    "One multiply-add is one multiplication and the addition that goes with it, so 2 FLOPs. They are counted "
    "for convolutions and linear layers, for one image. Not counted are the additions of biases, ReLU, the "
    "comparisons of max pooling, the additions of average pooling, softmax, and batch norm, which in "
    "evaluation is one fixed scale and shift a channel and can be folded into the convolution before it."
)


@dataclass(frozen=True)
class Layer:
    """One layer of a network.

    Attributes:
        name: Its name in the network's state, such as "features.0"; "flatten" where maps become features.
        kind: The class of its module, such as "Conv2d", or "flatten".
        settings: Its settings in words.
        input_shape: (C, H, W) or (F,).
        output_shape: (C, H, W) or (F,).
        parameters: Learned numbers.
        parameter_sum: How they come about, "(5·5·1 + 1)·8 = 208"; empty where there are none.
        multiply_adds: As `CONVENTION` counts them.
        multiply_add_sum: How they come about, "5·5·1 · 8·28·28 = 156,800"; empty where there are none.
        num_bytes: Of the output in float32.
        writes: Whether the output is new in memory. False for flatten, which only renames what is there, and
            for ReLU in place, which overwrites its input.
    """

    name: str
    kind: str
    settings: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    parameters: int
    parameter_sum: str
    multiply_adds: int
    multiply_add_sum: str
    num_bytes: int
    writes: bool


@dataclass(frozen=True)
class Architecture:
    """The layers of a network, in the order in which an image passes them.

    Attributes:
        network: Its name in `KNOWN_NETWORKS`.
        title: Its name as a learner reads it.
        input_shape: (C, H, W) of an image.
        layers: One entry a layer, and one where maps are flattened to features.
        buffer_bytes: Of what the network keeps but does not learn: batch norm's running means and variances
            (float32) and its counts of batches (int64).
    """

    network: str
    title: str
    input_shape: tuple[int, ...]
    layers: tuple[Layer, ...]
    buffer_bytes: int

    @property
    def parameters(self) -> int:
        """Learned numbers of all layers."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of all layers for one image, as `CONVENTION` counts them."""
        return sum(layer.multiply_adds for layer in self.layers)

    @property
    def weight_bytes(self) -> int:
        """Bytes of the learned numbers in float32."""
        return _FLOAT32_BYTES * self.parameters

    @property
    def activation_bytes(self) -> int:
        """Bytes of all outputs that are new in memory, for one image in float32.

        As in training, which keeps them for the backward pass, with a little more such as dropout's masks. In
        evaluation each can go once it has been used, and dropout passes its input on.
        """
        return sum(layer.num_bytes for layer in self.layers if layer.writes)


def read_architecture(name: str) -> Architecture:
    """Read the layers of a network of the registry in the notebook's configuration, or of AlexNet.

    AlexNet is torchvision's, for images of 3 × 224 × 224 and 1,000 classes; the first call for it takes the
    seconds that importing torchvision takes.

    Args:
        name: One of `KNOWN_NETWORKS`.

    Raises:
        ValueError: If no network has that name; the message lists those that exist.
    """
    if not isinstance(name, str) or name not in KNOWN_NETWORKS:
        raise ValueError(
            f"There is no network called {name!r:.40}. Choose one of: {', '.join(KNOWN_NETWORKS)}."
        )
    return _read(name)


@lru_cache(maxsize=len(KNOWN_NETWORKS))
def _read(name: str) -> Architecture:
    if name == ALEXNET:
        from torchvision.models import alexnet  # takes seconds

        with torch.device("meta"):
            network, title = alexnet(weights=None), "AlexNet"
        input_shape: tuple[int, ...] = (3, 224, 224)
    else:
        # Running on "meta" makes torch import its compiler, for seconds. Small networks can do without.
        network, title = build_uninitialized(name), NETWORKS[name].title
        input_shape = (1, IMAGE_SIZE_PX, IMAGE_SIZE_PX)
    buffer_bytes = sum(buffer.nbytes for buffer in network.buffers())
    return Architecture(name, title, input_shape, trace_layers(network, input_shape), buffer_bytes)


def trace_layers(network: nn.Module, input_shape: tuple[int, ...]) -> tuple[Layer, ...]:
    """List the layers that one image passes, with a "flatten" wherever the shape changes between two.

    The network is run once in evaluation mode on the device of its parameters, "meta" included, and is
    afterwards as it was: without hooks, every module in its own mode.

    Args:
        network: A network whose layers stand one behind the other.
        input_shape: (C, H, W) of an image.

    Raises:
        ValueError: If a layer is of a kind that is not known here.
    """
    layers: list[Layer] = []
    modes = {module: module.training for module in network.modules()}
    hooks = []

    def record(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        shape = tuple(inputs[0].shape[1:])
        before = layers[-1].output_shape if layers else tuple(input_shape)
        if shape != before:
            layers.append(_describe_flatten(before, shape))
        layers.append(_describe_layer(name, module, shape, tuple(output.shape[1:])))

    try:
        network.eval()
        for name, module in network.named_modules():
            if not list(module.children()):
                hooks.append(module.register_forward_hook(partial(record, name)))
        device = next(network.parameters()).device
        with torch.no_grad():
            network(torch.zeros(1, *input_shape, device=device))
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in modes.items():
            module.training = mode
    return tuple(layers)


def _describe_flatten(before: tuple[int, ...], after: tuple[int, ...]) -> Layer:
    assert math.prod(before) == math.prod(after), f"{before} does not flatten to {after}"
    settings = f"{write_product(before)} = {math.prod(after):,} in a row"
    num_bytes = _FLOAT32_BYTES * math.prod(after)
    return Layer(FLATTEN, FLATTEN, settings, before, after, 0, "", 0, "", num_bytes, writes=False)


def _describe_layer(
    name: str, module: nn.Module, input_shape: tuple[int, ...], output_shape: tuple[int, ...]
) -> Layer:
    parameters = sum(parameter.numel() for parameter in module.parameters())
    parameter_sum, multiply_adds, multiply_add_sum = "", 0, ""
    if isinstance(module, nn.Conv2d):
        window = (*module.kernel_size, module.in_channels // module.groups)
        num_biases = " + 1" if module.bias is not None else ""
        parameter_sum = f"({write_product(window)}{num_biases})·{module.out_channels:,}"
        multiply_adds = math.prod(window) * math.prod(output_shape)
        multiply_add_sum = f"{write_product(window)} · {write_product(output_shape)}"
    elif isinstance(module, nn.Linear):
        num_biases = " + 1" if module.bias is not None else ""
        parameter_sum = f"({module.in_features:,}{num_biases})·{module.out_features:,}"
        multiply_adds = module.in_features * module.out_features
        multiply_add_sum = write_product((module.in_features, module.out_features))
    elif isinstance(module, nn.BatchNorm2d) and module.affine:
        parameter_sum = f"2·{module.num_features}"
    return Layer(
        name=name,
        kind=type(module).__name__,
        settings=_describe_settings(module),
        input_shape=input_shape,
        output_shape=output_shape,
        parameters=parameters,
        parameter_sum=f"{parameter_sum} = {parameters:,}" if parameters else "",
        multiply_adds=multiply_adds,
        multiply_add_sum=f"{multiply_add_sum} = {multiply_adds:,}" if multiply_adds else "",
        num_bytes=_FLOAT32_BYTES * math.prod(output_shape),
        writes=not getattr(module, "inplace", False),
    )


def _describe_settings(module: nn.Module) -> str:
    if isinstance(module, nn.Conv2d):
        grouped = f", in {module.groups} groups" if module.groups > 1 else ""
        kernels = f"{module.out_channels} kernels {_write_size(module.kernel_size)}"
        return kernels + grouped + _describe_walk(module.stride, 1, module.padding)
    if isinstance(module, nn.Linear):
        return f"{module.in_features:,} in, {module.out_features:,} out"
    if isinstance(module, nn.BatchNorm2d):
        return f"{module.num_features} channels, ε = {module.eps:g}"
    if isinstance(module, nn.ReLU):
        return "max(0, x)" + (" in place" if module.inplace else "")
    if isinstance(module, nn.MaxPool2d):
        size = _pair(module.kernel_size)
        return f"largest of {_write_size(size)}" + _describe_walk(module.stride, size, module.padding)
    if isinstance(module, nn.AvgPool2d):
        size = _pair(module.kernel_size)
        return f"mean of {_write_size(size)}" + _describe_walk(module.stride, size, module.padding)
    if isinstance(module, nn.AdaptiveAvgPool2d):
        return f"means, to {_write_size(_pair(module.output_size))} a map"
    if isinstance(module, nn.Dropout):
        return f"drops {module.p:.0%}, in training only"
    raise ValueError(
        f"{type(module).__name__} is a kind of layer that the architecture reader does not know; it knows "
        "Conv2d, Linear, BatchNorm2d, ReLU, MaxPool2d, AvgPool2d, AdaptiveAvgPool2d and Dropout."
    )


def _describe_walk(stride: Any, usual_stride: Any, padding: Any) -> str:
    """Name stride and padding where they are not what one expects: side by side and without."""
    strides, paddings = _pair(stride), _pair(padding)
    text = f", stride {strides[0]}" if strides != _pair(usual_stride) else ""
    return text + (f", padding {paddings[0]}" if paddings != (0, 0) else "")


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def _write_size(size: Any) -> str:
    return f"{size[0]}×{size[1]}"


def write_product(factors: tuple[int, ...]) -> str:
    """Write a product as a person would: 8·28·28."""
    return "·".join(f"{factor:,}" for factor in factors)
