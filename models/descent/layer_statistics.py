"""What each layer of a network goes through in a step: gradient, update, dead and saturated units, spread.

By these numbers one finds out why a network does not learn (`models.descent.diagnosis`). They are taken from
a step that is made anyway: nothing is computed twice, no random number is drawn, and neither weights nor a
batch norm's statistics are changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

SATURATED_TANH = 0.99  # in size: the slope 1 − y² is below 0.02 there, of at most 1
SATURATED_SIGMOID = 0.99  # or below 1 − 0.99: the slope y(1 − y) is below 0.01 there, of at most 0.25
SATURATED_SHARE = 0.95  # of the values of a unit that is called saturated
ALMOST_ZERO = 1e-4  # in size: what GELU gives below about −4, where its slope is below 0.0006 in size

_RECTIFIERS: dict[type[nn.Module], float] = {nn.ReLU: 0.0, nn.LeakyReLU: 0.0, nn.GELU: ALMOST_ZERO}
_ACTIVATIONS: tuple[type[nn.Module], ...] = (*_RECTIFIERS, nn.Tanh, nn.Sigmoid)


@dataclass(frozen=True)
class Activations:
    """What the activation function behind a layer gave.

    Attributes:
        kind: Its class in `torch.nn`.
        num_units: Its units; those behind a convolution are maps.
        num_dead: Units of a ReLU, LeakyReLU or GELU that gave 0 for every example, a map at all places (GELU
            `ALMOST_ZERO` in size); None for a tanh or sigmoid.
        num_saturated: Units of a tanh or sigmoid of whose values at least `SATURATED_SHARE` are beyond
            `SATURATED_TANH` in size, or not between `SATURATED_SIGMOID` and 1 − `SATURATED_SIGMOID`; None for
            the others.
        spread: Standard deviation of all its values in the last step.
    """

    kind: str
    num_units: int
    num_dead: int | None
    num_saturated: int | None
    spread: float


@dataclass(frozen=True)
class Layer:
    """One layer with a matrix of weights in one step; biases and batch norms are not among the figures.

    Attributes:
        name: The module's name in the network.
        kind: Its class in `torch.nn`.
        num_units: Units or, of a convolution, maps that it gives.
        gradient: Root mean square of the gradient of its weights; 0 where none arrived. NaN or infinite where
            a value is, and so are the others.
        weight: Root mean square of its weights before the step.
        update: Root mean square of the step that the optimizer took with them; None if that is not known.
        has_equal_units: Whether all its units have the same weights and bias after the step.
        activations: What the activation function behind it gave; None where there is none.
    """

    name: str
    kind: str
    num_units: int
    gradient: float
    weight: float
    update: float | None
    has_equal_units: bool
    activations: Activations | None

    @property
    def update_ratio(self) -> float | None:
        """The update as a share of the weights; None where it is not known, or all weights were 0."""
        return self.update / self.weight if self.update is not None and self.weight else None

    @property
    def is_finite(self) -> bool:
        """Whether all its numbers are."""
        numbers = [self.gradient, self.weight, self.update or 0.0]
        numbers += [self.activations.spread] if self.activations else []
        return all(map(math.isfinite, numbers))


@dataclass(frozen=True)
class LayerStatistics:
    """A network's layers in one step of a training.

    Attributes:
        step: The number of the step, from 1; its gradient and update are meant.
        num_examples: Examples, of this step and those followed before it, that units are called dead or
            saturated by; 0 where none was followed.
        sees_all: Whether these were all examples that there are to learn from.
        layers: In the order in which the network has them.
    """

    step: int
    num_examples: int
    sees_all: bool
    layers: tuple[Layer, ...]


class LayerWatch:
    """Follows steps of a training, and says what its layers went through.

    Each step is made within `follow`; `measure` tells of the last one, and of all followed since it was last
    called whether units were dead or saturated in them. A unit that stays 0 in a small batch may be rare and
    not dead: following several steps shows it more examples.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = network
        self._layers = list_layers(network)
        self._records: dict[str, _Record] = {}  # by the name of the layer before the activation function
        self._before: list[Tensor] | None = None
        self._num_examples = 0

    @contextmanager
    def follow(self, is_last: bool = True) -> Iterator[None]:
        """Follow the step that is made in the `with` block: forward pass, backward pass, new weights.

        Args:
            is_last: Whether `measure` comes next, and needs its update and spread.
        """
        state = _Passing(self._records, is_last)
        weighted = dict(self._layers)
        hooks: list[RemovableHandle] = [self._network.register_forward_pre_hook(self._count)]
        try:
            for name, module in self._network.named_modules():
                if name in weighted:
                    hooks.append(weighted[name].register_forward_hook(partial(state.note_layer, name)))
                elif isinstance(module, _ACTIVATIONS):
                    hooks.append(module.register_forward_hook(state.note_values))
            if is_last:
                self._before = [layer.weight.detach().clone() for _, layer in self._layers]
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def measure(self, step: int, sees_all: bool = False) -> LayerStatistics:
        """Return what the followed steps were like, and forget them.

        Without a followed step it returns what can be seen of the network as it is: weights and gradients.

        Args:
            step: The number of the last one.
            sees_all: As in `LayerStatistics`.
        """
        measured = [
            _measure_weights(layer, self._before[place] if self._before else None)
            for place, (_, layer) in enumerate(self._layers)
        ]
        records = [self._records.get(name) for name, _ in self._layers]
        numbers = [*measured, *(record.measure() for record in records if record)]
        read = iter(torch.stack([value.float() for row in numbers for value in row]).tolist())
        layers = []
        for name, layer in self._layers:
            gradient, weight, update, equal = (next(read) for _ in range(4))
            layers.append(
                Layer(
                    name=name,
                    kind=type(layer).__name__,
                    num_units=len(layer.weight),
                    gradient=gradient,
                    weight=weight,
                    update=update if self._before else None,
                    has_equal_units=bool(equal) and len(layer.weight) > 1,
                    activations=None,
                )
            )
        for place, record in enumerate(records):
            if record:
                layers[place] = replace(
                    layers[place], activations=record.describe(*(next(read) for _ in range(3)))
                )
        result = LayerStatistics(step, self._num_examples, sees_all, tuple(layers))
        self._records, self._before, self._num_examples = {}, None, 0
        return result

    def _count(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        self._num_examples += len(inputs[0])


def list_layers(network: nn.Module) -> list[tuple[str, Any]]:
    """List the layers with a matrix of weights, as linear ones and convolutions have, with their names."""
    return [
        (name, module)
        for name, module in network.named_modules()
        if isinstance(weight := getattr(module, "weight", None), nn.Parameter) and weight.dim() > 1
    ]


class _Passing:
    """One step's way through the network: whose values the activation functions are given."""

    def __init__(self, records: dict[str, _Record], is_last: bool) -> None:
        self._records, self._is_last = records, is_last
        self._layer = ""

    def note_layer(self, name: str, *_: Any) -> None:
        self._layer = name

    def note_values(self, module: nn.Module, inputs: Any, values: Tensor) -> None:
        if not self._layer or values.dim() < 2:  # nothing with weights stands before it
            return
        record = self._records.get(self._layer)
        if record is None or record.kind is not type(module):  # of two in a row, the second goes on
            record = self._records[self._layer] = _Record(type(module))
        record.add(values.detach(), self._is_last)


class _Record:
    """What one activation function gave, step by step, kept on the device."""

    def __init__(self, kind: type[nn.Module]) -> None:
        self.kind = kind
        self._units: Tensor | None = None  # (C,) largest size, or how many values are saturated
        self._num_values = 0  # of each unit
        self._spread: Tensor | None = None

    def add(self, values: Tensor, is_last: bool) -> None:
        """Add (N, C, …) values."""
        others = [axis for axis in range(values.dim()) if axis != 1]
        self._num_values += values.numel() // values.shape[1]
        if self.kind in _RECTIFIERS:
            units = torch.maximum(values.amax(others), -values.amin(others))
            self._units = units if self._units is None else torch.maximum(units, self._units)
        else:
            is_saturated = _is_saturated(self.kind, values)
            units = is_saturated.sum(others)
            self._units = units if self._units is None else units + self._units
        if is_last:
            self._spread = values.to(_choose_precision(values)).std(correction=0)

    def measure(self) -> list[Tensor]:
        """Return how many units are conspicuous, how many there are, and the spread."""
        assert self._units is not None
        if self.kind in _RECTIFIERS:
            found = self._units <= _RECTIFIERS[self.kind]
        else:
            found = self._units >= SATURATED_SHARE * self._num_values
        spread = torch.full((), math.nan, device=found.device) if self._spread is None else self._spread
        return [found.sum(), torch.full_like(spread, len(found)), spread]

    def describe(self, num_found: float, num_units: float, spread: float) -> Activations:
        is_rectifier = self.kind in _RECTIFIERS
        return Activations(
            kind=self.kind.__name__,
            num_units=int(num_units),
            num_dead=int(num_found) if is_rectifier else None,
            num_saturated=None if is_rectifier else int(num_found),
            spread=spread,
        )


def _is_saturated(kind: type[nn.Module], values: Tensor) -> Tensor:
    if kind is nn.Tanh:
        return values.abs() > SATURATED_TANH
    return (values - 0.5).abs() > SATURATED_SIGMOID - 0.5


def _measure_weights(layer: Any, before: Tensor | None) -> list[Tensor]:
    """Return gradient, weights before the step, update, and whether all units are equal."""
    weight: Tensor = layer.weight.detach()
    old = weight if before is None else before
    zero = torch.zeros((), device=weight.device)
    gradient = zero if layer.weight.grad is None else _measure_size(layer.weight.grad)
    update = zero if before is None else _measure_size(weight - old)
    return [gradient, _measure_size(old), update, _are_equal(layer)]


def _measure_size(values: Tensor) -> Tensor:
    """Return the root mean square."""
    size: Tensor = torch.linalg.vector_norm(values)
    if not math.isfinite(size):  # perhaps only a square, in float32
        size = torch.linalg.vector_norm(values, dtype=_choose_precision(values))
    return size / math.sqrt(values.numel())


def _are_equal(layer: Any) -> Tensor:
    """Return whether all units have the same weights and bias; the second nearly always says no at once."""
    weight, bias = layer.weight.detach(), getattr(layer, "bias", None)
    is_equal: Tensor = (weight[:2] == weight[:1]).all()
    if is_equal:
        is_equal = (weight == weight[:1]).all()
    if bias is not None:
        is_equal = is_equal & (bias.detach() == bias.detach()[:1]).all()
    return is_equal


def _choose_precision(values: Tensor) -> torch.dtype:
    """Return float64, in which a square of float32 is a number; Apple's devices do not have it."""
    return torch.float32 if values.device.type == "mps" else torch.float64
