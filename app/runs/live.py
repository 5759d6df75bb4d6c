"""The runs as their component asks about them: what its component asks, and what is done with a run."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from functools import lru_cache
from typing import Any

from app.runs.figure import FORMATS, draw_run
from app.runs.layers import NO_LAYERS, show_layers, show_new_layers
from app.runs.payloads import Curves, Look, RunCard
from app.runs.script import write_run_notebook, write_run_script
from app.runs.view import (
    MAX_NEWS_POINTS,
    MAX_VIEW_POINTS,
    mark_status,
    show_card,
    show_curves,
    show_damaged_card,
    show_heading,
    show_update,
)
from app.ui.packing import encode_bytes, pack
from models.runs.control import resume_run, stop_run
from models.runs.folder import describe_os_error, find_run_folder, read_name
from models.runs.management import delete_run, rename_run, restore_run
from models.runs.owner import check_owner
from models.runs.records import format_events
from models.runs.status import DamagedRunError, RunNews, RunState, is_live, read_news, read_run
from models.tables import DecimalMark
from models.training.config import TrainConfig

MAX_ASKED_RUNS = 200
_EVENTS: dict[str, DecimalMark] = {"events": "point", "events-comma": "comma"}
_FIGURE_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
_BROKEN_REQUEST = "The page sent a request that cannot be read. Reload it."
# What the fields of a request run into where a browser sends something else than our page.
_BROKEN = (LookupError, TypeError, AttributeError)


def answer_look(request: Any) -> str:
    """Answer `look` as JSON text; called by the component's script, past Gradio's queue."""
    return pack(look(request))


def look(request: Any) -> Look:
    """Say how runs stand and what is new.

    Args:
        request: `{"runs": {id: None or [offset, mark]}, "focus": id, "view": bool}` from the browser,
            unchecked. None asks for all that there is of a run; a mark that still holds for nothing.

    Returns:
        As `app.runs.components.runs` takes it, or `{"error": str}`.
    """
    try:
        runs, focus, wants_view = request["runs"], request["focus"], request["view"] is True
        if not isinstance(runs, dict) or len(runs) > MAX_ASKED_RUNS:
            raise TypeError
        if not all(known is None or (isinstance(known, list) and len(known) == 2) for known in runs.values()):
            raise TypeError
        answer: Look = {"cards": [], "updates": {}, "gone": []}
        if wants_view:
            _show_view(answer, focus)
        for run_id, known in runs.items():
            if wants_view and run_id == focus:
                continue
            _look_at(answer, run_id, known, run_id == focus)
    except _BROKEN:
        return {"error": _BROKEN_REQUEST}
    return answer


def _look_at(answer: Look, run_id: str, known: Any, is_followed: bool) -> None:
    """Put what is new of one run into an answer, with its curves' new points where they are followed."""
    try:
        _tell_news(answer, run_id, known, is_followed)
    except DamagedRunError as damage:
        _tell_damage(answer, run_id, damage, known)
    except ValueError:  # deleted
        answer["gone"].append(run_id)


def _tell_news(answer: Look, run_id: str, known: Any, is_followed: bool) -> None:
    if known is None or str(known[1]).startswith("damaged "):
        answer["cards"].append(_read_card(run_id))
        return
    offset, mark = known
    news = read_news(run_id, offset)
    is_undone = news.is_reset or any(event["type"] == "resumed" for event in news.events)
    if is_followed and is_undone:
        _show_view(answer, run_id)
        return
    if is_undone or not str(mark).startswith(f"{news.status} "):
        answer["cards"].append(_read_card(run_id))
    elif news.events or mark != mark_status(news.status, news.place, news.message):
        heading = show_heading(news, _read_num_epochs(run_id)) if is_followed else {}
        answer["updates"][run_id] = show_update(news) | heading
    if is_followed and news.events:
        answer["news"] = _show_news(news)
        measured = [event["step"] for event in news.events if event["type"] == "layers"]
        if measured or any(event["type"] == "ending" for event in news.events):
            answer["layers"] = show_new_layers(read_run(run_id), min(measured, default=math.inf))


def _read_card(run_id: str) -> RunCard:
    return _read_whole(run_id)[0]


