"""What a kind of layer is: its settings, the shapes it takes and gives, its cost, how to build and write it.

Shapes are those of one image, without the batch: (C, H, W) for maps, (F,) for features.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar

from torch import nn

Shape = tuple[int, ...]


class MisfitError(ValueError):
    """A layer does not take what comes; `remedy` names what would mend it, for `layers.examination`.

    Attributes:
        remedy: "flatten" for a `Flatten` before it, "move" for a place before the first `Flatten`, a kind's
            name for that kind in its place, "settings" for those in `settings`, "" for none that is known.
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
        value_type: int, float or bool.
        default: Where nothing is said.
        low: Smallest value; unused for bool.
        high: Largest value; unused for bool.
        by_position: Whether the call is written without the argument's name, as in `Linear(784, 128)`.
        is_named: Whether the call always names it, default or not.
        is_optional: Whether None is a value, which stands for PyTorch's own choice.
    """

    name: str
    value_type: type
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
        if self.value_type is bool:
            if isinstance(value, bool):
                return value
            raise ValueError(f"{kind_name}'s {self.name} is True or False, not {value!r:.40}.")
        wanted = "a whole number" if self.value_type is int else "a number"
        is_number = type(value) in ((int,) if self.value_type is int else (int, float))  # True is none
        if not is_number or not self.low <= value <= self.high:  # a NaN is in no range
            raise ValueError(
                f"{kind_name}'s {self.name} is {wanted} from {self.low:g} to {self.high:g}, "
                f"not {value!r:.40}."
            )
        return self.value_type(value)


def declare_whole(default: int | None, low: int, high: int, **written: bool) -> Any:
    """Declare a setting that is a whole number, as a field of a `LayerSpec`."""
    return field(default=default, metadata={"setting": Setting("", int, default, low, high, **written)})


def declare_real(default: float, low: float, high: float) -> Any:
    """Declare a setting that is a number, as a field of a `LayerSpec`."""
    return field(
        default=default, metadata={"setting": Setting("", float, default, low, high, by_position=True)}
    )


def declare_switch(default: bool) -> Any:
    """Declare a setting that is on or off, as a field of a `LayerSpec`."""
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
            MisfitError: If the layer does not take it.
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


Layers = tuple[LayerSpec, ...]


def _name_setting(entry: Field[Any]) -> Setting:
    declared: Setting = entry.metadata["setting"]
    return Setting(**{**vars(declared), "name": entry.name})


def need_maps(layer: LayerSpec, shape: Shape) -> None:
    """Refuse what is no maps.

    Raises:
        MisfitError: If the shape is that of features.
    """
    if len(shape) != 3:
        raise MisfitError(
            f"{layer.kind} takes maps (channels, height, width), and here come {shape[0]:,} features.", "move"
        )


def need_features(layer: LayerSpec, shape: Shape) -> None:
    """Refuse what is no features.

    Raises:
        MisfitError: If the shape is that of maps.
    """
    if len(shape) != 1:
        raise MisfitError(
            f"{layer.kind} takes features in a row, and here come maps {write_shape(shape)}: "
            f"Flatten makes {math.prod(shape):,} features of them.",
            "flatten",
        )


def write_shape(shape: Shape) -> str:
    """Write a shape as a person would: 8·14·14."""
    return "·".join(f"{size:,}" for size in shape)
