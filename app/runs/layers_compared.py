"""The layers of two trained networks side by side, what differs marked, and whether a lead is chance."""

from __future__ import annotations

import json
from typing import Any

from app.runs.comparison import MAX_RUNS
from app.runs.results import title_run
from app.runs.verdicts import judge_differences
from app.ui.card_button import write_card_button
from app.ui.prose import quote_text
from app.ui.rendering import render_markdown
from models.networks.layers.alignment import Pair, align_layers
from models.networks.layers.examination import Row
from models.networks.layers.kind import Layers, write_shape
from models.networks.naming import title_network
from models.runs.folder import keep_known_runs
from models.runs.status import RunState, keep_readable_runs
from models.training.config import TrainConfig
from models.training.network import list_trained_layers

_NOTHING = "Tick two runs of different networks in the list of runs to see their layers side by side."


def on_layers_compared(ticked: Any) -> str:
    """Show the layers of the ticked runs, as HTML; wired to its button, which sends their ids as JSON."""
    try:
        text = show_layers_compared(json.loads(ticked))
    except (TypeError, ValueError, RecursionError):
        text = _NOTHING
    button = "" if text == _NOTHING else write_card_button("comparison", "Layers side by side")
    return render_markdown(text) + button


def show_layers_compared(run_ids: Any) -> str:
    """Write, as Markdown, the layers of the first two different networks among runs.

    Args:
        run_ids: The ticked runs, unchecked.
    """
    runs = keep_readable_runs(keep_known_runs(run_ids)[:MAX_RUNS])
    networks: dict[Layers, RunState] = {}
    for run in runs:
        networks.setdefault(list_trained_layers(TrainConfig(**run.config)), run)
    if len(networks) < 2:
        return _NOTHING
    (first, one), (second, other), *_ = networks.items()
    titles = [quote_text(title_network(run.config["network"])) for run in (one, other)]
    table = write_layers_compared(titles[0], first, titles[1], second)
    labels = [title_run(run) for run in (one, other)]
    if labels[0] == labels[1]:
        labels = [f"{label}, no. {number}" for number, label in enumerate(labels, start=1)]
    verdicts = judge_differences([one, other], labels)
    told = [f"{quote_text(each['verdict'])} {quote_text(each['detail'])}" for each in verdicts]
    return "\n\n".join([table, *told])


def write_layers_compared(first_title: str, first: Layers, second_title: str, second: Layers) -> str:
    """Write two lists as a Markdown table, a row for each pair of layers; titles are Markdown already."""
    pairs = align_layers(first, second)
    lines = [f"| {first_title} | {second_title} | |", "|---|---|---|", *map(_write_pair, pairs)]
    for name, what in (("parameters", "learned numbers"), ("multiply_adds", "multiply-adds an image")):
        one = sum(getattr(pair.first, name, 0) for pair in pairs)
        other = sum(getattr(pair.second, name, 0) for pair in pairs)
        lines.append(f"| {one:,} {what} | {other:,} {what} | {_write_ratio(one, other)} |")
    return "\n".join(lines)


def _write_pair(pair: Pair) -> str:
    remark = ""
    if pair.first is None or pair.second is None:
        remark = "only here"
    elif pair.differs:
        remark = "differs"
    one, other = (_write_row(row, bool(remark)) for row in (pair.first, pair.second))
    return f"| {one} | {other} | {remark} |"


def _write_row(row: Row | None, is_marked: bool) -> str:
    if row is None:
        return "–"
    assert row.input_shape is not None
    assert row.output_shape is not None
    call = quote_text(row.layer.write(row.input_shape).removeprefix("nn."))
    return f"{f'**{call}**' if is_marked else call} → {write_shape(row.output_shape)}"


def _write_ratio(one: int, other: int) -> str:
    if one == other or not one or not other:
        return ""
    return f"{max(one, other) / min(one, other):.3g} times as many"
