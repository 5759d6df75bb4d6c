"""A small network over the plane: what it is given of a point, its layers, and how its weights begin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import nn

from models.values import check_number, check_whole

MAX_HIDDEN_LAYERS = 6
MAX_UNITS = 8
MAX_DROPOUT = 0.8
LARGE_STD = 3.0


@dataclass(frozen=True)
class Feature:
    """A number that the network is given of each point.

    Attributes:
        title: as it stands on the page.
        code: its Python text, of x and y.
        compute: (x, y) ↦ it, for tensors of one shape.
    """

    title: str
    code: str
    compute: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


FEATURES = {
    "x": Feature("x", "x", lambda x, y: x),
    "y": Feature("y", "y", lambda x, y: y),
    "xx": Feature("x²", "x * x", lambda x, y: x * x),
    "yy": Feature("y²", "y * y", lambda x, y: y * y),
    "xy": Feature("xy", "x * y", lambda x, y: x * y),
    "sinx": Feature("sin x", "torch.sin(x)", lambda x, y: torch.sin(x)),
    "siny": Feature("sin y", "torch.sin(y)", lambda x, y: torch.sin(y)),
}


@dataclass(frozen=True)
class Activation:
    """What a hidden unit makes of its sum.

    Attributes:
        title: as it stands on the page.
        code: the Python text that builds its module.
        build: builds its module.
    """

    title: str
    code: str
    build: Callable[[], nn.Module]


ACTIVATIONS = {
    "tanh": Activation("tanh", "nn.Tanh()", nn.Tanh),
    "relu": Activation("ReLU", "nn.ReLU()", nn.ReLU),
    "leaky_relu": Activation("leaky ReLU", "nn.LeakyReLU()", nn.LeakyReLU),
    "gelu": Activation("GELU", "nn.GELU()", nn.GELU),
    "sigmoid": Activation("sigmoid", "nn.Sigmoid()", nn.Sigmoid),
    "linear": Activation("linear", "nn.Identity()", nn.Identity),
}


@dataclass(frozen=True)
class Initialisation:
    """How the weights begin.

    Attributes:
        title: as it stands on the page.
        code: the Python lines that do it to a module `layer`; empty for what `nn.Linear` does by itself.
        apply: does it, with random numbers from the generator.
    """

    title: str
    code: str
    apply: Callable[[nn.Linear, torch.Generator], None]


def _keep(layer: nn.Linear, generator: torch.Generator) -> None:
    """Leave what PyTorch draws."""


def _apply_xavier(layer: nn.Linear, generator: torch.Generator) -> None:
    nn.init.xavier_uniform_(layer.weight, generator=generator)
    nn.init.zeros_(layer.bias)


def _apply_he(layer: nn.Linear, generator: torch.Generator) -> None:
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
    nn.init.zeros_(layer.bias)


def _apply_zeros(layer: nn.Linear, generator: torch.Generator) -> None:
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)


def _apply_large(layer: nn.Linear, generator: torch.Generator) -> None:
    nn.init.normal_(layer.weight, 0.0, LARGE_STD, generator=generator)
    nn.init.zeros_(layer.bias)


_ZERO_BIAS = "nn.init.zeros_(layer.bias)"
INITIALISATIONS: Mapping[str, Initialisation] = {
    "default": Initialisation("PyTorch's", "", _keep),
    "xavier": Initialisation("Xavier", f"nn.init.xavier_uniform_(layer.weight)\n{_ZERO_BIAS}", _apply_xavier),
    "he": Initialisation(
        "He", f'nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")\n{_ZERO_BIAS}', _apply_he
    ),
    "zeros": Initialisation("all zero", f"nn.init.zeros_(layer.weight)\n{_ZERO_BIAS}", _apply_zeros),
    "large": Initialisation(
        "too large", f"nn.init.normal_(layer.weight, 0.0, {LARGE_STD})\n{_ZERO_BIAS}", _apply_large
    ),
}


@dataclass(frozen=True)
class NetworkConfig:
    """All that decides the network before its training.

    Attributes:
        inputs: keys of FEATURES, at least one, in their order.
        hidden: the units of each hidden layer, 1 to MAX_UNITS; none for logistic (or linear) regression.
        activation: a key of ACTIVATIONS.
        initialisation: a key of INITIALISATIONS.
        dropout: the probability with which a hidden unit's output is set to 0 in training, 0 to MAX_DROPOUT.
        batch_norm: whether each hidden layer's sums are normalised over the batch.
    """

    inputs: tuple[str, ...] = ("x", "y")
    hidden: tuple[int, ...] = (8, 8)
    activation: str = "tanh"
    initialisation: str = "default"
    dropout: float = 0.0
    batch_norm: bool = False


def check_network(config: NetworkConfig) -> None:
    """Raise a ValueError for what is no network of this bench; the message says what would be right."""
    if not config.inputs:
        raise ValueError("The network is given nothing: choose at least one input.")
    for name in config.inputs:
        if name not in FEATURES:
            raise ValueError(f"There is no input {name!r:.40}: choose of {', '.join(FEATURES)}.")
    if len(config.hidden) > MAX_HIDDEN_LAYERS:
        raise ValueError(f"There are {len(config.hidden):,} hidden layers: at most {MAX_HIDDEN_LAYERS}.")
    for number, units in enumerate(config.hidden, start=1):
        check_whole(units, f"The number of units of layer {number}", 1, MAX_UNITS)
    for name, known, subject in (
        (config.activation, ACTIVATIONS, "activation"),
        (config.initialisation, INITIALISATIONS, "initialisation"),
    ):
        if name not in known:
            raise ValueError(f"The {subject} is {name!r:.40}: choose one of {', '.join(known)}.")
    check_number(config.dropout, "The dropout", 0, MAX_DROPOUT)


class Linear(nn.Linear):
    """PyTorch's linear layer that draws nothing by itself: torch's own random numbers belong to all."""

    def reset_parameters(self) -> None:
        """Leave the weights to `_draw_linear`."""


class Dropout(nn.Module):
    """PyTorch's dropout, with random numbers of its own: those of all others belong to all visitors.

    It draws and rounds as `torch.nn.Dropout` does, number by number.
    """

    def __init__(self, p: float, generator: torch.Generator) -> None:
        super().__init__()
        self.p = p
        self.generator = generator

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x (N, units), in training with a share p of it at 0 and the rest larger by 1 / (1 − p)."""
        if not self.training:
            return x
        mask = torch.empty_like(x).bernoulli_(1 - self.p, generator=self.generator)
        return x * mask.div_(1 - self.p)


