"""The lab's commands: a notebook to take home, and the table of the answer sheets that come back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.ui.numbers import format_seconds

USER_ERROR = 2


def run_notebook(options: argparse.Namespace) -> int:
    """Write the lab as a notebook."""
    from app.lab.notebook import write_notebook
    from models.checkpoints.file import write_atomically

    path: Path = options.file
    if path.suffix != ".ipynb":
        raise ValueError(f"{path} is no notebook's name: let it end in .ipynb.")
    if path.exists() and not options.force:
        raise ValueError(
            f"{path} is there already; its answers would be lost. Name another file, or add --force."
        )
    text = write_notebook(options.seed, has_solutions=options.solutions)
    write_atomically(path, text.encode())
    print(f"Wrote {path}. Open it with Jupyter, or upload it to Colab.")
    return 0


def run_grade(options: argparse.Namespace) -> int:
    """Check answer sheets and write a table, a row a sheet; 2 where one of them could not be read."""
    from app.lab.grading import COLUMNS, grade_file
    from models.exercises.sheet import MAX_SHEET_BYTES
    from models.tables import format_csv

    rows, has_mistakes = [], False
    for path in options.files:
        try:
            with path.open("rb") as file:
                row, num_answered, seconds = grade_file(str(path), file.read(MAX_SHEET_BYTES + 1))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            print(f"glassbox: {path}: {reason}", file=sys.stderr)
            has_mistakes = True
            continue
        _, name, num_right, num_exercises, tries, *_ = row
        print(
            f"{path}: {name or 'no name'}, {num_right} of {num_exercises} right, "
            f"{num_answered} answered, {tries} tries, {format_seconds(seconds)}"
        )
        rows.append(row)
    if options.csv and rows:
        options.csv.write_bytes(format_csv(COLUMNS, rows, options.decimal or "point"))
        print(f"Wrote {options.csv}.")
    return USER_ERROR if has_mistakes else 0
