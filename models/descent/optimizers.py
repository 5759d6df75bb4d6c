"""The optimizers of a descent: torch.optim's own, but that a race takes gradient descent's steps by hand.

β is the momentum coefficient, v the velocity (momentum buffer), s the sum or running mean of squared
gradients, g the gradient of the step, w the weights. What is not set here is torch's default.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

MAX_LR = 1e15
MAX_MOMENTUM = 0.999
DEFAULT_MOMENTUM = 0.9


class Stepper(Protocol):
    """What takes the steps: the part of torch.optim.Optimizer that a descent needs."""

    def step(self) -> object:
        """Move the weights, once their gradient is there."""


# The first of torch's optimizers that is built makes torch import its compiler, which takes seconds. The page
# opens on this one.
class GradientDescent:
    """The notebook's own step, w ← w − ηg: the one that torch.optim.SGD takes without momentum."""

    def __init__(self, w: torch.Tensor, lr: float) -> None:
        self.w = w
        self.lr = lr

    def zero_grad(self) -> None:
        """Forget the gradient of the last step."""
        self.w.grad = None

    def step(self) -> None:
        """Move the weights against their gradient."""
        assert self.w.grad is not None, "backward() comes first"
        with torch.no_grad():
            self.w -= self.lr * self.w.grad


@dataclass(frozen=True)
class OptimizerKind:
    """One kind of optimizer.

    Attributes:
        title: its name.
        call: the call that builds it, as Python text, with {weights}, {lr} and {momentum} to fill in.
        latex: what one step does.
        build: (weights, lr, momentum) ↦ torch's optimizer.
        has_momentum: whether it uses β.
        by_hand: what takes a race's steps instead of torch's.
    """

    title: str
    call: str
    latex: str
    build: Callable[[Iterable[torch.Tensor], float, float], torch.optim.Optimizer]
    has_momentum: bool = False
    by_hand: type[GradientDescent] | None = None

    def build_stepper(self, w: torch.Tensor, lr: float, momentum: float) -> Stepper:
        """Build what takes a race's steps from its weights w (D,)."""
        return self.by_hand(w, lr) if self.by_hand else self.build([w], lr, momentum)

    def write_call(self, lr: float | str, momentum: float | str) -> str:
        """Write the Python text that builds what takes a race's steps."""
        if self.by_hand:
            return f"{self.by_hand.__name__}(w, lr={lr})"
        return self.call.format(weights="[w]", lr=lr, momentum=momentum)


OPTIMIZERS = {
    "gradient_descent": OptimizerKind(
        "Gradient descent",
        "torch.optim.SGD({weights}, lr={lr})",
        r"w \leftarrow w - \eta\, g",
        lambda weights, lr, momentum: torch.optim.SGD(weights, lr=lr),
        by_hand=GradientDescent,
    ),
    "momentum": OptimizerKind(
        "Momentum",
        "torch.optim.SGD({weights}, lr={lr}, momentum={momentum})",
        r"v \leftarrow \beta v + g, \quad w \leftarrow w - \eta\, v",
        lambda weights, lr, momentum: torch.optim.SGD(weights, lr=lr, momentum=momentum),
        has_momentum=True,
    ),
    "nesterov": OptimizerKind(
        "Nesterov",
        "torch.optim.SGD({weights}, lr={lr}, momentum={momentum}, nesterov=True)",
        r"v \leftarrow \beta v + g, \quad w \leftarrow w - \eta\,(g + \beta v)",
        lambda weights, lr, momentum: torch.optim.SGD(weights, lr=lr, momentum=momentum, nesterov=True),
        has_momentum=True,
    ),
    "adagrad": OptimizerKind(
        "Adagrad",
        "torch.optim.Adagrad({weights}, lr={lr})",
        r"s \leftarrow s + g^2, \quad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + 10^{-10}}",
        lambda weights, lr, momentum: torch.optim.Adagrad(weights, lr=lr),
    ),
    "rmsprop": OptimizerKind(
        "RMSprop",
        "torch.optim.RMSprop({weights}, lr={lr})",
        r"s \leftarrow 0.99\, s + 0.01\, g^2, \quad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + 10^{-8}}",
        lambda weights, lr, momentum: torch.optim.RMSprop(weights, lr=lr),
    ),
    "adam": OptimizerKind(
        "Adam",
        "torch.optim.Adam({weights}, lr={lr})",
        r"v \leftarrow 0.9\, v + 0.1\, g, \quad s \leftarrow 0.999\, s + 0.001\, g^2, \quad "
        r"w \leftarrow w - \eta\, \frac{v / (1 - 0.9^k)}{\sqrt{s / (1 - 0.999^k)} + 10^{-8}}",
        lambda weights, lr, momentum: torch.optim.Adam(weights, lr=lr),
    ),
}


@dataclass(frozen=True)
class OptimizerConfig:
    """An optimizer with its settings.

    Attributes:
        name: a key of OPTIMIZERS.
        lr: the step size η, above 0.
        momentum: β, 0 to 0.999; used by "momentum" and "nesterov" alone.
    """

    name: str = "gradient_descent"
    lr: float = 0.01
    momentum: float = DEFAULT_MOMENTUM

    @property
    def kind(self) -> OptimizerKind:
        """What OPTIMIZERS says of it."""
        return OPTIMIZERS[self.name]

    def build(self, w: torch.Tensor) -> Stepper:
        """Build the optimizer for the weights w (D,)."""
        return self.kind.build_stepper(w, self.lr, self.momentum)

    def write_call(self) -> str:
        """Write the Python text that builds it."""
        return self.kind.write_call(self.lr, self.momentum)


def make_optimizer(
    name: str = "gradient_descent", lr: float = 0.01, momentum: float = DEFAULT_MOMENTUM
) -> OptimizerConfig:
    """Build the configuration from what a person gave.

    Raises:
        ValueError: for an unknown name, a step size that is not a number above 0, or a momentum outside 0 to
            0.999; the message says what would be right. Nesterov's step needs a momentum above 0.
    """
    if not isinstance(name, str) or name not in OPTIMIZERS:
        raise ValueError(f"The optimizer is {name!r:.40}: choose one of {', '.join(OPTIMIZERS)}.")
    momentum = check_momentum(momentum)
    if name == "nesterov" and momentum == 0:
        raise ValueError("Nesterov's step needs a momentum above 0: without it, take gradient descent.")
    return OptimizerConfig(name, check_lr(lr), momentum)


def check_lr(lr: float) -> float:
    """Return the step size, or raise a ValueError where it is not a finite number above 0."""
    remedy = "enter a number above 0, for example 0.01."
    if isinstance(lr, bool) or not isinstance(lr, int | float | np.integer | np.floating):
        raise ValueError(f"The learning rate is {lr!r:.40}, not a number: {remedy}")
    if not 0 < lr <= MAX_LR:
        raise ValueError(f"The learning rate is {lr!s:.40}: {remedy} It may be at most {MAX_LR:,.0f}.")
    return float(lr)


def check_momentum(momentum: float) -> float:
    """Return the momentum, or raise a ValueError where it is not a number from 0 to 0.999."""
    allowed = f"enter a number from 0 to {MAX_MOMENTUM}."
    if isinstance(momentum, bool) or not isinstance(momentum, int | float | np.integer | np.floating):
        raise ValueError(f"The momentum is {momentum!r:.40}, not a number: {allowed}")
    if not 0 <= momentum <= MAX_MOMENTUM:  # also false for nan
        raise ValueError(f"The momentum is {momentum!s:.40}: {allowed}")
    return float(momentum)
