"""Why the small network does not learn, moment by moment, as the page shows it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from app.descent.plane.payloads import PlaneHealth, PlaneHealthMoment, PlaneLayerTitle
from app.ui.numbers import format_number
from app.ui.packing import pack
from models.descent.diagnosis import diagnose
from models.descent.layer_statistics import Layer, LayerStatistics
from models.descent.plane.network import ACTIVATIONS
from models.descent.plane.statistics import list_statistics
from models.descent.plane.training import Experiment, check_experiment, list_epochs
from models.values import check_whole

_SECONDS_AN_ANSWER = 0.06  # of computing, so that many visitors at once see something soon
_DIGITS = 4  # significant ones, as many as are shown

ReadExperiments = Callable[[Any], tuple[Experiment, Experiment | None]]


def answer_health(request: Any, read_experiments: ReadExperiments) -> str:
    """Answer the component's question; a network is trained as far as the moments that are sent.

    Args:
        request: `{"slot": "a" | "b", "first": place, …}` from the browser, unchecked.
        read_experiments: Reads of it the networks that the controls and `beside` mean.
    """
    try:
        settings, beside = read_experiments(request)
        chosen = beside if request.get("slot") == "b" and beside is not None else settings
        return pack(show_health(chosen, request.get("first", 0)))
    except ValueError as mistake:
        return pack({"error": str(mistake)})
    except (TypeError, KeyError, AttributeError):
        return pack({"error": "The page sent a request that cannot be read. Reload it."})


def show_health(experiment: Experiment, first: int = 0) -> PlaneHealth:
    """Lay out some moments from a place on, one at least, as many as an answer's time allows.

    Raises:
        ValueError: For settings out of range, and for a moment that is not there.
    """
    check_experiment(experiment)
    epochs = list_epochs(experiment.training.epochs)
    check_whole(first, "The first moment", 0, len(epochs) - 1)
    ends_at = time.thread_time() + _SECONDS_AN_ANSWER
    moments: list[PlaneHealthMoment] = []
    place = first
    while place < len(epochs) and (place == first or time.thread_time() < ends_at):
        history = list_statistics(experiment, place)
        moments.append(_show_moment(epochs[place], history))
        place += 1
    health: PlaneHealth = {"first": first, "moments": moments, "is_done": place == len(epochs)}
    if first == 0:
        health["titles"] = _list_titles(experiment, history[0].layers)
    return health


def _list_titles(experiment: Experiment, layers: Sequence[Layer]) -> list[PlaneLayerTitle]:
    activation = ACTIVATIONS[experiment.network.activation].title
    titles: list[PlaneLayerTitle] = []
    for number, layer in enumerate(layers, start=1):
        is_output = number == len(layers)
        units = "1 unit" if layer.num_units == 1 else f"{layer.num_units} units"
        found = layer.activations
        titles.append(
            {
                "title": "Output" if is_output else f"Layer {number}",
                "about": units if is_output else f"{units}, {activation}",
                "num_units": found.num_units if found else 0,
            }
        )
    return titles


def _show_moment(epoch: int, history: Sequence[LayerStatistics]) -> PlaneHealthMoment:
    return {
        "epoch": epoch,
        "layers": [_show_layer(layer) for layer in history[-1].layers],
        "findings": [
            {"layer": finding.layer, "is_well": finding.cause == "well", "text": finding.text}
            for finding in diagnose(history)
        ],
    }


def _show_layer(layer: Layer) -> list[float | str | None]:
    found = layer.activations
    stuck = None if not found else found.num_saturated if found.num_dead is None else found.num_dead
    return [
        _shorten(layer.gradient),
        _shorten(layer.update_ratio),
        stuck,
        _shorten(found.spread if found else None),
    ]


def _shorten(value: float | None) -> float | str | None:
    """Return what JSON can hold: a text where the value is no number."""
    if value is None or math.isfinite(value):
        return None if value is None else float(f"{value:.{_DIGITS}g}")
    return "NaN" if math.isnan(value) else "∞"


def write_health(experiment: Experiment, place: int) -> str:
    """Write what the layers go through at a moment as Markdown: the causes in sentences, and a table.

    Args:
        experiment: The experiment, whose training is reached as far as that.
        place: The moment's place in `list_epochs`.
    """
    history = list_statistics(experiment, place)
    epoch = list_epochs(experiment.training.epochs)[place]
    titles = _list_titles(experiment, history[-1].layers)
    told = [finding.text for finding in diagnose(history)]
    rows = [
        "| layer | gradient | update ÷ weight | dead or saturated | spread of activations |",
        "|---|---:|---:|---:|---:|",
    ]
    for title, layer in zip(titles, history[-1].layers, strict=True):
        gradient, update, stuck, spread = _show_layer(layer)
        stuck = "–" if stuck is None else f"{stuck} of {title['num_units']}"
        cells = [
            f"{title['title']}, {title['about']}",
            _write(gradient),
            _write(update),
            stuck,
            _write(spread),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return f"**After epoch {epoch}**\n\n" + "\n".join(f"- {text}" for text in told) + "\n\n" + "\n".join(rows)


def _write(value: float | str | None) -> str:
    return "–" if value is None else value if isinstance(value, str) else format_number(value)
