"""The optimizers and schedules of a small network: torch.optim's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch import nn

if TYPE_CHECKING:
    from torch.optim import Optimizer

MOMENTUM = 0.9  # β of momentum and Nesterov
SCHEDULES = {"constant": "constant", "cosine": "cosine, to 0"}


@dataclass(frozen=True)
class OptimizerKind:
    """One kind of optimizer.

    Attributes:
        title: its name.
        code: the Python text that builds it, with {lr} to fill in.
        build: (torch.optim, parameters, learning rate) ↦ the optimizer.
    """

    title: str
    code: str
    build: Callable[[Any, Iterable[nn.Parameter], float], Optimizer]


OPTIMIZERS = {
    "gradient_descent": OptimizerKind(
        "Gradient descent",
        "torch.optim.SGD(network.parameters(), lr={lr})",
        lambda optim, parameters, lr: optim.SGD(parameters, lr),
    ),
    "momentum": OptimizerKind(
        "Momentum",
        f"torch.optim.SGD(network.parameters(), lr={{lr}}, momentum={MOMENTUM})",
        lambda optim, parameters, lr: optim.SGD(parameters, lr, momentum=MOMENTUM),
    ),
    "nesterov": OptimizerKind(
        "Nesterov",
        f"torch.optim.SGD(network.parameters(), lr={{lr}}, momentum={MOMENTUM}, nesterov=True)",
        lambda optim, parameters, lr: optim.SGD(parameters, lr, momentum=MOMENTUM, nesterov=True),
    ),
    "adagrad": OptimizerKind(
        "Adagrad",
        "torch.optim.Adagrad(network.parameters(), lr={lr})",
        lambda optim, parameters, lr: optim.Adagrad(parameters, lr),
    ),
    "rmsprop": OptimizerKind(
        "RMSprop",
        "torch.optim.RMSprop(network.parameters(), lr={lr})",
        lambda optim, parameters, lr: optim.RMSprop(parameters, lr),
    ),
    "adam": OptimizerKind(
        "Adam",
        "torch.optim.Adam(network.parameters(), lr={lr})",
        lambda optim, parameters, lr: optim.Adam(parameters, lr),
    ),
}


def build_plane_optimizer(name: str, parameters: Iterable[nn.Parameter], lr: float) -> Optimizer:
    """Build the optimizer of this name, a key of OPTIMIZERS, with torch's defaults for all else."""
    import torch.optim as optim  # its first use makes torch import its compiler, which takes seconds

    return OPTIMIZERS[name].build(optim, parameters, lr)


def schedule_rate(schedule: str, lr: float, step: int, num_steps: int) -> float:
    """Return the learning rate of a step, 0 to num_steps − 1.

    "constant" is η throughout; "cosine" falls from η to 0 as η·(1 + cos πu)/2, u = (step + ½) / num_steps.
    """
    if schedule == "cosine":
        return lr * (1 + math.cos(math.pi * (step + 0.5) / num_steps)) / 2
    return lr
