"""Every kind of layer that a network can be made of, by its name in PyTorch."""

from collections.abc import Mapping

from models.networks.layers.features import (
    GELU,
    BatchNorm1d,
    Dropout,
    Flatten,
    LeakyReLU,
    Linear,
    ReLU,
    Sigmoid,
    Tanh,
)
from models.networks.layers.kind import LayerSpec
from models.networks.layers.maps import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout2d,
    MaxPool2d,
)
from models.networks.layers.residual import Residual

KINDS: Mapping[str, type[LayerSpec]] = {
    kind.__name__: kind
    for kind in (
        Conv2d, MaxPool2d, AvgPool2d, AdaptiveAvgPool2d, AdaptiveMaxPool2d, BatchNorm2d, BatchNorm1d, Dropout,
        Dropout2d, Flatten, Linear, ReLU, LeakyReLU, Tanh, Sigmoid, GELU, Residual,
    )
}  # fmt: skip

__all__ = [
    "GELU",
    "KINDS",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "Dropout",
    "Dropout2d",
    "Flatten",
    "LeakyReLU",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "Residual",
    "Sigmoid",
    "Tanh",
]
