"""A run's curves as a figure to print or to put into a report."""

from __future__ import annotations

import io
import textwrap
import threading
from typing import Any

from app.runs.view import MAX_VIEW_POINTS, STEP_COLUMNS, show_card, thin_steps
from models.runs.status import RunState

FORMATS = ("svg", "png")
_SIZE_IN = (9, 3.6)
_DPI = 200
_LINE_LENGTH = 150  # characters of the heading's font that the width holds
# The page's colours; without them, the markers tell training and validation apart.
_RAW, _TRAINING, _VALIDATION = "#e3b899", "#b84a00", "#0068a8"
_drawing = threading.Lock()  # matplotlib's settings are the whole process's, and visitors draw in threads


def draw_run(run: RunState, file_format: str) -> bytes:
    """Draw a run's losses and accuracies beside each other, as matplotlib does.

    Args:
        run: The run; a live one is drawn as far as it has come.
        file_format: One of `FORMATS`; PNG has 200 dots an inch.

    Returns:
        The file's content. The same run gives the same bytes.

    Raises:
        ValueError: If the run has taken no step yet, or there is no such format.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    if file_format not in FORMATS:
        raise ValueError(f"There is no format {file_format!r}. Formats: {', '.join(FORMATS)}.")
    if not run.steps:
        raise ValueError("There is nothing to draw yet: the run has taken no step. Wait for its first.")
    card = show_card(run)
    test = f", test accuracy {card['test']}" if card["test"] else ""
    lines = [card["name"], f"{card['title']}{test}", *textwrap.wrap(card["settings"], _LINE_LENGTH)]
    with _drawing, rc_context({"font.size": 9, "svg.fonttype": "none", "svg.hashsalt": run.run_id}):
        figure = Figure(_SIZE_IN, dpi=_DPI, layout="constrained")  # no pyplot: it keeps figures of its own
        losses, accuracies = figure.subplots(1, 2)
        _draw_losses(losses, run)
        _draw_accuracies(accuracies, run)
        figure.suptitle("\n".join(filter(None, lines)), fontsize=8, parse_math=False)
        content = io.BytesIO()
        metadata: dict[str, Any] = {"Date": None} if file_format == "svg" else {}
        figure.savefig(content, format=file_format, metadata={"Title": card["title"], **metadata})
    return content.getvalue()


def _draw_losses(axes: Any, run: RunState) -> None:
    rows = thin_steps(run.steps, MAX_VIEW_POINTS)
    steps, raw, smoothed = ([row[STEP_COLUMNS.index(name)] for row in rows]
                            for name in ("step", "loss", "smoothed_loss"))  # fmt: skip
    axes.plot(steps, raw, color=_RAW, linewidth=0.8, label="Training")
    axes.plot(steps, smoothed, color=_TRAINING, label="Training, smoothed")
    axes.plot(
        [event["step"] for event in run.epochs],
        [event["validation_loss"] for event in run.epochs],
        color=_VALIDATION,
        marker="o",
        markersize=4,
        label="Validation",
    )
    _label(axes, "Step", "Cross-entropy (nats)")


def _draw_accuracies(axes: Any, run: RunState) -> None:
    def plot(key: str, **style: Any) -> None:
        axes.plot([event["epoch"] for event in run.epochs], [event[key] for event in run.epochs],
                  markersize=4, **style)  # fmt: skip

    plot("train_accuracy", color=_TRAINING, marker="s", label="Training, while it learned")
    plot("validation_accuracy", color=_VALIDATION, marker="o", label="Validation")
    if run.test:
        axes.axhline(
            run.test["accuracy"], color="black", linestyle=":", linewidth=1, label="Test, at the end"
        )
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
    _label(axes, "Epoch", "Accuracy")


def _label(axes: Any, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=8)
