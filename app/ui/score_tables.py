"""What `glassbox evaluate` prints of a network's answers, as lines of text."""

from __future__ import annotations

import numpy as np


def format_classes(accuracies: np.ndarray) -> str:
    """Return each class's accuracy under its digit; accuracies: (10,), NaN where there is no image."""
    shares = ("     –" if np.isnan(share) else f"{share:6.3f}" for share in accuracies)
    return "digit    " + _format_digits() + "\naccuracy " + "".join(shares)


def format_confusion(confusion: np.ndarray) -> str:
    """Return the table of what was shown (rows) and what was answered (columns); confusion: (10, 10)."""
    rows = (f"{digit:5}" + "".join(f"{count:6}" for count in row) for digit, row in enumerate(confusion))
    return "row: the digit shown; column: the answer\n\n" + "\n".join(["     " + _format_digits(), *rows])


def _format_digits() -> str:
    return "".join(f"{digit:6}" for digit in range(10))
