"""The checkpoints that one visitor may choose from: the shipped ones, and those of their own runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.checkpoints.file import CheckpointInfo, find_checkpoint, list_checkpoints, read_info
from models.checkpoints.prediction import load_cached
from models.data.names import TITLES, shows_clothes
from models.networks.naming import title_network
from models.runs.folder import EXAMPLE_RUN, read_name
from models.runs.status import find_run_checkpoint, keep_known_runs
from models.sketch.digit import SketchRefused
from models.training.recipes import name_recorded

DEFAULT_CHOICE = "sketchpad"  # made for people's drawings
RUN_PREFIX = "run:"
_CLOTHES = "This network has learned clothes, and this is about digits. Choose one that has learned digits."
CHOICE_INFO = "Its recipe, and its accuracy on the test images."


@dataclass(frozen=True)
class Choice:
    """One checkpoint to choose.

    Attributes:
        key: A shipped checkpoint's name, or "run:" and a run's id.
        label: What a learner reads in the list.
        info: What its header records.
    """

    key: str
    label: str
    info: CheckpointInfo


def list_choices(run_ids: object, with_clothes: bool = False) -> list[Choice]:
    """List the shipped checkpoints, then those of the given runs, latest first.

    Runs without a finished epoch, damaged files, and ids that no run has are left out.

    Args:
        run_ids: The runs, unchecked.
        with_clothes: Whether runs on Fashion-MNIST are listed too, whose ten classes are clothes.
    """
    choices = []
    for name in list_checkpoints():
        info = read_info(name)
        choices.append(Choice(name, _describe(info), info))
    for run_id in reversed(keep_known_runs(run_ids)):
        path = None if run_id == EXAMPLE_RUN else find_run_checkpoint(run_id)
        if path is None:
            continue
        try:
            info = read_info(path)
        except ValueError:
            continue  # a damaged file is no reason not to offer the others
        if with_clothes or not shows_clothes(info.dataset):
            whose = read_name(path.parent) or "Your run"
            choices.append(Choice(f"{RUN_PREFIX}{run_id}", f"{whose}: {_describe(info)}", info))
    return choices


def resolve_choice(key: object) -> Path:
    """Return the file behind a choice's key, unchecked; a visitor's text never becomes a path.

    Raises:
        ValueError: If nothing that may be chosen has that key.
    """
    if isinstance(key, str) and key.startswith(RUN_PREFIX):
        path = find_run_checkpoint(key.removeprefix(RUN_PREFIX))
        if path is None:
            raise ValueError("This run has not finished an epoch yet, so it has no checkpoint. Wait for it.")
        return path
    if not isinstance(key, str) or key not in list_checkpoints():
        known = ", ".join(list_checkpoints())
        raise ValueError(f"There is no checkpoint called {str(key)[:40]!r}. Choose one of: {known}.")
    return find_checkpoint(key)


def resolve_digit_reader(key: object) -> Path:
    """Return the file behind a choice's key as `resolve_choice`, for what is about digits.

    Raises:
        SketchRefused: If the network has learned clothes.
        ValueError: As `resolve_choice`, or if the file is damaged.
        OSError: If the file has been deleted at this moment.
    """
    path = resolve_choice(key)
    if shows_clothes(load_cached(path).info.dataset):
        raise SketchRefused(_CLOTHES)
    return path


def _describe(info: CheckpointInfo) -> str:
    """Return network, recipe and test accuracy, short enough for a list; MNIST is not named."""
    title = f"{title_network(info.network)} ({name_recorded(info)})"
    score = "not tested" if info.test_accuracy is None else f"{info.test_accuracy:.1%}"
    where = "" if info.dataset == "mnist" else f" on {TITLES.get(info.dataset, info.dataset)}"
    return f"{title}, {score}{where}"