def _tell_damage(answer: Look, run_id: str, damage: DamagedRunError, known: Any = None) -> None:
    """Put the card of a run that cannot be read into an answer, unless it says nothing new."""
    name, is_going = "", False
    with suppress(ValueError, OSError):  # it cannot be read either
        is_going = is_live(run_id)
        name = read_name(find_run_folder(run_id))
    card = show_damaged_card(run_id, name, str(damage), is_going)
    if known is None or known[1] != card["mark"]:
        answer["cards"].append(card)


def _read_whole(run_id: str) -> tuple[RunCard, RunState]:
    # The offset before the events: what comes in between is told twice, and drawn once.
    news = read_news(run_id, 0)
    run = read_run(run_id)
    return {**show_card(run), "offset": news.offset}, run


def _show_view(answer: Look, run_id: str) -> None:
    """Put a run's whole curves into an answer, with the card that says where to read on from."""
    try:
        card, run = _read_whole(run_id)
    except DamagedRunError as damage:
        _tell_damage(answer, run_id, damage)
        answer["view"] = show_curves([], [], MAX_VIEW_POINTS)
        answer["layers"] = NO_LAYERS
    except ValueError:
        answer["gone"].append(run_id)
    else:
        answer["cards"].append(card)
        answer["view"] = show_curves(run.steps, run.epochs, MAX_VIEW_POINTS)
        answer["layers"] = show_layers(run)


def _show_news(news: RunNews) -> Curves:
    steps = [event for event in news.events if event["type"] == "step"]
    epochs = [event for event in news.events if event["type"] == "epoch"]
    return show_curves(steps, epochs, MAX_NEWS_POINTS)


@lru_cache(maxsize=1024)
def _read_num_epochs(run_id: str) -> int:
    """Return how many epochs a run has; its configuration never changes."""
    return int(read_run(run_id).config["epochs"])


def answer_act(request: Any) -> str:
    """Do something with a run; called by the component's script, past Gradio's queue.

    Args:
        request: `{"action", "id", "name", "key"}` from the browser, unchecked; `name` counts for "rename"
            alone, `key` is the owner's key for a run that asks for one.
    """
    try:
        action, run_id, name = request["action"], request["id"], request["name"]
        key = request.get("key", "")
        if not all(isinstance(text, str) for text in (run_id, name, key)):
            raise TypeError
        actions = {
            "stop": lambda: stop_run(run_id),
            "keep": lambda: stop_run(run_id, keep=True),
            "resume": lambda: resume_run(run_id),
            "rename": lambda: rename_run(run_id, name),
            "delete": lambda: delete_run(run_id),
            "restore": lambda: restore_run(run_id),
        }
        if action not in actions:
            raise LookupError
        check_owner(run_id, key)
        actions[action]()
    except _BROKEN:
        return pack({"error": _BROKEN_REQUEST})
    except ValueError as mistake:
        return pack({"error": str(mistake)})
    except OSError as error:
        return pack({"error": f"{describe_os_error(error)}; nothing was changed."})
    return pack({"error": ""})


def answer_file(request: Any) -> str:
    """Hand out a file about a run in base64; called by the component's script, past Gradio's queue.

    Args:
        request: `{"id", "file"}` from the browser, unchecked; the file is "events", "events-comma" with
            decimal commas, "config", "script", "notebook", or "svg" or "png" for its curves.
    """
    try:
        run_id, file = request["id"], request["file"]
        if not isinstance(run_id, str):
            raise TypeError
        run = read_run(run_id)
        if file in _EVENTS:
            name, media_type, content = ".csv", "text/csv", format_events(run_id, _EVENTS[file])
        elif file == "config":
            name, media_type = ".json", "application/json"
            content = (json.dumps(run.config, indent=2) + "\n").encode()
        elif file == "script":
            name, media_type = ".py", "text/x-python"
            content = write_run_script(TrainConfig(**run.config)).encode()
        elif file == "notebook":
            name, media_type = ".ipynb", "application/x-ipynb+json"
            content = write_run_notebook(run).encode()
        elif file in FORMATS:
            name, media_type, content = f".{file}", _FIGURE_TYPES[file], draw_run(run, file)
        else:
            raise LookupError
    except _BROKEN:
        return pack({"error": _BROKEN_REQUEST})
    except ValueError as mistake:
        return pack({"error": str(mistake)})
    except OSError as error:
        return pack({"error": f"{describe_os_error(error)}; no file was made."})
    return pack({"name": name, "type": media_type, "content": encode_bytes(content)})
