"""What a training will take on this machine: seconds an epoch, measured in half a second, and memory."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean

import torch

from models.checkpoints.evaluation import evaluate_network
from models.data.datasets import Dataset
from models.data.names import NUM_IMAGES, TRAIN_SHARE
from models.networks.layers import IMAGE_SIZE_PX, NUM_CLASSES
from models.networks.layers.examination import Examination, examine_layers
from models.networks.layers.network import LayerNetwork
from models.training.config import TrainConfig
from models.training.network import list_trained_layers
from models.training.optimizer import build_optimizer
from models.training.randomness import RandomState
from models.training.step import make_step

MAX_MEASURED_SECONDS = 0.5
_TRAINING_SECONDS, _VALIDATION_SECONDS = 0.32, 0.08  # of them, with room for a last step that is slow
# The first step prepares what all others need. It is small where images are costly; batch norm needs two.
_FEW_IMAGES = 2
_FEW_MULTIPLY_ADDS = 250_000_000  # of all its images together …
_FEW_ACTIVATIONS = 10_000_000  # … and of what memory costs, where layers calculate little
_NUM_VALIDATED = 250  # images at a time, as `evaluate_network` takes them
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

    Where whole batches take too long, smaller ones are measured: a step takes a fixed time and a time for
    each image. All together take `MAX_MEASURED_SECONDS` at most, unless a step takes longer than those
    before let expect: it is the last of its kind then. No data set is needed, and no generator of the
    caller's is moved.
    """
    num_training, num_validation = count_images(config)
    batch_size = min(config.batch_size, num_training)
    generator = torch.Generator().manual_seed(0)
    size = max(batch_size, min(num_validation, _NUM_VALIDATED))
    shape = (size, 1, IMAGE_SIZE_PX, IMAGE_SIZE_PX)
    images = torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
    made_up = Dataset(images, torch.randint(0, NUM_CLASSES, (size,), generator=generator))
    few = count_first(examine_layers(list_trained_layers(config)))
    with RandomState(config.seed, torch.device("cpu")).active():
        network = LayerNetwork(list_trained_layers(config)).train()
        if config.precision == "bfloat16":
            network.to(memory_format=torch.channels_last)
        optimizer = build_optimizer(network.parameters(), config)

        def train_on(num: int) -> None:
            make_step(network, optimizer, made_up.select(torch.arange(num)), config)[0].item()

        def validate(num: int) -> None:
            evaluate_network(network, made_up.select(torch.arange(num)), config.precision)

        step_seconds = _foretell(train_on, batch_size, _TRAINING_SECONDS, few)
        num_validated = min(num_validation, _NUM_VALIDATED)
        validation_seconds = _foretell(validate, num_validated, _VALIDATION_SECONDS, few)
    num_steps = math.ceil(num_training / batch_size)
    seconds = num_steps * step_seconds + num_validation / num_validated * validation_seconds
    return Forecast(seconds, count_memory(config))


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


def _measure(work: Callable[[int], None], num: int) -> float:
    start = time.perf_counter()
    work(num)
    return time.perf_counter() - start
