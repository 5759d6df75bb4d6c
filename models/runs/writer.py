"""What a run's process does: it trains, and writes into the run's folder what happens.

At the end of an epoch it writes the snapshot, the checkpoint, the state and the event, in this order, each
either whole or not at all. So wherever it is killed, the state is the truth: what comes after it is done
again when the run is resumed, to the same numbers, and only an event may be missing, which the state holds.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from models.checkpoints.evaluation import Evaluation
from models.checkpoints.file import SUFFIX, load_checkpoint, move, read_info, save_checkpoint
from models.data.datasets import load_dataset
from models.runs.folder import (
    CHECKPOINT,
    CONFIG,
    LOCK,
    SNAPSHOTS,
    STATE,
    STOP,
    TEST,
    EventLog,
    describe_os_error,
    drop_undone,
    find_last,
    read_events,
    read_meta,
)
from models.runs.queue import advance_queue, mark_live, release_live
from models.training.config import TrainConfig
from models.training.device import explain_failure
from models.training.events import EpochEvent, Event, Finished, Preparing, Started, StepEvent, describe_event
from models.training.fine_tuning import read_beginning
from models.training.loop import measure, train
from models.training.peers import ALONE, Peers
from models.training.session import Halt
from models.training.state import TrainingState, load_state, save_state

MAX_SNAPSHOTS = 20  # after the one before the first epoch
_CLAIM_SECONDS = 10  # others hold the lock for moments, to see whether the run lives
_PROGRESS_EVERY_SECONDS = 0.25


class _HaltedError(Exception):
    """The run is to end before its training has begun; the text says why."""


def ignore_event(event: Event) -> None:
    """Do nothing with an event."""


def execute_run(
    folder: Path,
    max_minutes: float | None = None,
    watch: Callable[[Event], None] = ignore_event,
    peers: Peers = ALONE,
) -> str:
    """Train what a run's folder describes, going on from its state if there is one, until done or stopped.

    Args:
        folder: The run's folder.
        max_minutes: After which it stops by itself; None for no limit.
        watch: Called with each event once it is written.
        peers: The processes that train together, of which this is the first.

    Returns:
        The status that it ended with.

    Raises:
        ValueError: If another process trains this run.
    """
    try:
        with FileLock(folder / LOCK, timeout=_CLAIM_SECONDS):
            try:
                return _execute_claimed(folder, max_minutes, watch, peers)
            finally:
                release_live(folder, os.getpid())
    except Timeout as error:
        raise ValueError("Another process trains this run.") from error
    finally:
        with suppress(OSError, ValueError):
            advance_queue()


def read_config(folder: Path) -> TrainConfig:
    """Read what a run trains.

    Raises:
        ValueError: If it is not a configuration of this version.
    """
    try:
        return TrainConfig(**json.loads((folder / CONFIG).read_text(encoding="utf-8")))
    except (OSError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"The run's {CONFIG} cannot be read ({error}).") from error


def read_state(folder: Path) -> TrainingState | None:
    """Read where a run can go on; None where it begins anew.

    Raises:
        ValueError: If the file is damaged.
    """
    return load_state(folder / STATE) if (folder / STATE).is_file() else None


@contextmanager
def catch_signals() -> Iterator[threading.Event]:
    """Turn the first Ctrl+C or SIGTERM into a wish to stop; the second one ends the process as ever."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    earlier = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def note(number: int, frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    for number in earlier:
        signal.signal(number, note)
    try:
        yield asked
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _execute_claimed(
    folder: Path, max_minutes: float | None, watch: Callable[[Event], None], peers: Peers
) -> str:
    events, _ = read_events(folder)
    last = find_last(events)
    if last and last["type"] == "ending":  # its process was started twice
        return str(last["status"])
    for torn in folder.rglob(f".*{SUFFIX}-*"):  # files that an earlier process was killed while writing
        torn.unlink(missing_ok=True)
    with suppress(OSError):  # a full disk; then it is called starting for a while if it is killed
        mark_live(folder, os.getpid())
    with EventLog(folder) as log, catch_signals() as asked:
        writer = _Writer(folder, log, max_minutes, asked)
        try:
            return writer.train(events, watch, peers)
        except _HaltedError as halted:
            return writer.end("stopped", f"{halted}; {writer.describe_kept()}.")
        except OSError as error:
            return writer.end("failed", f"{describe_os_error(error)}; {writer.describe_kept()}.")
        except ValueError as error:
            return writer.end("failed", str(error))
        except Exception as error:  # torch's own errors, as when memory is short
            with suppress(OSError):
                traceback.print_exc()
            text = str(error).strip().partition("\n")[0] or type(error).__name__
            reason = explain_failure(error) or f"The training failed ({text})"
            return writer.end("failed", f"{reason.removesuffix('.')}; {writer.describe_kept()}.")


