"""What networks make of a drawing, as the pad shows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.sketchpad.payloads import Agreement, FoundAnswer, NetworkAnswer, PadAnswer
from app.ui.drawing import PAD_SIZE_PX, read_drawing
from app.ui.numbers import write_percent
from app.ui.packing import quantise
from models.checkpoints.prediction import load_cached, predict_digit
from models.data.names import name_classes, shows_clothes
from models.networks.naming import title_network
from models.runs.folder import read_name
from models.runs.library import RUN_PREFIX, resolve_choice
from models.sketch.digit import SeveralDigits, SketchDigit, SketchRefused
from models.sketch.field import find_field
from models.sketch.input import read_found
from models.training.recipes import name_recorded

MAX_CHECKPOINTS = 6
# Strokes take two milliseconds, in hundreds of small steps. Threads that take them side by side wait for each
# other at every step; one after the other, thirty visitors have their answers in a fraction of the time.
_TURN = threading.Lock()
_COUNTS = ("None", "One", "Two", "Three", "Four", "Five", "Six")


def answer_request(request: Any) -> PadAnswer:
    """Answer the pad's script, past Gradio's queue.

    Args:
        request: `{"drawing": …, "checkpoints": [keys]}` from the browser, unchecked.

    Returns:
        As `answer_drawing`.
    """
    try:
        drawing, keys = request["drawing"], request["checkpoints"]
    except (KeyError, TypeError):
        return {"status": "error", "message": "The pad sent a request without a drawing."}
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        return {"status": "error", "message": "The pad sent a request without a network."}
    return answer_drawing(drawing, keys)


def answer_drawing(drawing: Any, keys: Sequence[str]) -> PadAnswer:
    """Ask one or several checkpoints about a drawing.

    Args:
        drawing: What the pad holds (see `app.ui.drawing.read_drawing`), unchecked.
        keys: The chosen checkpoints' keys, unchecked.

    Returns:
        A message, or the first checkpoint's answer with what goes with the drawing and the answers of all.
    """
    if isinstance(drawing, dict) and drawing.get("picture") is not None:
        return _answer(drawing, keys)  # a large photo takes long, and holds up nobody
    with _TURN:
        return _answer(drawing, keys)


def _answer(drawing: Any, keys: Sequence[str]) -> PadAnswer:
    start = time.perf_counter()
    if not 1 <= len(keys) <= MAX_CHECKPOINTS:
        message = f"{len(keys)} networks are chosen: choose 1 to {MAX_CHECKPOINTS}."
        return {"status": "error", "message": message}
    have_clothes = [has_clothes(key) for key in keys]
    try:
        sketches = {clothes: _prepare(drawing, clothes) for clothes in dict.fromkeys(have_clothes)}
    except ValueError as error:
        return {"status": "error", "message": str(error)}
    prepared = [sketch for sketch in sketches.values() if isinstance(sketch, SketchDigit)]
    if not prepared:
        refusal = sketches[have_clothes[0]]
        if isinstance(refusal, SeveralDigits):
            return _answer_several(refusal, keys[0])
        return {"status": "refused", "message": str(refusal)}
    answers = [
        _ask_checkpoint(sketches[clothes], key) for clothes, key in zip(have_clothes, keys, strict=True)
    ]
    first, sketch = answers[0], prepared[0]
    answer: PadAnswer = {
        "status": first["status"],
        "image": np.rint(sketch.image * 255).astype(int).ravel().tolist(),
        "field": None if sketch is sketches.get(True) else _locate_field(drawing, sketch),
        "doubt": sketch.doubt.reason if sketch.doubt else None,
        "answers": answers,
        "agreement": compare_answers(answers) if len(answers) > 1 else None,
        "milliseconds": round(1000 * (time.perf_counter() - start), 2),
    }
    if first["status"] == "digit":
        answer["digit"], answer["probabilities"] = first["digit"], first["probabilities"]
        if "classes" in first:
            answer["classes"] = first["classes"]
    else:
        answer["message"] = first["message"]
    return answer


def _answer_several(several: SeveralDigits, key: str) -> PadAnswer:
    """Have the first network read each of several digits."""
    try:
        answers = read_found(several.digits, resolve_choice(key))
    except ValueError as error:
        return {"status": "error", "message": str(error)}
    found: list[FoundAnswer] = [
        {
            "box": [round(side, 4) for side in (digit.left, digit.top, digit.width, digit.height)],
            "name": answer.name if answer else "",
            "probability": float(answer.probabilities.max()) if answer else None,
            "note": digit.refusal
            or (digit.sketch.doubt.reason if digit.sketch and digit.sketch.doubt else ""),
            "image": quantise(digit.sketch.image, 1, signed=False) if digit.sketch else None,
        }
        for digit, answer in zip(several.digits, answers, strict=True)
    ]
    message = f"{len(found)} digits, read one by one. Choose one to look at it alone."
    return {"status": "refused", "message": message, "found": found}


def has_clothes(key: str) -> bool:
    """Return whether a checkpoint has learned clothes; one that cannot be asked has not."""
    try:
        return shows_clothes(load_cached(resolve_choice(key)).info.dataset)
    except (ValueError, OSError):
        return False


def _prepare(drawing: Any, clothes: bool) -> SketchDigit | SketchRefused:
    """Prepare a drawing for networks of one kind, or return why they cannot be asked about it."""
    try:
        return read_drawing(drawing, dataset="fashion-mnist" if clothes else "mnist")
    except SketchRefused as refusal:
        return refusal


def _ask_checkpoint(sketch: SketchDigit | SketchRefused, key: str) -> NetworkAnswer:
    """Return one checkpoint's answer; a file that is damaged or gone is an error, and stops no other."""
    name = key[:40]
    try:
        path = resolve_choice(key)
        info = load_cached(path).info
        name = f"{title_network(info.network)} ({name_recorded(info)})"
        if key.startswith(RUN_PREFIX):
            name = f"{read_name(path.parent) or 'Your run'}: {name}"
        if isinstance(sketch, SketchRefused):
            raise sketch
        prediction = predict_digit(sketch.image, path)
    except ValueError as error:
        return {"status": "error", "key": key, "name": name, "message": str(error)}
    answer: NetworkAnswer = {
        "status": "digit",
        "key": key,
        "name": name,
        "digit": prediction.digit,
        "probabilities": prediction.probabilities.tolist(),
    }
    if shows_clothes(info.dataset):
        answer["classes"] = list(name_classes(info.dataset))
    return answer


