"""The kinds of layer that a network can be made of: their settings, their shapes, what they cost, how they are built.

A network is data: a list of layers, each of one of these kinds, in PyTorch's own names and order. What comes in
follows from the layers before, so a layer says only what goes out: `Conv2d(8, kernel_size=5, padding=2)`.

Shapes are those of one image, without the batch: (C, H, W) for maps, (F,) for features.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar

from torch import Tensor, nn

Shape = tuple[int, ...]
_MAX_PADDING = 14


class Misfit(ValueError):
    """A layer does not take what comes; `remedy` names what would mend it, for `models.networks.layer_list`.

    Attributes:
        remedy: "flatten" for a `Flatten` before it, "move" for a place before the first `Flatten`, a kind's name
            for that kind in its place, "settings" for the settings in `settings`, "" for none that is known.
        settings: The settings with which it fits.
    """

    def __init__(self, message: str, remedy: str = "", settings: Mapping[str, int] | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.settings = dict(settings or {})


@dataclass(frozen=True)
class Setting:
    """What one setting of a layer may be.

    Attributes:
        name: PyTorch's name of the argument.
        kind: int, float or bool.
        default: Where nothing is said.
        low: Smallest value; unused for bool.
        high: Largest value; unused for bool.
        by_position: Whether the call is written without the argument's name, as in `Linear(784, 128)`.
        is_named: Whether the call always names it, default or not.
        is_optional: Whether None is a value, which stands for PyTorch's own choice.
    """

    name: str
    kind: type
    default: Any
    low: float = 0
    high: float = 1
    by_position: bool = False
    is_named: bool = False
    is_optional: bool = False

    def read(self, value: Any, kind_name: str) -> Any:
        """Return a value as this setting's own type.

        Raises:
            ValueError: If it is of another type or out of range; the message says what is right.
        """
        if value is None and self.is_optional:
            return None
        if self.kind is bool:
            if isinstance(value, bool):
                return value
            raise ValueError(f"{kind_name}'s {self.name} is True or False, not {value!r:.40}.")
        wanted = "a whole number" if self.kind is int else "a number"
        is_number = isinstance(value, int if self.kind is int else int | float) and not isinstance(
            value, bool
        )
        if not is_number or not self.low <= value <= self.high:  # a NaN is in no range
            raise ValueError(
                f"{kind_name}'s {self.name} is {wanted} from {self.low:g} to {self.high:g}, not {value!r:.40}."
            )
        return self.kind(value)


def _whole(default: int | None, low: int, high: int, **written: bool) -> Any:
    return field(default=default, metadata={"setting": Setting("", int, default, low, high, **written)})


def _real(default: float, low: float, high: float) -> Any:
    return field(
        default=default, metadata={"setting": Setting("", float, default, low, high, by_position=True)}
    )


def _switch(default: bool) -> Any:
    return field(default=default, metadata={"setting": Setting("", bool, default)})


@dataclass(frozen=True)
class LayerSpec:
    """One layer of a network, as data."""

    summary: ClassVar[str] = ""
    is_linear: ClassVar[bool] = False  # a weighted sum: two in a row are one
    is_nonlinear: ClassVar[bool] = False  # bends: what stands between two linear layers

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """Return the kind's settings, in the order of PyTorch's arguments."""
        return tuple(_name_setting(entry) for entry in fields(cls) if "setting" in entry.metadata)

    @property
    def kind(self) -> str:
        """The name of its class in `torch.nn`."""
        return type(self).__name__

    def find_output(self, shape: Shape) -> Shape:
        """Return the shape of what goes out.

        Args:
            shape: Of what comes in.

        Raises:
            Misfit: If the layer does not take it.
        """
        return shape

    def count_parameters(self, shape: Shape) -> int:
        """Count the learned numbers, for an input that fits."""
        return 0

    def count_multiply_adds(self, shape: Shape) -> int:
        """Count the multiply-adds for one image, as `models.networks.architecture.CONVENTION` has it."""
        return 0

    def build(self, shape: Shape) -> nn.Module:
        """Build the module for an input that fits, its weights drawn from torch's global generator."""
        module: nn.Module = getattr(nn, self.kind)(*self.list_inputs(shape), **self.list_arguments())
        return module

    def list_inputs(self, shape: Shape) -> tuple[int, ...]:
        """Return the leading arguments of the call, which follow from what comes in."""
        return ()

    def list_arguments(self) -> dict[str, Any]:
        """Return the arguments of the call that are settings."""
        return {setting.name: getattr(self, setting.name) for setting in self.settings()}

    def write(self, shape: Shape) -> str:
        """Write the call that builds it, without the arguments that have PyTorch's own default."""
        words = [str(value) for value in self.list_inputs(shape)]
        for setting in self.settings():
            value = getattr(self, setting.name)
            if setting.by_position:
                words.append(f"{value}")
            elif setting.is_named or value != setting.default:
                words.append(f"{setting.name}={value}")
        return f"nn.{self.kind}({', '.join(words)})"


