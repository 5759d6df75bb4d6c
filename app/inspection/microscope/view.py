"""Dropout and batch norm as their components show them: masks, answers, spreads and sentences."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from app.inspection.microscope.layers import describe_dropout
from app.inspection.microscope.payload import Absent, Answer, Mask, Norm, Spread, SpreadAnswer
from app.ui.numbers import format_number, write_percent
from app.ui.packing import encode_bytes
from models.inspection.microscope import BatchNormLayer, BatchNormView, DropoutLayer, DropoutSample
from models.values import Floats, Floats32

QUANTILES = (0.05, 0.5, 0.95)


def show_dropout(
    image: Any, caption: str, sample: DropoutSample, spread: Floats, name: str, is_training: bool
) -> Spread | Absent:
    """Lay out what one mask does, and what many do.

    Args:
        image: (28, 28) in [0, 1].
        caption: What the image is.
        sample: The image's answer with one mask.
        spread: (M, 10) its answers with the masks of the seeds 0 to M − 1.
        name: The dropout layer whose mask is shown; the first one where there is none of that name.
        is_training: Whether the mask is at work; in evaluation mode everything is kept.

    Raises:
        ValueError: If an answer is not a number.
    """
    _check_answers(sample.probabilities, sample.evaluated, spread)
    if not sample.layers:
        return {"absent": "This network has no dropout: training and evaluation mode differ in batch norm."}
    layer = next((each for each in sample.layers if each.name == name), sample.layers[0])
    masked = sample.probabilities[0] if is_training else None
    low, median, high = np.quantile(spread, QUANTILES, axis=0)  # (10,) each
    rows: list[SpreadAnswer] = []
    for digit, row in enumerate(_show_answers(masked, sample.evaluated)):
        title = (
            f"{row['title']}; {len(spread)} masks: median {write_percent(median[digit])}, "
            f"{write_percent(low[digit])} to {write_percent(high[digit])} for nine in ten"
        )
        rows.append(
            {
                **row,
                "title": title,
                "dots": [_round(value) for value in spread[:, digit].tolist()],
                "low": _round(low[digit]),
                "median": _round(median[digit]),
                "high": _round(high[digit]),
            }
        )
    return {
        "digit": {
            "pixels": encode_bytes(np.round(255 * np.asarray(image)).astype(np.uint8).tobytes()),
            "caption": caption,
        },
        "mask": show_mask(layer, is_training),
        "verdict": _compare_answers(masked, sample.evaluated),
        "rows": rows,
        "text": describe_spread(spread, sample.evaluated),
    }


def show_mask(layer: DropoutLayer, is_training: bool) -> Mask:
    """Lay out a layer's first mask: one tile a map, or one a feature where there are no maps."""
    kept = layer.masks[0] if is_training else np.ones_like(layer.masks[0])
    channels, height, width = layer.map_shape or (kept.size, 1, 1)
    title = describe_dropout(layer.name, layer.map_shape or (layer.masks[0].size,), layer.p)
    if is_training:
        dropped = int((~kept).sum())
        share = dropped / kept.size
        text = (
            f"{dropped:,} of {kept.size:,} dropped ({share:.1%}), "
            f"the rest × {format_number(1 / (1 - layer.p))}"
        )
    else:
        text = f"evaluation mode keeps all {kept.size:,}, and scales none"
    return {
        "title": title,
        "text": text,
        "kept": "".join("1" if each else "0" for each in kept.ravel()),
        "tiles": channels,
        "rows": height,
        "columns": width,
        "per_row": _find_row_length(channels),
    }


def describe_spread(spread: Floats, evaluated: Floats) -> str:
    """Say which digits the masks (M, 10) make of the image, and how far the evaluated one's share moves."""
    num_masks = len(spread)
    votes = np.bincount(spread.argmax(axis=1), minlength=10)
    order = [int(digit) for digit in np.argsort(-votes, kind="stable") if votes[digit]]
    if len(order) == 1:
        answer = f"With each of the {num_masks} masks of the seeds 0 to {num_masks - 1} it is {order[0]}."
    else:
        parts = [f"{digit} with {votes[digit]}" for digit in order[:3]]
        rest = int(votes[order[3:]].sum())
        parts += [f"another digit with {rest}"] if rest else []
        answer = (
            f"Of the {num_masks} masks of the seeds 0 to {num_masks - 1}, "
            f"the answer is {', '.join(parts[:-1])} and {parts[-1]}."
        )
    digit = int(evaluated.argmax())
    low, median, high = np.quantile(spread[:, digit], QUANTILES)
    return (
        f"{answer} The probability of {digit} has the median {write_percent(median)} and lies between "
        f"{write_percent(low)} and {write_percent(high)} for nine masks in ten; evaluation mode, which "
        f"drops nothing, gives {write_percent(evaluated[digit])}."
    )


def show_norm(view: BatchNormView, name: str, channel: int, title: str) -> Norm | Absent:
    """Lay out one batch norm's statistics, and the answers with both kinds of them.

    Args:
        view: What the batch norms make of the image.
        name: The layer to show; the first one where there is none of that name.
        channel: From 0; the last one where there are fewer.
        title: The network's name, for saying that it has no batch norm.

    Raises:
        ValueError: If an answer or a statistic is not a number.
    """
    _check_answers(view.evaluated, view.trained)
    if not view.layers:
        return {"absent": f"{title} has no batch norm. Choose a ConvNet4 to see what it does."}
    layer = next((each for each in view.layers if each.name == name), view.layers[0])
    channel = min(max(channel, 0), len(layer.gamma) - 1)
    return {
        "channel": channel,
        "means": _draw_channels(layer.running_mean, layer.image_mean, "mean", False),
        "variances": _draw_channels(layer.running_variance, layer.image_variance, "variance", True),
        "lines": [
            f"Channel {channel} of {layer.name}, for each number x of its map:",
            f"running statistics: y = {write_norm(layer, channel, is_own=False)}",
            f"this image's own: y = {write_norm(layer, channel, is_own=True)}",
        ],
        "verdict": _compare_statistics(view),
        "rows": _show_answers(view.trained, view.evaluated),
        "text": describe_norm(layer),
    }


