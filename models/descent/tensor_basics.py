"""Tensors in a minute: the first cells of the lab, each run in torch and beside it in NumPy.

What is shown is what ran: the source is read off the function, and the results are printed from what it
returned. Random numbers come from generators of their own, so nothing here touches a global seed.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch


@dataclass(frozen=True)
class Example:
    """One example as it ran.

    Attributes:
        title: what it is about.
        source: the torch code; it needs `import numpy as np` and `import torch` before it.
        printed: what it prints.
        numpy_source: the same in NumPy, with the same two imports.
        numpy_printed: what that prints.
        remark: one to three sentences on what to see in it.
    """

    title: str
    source: str
    printed: str
    numpy_source: str
    numpy_printed: str
    remark: str


def run_examples() -> tuple[Example, ...]:
    """Run the examples, in the order in which they are to be read."""
    return tuple(
        Example(
            title=title,
            source=_show_source(in_torch),
            printed=_print_results(in_torch),
            numpy_source=_show_source(in_numpy),
            numpy_printed=_print_results(in_numpy),
            remark=remark,
        )
        for title, in_torch, in_numpy, remark in _EXAMPLES
    )


def _draw_tensor() -> Any:
    generator = torch.Generator().manual_seed(1)
    x = torch.rand(3, 3, generator=generator)
    return x


def _draw_array() -> Any:
    generator = np.random.default_rng(1)
    x = generator.random((3, 3))
    return x


def _make_ones_tensor() -> Any:
    x = torch.ones(3, 3)
    return x, x.dtype


def _make_ones_array() -> Any:
    x = np.ones((3, 3))
    return x, x.dtype


def _add_tensors() -> Any:
    x = torch.ones(3, 3)
    y = torch.ones(3, 3) * 4
    z = x + y
    return z


def _add_arrays() -> Any:
    x = np.ones((3, 3))
    y = np.ones((3, 3)) * 4
    z = x + y
    return z


def _index_tensor() -> Any:
    x = torch.arange(9).reshape(3, 3)
    y = x[-1, :2]
    return x, y


def _index_array() -> Any:
    x = np.arange(9).reshape(3, 3)
    y = x[-1, :2]
    return x, y


def _share_with_tensor() -> Any:
    a = np.zeros(3)
    x = torch.from_numpy(a)
    a[0] = 5
    return x


def _share_with_array() -> Any:
    x = torch.zeros(3)
    a = x.numpy()
    x[0] = 5
    return a


def _differentiate_tensor() -> Any:
    x = torch.ones(5)
    w = torch.zeros(5, requires_grad=True)
    loss = (1 - x @ w) ** 2
    loss.backward()
    return loss, w.grad


def _differentiate_array() -> Any:
    x = np.ones(5)
    w = np.zeros(5)
    loss = (1 - x @ w) ** 2
    gradient = -2 * (1 - x @ w) * x
    return loss, gradient


_EXAMPLES: tuple[tuple[str, Callable[[], Any], Callable[[], Any], str], ...] = (
    (
        "Random numbers",
        _draw_tensor,
        _draw_array,
        "The same seed gives the same numbers at every run, but torch and NumPy each draw in a way of their "
        "own: their numbers differ. Python's `random.seed(1)` seeds neither of the two.",
    ),
    (
        "Ones, and the number type",
        _make_ones_tensor,
        _make_ones_array,
        "Without a dtype torch computes in float32, which keeps about seven significant digits, and "
        "NumPy in float64, which keeps about sixteen.",
    ),
    (
        "Addition",
        _add_tensors,
        _add_arrays,
        "Tensors and arrays calculate alike: entry by entry, and a lone number goes with every entry.",
    ),
    (
        "Indexing",
        _index_tensor,
        _index_array,
        "`x[-1, :2]` is the last row's first two columns: rows come first, −1 counts from the end, and `:2` "
        "stops before column 2. The last column's first two rows are `x[:2, -1]`, here 2 and 5.",
    ),
    (
        "From NumPy to torch and back",
        _share_with_tensor,
        _share_with_array,
        "`torch.from_numpy` and `.numpy()` copy nothing: tensor and array are two names for the same numbers "
        "in memory, so a change to one shows in the other. `torch.tensor(a)` makes a copy.",
    ),
    (
        "The gradient",
        _differentiate_tensor,
        _differentiate_array,
        "With `requires_grad=True` torch remembers how the loss was computed from w; `loss.backward()` goes "
        "that way back and puts the gradient into `w.grad`. NumPy remembers nothing: there the gradient has "
        "to be worked out on paper.",
    ),
)


def _show_source(function: Callable[[], Any]) -> str:
    """Return the body of a function as a script: each value that it returns is printed."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    (definition,) = ast.parse("\n".join(lines)).body
    assert isinstance(definition, ast.FunctionDef)
    last = definition.body[-1]
    assert isinstance(last, ast.Return)
    assert last.value is not None
    results = last.value.elts if isinstance(last.value, ast.Tuple) else [last.value]
    body = textwrap.dedent("\n".join(lines[definition.body[0].lineno - 1 : last.lineno - 1]))
    return "\n".join([body, *(f"print({ast.unparse(result)})" for result in results)])


def _print_results(function: Callable[[], Any]) -> str:
    results = function()
    return "\n".join(str(result) for result in (results if isinstance(results, tuple) else (results,)))
