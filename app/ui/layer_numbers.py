"""What layers went through in a step, as the page shows it: four numbers each, and what is said of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from app.ui.payloads import LayerMoment
from models.descent.diagnosis import diagnose
from models.descent.layer_statistics import Layer, LayerStatistics

_DIGITS = 4  # significant ones, as many as are shown

Shown = float | str | None  # None where there is none, a text for NaN and ∞


class LayerNumbers(NamedTuple):
    """The columns of a table of layers.

    Attributes:
        gradient: root mean square of the gradient of its weights.
        update: by how much of their size a step changes them.
        stuck: how many of its units are dead or saturated.
        spread: standard deviation of what its units give.
    """

    gradient: Shown
    update: Shown
    stuck: int | None
    spread: Shown


def show_layer_moment(history: Sequence[LayerStatistics]) -> LayerMoment:
    """Lay out the last of some measurements, with what is said of it; those before say since when."""
    now = history[-1]
    return {
        "step": now.step,
        "examples": now.num_examples,
        "layers": [[*show_layer(layer)] for layer in now.layers],
        "findings": [
            {"layer": finding.layer, "is_well": finding.cause == "well", "text": finding.text}
            for finding in diagnose(history)
        ],
    }


def show_layer(layer: Layer) -> LayerNumbers:
    """Return a layer's numbers as JSON can hold them."""
    found = layer.activations
    stuck = None if not found else found.num_saturated if found.num_dead is None else found.num_dead
    return LayerNumbers(
        _shorten(layer.gradient),
        _shorten(layer.update_ratio),
        stuck,
        _shorten(found.spread if found else None),
    )


def _shorten(value: float | None) -> Shown:
    if value is None:
        return None
    if math.isfinite(value):
        return float(f"{value:.{_DIGITS}g}")
    return "NaN" if math.isnan(value) else "∞"
