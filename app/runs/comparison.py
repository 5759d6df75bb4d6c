"""Several runs side by side, as the component `compare` shows them: curves, a table, seeds, and chance."""

from __future__ import annotations

import math
from typing import Any

from app.runs.payloads import Comparison, Table, TableCell
from app.runs.results import title_run, title_training
from app.runs.verdicts import judge_differences, read_test, read_validation, summarise_seeds
from app.ui.numbers import format_number, format_seconds, write_percent
from models.data.names import NUM_IMAGES, TITLES
from models.networks.layers.examination import examine_layers
from models.networks.naming import title_network
from models.runs.status import (
    EXAMPLE_RUN,
    LIVE_STATUSES,
    RunState,
    keep_known_runs,
    keep_readable_runs,
    read_run,
)
from models.training.config import IMPORTED, OPTIMIZERS, SETTINGS, TrainConfig
from models.training.network import list_trained_layers
from models.training.recipes import name_config

MAX_RUNS = 8
MAX_POINTS = 150  # of a curve: as many as its chart has room for

# Each quantity: what a learner reads, the axis, whether it is logarithmic, and where its numbers are.
_QUANTITIES = {
    "training_loss": ("Training loss, smoothed", "cross-entropy (nats)", True, "steps", "smoothed_loss"),
    "validation_loss": ("Validation loss", "cross-entropy (nats)", True, "epochs", "validation_loss"),
    "validation_accuracy": ("Validation accuracy", "accuracy", False, "epochs", "validation_accuracy"),
    "learning_rate": ("Learning rate", "learning rate", False, "steps", "learning_rate"),
}
_SEEDS_MATTER = (
    "The intervals cover the luck of the test images. Another seed alone moves an accuracy as well: repeat "
    "a training over several seeds to see by how much."
)


def show_comparison(run_ids: Any) -> Comparison:
    """Lay out the ticked runs side by side; the example alone where none is ticked.

    Args:
        run_ids: Up to `MAX_RUNS` ids, unchecked; those that no run has any more are left out.

    Returns:
        What `app.runs.components.comparison` takes.
    """
    ids = list(dict.fromkeys(keep_known_runs(run_ids)))[:MAX_RUNS]
    readable = keep_readable_runs(ids)
    runs = readable or [read_run(EXAMPLE_RUN)]
    configs = [run.config | {"recipe": name_config(TrainConfig(**run.config))} for run in runs]
    names = [run.name or title_run(run) for run in runs]
    labels = label_runs(names, configs)
    return {
        "runs": [
            {
                "id": run.run_id,
                "label": label,
                "name": name,
                "about": run.name and title_training(run),
            }
            for run, name, label in zip(runs, names, labels, strict=True)
        ],
        "is_live": any(run.status in LIVE_STATUSES for run in runs),
        "hint": _write_hint(len(readable), len(ids) - len(readable)),
        "quantities": [
            {"key": key, "title": title, "y_label": y_label, "log_y": log_y, "by_epoch": source == "epochs"}
            for key, (title, y_label, log_y, source, _) in _QUANTITIES.items()
        ],
        "curves": {
            key: [_trace_curve(run, source, name) for run in runs]
            for key, (*_, source, name) in _QUANTITIES.items()
        },
        "table": _lay_out_table(runs, configs),
        "groups": summarise_seeds(*_keep_trained(runs)),
        "verdicts": judge_differences(runs, labels),
        "seeds_matter": _SEEDS_MATTER,
    }


def _keep_trained(runs: list[RunState]) -> tuple[list[RunState], list[dict[str, Any]]]:
    """Leave out weights that were trained elsewhere: their seeds are not known."""
    trained = [run for run in runs if run.config["recipe"] != IMPORTED]
    return trained, [run.config for run in trained]


def label_runs(names: list[str], configs: list[dict[str, Any]]) -> list[str]:
    """Name runs so that they can be told apart: by their names, or by network, data and what differs."""
    labels = []
    for position, (label, config) in enumerate(zip(names, configs, strict=True)):
        alike = [other for name, other in zip(names, configs, strict=True) if name == label]
        differing = [key for key in list_columns() if any(other[key] != config[key] for other in alike)]
        differing = [key for key in differing if key != "recipe"] or differing  # it follows from the others
        parts = [f"{list_columns()[key].lower()} {write_setting(key, config[key])}" for key in differing[:2]]
        if parts and config["recipe"] == IMPORTED:
            parts = [IMPORTED]
        if len(alike) > 1 and not parts:
            parts = [f"no. {names[: position + 1].count(label)}"]
        labels.append(", ".join([label, *parts]))
    return labels


