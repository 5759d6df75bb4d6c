"""Starting and ending runs: where the machine has no room for its process, a run is queued."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from models.checkpoints.file import write_atomically
from models.networks.layers.examination import examine_layers
from models.runs.folder import (
    CONFIG,
    EXAMPLE_RUN,
    STOP,
    append_event,
    describe_os_error,
    find_own_folder,
    find_runs_folder,
    keep_known_runs,
    write_meta,
)
from models.runs.limits import RunLimits, narrow_settings, read_limits
from models.runs.management import check_name, purge_deleted
from models.runs.owner import check_key_form, write_owner
from models.runs.queue import (
    advance_held_queue,
    advance_queue,
    count_training,
    enter_queue,
    hold_queue,
    leave_queue,
    list_training,
    list_waiting,
)
from models.runs.status import LIVE_STATUSES, is_live, read_news
from models.runs.writer import read_config
from models.training.config import TrainConfig
from models.training.foretelling import count_images, count_memory
from models.training.network import check_batches, list_trained_layers

__all__ = [
    "advance_queue", "create_run", "list_live_runs", "prepare_resumption", "repeat_run", "resume_run",
    "start_run", "stop_live_runs", "stop_run",
]  # fmt: skip

MAX_SEEDS = 10
MAX_MEMORY_BYTES = 3 * 2**30  # of one training, beside PyTorch itself


def start_run(
    config: TrainConfig,
    *,
    own_runs: Iterable[str] = (),
    group: str = "",
    name: str = "",
    files: Mapping[str, bytes] | None = None,
    owner_key: str = "",
    imported: str = "",
) -> str:
    """Start training in a process of its own, or queue for one, and return the run's id.

    Args:
        config: What to train and how.
        own_runs: Ids of the runs that the visitor has, for whom there are limits.
        group: Shared by runs that repeat one configuration over several seeds.
        name: What the visitor calls it.
        files: What its folder holds besides, by name (see `models.training.fine_tuning`).
        owner_key: What changing it will take (see `models.runs.owner`); empty where its id will do.
        imported: The name of the file that its weights come in, which are tested and not trained.

    Raises:
        ValueError: If it would take more than the limits allow, or the runs' folder cannot be written,
            or the key could be guessed.
    """
    return _start_runs([config], own_runs, group, name, files, owner_key, imported)[0]


def repeat_run(
    config: TrainConfig, num_seeds: int, *, own_runs: Iterable[str] = (), owner_key: str = ""
) -> list[str]:
    """Start one run for each seed: the configuration's own, the next one and so on.

    They share a group and their owner's key.

    Raises:
        ValueError: As `start_run`, or if there are too many seeds; then none has started.
    """
    return repeat_runs([config], num_seeds, own_runs=own_runs, owner_key=owner_key)


def repeat_runs(
    configs: list[TrainConfig], num_seeds: int, *, own_runs: Iterable[str] = (), owner_key: str = ""
) -> list[str]:
    """Start one run for each configuration and seed, all or none; see `repeat_run`.

    Raises:
        ValueError: As `repeat_run`.
    """
    if isinstance(num_seeds, bool) or not isinstance(num_seeds, int) or not 1 <= num_seeds <= MAX_SEEDS:
        raise ValueError(f"The number of seeds is {num_seeds}; repeat a run over 1 to {MAX_SEEDS} seeds.")
    repeated = [replace(config, seed=config.seed + index) for config in configs for index in range(num_seeds)]
    group = secrets.token_hex(8) if num_seeds > 1 and len(configs) == 1 else ""
    return _start_runs(repeated, own_runs, group, owner_key=owner_key)


def stop_run(run_id: str, keep: bool = False) -> None:
    """Ask a run to stop; its process does so within moments. A run that waits leaves the queue.

    Args:
        run_id: The run; one that has ended already stays as it is.
        keep: Whether to validate, test and keep the weights as they are now, instead of those of the last
            finished epoch, from which the run could go on.

    Raises:
        ValueError: If there is no such run.
    """
    folder = find_own_folder(run_id)
    with hold_queue():
        if leave_queue(run_id):
            message = "Taken out of the queue before its turn came."
            append_event(folder, {"type": "ending", "status": "stopped", "message": message, "test": None})
        elif is_live(run_id):
            try:
                write_atomically(folder / STOP, b"keep" if keep else b"stop")
            except OSError:  # a full disk still takes an empty file
                (folder / STOP).touch()


def list_live_runs() -> list[str]:
    """Return the ids of all runs that wait or train, whoever's they are, for who owns the machine."""
    return [*list_waiting(), *list_training()]


