"""Why a network reads a drawing as it does, as the component `why` shows it: maps, neighbours, edits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.sketchpad.payloads import (
    Absent,
    ChangeView,
    FrameView,
    MapsView,
    NearestView,
    NeighbourView,
    ValueMap,
)
from app.ui.drawing import read_drawing
from app.ui.numbers import format_number, write_percent
from app.ui.packing import encode_bytes, find_scale, quantise
from models.checkpoints.prediction import Prediction, load_cached, predict_digit
from models.data.datasets import load_gallery
from models.networks.naming import title_network
from models.runs.library import resolve_digit_reader
from models.sketch.counterfactual import MAX_EDITS, MAX_INK_PX, Counterfactual, find_counterfactual
from models.sketch.digit import SketchRefused
from models.sketch.explanation import PATCH_PX, check_digit, map_gradient, map_occlusion
from models.sketch.neighbours import Neighbour, count_read, describe_features, find_neighbours

PATCHES_PX = (3, 5, 7, 9, 11)
_NUM_OTHERS = 3  # digits beside the wanted one that are named
_LEAST_SCALE = 0.001  # of a fall in probability: smaller ones are not blown up to full colour

Image = NDArray[np.float32]


def show_maps(drawing: Any, key: Any, digit: Any = None, patch_px: Any = None) -> MapsView | Absent:
    """Lay out the drawing with its gradient map and its occlusion map.

    Args:
        drawing: What the pad holds (see `app.ui.drawing.read_drawing`), unchecked.
        key: The checkpoint's key, unchecked.
        digit: Which digit's score is explained, unchecked; None for the network's answer.
        patch_px: Side of the patch that is covered, one of `PATCHES_PX`, unchecked; None for the first one.

    Returns:
        What `app.sketchpad.components.why` takes.

    Raises:
        ValueError: If the drawing, the checkpoint, the digit or the patch is none.
    """
    patch_px = PATCH_PX if patch_px is None else _check_patch(patch_px)
    try:
        path, image, prediction = _read(drawing, key)
    except SketchRefused as refusal:
        return {"absent": str(refusal)}
    digit = prediction.digit if digit is None else check_digit(digit)
    network, temperature = _load(path)
    gradient = map_gradient(network, image, digit)
    falls = map_occlusion(network, image, digit, patch_px, temperature)
    share = float(prediction.probabilities[digit])
    return {
        "digit": digit,
        "answer": prediction.digit,
        "second": int(np.argsort(prediction.probabilities, kind="stable")[-2]),
        "verdict": f"{_name_network(path)} reads it as {_state_verdict(prediction, digit)}",
        "texts": [write_percent(float(each)) for each in prediction.probabilities],
        "titles": [str(float(each)) for each in prediction.probabilities],
        "image": quantise(image, 1.0, signed=False),
        "ink": _encode(image),
        "gradient": _show_map(gradient, find_scale(gradient), _describe_gradient(gradient, digit)),
        "occlusion": _show_map(
            falls, max(find_scale(falls), _LEAST_SCALE), _describe_occlusion(falls, digit, share, patch_px)
        ),
        "patch": patch_px,
        "reading": _announce_reading(path),
    }


def show_nearest(drawing: Any, key: Any) -> NearestView | Absent:
    """Lay out the training digits that look most alike to the network.

    The first answer for a checkpoint takes a second or two, since the training digits have to be read.

    Args:
        drawing: As of `show_maps`.
        key: As of `show_maps`.

    Raises:
        ValueError: If the drawing or the checkpoint is none.
    """
    try:
        path, image, prediction = _read(drawing, key)
    except SketchRefused as refusal:
        return {"absent": str(refusal)}
    found = find_neighbours(image, path)
    same = sum(each.label == prediction.digit for each in found)
    return {
        "sentence": f"{same} of {len(found)} are {_name_digit(prediction.digit)}, the network's answer.",
        "compared": _describe_comparison(path),
        "digits": [_show_neighbour(each) for each in found],
    }


def show_change(drawing: Any, key: Any, target: Any) -> ChangeView | Absent:
    """Lay out the edits of ink that turn the drawing into another digit for the network.

    Args:
        drawing: As of `show_maps`.
        key: As of `show_maps`.
        target: The wanted digit, unchecked.

    Raises:
        ValueError: If the drawing, the checkpoint or the digit is none.
    """
    check_digit(target)
    try:
        path, image, prediction = _read(drawing, key)
    except SketchRefused as refusal:
        return {"absent": str(refusal)}
    network, temperature = _load(path)
    found = find_counterfactual(network, image, target, temperature=temperature)
    return {
        "target": target,
        "answer": prediction.digit,
        "is_reached": found.is_reached,
        "sentence": describe_change(found, prediction.digit),
        "image": quantise(image, 1.0, signed=False),
        "frames": [_show_frame(found, step, prediction.digit) for step in range(len(found.images))],
    }


def describe_change(found: Counterfactual, answer: int) -> str:
    """Say in a sentence what the edits did.

    Args:
        found: What the search came to.
        answer: What the network read before.
    """
    target, share = _name_digit(found.target), write_percent(float(found.probabilities[-1, found.target]))
    if found.is_reached and not found.edits:
        return f"The network reads {target} as it is, with {share} confidence. Choose another digit."
    num = len(found.edits)
    edits = f"{num} edit{'' if num == 1 else 's'}"
    parts = [("erasing", found.erased_px), ("adding", found.added_px)]
    done = " and ".join(f"{verb} {_write_ink(ink)}" for verb, ink in parts if ink >= 0.05)
    done = f"{done} pixels' worth of ink in {edits}"
    if found.is_reached:
        done = f"{done[0].upper()}{done[1:]}"
        others = _name_others(found.probabilities[-1], found.target)
        return f"{done} turns this {answer} into {target}, with {share} confidence.{others}"
    why = {
        "edits": f"The search ends after {MAX_EDITS} edits",
        "ink": f"The search ends where {MAX_INK_PX:.0f} pixels' worth of ink would be exceeded",
        "stuck": f"No edit that was tried raises {found.target} any further",
        None: "",
    }[found.limit]
    read = int(found.probabilities[-1].argmax())
    so_far = f"after {done} " if num else ""
    return f"{why}: {so_far}the network reads {_name_digit(read)}; {found.target} has {share}."


def _name_others(shares: NDArray[np.float64], target: int) -> str:
    """Say whose the rest of the probability is, where that is more than a twentieth."""
    rest = 1 - float(shares[target])
    if rest < 0.05:
        return ""
    others = [digit for digit in np.argsort(-shares, kind="stable").tolist() if digit != target]
    told = [digit for digit in others if shares[digit] >= 0.01][:_NUM_OTHERS]
    named = [f"{digit} has {write_percent(float(shares[digit]))}" for digit in told]
    left = rest - float(shares[told].sum())
    named += [f"the others {write_percent(left)}"] if left >= 0.001 else []
    return f" The other {write_percent(rest)}: {', '.join(named)}."


def _read(drawing: Any, key: Any) -> tuple[Path, Image, Prediction]:
    """Return the checkpoint's file, the network's input and its answer."""
    if not isinstance(key, str):
        raise ValueError(f"{key!r:.40} is not a checkpoint. Choose one of the list.")
    image = read_drawing(drawing).image
    try:
        path = resolve_digit_reader(key)
        prediction = predict_digit(image, path)
    except OSError as error:
        raise ValueError("This checkpoint's file is no longer there. Choose another one.") from error
    if not np.isfinite(prediction.probabilities).all():
        raise ValueError("This network's numbers have left the range of float32. Choose another one.")
    return path, image, prediction


def _load(path: Path) -> tuple[Any, float]:
    """Return the checkpoint's network, and the temperature of its probabilities."""
    loaded = load_cached(path)
    return loaded.network, loaded.info.temperature or 1.0