class _Writer:
    """Writes one run's folder."""

    def __init__(
        self, folder: Path, log: EventLog, max_minutes: float | None, asked: threading.Event
    ) -> None:
        self._folder, self._log, self._asked = folder, log, asked
        self._max_minutes = max_minutes
        self._start = time.monotonic()
        self._next_progress = 0.0
        self._is_alone = True
        self._has_weights = False  # that somebody may want to keep: it goes on, or has made a step

    def train(self, events: list[dict[str, Any]], watch: Callable[[Event], None], peers: Peers) -> str:
        """Train, and return the status that the run ended with; `events` are those of earlier attempts."""
        config, state = read_config(self._folder), read_state(self._folder)
        is_imported = bool(read_meta(self._folder)["imported"])
        beginning = None if is_imported else read_beginning(self._folder, config)
        self._is_alone, self._has_weights = peers.size == 1, state is not None
        self._tell_resumption(events, state)
        status = "failed"
        trained = train(
            config,
            progress=self._show_progress,
            state=state,
            find_halt=self.find_halt,
            peers=peers,
            beginning=beginning,
        )
        for event in self._measure(config) if is_imported else trained:
            self._write(config, event)
            watch(event)
            if isinstance(event, Preparing):
                self._check_halt()
            elif isinstance(event, StepEvent):
                self._has_weights = True
            elif isinstance(event, Finished):
                status = event.status
        return status

    def _measure(self, config: TrainConfig) -> Iterator[Event]:
        """Test weights that were trained elsewhere, which is all that there is to do with them."""
        return measure(config, load_checkpoint(self._folder / CHECKPOINT), self._show_progress)

    def find_halt(self) -> Halt | None:
        """Return what the run is told, if it is to end early."""
        if self._asked.is_set():
            return Halt("Stopped as asked", keep=False)
        with suppress(FileNotFoundError):
            word = (self._folder / STOP).read_text()
            return Halt("Stopped as asked", keep=word == "keep")
        if self._max_minutes is not None and time.monotonic() - self._start > 60 * self._max_minutes:
            limit = f"{self._max_minutes:g} minutes"
            return Halt(f"Stopped after {limit}, the longest a run may take at a time", keep=False)
        return None

    def end(self, status: str, message: str) -> str:
        """Write that the run has ended without having been tested, if the disk lets it."""
        with suppress(OSError, UnicodeEncodeError):  # a full disk, or a terminal that lacks a letter
            print(message, file=sys.stderr, flush=True)
        with suppress(OSError):
            self._log.write({"type": "ending", "status": status, "message": message, "test": None})
        return status

    def describe_kept(self) -> str:
        """Say which checkpoint there is."""
        try:
            epochs = read_info(self._folder / CHECKPOINT).epochs
            return f"the checkpoint of epoch {epochs} is kept" if epochs else "its weights are kept"
        except ValueError:
            return "no epoch had finished"

    def _tell_resumption(self, events: list[dict[str, Any]], state: TrainingState | None) -> None:
        """Say where the run goes on, and tell of its last epoch if it was killed before it could."""
        if not any(event["type"] in ("started", "step") for event in events):
            return
        epoch, step = (state.progress.epoch, state.progress.step) if state else (0, 0)
        resumed = {"type": "resumed", "epoch": epoch, "step": step}
        self._log.write(resumed)
        known = [event["epoch"] for event in drop_undone([*events, resumed]) if event["type"] == "epoch"]
        if state and epoch not in known:
            self._log.write(state.report)

    def _write(self, config: TrainConfig, event: Event) -> None:
        """Write all that an event brings; the event itself comes last."""
        if isinstance(event, Started):
            self._save_snapshot(event, 0)
        elif isinstance(event, EpochEvent) and event.is_whole:
            if event.epoch in find_snapshot_epochs(config.epochs):
                self._save_snapshot(event, event.epoch)
            save_checkpoint(event.checkpoint, self._folder / CHECKPOINT)
            save_state(replace(event.state, report=describe_event(event)), self._folder / STATE)
        elif isinstance(event, Finished) and event.checkpoint and event.test:
            save_checkpoint(event.checkpoint, self._folder / CHECKPOINT)
            _save_answers(self._folder / TEST, config, event.test)
        # A gradient too large for a number has none to be told; the next report says that it diverged.
        if not isinstance(event, StepEvent) or all(map(math.isfinite, asdict(event).values())):
            self._log.write(describe_event(event))
        if isinstance(event, Finished) and (event.test or event.status != "stopped"):
            (self._folder / STATE).unlink(missing_ok=True)  # it can never go on

    def _save_snapshot(self, event: Started | EpochEvent, epoch: int) -> None:
        (self._folder / SNAPSHOTS).mkdir(exist_ok=True)
        save_checkpoint(event.checkpoint, self._folder / SNAPSHOTS / f"{epoch:03}{SUFFIX}")

    def _show_progress(self, what: str, num_done: int, num_all: int) -> None:
        """Tell a few times a second how far the drawing of built-in strokes or a download has come."""
        self._check_halt()
        if time.monotonic() >= self._next_progress:
            self._next_progress = time.monotonic() + _PROGRESS_EVERY_SECONDS
            message = f"{what}: {num_done:,} of {num_all:,}"
            self._log.write({"type": "preparing", "message": message})

    def _check_halt(self) -> None:
        """End the run before its steps begin, or while what it is tested on is drawn.

        Weights that are to be kept are tested: a run that goes on and has not made its next step ends at its
        first report, and one that is being tested goes through with it. Peers end at a report, where they
        agree.
        """
        halt = self.find_halt() if self._is_alone else None
        if halt and not (halt.keep and self._has_weights):
            raise _HaltedError(halt.reason)


def find_snapshot_epochs(epochs: int) -> set[int]:
    """Return after which epochs the weights are kept: all, or `MAX_SNAPSHOTS` at equal distances."""
    num = min(epochs, MAX_SNAPSHOTS)
    return {round(index * epochs / num) for index in range(1, num + 1)}


def _save_answers(path: Path, config: TrainConfig, test: Evaluation) -> None:
    labels = load_dataset(config.dataset, "test", test.num_images).labels.numpy()
    temporary = path.with_name(f".{path.name}")
    with temporary.open("wb") as file:
        np.savez_compressed(
            file,
            labels=labels,
            answers=test.answers,
            confidences=test.confidences,
            dataset=np.array(config.dataset),
        )
    move(temporary, path)
