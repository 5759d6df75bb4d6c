"""A run is a folder: a training process writes it, and whoever wants to know how it goes reads it.

So a run survives the page, the tab and the server, and its crash stays its own. `models.runs.folder` says
what is in the folder, `models.runs.control` starts and ends runs, `models.runs.management` is what a visitor
does with runs they have, and `models.runs.records` what a finished run holds.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from models.checkpoints.file import SHIPPED_FOLDER, SUFFIX, read_info
from models.runs.event_lines import parse_lines
from models.runs.folder import (
    CHECKPOINT,
    CONFIG,
    EVENTS,
    EXAMPLE_RUN,
    SNAPSHOTS,
    STOP,
    DamagedRunError,
    drop_undone,
    find_last,
    find_run_folder,
    find_runs_folder,
    has_run,
    is_locked,
    keep_known_runs,
    keep_to_folder,
    read_events,
    read_lines,
    read_meta,
    read_tail,
)
from models.runs.queue import advance_queue, find_place, is_starting
from models.training.config import TrainConfig

__all__ = [
    "EXAMPLE_RUN", "LIVE_STATUSES", "DamagedRunError", "RunNews", "RunState", "Status",
    "find_run_checkpoint", "find_runs_folder", "has_run", "is_live", "keep_known_runs",
    "keep_readable_runs", "read_news", "read_run",
]  # fmt: skip

Status = Literal["waiting", "starting", "running", "done", "diverged", "stopped", "failed", "interrupted"]
LIVE_STATUSES = ("waiting", "starting", "running")

_RESUMABLE = ("stopped", "failed", "interrupted")
_BEFORE_FIRST_STEP = {"step": 0, "num_steps": 0, "seconds": 0.0, "images_per_second": 0.0}


@dataclass(frozen=True)
class RunState:
    """How a run stands.

    Attributes:
        run_id: Its folder's name.
        name: What the visitor calls it; empty where they have not named it.
        group: Shared by the runs that repeat one configuration over several seeds; otherwise empty.
        imported: The name of the file that its weights came in; empty where they were trained here.
        created: When it was made, in unix seconds.
        config: What is trained and how, as in `TrainConfig`.
        status: One of `Status`; "interrupted" means that its process ended without a word.
        message: What is happening or has happened, for a person.
        place: Place in the queue, 1 for the next one; 0 where it does not wait.
        can_resume: Whether it can go on from its last finished epoch, or begin anew where there is none.
        step: Optimizer steps done.
        num_steps: Steps in all; 0 before the first one.
        seconds: Seconds of training so far.
        images_per_second: Speed at the last step; 0 before the first one.
        steps: The step events (see `models.training.events.describe_event`), without those undone by a
            resumption.
        layers: The events that tell of the layers, without those undone by a resumption; none in a run of an
            earlier version.
        layers: The events that tell of the layers, without those undone; none in a run of an earlier version.
        epochs: The epoch events, without those undone by a resumption.
        test: accuracy, low, high, loss, confusion on the test images; None until they have been looked at.
        num_looks: How often this run's weights have been tried on test images.
        checkpoint: Path of the checkpoint; None until the first epoch is finished.
        num_snapshots: Epochs whose weights are kept, with those before the first one.
        num_damaged: Lines of its events that are damaged, and left out.
    """

    run_id: str
    name: str
    group: str
    imported: str
    created: float
    config: dict[str, Any]
    status: Status
    message: str
    place: int
    can_resume: bool
    step: int
    num_steps: int
    seconds: float
    images_per_second: float
    steps: list[dict[str, Any]]
    layers: list[dict[str, Any]]
    epochs: list[dict[str, Any]]
    test: dict[str, Any] | None
    num_looks: int
    checkpoint: Path | None
    num_snapshots: int
    num_damaged: int


@dataclass(frozen=True)
class RunNews:
    """What has happened to a run since it was last asked about.

    Attributes:
        run_id: Its folder's name.
        status: As in `RunState`, and so are `message`, `place` and `can_resume`.
        message: What is happening or has happened, for a person.
        place: Place in the queue, 1 for the next one; 0 where it does not wait.
        can_resume: Whether it can go on.
        offset: Where to read on, to be given to the next `read_news`.
        events: The events since the offset given, oldest first. {"type": "resumed", "step": s, "epoch": e}
            says that everything after step s was undone.
        is_reset: Whether the offset did not fit any more, so that the events begin anew.
    """

    run_id: str
    status: Status
    message: str
    place: int
    can_resume: bool
    offset: int
    events: list[dict[str, Any]]
    is_reset: bool


@dataclass(frozen=True)
class _Standing:
    """Status, message, place and whether it can be resumed."""

    status: Status
    message: str
    place: int = 0
    can_resume: bool = False


def read_run(run_id: str) -> RunState:
    """Read how a run stands, with all that it has told.

    Raises:
        DamagedRunError: If it cannot be read.
        ValueError: If there is no such run.
    """
    with keep_to_folder(run_id) as folder:
        standing = _read_standing(folder)
        lines, _ = read_lines(folder)
        all_events = parse_lines(lines)
        events = drop_undone(all_events)
        steps = [event for event in events if event["type"] == "step"]
        latest: dict[str, Any] = steps[-1] if steps else _BEFORE_FIRST_STEP
        tests = [event["test"] for event in events if event["type"] == "ending" and event.get("test")]
        return RunState(
            run_id=run_id,
            **read_meta(folder),
            config=_read_config(folder),
            status=standing.status,
            message=standing.message,
            place=standing.place,
            can_resume=standing.can_resume,
            step=latest["step"],
            num_steps=latest["num_steps"],
            seconds=latest["seconds"],
            images_per_second=latest["images_per_second"],
            steps=steps,
            layers=[event for event in events if event["type"] == "layers"],
            epochs=[event for event in events if event["type"] == "epoch"],
            test=tests[-1] if tests else None,
            num_looks=len(tests) + sum(event["type"] == "look" for event in events),
            checkpoint=find_run_checkpoint(run_id),
            num_snapshots=sum(1 for _ in (folder / SNAPSHOTS).glob(f"*{SUFFIX}")),
            num_damaged=len(lines) - len(all_events),
        )


def read_news(run_id: str, offset: int = 0) -> RunNews:
    """Read what has happened to a run since `offset`, reading no more of it than that.

    Raises:
        DamagedRunError: If it cannot be read.
        ValueError: If there is no such run.
    """
    with keep_to_folder(run_id) as folder:
        standing = _read_standing(folder)
        is_reset = not _fits(folder, offset)
        events, new_offset = read_events(folder, 0 if is_reset else offset)
        return RunNews(
            run_id=run_id,
            status=standing.status,
            message=standing.message,
            place=standing.place,
            can_resume=standing.can_resume,
            offset=new_offset,
            events=events,
            is_reset=is_reset,
        )


def is_live(run_id: str) -> bool:
    """Return whether a run waits or trains; of a damaged one, whether its process is alive.

    Raises:
        ValueError: If there is no such run.
    """
    try:
        return read_news(run_id).status in LIVE_STATUSES
    except DamagedRunError:
        return is_locked(find_run_folder(run_id))


def keep_readable_runs(run_ids: object) -> list[RunState]:
    """Return the runs that exist and can be read among what a browser remembered, which may be anything."""
    runs = []
    for run_id in keep_known_runs(run_ids):
        with suppress(ValueError):  # damaged, or deleted meanwhile: no reason not to show the others
            runs.append(read_run(run_id))
    return runs


def find_run_checkpoint(run_id: str) -> Path | None:
    """Return the checkpoint of a run's last finished epoch; None before there is one.

    Raises:
        ValueError: If there is no such run.
    """
    folder = find_run_folder(run_id)
    path = folder / CHECKPOINT
    if run_id == EXAMPLE_RUN and not path.is_file():  # it is shipped under its network's name
        path = SHIPPED_FOLDER / f"{_read_config(folder)['network']}{SUFFIX}"
    return path if path.is_file() else None


def _read_config(folder: Path) -> dict[str, Any]:
    """Return a run's configuration, with today's defaults for what an earlier version did not know.

    Raises:
        DamagedRunError: If it is none of this version.
        OSError: If it cannot be read.
    """
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise DamagedRunError(f"This run is damaged: {CONFIG} is not JSON.") from error
    known = [field.name for field in fields(TrainConfig)]
    unknown = sorted(config.keys() - known) if isinstance(config, dict) else []
    if unknown:
        raise DamagedRunError(
            f"This run cannot be read: {CONFIG} has the setting {unknown[0]!r:.40}, which this version of "
            "Glassbox does not know. A later one may."
        )
    try:
        return asdict(TrainConfig(**config))
    except (TypeError, ValueError) as error:
        reason = str(error).rstrip(".") if isinstance(error, ValueError) else "it holds no settings"
        raise DamagedRunError(f"This run is damaged: {CONFIG} cannot be used. {reason}.") from error


def _fits(folder: Path, offset: int) -> bool:
    """Return whether a line of the events begins at `offset`."""
    if offset == 0:
        return True
    if isinstance(offset, bool) or not isinstance(offset, int) or offset < 0:
        return False
    try:
        with (folder / EVENTS).open("rb") as file:
            if offset > file.seek(0, os.SEEK_END):
                return False
            file.seek(offset - 1)
            return file.read(1) == b"\n"
    except FileNotFoundError:
        return False


def _read_standing(folder: Path) -> _Standing:
    """Find out how a run stands from the end of its events and the traces of its process."""
    last = find_last(read_tail(folder))
    if last and last["type"] == "ending":
        return _describe_ending(folder, last)
    if place := find_place(folder.name):
        advance_queue()  # its turn may have come, and nobody else may be there to see it
        place = find_place(folder.name)
    if place:
        return _Standing(
            "waiting", "Next in the queue" if place == 1 else f"Number {place} in the queue", place
        )
    is_alive = is_locked(folder)
    events = read_tail(folder)  # the run may have ended since they were read
    last = find_last(events)
    if last and last["type"] == "ending":
        return _describe_ending(folder, last)
    if is_alive:
        is_stopping = (folder / STOP).exists()
        return _Standing("running", "Stopping" if is_stopping else _describe_work(last))
    if is_starting(folder):
        return _Standing("starting", "Starting a process for this run")
    message = f"The training process ended before its work was done. {_describe_kept(folder)}"
    return _Standing("interrupted", message, can_resume=_can_resume(folder, "interrupted", None))


def _describe_ending(folder: Path, ending: dict[str, Any]) -> _Standing:
    status: Status = ending["status"]
    return _Standing(status, ending["message"], can_resume=_can_resume(folder, status, ending.get("test")))


def _describe_work(last: dict[str, Any] | None) -> str:
    return last["message"] if last and last["type"] == "preparing" else "Training"


def _describe_kept(folder: Path) -> str:
    path = folder / CHECKPOINT
    try:
        epochs = read_info(path).epochs
        return f"The checkpoint of epoch {epochs} is kept." if epochs else "Its weights are kept."
    except ValueError:
        return "No epoch had finished." if not path.exists() else "Its checkpoint is damaged."


def _can_resume(folder: Path, status: Status, test: object) -> bool:
    """A run whose weights were kept and tested is done; one without a state begins anew."""
    return folder.parent != SHIPPED_FOLDER and status in _RESUMABLE and not test
