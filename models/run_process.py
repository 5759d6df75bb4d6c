"""The training process of a run: it writes into the run's folder what happens, until done or told to stop.

Started by `models.runs.start_run` as `python -m models.run_process FOLDER`.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from filelock import FileLock

from models.checkpoint import save_checkpoint
from models.events import EpochEvent, Finished, describe_event
from models.recipes import TrainConfig
from models.runs import MAX_RUN_SECONDS, Status
from models.training import train

_PROGRESS_EVERY_SECONDS = 0.25


class _StopRequestedError(Exception):
    """The run is to end before its work is done; the text says why."""


class _StopCheck:
    """Ends the run, at its next call, when somebody asked for it or its time is over."""

    def __init__(self, folder: Path) -> None:
        self._stop_file = folder / "stop"
        self._deadline = time.monotonic() + MAX_RUN_SECONDS

    def __call__(self) -> None:
        if self._stop_file.exists():
            raise _StopRequestedError("Stopped as asked")
        if time.monotonic() > self._deadline:
            minutes = MAX_RUN_SECONDS // 60
            raise _StopRequestedError(f"Stopped after {minutes} minutes, the longest a run may take")


def execute_run(folder: Path) -> None:
    """Train what a run's folder describes, writing into it what happens, until done or asked to stop."""
    with FileLock(folder / "lock"), (folder / "events.jsonl").open("a", buffering=1) as events:
        (folder / "pid").write_text(str(os.getpid()))
        num_epochs = 0
        check_stop = _StopCheck(folder)
        try:
            config = TrainConfig(**json.loads((folder / "config.json").read_text()))
            for event in train(config, progress=_ProgressWriter(check_stop, events)):
                if isinstance(event, EpochEvent):
                    save_checkpoint(event.checkpoint, folder / "checkpoint.safetensors")
                    num_epochs = event.epoch
                elif isinstance(event, Finished) and event.checkpoint is not None:
                    save_checkpoint(event.checkpoint, folder / "checkpoint.safetensors")
                _write_event(events, describe_event(event))
                if not isinstance(event, Finished):
                    check_stop()
        except _StopRequestedError as reason:
            kept = f"the checkpoint of epoch {num_epochs} is kept" if num_epochs else "no epoch had finished"
            _write_ending(events, "stopped", f"{reason}; {kept}.")
        except (ValueError, OSError, MemoryError) as error:
            traceback.print_exc()
            _write_ending(events, "failed", str(error) or "There was not enough memory.")


class _ProgressWriter:
    """Tells a run's readers how far the drawing of built-in strokes has come, a few times a second."""

    def __init__(self, check_stop: Callable[[], None], events: TextIO) -> None:
        self._check_stop = check_stop
        self._events = events
        self._next_time = 0.0

    def __call__(self, num_done: int, num_all: int) -> None:
        self._check_stop()
        if time.monotonic() >= self._next_time:
            self._next_time = time.monotonic() + _PROGRESS_EVERY_SECONDS
            message = f"Drawing built-in strokes: {num_done:,} of {num_all:,}"
            _write_event(self._events, {"type": "preparing", "message": message})


def _write_event(events: TextIO, event: dict[str, Any]) -> None:
    events.write(json.dumps(event, allow_nan=False) + "\n")


def _write_ending(events: TextIO, status: Status, message: str) -> None:
    events.write("\n")  # on a full disk the line before may have been cut off; the ending gets one of its own
    _write_event(events, {"type": "ending", "status": status, "message": message, "test": None})


if __name__ == "__main__":
    execute_run(Path(sys.argv[1]))
