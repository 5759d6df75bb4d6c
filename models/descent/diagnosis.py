"""Why a network does not learn, by the numbers of its layers: sentences that name the cause."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from models.descent.layer_statistics import SATURATED_SHARE, Activations, Layer, LayerStatistics
from models.descent.notation import write_number

HEALTHY_UPDATE = 1e-3
"""Update ÷ weight that a step should about have: the rule of thumb of Stanford's course CS231n ("Neural
Networks Part 3: Ratio of weights:updates"), to which less is a learning rate that may be too low, and more
one that is likely too high. Adam's first steps are far larger, and do no harm; hence the wide margins."""
SMALL_UPDATE = HEALTHY_UPDATE / 100  # a hundred times less in every layer at every time
LARGE_UPDATE = HEALTHY_UPDATE * 100  # a hundred times more, twice in a row
OVERWHELMING_UPDATE = (
    1.0  # more than the weights themselves: once is enough, nothing is left of what they were
)
VANISHING = 0.01
"""Gradient of the first layer over the last one's, below which it counts as vanished, where the updates are
small too. Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural
networks", compare the layers' gradients in this way; with their initialization they are alike."""
EXPLODING = 1 / VANISHING  # the same the other way round: it grows from layer to layer on its way back
NOTABLE_SHARE = 0.25
"""Share of a layer's units that are dead or saturated from which on it is said. CS231n ("Neural Networks Part
1: Commonly used activation functions") tells of 40 % of dead units with too high a learning rate; a few are
usual in a network that learns."""

Cause = Literal["overflow", "equal", "dead", "saturated", "vanishing", "exploding", "large", "small", "well"]


@dataclass(frozen=True)
class Finding:
    """One cause, or that there is none.

    Attributes:
        cause: Which.
        layer: The layer that shows it, from 1; 0 for the whole network.
        text: A sentence or two for a learner, with the numbers.
    """

    cause: Cause
    layer: int
    text: str


def diagnose(history: Sequence[LayerStatistics]) -> list[Finding]:
    """Name what keeps a network from learning.

    Args:
        history: What was measured, oldest first; the last one is judged, those before say since when.

    Returns:
        Findings, the gravest first; "well" where nothing is wrong, or nothing but some dead or saturated
        units; none without a measurement.
    """
    if not history or not history[-1].layers:
        return []
    overflow = _find_overflow(history)
    if overflow:
        return [overflow]
    findings = [*_find_equal(history), *_find_dead(history), *_find_saturated(history)]
    if not any(finding.cause == "equal" for finding in findings):
        findings += [*_find_slope(history), *_find_large(history)]
    if not findings:  # each of the others makes updates small
        findings += _find_small(history)
    if all(finding.cause in ("dead", "saturated") for finding in findings) and _learns(history[-1]):
        findings.append(_tell_well(history[-1], bool(findings)))
    return findings


def _find_overflow(history: Sequence[LayerStatistics]) -> Finding | None:
    """Say where numbers first left the range of float32."""
    sound = list(takewhile(lambda moment: all(layer.is_finite for layer in moment.layers), history))
    if len(sound) == len(history):
        return None
    moment = history[len(sound)]
    number, what = _find_first_overflow(moment)
    step = f"step {moment.step:,}"
    if what == "weights":
        text = f"By {step} the weights of layer {number} are infinite or NaN, and so is all that follows."
    else:
        text = f"At {step} the {what} of layer {number} are the first numbers that are infinite or NaN."
    if sound:
        ratios = [layer.update_ratio or 0.0 for layer in sound[-1].layers]
        largest = max(ratios)
        text += (
            f" At step {sound[-1].step:,}, measured before, the update of layer {ratios.index(largest) + 1} "
            f"was {write_number(largest)} times its weights"
        )
        text += ": the learning rate is too high." if largest > LARGE_UPDATE else "."
    return Finding("overflow", number, text)


