"""Time to the notebook's accuracy: its own loop and our recipe `fast`, interleaved, each in a fresh process.

    uv run python benchmarks/time_to_accuracy.py              # six networks, three seeds, about an hour
    uv run python benchmarks/time_to_accuracy.py mlp convnet  # only these
    uv run python benchmarks/time_to_accuracy.py --glassnet   # our own network, five seeds

What counts is training and validation; importing, reading the files and the one look at the test images do
not, on either side. Prints a table in Markdown; with --save, the rows of the networks measured are kept.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn

from benchmarks.measurements import save_measurement
from benchmarks.tables import write_table
from models.checkpoints.evaluation import evaluate_network
from models.data.datasets import load_dataset
from models.data.files import find_data_folder
from models.data.names import NUM_IMAGES
from models.networks.architecture import read_architecture
from models.networks.registry import build_network
from models.training.events import EpochEvent, Finished, StepEvent
from models.training.loop import train
from models.training.recipes import make_config

# The test accuracy that the notebook's recipe reaches with its own loop, and how much sooner ours must.
TARGETS = {
    "logistic": (0.832, 20),
    "mlp": (0.899, 20),
    "convnet": (0.980, 6),
    "convnet2": (0.982, 6),
    "convnet3": (0.988, 3),
    "convnet4": (0.991, 5),
}
SEEDS = 3
GLASSNET_SEEDS = 5
MAX_GIB = 1.2


@dataclass(frozen=True)
class Outcome:
    """One training: test accuracy, seconds of training and validation, and what it took of the machine."""

    accuracy: float
    seconds: float
    peak_gib: float
    share_of_limit: float | None = None


def run_notebook_loop(network_name: str, seed: int) -> tuple[nn.Module, float]:
    """Train with the notebook's loop, and return the network and the seconds."""
    from torch.utils.data import DataLoader, random_split
    from torchvision import datasets, transforms

    torch.manual_seed(seed)
    everything = datasets.MNIST(str(find_data_folder()), train=True, transform=transforms.ToTensor())
    num_train = int(0.8 * len(everything))
    training, validation = random_split(everything, [num_train, len(everything) - num_train])
    batches = DataLoader(training, batch_size=32, shuffle=True)
    validation_batches = DataLoader(validation, batch_size=32, shuffle=True)
    network = build_network(network_name)
    if network_name in ("logistic", "mlp"):
        momentum = 0.9 if network_name == "mlp" else 0.0
        optimizer: torch.optim.Optimizer = torch.optim.SGD(network.parameters(), lr=0.001, momentum=momentum)
    else:
        optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    criterion = nn.CrossEntropyLoss()
    start = time.perf_counter()
    for _ in range(2):
        network.train()
        for images, labels in batches:
            optimizer.zero_grad()
            criterion(network(images), labels).backward()
            optimizer.step()
        network.eval()
        loss = num_correct = num_seen = 0.0
        with torch.no_grad():
            for images, labels in validation_batches:
                logits = network(images)
                num_seen += len(labels)
                loss += len(labels) * criterion(logits, labels).item()
                num_correct += (logits.argmax(dim=1) == labels).sum().item()
    return network, time.perf_counter() - start


def train_fast(network_name: str, seed: int) -> Outcome:
    """Train with our recipe, and measure how much of the machine's floating-point limit it used."""
    config = make_config(network_name, "fast", seed=seed)
    limit = measure_matrix_peak(getattr(torch, config.precision))
    seconds = seconds_in_steps = 0.0
    num_images = 0
    latest: StepEvent | None = None
    for event in train(config, device=torch.device("cpu")):
        if isinstance(event, StepEvent):
            latest = event
        elif isinstance(event, EpochEvent):
            assert latest is not None
            seconds_in_steps += latest.seconds - seconds  # without the validation that followed
            seconds = event.seconds
            num_images += int(0.8 * (config.num_images or NUM_IMAGES["train"]))
        elif isinstance(event, Finished):
            assert event.test is not None
            share = count_operations(network_name) * num_images / seconds_in_steps / limit
            return Outcome(event.test.accuracy, seconds, read_peak_gib(), share)
    raise AssertionError("a training ends with Finished")


def train_as_notebook_does(network_name: str, seed: int) -> Outcome:
    """Train with the notebook's loop, and test."""
    network, seconds = run_notebook_loop(network_name, seed)
    peak_gib = read_peak_gib()
    return Outcome(evaluate_network(network, load_dataset("mnist", "test")).accuracy, seconds, peak_gib)


def count_operations(network_name: str) -> int:
    """Return the floating-point operations of one image's forward and backward pass.

    Two for each multiply-add of convolutions and linear layers: forwards, for the gradient of the weights and
    for that of the layer's input, which the first layer does not need.
    """
    counts = [layer.multiply_adds for layer in read_architecture(network_name).layers if layer.multiply_adds]
    return 2 * (3 * sum(counts) - counts[0])


def measure_matrix_peak(dtype: torch.dtype) -> float:
    """Return the floating-point operations a second of the best of many matrix products."""
    size = 2048
    left, right = torch.rand(size, size).to(dtype), torch.rand(size, size).to(dtype)
    best = math.inf
    for _ in range(20):
        start = time.perf_counter()
        left @ right
        best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best


