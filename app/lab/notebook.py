"""The lab as a Jupyter notebook: its text with the exercises of one name, each with its gap and its check."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import nbformat

from app.ui.prose import load_prose, quote_text
from models.exercises.answers import Answer, Choice, Code, Numbers, tidy_line
from models.exercises.catalogue import EXERCISES
from models.exercises.draw import tidy_name
from models.exercises.exercise import Exercise, Posed, pose_exercise

Cell = tuple[str, str]  # "markdown" or "code", and its text

_FENCE = re.compile(r"^```python ?(gap|solution)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"^\{\{(\w+)(?:: (.*))?\}\}$", re.MULTILINE)

_SETUP = '''
import ast
import hashlib
import json
import re
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn, optim
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms

tries, handed_in = {}, {}  # what the last cell writes into your answer sheet
begun = time.monotonic()


def hand_in(exercise, mine):
    """Note an answer for the answer sheet."""
    assert mine is not ..., "Fill in your answer above, then run this cell again."
    tries[exercise] = tries.get(exercise, 0) + 1
    handed_in[exercise] = mine if isinstance(mine, str) else np.asarray(mine).tolist()


def check_numbers(exercise, mine, right, tolerance, hint):
    """Compare numbers with those that PyTorch computes."""
    hand_in(exercise, mine)
    right = np.asarray(right, dtype=np.float64)
    given = np.asarray(mine, dtype=np.float64)
    assert given.shape == right.shape, f"The answer has the shape {right.shape}, yours {given.shape}."
    close = np.abs(given - right) <= tolerance * np.abs(right).max(initial=0) + 1e-9
    assert close.all(), f"{close.sum()} of {close.size} right. {hint}" if given.shape else f"Not yet. {hint}"
    print("Right.")


def check_secret(exercise, mine, prints, hint, is_code):
    """Compare a choice or a line of code with the fingerprints of what is right."""
    hand_in(exercise, mine)
    if is_code:
        assert isinstance(mine, str), "Write the line as a text, in quotes."
        mine = tidy_line(mine)
    else:
        assert isinstance(mine, int), "Write the number of your choice, without quotes."
    fingerprint = hashlib.sha256(f"{exercise}:{mine}".encode()).hexdigest()[:16]
    assert fingerprint in prints, f"Not yet. {hint}"
    print("Right.")
'''.strip()

_HAND_IN = """
sheet = {
    "schema": 1,
    "name": %s,
    "answers": [
        {"exercise": key, "given": given, "tries": tries[key]} for key, given in handed_in.items()
    ],
    "seconds": round(time.monotonic() - begun),
}
text = json.dumps(sheet, indent=1)
with open("answers.json", "w", encoding="utf-8") as file:
    file.write(text)
print(f"answers.json holds {len(handed_in)} answers.")
""".strip()


def write_notebook(name: str, *, has_solutions: bool = False) -> str:
    """Return the lab as the text of an .ipynb file.

    Args:
        name: Decides the exercises' numbers; the same name always gets the same.
        has_solutions: Whether gaps are filled and each exercise is followed by its solution.

    Raises:
        ValueError: where the name is too long.
    """
    make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    notebook = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        cells=[
            # Its own ids are random; so the same name gets the same file.
            make[kind](text, id=f"cell-{number}")  # type: ignore[no-untyped-call]
            for number, (kind, text) in enumerate(_read_cells(name, has_solutions))
        ],
    )
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def _read_cells(name: str, has_solutions: bool) -> Iterator[Cell]:
    """Yield the cells of the lab's text: fences are code, marks are exercises, all else is Markdown."""
    text = load_prose("app.lab", "lab")
    place = 0
    for match in sorted([*_FENCE.finditer(text), *_MARK.finditer(text)], key=lambda found: found.start()):
        yield from _keep_text(text[place : match.start()])
        place = match.end()
        if match.re is _MARK:
            yield from _fill_mark(match[1], match[2] or "", name, has_solutions)
        elif match[1] is None or match[1] == ("solution" if has_solutions else "gap"):
            yield "code", match[2].rstrip()
    yield from _keep_text(text[place:])


def _keep_text(text: str) -> Iterator[Cell]:
    if text.strip():
        yield "markdown", text.strip()


def _fill_mark(mark: str, argument: str, name: str, has_solutions: bool) -> Iterator[Cell]:
    if mark == "head":
        who = f"The name is **{quote_text(tidy_name(name))}**." if name else "No name was given here."
        yield "markdown", who + (" The solutions are filled in." if has_solutions else "")
    elif mark == "setup":
        yield "code", f"{_SETUP}\n\n\n{inspect.getsource(tidy_line)}".rstrip()
    elif mark == "tail":
        yield "markdown", "# Your answer sheet\n\nThe next cell writes what you handed in to `answers.json`."
        yield "code", _HAND_IN % json.dumps(name)
    elif mark == "solution":
        if has_solutions:
            yield "markdown", f"**Solution.** {argument}"
    elif mark == "exercises":
        for exercise in EXERCISES:
            if exercise.part == argument:
                yield from _write_exercise(exercise, pose_exercise(exercise, name), has_solutions)


def _write_exercise(exercise: Exercise, posed: Posed, has_solutions: bool) -> Iterator[Cell]:
    """Yield the question, the cell to fill in, its check, and the solution."""
    answer = posed.answer
    text = f"**Exercise: {exercise.title}.** {posed.text}"
    if isinstance(answer, Choice):
        text += "\n\n" + "\n".join(f"{index}. {option.value}" for index, option in enumerate(answer.options))
    yield "markdown", text
    yield "code", f"mine = {_write_answer(answer) if has_solutions else '...'}  # {_tell_kind(answer)}"
    yield "code", _write_check(exercise, posed)
    if has_solutions:
        yield "markdown", f"**Solution.** {posed.solution}"


def _tell_kind(answer: Answer) -> str:
    if isinstance(answer, Choice):
        return "the number of your choice"
    if isinstance(answer, Code):
        return "the line as a text, in quotes"
    if not answer.right.ndim:
        return "a number"
    if answer.right.ndim == 1:
        return f"a list of {answer.right.size} numbers"
    rows, columns = answer.right.shape
    return f"a list of {rows} rows of {columns} numbers"


def _write_answer(answer: Answer) -> str:
    if isinstance(answer, Choice):
        return str(answer.right)
    if isinstance(answer, Code):
        return repr(answer.right[0])
    return repr(_round(answer.right.tolist()))


def _round(values: Any) -> Any:
    """Return a number, or lists of them, with six significant digits."""
    return [_round(value) for value in values] if isinstance(values, list) else float(f"{values:.6g}")


def _write_check(exercise: Exercise, posed: Posed) -> str:
    answer = posed.answer
    if isinstance(answer, Numbers):
        name = f"compute_{exercise.key.replace('-', '_')}"
        body = "\n".join(f"    {line}" if line else "" for line in posed.code.splitlines())
        return (
            f"def {name}():\n{body}\n    return answer\n\n\n"
            f"check_numbers(\n    {exercise.key!r}, mine, {name}(), {answer.tolerance},\n"
            f"    {answer.hint!r},\n)"
        )
    if isinstance(answer, Choice):
        texts, hint = [str(answer.right)], "Read the question once more."
    else:
        texts, hint = [tidy_line(line) for line in answer.right], answer.hint
    prints = [hashlib.sha256(f"{exercise.key}:{text}".encode()).hexdigest()[:16] for text in texts]
    is_code = isinstance(answer, Code)
    return f"check_secret(\n    {exercise.key!r}, mine, {prints!r},\n    {hint!r}, {is_code},\n)"
