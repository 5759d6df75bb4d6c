"""The layers of a network with their shapes, parameters, multiply-adds and memory, each with its arithmetic.

A network of the registry is read from its list of layers alone; AlexNet is torchvision's, and is traced
(`models.networks.alexnet`). Nothing is drawn from a generator.

Shapes are those of one image, without the batch: (C, H, W) maps or (F,) features.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from models.networks.layers.examination import INPUT_SHAPE, Row, examine_layers
from models.networks.layers.kind import Layers, LayerSpec, Shape, write_shape
from models.networks.layers.kinds import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Dropout2d,
    Flatten,
    Linear,
    MaxPool2d,
    Residual,
)
from models.networks.layers.network import name_layers
from models.networks.registry import NETWORKS

ALEXNET = "alexnet"
KNOWN_NETWORKS = (*NETWORKS, ALEXNET)
FLATTEN = "flatten"
_FLOAT32_BYTES = 4
_INT64_BYTES = 8  # batch norm counts its batches in one

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
        from models.networks.alexnet import trace_alexnet  # torchvision takes seconds

        input_shape, layers = trace_alexnet()
        return Architecture(name, "AlexNet", input_shape, layers, 0)
    spec = NETWORKS[name]
    return describe_architecture(spec.layers, name, spec.title)


def describe_architecture(layers: Layers, name: str, title: str) -> Architecture:
    """Describe a list of layers.

    Args:
        layers: The list.
        name: Of the network.
        title: Its name as a learner reads it.

    Raises:
        ValueError: If the list is no network.
    """
    examination = examine_layers(layers)
    problem = examination.find_problem()
    if problem:
        raise ValueError(problem)
    described: list[Layer] = []
    for row_name, row in zip(name_layers(layers), examination.rows, strict=True):
        described += _describe_row(row_name, row)
    norms = [layer.output_shape[0] for layer in described if layer.kind.startswith("BatchNorm")]
    buffer_bytes = sum(2 * _FLOAT32_BYTES * channels + _INT64_BYTES for channels in norms)
    return Architecture(name, title, INPUT_SHAPE, tuple(described), buffer_bytes)


def _describe_row(name: str, row: Row) -> list[Layer]:
    assert row.input_shape is not None
    assert row.output_shape is not None
    if not isinstance(row.layer, Residual):
        return [describe_layer(name, row.layer, row.input_shape, row.output_shape)]
    # A block's layers one after the other, then its sum.
    described = []
    for place, inner in enumerate(row.body):
        described += _describe_row(f"{name}.body.{place}", inner)
    projection = row.layer.find_projection(row.input_shape, row.output_shape)
    if projection is not None:
        described.append(describe_layer(f"{name}.projection", projection, row.input_shape, row.output_shape))
    settings = "adds what came in" + (", by way of its projection" if projection else "")
    num_bytes = _FLOAT32_BYTES * math.prod(row.output_shape)
    shape = row.output_shape
    return [*described, Layer(name, row.layer.kind, settings, shape, shape, 0, "", 0, "", num_bytes, True)]


def describe_layer(name: str, layer: LayerSpec, input_shape: Shape, output_shape: Shape) -> Layer:
    """Describe one layer that fits, a residual block apart."""
    parameters, multiply_adds = layer.count_parameters(input_shape), layer.count_multiply_adds(input_shape)
    parameter_sum = multiply_add_sum = ""
    if isinstance(layer, Conv2d):
        window = (layer.kernel_size, layer.kernel_size, input_shape[0])
        parameter_sum = f"({write_shape(window)}{' + 1' if layer.bias else ''})·{layer.out_channels:,}"
        multiply_add_sum = f"{write_shape(window)} · {write_shape(output_shape)}"
    elif isinstance(layer, Linear):
        parameter_sum = f"({input_shape[0]:,}{' + 1' if layer.bias else ''})·{layer.out_features:,}"
        multiply_add_sum = write_shape((input_shape[0], layer.out_features))
    elif isinstance(layer, BatchNorm2d | BatchNorm1d):
        parameter_sum = f"2·{input_shape[0]}"
    is_flatten = isinstance(layer, Flatten)
    return Layer(
        name=name,
        kind=FLATTEN if is_flatten else layer.kind,
        settings=_describe_settings(layer, input_shape),
        input_shape=input_shape,
        output_shape=output_shape,
        parameters=parameters,
        parameter_sum=f"{parameter_sum} = {parameters:,}" if parameters else "",
        multiply_adds=multiply_adds,
        multiply_add_sum=f"{multiply_add_sum} = {multiply_adds:,}" if multiply_adds else "",
        num_bytes=_FLOAT32_BYTES * math.prod(output_shape),
        writes=not is_flatten,
    )


def _describe_settings(layer: LayerSpec, input_shape: Shape) -> str:
    if isinstance(layer, Conv2d):
        dilation = f", dilation {layer.dilation}" if layer.dilation > 1 else ""
        kernels = f"{layer.out_channels} kernels {_write_window(layer.kernel_size)}"
        return kernels + _describe_walk(layer.stride, 1, layer.padding) + dilation
    if isinstance(layer, Linear):
        return f"{input_shape[0]:,} in, {layer.out_features:,} out"
    if isinstance(layer, BatchNorm2d | BatchNorm1d):
        return f"{input_shape[0]} {'channels' if len(input_shape) == 3 else 'features'}, ε = 1e-05"
    if isinstance(layer, MaxPool2d | AvgPool2d):
        taken = "largest" if isinstance(layer, MaxPool2d) else "mean"
        size = layer.kernel_size
        return f"{taken} of {_write_window(size)}" + _describe_walk(layer.stride or size, size, layer.padding)
    if isinstance(layer, AdaptiveAvgPool2d | AdaptiveMaxPool2d):
        return "mean of each map" if isinstance(layer, AdaptiveAvgPool2d) else "largest of each map"
    if isinstance(layer, Dropout | Dropout2d):
        return (
            f"drops {layer.p:.0%}{' of the maps' if isinstance(layer, Dropout2d) else ''}, in training only"
        )
    if isinstance(layer, Flatten):
        return f"{write_shape(input_shape)} = {math.prod(input_shape):,} in a row"
    return layer.summary


def _describe_walk(stride: int, usual_stride: int, padding: int) -> str:
    """Name stride and padding where they are not what one expects: side by side and without."""
    text = f", stride {stride}" if stride != usual_stride else ""
    return text + (f", padding {padding}" if padding else "")


def _write_window(size: int) -> str:
    return f"{size}×{size}"
