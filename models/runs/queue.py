"""The queue: which runs train, which wait, and whose turn it is.

Three things in the folder of all runs hold it: `.line/<time>-<id>` stands for a run that waits, oldest first;
`.live/<id>` for one that was given a process, and holds that one's number once it has begun; `queue.lock` is
held by whoever changes these.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from models.runs.folder import append_event, describe_os_error, find_runs_folder, is_locked
from models.runs.launcher import launch_process
from models.runs.limits import read_limits

STARTING_SECONDS = 90  # importing torch on a slow, busy machine
_WAITING, _LIVE = ".line", ".live"


@contextmanager
def hold_queue(timeout_seconds: float = 30) -> Iterator[None]:
    """Let nobody else start, end or count runs for the length of the `with` block.

    Raises:
        ValueError: If others hold it for so long.
    """
    runs = find_runs_folder()
    runs.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(runs / "queue.lock", timeout=timeout_seconds, poll_interval=0.01):
            yield
    except Timeout as error:
        raise ValueError("Too many runs are being started at this moment. Try again.") from error


def advance_queue() -> None:
    """Give a process to the oldest waiting runs while there is room.

    Whoever sees a run wait or end calls it, so that no server that died leaves the queue standing.
    """
    if not list_waiting():
        return
    runs = find_runs_folder()
    with (
        suppress(Timeout, OSError),
        FileLock(runs / "queue.lock", timeout=0),
    ):  # who holds it advances the queue
        advance_held_queue()


def advance_held_queue() -> None:
    """Do what `advance_queue` does, for somebody who holds the queue."""
    room = read_limits().max_training - count_training()
    for run_id in list_waiting()[: max(0, room)]:
        folder = find_runs_folder() / run_id
        try:
            launch = mark_live(folder)
            leave_queue(run_id)
            launch_process(folder, partial(_on_process_end, folder, launch))
        except OSError as error:
            leave_queue(run_id)
            unmark_live(folder)
            message = f"{describe_os_error(error)}: no process could be started for this run."
            with suppress(OSError):
                append_event(folder, {"type": "ending", "status": "failed", "message": message, "test": None})


def _on_process_end(folder: Path, launch: int, pid: int) -> None:
    """Make room at once when a run's process has ended, in whatever way; the run may have another by now."""
    with suppress(ValueError, OSError), hold_queue():
        if _is_marked_by(folder, launch, pid):
            unmark_live(folder)
        advance_held_queue()


def enter_queue(run_id: str) -> None:
    """Put a run at the end of the queue, for somebody who holds the queue."""
    waiting = find_runs_folder() / _WAITING
    waiting.mkdir(exist_ok=True)
    taken = [int(entry.name[:20]) for entry in _list_entries(waiting) if entry.name[:20].isdecimal()]
    # Windows' clock ticks slower than runs come.
    now = max([time.time_ns(), *(number + 1 for number in taken)])
    (waiting / f"{now:020d}-{run_id}").touch()


def leave_queue(run_id: str) -> bool:
    """Take a run out of the queue; return whether it was in it."""
    entries = _list_entries(find_runs_folder() / _WAITING)
    mine = [entry for entry in entries if entry.name.endswith(f"-{run_id}")]
    for entry in mine:
        entry.unlink(missing_ok=True)
    return bool(mine)


def list_waiting() -> list[str]:
    """Return the ids of the waiting runs, the next one first; they are secrets, so they go to nobody."""
    return [entry.name.partition("-")[2] for entry in _list_entries(find_runs_folder() / _WAITING)]


def find_place(run_id: str) -> int:
    """Return a run's place in the queue, 1 for the next one; 0 where it does not wait."""
    waiting = list_waiting()
    return waiting.index(run_id) + 1 if run_id in waiting else 0


def list_training() -> list[str]:
    """Return the ids of the runs that train or are about to, and forget those that have ended."""
    training = []
    for entry in _list_entries(find_runs_folder() / _LIVE):
        folder = find_runs_folder() / entry.name
        if is_locked(folder) or is_starting(folder):
            training.append(entry.name)
        else:
            entry.unlink(missing_ok=True)
    return training


def count_training() -> int:
    """Return how many runs train or are about to."""
    return len(list_training())


def mark_live(folder: Path, pid: int | None = None) -> int:
    """Count a run among those that train.

    Args:
        folder: The run's folder.
        pid: The number of its process, once that holds the lock; None while it is still awaited.

    Returns:
        When, in nanoseconds as the file system counts them: it tells one launch from the next.
    """
    marker = _find_marker(folder)
    marker.parent.mkdir(exist_ok=True)
    marker.write_text("" if pid is None else str(pid))
    return marker.stat().st_mtime_ns


def release_live(folder: Path, pid: int) -> None:
    """Count a run no more whose process ends, unless it has been given another one meanwhile."""
    if _is_marked_by(folder, None, pid):
        unmark_live(folder)


def _is_marked_by(folder: Path, launch: int | None, pid: int) -> bool:
    """Return whether a run counts for that process, or for that launch, whose process never began."""
    marker = _find_marker(folder)
    try:
        return marker.read_text() == str(pid) or marker.stat().st_mtime_ns == launch
    except FileNotFoundError:
        return False


def unmark_live(folder: Path) -> None:
    """Count a run no more."""
    _find_marker(folder).unlink(missing_ok=True)


def _find_marker(folder: Path) -> Path:
    return folder.parent / _LIVE / folder.name


def is_starting(folder: Path) -> bool:
    """Return whether a run was given a process that does not hold its lock yet."""
    try:
        marker = _find_marker(folder).stat()
    except OSError:
        return False
    # A clock that was set back makes the launch lie in the future: no run may count as starting until then.
    return marker.st_size == 0 and abs(time.time() - marker.st_mtime) < STARTING_SECONDS


def _list_entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # there is none, or it may not be read
        return []
