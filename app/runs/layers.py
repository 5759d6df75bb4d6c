"""How the layers of a run learn, as the chosen run's component shows it: numbers and sentences by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.runs.payloads import Layers
from app.ui.layer_numbers import show_layer_moment
from app.ui.payloads import LayerMoment, LayerTitle
from models.descent.layer_statistics import Layer, LayerStatistics
from models.runs.status import LIVE_STATUSES, RunState
from models.training.events import read_layers

NO_LAYERS: Layers = {"is_whole": True, "absent": "", "titles": [], "moments": []}  # of a run that is damaged

MAX_NEWS_MOMENTS = 3  # of several that come at once; a few hundred bytes each
EARLIER = "This run was made before the layers were measured. A new run shows here how they learn."
_IMPORTED = "Imported weights were not trained here, so there is nothing to measure in their layers."
_COMING = "The layers are measured from the first step on."


def show_layers(run: RunState) -> Layers:
    """Lay out all that was measured in a run's layers, as `app.runs.components.runs` takes it."""
    history = _read_history(run.layers)
    if not history:
        return {**NO_LAYERS, "absent": _explain_absence(run)}
    return {
        "is_whole": True,
        "absent": "",
        "titles": _show_titles(history),
        "moments": _show_moments(history, 0),
    }


def show_new_layers(run: RunState, since_step: float) -> Layers:
    """Lay out what was measured from a step on, in addition to what the browser has.

    While the run is live, that is small: of many moments that come at once the last `MAX_NEWS_MOMENTS` are
    told, of which the last alone says that all is well. Once it has ended, all are told.
    """
    history = _read_history(run.layers)
    num_known = sum(moment.step < since_step for moment in history)
    is_first = not num_known  # and counts as all
    if not history or run.status not in LIVE_STATUSES:
        return {**show_layers(run), "is_whole": is_first}
    moments = _show_moments(history, max(num_known, len(history) - MAX_NEWS_MOMENTS))
    for moment in moments[:-1]:
        moment["findings"] = [finding for finding in moment["findings"] if not finding["is_well"]]
    titles = _show_titles(history) if is_first else []
    return {"is_whole": is_first, "absent": "", "titles": titles, "moments": moments}


def _show_titles(history: Sequence[LayerStatistics]) -> list[LayerTitle]:
    return [_title(*row) for row in enumerate(history[-1].layers, start=1)]


def _show_moments(history: Sequence[LayerStatistics], first: int) -> list[LayerMoment]:
    return [show_layer_moment(history[: end + 1]) for end in range(first, len(history))]


def _read_history(events: Sequence[Mapping[str, Any]]) -> list[LayerStatistics]:
    """Return what the events tell of, as far as it is of the same layers as the last."""
    history = [read_layers(event) for event in events if event["layers"]]
    return [
        moment
        for moment in history
        if [layer.name for layer in moment.layers] == [layer.name for layer in history[-1].layers]
    ]


def _explain_absence(run: RunState) -> str:
    if run.imported:
        return _IMPORTED
    return _COMING if run.status in LIVE_STATUSES or not run.steps else EARLIER


def _title(number: int, layer: Layer) -> LayerTitle:
    units = "maps" if layer.kind.startswith("Conv") else "units"
    behind = f", {layer.activations.kind}" if layer.activations else ""
    return {
        "title": f"Layer {number}",
        "about": f"{layer.kind}, {layer.num_units:,} {units}{behind}",
        "num_units": layer.activations.num_units if layer.activations else 0,
    }
