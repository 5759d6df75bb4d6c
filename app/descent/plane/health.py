"""Why the small network does not learn, at the moment where the cursor rests."""

from __future__ import annotations

from app.ui.layer_numbers import Shown, show_layer
from app.ui.numbers import format_number
from models.descent.diagnosis import diagnose
from models.descent.plane.network import ACTIVATIONS
from models.descent.plane.statistics import list_statistics
from models.descent.plane.training import Experiment, list_epochs


def write_health(experiment: Experiment, place: int) -> str:
    """Write what the layers go through at a moment as Markdown: the causes in sentences, and a table.

    Args:
        experiment: The experiment, whose training is reached as far as that.
        place: The moment's place in `list_epochs`.
    """
    history = list_statistics(experiment, place)
    epoch = list_epochs(experiment.training.epochs)[place]
    layers = history[-1].layers
    activation = ACTIVATIONS[experiment.network.activation].title
    told = [finding.text for finding in diagnose(history)]
    rows = [
        "| layer | gradient | update ÷ weight | dead or saturated | spread of activations |",
        "|---|---:|---:|---:|---:|",
    ]
    for number, layer in enumerate(layers, start=1):
        gradient, update, stuck, spread = show_layer(layer)
        units = "1 unit" if layer.num_units == 1 else f"{layer.num_units} units"
        name = f"Output, {units}" if number == len(layers) else f"Layer {number}, {units}, {activation}"
        of_units = "–" if stuck is None else f"{stuck} of {layer.num_units}"
        rows.append(f"| {name} | {_write(gradient)} | {_write(update)} | {of_units} | {_write(spread)} |")
    return f"**After epoch {epoch}**\n\n" + "\n".join(f"- {text}" for text in told) + "\n\n" + "\n".join(rows)


def _write(value: Shown) -> str:
    return "–" if value is None else value if isinstance(value, str) else format_number(value)