def _find_first_overflow(moment: LayerStatistics) -> tuple[int, str]:
    """Return the layer and what of it overflowed first, in the order in which a step computes."""
    rows = list(enumerate(moment.layers, start=1))
    for number, layer in rows:
        if not math.isfinite(layer.weight):
            return number, "weights"
    for number, layer in rows:
        if layer.activations and not math.isfinite(layer.activations.spread):
            return number, "activations"
    for number, layer in reversed(rows):  # a gradient comes from behind
        if not math.isfinite(layer.gradient):
            return number, "gradients"
    return next((number, "updates") for number, layer in rows if not layer.is_finite)


def _find_equal(history: Sequence[LayerStatistics]) -> Iterator[Finding]:
    for number, layer in enumerate(history[-1].layers, start=1):
        if not layer.has_equal_units:
            continue
        units = f"{layer.num_units:,} {_name_units(layer)}"
        same = "the weight 0 everywhere" if layer.weight == 0 else "the same weights"
        yield Finding(
            "equal",
            number,
            f"All {units} of layer {number} have {same}: they get the same gradient and stay alike, as if "
            "there were one. Begin with random weights.",
        )


def _find_dead(history: Sequence[LayerStatistics]) -> Iterator[Finding]:
    now = history[-1]
    for number, layer in enumerate(now.layers, start=1):
        found = layer.activations
        if not found or not found.num_dead or found.num_dead < NOTABLE_SHARE * found.num_units:
            continue
        since = _tell_since(history, number, lambda one: _share(one.num_dead, one))
        units, zero = _name_units(layer), "almost 0" if found.kind == "GELU" else "0"
        examples = "every example" if now.sees_all else f"all {now.num_examples:,} examples measured"
        if found.num_dead == found.num_units:
            cut = sum(one.gradient == 0 for one in now.layers[:number])
            behind = "layer 1 gets" if number == 1 else f"layers 1 to {number} get"
            behind = behind if cut == number else "the layer gets"  # a residual block leads around it
            text = (
                f"All {found.num_units:,} {units} of layer {number} give {zero} for {examples}{since}: "
                f"{behind} no gradient."
            )
        else:
            # What enters the first layer never changes, so neither does what its dead units give.
            end = " for good" if number == 1 and now.sees_all else ""
            text = (
                f"{found.num_dead:,} of {found.num_units:,} {units} of layer {number} give {zero} for "
                f"{examples}{since}: their gradient is {zero}{end}."
            )
        yield Finding("dead", number, text)


def _find_saturated(history: Sequence[LayerStatistics]) -> Iterator[Finding]:
    for number, layer in enumerate(history[-1].layers, start=1):
        found = layer.activations
        if not found or not found.num_saturated or found.num_saturated < NOTABLE_SHARE * found.num_units:
            continue
        since = _tell_since(history, number, lambda one: _share(one.num_saturated, one))
        range_, slope = (
            ("beyond ±0.99", "0.02") if found.kind == "Tanh" else ("below 0.01 or above 0.99", "0.01")
        )
        yield Finding(
            "saturated",
            number,
            f"{found.num_saturated:,} of {found.num_units:,} {_name_units(layer)} of layer {number} are "
            f"saturated{since}: at least {100 * SATURATED_SHARE:g}% of what they give is {range_}, where the "
            f"slope is below {slope}, so hardly any gradient comes through.",
        )


def _find_slope(history: Sequence[LayerStatistics]) -> Iterator[Finding]:
    """Say how the gradient changes from the last layer back to the first."""
    layers = history[-1].layers
    first, last = layers[0], layers[-1]
    if len(layers) == 1 or not first.gradient or not last.gradient:
        return
    ratio = first.gradient / last.gradient
    compared = f"The gradient of layer 1 is {write_number(ratio)} times that of layer {len(layers)}"
    update = first.update_ratio
    if ratio < VANISHING and update is not None and update < SMALL_UPDATE:
        yield Finding(
            "vanishing",
            1,
            f"{compared}: it vanishes on its way back, and a step changes the weights of layer 1 by only "
            f"{write_number(update)} of their size.",
        )
    elif ratio > EXPLODING:
        yield Finding(
            "exploding",
            1,
            f"{compared}: it grows on its way back, so no learning rate fits both. Smaller weights "
            "to begin with help.",
        )