def _check_patch(patch_px: Any) -> int:
    if isinstance(patch_px, bool) or patch_px not in PATCHES_PX:
        sides = ", ".join(map(str, PATCHES_PX))
        raise ValueError(f"The patch is {patch_px!r:.40} pixels wide: choose one of {sides}.")
    return int(patch_px)


def _name_digit(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"


def _name_network(path: Path) -> str:
    return title_network(load_cached(path).info.network)


def _state_verdict(prediction: Prediction, digit: int) -> str:
    answer, share = prediction.digit, write_percent(float(prediction.probabilities[digit]))
    if digit == answer:
        return f"{_name_digit(answer)}, with {share} confidence."
    return f"{_name_digit(answer)}; {digit} has a probability of {share}."


def _show_map(values: NDArray[Any], scale: float, text: str) -> ValueMap:
    return {
        "bytes": quantise(values, scale, signed=True),
        "values": _encode(values),
        "scale_text": format_number(scale),
        "scale_title": str(scale),
        "text": text,
    }


def _describe_gradient(gradient: NDArray[Any], digit: int) -> str:
    if not gradient.any():
        return f"No pixel moves the logit of {digit} at this image."
    return (
        f"How fast the logit of {digit} rises (orange) or falls (blue) with a little more ink at each pixel. "
        f"Full colour: {format_number(find_scale(gradient))} a step from paper to ink."
    )


def _describe_occlusion(falls: NDArray[Any], digit: int, share: float, patch_px: int) -> str:
    largest = find_scale(falls)
    if largest < _LEAST_SCALE:
        return (
            f"No patch of {patch_px} × {patch_px} pixels, covered with paper, moves the probability of "
            f"{digit} by more than {format_number(largest)}: no single patch decides."
        )
    return (
        f"How far the probability of {digit}, now {write_percent(share)}, falls (orange) or rises (blue) "
        f"when the {patch_px} × {patch_px} pixels around each one are covered with paper. "
        f"Full colour: {format_number(largest)}."
    )


def _announce_reading(path: Path) -> str:
    num, name = count_read(path), load_gallery("train").name
    return f"Reading the first {num:,} digits of the {name} with {_name_network(path)}, once…"


def _describe_comparison(path: Path) -> str:
    num, name, feature = count_read(path), load_gallery("train").name, describe_features(path)
    if feature.are_pixels:
        by = f"the {feature.num} pixels themselves, since this network has no hidden layer"
    else:
        by = f"the {feature.num} numbers that the network's last layer is given"
    return (
        f"Compared with the first {num:,} digits of the {name} by {by}. Under each its number and its "
        f"distance: 1 − the cosine of the angle between the two lists of numbers, 0 for the same direction."
    )


def _show_neighbour(neighbour: Neighbour) -> NeighbourView:
    name = _name_digit(neighbour.label)
    return {
        "label": neighbour.label,
        "index": neighbour.index,
        "distance": format_number(neighbour.distance),
        "title": f"No. {neighbour.index:,}, {name}, at the distance {neighbour.distance}",
        "pixels": encode_bytes(neighbour.image.tobytes()),
    }


def _show_frame(found: Counterfactual, step: int, answer: int) -> FrameView:
    """Lay out the image after so many edits, what has changed since the first, and what is read now."""
    image, shares = found.images[step], found.probabilities[step]
    edit = found.edits[step - 1] if step else None
    told = _split_shares(shares, answer, found.target)
    return {
        "image": quantise(image, 1.0, signed=False),
        "change": quantise(image - found.images[0], 1.0, signed=True),
        "edit": None
        if edit is None
        else {"row": edit.row, "column": edit.column, "adds": edit.kind == "add"},
        "read": int(shares.argmax()),
        "shares": list(told),
        "texts": [write_percent(share) for share in told],
        "label": _label_frame(step, len(found.edits)),
    }


def _split_shares(shares: NDArray[np.float64], answer: int, target: int) -> tuple[float, float, float]:
    """Return the probabilities of the answer, of the wanted digit, and of all others together."""
    of_answer, of_target = float(shares[answer]), float(shares[target])
    return of_answer, of_target, max(0.0, 1 - of_answer - of_target)


def _label_frame(step: int, num_edits: int) -> str:
    return f"edit {step} of {num_edits}"


def _write_ink(ink_px: float) -> str:
    return f"{ink_px:.0f}" if ink_px >= 9.95 else f"{ink_px:.1f}"


def _encode(values: NDArray[Any]) -> str:
    return encode_bytes(values.astype("<f4").tobytes())
