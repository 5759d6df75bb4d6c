"""What a layer went through in a step, as the page shows it: four numbers."""

from __future__ import annotations

import math
from typing import NamedTuple

from models.descent.layer_statistics import Layer

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
