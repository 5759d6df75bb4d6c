"""Exercises on tensors: what the lab's first cells do."""

from __future__ import annotations

import numpy as np

from models.exercises.answers import Choice, Code, Numbers, Slip
from models.exercises.draw import Draw
from models.exercises.exercise import Exercise, Posed
from models.exercises.notation import write_matrix, write_row, write_tensor


def _pose_sum(draw: Draw) -> Posed:
    rows, columns, first, second = (
        draw.draw_whole(2, 5), draw.draw_whole(2, 5), draw.draw_whole(2, 9), draw.draw_whole(2, 9),
    )  # fmt: skip
    source = (
        f"x = torch.ones({rows}, {columns}) * {first}\n"
        f"y = torch.ones({rows}, {columns}) * {second}\nz = x + y"
    )
    entry, size = first + second, rows * columns
    return Posed(
        f"```python\n{source}\n```\nWhat is `z.sum()`?",
        Numbers(
            np.asarray(float(entry * size)),
            (
                Slip(entry, "That is one entry of `z`. `sum()` adds all of them."),
                Slip(first * second * size, "`+` adds the entries; you multiplied them."),
                Slip(entry * columns, "That is one row. `sum()` without a `dim` adds all rows."),
            ),
            "Find one entry of `z` first, then count the entries.",
            tolerance=0,
        ),
        f"Each entry is ${first} + {second} = {entry}$, and there are "
        rf"${rows} \cdot {columns} = {size}$ of them: ${entry} \cdot {size} = {entry * size}$.",
        f"{source}\nanswer = z.sum()",
    )


def _pose_index(draw: Draw) -> Posed:
    grid = np.asarray(draw.draw_grid(4, 4, 0, 9), dtype=np.float64)
    right = grid[-1, :2]
    return Posed(
        f"$$x = {write_matrix(grid)}$$\nWhat is `x[-1, :2]`?",
        Numbers(
            right,
            (
                Slip(grid[:2, -1], "That is the last column's first two rows: the row is named first."),
                Slip(grid[0, :2], "That is the first row: $-1$ counts from the end."),
                Slip(grid[-1, -2:], "These are the last two columns: `:2` ends before column 2."),
                Slip(grid[-1, 1:3], "Indices begin with 0: `:2` is columns 0 and 1."),
            ),
            "Before the comma stands the row, behind it the columns.",
            tolerance=0,
        ),
        "Row $-1$ is the last one; `:2` takes its columns 0 and 1. The lab's text says “the last column and "
        "2 "
        f"rows”, which would be `x[:2, -1]`. The answer is ${write_row(right)}$.",
        f"x = {write_tensor(grid)}\nanswer = x[-1, :2]",
    )


def _pose_product_shape(draw: Draw) -> Posed:
    rows, inner, columns = draw.draw_wholes(3, 2, 9)
    return Posed(
        f"`x` has shape ({rows}, {inner}) and `w` has shape ({inner}, {columns}). "
        "What is the shape of `x.mm(w)`?",
        Numbers(
            np.asarray([rows, columns], dtype=np.float64),
            (
                Slip([inner, inner], "That is what is summed over: the inner size disappears."),
                Slip([columns, rows], "Rows come from `x` and columns from `w`, in this order."),
                Slip([rows, inner], "That is the shape of `x` itself."),
            ),
            "Each entry is the product of a row of `x` with a column of `w`.",
            tolerance=0,
        ),
        f"A row of `x` meets a column of `w`: $({rows}, {inner}) \\cdot ({inner}, {columns}) "
        f"= ({rows}, {columns})$.",
        f"answer = torch.tensor(torch.zeros({rows}, {inner}).mm(torch.zeros({inner}, {columns})).shape)",
    )


def _pose_reshape(draw: Draw) -> Posed:
    batch, channels, side = draw.pick((16, 32, 64)), draw.pick((1, 8, 16)), draw.pick((7, 14, 28))
    features = channels * side * side
    return Posed(
        f"`x` has shape ({batch}, {channels}, {side}, {side}). What is the shape of "
        "`x.reshape(x.size(0), -1)`?",
        Numbers(
            np.asarray([batch, features], dtype=np.float64),
            (
                Slip([features, batch], "`x.size(0)` stands first: the number of images stays in front."),
                Slip([batch, side * side], "The channels belong to the image, too."),
                Slip([batch, -1], "$-1$ asks PyTorch to work out this size: do the same."),
            ),
            "The number of entries stays: what is left for the second dimension?",
            tolerance=0,
        ),
        rf"The batch stays in front; the rest is one row: ${channels} \cdot {side} \cdot {side} = "
        rf"{features}$.",
        f"x = torch.zeros({batch}, {channels}, {side}, {side})\n"
        "answer = torch.tensor(x.reshape(x.size(0), -1).shape)",
    )


def _pose_type(draw: Draw) -> Posed:
    call = draw.pick(("torch.ones(3, 3)", "torch.zeros(5, 1)", "torch.rand(3, 3)"))
    return Posed(
        f"Which type do the numbers in `{call}` have, if nothing else is said?",
        Choice(
            (
                Slip("float64, as in NumPy", "NumPy takes float64; PyTorch takes half as many bits."),
                Slip("float32", "Right: 32 bits, about seven digits."),
                Slip("int64, since they are whole", "These calls make floating-point numbers."),
                Slip("Python floats", "A tensor holds numbers of one type, side by side, as an array does."),
            ),
            right=1,
        ),
        "`torch.get_default_dtype()` is `torch.float32`. It is why the lab's loss ends at about "
        "$10^{-13}$ and no lower.",
    )


def _pose_gradient_flag(draw: Draw) -> Posed:
    size = draw.draw_whole(2, 9)
    return Posed(
        "Fill the gap, so that `loss.backward()` stores a gradient in `w.grad`:\n"
        f"```python\nw = torch.zeros({size}, 1, ___)\n```\nWrite the whole line.",
        Code(
            (
                f"w = torch.zeros({size}, 1, requires_grad=True)",
                f"w = torch.zeros(({size}, 1), requires_grad=True)",
                f"w = torch.zeros([{size}, 1], requires_grad=True)",
            ),
            (
                Slip(f"w = torch.zeros({size}, 1, grad=True)", "Nearly: the name is a longer one."),
                Slip(
                    f"w = torch.zeros({size}, 1, requires_grad=False)",
                    "That is the default: autograd would leave `w` out.",
                ),
                Slip(
                    f"w = torch.zeros({size}, 1, requires_grad)",
                    "It is an argument with a name and a value.",
                ),
                Slip(
                    f"w = torch.zeros({size}, 1, requires_grad='True')",
                    "The value is `True` itself, not a text.",
                ),
            ),
            "The argument says that a gradient is required.",
        ),
        f"`w = torch.zeros({size}, 1, requires_grad=True)`: autograd then records what is computed from `w`.",
    )


EXERCISES = (
    Exercise("tensor-sum", "Tensors", "The sum of a tensor", _pose_sum),
    Exercise("tensor-index", "Tensors", "Reading an index", _pose_index),
    Exercise("product-shape", "Tensors", "The shape of a product", _pose_product_shape),
    Exercise("flat-shape", "Tensors", "From an image to a row", _pose_reshape),
    Exercise("number-type", "Tensors", "What a tensor holds", _pose_type),
    Exercise("requires-grad", "Tensors", "Asking for a gradient", _pose_gradient_flag),
)
