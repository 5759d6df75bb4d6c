"""The kinds of layer that take features (F,) or any shape: linear layers, dropout, activations."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from models.networks.layers.kind import (
    LayerSpec,
    MisfitError,
    Shape,
    declare_real,
    declare_switch,
    declare_whole,
    need_features,
    write_shape,
)


@dataclass(frozen=True)
class Flatten(LayerSpec):
    """Maps put into one row of features."""

    summary: ClassVar[str] = "puts the maps into one row of features"

    def find_output(self, shape: Shape) -> Shape:
        """(C, H, W) → (C·H·W,)."""
        return (math.prod(shape),)


@dataclass(frozen=True)
class Linear(LayerSpec):
    """A weighted sum of all features, and a bias, for each feature that goes out."""

    summary: ClassVar[str] = "gives weighted sums of all features, each with a bias"
    is_linear: ClassVar[bool] = True

    out_features: int = declare_whole(10, 1, 4096, by_position=True)
    bias: bool = declare_switch(True)

    def find_output(self, shape: Shape) -> Shape:
        """(F,) → (out_features,)."""
        need_features(self, shape)
        return (self.out_features,)

    def count_parameters(self, shape: Shape) -> int:
        """(F + 1)·out_features, without the 1 where there is no bias."""
        return (shape[0] + self.bias) * self.out_features

    def count_multiply_adds(self, shape: Shape) -> int:
        """F for each feature that goes out."""
        return shape[0] * self.out_features

    def list_inputs(self, shape: Shape) -> tuple[int, ...]:
        """Its input features."""
        return (shape[0],)


@dataclass(frozen=True)
class BatchNorm1d(LayerSpec):
    """Each feature scaled to mean 0 and variance 1 over the batch, then by two learned numbers."""

    summary: ClassVar[str] = (
        "brings each feature to mean 0, variance 1 over the batch, then scales and shifts"
    )

    def find_output(self, shape: Shape) -> Shape:
        """(F,) → (F,)."""
        if len(shape) != 1:
            raise MisfitError(
                f"BatchNorm1d takes features in a row, and here come maps {write_shape(shape)}: "
                "for maps there is BatchNorm2d.",
                "BatchNorm2d",
            )
        return shape

    def count_parameters(self, shape: Shape) -> int:
        """A scale and a shift a feature."""
        return 2 * shape[0]

    def list_inputs(self, shape: Shape) -> tuple[int, ...]:
        """Its features."""
        return (shape[0],)


@dataclass(frozen=True)
class Dropout(LayerSpec):
    """Single numbers set to zero by chance, in training only."""

    summary: ClassVar[str] = "sets single numbers to zero by chance, in training only"

    p: float = declare_real(0.5, 0, 0.99)


@dataclass(frozen=True)
class _Activation(LayerSpec):
    is_nonlinear: ClassVar[bool] = True


@dataclass(frozen=True)
class ReLU(_Activation):
    """max(0, x)."""

    summary: ClassVar[str] = "max(0, x)"


@dataclass(frozen=True)
class LeakyReLU(_Activation):
    """x above 0, negative_slope·x below."""

    summary: ClassVar[str] = "x above 0, negative_slope·x below"

    negative_slope: float = declare_real(0.01, 0, 1)


@dataclass(frozen=True)
class Tanh(_Activation):
    """tanh(x), between −1 and 1."""

    summary: ClassVar[str] = "tanh(x), between −1 and 1"


@dataclass(frozen=True)
class Sigmoid(_Activation):
    """1 / (1 + exp(−x)), between 0 and 1."""

    summary: ClassVar[str] = "1 / (1 + exp(−x)), between 0 and 1"


@dataclass(frozen=True)
class GELU(_Activation):
    """x·Φ(x), with the normal distribution's Φ."""

    summary: ClassVar[str] = "x·Φ(x), a smooth ReLU"
