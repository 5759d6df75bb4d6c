"""How the layers of a run learn, as the chosen run's component shows it: numbers and sentences by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.runs.payloads import Layers
from app.ui.layer_numbers import show_layer_moment
from app.ui.payloads import LayerTitle
from models.descent.layer_statistics import Layer, LayerStatistics
from models.runs.status import LIVE_STATUSES, RunState
from models.training.events import read_layers

NO_LAYERS: Layers = {"is_whole": True, "absent": "", "titles": [], "moments": []}  # of a run that is damaged

EARLIER = "This run was made before the layers were measured. A new run shows here how they learn."
_IMPORTED = "Imported weights were not trained here, so there is nothing to measure in their layers."
_COMING = "The layers are measured from the first step on."


def show_layers(run: RunState, since_step: int = 0) -> Layers:
    """Lay out what was measured in a run's layers.

    Args:
        run: The run.
        since_step: The step from which on the browser wants to know; 0 for all.

    Returns:
        What `app.runs.components.runs` takes; a first measurement counts as all.
    """
    history = _read_history(run.layers)
    if not history:
        return {**NO_LAYERS, "absent": _explain_absence(run)}
    num_known = sum(moment.step < since_step for moment in history)
    moments = [show_layer_moment(history[: end + 1]) for end in range(num_known, len(history))]
    if since_step:  # news are small: of several that come at once, the last alone says that all is well
        for moment in moments[:-1]:
            moment["findings"] = [finding for finding in moment["findings"] if not finding["is_well"]]
    return {
        "is_whole": num_known == 0,
        "absent": "",
        "titles": [] if num_known else [_title(*row) for row in enumerate(history[-1].layers, start=1)],
        "moments": moments,
    }


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