def _find_large(history: Sequence[LayerStatistics]) -> Iterator[Finding]:
    now = history[-1]
    *_, latest = recent = [[layer.update_ratio or 0.0 for layer in moment.layers] for moment in history[-2:]]
    largest = max(latest)
    number = latest.index(largest) + 1
    step = f"Step {now.step:,} changes the weights of layer {number}"
    usual = f"where about {HEALTHY_UPDATE:g} is usual"
    if largest > OVERWHELMING_UPDATE:
        text = f"{step} by {write_number(largest)} times their size, {usual}: the learning rate is too high."
    elif len(recent) == 2 and min(map(max, recent)) > LARGE_UPDATE:
        text = f"{step} by {write_number(largest)} of their size, {usual}: the learning rate may be too high."
    else:
        return
    yield Finding("large", number, text)


def _find_small(history: Sequence[LayerStatistics]) -> Iterator[Finding]:
    ratios = [layer.update_ratio for moment in history for layer in moment.layers]
    known = [ratio for ratio in ratios if ratio is not None]
    if not known or max(known) >= SMALL_UPDATE:
        return
    yield Finding(
        "small",
        0,
        f"No step measured changes the weights of any layer by more than {write_number(max(known))} of "
        f"their size, where about {HEALTHY_UPDATE:g} is usual: the learning rate is too low, or no gradient "
        "arrives.",
    )


def _learns(now: LayerStatistics) -> bool:
    """Return whether a gradient arrives in every layer."""
    return all(layer.gradient > 0 for layer in now.layers)


def _tell_well(now: LayerStatistics, is_rest: bool) -> Finding:
    """Say what is as it should be; `is_rest` where dead or saturated units have been told of."""
    layers = now.layers
    parts = []
    ratios = sorted(layer.update_ratio for layer in layers if layer.update_ratio is not None)
    if ratios:
        low, high = write_number(ratios[0]), write_number(ratios[-1])
        parts.append(
            f"a step changes weights by {low if low == high else f'{low} to {high}'} of their size "
            f"(about {HEALTHY_UPDATE:g} is usual)"
        )
    if len(layers) > 1 and layers[-1].gradient:
        ratio = write_number(layers[0].gradient / layers[-1].gradient)
        parts.append(f"the gradient of layer 1 is {ratio} times that of layer {len(layers)}")
    counts = [
        (number, layer, found.num_dead if found.num_dead is not None else found.num_saturated or 0)
        for number, layer in enumerate(layers, start=1)
        if (found := layer.activations)
    ]
    if counts and not is_rest:
        number, layer, most = max(counts, key=lambda count: count[2])
        what = "dead" if layer.activations and layer.activations.num_dead is not None else "saturated"
        units = f"{layer.num_units:,} {_name_units(layer)} of layer {number}"
        parts.append(f"at most {most:,} of {units} are {what}" if most else "no unit is dead or saturated")
    what_else = "nothing else" if is_rest else "nothing"
    return Finding(
        "well", 0, f"The layers show {what_else} that would keep it from learning: {_join(parts)}."
    )


def _tell_since(
    history: Sequence[LayerStatistics], number: int, measure: Callable[[Activations], float]
) -> str:
    """Write since which measured step a layer's share has been notable; "" if this is the first."""
    step = history[-1].step
    for moment in reversed(history):
        found = moment.layers[number - 1].activations
        if not found or measure(found) < NOTABLE_SHARE:
            break
        step = moment.step
    return f" since step {step:,}" if step < history[-1].step else ""


def _share(num: int | None, found: Activations) -> float:
    return (num or 0) / found.num_units


def _name_units(layer: Layer) -> str:
    return "maps" if layer.kind.startswith("Conv") else "units"


def _join(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