def read_peak_gib() -> float:
    """Return the most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # Linux counts in KiB


def run_in_fresh_process(who: str, network_name: str, seed: int) -> Outcome:
    """Run one training in a process of its own."""
    command = [sys.executable, __file__, "--one", who, network_name, str(seed)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    outcome = Outcome(**json.loads(printed.splitlines()[-1]))
    print(f"{who:8} {network_name:9} seed {seed}: {outcome}", file=sys.stderr, flush=True)
    return outcome


def compare_network(name: str, limit_gflops: dict[str, int]) -> dict[str, Any]:
    """Train one network on both sides, seed by seed; returns its row of the table."""
    target, goal = TARGETS[name]
    theirs, ours = [], []
    for seed in range(SEEDS):
        theirs.append(run_in_fresh_process("notebook", name, seed))
        ours.append(run_in_fresh_process("fast", name, seed))
    seconds = [statistics.median(one.seconds for one in side) for side in (theirs, ours)]
    return {
        "network": name,
        "notebook": summarise(theirs),
        "fast": {**summarise(ours), "lowest": min(one.accuracy for one in ours)},
        "needed": target,
        "sooner": round(seconds[0] / seconds[1], 1),
        "goal": goal,
        "share_of_limit": round(statistics.median(one.share_of_limit or 0 for one in ours), 3),
        "peak_gib": round(max(one.peak_gib for one in ours), 3),
        "limit_gflops": limit_gflops,
    }


def summarise(outcomes: list[Outcome]) -> dict[str, Any]:
    """Return one side of a row: mean and spread of the seeds' accuracies, and the median of their seconds."""
    accuracies = [one.accuracy for one in outcomes]
    return {
        "accuracy": round(statistics.mean(accuracies), 5),
        "spread": round(statistics.stdev(accuracies), 5),
        "seconds": round(statistics.median(one.seconds for one in outcomes), 3),
        "accuracies": accuracies,
    }


def meets_goal(row: dict[str, Any]) -> bool:
    """Return whether every seed reaches what is needed, soon enough and within the memory."""
    is_accurate = row["fast"]["lowest"] >= row["needed"]
    return bool(is_accurate and row["sooner"] >= row["goal"] and row["peak_gib"] <= MAX_GIB)


def measure_glassnet() -> bool:
    """Print how well our own network reads after its minute; return whether the goal is met."""
    outcomes = [run_in_fresh_process("fast", "glassnet", seed) for seed in range(GLASSNET_SEEDS)]
    mean = statistics.mean(one.accuracy for one in outcomes)
    seconds = max(one.seconds for one in outcomes)
    print(
        f"glassnet, {GLASSNET_SEEDS} seeds: {describe_accuracies(outcomes)}, each: "
        f"{', '.join(f'{one.accuracy:.4f}' for one in outcomes)}; at most {seconds:.1f} s and "
        f"{max(one.peak_gib for one in outcomes):.2f} GiB; "
        f"{statistics.median(one.share_of_limit or 0 for one in outcomes):.0%} of the limit"
    )
    return mean >= 0.994 and seconds <= 60


def describe_accuracies(outcomes: list[Outcome]) -> str:
    """Return mean and spread of test accuracies."""
    accuracies = [one.accuracy for one in outcomes]
    return f"{statistics.mean(accuracies):.4f} ± {statistics.stdev(accuracies):.4f}"


def main() -> int:
    """Run what the command line asks for; the exit status says whether the goals are met."""
    parser = argparse.ArgumentParser(description="Time to the notebook's accuracy")
    parser.add_argument("networks", nargs="*", metavar="network", help="without any, all six")
    parser.add_argument("--glassnet", action="store_true", help="measure our own network instead")
    parser.add_argument("--save", action="store_true", help="keep the rows of the networks measured")
    parser.add_argument("--one", nargs=3, metavar=("WHO", "NETWORK", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := set(options.networks) - set(TARGETS):
        parser.error(f"there is no {min(unknown)!r}; choose from {', '.join(TARGETS)}")
    if options.one:
        who, name, seed = options.one
        train_one = train_as_notebook_does if who == "notebook" else train_fast
        print(json.dumps(asdict(train_one(name, int(seed)))))
        return 0
    peaks = [measure_matrix_peak(dtype) / 1e9 for dtype in (torch.float32, torch.bfloat16)]
    print(f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}, torch "
          f"{torch.__version__}: matrix products at {peaks[0]:.0f} GFLOP/s in float32, {peaks[1]:.0f} in "
          "bfloat16\n")  # fmt: skip
    if options.glassnet:
        return 0 if measure_glassnet() else 1
    limit_gflops = dict(zip(("float32", "bfloat16"), (round(peak) for peak in peaks), strict=True))
    rows = [compare_network(name, limit_gflops) for name in options.networks or TARGETS]
    print(write_table("time_to_accuracy", rows))
    if options.save:
        save_measurement("time_to_accuracy", rows, key="network")
    return 0 if all(meets_goal(row) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
