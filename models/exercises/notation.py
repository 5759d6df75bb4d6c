"""How numbers are written in a question: in LaTeX, and as a tensor in PyTorch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def write_number(value: float) -> str:
    r"""Write a number with four significant digits, in LaTeX: 2, -0.5, 0.1501, 10380, 1.528 \cdot 10^{-7}."""
    text = f"{float(value):.4g}"
    if "e" not in text:
        return text
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{value:.0f}"
    digits, _, power = text.partition("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}"


def write_row(values: Iterable[float]) -> str:
    """Write numbers as a row in brackets: (1, 2, 3)."""
    return f"({', '.join(write_number(value) for value in values)})"


def write_matrix(rows: Any) -> str:
    """Write a grid of numbers as a matrix, in LaTeX."""
    lines = [" & ".join(write_number(value) for value in row) for row in np.asarray(rows)]
    return r"\begin{pmatrix}" + r" \\ ".join(lines) + r"\end{pmatrix}"


def write_tensor(values: Any) -> str:
    """Write numbers as float32 in PyTorch: torch.tensor([1.0, 2.0])."""
    return f"torch.tensor({np.asarray(values, dtype=np.float64).tolist()})"