def build_plane_network(config: NetworkConfig, num_outputs: int, generator: torch.Generator) -> nn.Sequential:
    """Build the network with its first weights, (N, inputs) ↦ (N, num_outputs).

    It draws the random numbers that `torch.manual_seed` and PyTorch's modules would, in their order.

    Raises:
        ValueError: See `check_network`.
    """
    check_network(config)
    return stack_layers(config, num_outputs, generator)


def stack_layers(config: NetworkConfig, num_outputs: int, generator: torch.Generator) -> nn.Sequential:
    """Build a network of any depth and width, unchecked."""
    layers: list[nn.Module] = []
    num_inputs = len(config.inputs)
    for units in config.hidden:
        layers.append(_draw_linear(num_inputs, units, generator))
        if config.batch_norm:
            layers.append(nn.BatchNorm1d(units))
        layers.append(ACTIVATIONS[config.activation].build())
        if config.dropout:
            layers.append(Dropout(config.dropout, generator))
        num_inputs = units
    layers.append(_draw_linear(num_inputs, num_outputs, generator))
    network = nn.Sequential(*layers)
    for layer in network:
        if isinstance(layer, nn.Linear):
            INITIALISATIONS[config.initialisation].apply(layer, generator)
    return network


def _draw_linear(num_inputs: int, num_outputs: int, generator: torch.Generator) -> nn.Linear:
    """Build a linear layer and draw its weights as `nn.Linear.reset_parameters` does."""
    layer = Linear(num_inputs, num_outputs)
    bound = 1 / num_inputs**0.5
    nn.init.kaiming_uniform_(layer.weight, a=5**0.5, generator=generator)
    nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
    return layer


def compute_features(inputs: tuple[str, ...], positions: torch.Tensor) -> torch.Tensor:
    """Compute what the network is given, (N, inputs), of positions (N, 2)."""
    x, y = positions.unbind(1)
    return torch.stack([FEATURES[name].compute(x, y) for name in inputs], dim=1)
