"""What a finished run holds: its history as a table, its answers to the test images, its weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import nn

from models.checkpoints.evaluation import Evaluation
from models.checkpoints.file import SUFFIX, find_layers, read_info
from models.checkpoints.prediction import predict_digit
from models.data.datasets import load_dataset
from models.data.names import NUM_IMAGES, TITLES
from models.networks.layers import IMAGE_SIZE_PX, NUM_CLASSES
from models.networks.layers.network import LayerNetwork
from models.runs.folder import (
    SNAPSHOTS,
    TEST,
    DamagedRunError,
    append_event,
    find_own_folder,
    find_run_folder,
    keep_to_folder,
    read_events,
)
from models.runs.status import read_run
from models.tables import DecimalMark, format_csv

MAX_UNITS = 16  # of a first layer without kernels, whose weights are images as large as the input

_COLUMNS = (
    "type", "epoch", "step", "seconds", "loss", "smoothed_loss", "learning_rate", "weight_norm",
    "gradient_norm", "images_per_second", "train_loss", "train_accuracy", "validation_loss",
    "validation_accuracy",
)  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """What a run's network answered to the test images.

    Attributes:
        labels: (N,) int64, what the images show.
        answers: (N,) uint8, what the network said.
        confidences: (N,) float32, the probability that it gave to its answer.
        dataset: Name of the data set, whose first N test images these are.
    """

    labels: np.ndarray
    answers: np.ndarray
    confidences: np.ndarray
    dataset: str


@dataclass(frozen=True)
class Snapshot:
    """The weights of a run after some epoch.

    Attributes:
        epoch: Epochs done; 0 for fresh weights.
        step: Optimizer steps done.
        path: Its checkpoint's file.
    """

    epoch: int
    step: int
    path: Path


def format_events(run_id: str, decimal: DecimalMark = "point") -> bytes:
    """Write a run's step and epoch events as a table with one row an event, without those undone.

    Args:
        run_id: The run.
        decimal: As of `models.tables.format_csv`.

    Raises:
        ValueError: If there is no such run.
    """
    run = read_run(run_id)
    events = sorted([*run.steps, *run.epochs], key=lambda event: (event["step"], event["type"] == "epoch"))
    rows = ([event.get(column) for column in _COLUMNS] for event in events)
    return format_csv(_COLUMNS, rows, decimal)


def record_look(run_id: str, dataset: str, result: Evaluation) -> None:
    """Record that a run's weights were tried on a data set's test images once more.

    Raises:
        ValueError: If there is no such run, or it is the example.
    """
    look = {"type": "look", "dataset": dataset, "accuracy": result.accuracy, "loss": result.loss}
    append_event(find_own_folder(run_id), look)


def read_looks(run_ids: Iterable[str], dataset: str) -> int:
    """Return how often the test images of a data set were looked at by these runs together.

    Those of a damaged run are not known.
    """
    num = 0
    for run_id in run_ids:
        with suppress(DamagedRunError), keep_to_folder(run_id) as folder:
            events, _ = read_events(folder)
            num += sum(event["type"] == "look" and event["dataset"] == dataset for event in events)
            if read_run(run_id).config["dataset"] == dataset:
                num += sum(event["type"] == "ending" and bool(event["test"]) for event in events)
    return num


def read_answers(run_id: str) -> Answers | None:
    """Read what a run's network answered to the test images; None where it has not been asked.

    Raises:
        ValueError: If there is no such run, or the file is damaged.
    """
    path = find_run_folder(run_id) / TEST
    try:
        with np.load(path, allow_pickle=False) as file:
            answers = Answers(
                file["labels"], file["answers"], file["confidences"], str(file["dataset"].item())
            )
        _check_answers(answers)
    except FileNotFoundError:
        return None
    except Exception as error:  # a zip file can be damaged in many ways
        raise ValueError(f"The run's {path.name} is damaged. Start the run anew.") from error
    return answers


def _check_answers(answers: Answers) -> None:
    """Refuse what is no list of answers to a data set's test images."""
    labels, answered, confidences = answers.labels, answers.answers, answers.confidences
    num = len(labels)
    is_known = answers.dataset in TITLES and 1 <= num <= NUM_IMAGES["test"]
    is_whole = labels.shape == answered.shape == confidences.shape == (num,)
    if not is_known or not is_whole or {labels.dtype.kind, answered.dtype.kind} - set("iu"):
        raise ValueError("It holds no answers.")
    digits = np.concatenate([labels, answered])
    if not np.isin(digits, range(NUM_CLASSES)).all() or not ((confidences >= 0) & (confidences <= 1)).all():
        raise ValueError("It holds answers that no network gives.")


