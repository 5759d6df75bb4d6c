"""A run as the training runs tab shows it: a row of the list, a heading, curves; and what is new since."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from app.runs.form import ALL_IMAGES
from app.runs.payloads import Curves, RunCard, RunUpdate
from app.ui.numbers import format_seconds, write_percent
from models.data.names import TITLES
from models.networks.naming import title_network
from models.runs.folder import EVENTS
from models.runs.owner import has_owner
from models.runs.status import EXAMPLE_RUN, LIVE_STATUSES, RunNews, RunState
from models.training.config import IMPORTED, TrainConfig, describe_settings
from models.training.recipes import name_config

MAX_VIEW_POINTS = 300  # of each curve, when a run is first looked at
MAX_NEWS_POINTS = 10  # a kilobyte an update
_SHARE_TO_JUDGE = 0.04  # of the steps; the first are slower than all others, an estimate from them far off
_DIGITS = 5  # significant ones of a point on a curve

# The columns of a curve's points, in the order in which they travel; a mean of each but the last values.
STEP_COLUMNS = (
    "step", "loss", "smoothed_loss", "learning_rate", "weight_norm", "gradient_norm", "images_per_second",
)  # fmt: skip
EPOCH_COLUMNS = ("epoch", "step", "train_accuracy", "validation_accuracy", "validation_loss")
_AVERAGED = ("loss", "weight_norm", "gradient_norm", "images_per_second")

_TRAINING, _STOPPING = "Training", "Stopping"  # what a run's message is while it takes steps
_STATUS_TITLES = {
    "starting": "Starting",
    "running": "Training",
    "done": "Finished",
    "diverged": "Diverged",
    "stopped": "Stopped",
    "failed": "Failed",
    "interrupted": "Interrupted",
    "damaged": "Damaged",
}


def show_card(run: RunState) -> RunCard:
    """Return all that list and heading show of a run; `show_update` tells what changes while it is live."""
    config = TrainConfig(**run.config)
    images = f"{config.num_images or ALL_IMAGES:,} images"
    network, dataset = title_network(config.network), TITLES[config.dataset]
    name = "Example" if run.run_id == EXAMPLE_RUN else run.name
    recipe = name_config(config)
    about = f"{dataset} · {recipe} · seed {config.seed}"
    settings = f"Recipe {recipe}: {describe_settings(config)}; {images}, seed {config.seed}."
    if run.imported:
        about = f"{dataset} · {IMPORTED}"
        trained = "" if config.recipe == IMPORTED else f" Its record says how it was trained. {settings}"
        settings = f"Imported from {run.imported}, not trained here.{trained}"
    latest = run.steps[-1] if run.steps else None
    is_stepping = run.status == "running" and run.message in (_TRAINING, _STOPPING)
    return {
        "id": run.run_id,
        "name": name,
        "title": f"{network} on {dataset}",
        "label": name or network,
        "about": f"{network} · {about}" if name else about,
        "settings": settings,
        "epochs": config.epochs,
        "learning_rate": config.learning_rate,
        "num_steps": run.num_steps,
        "can_train_on": run.checkpoint is not None and run.status not in LIVE_STATUSES,
        "created": run.created,
        "checkpoint": str(run.checkpoint) if run.checkpoint else "",
        "can_resume": run.can_resume,
        "has_owner": has_owner(run.run_id),
        "status": run.status,
        "mark": mark_status(run.status, run.place, run.message),
        "text": describe_status(run.status, run.place, run.message, _share(latest)),
        "share": 1.0 if run.status == "done" else _share(latest),
        "details": describe_progress(latest, config.epochs) if is_stepping and latest else _describe_end(run),
        "duration": format_seconds(run.seconds) if run.seconds else "",
        "validation": _format_share(run.epochs[-1]["validation_accuracy"]) if run.epochs else "",
        "test": _format_share(run.test["accuracy"]) if run.test else "",
    }


def show_damaged_card(run_id: str, name: str, what: str, is_live: bool) -> RunCard:
    """Return the card of a run that cannot be read: its name, if it has one, and what is wrong with it.

    Args:
        run_id: The run.
        name: What its owner called it.
        what: What is wrong, in a sentence.
        is_live: Whether it waits or trains all the same.
    """
    remedy = (
        "It goes on; stop it before you delete it."
        if is_live
        else "It harms no other run; delete it if you do not need it."
    )
    return {
        "id": run_id,
        "name": name,
        "title": "Damaged run",
        "label": name or "Damaged run",
        "about": f"Its id begins with {run_id[:6]}",
        "settings": "",
        "epochs": 0,
        "learning_rate": 0,
        "num_steps": 0,
        "can_train_on": False,
        "created": 0,
        "checkpoint": "",
        "can_resume": False,
        "has_owner": has_owner(run_id),
        "status": "damaged",
        "mark": mark_status("damaged", int(is_live), what),
        "text": _STATUS_TITLES["damaged"],
        "share": 0,
        "details": f"{what} {remedy}",
        "is_live": is_live,
        "duration": "",
        "validation": "",
        "test": "",
    }


def _describe_end(run: RunState) -> str:
    """Return what has happened to a run, with what of its events is damaged."""
    if not run.num_damaged:
        return run.message
    lines = "1 line is" if run.num_damaged == 1 else f"{run.num_damaged:,} lines are"
    return f"{run.message.rstrip('.')}. {lines} damaged in {EVENTS} and left out."


def show_update(news: RunNews) -> RunUpdate:
    """Return what changes on a live run's row; keys without news are left out."""
    latest = _find_latest(news, "step")
    epoch = _find_latest(news, "epoch")
    update: RunUpdate = {
        "offset": news.offset,
        "status": news.status,
        "mark": mark_status(news.status, news.place, news.message),
    }
    if latest or _is_told(news):
        update["text"] = describe_status(news.status, news.place, news.message, _share(latest))
    if latest:
        update["share"] = _share(latest)
        update["duration"] = format_seconds(latest["seconds"])
    if epoch:
        update["validation"] = _format_share(epoch["validation_accuracy"])
    return update


