"""A run is a folder: a training process writes it, and whoever wants to know how it goes reads it.

    <id>/config.json              what is trained and how
    <id>/events.jsonl             what happened, one event a line, only ever appended to
    <id>/checkpoint.safetensors   the weights after the last finished epoch
    <id>/log.txt                  what the process printed
    <id>/lock                     held by the process for as long as it lives
    <id>/pid                      the process's number
    <id>/stop                     put there by whoever wants it to stop

So a run survives the page, the tab and the server, and its crash stays its own. An id is a secret: it cannot
be guessed, and there is no call that lists the ids of others.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import platformdirs
from filelock import FileLock, Timeout

from models.checkpoint import SHIPPED_FOLDER, write_atomically
from models.recipes import TrainConfig

Status = Literal["starting", "running", "done", "diverged", "stopped", "failed", "interrupted"]
LIVE_STATUSES = ("starting", "running")
RUN_BATCH_SIZES = (8, 512)
MAX_RUN_EPOCHS = 20
MAX_RUN_SECONDS = 3_600

_ID_PATTERN = re.compile(r"[0-9a-f]{32}")
_STARTING_SECONDS = 90  # importing torch on a slow, busy machine
_CHECKPOINT = "checkpoint.safetensors"
_BEFORE_FIRST_STEP = {"step": 0, "num_steps": 0, "seconds": 0.0, "images_per_second": 0.0}


@dataclass(frozen=True)
class RunState:
    """How a run stands.

    Attributes:
        run_id: Its folder's name.
        config: What is trained and how, as in `TrainConfig`.
        status: One of `Status`; "interrupted" means that its process ended without a word.
        message: What is happening or has happened, for a person.
        step: Optimiser steps done.
        num_steps: Steps in all; 0 before the first one.
        seconds: Seconds of training so far.
        images_per_second: Speed at the last step; 0 before the first one.
        steps: (step, mean training loss) of each reported stretch of steps.
        epochs: One dict an epoch: epoch, step, train_loss, train_accuracy, validation_loss,
            validation_accuracy.
        test: accuracy, low, high, loss, confusion on the test pictures; None until they have been looked at.
        checkpoint: Path of the checkpoint; None until the first epoch is finished.
    """

    run_id: str
    config: dict[str, Any]
    status: Status
    message: str
    step: int
    num_steps: int
    seconds: float
    images_per_second: float
    steps: list[tuple[int, float]]
    epochs: list[dict[str, Any]]
    test: dict[str, Any] | None
    checkpoint: Path | None


def find_runs_folder() -> Path:
    """Return the folder of all runs: `GLASSBOX_RUNS`, or one in the user's data folder."""
    chosen = os.environ.get("GLASSBOX_RUNS")
    if chosen:
        return Path(chosen).expanduser()
    return platformdirs.user_data_path("glassbox", appauthor=False) / "runs"


