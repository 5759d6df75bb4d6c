"""The moments of a small network's training as the bench shows them."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence

import numpy as np

from app.descent.plane.payloads import PlaneMoment, PlaneNetwork, PlanePoints, PlaneSum, Slot
from app.ui.numbers import format_number
from app.ui.packing import encode_bytes, quantise
from models.descent.optimizers import OPTIMIZERS
from models.descent.plane.moments import (
    SURFACE_SIDE,
    Moment,
    UnitSum,
    choose_unit_side,
    draw_features,
    look_at,
)
from models.descent.plane.network import ACTIVATIONS, FEATURES
from models.descent.plane.points import Points, draw_points
from models.descent.plane.training import Experiment, count_outputs, list_epochs, reach
from models.values import Floats32

# Of training, so that many visitors at once see something soon: at first hardly more than the start.
SECONDS_AT_FIRST = 0.005
SECONDS_AN_ANSWER = 0.06


def show_points(points: Points) -> PlanePoints:
    """Lay out the points."""
    return {
        "x": [round(float(x), 4) for x in points.positions[:, 0]],
        "y": [round(float(y), 4) for y in points.positions[:, 1]],
        "labels": [round(float(label), 4) for label in points.targets],
        "is_test": points.is_test.tolist(),
    }


def show_network(experiment: Experiment, slot: Slot) -> PlaneNetwork:
    """Lay out what of a network stays the same throughout its training."""
    network, training = experiment.network, experiment.training
    outputs = count_outputs(draw_points(experiment.points))
    side = choose_unit_side(network.hidden, outputs)
    maps = draw_features(network.inputs, side)
    scales = [_find_scale(each) for each in maps]
    return {
        "slot": slot,
        "title": name_network(experiment),
        "inputs": [FEATURES[name].title for name in network.inputs],
        "input_maps": _pack_maps(maps, scales),
        "input_scales": scales,
        "activation": ACTIVATIONS[network.activation].title,
        "layers": [*network.hidden, outputs],
        "side": side,
        "surface_side": SURFACE_SIDE,
        "branch": training.switch_epoch,
    }


def name_network(experiment: Experiment) -> str:
    """Name a network and its training in a few words: "8-8 tanh · Gradient descent, η = 0.1"."""
    network, training = experiment.network, experiment.training
    layers = "-".join(map(str, network.hidden))
    built = f"{layers} {ACTIVATIONS[network.activation].title}" if layers else "no hidden layer"
    rate = f"η = {format_number(training.lr)}"
    if training.switch_epoch is not None:
        rate += f", from epoch {training.switch_epoch} on {format_number(training.switch_lr)}"
    return f"{built} · {OPTIMIZERS[training.optimizer].title}, {rate}"


def follow(experiments: Sequence[Experiment], first: int) -> tuple[list[list[PlaneMoment]], bool]:
    """Train some moments further, as long as an answer may take.

    Args:
        experiments: One or two of the same points and epochs.
        first: The place of the first moment, 0 to the last one's.

    Returns:
        The moments of each experiment, as many of each, and whether these are the last. There may be none:
        where what comes before them had to be trained first, and took as long as an answer may.
    """
    places = len(list_epochs(experiments[0].training.epochs))
    ends_at = time.thread_time() + (SECONDS_AN_ANSWER if first else SECONDS_AT_FIRST)
    moments: list[list[PlaneMoment]] = [[] for _ in experiments]
    for place in range(places):
        for shown, experiment in zip(moments, experiments, strict=True):
            reach(experiment, place)
            if place >= first:
                shown.append(show_moment(look_at(experiment, place)))
        if time.thread_time() > ends_at:
            break
    return moments, place == places - 1


def can_reach(experiment: Experiment, moment: int) -> bool:
    """Train up to a moment, and say whether that took no longer than an answer may."""
    ends_at = time.thread_time() + SECONDS_AN_ANSWER
    for place in range(moment + 1):
        reach(experiment, place)
        if time.thread_time() > ends_at and place < moment:
            return False
    return True


def show_moment(moment: Moment) -> PlaneMoment:
    """Lay out a moment."""
    weights = b"".join(
        part.astype("<f4").tobytes() for layer in moment.layers for part in (layer.weights, layer.bias)
    )
    maps = [each for layer in moment.layers for each in layer.maps]
    scales = [max(1.0, _find_scale(each)) for each in maps]
    return {
        "epoch": moment.epoch,
        "weights": encode_bytes(weights),
        "maps": _pack_maps(maps, scales),
        "scales": scales,
        "surface": _pack_surface(moment),
        "losses": [_keep_finite(loss) for loss in moment.losses],
        "accuracies": [_keep_finite(accuracy) for accuracy in moment.accuracies],
    }


def _keep_finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _find_scale(values: Floats32) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(f"{finite.max():.6g}") if finite.size and finite.max() > 0 else 1.0


def _pack_maps(maps: Iterable[Floats32], scales: Sequence[float]) -> str:
    shares = [each / scale for each, scale in zip(maps, scales, strict=True)]
    return quantise(np.clip(np.stack(shares), -1, 1), 1.0, signed=True)


def _pack_surface(moment: Moment) -> str:
    surface = moment.surface
    if moment.accuracies == (None, None):  # values
        return quantise(np.clip(surface, -1, 1), 1.0, signed=True)
    if len(surface) == 1:
        return quantise(surface, 1.0, signed=False)
    finite = np.nan_to_num(surface, nan=0.0)
    confidences = np.rint(255 * finite.max(axis=0)).astype(np.uint8)
    return encode_bytes(finite.argmax(axis=0).astype(np.uint8).tobytes() + confidences.tobytes())


def show_sum(unit: UnitSum, activation: str) -> PlaneSum:
    """Lay out how a unit comes to its number."""
    return {
        "names": list(unit.names),
        "inputs": [format_number(value) for value in unit.inputs],
        "weights": [format_number(value) for value in unit.weights],
        "bias": format_number(unit.bias),
        "total": format_number(unit.total),
        "normalised": "" if unit.normalised is None else format_number(unit.normalised),
        "activation": activation,
        "given": format_number(unit.given),
    }
