"""AlexNet's layers, from torchvision's own module: run once on torch's "meta" device, without any weights.

There its 61 million weights take no memory, and nothing is drawn from a generator.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn

from models.networks.architecture import FLATTEN, Layer, describe_layer
from models.networks.layers import kinds
from models.networks.layers.kind import LayerSpec, Shape

_INPUT_SHAPE = (3, 224, 224)


def trace_alexnet() -> tuple[Shape, tuple[Layer, ...]]:
    """Return the shape of an image and the layers that it passes, "flatten" among them."""
    from torchvision.models import alexnet  # takes seconds

    with torch.device("meta"):
        network = alexnet(weights=None).eval()
    layers: list[Layer] = []

    def record(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        before, shape = (layers[-1].output_shape if layers else _INPUT_SHAPE), tuple(inputs[0].shape[1:])
        if shape != before:
            layers.append(describe_layer(FLATTEN, kinds.Flatten(), before, shape))
        layers.append(_describe_module(name, module, shape, tuple(output.shape[1:])))

    for name, module in network.named_modules():
        if not list(module.children()):
            module.register_forward_hook(partial(record, name))
    with torch.no_grad():
        network(torch.zeros(1, *_INPUT_SHAPE, device="meta"))
    return _INPUT_SHAPE, tuple(layers)


def _describe_module(name: str, module: nn.Module, input_shape: Shape, output_shape: Shape) -> Layer:
    if isinstance(module, nn.AdaptiveAvgPool2d):  # to 6×6, which no list has
        described = describe_layer(name, kinds.AdaptiveAvgPool2d(), input_shape, output_shape)
        return replace(described, settings=f"means, to {'×'.join(map(str, output_shape[1:]))} a map")
    described = describe_layer(name, _read_module(module), input_shape, output_shape)
    if getattr(module, "inplace", False):
        return replace(described, settings=f"{described.settings} in place", writes=False)
    return described


def _read_module(module: nn.Module) -> LayerSpec:
    if isinstance(module, nn.Conv2d):
        sizes = (module.kernel_size[0], module.stride[0], int(module.padding[0]))
        return kinds.Conv2d(module.out_channels, *sizes)
    if isinstance(module, nn.MaxPool2d):
        return kinds.MaxPool2d(int(module.kernel_size), int(module.stride))  # type: ignore[arg-type]
    if isinstance(module, nn.Linear):
        return kinds.Linear(module.out_features)
    if isinstance(module, nn.Dropout):
        return kinds.Dropout(module.p)
    assert isinstance(module, nn.ReLU), f"AlexNet has a {type(module).__name__}"
    return kinds.ReLU()