def write_norm(layer: BatchNormLayer, channel: int, is_own: bool) -> str:
    """Write what batch norm does to a number x of a channel, and the scale and shift that it comes to."""
    means, variances = (
        (layer.image_mean, layer.image_variance) if is_own else (layer.running_mean, layer.running_variance)
    )
    mean, variance, gamma, beta = (
        float(values[channel]) for values in (means, variances, layer.gamma, layer.beta)
    )
    scale = gamma / math.sqrt(variance + layer.epsilon)
    gamma_text = format_number(gamma) if gamma >= 0 else f"({format_number(gamma)})"
    return (
        f"(x{_write_term(-mean)}) / √({format_number(variance)} + {format_number(layer.epsilon)}) · "
        f"{gamma_text}{_write_term(beta)} = {format_number(scale)}·x{_write_term(beta - scale * mean)}"
    )


def describe_norm(layer: BatchNormLayer) -> str:
    """Say how far the image's own means lie from the running ones, and what becomes of them."""
    if not layer.image_variance.any():
        return (
            f"{layer.name} has one number of each channel from this image, so its own variance is 0 and "
            "nothing is left of what the image says: each channel becomes its β. Hence training refuses "
            "batches of a single image here."
        )
    deviations = np.sqrt(layer.running_variance + layer.epsilon)
    distances = np.abs(layer.image_mean - layer.running_mean) / deviations  # (C,)
    return (
        f"In {layer.name} a channel's own mean lies {format_number(float(distances.mean()))} running "
        f"standard deviations from the running mean, on average over its {len(distances)} channels, and in "
        f"channel {int(distances.argmax())} {format_number(float(distances.max()))}. Normalised by the "
        "image itself, that difference is gone: each channel then has its mean at β, however strongly the "
        "image answers to the kernel."
    )


def _compare_statistics(view: BatchNormView) -> str:
    digit, own = int(view.evaluated.argmax()), int(view.trained.argmax())
    first = f"With the running statistics: {digit} ({write_percent(view.evaluated[digit])})."
    return f"{first} With this image's own: {own} ({write_percent(view.trained[own])})."


def _compare_answers(masked: Floats | None, evaluated: Floats) -> str:
    digit = int(evaluated.argmax())
    whole = f"{digit} ({write_percent(evaluated[digit])})"
    if masked is None:
        return f"Evaluation mode: {whole}, the same each time."
    answer = int(masked.argmax())
    return f"With this mask: {answer} ({write_percent(masked[answer])}). In evaluation mode: {whole}."


def _show_answers(trained: Floats | None, evaluated: Floats) -> list[Answer]:
    """Return a row a digit, with its probability in training mode, if there is one, and in evaluation."""
    rows: list[Answer] = []
    for digit in range(len(evaluated)):
        own = None if trained is None else float(trained[digit])
        whole = float(evaluated[digit])
        title = f"{digit}: evaluation {whole:.6f}" + ("" if own is None else f", training {own:.6f}")
        rows.append(
            {
                "digit": digit,
                "trained": None if own is None else _round(own),
                "trained_text": "–" if own is None else write_percent(own),
                "evaluated": _round(whole),
                "evaluated_text": write_percent(whole),
                "title": title,
            }
        )
    return rows


def _draw_channels(running: Floats32, own: Floats32, name: str, is_log: bool) -> dict[str, Any]:
    if not (np.isfinite(running).all() and np.isfinite(own).all()):
        raise ValueError("This network's batch norms hold values that are not numbers: choose another one.")
    series = [
        {
            "name": title,
            "role": role,
            "points": [[channel, _round(value)] for channel, value in enumerate(values.tolist())],
            "markers": True,
            "line": False,
        }
        for title, role, values in (
            (f"running {name}", "validation", running),
            (f"own {name}", "training", own),
        )
    ]
    zeros = int((own == 0).sum())
    note = (
        f"{zeros} of this image's variances are 0, which has no place on a logarithmic axis."
        if is_log and zeros
        else ""
    )
    return {"series": series, "x_label": "channel", "y_label": name, "log_y": is_log, "note": note}


def _write_term(value: float) -> str:
    return f" {'−' if value < 0 else '+'} {format_number(abs(value))}"


def _find_row_length(num_tiles: int) -> int:
    """Return how many tiles stand side by side: a divisor that makes the whole a little wider than high."""
    root = math.isqrt(num_tiles - 1) + 1 if num_tiles > 1 else 1
    divisors = [count for count in range(root, 2 * root + 1) if num_tiles % count == 0]
    return divisors[0] if divisors else root


def _check_answers(*answers: Floats) -> None:
    if not all(np.isfinite(each).all() for each in answers):
        raise ValueError(
            "This network's probabilities are not numbers, as after a training that diverged: choose "
            "another checkpoint."
        )


def _round(value: float) -> float:
    return float(f"{value:.4g}")
