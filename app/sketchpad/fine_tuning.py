"""Fine-tuning a network on a visitor's own digits, as the section "My digits" starts and follows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.sketchpad.payloads import RunProgress, StartedRun
from app.ui.numbers import write_percent
from models.checkpoints.file import load_checkpoint, read_info
from models.data.names import TITLES, TRAIN_SHARE
from models.runs.control import start_run
from models.runs.folder import find_run_folder
from models.runs.library import RUN_PREFIX, resolve_choice
from models.runs.owner import make_owner_key
from models.runs.status import LIVE_STATUSES, RunState, read_run
from models.sketch.drawings import prepare_drawings
from models.training.config import TrainConfig
from models.training.fine_tuning import START, pack_beginning, plan_fine_tuning

ShowCard = Callable[[RunState], Mapping[str, Any]]


def start_fine_tuning(key: Any, digits: Any, run_ids: Any) -> StartedRun:
    """Start a run that trains a copy of a checkpoint on drawings.

    Args:
        key: The checkpoint's key, unchecked.
        digits: The drawings as `models.sketch.drawings` takes them, unchecked.
        run_ids: Ids of the visitor's runs, unchecked; they count against the limits.

    Raises:
        ValueError: If there is no such checkpoint, the drawings are wrong or too few, or no run may start.
    """
    if not isinstance(key, str):
        raise ValueError("The page sent a request without a network. Reload it.")
    path = resolve_choice(key)
    drawings = prepare_drawings(digits)
    info = load_checkpoint(path).info
    # A run's id is a secret, and the checkpoint that comes of this may be handed on.
    origin = "a run" if key.startswith(RUN_PREFIX) else key
    config = plan_fine_tuning(info, origin, len(drawings.labels))
    name = f"{config.drawings} digits of mine"
    own_runs = run_ids if isinstance(run_ids, list) else []
    files = pack_beginning(path, drawings.images, drawings.labels)
    owner_key = make_owner_key()
    return {
        "id": start_run(config, own_runs=own_runs, name=name, files=files, owner_key=owner_key),
        "owner_key": owner_key,
        "about": _describe_mixture(config),
    }


def show_fine_tuning(run_id: Any, show_card: ShowCard) -> RunProgress:
    """Lay out how such a run stands: `is_live`, `is_done`, `share` of the steps done, and `text`.

    Args:
        run_id: The run's id, unchecked.
        show_card: Lays out how any run stands, as the training runs tab does.

    Raises:
        ValueError: If there is no such run.
    """
    run = read_run(run_id)
    card = show_card(run)
    text = f"{card['text']}. {card['details']}" if run.status in LIVE_STATUSES else card["details"]
    if run.status == "done":
        where = TITLES[run.config["dataset"]]
        text = (
            f"Finished: it reads {card['test']} of the test images of {where} rightly"
            f"{_compare_with_start(run)}. You can choose it above the pad and here. It has been trained on "
            "these drawings, so only new ones can show whether it has learned your hand."
        )
    return {
        "is_live": run.status in LIVE_STATUSES,
        "is_done": run.status == "done",
        "share": card["share"],
        "text": text,
    }


def _compare_with_start(run: RunState) -> str:
    """Say what the checkpoint that it began with reads of the same test images, if that is known."""
    start = read_info(find_run_folder(run.run_id) / START)
    if start.test_accuracy is None or start.dataset != run.config["dataset"]:
        return ""
    return f"; the network that it began with reads {write_percent(start.test_accuracy, 2)}"


def _describe_mixture(config: TrainConfig) -> str:
    assert config.num_images is not None  # a fine-tuning names it
    share = write_percent(config.drawing_share, 0)
    return (
        f"Trains on {config.drawings} digits of yours, repeated to {share} of the images, and on "
        f"{int(TRAIN_SHARE * config.num_images):,} images of {TITLES[config.dataset]}."
    )