def stop_live_runs() -> None:
    """Ask all runs to stop, first those that wait, so that none of them begins meanwhile."""
    for run_id in list_live_runs():
        with suppress(ValueError):  # it has been deleted meanwhile
            stop_run(run_id)


def resume_run(run_id: str) -> None:
    """Let a run go on from its last finished epoch, queued where the machine is full.

    Raises:
        ValueError: If there is no such run, it trains or waits already, or nothing can go on.
    """
    limits = read_limits()
    with hold_queue():
        _check_resumable(run_id)
        _check_queue(limits, 1)
        _reopen(find_own_folder(run_id))
        enter_queue(run_id)
        advance_held_queue()


def prepare_resumption(run_id: str) -> Path:
    """Make a run's folder ready for going on in this process, whatever the queue is, and return it.

    Raises:
        ValueError: As `resume_run`.
    """
    with hold_queue():
        _check_resumable(run_id)
        folder = find_own_folder(run_id)
        _reopen(folder)
    return folder


def _check_resumable(run_id: str) -> None:
    find_own_folder(run_id)
    news = read_news(run_id)
    if news.status in LIVE_STATUSES:
        raise ValueError("This run trains or waits already.")
    if not news.can_resume:
        raise ValueError(
            "This run has come to its end, so there is nothing to resume. Train its weights on as a new run."
        )


def _reopen(folder: Path) -> None:
    """Take back that a run has ended, and that it is to stop."""
    try:
        (folder / STOP).unlink(missing_ok=True)
        append_event(folder, {"type": "queued"})
    except OSError as error:
        raise ValueError(f"{describe_os_error(error)}; the run cannot go on.") from error


def create_run(
    config: TrainConfig,
    *,
    group: str = "",
    name: str = "",
    files: Mapping[str, bytes] | None = None,
    owner_key: str = "",
    imported: str = "",
) -> Path:
    """Make the folder of a run that nothing trains yet, and return it.

    Args:
        config: What to train and how.
        group: Shared by runs that repeat one configuration over several seeds.
        name: What its owner calls it.
        files: What its folder holds besides, by name.
        owner_key: What changing it from the page will take; empty where its id will do.
        imported: The name of the file that its weights come in, which are tested and not trained.

    Raises:
        OSError: If it cannot be written; nothing is left of it then.
    """
    folder = find_runs_folder() / secrets.token_hex(16)
    folder.mkdir(parents=True)
    try:
        if owner_key:
            write_owner(folder, owner_key)
        for file_name, content in (files or {}).items():
            write_atomically(folder / file_name, content)
        meta = {"created": time.time(), "name": check_name(name), "group": group}
        write_meta(folder, meta | ({"imported": imported} if imported else {}))
        write_atomically(folder / CONFIG, json.dumps(asdict(config), indent=2).encode())
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _start_runs(
    configs: list[TrainConfig],
    own_runs: Iterable[str],
    group: str,
    name: str = "",
    files: Mapping[str, bytes] | None = None,
    owner_key: str = "",
    imported: str = "",
) -> list[str]:
    """Queue new runs, all or none, and let the queue move."""
    limits = read_limits()
    for config in configs if not imported else []:
        check_config(limits, config)
    check_name(name)
    if owner_key:
        check_key_form(owner_key)
    own = [run_id for run_id in keep_known_runs(list(own_runs)) if run_id != EXAMPLE_RUN]
    folders: list[Path] = []
    try:
        purge_deleted()
        with hold_queue():
            _check_visitor(limits, own, len(configs))
            _check_queue(limits, len(configs))
            _check_disk(limits, configs)
            for config in configs:
                folders.append(
                    create_run(
                        config, group=group, name=name, files=files, owner_key=owner_key, imported=imported
                    )
                )
            for folder in folders:
                enter_queue(folder.name)
            advance_held_queue()
    except OSError as error:
        for folder in folders:
            leave_queue(folder.name)
            shutil.rmtree(folder, ignore_errors=True)
        raise ValueError(f"{describe_os_error(error)}; no run could be started.") from error
    return [folder.name for folder in folders]