def show_heading(news: RunNews, num_epochs: int) -> RunUpdate:
    """Return what changes on the chosen run beside its row.

    Args:
        news: What is new.
        num_epochs: Epochs of the whole run.
    """
    latest = _find_latest(news, "step")
    heading: RunUpdate = {"can_resume": news.can_resume}
    if latest:
        heading["num_steps"] = latest["num_steps"]
        heading["details"] = describe_progress(latest, num_epochs)
    elif _is_told(news):
        heading["details"] = news.message
    return heading


def _find_latest(news: RunNews, kind: str) -> dict[str, Any] | None:
    return next((event for event in reversed(news.events) if event["type"] == kind), None)


def _is_told(news: RunNews) -> bool:
    """Return whether a run's status is worth saying where no step has been taken since."""
    return (news.status, news.message) != ("running", _TRAINING)


def show_curves(
    steps: Sequence[Mapping[str, Any]], epochs: Sequence[Mapping[str, Any]], max_points: int
) -> Curves:
    """Return points for the charts.

    Args:
        steps: Step events, in order.
        epochs: Epoch events, in order.
        max_points: How many points a curve may have at most; means over equal stretches beyond.

    Returns:
        `steps`, rows of `STEP_COLUMNS`; `epochs`, rows of `EPOCH_COLUMNS`; `stretch`, how many
        optimizer steps a row of the first stands for at most. What an event does not hold is None.
    """
    rows = thin_steps(steps, max_points)
    ends = [0, *(row[0] or 0 for row in rows)]
    return {
        "steps": rows,
        "epochs": [[_shorten(event.get(name)) for name in EPOCH_COLUMNS] for event in epochs],
        "stretch": max((end - start for start, end in pairwise(ends)), default=0),
    }


def thin_steps(steps: Sequence[Mapping[str, Any]], max_points: int) -> list[list[float | None]]:
    """Thin step events to what a chart can show, by means over stretches of equal length.

    Returns:
        Rows of `STEP_COLUMNS`, each with the step that its stretch ends at.
    """
    stretch = max(1, math.ceil(len(steps) / max_points))
    parts = [steps[start : start + stretch] for start in range(0, len(steps), stretch)]
    return [[_summarise(part, name) for name in STEP_COLUMNS] for part in parts]


def mark_status(status: str, place: int, message: str) -> str:
    """Return by what a browser can tell that a run stands as it did: its status, place and message."""
    return f"{status} {place} {message}"


def describe_status(status: str, place: int, message: str, share: float) -> str:
    """Return a run's status in a few words, with its place in the queue or how far it has come."""
    if status == "running" and message == _STOPPING:
        return _STOPPING
    if status == "waiting":
        return "Waiting, next in the queue" if place == 1 else f"Waiting, number {place} in the queue"
    if status == "running" and share:
        return f"Training, {math.floor(100 * share)}%"
    return _STATUS_TITLES.get(status, status)


def describe_progress(step: Mapping[str, Any], num_epochs: int) -> str:
    """Return how far a run has come, how fast it is, and how long it may still take."""
    left = step["seconds"] / step["step"] * (step["num_steps"] - step["step"])
    parts = [
        f"Epoch {step['epoch']} of {num_epochs}",
        f"step {step['step']:,} of {step['num_steps']:,}",
        f"{step['images_per_second']:,.0f} images a second",
        f"{format_seconds(left)} left" if step["step"] > _SHARE_TO_JUDGE * step["num_steps"] else "",
    ]
    return " · ".join(filter(None, parts))


def _share(step: Mapping[str, Any] | None) -> float:
    return round(step["step"] / step["num_steps"], 4) if step and step["num_steps"] else 0.0


def _format_share(value: float) -> str:
    return write_percent(value, 2)


def _summarise(part: Sequence[Mapping[str, Any]], name: str) -> float | None:
    """Return the mean of a stretch's values, or the last one of those that are no measurement."""
    if name not in _AVERAGED:
        return _shorten(part[-1].get(name))
    values = [event[name] for event in part if event.get(name) is not None]
    return _shorten(sum(values) / len(values)) if values else None


def _shorten(value: float | None) -> float | None:
    return value if value is None or isinstance(value, int) else float(f"{value:.{_DIGITS}g}")
