"""Where in a list dropout can go, and the list with a dropout there."""

from __future__ import annotations

from models.networks.layers.examination import examine_layers
from models.networks.layers.kind import Layers, write_shape
from models.networks.layers.kinds import Dropout


def list_dropout_places(layers: Layers) -> list[tuple[str, int]]:
    """List the places before each layer of a network, each as (what is read, the layer's index).

    Args:
        layers: A list that is a network.

    Raises:
        ValueError: If it is none.
    """
    examination = examine_layers(layers)
    problem = examination.find_problem()
    if problem:
        raise ValueError(problem)
    places = []
    for index, row in enumerate(examination.rows):
        assert row.input_shape is not None
        size = write_shape(row.input_shape)
        what = f"{size} features" if len(row.input_shape) == 1 else f"maps {size}" if index else "the image"
        places.append((f"before layer {index + 1}, {row.layer.kind}: {what}", index))
    return places


def place_dropout(layers: Layers, index: int, p: float) -> Layers:
    """Return the list with a dropout before the layer at `index`.

    Raises:
        ValueError: If there is no such layer, p is no probability of a dropout, or the list is full.
    """
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(layers):
        raise ValueError(f"There is no layer {index!r:.20}: choose one from 0 to {len(layers) - 1}.")
    (setting,) = Dropout.settings()
    placed = (*layers[:index], Dropout(setting.read(p, "Dropout")), *layers[index:])
    problem = examine_layers(placed).find_problem()
    if problem:
        raise ValueError(problem)
    return placed
