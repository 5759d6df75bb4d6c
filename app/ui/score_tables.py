"""What `glassbox evaluate` prints of a network's answers, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

_CELL = 6


def format_classes(accuracies: np.ndarray, names: Sequence[str]) -> str:
    """Return each class's accuracy by its name; accuracies: (K,), NaN where there is no image."""
    shares = ["–" if np.isnan(share) else f"{share:.3f}" for share in accuracies]
    if _are_short(names):
        return f"digit    {_format_row(names)}\naccuracy {_format_row(shares)}"
    width = max(map(len, names))
    return "\n".join(f"{name:{width}} {share:>{_CELL}}" for name, share in zip(names, shares, strict=True))


def format_confusion(confusion: np.ndarray, names: Sequence[str]) -> str:
    """Return the table of what was shown (rows) and what was answered (columns).

    Args:
        confusion: (K, K) counts.
        names: Of the classes; those that are too long for a column's head are listed below.
    """
    is_short = _are_short(names)
    width = max(_CELL - 1, *map(len, names))
    heads = names if is_short else [f"[{place}]" for place in range(len(names))]
    title = f"row: the {'digit' if is_short else 'class'} shown; column: the answer"
    lines = [title, "", " " * width + _format_row(heads)]
    for name, row in zip(names, confusion, strict=True):
        lines.append(f"{name:>{width}}{_format_row(map(str, row))}")
    if not is_short:
        lines += ["", ", ".join(f"{head} {name}" for head, name in zip(heads, names, strict=True))]
    return "\n".join(lines)


def _are_short(names: Sequence[str]) -> bool:
    return max(map(len, names)) < _CELL


def _format_row(cells: Iterable[str]) -> str:
    return "".join(f"{cell:>{_CELL}}" for cell in cells)


def describe_spread(what: str, accuracies: Sequence[float]) -> str:
    """Say in a line how the accuracies of several checkpoints lie: their mean and standard deviation."""
    import statistics

    mean, spread = statistics.mean(accuracies), statistics.stdev(accuracies)
    return f"{len(accuracies)} checkpoints on {what}: accuracy {mean:.4f} ± {spread:.4f}, mean and deviation"
