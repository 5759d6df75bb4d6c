"""Exercises on building a network: sizes from layer to layer, what they cost and what they see."""

from __future__ import annotations

import numpy as np

from models.exercises.answers import Code, Numbers, Slip
from models.exercises.draw import Draw
from models.exercises.exercise import Exercise, Part, Posed

_PART: Part = "Building a network"


def _pose_features(draw: Draw) -> Posed:
    channels, kernel = draw.pick((6, 8, 12, 16)), draw.pick((3, 5))
    padding = draw.pick((0, kernel // 2))
    side = (28 + 2 * padding - kernel + 1) // 2
    before = 28 + 2 * padding - kernel + 1
    right = channels * side * side
    layers = f"nn.Conv2d(1, {channels}, kernel_size={kernel}, padding={padding}), nn.ReLU(), nn.MaxPool2d(2)"
    return Posed(
        f"A digit of 28 × 28 goes through `{layers}` and `nn.Flatten()`. How many inputs must `nn.Linear` "
        f"have?",
        Numbers(
            np.asarray(float(right)),
            (
                Slip(channels * before * before, "Pooling halves both sides: it is missing."),
                Slip(side * side, "The channels are missing."),
                Slip(channels * (before // 2) * before, "Pooling halves the height *and* the width."),
                Slip(channels * side, "Both sides count: height times width."),
                Slip(channels * 196, "That padding does not keep 28 × 28: look at it again.")
                if side != 14
                else Slip(784, "These are the pixels of the digit: follow it through the layers."),
            ),
            "Follow the shape from layer to layer: channels × height × width.",
            tolerance=0,
        ),
        rf"$28 + 2 \cdot {padding} - {kernel} + 1 = {before}$, halved {side}; "
        rf"${channels} \cdot {side} \cdot {side} = {right}$.",
        f"import torch.nn as nn\nnetwork = nn.Sequential({layers}, nn.Flatten())\n"
        "answer = torch.tensor(network(torch.zeros(1, 1, 28, 28)).shape[1])",
    )


def _pose_linear_line(draw: Draw) -> Posed:
    channels, units = draw.pick((8, 16, 32)), draw.pick((100, 200, 500))
    right = channels * 14 * 14
    return Posed(
        f"ConvNet with {channels} filters: write the layer in the gap.\n```python\nself.layer1 = "
        f"nn.Sequential(\n"
        f"    nn.Conv2d(1, {channels}, kernel_size=5, padding=2), nn.ReLU(), nn.MaxPool2d(2))\n"
        f"self.classifier = nn.Sequential(___, nn.ReLU(), nn.Linear({units}, 10))\n```",
        Code(
            (
                f"nn.Linear({right}, {units})",
                f"nn.Linear(14 * 14 * {channels}, {units})",
                f"nn.Linear({channels} * 14 * 14, {units})",
                f"nn.Linear(in_features={right}, out_features={units})",
                f"torch.nn.Linear({right}, {units})",
                f"nn.Linear({channels} * 196, {units})",
                f"nn.Linear(196 * {channels}, {units})",
                f"nn.LazyLinear({units})",
            ),
            (
                Slip(
                    f"nn.Linear({channels * 28 * 28}, {units})", "Pooling halves both sides: 14 × 14 is left."
                ),
                Slip(
                    f"nn.Linear(28 * 28 * {channels}, {units})", "Pooling halves both sides: 14 × 14 is left."
                ),
                Slip(
                    f"nn.Linear({channels} * 28 * 28, {units})", "Pooling halves both sides: 14 × 14 is left."
                ),
                Slip(f"nn.Linear(14 * 14, {units})", "The channels are missing."),
                Slip(f"nn.Linear(196, {units})", "The channels are missing."),
                Slip(f"nn.Linear({units}, {right})", "The input's size stands first."),
                Slip(f"nn.Linear({channels}, {units})", "Each channel is a map of 14 × 14."),
            ),
            "How many numbers come out of `layer1`, and how many does the next layer take?",
        ),
        f"`nn.Linear(14 * 14 * {channels}, {units})`.",
    )


def _pose_multiply_adds(draw: Draw) -> Posed:
    into, out, kernel, side = draw.pick((3, 8)), draw.pick((16, 32)), draw.pick((3, 5)), draw.pick((14, 28))
    right = out * side * side * into * kernel * kernel
    return Posed(
        f"`nn.Conv2d({into}, {out}, kernel_size={kernel}, padding={kernel // 2})` gets maps of {side} × "
        f"{side}. How "
        "many multiplications does it make for one image?",
        Numbers(
            np.asarray(float(right)),
            (
                Slip(out * into * kernel * kernel, "These are the weights: each is used at every pixel."),
                Slip(out * side * side * kernel * kernel, "Each filter reads all input channels."),
                Slip(side * side * into * kernel * kernel, "That is one filter."),
                Slip(out * side * side * into, "Each output pixel reads a whole window."),
            ),
            "How many output numbers are there, and how many products are in each?",
            tolerance=0,
        ),
        rf"${out} \cdot {side} \cdot {side}$ outputs, each a sum of ${into} \cdot {kernel} \cdot {kernel}$ "
        rf"products: "
        f"{right:,}.",
        f"answer = torch.tensor({out} * {side} * {side} * {into} * {kernel} * {kernel})",
    )


def _pose_receptive_field(draw: Draw) -> Posed:
    first, second, pool = draw.pick((3, 5)), draw.pick((3, 5)), draw.pick((2, 3))
    right = first + (pool - 1) + (second - 1) * pool
    return Posed(
        f"Kernel {first}, then max pooling {pool} with stride {pool}, then kernel {second}; strides else 1. "
        f"How many "
        "input pixels wide is what one output number sees?",
        Numbers(
            np.asarray(float(right)),
            (
                Slip(first + second - 1, "Pooling is missing: behind it each step is worth more pixels."),
                Slip(
                    first + (pool - 1) + (second - 1), "Behind the pooling a step is as wide as its stride."
                ),
                Slip(first + second + pool, "Sizes do not simply add: neighbours overlap."),
                Slip(first * second * pool, "Windows overlap: they do not multiply."),
                Slip(first + (second - 1) * pool, "The pooling's own window is missing."),
            ),
            r"Begin with 1 and add $(\text{kernel} - 1)$ times the product of all strides before.",
            tolerance=0,
        ),
        rf"$1 + ({first} - 1) + ({pool} - 1) + ({second} - 1) \cdot {pool} = {right}$.",
        "import torch.nn as nn\nx = torch.zeros(1, 1, 99, 99, requires_grad=True)\n"
        f"network = nn.Sequential(nn.Conv2d(1, 1, {first}), nn.AvgPool2d({pool}), nn.Conv2d(1, 1, "
        f"{second}))\n"
        "for weights in network.parameters():\n    nn.init.ones_(weights)\n"
        "network(x)[0, 0, 9, 9].backward()\nanswer = (x.grad[0, 0] != 0).any(dim=0).sum()",
    )


EXERCISES = (
    Exercise("flat-features", _PART, "What the first linear layer gets", _pose_features),
    Exercise("linear-line", _PART, "The layer that is missing", _pose_linear_line),
    Exercise("multiplications", _PART, "What a convolution costs", _pose_multiply_adds),
    Exercise("receptive-field", _PART, "What one number sees", _pose_receptive_field),
)