def load_test_images(dataset: str, indices: Sequence[int]) -> np.ndarray:
    """Return the test images at `indices`, (K, 28, 28) uint8.

    Raises:
        ValueError: If the data set cannot be loaded, or has no such images.
    """
    chosen = [int(index) for index in indices]
    num = max(chosen, default=-1) + 1
    if any(index < 0 for index in chosen):
        raise ValueError(f"There is no test image {min(chosen)}; the first one is 0.")
    if not chosen:
        return np.empty((0, IMAGE_SIZE_PX, IMAGE_SIZE_PX), np.uint8)
    images: np.ndarray = load_dataset(dataset, "test", num).images[chosen, 0].numpy()
    return images


def find_snapshots(run_id: str) -> list[Path]:
    """Find the files of a run's kept weights, by epoch; none is opened.

    Raises:
        ValueError: If there is no such run.
    """
    return sorted((find_run_folder(run_id) / SNAPSHOTS).glob(f"*{SUFFIX}"))


def list_snapshots(run_id: str) -> list[Snapshot]:
    """List the kept weights of a run by epoch.

    Raises:
        ValueError: If there is no such run.
    """
    snapshots = []
    for path in find_snapshots(run_id):
        try:
            info = read_info(path)
        except ValueError:
            continue  # a damaged file is no reason not to show the others
        steps = info.recipe.get("steps", 0)
        snapshots.append(Snapshot(info.epochs, steps if isinstance(steps, int) else 0, path))
    return snapshots


def predict_over_epochs(run_id: str, image: np.ndarray) -> np.ndarray:
    """Return what the network made of one image as it learned.

    Args:
        run_id: The run.
        image: (28, 28) in [0, 1], 1 for full ink.

    Returns:
        (E, 10) float64 probabilities, one row for each snapshot.

    Raises:
        ValueError: If there is no such run, or the image has another shape or values.
    """
    snapshots = list_snapshots(run_id)
    if not snapshots:
        return np.empty((0, 10))
    return np.stack([predict_digit(image, snapshot.path).probabilities for snapshot in snapshots])


def read_first_layer(run_id: str) -> np.ndarray:
    """Return the weights of the first layer as it learned.

    Returns:
        (E, F, h, w) float32, for each snapshot the kernels of a convolution, or the weights of the first
        units of a linear layer, at most `MAX_UNITS`, as images of the input's size.

    Raises:
        ValueError: If there is no such run, or a file is damaged.
    """
    snapshots = list_snapshots(run_id)
    if not snapshots:
        return np.empty((0, 0, 0, 0), np.float32)
    info = read_info(snapshots[0].path)
    with torch.device("meta"):
        network = LayerNetwork(find_layers(info))
    layers = (pair for pair in network.named_modules() if isinstance(pair[1], nn.Conv2d | nn.Linear))
    name, layer = next(layers)
    weights = np.stack([_read_tensor(snapshot.path, f"{name}.weight") for snapshot in snapshots])
    if isinstance(layer, nn.Conv2d):
        return weights[:, :, 0]  # (E, F, 1, h, w) → (E, F, h, w)
    return weights[:, :MAX_UNITS].reshape(len(weights), -1, IMAGE_SIZE_PX, IMAGE_SIZE_PX)


def _read_tensor(path: Path, name: str) -> np.ndarray:
    try:
        with safe_open(path, framework="pt") as file:
            tensor: np.ndarray = file.get_tensor(name).numpy()
    except (OSError, SafetensorError) as error:
        raise ValueError(f"{path.name} is damaged ({error}). Start the run anew.") from error
    return tensor
