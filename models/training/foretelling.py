"""What a training will take on this machine: seconds an epoch, measured in half a second, and memory."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean, median

import torch

from models.data.datasets import Dataset
from models.data.names import NUM_IMAGES, TRAIN_SHARE
from models.networks.layers import IMAGE_SIZE_PX, NUM_CLASSES
from models.networks.layers.examination import Examination, examine_layers
from models.training.config import TrainConfig
from models.training.network import check_batches, list_trained_layers
from models.training.session import REPORT_EVERY_SECONDS, Session, StepSums, space_reports

MAX_MEASURED_SECONDS = 0.5
_TRAINING_SECONDS, _VALIDATION_SECONDS = 0.32, 0.08  # of them, with room for a last step that is slow
# The first step prepares what all others need. It is small where images are costly; batch norm needs two.
_FEW_IMAGES = 2
_FEW_MULTIPLY_ADDS = 250_000_000  # of all its images together …
_FEW_ACTIVATIONS = 10_000_000  # … and of what memory costs, where layers calculate little
_NUM_VALIDATED = 250  # images at a time, as `evaluate_network` takes them
_NUM_MADE_UP = 1_000  # to choose from: the same ones over and over, a processor would have at hand
_CPU = torch.device("cpu")
_FLOAT32_BYTES = 4
_KEPT_BY_OPTIMIZER = {"sgd": 0, "adam": 2, "adamw": 2, "rmsprop": 1}  # numbers beside each weight


@dataclass(frozen=True)
class Forecast:
    """What a training will take.

    Attributes:
        seconds_per_epoch: Of training and validation, on this machine as busy as it is now.
        memory_bytes: Of weights, gradients, optimizer, one batch's activations with their gradients, and the
            images; PyTorch itself comes on top.
    """

    seconds_per_epoch: float
    memory_bytes: int


def foretell_training(config: TrainConfig) -> Forecast:
    """Measure some steps of a training on made-up images and extrapolate.

    The steps, and what is told of them, are those of a `Session`: in a small network's, what is done beside
    the calculation takes a third. Where whole batches take too long, smaller ones are measured: a step takes
    a fixed time and a time for each image. All together take `MAX_MEASURED_SECONDS` at most, unless a step
    takes longer than those before let expect: it is the last of its kind then. No data set is needed, and no
    generator of the caller's is moved.

    Raises:
        ValueError: If a batch would have one image where a batch norm needs two.
    """
    layers = list_trained_layers(config)
    num_training, num_validation = count_images(config)
    check_batches(layers, num_training, config.batch_size)
    batch_size = min(config.batch_size, num_training)
    num_validated = min(num_validation, _NUM_VALIDATED)
    few = count_first(examine_layers(layers))
    generator = torch.Generator().manual_seed(0)
    made_up = _make_up_images(max(batch_size, num_validated, _NUM_MADE_UP), generator)
    session = Session(config, made_up, made_up, dataset_sha256="", device=_CPU, measures_layers=False)
    sums = StepSums(_CPU)
    last: list[tuple[torch.Tensor, torch.Tensor, Dataset]] = []

    def train_on(num: int) -> None:
        chosen = torch.randint(len(made_up), (num,), generator=generator)
        last[:] = [session.make_step(made_up.select(chosen))]
        sums.add(*last[0])

    def report() -> None:
        sums.add(*last[0])
        session.describe_step(sums.read()[0], sums.images_per_second)

    def validate(num: int) -> None:
        session.validate(made_up.select(torch.arange(num)))

    step_seconds = _foretell(train_on, batch_size, _TRAINING_SECONDS, few)
    report_seconds = median(_measure(report) for _ in range(3))  # the first is not yet warm
    validation_seconds = _foretell(validate, num_validated, _VALIDATION_SECONDS, few)
    num_steps = math.ceil(num_training / batch_size)
    seconds = num_steps * step_seconds + num_validation / num_validated * validation_seconds
    seconds += count_reports(num_steps, config.epochs, seconds) * report_seconds
    return Forecast(seconds, count_memory(config))


def count_reports(num_steps: int, epochs: int, seconds: float) -> int:
    """Count what a training tells of its steps in an epoch of so many, which takes about so long."""
    due = math.ceil(num_steps / space_reports(num_steps * epochs))
    return min(num_steps, max(due, int(seconds / REPORT_EVERY_SECONDS)))


def count_first(examination: Examination) -> int:
    """Count the images of the first step: as many as any machine calculates, and holds, in no time."""
    most = min(_FEW_MULTIPLY_ADDS // examination.multiply_adds, _FEW_ACTIVATIONS // examination.activations)
    return max(_FEW_IMAGES, most)


def count_images(config: TrainConfig) -> tuple[int, int]:
    """Count the images that a training learns from, and those that validate it."""
    num_images = config.num_images or NUM_IMAGES["train"]
    num_own = int(TRAIN_SHARE * num_images)
    return num_own + config.added_strokes, num_images - num_own


def count_memory(config: TrainConfig) -> int:
    """Count the bytes that a training's own numbers take, as `Forecast` has them."""
    examination = examine_layers(list_trained_layers(config))
    num_training, num_validation = count_images(config)
    kept = _KEPT_BY_OPTIMIZER[config.optimizer] + bool(config.momentum)
    numbers = (2 + kept) * examination.parameters
    numbers += 2 * min(config.batch_size, num_training) * examination.activations
    image_bytes = (num_training + num_validation) * (IMAGE_SIZE_PX**2 + 8)  # with an int64 label each
    return _FLOAT32_BYTES * numbers + image_bytes


