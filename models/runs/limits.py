"""How much of the machine runs may take: settings of whoever serves the page, with defaults for one's own."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from models.processors import count_processors
from models.training.config import MAX_EPOCHS, SETTINGS
from models.training.settings import Setting


@dataclass(frozen=True)
class RunLimits:
    """What runs that are started from the page or by `/train` may take; one's own `glassbox train` may more.

    Attributes:
        max_training: Runs that train at once; GLASSBOX_MAX_RUNS, by default one for every two cores.
        max_waiting: Runs that wait in the queue; GLASSBOX_MAX_WAITING.
        max_epochs: Epochs of a run; GLASSBOX_MAX_EPOCHS.
        max_minutes: Minutes that a run trains at a time; GLASSBOX_MAX_MINUTES.
        runs_per_visitor: Runs that a visitor keeps; GLASSBOX_RUNS_PER_VISITOR.
        live_per_visitor: Runs of a visitor that train or wait; GLASSBOX_LIVE_PER_VISITOR.
        max_disk_mb: Megabytes of all runs together, in 2²⁰ bytes; GLASSBOX_RUNS_DISK_MB.
        min_batch_size: Images a step, at least: smaller ones keep a machine busy for hours.
        max_batch_size: Images a step, at most.
    """

    max_training: int
    max_waiting: int = 50
    max_epochs: int = 20
    max_minutes: int = 60
    runs_per_visitor: int = 30
    live_per_visitor: int = 12
    max_disk_mb: int = 4096
    min_batch_size: int = 8
    max_batch_size: int = 512


def read_limits() -> RunLimits:
    """Read the limits from the environment as it is now.

    Raises:
        ValueError: If a variable is no number that makes sense.
    """
    return RunLimits(
        max_training=_read_number("GLASSBOX_MAX_RUNS", max(1, count_processors() // 2), 1, 1_000),
        max_waiting=_read_number("GLASSBOX_MAX_WAITING", RunLimits.max_waiting, 0, 10_000),
        max_epochs=_read_number("GLASSBOX_MAX_EPOCHS", RunLimits.max_epochs, 1, MAX_EPOCHS),
        max_minutes=_read_number("GLASSBOX_MAX_MINUTES", RunLimits.max_minutes, 1, 10_000),
        runs_per_visitor=_read_number("GLASSBOX_RUNS_PER_VISITOR", RunLimits.runs_per_visitor, 1, 1_000),
        live_per_visitor=_read_number("GLASSBOX_LIVE_PER_VISITOR", RunLimits.live_per_visitor, 1, 1_000),
        max_disk_mb=_read_number("GLASSBOX_RUNS_DISK_MB", RunLimits.max_disk_mb, 1, 10**9),
    )


def narrow_settings(limits: RunLimits) -> dict[str, Setting]:
    """Return the settings of a training with the ranges that a run of the page may have.

    `SETTINGS` itself has what one's own `glassbox train` may.
    """
    epochs, batch_size = SETTINGS["epochs"], SETTINGS["batch_size"]
    remedy = f"`glassbox train` on your own machine takes up to {epochs.highest}"
    return SETTINGS | {
        "epochs": replace(epochs, highest=limits.max_epochs, remedy=remedy),
        "batch_size": replace(batch_size, lowest=limits.min_batch_size, highest=limits.max_batch_size),
    }


def _read_number(variable: str, default: int, lowest: int, highest: int) -> int:
    text = os.environ.get(variable)
    if not text:
        return default
    if text.strip().isdecimal() and lowest <= int(text) <= highest:
        return int(text)
    raise ValueError(
        f"{variable} is {text!r}; it must be a whole number from {lowest:,} to {highest:,}, or absent for "
        f"{default:,}."
    )
