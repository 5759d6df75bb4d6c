"""The kinds of layer that take maps (C, H, W): convolutions, pooling, and what treats each map as a whole."""

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
    need_maps,
)

_MAX_PADDING = 14


def _slide(layer: LayerSpec, shape: Shape, span: int, stride: int, padding: int) -> tuple[int, int]:
    """Return height and width of what a window of `span` pixels leaves.

    floor((size + 2·padding − span) / stride) + 1, as PyTorch's Conv2d has it.
    """
    _, height, width = shape
    smallest = min(height, width)
    if span > smallest + 2 * padding:
        repair: dict[str, int] = {"kernel_size": smallest, "padding": 0}
        if isinstance(layer, Conv2d):
            needed = math.ceil((span - smallest) / 2)
            fits = needed <= _MAX_PADDING
            repair = {"padding": needed} if fits else {"kernel_size": smallest + 2 * padding, "dilation": 1}
        raise MisfitError(
            f"{layer.kind}'s kernel spans {span} pixels, and the maps are {height}×{width}"
            + (f", with padding {height + 2 * padding}×{width + 2 * padding}." if padding else "."),
            "settings",
            repair,
        )
    return (height + 2 * padding - span) // stride + 1, (width + 2 * padding - span) // stride + 1


@dataclass(frozen=True)
class Conv2d(LayerSpec):
    """Kernels that slide over the maps; each gives one map."""

    summary: ClassVar[str] = "slides kernels over the maps: each kernel gives one map"
    is_linear: ClassVar[bool] = True

    out_channels: int = declare_whole(8, 1, 1024, by_position=True)
    kernel_size: int = declare_whole(3, 1, 28, is_named=True)
    stride: int = declare_whole(1, 1, 28)
    padding: int = declare_whole(0, 0, _MAX_PADDING)
    dilation: int = declare_whole(1, 1, 9)
    bias: bool = declare_switch(True)

    def find_output(self, shape: Shape) -> Shape:
        """(C, H, W) → (out_channels, H', W')."""
        need_maps(self, shape)
        span = self.dilation * (self.kernel_size - 1) + 1
        return (self.out_channels, *_slide(self, shape, span, self.stride, self.padding))

    def count_parameters(self, shape: Shape) -> int:
        """(k·k·C + 1)·out_channels, without the 1 where there is no bias."""
        return (self.kernel_size**2 * shape[0] + self.bias) * self.out_channels

    def count_multiply_adds(self, shape: Shape) -> int:
        """k·k·C for each number that goes out."""
        return self.kernel_size**2 * shape[0] * math.prod(self.find_output(shape))

    def list_inputs(self, shape: Shape) -> tuple[int, ...]:
        """Its input channels."""
        return (shape[0],)


@dataclass(frozen=True)
class _Pool(LayerSpec):
    kernel_size: int = declare_whole(2, 1, 28, is_named=True)
    stride: int | None = declare_whole(None, 1, 28, is_optional=True)  # None: the kernel's size, side by side
    padding: int = declare_whole(0, 0, _MAX_PADDING)

    def find_output(self, shape: Shape) -> Shape:
        """(C, H, W) → (C, H', W')."""
        need_maps(self, shape)
        if 2 * self.padding > self.kernel_size:
            raise MisfitError(
                f"{self.kind}'s padding is at most half its kernel, which is {self.kernel_size}: "
                f"{self.kernel_size // 2}, not {self.padding}.",
                "settings",
                {"padding": self.kernel_size // 2},
            )
        stride = self.kernel_size if self.stride is None else self.stride
        return (shape[0], *_slide(self, shape, self.kernel_size, stride, self.padding))


@dataclass(frozen=True)
class MaxPool2d(_Pool):
    """The largest number under each window."""

    summary: ClassVar[str] = "keeps the largest number under each window"
    is_nonlinear: ClassVar[bool] = True


@dataclass(frozen=True)
class AvgPool2d(_Pool):
    """The mean of the numbers under each window."""

    summary: ClassVar[str] = "keeps the mean of the numbers under each window"


@dataclass(frozen=True)
class _GlobalPool(LayerSpec):
    def find_output(self, shape: Shape) -> Shape:
        """(C, H, W) → (C, 1, 1)."""
        need_maps(self, shape)
        return (shape[0], 1, 1)

    def list_inputs(self, shape: Shape) -> tuple[int, ...]:
        """Height and width of what goes out: 1."""
        return (1,)


@dataclass(frozen=True)
class AdaptiveAvgPool2d(_GlobalPool):
    """Global average pooling: the mean of each map."""

    summary: ClassVar[str] = "global average pooling: one number a map, its mean"


@dataclass(frozen=True)
class AdaptiveMaxPool2d(_GlobalPool):
    """Global max pooling: the largest number of each map."""

    summary: ClassVar[str] = "global max pooling: one number a map, its largest"
    is_nonlinear: ClassVar[bool] = True


@dataclass(frozen=True)
class BatchNorm2d(LayerSpec):
    """Each channel scaled to mean 0 and variance 1 over the batch, then by two learned numbers."""

    summary: ClassVar[str] = (
        "brings each channel to mean 0, variance 1 over the batch, then scales and shifts"
    )

    def find_output(self, shape: Shape) -> Shape:
        """(C, H, W) → (C, H, W)."""
        if len(shape) != 3:
            raise MisfitError(
                f"BatchNorm2d takes maps (channels, height, width), and here come {shape[0]:,} features: "
                "for features there is BatchNorm1d.",
                "BatchNorm1d",
            )
        return shape

    def count_parameters(self, shape: Shape) -> int:
        """A scale and a shift a channel."""
        return 2 * shape[0]

    def list_inputs(self, shape: Shape) -> tuple[int, ...]:
        """Its channels."""
        return (shape[0],)


@dataclass(frozen=True)
class Dropout2d(LayerSpec):
    """Whole maps set to zero by chance, in training only."""

    summary: ClassVar[str] = "sets whole maps to zero by chance, in training only"

    p: float = declare_real(0.5, 0, 0.99)

    def find_output(self, shape: Shape) -> Shape:
        """(C, H, W) → (C, H, W)."""
        if len(shape) != 3:
            raise MisfitError(
                f"Dropout2d drops whole maps, and here come {shape[0]:,} features: "
                "for features there is Dropout.",
                "Dropout",
            )
        return shape
