"""Exercises on a network's arithmetic: layers, softmax, cross-entropy, and the way back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from models.exercises.answers import Choice, Numbers, Slip
from models.exercises.draw import Draw
from models.exercises.exercise import Exercise, Part, Posed
from models.exercises.notation import write_matrix, write_number, write_row, write_tensor
from models.values import Floats


def _pose_parameters(draw: Draw) -> Posed:
    sizes = [784, draw.pick((64, 128, 256)), draw.pick((16, 32, 64)), 10]
    pairs = list(pairwise(sizes))
    right = sum((into + 1) * out for into, out in pairs)
    weights = sum(into * out for into, out in pairs)
    sums = " + ".join(rf"({into} + 1) \cdot {out}" for into, out in pairs)
    layers = ", ".join(f"nn.Linear({into}, {out})" for into, out in pairs)
    return Posed(
        f"How many parameters has a network of `{layers}`, with ReLU between them?",
        Numbers(
            np.asarray(float(right)),
            (
                Slip(weights, "The biases are missing: each output has one."),
                Slip(
                    weights + sum(sizes[:-1]), "A bias belongs to each output of a layer, not to each input."
                ),
                Slip(sum(sizes[1:]), "These are the biases alone."),
                Slip(weights + sum(sizes), "The input has no bias."),
            ),
            "A layer has one weight for each pair of input and output, and one bias for each output.",
            tolerance=0,
        ),
        f"${sums} = {right}$.",
        "import torch.nn as nn\n"
        f"network = nn.Sequential({layers})\nanswer = torch.tensor(sum(p.numel() for p in "
        f"network.parameters()))",
    )


def _softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max())
    return np.asarray(raised / raised.sum())


def _draw_logits(draw: Draw) -> tuple[Floats, int]:
    """Return three logits and the index of the true class."""
    return np.asarray(draw.draw_wholes(3, -2, 3), dtype=np.float64), draw.draw_whole(0, 2)


def _pose_softmax(draw: Draw) -> Posed:
    logits, _ = _draw_logits(draw)
    right = _softmax(logits)
    total = float(logits.sum())
    slips = [
        Slip(np.exp(logits), "These are the exponentials: divide by their sum."),
        Slip(1 / (1 + np.exp(-logits)), "That is the sigmoid of each one alone; these do not add up to 1."),
        Slip(np.exp(-logits) / np.exp(-logits).sum(), "The sign: the largest logit gets the largest share."),
    ]
    if total:
        slips.append(Slip(logits / total, "The exponential is missing: these may even be negative."))
    return Posed(
        f"A network gives the logits ${write_row(logits)}$. Which probabilities does softmax make of them?",
        Numbers(
            right,
            tuple(slips),
            "Raise $e$ to each logit, then divide by the sum of the three.",
            tolerance=0.02,
        ),
        rf"$e^{{z_i}} / \sum_j e^{{z_j}} = {write_row(right)}$.",
        f"answer = torch.softmax({write_tensor(logits)}, dim=0)",
    )


def _pose_cross_entropy(draw: Draw) -> Posed:
    logits, label = _draw_logits(draw)
    shares = _softmax(logits)
    right = -np.log(shares[label])
    return Posed(
        f"The logits are ${write_row(logits)}$ and the true class is {label}, counted from 0. What does "
        "`nn.CrossEntropyLoss()` give?",
        Numbers(
            np.asarray(right),
            (
                Slip(-right, "The sign: a logarithm of a probability is negative, the loss is not."),
                Slip(shares[label], "That is the probability of the true class: the loss is $-\\ln$ of it."),
                Slip(-np.log10(shares[label]), "PyTorch takes the natural logarithm."),
                Slip(1 - shares[label], "The loss is $-\\ln p$, not $1 - p$."),
                Slip(-logits[label], "That is the logit itself: softmax comes first."),
                Slip(-np.log(shares[(label + 1) % 3]), "Classes are counted from 0."),
            ),
            "Softmax first; then $-\\ln$ of the true class's probability.",
            tolerance=0.02,
        ),
        rf"Softmax gives the true class $p = {write_number(shares[label])}$, and $-\ln p = "
        rf"{write_number(right)}$. "
        "The layer does both: a network for it ends in logits, without a softmax.",
        f"answer = torch.nn.functional.cross_entropy({write_tensor([logits])}, torch.tensor([{label}]))",
    )


def _pose_cross_entropy_gradient(draw: Draw) -> Posed:
    logits, label = _draw_logits(draw)
    shares = _softmax(logits)
    truth = np.eye(3)[label]
    right = shares - truth
    return Posed(
        f"The logits are ${write_row(logits)}$ and the true class is {label}, counted from 0. What is the "
        f"gradient "
        "of the cross-entropy with respect to the logits?",
        Numbers(
            right,
            (
                Slip(
                    -right,
                    "The sign: as in the lab's own text. It must raise the true class by a step *down*.",
                ),
                Slip(shares, "That lacks the true class: 1 is subtracted there."),
                Slip(
                    -truth / shares[label],
                    "That is with respect to the probabilities; softmax is still ahead.",
                ),
            ),
            "It is the probabilities, minus 1 at the true class.",
            tolerance=0.02,
        ),
        rf"$\nabla_z = p - y$ with the one-hot label $y$: ${write_row(shares)} - {write_row(truth)} = "
        rf"{write_row(right)}$. The lab writes $y - p$, which would climb.",
        f"z = {write_tensor([logits])[:-1]}, requires_grad=True)\n"
        f"torch.nn.functional.cross_entropy(z, torch.tensor([{label}])).backward()\nanswer = z.grad[0]",
    )


def _pose_hidden_layer(draw: Draw) -> Posed:
    weights = np.asarray(draw.draw_grid(2, 2, -2, 3), dtype=np.float64)
    bias = np.asarray(draw.draw_wholes(2, -2, 2), dtype=np.float64)
    x = np.asarray(draw.draw_wholes(2, -2, 3), dtype=np.float64)
    sums = weights @ x + bias
    right = np.maximum(sums, 0)
    return Posed(
        rf"A layer computes $\mathrm{{ReLU}}(Wx + b)$ with $$W = {write_matrix(weights)},\quad "
        rf"b = {write_row(bias)}^\top,\quad x = {write_row(x)}^\top.$$ What does it give?",
        Numbers(
            right,
            (
                Slip(sums, "ReLU is missing: what is below 0 becomes 0."),
                Slip(np.maximum(weights @ x, 0), "The bias is missing."),
                Slip(
                    np.maximum(weights.T @ x + bias, 0),
                    "Each output belongs to a row of $W$, not to a column.",
                ),
                Slip(np.maximum(weights @ x, 0) + bias, "The bias is added before ReLU."),
                Slip(np.abs(sums), "ReLU makes what is negative 0; it does not turn it round."),
            ),
            "Compute $Wx + b$ row by row; then replace what is negative by 0.",
        ),
        rf"$Wx + b = {write_row(sums)}^\top$, and ReLU makes it ${write_row(right)}^\top$.",
        f"answer = torch.relu({write_tensor(weights)} @ {write_tensor(x)} + {write_tensor(bias)})",
    )


def _pose_backward(draw: Draw) -> Posed:
    x, first, second, y = (float(value) for value in draw.draw_wholes(4, 2, 7))
    hidden = first * x
    output = second * hidden
    right = 2 * (output - y) * second * x
    return Posed(
        rf"A chain of one unit: $h = \mathrm{{ReLU}}(ux)$, $\hat y = vh$, $L = (\hat y - y)^2$, with "
        rf"$x = {write_number(x)}$, $u = {write_number(first)}$, $v = {write_number(second)}$, "
        rf"$y = {write_number(y)}$. Follow it backwards: what is $\partial L / \partial u$?",
        Numbers(
            np.asarray(right),
            (
                Slip(2 * (output - y) * hidden, "That is the gradient for $v$."),
                Slip(-right, r"The sign: $\hat y$ stands first in the square."),
                Slip(right / 2, "The factor 2 of the square is missing."),
                Slip(2 * (output - y) * x, r"$\partial \hat y / \partial h = v$ is missing."),
                Slip(2 * (output - y) * second, r"$\partial h / \partial u = x$ is missing."),
            ),
            r"Multiply on the way: $\partial L/\partial \hat y$, then $\partial \hat y/\partial h$, then "
            r"$\partial h/\partial u$.",
        ),
        rf"$\hat y = {write_number(output)}$, so $\partial L/\partial \hat y = "
        rf"{write_number(2 * (output - y))}$; "
        rf"times $v = {write_number(second)}$, times 1 from ReLU, times $x = {write_number(x)}$: "
        rf"${write_number(right)}$.",
        f"u = torch.tensor({first}, requires_grad=True)\n"
        f"loss = ({second} * torch.relu(u * {x}) - {y}) ** 2\nloss.backward()\nanswer = u.grad",
    )


def _pose_untrained_loss(draw: Draw) -> Posed:
    classes = draw.pick((5, 8, 20, 26, 100))
    right = np.log(classes)
    return Posed(
        f"A network with {classes} classes gives all of them the same logit. What is its cross-entropy, "
        "whatever the label?",
        Numbers(
            np.asarray(right),
            (
                Slip(1 / classes, "That is the probability: the loss is $-\\ln$ of it."),
                Slip(np.log10(classes), "PyTorch takes the natural logarithm."),
                Slip(np.log2(classes), "That is in bits: PyTorch takes the natural logarithm."),
                Slip(-right, "The sign: a loss is not negative."),
                Slip(1, "It depends on how many classes share the probability."),
            ),
            "Each class has the same probability: which?",
            tolerance=0.02,
        ),
        rf"$-\ln \tfrac{{1}}{{{classes}}} = \ln {classes} = {write_number(right)}$. For ten digits it is "
        "$\\ln 10 \\approx 2.303$: the loss with which an untrained network begins.",
        f"answer = torch.nn.functional.cross_entropy(torch.zeros(1, {classes}), torch.tensor([0]))",
    )


def _pose_regression_layers(draw: Draw) -> Posed:
    classes = draw.pick((2, 3, 10))
    options = (
        Slip(
            f"nn.Linear(784, {classes}), nn.Softmax()", "The loss takes logits: softmax would be there twice."
        ),
        Slip(f"nn.Linear(784, {classes})", "Right: one linear layer, and softmax is within the loss."),
        Slip(
            f"nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, {classes})",
            "A hidden layer makes it a multilayer perceptron.",
        ),
        Slip(f"nn.Linear({classes}, 784)", "The input has 784 pixels; the output a logit for each class."),
    )
    return Posed(
        f"Which network is multinomial logistic regression for {classes} classes, trained with "
        "`nn.CrossEntropyLoss()`?",
        Choice(options, right=1),
        "Logistic regression is linear in the pixels; the loss does the softmax. It has "
        rf"$784 \cdot {classes} + {classes} = {785 * classes}$ parameters and no hidden layer.",
    )


_PART: Part = "A network's arithmetic"
EXERCISES = (
    Exercise("parameters", _PART, "Counting parameters", _pose_parameters),
    Exercise("hidden-layer", _PART, "A layer by hand", _pose_hidden_layer),
    Exercise("softmax", _PART, "Softmax by hand", _pose_softmax),
    Exercise("cross-entropy", _PART, "The loss of one image", _pose_cross_entropy),
    Exercise("cross-entropy-gradient", _PART, "The gradient at the logits", _pose_cross_entropy_gradient),
    Exercise("backward", _PART, "Backwards through a hidden unit", _pose_backward),
    Exercise("untrained-loss", _PART, "Before it has learned anything", _pose_untrained_loss),
    Exercise("logistic-layers", _PART, "Logistic regression as a network", _pose_regression_layers),
)
