"""What the page says about a result: the words match the numbers, and the script prints the same ones."""

import subprocess
import sys

import numpy as np
import pytest

from app.readouts import (
    describe_descent,
    explain_size,
    format_number,
    tabulate_losses,
    tabulate_theory,
    write_descent_script,
)
from models.descent import descend

ONES, ZEROS = [1.0] * 5, [0.0] * 5


@pytest.mark.parametrize(
    ("x", "y", "w0", "lr", "steps", "dtype"),
    [
        (ONES, 1.0, ZEROS, 0.01, 150, "float32"),
        ([0.5, -2.0, 1.25], 3.0, [1.0, 0.0, -1.0], 0.15, 60, "float64"),
        (ONES, 1.0, ZEROS, 0.25, 300, "float32"),
    ],
)
def test_the_script_prints_the_table(
    x: list[float], y: float, w0: list[float], lr: float, steps: int, dtype: str
) -> None:
    result = descend(x, y, w0, lr, steps, dtype)
    script = write_descent_script(np.array(x), y, np.array(w0), lr, steps, dtype)
    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    ).stdout.splitlines()
    rows = [line.strip("| ").split(" | ") for line in tabulate_losses(result).splitlines()[2:]]
    assert [f"Iteration {k}/{steps}, Current loss: {loss}" for k, loss in rows] == printed[: len(rows)]
    if result.overflow_step is not None:
        assert (
            printed[len(rows)] == f"Iteration {result.overflow_step}: the loss has left the range of {dtype}"
        )


def test_the_table_is_the_notebooks() -> None:
    table = tabulate_losses(descend(ONES, 1, ZEROS, 0.01, 150))
    assert "| 10 | 0.15009467" in table
    assert len(table.splitlines()) == 17
    assert len(tabulate_losses(descend(ONES, 1, ZEROS, 0.01, 3)).splitlines()) == 3


@pytest.mark.parametrize(
    ("w0", "lr", "steps", "words"),
    [
        (ZEROS, 0.01, 150, "At the bottom"),
        (ZEROS, 0.01, 50, "On the way down"),
        (ZEROS, 0.15, 5, "on the other side of the minimum"),
        (ZEROS, 0.2, 50, "Back and forth"),
        (ZEROS, 0.25, 10, "= 1.5, which is more than 1. From iteration 1 to 10"),
        (ZEROS, 0.25, 500, "In iteration 111 the numbers leave the range of float32"),
        ([1000.0] * 5, 1e-9, 10, "Stuck above the bottom"),
        ([1.0, 0, 0, 0, 0], 0.01, 10, "At the bottom from the start"),
    ],
)
def test_describes_the_descent(w0: list[float], lr: float, steps: int, words: str) -> None:
    result = descend(ONES, 1, w0, lr, steps)
    assert words in describe_descent(result, lr, steps, "float32")
    assert "nan" not in tabulate_theory(result, lr)


def test_explains_what_the_floor_leaves_out() -> None:
    assert "= 27$$" in explain_size(28, 2, 1, 0)
    assert "never read" not in explain_size(28, 4, 4, 0)
    assert "the last 1 px at the right and the bottom of the picture" in explain_size(28, 3, 2, 0)
    assert "of the padded picture" in explain_size(28, 3, 2, 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.150094, "0.1501"), (-0.5, "−0.5"), (1.27897e-13, "1.279×10⁻¹³"), (3.4e38, "3.4×10³⁸"), (0, "0")],
)
def test_writes_numbers_as_a_person_would(value: float, text: str) -> None:
    assert format_number(value) == text
