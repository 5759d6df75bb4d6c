"""The folder of a run: which files it has, how its events are read and written, and whether it lives.

    <id>/config.json              what is trained and how
    <id>/meta.json                when it was made, the visitor's name for it, the group of repeated seeds;
                                  of weights that were trained elsewhere, the name of the file they came in
    <id>/owner                    the hash of its owner's key, where it has one (see `models.runs.owner`)
    <id>/events.jsonl             what happened, one event a line, only ever appended to
    <id>/checkpoint.safetensors   the weights after the last finished epoch, or those that were kept
    <id>/state.safetensors        all that resuming needs, after the last finished epoch; gone when it is done
    <id>/epochs/000.safetensors   the weights before the first epoch, then after each, at most 21 of them
    <id>/test.npz                 the answer to each test image
    <id>/start.safetensors        of a fine-tuning, the checkpoint that it begins with
    <id>/drawings.json            of a fine-tuning, the drawings that it trains on
    <id>/log.txt                  what the process printed
    <id>/lock                     held by the process for as long as it lives
    <id>/stop                     put there by whoever wants it to stop: "stop" or "keep"

An id is a secret: it cannot be guessed, and there is no call that lists the ids of others. Deleted runs lie
in `.deleted` for some minutes.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import platformdirs
from filelock import FileLock, Timeout

from models.checkpoints.file import SHIPPED_FOLDER, write_atomically
from models.runs.event_lines import is_text, parse_lines

EXAMPLE_RUN = "example"
CONFIG, META, EVENTS, CHECKPOINT = "config.json", "meta.json", "events.jsonl", "checkpoint.safetensors"
STATE, SNAPSHOTS, TEST, LOG = "state.safetensors", "epochs", "test.npz", "log.txt"
LOCK, STOP = "lock", "stop"
DELETED = ".deleted"

_ID_PATTERN = re.compile(r"[0-9a-f]{32}")
_TAIL_BYTES = 8_192  # an ending with its confusion matrix is about one kilobyte
_LATEST_CREATED = 2**40  # in unix seconds; far beyond any clock, and far below what no browser can show
_FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
_FILE_IN_PLACE = (errno.ENOTDIR, errno.EEXIST)
_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, *_FILE_IN_PLACE)
_probing = threading.Lock()  # or two questions for one lock would take each other for the run


class DamagedRunError(ValueError):
    """A run is there and cannot be read; the text says what is wrong. It can still be deleted."""


def find_runs_folder() -> Path:
    """Return the folder of all runs: `GLASSBOX_RUNS`, or one in the user's data folder."""
    chosen = os.environ.get("GLASSBOX_RUNS")
    if chosen:
        return Path(chosen).expanduser()
    return platformdirs.user_data_path("glassbox", appauthor=False) / "runs"


def is_run_id(text: str) -> bool:
    """Return whether a text has the form of an id, so that it can be a folder's name."""
    return _ID_PATTERN.fullmatch(text) is not None


def has_run(run_id: str) -> bool:
    """Return whether there is a run of that id; any text may be asked about."""
    return run_id == EXAMPLE_RUN or (is_run_id(run_id) and is_folder(find_runs_folder() / run_id))