def check_config(limits: RunLimits, config: TrainConfig) -> None:
    """Refuse what `glassbox train` may do on one's own machine, but a visitor of a page may not.

    Raises:
        ValueError: If a setting is beyond the limits, or it would take too much memory.
    """
    for name, setting in narrow_settings(limits).items():
        setting.check(getattr(config, name))
    check_batches(list_trained_layers(config), count_images(config)[0], config.batch_size)
    num_bytes = count_memory(config)
    if num_bytes > MAX_MEMORY_BYTES:
        raise ValueError(
            f"This training would take {num_bytes / 2**30:.1f} GB of memory, and "
            f"{MAX_MEMORY_BYTES / 2**30:g} GB is the most. Choose smaller batches, or fewer channels."
        )


def _check_visitor(limits: RunLimits, own: list[str], num_new: int) -> None:
    if len(own) + num_new > limits.runs_per_visitor:
        raise ValueError(
            f"You have {len(own)} runs and may keep {limits.runs_per_visitor}. Delete one that you no longer "
            "need, or remove somebody else's from your list."
        )
    num_live = sum(map(is_live, own))
    if num_live + num_new > limits.live_per_visitor:
        raise ValueError(
            f"{num_live} of your runs train or wait, and at most {limits.live_per_visitor} may. Wait until "
            "one has finished, or stop one."
        )


def _check_queue(limits: RunLimits, num_new: int) -> None:
    room = limits.max_training + limits.max_waiting - count_training() - len(list_waiting())
    if num_new > room:
        raise ValueError(
            f"This machine trains {limits.max_training} at a time, and {len(list_waiting())} wait in the "
            f"queue, where {limits.max_waiting} have room. Try again when it is shorter."
        )


def _check_disk(limits: RunLimits, configs: list[TrainConfig]) -> None:
    """Refuse new runs where all would not fit once those that train or wait have ended."""
    num_mb = _measure_folder(find_runs_folder()) / 2**20
    coming = sum(map(_count_run_bytes, configs))
    for run_id in {*list_training(), *list_waiting()}:
        folder = find_runs_folder() / run_id
        with suppress(OSError, ValueError):  # damaged, or deleted meanwhile
            coming += max(0, _count_run_bytes(read_config(folder)) - _measure_folder(folder))
    if num_mb + coming / 2**20 >= limits.max_disk_mb:
        raise ValueError(
            f"All runs together take {num_mb:,.0f} MB of the {limits.max_disk_mb:,} MB that they may, and "
            f"this one with those that train takes {coming / 2**20:,.0f} MB more. Delete runs that you no "
            "longer need."
        )


def _count_run_bytes(config: TrainConfig) -> int:
    """Return about what a run's folder takes in the end: weights after each epoch, checkpoint and state."""
    parameters = examine_layers(list_trained_layers(config)).parameters
    return 4 * parameters * (config.epochs + 4)


def _measure_folder(folder: Path) -> int:
    """Return the bytes of all files in a folder, while others add and remove some."""
    num_bytes = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # it is gone, or this user may not look
                num_bytes += Path(place, name).stat().st_size
    return num_bytes