def list_columns() -> dict[str, str]:
    """Return what runs are compared by, and its headings: all that can be set, the hyperparameters first."""
    offered = [
        setting for name, setting in SETTINGS.items() if setting.offered != "nowhere" or name == "start_from"
    ]
    settings = sorted(offered, key=lambda setting: not setting.is_hyperparameter)
    headings = {setting.name: setting.title for setting in settings if setting.name != "dataset"}
    headings["start_from"] = SETTINGS["start_from"].label
    return {"network": "Network", "dataset": "Data", "recipe": "Recipe"} | headings


def write_setting(key: str, value: Any) -> str:
    """Write a field of `TrainConfig` as a learner reads it."""
    if key == "network":
        return title_network(value)
    if key == "dataset":
        return TITLES[value]
    if key == "optimizer":
        return OPTIMIZERS[value]
    if key == "dropout" and value is None:
        return "its own"
    if key == "distortions":
        return value.replace(",", ", ") or "none"
    if key == "num_images":
        return f"{value or NUM_IMAGES['train']:,}"
    if key == "start_from":
        return value or "fresh weights"
    if isinstance(value, bool):
        return "on" if value else "off"
    if key.endswith("seed"):
        return str(value)
    return value if isinstance(value, str) else format_number(float(value))


def _write_hint(num_ticked: int, num_damaged: int) -> str:
    left_out = ""
    if num_damaged:
        left_out = "1 damaged run is" if num_damaged == 1 else f"{num_damaged} damaged runs are"
        left_out += " left out. "
    if not num_ticked:
        hint = "Tick two or more runs in the list above to lay them over each other. Until then, the example."
    else:
        hint = "Tick another run in the list above to lay it over this one." if num_ticked == 1 else ""
    return (left_out + hint).strip()


def _trace_curve(run: RunState, source: str, name: str) -> list[list[float]]:
    """Return a curve as points [step, epoch, seconds, value], at most `MAX_POINTS` at equal distances."""
    events = run.steps if source == "steps" else run.epochs
    known = [event for event in events if event.get(name) is not None]
    stride = math.ceil(len(known) / MAX_POINTS) or 1
    chosen = known[::-stride][::-1]  # with the last one
    epochs = run.config["epochs"]
    return [
        [
            event["step"],
            round(event["step"] / run.num_steps * epochs, 4) if run.num_steps else 0,
            round(event.get("seconds", 0.0), 2),
            float(f"{event[name]:.5g}"),
        ]
        for event in chosen
    ]


def _lay_out_table(runs: list[RunState], configs: list[dict[str, Any]]) -> Table:
    """Return columns for the settings that differ and for the results, and a row of cells a run."""
    columns = [key for key in list_columns() if key not in ("network", "dataset")]  # they stand in the title
    differing = [key for key in columns if any(config[key] != configs[0][key] for config in configs)]
    results = ("Validation accuracy", "Test accuracy", "Time", "Parameters")
    rows = []
    for run, config in zip(runs, configs, strict=True):
        cells: list[TableCell] = [_write_cell(key, config) for key in differing]
        layers = list_trained_layers(TrainConfig(**run.config))
        parameters = examine_layers(layers).parameters
        seconds = run.seconds
        cells += [
            _write_accuracy(read_validation(run)),
            _write_test(run),
            {"text": format_seconds(seconds), "value": seconds, "title": f"{seconds} s"},
            {"text": f"{parameters:,}", "value": parameters},
        ]
        rows.append(cells)
    return {"columns": [*(list_columns()[key] for key in differing), *results], "rows": rows}


def _write_cell(key: str, config: dict[str, Any]) -> TableCell:
    """Return the cell of a setting; of weights that were trained elsewhere none is known but the recipe."""
    if config["recipe"] == IMPORTED and key != "recipe":
        return {"text": "–", "value": None}
    return {"text": write_setting(key, config[key]), "value": _rank(key, config[key])}


def _rank(key: str, value: Any) -> Any:
    """Return what a column is sorted by: a number where it has numbers, and otherwise its text."""
    if key == "num_images" and value is None:
        return NUM_IMAGES["train"]
    if key == "dropout" and value is None:
        return -1
    return value if isinstance(value, int | float) else write_setting(key, value)


def _write_accuracy(accuracy: float | None) -> TableCell:
    if accuracy is None:
        return {"text": "–", "value": None}
    return {"text": write_percent(accuracy, 2), "value": accuracy, "title": str(accuracy)}


def _write_test(run: RunState) -> TableCell:
    cell = _write_accuracy(read_test(run))
    if run.test:
        cell["small"] = f"{write_percent(run.test['low'], 2)} to {write_percent(run.test['high'], 2)}"
    return cell
