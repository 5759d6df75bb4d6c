"""How well the shipped networks read, and how far their confidence holds: a table from their headers."""

from __future__ import annotations

from app.ui.numbers import write_percent
from models.runs.library import Choice, list_choices

_HEAD = (
    "| Network | MNIST test images | Drawings, from strokes | Drawings, from images "
    "| Temperature | Calibration: MNIST | Drawings |\n"
    "|---|---:|---:|---:|---:|---:|---:|"
)


def show_scores() -> str:
    """Return the table in Markdown: what each file's header records, "–" where it records nothing."""
    return "\n".join([_HEAD, *(_show_row(choice) for choice in list_choices([]))])


def count_drawings() -> int:
    """Return on how many drawings the networks were measured: the most that a header records."""
    return max((choice.info.num_drawn or 0 for choice in list_choices([])), default=0)


def _show_row(choice: Choice) -> str:
    info = choice.info
    cells = [
        choice.label.rpartition(",")[0] or choice.label,
        _write_share(info.test_accuracy, 2),
        _write_share(info.drawn_accuracy, 1),
        _write_share(info.drawn_picture_accuracy, 1),
        "–" if info.temperature is None else f"{info.temperature:.2f}",
        _write_share(info.test_calibration_error, 2),
        _write_share(info.drawn_calibration_error, 2),
    ]
    return f"| {' | '.join(cells)} |"


def _write_share(share: float | None, num_decimals: int) -> str:
    return "–" if share is None else write_percent(share, num_decimals)
