"""Exercises on convolution by hand: what `nn.Conv2d` computes, and how large it comes out."""

from __future__ import annotations

import numpy as np

from models.exercises.answers import Choice, Numbers, Slip
from models.exercises.draw import Draw
from models.exercises.exercise import Exercise, Part, Posed
from models.exercises.notation import write_matrix, write_number, write_tensor
from models.values import Floats

_PART: Part = "Convolution"


def _convolve(image: Floats, kernel: Floats, bias: float, stride: int = 1) -> Floats:
    """Return Σ window · kernel + bias for each window: a convolution as PyTorch has it, not turned."""
    size = kernel.shape[0]
    side = (image.shape[0] - size) // stride + 1
    return np.asarray(
        [
            [
                np.sum(image[i * stride : i * stride + size, j * stride : j * stride + size] * kernel) + bias
                for j in range(side)
            ]
            for i in range(side)
        ]
    )


def _write_conv(image: Floats, kernel: Floats, bias: float, stride: int) -> str:
    return (
        f"image = {write_tensor(image)}[None, None]\nkernel = {write_tensor(kernel)}[None, None]\n"
        f"answer = torch.nn.functional.conv2d(image, kernel, torch.tensor([{bias}]), stride={stride})[0, 0]"
    )


def _pose_convolution(draw: Draw) -> Posed:
    image = np.asarray(draw.draw_grid(4, 4, 0, 4), dtype=np.float64)
    kernel = np.asarray(draw.draw_grid(2, 2, -2, 2), dtype=np.float64)
    bias = float(draw.pick((-2, -1, 1, 2)))
    right = _convolve(image, kernel, bias)
    return Posed(
        f"$$\\text{{image}} = {write_matrix(image)},\\quad \\text{{weight}} = {write_matrix(kernel)},\\quad "
        f"\\text{{bias}} = {write_number(bias)}$$\nFill in the output of "
        "`nn.Conv2d(1, 1, kernel_size=2)`.",
        Numbers(
            right,
            (
                Slip(right - bias, "The bias is missing in every cell, as in the lab's own code."),
                Slip(
                    _convolve(image, kernel[::-1, ::-1], bias),
                    "The kernel was turned round: PyTorch does not.",
                ),
                Slip(_convolve(image, kernel.T, bias), "Rows and columns of the kernel are swapped."),
                Slip(right.T, "Rows and columns of the output are swapped."),
            ),
            "Lay the kernel over the window whose upper left corner is this cell; multiply, add, add the "
            "bias.",
            tolerance=0,
        ),
        f"Each cell is the window times the kernel, summed, plus the bias: ${write_matrix(right)}$.",
        _write_conv(image, kernel, bias, 1),
    )


def _pose_stride(draw: Draw) -> Posed:
    image = np.asarray(draw.draw_grid(8, 8, 0, 3), dtype=np.float64)
    kernel = np.asarray(draw.draw_grid(4, 4, -1, 1), dtype=np.float64)
    bias = float(draw.pick((-1, 1)))
    right = _convolve(image, kernel, bias, stride=4)
    beginning = image[:5, :5]
    return Posed(
        f"The lab's problem: kernel 4, stride 4, by hand.\n\n$$\\text{{image}} = {write_matrix(image)}$$\n"
        f"$$\\text{{weight}} = {write_matrix(kernel)},\\quad \\text{{bias}} = {write_number(bias)}$$\n"
        "Fill in the output of `nn.Conv2d(1, 1, kernel_size=4, stride=4)`.",
        Numbers(
            right,
            (
                Slip(right - bias, "The bias is missing in every cell."),
                Slip(
                    _convolve(beginning, kernel, bias),
                    "The kernel moved by one pixel: with stride 4 the windows do not overlap.",
                ),
                Slip(
                    _convolve(image, kernel[::-1, ::-1], bias, stride=4),
                    "The kernel was turned round: PyTorch does not.",
                ),
                Slip(
                    _convolve(image, kernel.T, bias, stride=4), "Rows and columns of the kernel are swapped."
                ),
                Slip(right.T, "Rows and columns of the output are swapped."),
            ),
            "Four windows of 4 × 4 that do not overlap.",
            tolerance=0,
        ),
        "In code: `out[i, j] = np.sum(image[4*i:4*i+4, 4*j:4*j+4] * weight) + bias` for i, j from 0 to 1; "
        "it gives "
        f"${write_matrix(right)}$.",
        _write_conv(image, kernel, bias, 4),
    )


