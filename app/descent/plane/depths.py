"""How far numbers get through deep networks, as the page shows it: activations by initialisations."""

from __future__ import annotations

import math
from functools import lru_cache
from urllib.parse import urlencode

from app.descent.plane.payloads import PlaneDepthCell, PlaneDepths
from app.ui.packing import pack
from models.descent.plane.depth import DEPTHS, measure_depth
from models.descent.plane.network import ACTIVATIONS, INITIALISATIONS, MAX_HIDDEN_LAYERS, MAX_UNITS


@lru_cache(maxsize=1)
def pack_depths() -> str:
    """Return the packed `PlaneDepths`, the same for all visitors."""
    return pack(show_depths())


def show_depths() -> PlaneDepths:
    """Lay out the whole grid."""
    return {
        "initialisations": [one.title for one in INITIALISATIONS.values()],
        "rows": [
            [_show_cell(activation, initialisation) for initialisation in INITIALISATIONS]
            for activation in ACTIVATIONS
        ],
    }


def _show_cell(activation: str, initialisation: str) -> PlaneDepthCell:
    settings = {
        "tab": "descent",
        "bench": "network",
        "hidden": ",".join([str(MAX_UNITS)] * MAX_HIDDEN_LAYERS),
        "activation": activation,
        "initialisation": initialisation,
    }
    curves = [measure_depth(activation, initialisation, depth) for depth in DEPTHS]
    return {
        "activation": ACTIVATIONS[activation].title,
        "initialisation": INITIALISATIONS[initialisation].title,
        "link": urlencode(settings, safe=","),
        "curves": [
            {
                "depth": curve.depth,
                "spreads": [_shorten(value) for value in curve.spreads],
                "gradients": [_shorten(value) for value in curve.gradients],
            }
            for curve in curves
        ],
    }


def _shorten(value: float) -> float | None:
    return float(f"{value:.4g}") if math.isfinite(value) else None