def is_folder(path: Path) -> bool:
    """Return whether there is a folder; one that this user may not look for counts, lest it be forgotten."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except PermissionError:
        return True
    except OSError:
        return False


def keep_known_runs(run_ids: object) -> list[str]:
    """Return the ids of runs that exist among what a browser remembered, which may be anything: each once."""
    ids = run_ids if isinstance(run_ids, list | tuple) else []
    known = dict.fromkeys(run_id for run_id in ids if isinstance(run_id, str))
    return [run_id for run_id in known if has_run(run_id)]


def find_run_folder(run_id: str) -> Path:
    """Return a run's folder.

    Raises:
        ValueError: If there is no such run.
    """
    if not isinstance(run_id, str) or not has_run(run_id):
        raise ValueError(f"There is no run {str(run_id)[:40]!r}; it may have been deleted. Start a new one.")
    return SHIPPED_FOLDER / "example-run" if run_id == EXAMPLE_RUN else find_runs_folder() / run_id


@contextmanager
def keep_to_folder(run_id: str) -> Iterator[Path]:
    """Give a run's folder to a `with` block that reads in it, while another window may delete the run.

    Raises:
        DamagedRunError: If one of its files cannot be read.
        ValueError: If there is no such run, or none any more by the end of the block.
    """
    folder = find_run_folder(run_id)
    try:
        yield folder
    except OSError as error:
        find_run_folder(run_id)
        name = Path(str(error.filename or folder)).name
        raise DamagedRunError(
            f"This run is damaged: {name} cannot be read ({error.strerror or error})."
        ) from error
    find_run_folder(run_id)  # what a folder that has gone lacks may also read as "nothing yet"


def find_own_folder(run_id: str) -> Path:
    """Return a run's folder for somebody who wants to change it.

    Raises:
        ValueError: If there is no such run, or it is the example.
    """
    if run_id == EXAMPLE_RUN:
        raise ValueError("The example run cannot be changed. Start a run of your own.")
    return find_run_folder(run_id)


def read_meta(folder: Path) -> dict[str, Any]:
    """Return what is known of a run beside its configuration: created (unix seconds), name, group, imported.

    What the file lacks, or has wrong, is as of a run that was never named.
    """
    try:
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        meta = {}
    known = meta if isinstance(meta, dict) else {}
    name, group, imported = known.get("name"), known.get("group"), known.get("imported")
    created = known.get("created")
    is_time = isinstance(created, int | float) and 0 <= created < _LATEST_CREATED  # NaN is not
    return {
        "created": created if is_time else _find_age(folder),
        "name": name if is_text(name) else "",
        "group": group if is_text(group) else "",
        "imported": imported if is_text(imported) else "",
    }


def _find_age(folder: Path) -> float:
    """Return when a run was made, in unix seconds, by its configuration, which is written once."""
    try:
        return (folder / CONFIG).stat().st_mtime
    except OSError:
        return folder.stat().st_mtime


def read_name(folder: Path) -> str:
    """Return what the visitor calls a run; empty where they have not named it."""
    name: str = read_meta(folder)["name"]
    return name


def write_meta(folder: Path, meta: Mapping[str, Any]) -> None:
    """Write what is known of a run beside its configuration."""
    write_atomically(folder / META, json.dumps(dict(meta), ensure_ascii=False).encode())


def is_locked(folder: Path) -> bool:
    """Return whether the run's process is alive: the system releases its lock however it ends."""
    if not (folder / LOCK).exists():
        return False
    try:
        with _probing, FileLock(folder / LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a folder that is just being deleted
        return False


def read_events(folder: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Read the events from a byte on; damaged lines are passed over.

    Returns:
        The events, and the byte to read on from.
    """
    lines, new_offset = read_lines(folder, offset)
    return parse_lines(lines), new_offset


def read_lines(folder: Path, offset: int = 0) -> tuple[list[bytes], int]:
    """Read the lines of the events from a byte on; the last one may be half written, and is none yet.

    Returns:
        The lines that are not empty, and the byte to read on from.
    """
    try:
        with (folder / EVENTS).open("rb") as file:
            file.seek(offset)
            content = file.read()
    except FileNotFoundError:
        return [], 0
    whole = content[: content.rfind(b"\n") + 1]
    return [line for line in whole.splitlines() if line], offset + len(whole)


def read_tail(folder: Path) -> list[dict[str, Any]]:
    """Return the last events, as many as tell how a run stands: at least one that is no look, if there is."""
    num_bytes = _TAIL_BYTES
    while True:
        try:
            with (folder / EVENTS).open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                start = file.seek(max(0, size - num_bytes))
                content = file.read()
        except FileNotFoundError:
            return []
        lines = content[: content.rfind(b"\n") + 1].splitlines()
        events = parse_lines(lines if start == 0 else lines[1:])
        if start == 0 or any(event["type"] != "look" for event in events):
            return events
        num_bytes *= 4


def find_last(events: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the last event of the training itself; a look at the test images may come after it."""
    return next((event for event in reversed(events) if event["type"] != "look"), None)


def drop_undone(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events without the steps, measurements and epochs that a resumption undid, and made anew."""
    kept: list[dict[str, Any]] = []
    for event in events:
        if event["type"] == "resumed":
            step = event["step"]
            kept = [e for e in kept if e["type"] not in ("step", "layers", "epoch") or e["step"] <= step]
        kept.append(event)
    return kept


class EventLog:
    """The events of a run, open to be appended to; other processes may append at the same time."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / EVENTS).open("ab", buffering=0)
        size = self._file.seek(0, os.SEEK_END)
        with (folder / EVENTS).open("rb") as file:
            file.seek(max(0, size - 1))
            self._is_torn = file.read() not in (b"", b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, event: Mapping[str, Any]) -> None:
        """Append an event as one line; a line that could not be written whole is closed before the next.

        Raises:
            OSError: If the disk is full.
        """
        line = json.dumps(event, allow_nan=False).encode() + b"\n"
        if self._is_torn:
            line = b"\n" + line
        self._is_torn = True
        if self._file.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._is_torn = False


def append_event(folder: Path, event: Mapping[str, Any]) -> None:
    """Append one event to a run that others may be writing."""
    with EventLog(folder) as log:
        log.write(event)


def describe_os_error(error: OSError) -> str:
    """Say what a failed write means, for a person; a sentence without its full stop."""
    if error.errno in _FULL_DISK:
        return "The disk is full: make room on it, then try again"
    if error.errno == errno.EFBIG:
        return "This system allows no file of that size: raise the limit (ulimit -f), then try again"
    if error.errno in _NOT_WRITABLE:
        return "The folder of all runs cannot be written: set GLASSBOX_RUNS to a folder that can"
    return error.strerror or str(error)
