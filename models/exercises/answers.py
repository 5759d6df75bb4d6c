"""Kinds of answers, and how one that was given is checked: numbers of any shape, a choice, a line of code."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.values import Floats

MAX_CODE_LETTERS = 200
ROUNDING = 0.005  # relative: an answer with three right digits is right


@dataclass(frozen=True)
class Verdict:
    """What is said to an answer.

    Attributes:
        is_right: whether it is taken.
        reply: a sentence or two.
        wrong_cells: the indices of the entries that are wrong, of an answer of several numbers.
    """

    is_right: bool
    reply: str
    wrong_cells: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Slip:
    """A wrong answer that people really give, and what is said to it.

    Attributes:
        value: what they answer: numbers of the right answer's shape, or a line of code.
        reply: what went wrong, without the right answer.
    """

    value: Any
    reply: str


@dataclass(frozen=True)
class Numbers:
    """An answer of numbers: one, a vector or a grid to fill in.

    Attributes:
        right: the right answer: shape (), (n,) or (rows, columns).
        slips: wrong answers that are recognised, the likeliest first.
        hint: what is said to a wrong answer that is none of them.
        tolerance: the largest deviation that is taken, as a share of the largest right entry; 0 for counts.
        unit: what stands behind the field; empty where there is none.
    """

    right: Floats
    slips: tuple[Slip, ...]
    hint: str
    tolerance: float = ROUNDING
    unit: str = ""

    def check(self, given: Any) -> Verdict:
        """Compare with an answer.

        Args:
            given: numbers of the right answer's shape.

        Raises:
            ValueError: where it is none: another shape, or an entry that is no finite number.
        """
        answer = np.asarray(given, dtype=np.float64)
        if answer.shape != self.right.shape:
            raise ValueError(
                f"The answer is {_name_shape(self.right.shape)}, not {_name_shape(answer.shape)}."
            )
        if not np.isfinite(answer).all():
            raise ValueError("Fill in every number of the answer.")
        wrong = ~self.is_close(answer, self.right)
        if not wrong.any():
            return Verdict(True, "Right.")
        cells = tuple(tuple(int(index) for index in cell) for cell in np.argwhere(wrong))
        for slip in self.slips:
            if self.is_close(answer, np.asarray(slip.value, dtype=np.float64)).all():
                return Verdict(False, slip.reply, cells)
        counted = f"{answer.size - len(cells)} of {answer.size} are right. " if answer.ndim else "Not yet. "
        return Verdict(False, counted + self.hint, cells)

    def is_close(self, answer: Floats, value: Floats) -> Any:
        """Return which entries of an answer count as a value's: booleans of their shape."""
        largest = float(np.abs(value).max(initial=0.0))
        return np.abs(answer - value) <= self.tolerance * largest + 1e-9

    @property
    def is_distinct(self) -> bool:
        """Whether no slip would be taken for the right answer, or for another slip."""
        values = [self.right, *(np.asarray(slip.value, dtype=np.float64) for slip in self.slips)]
        return not any(
            self.is_close(first, second).all()
            for index, second in enumerate(values)
            for first in values[index + 1 :]
        )


@dataclass(frozen=True)
class Choice:
    """An answer that is one of several sentences.

    Attributes:
        options: what is offered, in order, each with what is said to it.
        right: the index of the right one.
    """

    options: tuple[Slip, ...]
    right: int

    def check(self, given: Any) -> Verdict:
        """Compare with the index of the option that was chosen; a ValueError where none was."""
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < len(self.options):
            raise ValueError("Choose one of the answers.")
        return Verdict(given == self.right, self.options[given].reply)

    @property
    def is_distinct(self) -> bool:
        """Whether no two options are the same."""
        return len({option.value for option in self.options}) == len(self.options)


@dataclass(frozen=True)
class Code:
    """An answer that is a line of code with a gap; what is written is compared as syntax, never executed.

    Attributes:
        right: accepted lines; the first is the one that is shown.
        slips: wrong lines that are recognised.
        hint: what is said to any other.
    """

    right: tuple[str, ...]
    slips: tuple[Slip, ...]
    hint: str

    def check(self, given: Any) -> Verdict:
        """Compare with a line; a ValueError where it is no line of Python."""
        line = _read_code(given)
        if line in map(_read_code, self.right):
            return Verdict(True, "Right.")
        for slip in self.slips:
            if line == _read_code(slip.value):
                return Verdict(False, slip.reply)
        return Verdict(False, f"Not yet. {self.hint}")

    @property
    def is_distinct(self) -> bool:
        """Whether no slip is an accepted line."""
        return not {_read_code(slip.value) for slip in self.slips} & set(map(_read_code, self.right))


Answer = Numbers | Choice | Code


def _read_code(text: Any) -> str:
    """Return what a line says, or raise a ValueError that says why it is no line of Python."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError("Write the line of code.")
    if len(text) > MAX_CODE_LETTERS:
        raise ValueError(f"The line has {len(text):,} letters: at most {MAX_CODE_LETTERS} are read.")
    try:
        return tidy_line(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"This is not a line of Python: {_explain(error)}.") from error


def tidy_line(line: str) -> str:
    """Write a line in one way, whatever its spaces, quotes, brackets and the order of its keywords."""
    tree = ast.parse(re.sub(r"[\s;,]*$", "", line.strip()).replace("torch.nn.", "nn."))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.keywords.sort(key=lambda keyword: keyword.arg or "")
    return ast.unparse(tree)


def _explain(error: BaseException) -> str:
    return (error.msg or "it cannot be read") if isinstance(error, SyntaxError) else "it cannot be read"


def _name_shape(shape: Sequence[int]) -> str:
    if not shape:
        return "one number"
    if len(shape) == 1:
        return f"{shape[0]} numbers"
    return " × ".join(map(str, shape)) + " numbers"