def max_live_runs() -> int:
    """Return how many runs may train at once: `GLASSBOX_MAX_RUNS`, or one for every two processor cores."""
    return int(os.environ.get("GLASSBOX_MAX_RUNS") or max(1, (os.cpu_count() or 1) // 2))


def start_run(config: TrainConfig) -> str:
    """Start training in a process of its own and return the run's id.

    Raises:
        ValueError: If it would take too much of the machine for a run that anyone may start, or as many runs
            train as the machine has room for.
        OSError: If the folder cannot be written.
    """
    _check_bounds(config)
    runs = find_runs_folder()
    runs.mkdir(parents=True, exist_ok=True)
    with FileLock(runs / "starting.lock"):  # so that two visitors cannot take the last place together
        num_live = sum(_is_live(path) for path in runs.iterdir() if has_run(path.name))
        if num_live >= max_live_runs():
            raise ValueError(
                f"This machine trains at most {max_live_runs()} at a time, and {num_live} "
                "started earlier. Wait until one has finished, or stop yours; one from another window is "
                "shown after reloading the page."
            )
        run_id = secrets.token_hex(16)
        folder = runs / run_id
        folder.mkdir()
        write_atomically(folder / "config.json", json.dumps(asdict(config), indent=2).encode())
    _start_process(folder)
    return run_id


def _check_bounds(config: TrainConfig) -> None:
    """Refuse what `glassbox train` may do on one's own machine, but a visitor of a page may not."""
    low, high = RUN_BATCH_SIZES
    if not low <= config.batch_size <= high:
        raise ValueError(f"batch size is {config.batch_size}; a run may have {low} to {high}; 32 is usual.")
    if config.epochs > MAX_RUN_EPOCHS:
        raise ValueError(
            f"epochs is {config.epochs}; a run may have 1 to {MAX_RUN_EPOCHS}. "
            "`glassbox train` on your own machine takes up to 100."
        )


def stop_run(run_id: str) -> None:
    """Ask a run to stop; its process does so after the steps under way, keeping its last checkpoint.

    Raises:
        ValueError: If there is no such run.
    """
    (_find_folder(run_id) / "stop").touch()


def read_run(run_id: str) -> RunState:
    """Read how a run stands.

    Raises:
        ValueError: If there is no such run.
    """
    return _read_folder(_find_folder(run_id))


def read_example_run() -> RunState:
    """Read the run that trained the shipped `convnet3`, kept as an example of a finished one."""
    return _read_folder(SHIPPED_FOLDER / "example-run")


def find_run_checkpoint(run_id: str) -> Path | None:
    """Return the checkpoint of a run's last finished epoch; None before there is one.

    Raises:
        ValueError: If there is no such run.
    """
    path = _find_folder(run_id) / _CHECKPOINT
    return path if path.is_file() else None


def has_run(run_id: str) -> bool:
    """Return whether there is a run of that id; any text may be asked about."""
    return (
        _ID_PATTERN.fullmatch(run_id) is not None and (find_runs_folder() / run_id / "config.json").is_file()
    )


def keep_known_runs(run_ids: object) -> list[str]:
    """Return the ids of runs that exist among what a browser remembered, which may be anything."""
    ids = run_ids if isinstance(run_ids, list) else []
    return [run_id for run_id in ids if isinstance(run_id, str) and has_run(run_id)]


def _find_folder(run_id: str) -> Path:
    if not has_run(run_id):
        raise ValueError(f"There is no run {run_id[:40]!r}; it may have been deleted. Start a new one.")
    return find_runs_folder() / run_id


def _read_folder(folder: Path) -> RunState:
    events = _read_events(folder)
    is_alive = not _has_ended(events) and _is_locked(folder)
    if not _has_ended(events) and not is_alive:
        events = _read_events(folder)  # the run may have ended since they were read
    ending = events[-1] if _has_ended(events) else None
    steps = [event for event in events if event["type"] == "step"]
    latest: dict[str, Any] = steps[-1] if steps else _BEFORE_FIRST_STEP
    checkpoint = folder / _CHECKPOINT
    status, message = _describe_status(folder, events, is_alive)
    return RunState(
        run_id=folder.name,
        config=json.loads((folder / "config.json").read_text()),
        status=status,
        message=message,
        step=latest["step"],
        num_steps=latest["num_steps"],
        seconds=latest["seconds"],
        images_per_second=latest["images_per_second"],
        steps=[(event["step"], event["loss"]) for event in steps],
        epochs=[event for event in events if event["type"] == "epoch"],
        test=ending["test"] if ending else None,
        checkpoint=checkpoint if checkpoint.is_file() else None,
    )


def _read_events(folder: Path) -> list[dict[str, Any]]:
    """Return the events so far; the last line may be half written, and then is not an event yet."""
    try:
        lines = (folder / "events.jsonl").read_text().splitlines(keepends=True)
    except FileNotFoundError:
        return []
    return [event for line in lines if line.endswith("\n") and (event := _parse_event(line)) is not None]


def _parse_event(line: str) -> dict[str, Any] | None:
    """Return a line's event; None for a line that a full disk or a crash has damaged."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "type" in event else None


def _has_ended(events: list[dict[str, Any]]) -> bool:
    return bool(events) and events[-1]["type"] == "ending"


def _describe_status(folder: Path, events: list[dict[str, Any]], is_alive: bool) -> tuple[Status, str]:
    if _has_ended(events):
        return events[-1]["status"], events[-1]["message"]
    if is_alive and (folder / "stop").exists():
        return "running", "Stopping"
    if is_alive:
        preparing = next((event for event in reversed(events) if event["type"] == "preparing"), None)
        is_training = any(event["type"] == "step" for event in events)
        return "running", "Training" if is_training or not preparing else preparing["message"]
    if not events and _is_young(folder):
        return "starting", "Starting a process for this run"
    num_epochs = sum(event["type"] == "epoch" for event in events)
    kept = f"The checkpoint of epoch {num_epochs} is kept." if num_epochs else "No epoch had finished."
    return "interrupted", f"The training process ended before its work was done. {kept}"


def _is_live(folder: Path) -> bool:
    """Return whether a run trains or is about to, without reading its events."""
    return _is_locked(folder) or (not (folder / "events.jsonl").exists() and _is_young(folder))


def _is_young(folder: Path) -> bool:
    return time.time() - (folder / "config.json").stat().st_mtime < _STARTING_SECONDS


def _is_locked(folder: Path) -> bool:
    """Return whether the run's process is alive: the system releases its lock however it ends."""
    try:
        with FileLock(folder / "lock", timeout=0):
            return False
    except Timeout:
        return True


def _start_process(folder: Path) -> None:
    """Start `python -m models.run_process FOLDER`, detached from this process and its terminal."""
    root = Path(__file__).resolve().parent.parent
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "models.run_process", str(folder.resolve())],
            cwd=root,
            env={**os.environ, "GLASSBOX_DATA": _absolute(os.environ.get("GLASSBOX_DATA"))},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
        )
    # Without a wait, a process that has ended stays in the system's table until the server ends.
    threading.Thread(target=process.wait, daemon=True).start()


def _absolute(folder: str | None) -> str:
    return str(Path(folder).expanduser().resolve()) if folder else ""
