"""How networks read a visitor's own digits, as the section "My digits" shows it."""

from __future__ import annotations

from typing import Any

from app.sketchpad.payloads import NetworkList, ScoreView
from app.ui.numbers import write_percent
from models.checkpoints.file import read_info
from models.runs.library import list_choices, resolve_digit_reader
from models.sketch.drawing_scores import score_drawings
from models.sketch.drawings import prepare_drawings

_FEW_DRAWINGS = 100
_MAX_ASKED_RUNS = 200


def list_networks(run_ids: Any) -> NetworkList:
    """Return the checkpoints that a visitor may ask: the shipped ones and those of their runs.

    Args:
        run_ids: Ids of the visitor's runs, unchecked.
    """
    asked = run_ids[:_MAX_ASKED_RUNS] if isinstance(run_ids, list) else []
    return {"networks": [{"key": choice.key, "label": choice.label} for choice in list_choices(asked)]}


def show_score(key: Any, digits: Any) -> ScoreView:
    """Lay out how one checkpoint reads a visitor's digits.

    Args:
        key: The checkpoint's key, unchecked.
        digits: The drawings as `models.sketch.drawings` takes them, unchecked.

    Returns:
        `right` and `count`, numbers; `score`, `accuracy` and `interval`, texts; `low` and `high`, the ends of
        the interval; `answers`, the answer to each drawing that came, None for one that cannot be read;
        `refused`, a list of `{"place", "message"}`; `note`, what is to be known about the network, or "";
        and `meaning`, sentences that hold for any network.

    Raises:
        ValueError: If there is no such checkpoint, or the drawings are wrong.
    """
    if not isinstance(key, str):
        raise ValueError("The page sent a request without a network. Reload it.")
    path = resolve_digit_reader(key)
    drawings = prepare_drawings(digits)
    score = score_drawings(drawings, path)
    low, high = score.interval
    answers: list[int | None] = [None] * drawings.num
    for place, answer in zip(drawings.places, score.answers.tolist(), strict=True):
        answers[place] = answer
    return {
        "right": score.num_right,
        "count": score.num,
        "score": f"{score.num_right} of {score.num}",
        "accuracy": write_percent(score.accuracy),
        "interval": f"{write_percent(low)}–{write_percent(high)}",
        "low": low,
        "high": high,
        "answers": answers,
        "refused": [{"place": place, "message": message} for place, message in drawings.refused],
        "note": "fine-tuned on kept digits" if read_info(path).recipe.get("drawings") else "",
        "meaning": _explain_interval(score.num),
    }


def _explain_interval(num: int) -> str:
    """Say what the intervals mean with so many drawings."""
    drawings = "1 drawing" if num == 1 else f"{num} drawings"
    meaning = (
        "The line behind each figure is its 95% interval (Wilson): the accuracies that would fit what was "
        "seen, if you went on writing in the same way."
    )
    if num < _FEW_DRAWINGS:
        meaning += (
            f" With {drawings} it is wide, so networks whose lines overlap may read you equally well. More "
            "drawings make it narrower: four times as many about halve it."
        )
    return f"{meaning} It is about your hand alone, not about how everybody writes."
