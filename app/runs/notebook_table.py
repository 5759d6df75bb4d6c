"""The notebook's six results beside those of the shipped networks, and why they differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.checkpoints.evaluation import compute_interval
from models.checkpoints.file import list_checkpoints, read_info
from models.data.names import NUM_IMAGES
from models.networks.registry import NETWORKS, get_network_spec

_Z = 1.959964  # the normal distribution's 97.5th percentile
_STALE = (
    "The notebook prints the result of its ConvNet here, to nine decimals of the loss: the cell shows an "
    "output that is not its own. Its recipe gives about 0.90."
)
_ROUNDED = "Its text gives the accuracy rounded and no loss."


@dataclass(frozen=True)
class NotebookResult:
    """What the notebook says of a network, on the 10,000 test images of MNIST.

    Attributes:
        accuracy: As it is printed, as a share.
        loss: As it is printed, to four digits; None where it says none.
        minutes: Of training, on its authors' computer; None where it says none.
        remark: What is to be known about it.
    """

    accuracy: str
    loss: str | None = None
    minutes: int | None = None
    remark: str = ""


@dataclass(frozen=True)
class OurResult:
    """What the header of a shipped checkpoint records.

    Attributes:
        accuracy: Share of the test images read correctly.
        interval: Its 95 % interval (Wilson).
        loss: Mean cross-entropy on the test images, in nats.
        seconds: Of training and validation.
    """

    accuracy: float
    interval: tuple[float, float]
    loss: float
    seconds: float


@dataclass(frozen=True)
class Row:
    """One network.

    Attributes:
        title: Its name.
        notebook: The notebook's result.
        ours: Ours by the notebook's recipe; None where no such checkpoint is shipped.
        fast: Ours by the fast recipe; None where no such checkpoint is shipped.
        reason: Why ours differs, in a sentence or two; empty without one of ours.
    """

    title: str
    notebook: NotebookResult
    ours: OurResult | None
    fast: OurResult | None
    reason: str


_NOTEBOOK = {
    "logistic": NotebookResult("0.83", "0.9829"),
    "mlp": NotebookResult("0.9826", "0.0521", remark=_STALE),
    "convnet": NotebookResult("0.9826", "0.0521"),
    "convnet2": NotebookResult("0.983", remark=_ROUNDED),
    "convnet3": NotebookResult("0.989", minutes=30, remark=_ROUNDED),
    "convnet4": NotebookResult("0.9912", "0.0273", minutes=40),
}


def read_notebook_table() -> list[Row]:
    """Return one row a network, in the registry's order, ours from the headers of the shipped checkpoints."""
    rows = []
    for network in NETWORKS:
        if (result := _NOTEBOOK.get(network)) is None:
            continue
        ours, fast = _read_result(f"{network}-notebook"), _read_result(network)
        reason = _explain_difference(result, ours) if ours else ""
        rows.append(Row(get_network_spec(network).title, result, ours, fast, reason))
    return rows


def write_notebook_table(rows: list[Row]) -> str:
    """Write the table and the reasons as Markdown."""
    has_fast = any(row.fast for row in rows)
    fast_columns = ["Fast recipe: accuracy", "loss", "time"] if has_fast else []
    columns = [
        "Network",
        "Notebook: accuracy",
        "loss",
        "time",
        "Ours: accuracy",
        "loss",
        "time",
        *fast_columns,
    ]
    lines = [columns, ["---"] + ["---:"] * (len(columns) - 1)]
    for row in rows:
        minutes = row.notebook.minutes
        theirs = [row.notebook.accuracy, row.notebook.loss or "–", f"{minutes} min" if minutes else "–"]
        fast = _write_result(row.fast) if has_fast else []
        lines.append([row.title, *theirs, *_write_result(row.ours), *fast])
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    reasons = "\n".join(f"- **{row.title}**: {row.reason}" for row in rows if row.reason)
    return f"{table}\n\n{reasons}"


def _read_result(checkpoint: str) -> OurResult | None:
    if checkpoint not in list_checkpoints():
        return None
    info = read_info(checkpoint)
    if info.test_accuracy is None or info.test_loss is None or info.num_test is None:
        return None
    interval = compute_interval(round(info.test_accuracy * info.num_test), info.num_test)
    return OurResult(info.test_accuracy, interval, info.test_loss, info.seconds)


def _explain_difference(notebook: NotebookResult, ours: OurResult) -> str:
    """Say whether the difference is more than chance makes of two results, each on 10,000 images."""
    if notebook.remark == _STALE:
        return _STALE
    theirs, num = float(notebook.accuracy), NUM_IMAGES["test"]
    difference = abs(ours.accuracy - theirs)
    chance = _Z * math.sqrt((theirs * (1 - theirs) + ours.accuracy * (1 - ours.accuracy)) / num)
    judgement = "within" if difference <= chance else "more than"
    text = f"{difference:.4f} apart, {judgement} chance (±{chance:.4f})."
    return f"{text} {notebook.remark}".strip()


def _write_result(result: OurResult | None) -> list[str]:
    if result is None:
        return ["–"] * 3
    return [f"{result.accuracy:.4f}", f"{result.loss:.4f}", _write_time(result.seconds)]


def _write_time(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