def _locate_field(drawing: Any, sketch: SketchDigit) -> list[float] | None:
    if drawing.get("picture") is not None:
        return None
    field = find_field(drawing["strokes"], sketch.image, PAD_SIZE_PX)
    return [round(side, 3) for side in (field.x, field.y, field.side)]


def compare_answers(answers: Sequence[NetworkAnswer]) -> Agreement:
    """Say in plain words whether several checkpoints agree, and how confident they are.

    Args:
        answers: At least two, as in `answer_drawing`'s result.
    """
    read = [answer for answer in answers if answer["status"] == "digit"]
    silent = len(answers) - len(read)
    absence = f" {_COUNTS[silent]} could not be asked." if silent else ""
    if not read:
        return {"digit": None, "text": absence.strip()}
    groups: dict[str, list[float]] = {}  # the confidence of those that read each digit
    for answer in read:
        groups.setdefault(_name_answer(answer), []).append(answer["probabilities"][answer["digit"]])
    if len(groups) == 1:
        name, shares = next(iter(groups.items()))
        who = {1: "One reads", 2: "Both read"}.get(len(read), f"All {_COUNTS[len(read)].lower()} read")
        return {"digit": read[0]["digit"], "text": f"{who} {name}, {_write_range(shares)}.{absence}"}
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), -max(group[1])))
    parts = [
        f"{_COUNTS[len(shares)].lower()} read{'s' if len(shares) == 1 else ''} {name}"
        for name, shares in ordered
    ]
    who = ", ".join(parts)
    who = who[0].upper() + who[1:]
    if len({"classes" in answer for answer in read}) > 1:
        return {"digit": None, "text": f"{who}. Some have learned digits and some clothes.{absence}"}
    surest = max(read, key=lambda answer: answer["probabilities"][answer["digit"]])
    share = write_percent(surest["probabilities"][surest["digit"]])
    text = f"{who}: they disagree. The most confident reads {_name_answer(surest)}, {share}.{absence}"
    return {"digit": None, "text": text}


def _name_answer(answer: NetworkAnswer) -> str:
    """Return what a network read: "7", or "Ankle boot"."""
    return answer["classes"][answer["digit"]] if "classes" in answer else str(answer["digit"])


def _write_range(shares: Sequence[float]) -> str:
    low, high = write_percent(min(shares)), write_percent(max(shares))
    if low != high:
        return f"with {low} to {high} confidence"
    return f"with {low} confidence" if len(shares) == 1 else f"each with {low} confidence"
