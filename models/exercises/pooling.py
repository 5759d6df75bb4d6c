"""Exercises on pooling by hand."""

from __future__ import annotations

import numpy as np

from models.exercises.answers import Choice, Numbers, Slip
from models.exercises.draw import Draw
from models.exercises.exercise import Exercise, Part, Posed
from models.exercises.notation import write_matrix, write_tensor
from models.values import Floats

_PART: Part = "Pooling"


def _cut_windows(image: Floats, size: int) -> Floats:
    """Return the windows of size × size that do not overlap: (rows, columns, size · size)."""
    count = image.shape[0] // size
    windows = image.reshape(count, size, count, size).swapaxes(1, 2)
    return windows.reshape(count, count, size * size)


def _pose_pooling(draw: Draw, *, is_max: bool) -> Posed:
    image = np.asarray(draw.draw_grid(4, 4, 0, 9), dtype=np.float64)
    windows = _cut_windows(image, 2)
    largest, mean = windows.max(axis=2), windows.mean(axis=2)
    right = largest if is_max else mean
    other = (
        Slip(mean, "That is the mean: average pooling.")
        if is_max
        else Slip(largest, "That is the largest pixel: max pooling.")
    )
    layer = "nn.MaxPool2d(2)" if is_max else "nn.AvgPool2d(2)"
    overlapping = np.asarray([[image[i : i + 2, j : j + 2] for j in range(2)] for i in range(2)]).reshape(
        2, 2, 4
    )
    return Posed(
        f"$$\\text{{image}} = {write_matrix(image)}$$\nFill in the output of `{layer}`.",
        Numbers(
            right,
            (
                other,
                Slip(windows.sum(axis=2), "That is the sum of each window: divide by its four pixels.")
                if not is_max
                else Slip(windows.min(axis=2), "That is the smallest pixel of each window."),
                Slip(
                    overlapping.max(axis=2) if is_max else overlapping.mean(axis=2),
                    "The window moved by one pixel: where no stride is given, pooling takes the kernel's "
                    "size.",
                ),
                Slip(right.T, "Rows and columns of the output are swapped."),
            ),
            "Four windows of 2 × 2 that do not overlap.",
            tolerance=0,
        ),
        f"The windows do not overlap, as the stride is the kernel's size unless it is given: "
        f"${write_matrix(right)}$.",
        f"import torch.nn as nn\nanswer = {layer}({write_tensor(image)}[None])[0]",
    )


def _pose_size(draw: Draw) -> Posed:
    size, kernel = draw.pick((27, 29, 31, 55)), draw.pick((2, 3, 4))
    right = (size - kernel) // kernel + 1
    return Posed(
        f"An output of {size} × {size} goes through `nn.MaxPool2d(kernel_size={kernel})`. How many pixels "
        f"has a "
        "side then?",
        Numbers(
            np.asarray(float(right)),
            (
                Slip(
                    size - kernel + 1,
                    "That is stride 1: where none is given, pooling takes the kernel's size.",
                ),
                Slip(size / kernel, "A window that does not fit whole is left out: round down."),
                Slip(right + 1, "Rounded up: the last window would stand over the edge."),
                Slip(right - 1, "The first window counts, too."),
            ),
            "How many windows fit beside each other?",
            tolerance=0,
        ),
        rf"$\lfloor ({size} - {kernel}) / {kernel} \rfloor + 1 = {right}$.",
        f"import torch.nn as nn\nanswer = torch.tensor(nn.MaxPool2d({kernel})(torch.zeros(1, {size}, {size}))"
        ".shape[-1])",
    )


def _pose_gradient(draw: Draw) -> Posed:
    window = [draw.draw_whole(0, 9) for _ in range(4)]
    while window.count(max(window)) > 1:
        window[window.index(max(window))] -= 1
    image = np.asarray(window, dtype=np.float64).reshape(2, 2)
    gradient = float(draw.pick((2, 3, 4, 6)))
    right = (image == image.max()) * gradient
    return Posed(
        f"A max pooling took the window ${write_matrix(image)}$. On the way back its output gets the "
        f"gradient "
        f"{gradient:g}. Which gradient does each pixel get?",
        Numbers(
            right,
            (
                Slip(
                    np.full((2, 2), gradient / 4), "That is average pooling: the maximum came from one pixel."
                ),
                Slip(np.full((2, 2), gradient), "Only the pixel that was taken moved the output."),
                Slip(image * gradient, "The gradient goes to the winner, whatever its value."),
            ),
            "Which pixel would change the output, if it changed a little?",
            tolerance=0,
        ),
        f"Only the largest pixel reached the output, so it gets all of it: ${write_matrix(right)}$.",
        f"x = {write_tensor(image)[:-1]}, requires_grad=True)\n"
        f"(torch.nn.functional.max_pool2d(x[None], 2) * {gradient}).sum().backward()\nanswer = x.grad",
    )


def _pose_shift(draw: Draw) -> Posed:
    kernel = draw.pick((2, 4))
    options = (
        Slip("The parameters of the pooling itself", "Pooling has none."),
        Slip(
            f"The output, if the ink moves by one pixel within a {kernel} × {kernel} window",
            "Right: the maximum is the same wherever in the window it stands.",
        ),
        Slip("The output, if the image is made brighter", "The maximum grows with the image."),
        Slip("Where the ink is, to the pixel", "That is what it gives up."),
    )
    return Posed(
        f"What does `nn.MaxPool2d({kernel})` leave unchanged?",
        Choice(options, right=1),
        "It keeps that there was something in the window, not where. There is nothing to learn in it.",
    )


EXERCISES = (
    Exercise("max-pooling", _PART, "Max pooling by hand", lambda draw: _pose_pooling(draw, is_max=True)),
    Exercise(
        "average-pooling", _PART, "Average pooling by hand", lambda draw: _pose_pooling(draw, is_max=False)
    ),
    Exercise("pooling-size", _PART, "The size after pooling", _pose_size),
    Exercise("pooling-gradient", _PART, "Backwards through a maximum", _pose_gradient),
    Exercise("pooling-shift", _PART, "What pooling forgets", _pose_shift),
)