def _make_up_images(num_images: int, generator: torch.Generator) -> Dataset:
    shape = (num_images, 1, IMAGE_SIZE_PX, IMAGE_SIZE_PX)
    images = torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
    return Dataset(images, torch.randint(0, NUM_CLASSES, (num_images,), generator=generator))


def _foretell(
    work: Callable[[int], None], size: int, budget_seconds: float, first: int = _FEW_IMAGES
) -> float:
    """Return how long `work(size)` takes once it is warm, measured within about `budget_seconds`.

    A step takes a fixed time and a time for each image. Their number grows as far as the time allows; where
    it does not allow `size`, the rest is extrapolated from the two largest numbers that were measured.
    """
    deadline = time.perf_counter() + budget_seconds
    num = few = min(size, first)
    cold = _measure(work, num)
    seconds = few_seconds = min(cold, _measure(work, num)) if cold < budget_seconds / 2 else cold
    while num < size:
        left = deadline - time.perf_counter()
        if num == few:  # of how much of it is fixed, nothing is known yet
            larger = num + max(int((left - seconds) * num / seconds), num if seconds < left else 0)
        else:
            per_image = max((seconds - few_seconds) / (num - few), seconds / num / 4)
            larger = num + int((left - seconds) / per_image)
        larger = min(larger, size)
        if larger < min(2 * num, size):
            break
        few, few_seconds = num, seconds
        num, seconds = larger, _measure(work, larger)
    if num == size:
        return _measure_often(work, size, seconds, deadline)
    per_image = seconds / num
    if seconds > few_seconds:  # else another program took the processor meanwhile
        per_image = min(per_image, (seconds - few_seconds) / (num - few))
    return seconds + per_image * (size - num)


def _measure_often(work: Callable[[int], None], num: int, first: float, deadline: float) -> float:
    """Return the mean of as many steps as there is time for; the first, not yet warm, counts if alone."""
    measured: list[float] = []
    while time.perf_counter() + (measured or [first])[-1] < deadline:
        measured.append(_measure(work, num))
    return mean(measured or [first])


def _measure(work: Callable[..., None], *num: int) -> float:
    start = time.perf_counter()
    work(*num)
    return time.perf_counter() - start
