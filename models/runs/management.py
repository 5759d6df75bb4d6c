"""What a visitor does with the runs they have: name them, delete them, take that back."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

from models.checkpoints.file import move
from models.runs.folder import (
    DELETED,
    append_event,
    describe_os_error,
    find_own_folder,
    find_runs_folder,
    has_run,
    is_folder,
    is_run_id,
    read_meta,
    write_meta,
)
from models.runs.queue import hold_queue, leave_queue
from models.runs.status import is_live

MAX_NAME_LENGTH = 60
KEEP_DELETED_SECONDS = 600
_DELETED_AT = "deleted"  # a file in a deleted run's folder, which is as old as its deletion


def rename_run(run_id: str, name: str) -> None:
    """Give a run a name; an empty one takes it away.

    Raises:
        ValueError: If there is no such run, or the name is too long or no text.
    """
    folder = find_own_folder(run_id)
    meta = read_meta(folder) | {"name": check_name(name)}
    try:
        write_meta(folder, meta)
    except OSError as error:
        raise ValueError(f"{describe_os_error(error)}; the run keeps its name.") from error


def check_name(name: str) -> str:
    """Return a name in one line without what cannot be printed.

    Raises:
        ValueError: If it is too long or no text.
    """
    if not isinstance(name, str):
        raise ValueError("The name must be a text.")
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if len(plain) > MAX_NAME_LENGTH:
        raise ValueError(f"The name has {len(plain)} letters; give it at most {MAX_NAME_LENGTH}.")
    return plain


def delete_run(run_id: str) -> None:
    """Delete a run that does not train; `restore_run` brings it back for some minutes.

    Raises:
        ValueError: If there is no such run, or it trains.
    """
    folder = find_own_folder(run_id)
    with hold_queue():
        if leave_queue(run_id):
            message = "Taken out of the queue before its turn came."
            ending = {"type": "ending", "status": "stopped", "message": message, "test": None}
            with suppress(OSError):  # a damaged run is deleted all the same
                append_event(folder, ending)
        if is_live(run_id):
            raise ValueError("This run trains. Stop it before you delete it.")
        deleted = find_runs_folder() / DELETED
        deleted.mkdir(exist_ok=True)
        (folder / _DELETED_AT).touch()
        move(folder, deleted / run_id)


def restore_run(run_id: str) -> None:
    """Bring a deleted run back.

    Raises:
        ValueError: If no run of that id was deleted in the last minutes.
    """
    if has_run(run_id):
        return
    folder = find_runs_folder() / DELETED / run_id
    if not is_run_id(run_id) or not is_folder(folder):
        raise ValueError("This run was deleted too long ago and cannot be brought back.")
    (folder / _DELETED_AT).unlink(missing_ok=True)
    move(folder, find_runs_folder() / run_id)


def purge_deleted(older_than_seconds: float = KEEP_DELETED_SECONDS) -> None:
    """Remove for good what was deleted so long ago."""
    for folder in (find_runs_folder() / DELETED).glob("*"):
        if _measure_age(folder) >= older_than_seconds:
            shutil.rmtree(folder, ignore_errors=True)


def _measure_age(folder: Path) -> float:
    """Return the seconds since a run was deleted."""
    try:
        return time.time() - (folder / _DELETED_AT).stat().st_mtime
    except OSError:  # just restored
        return 0.0
