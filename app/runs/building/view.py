"""A network of one's own as its maker sees it: rows with shapes and costs, what does not fit, its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.ui.numbers import format_number, format_seconds
from app.ui.prose import quote_text
from models.networks.layers.examination import Examination, Repair, Row, examine_layers
from models.networks.layers.exchange import (
    SharedNetwork,
    read_link,
    read_network_text,
    write_json,
    write_link,
)
from models.networks.layers.kind import Layers, write_shape
from models.networks.layers.oddities import find_oddities
from models.networks.layers.source import write_program
from models.networks.naming import check_own_name
from models.networks.registry import get_network_spec
from models.training.config import TrainConfig
from models.training.foretelling import Forecast

PYTHON, JSON = "Python", "JSON"


@dataclass(frozen=True)
class BuildView:
    """What the page shows of a text.

    Attributes:
        table: The rows, as Markdown; empty where the text cannot be read.
        problem: What keeps it from being a network, as Markdown; empty where it is one.
        repair: What would mend the first problem; None where nothing is known to.
        remarks: What was read otherwise and what is odd, as Markdown.
        link: The parameter of a link to it; empty where the text cannot be read.
    """

    table: str
    problem: str
    repair: Repair | None
    remarks: str
    link: str


def show_text(name: Any, text: Any, num_images: int, batch_size: int) -> BuildView:
    """Read and examine a text.

    Args:
        name: What its maker calls the network, unchecked.
        text: Python or JSON, unchecked.
        num_images: Of the training part, for what is odd.
        batch_size: Images a step, likewise.
    """
    try:
        shared = read_network_text(text)
    except ValueError as mistake:
        return BuildView("", quote_text(str(mistake)), None, "", "")
    examination = examine_layers(shared.layers)
    problem = examination.find_problem()
    remarks = list(shared.notes)
    if not problem:
        remarks += find_oddities(shared.layers, num_images, batch_size)
        try:
            check_own_name(name)
        except ValueError as mistake:
            problem = str(mistake)
    return BuildView(
        table=write_rows(examination),
        problem=quote_text(problem),
        repair=find_repair(examination),
        remarks="\n\n".join(map(quote_text, remarks)),
        link=write_link(str(name or ""), shared.layers),
    )


def write_rows(examination: Examination) -> str:
    """Write the rows as a Markdown table, and their sums."""
    lines = ["| # | Layer | Output | Learned | Multiply-adds |", "|--:|---|---|--:|--:|"]
    for number, row in enumerate(examination.rows, start=1):
        lines += _write_row(f"{number}", row)
    sums = f"{examination.parameters:,} | {examination.multiply_adds:,}"
    return "\n".join([*lines, f"| | Together | | {sums} |"])


def _write_row(number: str, row: Row) -> Iterator[str]:
    call = f"{row.layer.kind}"
    settings = [
        f"{setting.name} {value:g}" if isinstance(value, float) else f"{setting.name} {value}"
        for setting in row.layer.settings()
        if (value := getattr(row.layer, setting.name)) != setting.default or setting.by_position
    ]
    call += f" · {', '.join(settings)}" if settings else ""
    has_problem = row.problem or any(inner.problem for inner in row.body)
    output = "–" if row.output_shape is None else write_shape(row.output_shape)
    if has_problem:
        output = "**does not fit**"
    counts = f"{row.parameters:,} | {row.multiply_adds:,}" if row.output_shape else "– | –"
    yield f"| {number} | {call} | {output} | {counts} |"
    for place, inner in enumerate(row.body, start=1):
        yield from _write_row(f"{number}.{place}", inner)


def find_repair(examination: Examination) -> Repair | None:
    """Return the first repair of the first problem; None where there is none."""
    rows = [inner for row in examination.rows for inner in (*row.body, row)]
    found = next((row.repairs for row in rows if row.problem), examination.repairs)
    return found[0] if found else None


def write_text(name: str, layers: Layers, form: str) -> str:
    """Write a list as Python, or as JSON where that is wanted, or where it is no network yet."""
    if form == PYTHON:
        try:
            return write_program(layers)
        except ValueError:
            pass  # what comes into the layers behind a misfit is not known
    return write_json(name, layers)


def begin_from(network: str) -> SharedNetwork:
    """Return a given network's layers, to be changed.

    Raises:
        ValueError: If there is no such network.
    """
    spec = get_network_spec(network)
    return SharedNetwork(f"My {spec.title}", spec.layers)


def open_link(text: str) -> SharedNetwork:
    """Return what a link says; see `models.networks.layers.exchange.read_link`."""
    return read_link(text)


def describe_forecast(forecast: Forecast, config: TrainConfig) -> str:
    """Say what a training will take."""
    seconds = forecast.seconds_per_epoch
    whole = "" if config.epochs == 1 else f", {format_seconds(config.epochs * seconds)} for {config.epochs}"
    return (
        f"About {format_seconds(seconds)} an epoch on this machine as busy as it is now{whole}; "
        f"{format_number(forecast.memory_bytes / 1e6)} MB of memory beside PyTorch's own."
    )
