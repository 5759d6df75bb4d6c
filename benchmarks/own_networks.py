"""A network of one's own: how soon an edit is answered, and how well its training is foretold.

    uv run python -m benchmarks.own_networks [ROUNDS] [--save]

Both halves of a comparison are taken in turn, so that a noisy machine disturbs both alike; medians are kept.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

from benchmarks.measurements import save_measurement
from benchmarks.tables import write_table
from models.networks.layers.examination import MAX_LAYERS, examine_layers
from models.networks.layers.exchange import write_link
from models.networks.layers.kind import Layers
from models.networks.layers.kinds import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
    Tanh,
)
from models.networks.layers.oddities import find_oddities
from models.networks.layers.plain_data import describe_layers, read_layers
from models.networks.layers.source import write_program
from models.networks.registry import NETWORKS
from models.training.config import TrainConfig
from models.training.events import EpochEvent
from models.training.foretelling import foretell_training
from models.training.loop import train
from models.training.recipes import make_config

LENET: Layers = (
    Conv2d(6, 5, padding=2), Tanh(), AvgPool2d(2), Conv2d(16, 5), Tanh(), AvgPool2d(2), Flatten(),
    Linear(120), Tanh(), Linear(84), Tanh(), Linear(10),
)  # fmt: skip
BLOCKS: Layers = (
    Conv2d(16, padding=1), ReLU(), Residual((Conv2d(16, padding=1), BatchNorm2d(), ReLU())), MaxPool2d(2),
    Residual((Conv2d(32, padding=1), BatchNorm2d(), ReLU())), MaxPool2d(14), Flatten(), Linear(10),
)  # fmt: skip
WIDE: Layers = (
    Conv2d(64, 5, padding=2), ReLU(), Conv2d(64, 5, padding=2), ReLU(), MaxPool2d(2), Flatten(), Linear(10),
)  # fmt: skip
LARGEST: Layers = (*[Conv2d(8, padding=1), ReLU()] * 18, MaxPool2d(4), ReLU(), Flatten(), Linear(10))
EDITED = {
    "LeNet-5": LENET,
    "ConvNet4": NETWORKS["convnet4"].layers,
    "two residual blocks": BLOCKS,
    f"{MAX_LAYERS} layers": LARGEST,
}
NUM_EDITS = 50
_NUM_IMAGES, _BATCH_SIZE = 48_000, 32  # as a form that nobody has changed


def answer_edit(plain: Any) -> None:
    """Do what Python does at an edit: read and examine the list, and write it as text and as a link."""
    layers = read_layers(plain)
    assert not examine_layers(layers).find_problem()
    find_oddities(layers, _NUM_IMAGES, _BATCH_SIZE)
    write_program(layers)
    write_link("Mine", layers)


def time_edits() -> list[dict[str, Any]]:
    """Time the answers to edits of each list, one of each in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in EDITED}
    for _ in range(NUM_EDITS):
        for name, layers in EDITED.items():
            seconds[name].append(_time_edit(describe_layers(layers)))
    return [
        {
            "network": name,
            "layers": sum(1 + len(row.body) for row in examine_layers(layers).rows),
            "median_ms": round(1000 * statistics.median(seconds[name]), 2),
            "late_ms": round(1000 * statistics.quantiles(seconds[name], n=20)[-1], 2),
        }
        for name, layers in EDITED.items()
    ]


def list_trainings() -> dict[str, TrainConfig]:
    """Return the trainings that are foretold: given networks and one's own, from light to heavy."""
    usual: dict[str, Any] = {"dataset": "strokes", "num_images": 4_000, "epochs": 2}

    def plan(network: str, **changes: Any) -> TrainConfig:
        return make_config(network, **usual | changes)

    return {
        "MLP": plan("mlp"),
        "ConvNet, batches of 64": plan("convnet", batch_size=64),
        "GlassNet, bfloat16, augmented": plan("glassnet", precision="bfloat16", augment=True),
        "LeNet-5": plan("LeNet-5", layers=describe_layers(LENET)),
        "two residual blocks": plan("Blocks", layers=describe_layers(BLOCKS), num_images=1_500),
        "64, 64 filters 5×5, batches of 128": plan(
            "Wide", layers=describe_layers(WIDE), num_images=1_000, batch_size=128
        ),
    }


def compare_forecasts(num_rounds: int) -> list[dict[str, Any]]:
    """Foretell a training's epoch, then train it and time the second one: so often, of each in turn."""
    trainings = list_trainings()
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in trainings}
    for _ in range(num_rounds):
        for name, config in trainings.items():
            start = time.perf_counter()
            foretold = foretell_training(config).seconds_per_epoch
            measuring = time.perf_counter() - start
            found[name].append((foretold, _time_epoch(config), measuring))
            print(f"{name}: foretold {foretold:.2f} s, took {found[name][-1][1]:.2f} s", flush=True)
    rows = []
    for name, rounds in found.items():
        ratios = [foretold / took for foretold, took, _ in rounds]
        rows.append(
            {
                "network": name,
                "foretold_seconds": round(statistics.median(each[0] for each in rounds), 2),
                "epoch_seconds": round(statistics.median(each[1] for each in rounds), 2),
                "ratio": round(statistics.median(ratios), 2),
                "each_ratio": [round(ratio, 2) for ratio in ratios],
                "measuring_seconds": round(statistics.median(each[2] for each in rounds), 2),
            }
        )
    return rows


def _time_epoch(config: TrainConfig) -> float:
    """Train two epochs, and return the seconds of the second one: the first one makes everything ready."""
    epochs: list[EpochEvent] = []
    events = train(config)
    while len(epochs) < 2:  # not to the end: there the test images are read
        event = next(events)
        if isinstance(event, EpochEvent):
            epochs.append(event)
    events.close()  # type: ignore[attr-defined]
    return epochs[1].seconds - epochs[0].seconds


def _time_edit(plain: list[dict[str, Any]]) -> float:
    start = time.perf_counter()
    answer_edit(plain)
    return time.perf_counter() - start


def main() -> None:
    """Measure, print the tables, and keep them where that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=5, help="forecasts of each network")
    parser.add_argument("--save", action="store_true", help="keep what was measured")
    options = parser.parse_args()
    measured = {"edits": time_edits(), "forecasts": compare_forecasts(options.rounds)}
    for name, rows in measured.items():
        print(f"\n{write_table(name, rows)}")
        if options.save:
            save_measurement(name, rows)


if __name__ == "__main__":
    main()
