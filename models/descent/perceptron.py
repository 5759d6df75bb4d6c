"""A perceptron with one hidden layer on one example: forwards by torch, backwards by hand and by autograd.

Shapes: 4 inputs x, 3 hidden units with sums u and activations a, 2 logits z with probabilities p.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from models.descent.plane.points import MAX_SEED
from models.values import Floats, check_number, check_whole

# The weights by their names, in the order in which they are drawn.
WEIGHT_SHAPES = {"w1": (3, 4), "b1": (3,), "w2": (2, 3), "b2": (2,)}
NUM_INPUTS, NUM_CLASSES = 4, 2
LOWEST_INPUT, HIGHEST_INPUT = -3.0, 3.0  # within these no probability falls to 0 in float32


def find_relu_slope(u: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Return ReLU's slope at the sums u, whose activations are a: 1 above 0, else 0; PyTorch takes 0 at 0."""
    return np.where(u > 0, 1.0, 0.0)


def find_tanh_slope(u: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Return the slope of tanh at the sums u, whose activations are a."""
    return 1 - a**2


def find_sigmoid_slope(u: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Return the sigmoid's slope at the sums u, whose activations are a: at most 1/4."""
    slope: np.ndarray = a * (1 - a)
    return slope


@dataclass(frozen=True)
class Activation:
    """What a hidden unit makes of its sum.

    Attributes:
        title: as it stands on the page.
        latex: it, as a function's name.
        slope_latex: its derivative, by u or by what it made of u.
        code: the Python text of the function.
        apply: the function.
        find_slope: (u, a) ↦ its derivative at u, where it gave a.
    """

    title: str
    latex: str
    slope_latex: str
    code: str
    apply: Callable[[torch.Tensor], torch.Tensor]
    find_slope: Callable[[np.ndarray, np.ndarray], np.ndarray]


ACTIVATIONS = {
    "relu": Activation("ReLU", r"\mathrm{ReLU}", "[u > 0]", "torch.relu", torch.relu, find_relu_slope),
    "tanh": Activation("tanh", r"\tanh", "1 - a^2", "torch.tanh", torch.tanh, find_tanh_slope),
    "sigmoid": Activation(
        "sigmoid", r"\sigma", r"a\,(1 - a)", "torch.sigmoid", torch.sigmoid, find_sigmoid_slope
    ),
}


@dataclass(frozen=True)
class Example:
    """An example, and what decides the network that is given it.

    Attributes:
        x: the four inputs, each from LOWEST_INPUT to HIGHEST_INPUT.
        label: its class, 0 or 1.
        activation: a key of ACTIVATIONS.
        seed: of the weights, 0 to MAX_SEED.
    """

    x: tuple[float, ...] = (1.0, 0.5, -1.0, 2.0)
    label: int = 0
    activation: str = "relu"
    seed: int = 472


@dataclass(frozen=True)
class BothPasses:
    """What every node of the computation is, and how the loss depends on it.

    Attributes:
        values: of each node by its name, "x", "w1", "b1", "u", "a", "w2", "b2", "z", "p" and "loss", as
            torch computed them in float32.
        by_hand: the gradient of each but the loss, in its shape, in the order of the way back.
        autograd: the same from torch's backward, in float32.
        max_difference: the largest |by hand − autograd|.
        differs_most: the node in which it is.
    """

    values: dict[str, Floats]
    by_hand: dict[str, Floats]
    autograd: dict[str, Floats]
    max_difference: float
    differs_most: str


def check_inputs(x: Sequence[float]) -> tuple[float, ...]:
    """Return the four inputs, or raise a ValueError that says which is wrong and what would be right."""
    if len(x) != NUM_INPUTS:
        raise ValueError(f"x has {len(x)} numbers: write {NUM_INPUTS}, as in 1 0.5 -1 2.")
    return tuple(
        check_number(value, f"Input {place}", LOWEST_INPUT, HIGHEST_INPUT)
        for place, value in enumerate(x, start=1)
    )


def check_example(example: Example) -> Example:
    """Return the example, or raise a ValueError for what is none; the message says what would be right."""
    check_inputs(example.x)
    check_whole(example.label, "The label", 0, NUM_CLASSES - 1)
    if example.activation not in list(ACTIVATIONS):  # a text, or whatever was sent
        known = ", ".join(ACTIVATIONS)
        raise ValueError(f"The activation is {example.activation!r:.40}: choose one of {known}.")
    check_whole(example.seed, "The seed", 0, MAX_SEED)
    return example


def draw_weights(seed: int) -> dict[str, torch.Tensor]:
    """Draw the weights, quarters from −1 to 1, as `torch.manual_seed` and `torch.randint` would."""
    generator = torch.Generator().manual_seed(seed)
    return {
        name: torch.randint(-4, 5, shape, generator=generator) / 4 for name, shape in WEIGHT_SHAPES.items()
    }


def go_forward(
    x: torch.Tensor,
    w1: torch.Tensor,
    b1: torch.Tensor,
    w2: torch.Tensor,
    b2: torch.Tensor,
    label: int,
    activate: Callable[[torch.Tensor], torch.Tensor],
) -> dict[str, torch.Tensor]:
    """Compute what lies between the example and its loss, node by node."""
    u = w1 @ x + b1
    a = activate(u)
    z = w2 @ a + b2
    p = z.softmax(dim=0)
    loss = -p[label].log()
    return {"u": u, "a": a, "z": z, "p": p, "loss": loss}


def go_back(
    x: np.ndarray,
    w1: np.ndarray,
    a: np.ndarray,
    slope: np.ndarray,
    w2: np.ndarray,
    p: np.ndarray,
    y: np.ndarray,
) -> dict[str, np.ndarray]:
    """Follow the gradient of the loss back through the network, node by node.

    `slope` is the activation's derivative at each hidden unit's sum; `y` is 1 for the label, else 0.
    """
    d_p = -y / p  # the loss is -log of the label's probability
    d_z = p - y  # softmax and logarithm in one
    d_w2 = np.outer(d_z, a)
    d_b2 = d_z
    d_a = w2.T @ d_z  # a unit reaches the loss by every logit: add them up
    d_u = d_a * slope
    d_w1 = np.outer(d_u, x)
    d_b1 = d_u
    d_x = w1.T @ d_u
    return {
        "p": d_p, "z": d_z, "w2": d_w2, "b2": d_b2, "a": d_a, "u": d_u, "w1": d_w1, "b1": d_b1, "x": d_x
    }  # fmt: skip


def list_gradients(by_hand: dict[str, np.ndarray], autograd: dict[str, np.ndarray]) -> list[str]:
    """Return the lines that set each gradient beside autograd's, to six decimals."""
    lines = []
    for name, gradient in by_hand.items():
        lines.append(f"dL/d{name} by hand:     {(gradient.round(6) + 0.0).tolist()}")
        lines.append(f"dL/d{name} by autograd: {(autograd[name].round(6) + 0.0).tolist()}")
    differences = {name: abs(by_hand[name] - autograd[name]).max() for name in by_hand}
    largest = max(differences, key=lambda name: differences[name])
    return [*lines, f"largest difference: {differences[largest]:.1e}, in dL/d{largest}"]


def follow_example(example: Example) -> BothPasses:
    """Compute the loss of an example, and the gradient of every node by hand and by autograd.

    The way back by hand begins with the values that torch computed, in float64: so both take the same side
    where a sum is 0 but for rounding.

    Raises:
        ValueError: See `check_example`.
    """
    check_example(example)
    activation = ACTIVATIONS[example.activation]
    leaves = {"x": torch.tensor(example.x), **draw_weights(example.seed)}
    for leaf in leaves.values():
        leaf.requires_grad_()
    between = go_forward(**leaves, label=example.label, activate=activation.apply)
    for node in between.values():
        node.retain_grad()
    between["loss"].backward()
    nodes = leaves | between
    values = {name: node.detach().double().numpy() for name, node in nodes.items()}
    by_hand = go_back(
        x=values["x"],
        w1=values["w1"],
        a=values["a"],
        slope=activation.find_slope(values["u"], values["a"]),
        w2=values["w2"],
        p=values["p"],
        y=np.eye(NUM_CLASSES)[example.label],
    )
    autograd = {name: _read_gradient(nodes[name]) for name in by_hand}
    differences = {name: float(np.abs(by_hand[name] - autograd[name]).max()) for name in by_hand}
    largest = max(differences, key=differences.__getitem__)
    return BothPasses(values, by_hand, autograd, differences[largest], largest)


def _read_gradient(node: torch.Tensor) -> Floats:
    assert node.grad is not None  # all of them were asked for
    return node.grad.double().numpy()
