"""A network of one's own as its maker sees it: rows with shapes and costs, what does not fit, its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.runs.building.payloads import NetworkView, RepairView, RowView
from app.ui.numbers import format_number, format_seconds
from models.data.names import NUM_IMAGES, TRAIN_SHARE
from models.networks.layers.examination import Examination, Repair, Row, examine_layers
from models.networks.layers.exchange import (
    SharedNetwork,
    read_link,
    read_network_text,
    write_json,
    write_link,
)
from models.networks.layers.kind import Layers
from models.networks.layers.oddities import list_oddities
from models.networks.layers.plain_data import describe_layers, read_layers
from models.networks.layers.source import write_program
from models.networks.naming import check_own_name
from models.networks.registry import get_network_spec
from models.training.config import SETTINGS, TrainConfig
from models.training.foretelling import Forecast

PYTHON, JSON = "Python", "JSON"
_LINK = "link:"


def show_change(name: Any, layers: Any, text: Any, begin: Any, form: Any) -> NetworkView:
    """Examine what the builder sends after a change, unchecked.

    Args:
        name: What its maker calls the network.
        layers: The rows as plain data.
        text: Python or JSON in their place; None for the rows.
        begin: A given network's name in the place of all of them, or "link:" and what a link has of one;
            None for none.
        form: As what `NetworkView.text` is written, `PYTHON` or `JSON`.

    Raises:
        ValueError: If that is no list of layers; the message says what would be right.
    """
    if isinstance(begin, str) and begin.startswith(_LINK):
        return show_network(read_link(begin.removeprefix(_LINK)), form)
    if begin is not None:
        return show_network(begin_from(begin), form)
    if text is None:
        return show_network(SharedNetwork(str(name or ""), read_layers(layers)), form)
    shared = read_network_text(text)
    return show_network(SharedNetwork(shared.name or str(name or ""), shared.layers, shared.notes), form)


def show_network(shared: SharedNetwork, form: Any = PYTHON) -> NetworkView:
    """Lay out a network, which may still need a repair."""
    examination = examine_layers(shared.layers)
    problem = examination.find_problem()
    oddities = (
        []
        if problem
        else list_oddities(
            shared.layers, int(TRAIN_SHARE * NUM_IMAGES["train"]), SETTINGS["batch_size"].default
        )
    )
    at_rows: dict[int, list[str]] = {}
    for oddity in oddities:
        if oddity.numbers:
            said = str(oddity) if len(oddity.numbers) > 1 else _begin_large(oddity.text)
            at_rows.setdefault(oddity.numbers[-1], []).append(said)
    return {
        "name": shared.name,
        "layers": describe_layers(shared.layers),
        "rows": [
            _show_row(row, at_rows.get(number, [])) for number, row in enumerate(examination.rows, start=1)
        ],
        "problem": examination.problem,
        "repairs": _show_repairs(examination.repairs),
        "remarks": [*shared.notes, *(str(oddity) for oddity in oddities if not oddity.numbers)],
        "name_problem": _find_name_problem(shared.name),
        "parameters": examination.parameters,
        "multiply_adds": examination.multiply_adds,
        "activations": examination.activations,
        "text": _write_text(shared.name, shared.layers, form, examination),
        "link": write_link(shared.name, shared.layers),
    }


def _begin_large(text: str) -> str:
    return text[0].upper() + text[1:]


def _show_row(row: Row, remarks: list[str]) -> RowView:
    fits = row.output_shape is not None
    return {
        "sizes": list(row.output_shape or ()),
        "parameters": row.parameters if fits else None,
        "multiply_adds": row.multiply_adds if fits else None,
        "problem": row.problem,
        "repairs": _show_repairs(row.repairs),
        "remarks": remarks,
        "body": [_show_row(inner, []) for inner in row.body],
    }


def _show_repairs(repairs: Sequence[Repair]) -> list[RepairView]:
    return [{"label": repair.label, "layers": describe_layers(repair.layers)} for repair in repairs]


def _find_name_problem(name: str) -> str:
    try:
        check_own_name(name)
    except ValueError as mistake:
        return str(mistake)
    return ""


def _write_text(name: str, layers: Layers, form: Any, examination: Examination) -> str:
    """Write a list as Python, or as JSON where that is wanted, or where it is no network yet."""
    if form == JSON or examination.find_problem():  # what comes into layers behind a misfit is not known
        return write_json(name, layers)
    return write_program(layers)


def begin_from(network: str) -> SharedNetwork:
    """Return a given network's layers, to be changed.

    Raises:
        ValueError: If there is no such network.
    """
    spec = get_network_spec(network)
    return SharedNetwork(f"My {spec.title}", spec.layers)


def describe_forecast(forecast: Forecast, config: TrainConfig) -> str:
    """Say what a training will take."""
    seconds = forecast.seconds_per_epoch
    whole = "" if config.epochs == 1 else f", {format_seconds(config.epochs * seconds)} for {config.epochs}"
    return (
        f"About {format_seconds(seconds)} an epoch on this machine as busy as it is now{whole}; "
        f"{format_number(forecast.memory_bytes / 1e6)} MB of memory beside PyTorch's own."
    )