def _pose_size(draw: Draw) -> Posed:
    size, kernel = draw.pick((28, 32, 64, 224)), draw.pick((7, 9, 11))
    stride, padding = draw.pick((2, 3)), draw.pick((3, 4, 5))
    span = size + 2 * padding - kernel
    right = span // stride + 1
    return Posed(
        f"An image of {size} × {size} goes through `nn.Conv2d(1, 8, kernel_size={kernel}, stride={stride}, "
        f"padding={padding})`. How many pixels has a side of the output?",
        Numbers(
            np.asarray(float(right)),
            (
                Slip(span / stride + 1, "A window that does not fit whole is left out: round down."),
                Slip(-(-span // stride) + 1, "Rounded up: the last window would stand over the edge."),
                Slip(span // stride, "The first window counts, too: + 1."),
                Slip((size + padding - kernel) // stride + 1, "The padding is added on both sides."),
                Slip((size - kernel) // stride + 1, "The padding is missing."),
                Slip(span + 1, "The stride is missing."),
            ),
            r"$\lfloor (S_\text{in} + 2\,\text{padding} - \text{kernel}) / \text{stride} \rfloor + 1$.",
            tolerance=0,
        ),
        rf"$\lfloor ({size} + 2 \cdot {padding} - {kernel}) / {stride} \rfloor + 1 = "
        rf"\lfloor {span} / {stride} \rfloor + 1 = {right}$.",
        "import torch.nn as nn\n"
        f"conv = nn.Conv2d(1, 8, kernel_size={kernel}, stride={stride}, padding={padding})\n"
        f"answer = torch.tensor(conv(torch.zeros(1, 1, {size}, {size})).shape[-1])",
    )


def _pose_same_padding(draw: Draw) -> Posed:
    kernel, dilation = draw.pick((3, 5, 7)), draw.pick((2, 3))
    span = dilation * (kernel - 1)
    right = span // 2
    return Posed(
        f"Which padding keeps the size of an image, with `kernel_size={kernel}`, `dilation={dilation}` and "
        "stride 1?",
        Numbers(
            np.asarray(float(right)),
            (
                Slip(kernel // 2, "That is without dilation: a dilated kernel reaches further."),
                Slip(span, "That is both sides together: the padding is added on each."),
                Slip(right + dilation, "A kernel has one gap less than it has entries."),
            ),
            r"The kernel covers $\text{dilation} \cdot (\text{kernel} - 1) + 1$ pixels.",
            tolerance=0,
        ),
        rf"It covers ${dilation} \cdot ({kernel} - 1) + 1 = {span + 1}$ pixels, so each side lacks {right}.",
        "import torch.nn as nn\n"
        "answer = next(\n    torch.tensor(padding)\n    for padding in range(50)\n"
        f"    if nn.Conv2d(1, 1, {kernel}, dilation={dilation}, padding=padding)(torch.zeros(1, 1, 40, 40))"
        ".shape[-1] == 40\n)",
    )


def _pose_parameters(draw: Draw) -> Posed:
    into, out, kernel = draw.pick((3, 8, 16, 32)), draw.pick((10, 24, 48, 64)), draw.pick((3, 5))
    right = out * (into * kernel * kernel + 1)
    return Posed(
        f"How many parameters has `nn.Conv2d({into}, {out}, kernel_size={kernel})`?",
        Numbers(
            np.asarray(float(right)),
            (
                Slip(right - out, "The biases are missing: one for each output channel."),
                Slip(out * (kernel * kernel + 1), "Each filter has a kernel for each input channel."),
                Slip(right - out + into, "A bias belongs to an output channel, not to an input channel."),
                Slip(
                    out * into * (kernel * kernel + 1), "A filter has one bias, whatever its input channels."
                ),
                Slip(right - out + 1, "Each output channel has a bias of its own."),
            ),
            "How many kernels has one filter? And how many filters are there?",
            tolerance=0,
        ),
        rf"{out} filters of ${into} \cdot {kernel} \cdot {kernel}$ weights and one bias: "
        rf"${out} \cdot ({into} \cdot {kernel * kernel} + 1) = {right}$. The image's size does not matter.",
        "import torch.nn as nn\n"
        f"conv = nn.Conv2d({into}, {out}, kernel_size={kernel})\n"
        "answer = torch.tensor(sum(p.numel() for p in conv.parameters()))",
    )


def _pose_edge(draw: Draw) -> Posed:
    column = draw.pick(((1, -1), (-1, 1)))
    kernel = [list(column), list(column)]
    bright, dark = ("left", "right") if column[0] > 0 else ("right", "left")
    options = (
        Slip(f"Where it is bright on the {bright} and dark on the {dark}", "Right."),
        Slip(f"Where it is bright on the {dark} and dark on the {bright}", "There it is negative."),
        Slip("Where everything is bright", "There the positive and negative weights cancel."),
        Slip("At horizontal edges", "Along its columns the kernel is the same: a horizontal edge cancels."),
    )
    return Posed(
        f"Where is the output of the kernel ${write_matrix(kernel)}$ largest?",
        Choice(options, right=0),
        "The output is the bright column minus the other: it answers to vertical edges of one direction.",
    )


EXERCISES = (
    Exercise("convolution", _PART, "A convolution by hand", _pose_convolution),
    Exercise("convolution-stride", _PART, "The lab's problem: kernel 4, stride 4", _pose_stride),
    Exercise("edge", _PART, "What a kernel looks for", _pose_edge),
    Exercise("convolution-size", _PART, "The size of the output", _pose_size),
    Exercise("same-padding", _PART, "The padding that keeps the size", _pose_same_padding),
    Exercise("convolution-parameters", _PART, "Parameters of a convolution", _pose_parameters),
)
