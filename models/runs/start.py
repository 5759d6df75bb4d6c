"""What a run may begin with instead of fresh weights: the checkpoint of a run that has ended, or another."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.checkpoints.file import (
    Checkpoint,
    find_checkpoint,
    list_checkpoints,
    parse_checkpoint,
    read_content,
)
from models.runs.folder import EXAMPLE_RUN, is_run_id, read_name
from models.runs.library import RUN_PREFIX, resolve_choice
from models.runs.status import LIVE_STATUSES, find_run_checkpoint, read_news
from models.training.config import MAX_NAME_LETTERS, TrainConfig
from models.training.fine_tuning import START, begin_with, plan_training_on
from models.training.options import make_described_config, read_changes


@dataclass(frozen=True, eq=False)
class Start:
    """A checkpoint that a run may begin with.

    Attributes:
        label: What the new run's record calls it. A run's id is a secret, and the record may be handed on.
        checkpoint: The checkpoint.
        content: Its file's.
    """

    label: str
    checkpoint: Checkpoint
    content: bytes

    @property
    def files(self) -> dict[str, bytes]:
        """What the new run's folder has beside what every run's has."""
        return {START: self.content}


def find_start(text: object, takes_files: bool = False) -> Start:
    """Find and read what somebody wants to train on.

    Args:
        text: A run's id, with "run:" before it or without; a shipped checkpoint's name; or a file's path.
        takes_files: Whether a path may be given, as on the command line; otherwise a text never becomes one.

    Raises:
        ValueError: If there is no such run or checkpoint, the run has not ended or kept no weights, or the
            file is damaged.
    """
    name = text.strip() if isinstance(text, str) else ""
    run_id = name.removeprefix(RUN_PREFIX)
    if is_run_id(run_id) or run_id == EXAMPLE_RUN or name.startswith(RUN_PREFIX):
        path, label = _find_ended(run_id)
    elif takes_files and name not in list_checkpoints():
        path = find_checkpoint(name)
        label = "".join(letter if letter.isprintable() else "?" for letter in path.name)
    else:
        path, label = resolve_choice(text), name
    content = read_content(path)
    return Start(label[:MAX_NAME_LETTERS], parse_checkpoint(content, Path(path)), content)


def plan_start(start: Start, network: str = "", recipe: str = "", **changes: Any) -> TrainConfig:
    """Return the configuration of a run that trains a checkpoint on; see `plan_training_on`.

    Raises:
        ValueError: If the checkpoint's network is another one, or a setting is not allowed.
    """
    config = plan_training_on(start.checkpoint.info, start.label, network, recipe, **changes)
    begin_with(start.checkpoint, config)  # or only its process would find out
    return config


def _find_ended(run_id: str) -> tuple[Path, str]:
    """Return the checkpoint of a run that has ended, and what the record of another may call it."""
    news = read_news(run_id)
    if news.status in LIVE_STATUSES:
        raise ValueError(
            "This run has not ended yet, so it cannot be trained on. Wait for its end, or stop it."
        )
    path = find_run_checkpoint(run_id)
    if path is None:
        raise ValueError(
            "This run ended before its first epoch did, so it has no weights to train on. Resume it, or "
            "start a new run."
        )
    if run_id == EXAMPLE_RUN:
        return path, "the example"
    name = read_name(path.parent)
    return path, f"run {run_id[:6]}" + (f" “{name}”" if name else "")


def describe_run(options: argparse.Namespace) -> tuple[TrainConfig, dict[str, bytes]]:
    """Return what the options of a command describe: a configuration, and the files that its run begins with.

    Raises:
        ValueError: As `find_start` and `plan_start`, or if a setting is not allowed.
    """
    if options.start is None:
        return make_described_config(options), {}
    start = find_start(options.start, takes_files=True)
    changes = read_changes(options)
    return plan_start(start, options.network or "", options.recipe or "", **changes), start.files
