"""What the layers of one small network, or two, go through at each moment of their training."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from app.descent.plane.payloads import PlaneLayers
from app.descent.plane.view import SECONDS_AN_ANSWER
from app.ui.layer_numbers import show_layer_moment
from app.ui.payloads import LayerMoment, LayerTitle
from models.descent.layer_statistics import LayerStatistics
from models.descent.plane.network import ACTIVATIONS
from models.descent.plane.statistics import measure_layers
from models.descent.plane.training import Experiment, list_epochs
from models.values import check_whole


def show_layers(experiments: Sequence[Experiment], first: Any) -> PlaneLayers:
    """Lay out what the layers go through from a moment on, as many moments as an answer's time allows.

    Args:
        experiments: One or two of the same points and epochs.
        first: The place of the first moment in `list_epochs`, unchecked.

    Returns:
        As many moments of each. There may be none: where those before had to be measured first, and took as
        long as an answer may.

    Raises:
        ValueError: for settings that cannot be used, and for a place that is not there.
    """
    num_moments = len(list_epochs(experiments[0].training.epochs))
    first = check_whole(first, "The first moment", 0, num_moments - 1)
    ends_at = time.thread_time() + SECONDS_AN_ANSWER
    histories: list[list[LayerStatistics]] = [[] for _ in experiments]
    moments: list[list[LayerMoment]] = [[] for _ in experiments]
    for place in range(num_moments):
        for experiment, history, shown in zip(experiments, histories, moments, strict=True):
            history.append(measure_layers(experiment, place))
            if place >= first:
                shown.append(show_layer_moment(history))
        if time.thread_time() > ends_at:
            break
    answer: PlaneLayers = {
        "first": first,
        "moments": moments,
        "is_done": len(histories[0]) == num_moments,
    }
    if first == 0:
        answer["titles"] = [
            title_layers(*pair) for pair in zip(experiments, (one[0] for one in histories), strict=True)
        ]
    return answer


def title_layers(experiment: Experiment, measured: LayerStatistics) -> list[LayerTitle]:
    """Name the layers as the sentences do, by their numbers."""
    activation = ACTIVATIONS[experiment.network.activation].title
    titles: list[LayerTitle] = []
    for number, layer in enumerate(measured.layers, start=1):
        units = "1 unit" if layer.num_units == 1 else f"{layer.num_units} units"
        titles.append(
            {
                "title": f"Layer {number}",
                "about": f"{units}, {activation}" if number < len(measured.layers) else f"output, {units}",
                "num_units": layer.activations.num_units if layer.activations else 0,
            }
        )
    return titles