def _name_setting(entry: Field[Any]) -> Setting:
    declared: Setting = entry.metadata["setting"]
    return Setting(**{**vars(declared), "name": entry.name})


def _need_maps(layer: LayerSpec, shape: Shape) -> None:
    if len(shape) != 3:
        raise Misfit(
            f"{layer.kind} takes maps (channels, height, width), and here come {shape[0]:,} features.", "move"
        )


def _need_features(layer: LayerSpec, shape: Shape) -> None:
    if len(shape) != 1:
        raise Misfit(
            f"{layer.kind} takes features in a row, and here come maps {write_shape(shape)}: "
            f"Flatten makes {math.prod(shape):,} features of them.",
            "flatten",
        )


def write_shape(shape: Shape) -> str:
    """Write a shape as a person would: 8·14·14."""
    return "·".join(f"{size:,}" for size in shape)


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
        raise Misfit(
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

    out_channels: int = _whole(8, 1, 1024, by_position=True)
    kernel_size: int = _whole(3, 1, 28, is_named=True)
    stride: int = _whole(1, 1, 28)
    padding: int = _whole(0, 0, _MAX_PADDING)
    dilation: int = _whole(1, 1, 9)
    bias: bool = _switch(True)

    def find_output(self, shape: Shape) -> Shape:
        """(C, H, W) → (out_channels, H', W')."""
        _need_maps(self, shape)
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
    kernel_size: int = _whole(2, 1, 28, is_named=True)
    stride: int | None = _whole(None, 1, 28, is_optional=True)  # None: the kernel's size, side by side
    padding: int = _whole(0, 0, _MAX_PADDING)

    def find_output(self, shape: Shape) -> Shape:
        """(C, H, W) → (C, H', W')."""
        _need_maps(self, shape)
        if 2 * self.padding > self.kernel_size:
            raise Misfit(
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
        _need_maps(self, shape)
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
            raise Misfit(
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
class BatchNorm1d(LayerSpec):
    """Each feature scaled to mean 0 and variance 1 over the batch, then by two learned numbers."""

    summary: ClassVar[str] = (
        "brings each feature to mean 0, variance 1 over the batch, then scales and shifts"
    )

    def find_output(self, shape: Shape) -> Shape:
        """(F,) → (F,)."""
        if len(shape) != 1:
            raise Misfit(
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

    p: float = _real(0.5, 0, 0.99)


@dataclass(frozen=True)
class Dropout2d(LayerSpec):
    """Whole maps set to zero by chance, in training only."""

    summary: ClassVar[str] = "sets whole maps to zero by chance, in training only"

    p: float = _real(0.5, 0, 0.99)

    def find_output(self, shape: Shape) -> Shape:
        """(C, H, W) → (C, H, W)."""
        if len(shape) != 3:
            raise Misfit(
                f"Dropout2d drops whole maps, and here come {shape[0]:,} features: "
                "for features there is Dropout.",
                "Dropout",
            )
        return shape


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

    out_features: int = _whole(10, 1, 4096, by_position=True)
    bias: bool = _switch(True)

    def find_output(self, shape: Shape) -> Shape:
        """(F,) → (out_features,)."""
        _need_features(self, shape)
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

    negative_slope: float = _real(0.01, 0, 1)


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


class ResidualBlock(nn.Module):
    """Layers whose output is added to their input, after a projection where the two shapes differ."""

    def __init__(self, body: nn.Sequential, projection: nn.Module | None = None) -> None:
        super().__init__()
        self.body = body
        self.projection = projection

    def forward(self, inputs: Tensor) -> Tensor:
        """Map (N, …) to (N, …): body(x) + projection(x)."""
        kept = inputs if self.projection is None else self.projection(inputs)
        outputs: Tensor = self.body(inputs) + kept
        return outputs


@dataclass(frozen=True)
class Residual(LayerSpec):
    """A list within the list: what its layers answer is added to what came in."""

    summary: ClassVar[str] = "adds what its layers answer to what came in"

    body: tuple[LayerSpec, ...] = ()

    def find_output(self, shape: Shape) -> Shape:
        """The shape behind the body."""
        if not self.body:
            raise Misfit("A residual block needs at least one layer.")
        output = shape
        for layer in self.body:
            output = layer.find_output(output)
        self.find_projection(shape, output)
        return output

    def find_projection(self, shape: Shape, output: Shape) -> LayerSpec | None:
        """Return the layer that brings what came in to the body's shape: none where they are equal.

        Raises:
            Misfit: If no convolution 1×1 and no linear layer does.
        """
        if shape == output:
            return None
        if len(shape) == len(output) == 1:
            return Linear(output[0], bias=False)
        if len(shape) == len(output) == 3:
            for stride in range(1, 29):
                projection = Conv2d(output[0], kernel_size=1, stride=stride, bias=False)
                if projection.find_output(shape) == output:
                    return projection
        raise Misfit(
            f"The block takes {write_shape(shape)} and its layers give {write_shape(output)}: no convolution "
            "1×1 brings the one to the other, so they cannot be added. Padding that keeps the maps' size does."
        )

    def _walk(self, shape: Shape) -> list[tuple[LayerSpec, Shape]]:
        """Return the layers with weights to build, each with its input: the body's, then the projection."""
        pairs, inner = [], shape
        for layer in self.body:
            pairs.append((layer, inner))
            inner = layer.find_output(inner)
        projection = self.find_projection(shape, inner)
        return pairs if projection is None else [*pairs, (projection, shape)]

    def count_parameters(self, shape: Shape) -> int:
        """Those of its layers and of the projection."""
        return sum(layer.count_parameters(inner) for layer, inner in self._walk(shape))

    def count_multiply_adds(self, shape: Shape) -> int:
        """Those of its layers and of the projection."""
        return sum(layer.count_multiply_adds(inner) for layer, inner in self._walk(shape))

    def build(self, shape: Shape) -> nn.Module:
        """Build the body, then the projection."""
        modules = [layer.build(inner) for layer, inner in self._walk(shape)]
        size = len(self.body)
        return ResidualBlock(nn.Sequential(*modules[:size]), *modules[size:])

    def write(self, shape: Shape) -> str:
        """Write the call of the emitted script's own class, its layers in its arguments."""
        calls = [layer.write(inner) for layer, inner in self._walk(shape)]
        if len(calls) > len(self.body):
            calls[-1] = f"projection={calls[-1]}"
        return f"Residual({', '.join(calls)})"


KINDS: Mapping[str, type[LayerSpec]] = {
    kind.__name__: kind
    for kind in (
        Conv2d, MaxPool2d, AvgPool2d, AdaptiveAvgPool2d, AdaptiveMaxPool2d, BatchNorm2d, BatchNorm1d, Dropout,
        Dropout2d, Flatten, Linear, ReLU, LeakyReLU, Tanh, Sigmoid, GELU, Residual,
    )
}  # fmt: skip
