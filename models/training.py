"""Training: a configuration in, a stream of events out.

`train(config)` is a generator: the command line, the run process and the tests consume the same events. On
one machine's CPU, with one number of threads, the same configuration gives the same weights, bit for bit.
"""

from __future__ import annotations

import copy
import math
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import torch
import torch.nn.functional as F
from torch import nn

from models.checkpoint import Checkpoint, CheckpointInfo
from models.data import (
    NUM_IMAGES,
    TITLES,
    Dataset,
    Progress,
    has_files,
    hash_dataset,
    load_dataset,
    split_dataset,
    to_input,
)
from models.evaluation import Evaluation, evaluate_network
from models.events import EpochEvent, Event, Finished, Preparing, StepEvent
from models.networks import build_network, describe_config, get_network_spec
from models.randomness import RandomState
from models.recipes import TrainConfig

_REPORTS_PER_EPOCH = 300


def choose_device() -> torch.device:
    """Return the device that `GLASSBOX_DEVICE` names, or the fastest at hand: CUDA, Apple's MPS, the CPU."""
    if chosen := os.environ.get("GLASSBOX_DEVICE"):
        return torch.device(chosen)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def train(
    config: TrainConfig, device: torch.device | None = None, progress: Progress | None = None
) -> Iterator[Event]:
    """Train a network and yield what happens.

    Args:
        config: What to train and how.
        device: Where to compute; None chooses the fastest device.
        progress: Called with (done, all) while built-in strokes are generated.

    Yields:
        `Preparing`s, then `StepEvent`s, an `EpochEvent` after each epoch, and one `Finished`.

    Raises:
        ValueError: If the data set cannot be loaded; the message says what to do.
    """
    device = device or choose_device()
    yield Preparing(_describe_loading(config))
    everything = load_dataset(config.dataset, "train", config.num_images, progress)
    training, validation = (
        Dataset(part.images.to(device), part.labels.to(device))
        for part in split_dataset(everything, config.split_seed)
    )
    dataset_sha256 = hash_dataset(config.dataset)
    yield Preparing("Building the network")

    random = RandomState(config.seed, device)
    with random.active():
        network = build_network(config.network).to(device)
    optimizer = _build_optimizer(network, config)
    start = time.perf_counter()
    last_good: Checkpoint | None = None
    for epoch in range(1, config.epochs + 1):
        result: _EpochResult | None = None
        for event in _train_epoch(network, optimizer, training, config, epoch, random, start):
            if isinstance(event, StepEvent):
                yield event
            else:
                result = event
        evaluation = evaluate_network(network, validation) if result and math.isfinite(result.loss) else None
        if result is None or evaluation is None or not _is_finite(network, evaluation):
            step = result.step if result else 0
            yield _finish_diverged(config, last_good, epoch, step, progress)
            return
        seconds = time.perf_counter() - start
        checkpoint = Checkpoint(network, _describe(config, epoch, evaluation, seconds, dataset_sha256))
        last_good = copy.deepcopy(checkpoint)
        yield EpochEvent(epoch, result.step, result.loss, result.accuracy, evaluation, seconds, checkpoint)
    assert last_good is not None  # epochs is at least 1
    test, tested = _test(config, last_good, progress)
    yield Finished("done", f"Finished {_count(config.epochs, 'epoch')}. Test {test}.", test, tested)


@dataclass(frozen=True)
class _EpochResult:
    """Mean loss and accuracy over one epoch's steps; the loss is NaN or infinite if the epoch diverged."""

    step: int
    loss: float
    accuracy: float


def _train_epoch(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    training: Dataset,
    config: TrainConfig,
    epoch: int,
    random: RandomState,
    start: float,
) -> Iterator[StepEvent | _EpochResult]:
    """Make one pass over the training pictures in a new random order; the last item is the result."""
    num_images, batch_size = len(training), config.batch_size
    steps_per_epoch = math.ceil(num_images / batch_size)
    report_every = math.ceil(steps_per_epoch / _REPORTS_PER_EPOCH)
    first_step = (epoch - 1) * steps_per_epoch
    device = training.images.device
    with random.active():
        order = torch.randperm(num_images).to(device)
    epoch_start = time.perf_counter()
    epoch_loss, num_seen = 0.0, 0
    num_correct = torch.zeros((), dtype=torch.int64, device=device)
    loss_sum = torch.zeros((), device=device)  # since the last event; read then, so that a GPU need not wait
    images_in_sum = 0
    network.train()
    for index in range(steps_per_epoch):
        batch = training.select(order[index * batch_size : (index + 1) * batch_size])
        with random.active():
            optimizer.zero_grad()
            logits = network(to_input(batch.images))  # (N, 1, 28, 28) → (N, 10)
            loss = F.cross_entropy(logits, batch.labels)
            loss.backward()
            optimizer.step()
        loss_sum += loss.detach() * len(batch)
        images_in_sum += len(batch)
        num_correct += (logits.argmax(dim=1) == batch.labels).sum()
        num_steps = index + 1
        if num_steps % report_every and num_steps < steps_per_epoch:
            continue
        loss_total = loss_sum.item()
        num_seen += images_in_sum
        epoch_loss += loss_total
        if not math.isfinite(loss_total):
            yield _EpochResult(first_step + num_steps, loss_total, 0.0)
            return
        now = time.perf_counter()
        yield StepEvent(
            step=first_step + num_steps,
            num_steps=steps_per_epoch * config.epochs,
            epoch=epoch,
            loss=loss_total / images_in_sum,
            images_per_second=num_seen / (now - epoch_start),
            seconds=now - start,
        )
        loss_sum.zero_()
        images_in_sum = 0
    yield _EpochResult(first_step + steps_per_epoch, epoch_loss / num_images, num_correct.item() / num_images)


def _build_optimizer(network: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    if config.optimizer == "sgd":
        return torch.optim.SGD(network.parameters(), lr=config.learning_rate, momentum=config.momentum)
    return torch.optim.Adam(network.parameters(), lr=config.learning_rate)


def _describe_loading(config: TrainConfig) -> str:
    num = config.num_images or NUM_IMAGES["train"]
    if config.dataset == "strokes":
        return f"Drawing {num:,} built-in strokes"
    verb = "Loading" if has_files(config.dataset) else "Downloading"
    return f"{verb} {TITLES[config.dataset]}"


def _describe(
    config: TrainConfig, epoch: int, validation: Evaluation, seconds: float, dataset_sha256: str
) -> CheckpointInfo:
    recipe = asdict(config)
    for name in ("network", "dataset", "seed", "split_seed"):  # recorded beside the recipe
        del recipe[name]
    return CheckpointInfo(
        network=config.network,
        config=describe_config(get_network_spec(config.network).config),
        dataset=config.dataset,
        dataset_sha256=dataset_sha256,
        split_seed=config.split_seed,
        recipe=recipe,
        seed=config.seed,
        epochs=epoch,
        validation_loss=validation.loss,
        validation_accuracy=validation.accuracy,
        test_loss=None,
        test_accuracy=None,
        num_test=None,
        seconds=seconds,
        torch_version=torch.__version__,
    )


def _test(
    config: TrainConfig, checkpoint: Checkpoint, progress: Progress | None
) -> tuple[Evaluation, Checkpoint]:
    """Look at the test pictures once, and record what was seen in the checkpoint."""
    test = evaluate_network(checkpoint.network, load_dataset(config.dataset, "test", progress=progress))
    info = replace(
        checkpoint.info, test_loss=test.loss, test_accuracy=test.accuracy, num_test=test.num_images
    )
    return test, Checkpoint(checkpoint.network, info)


def _is_finite(network: nn.Module, evaluation: Evaluation) -> bool:
    tensors = network.state_dict().values()
    return math.isfinite(evaluation.loss) and all(bool(torch.isfinite(t).all()) for t in tensors)


def _finish_diverged(
    config: TrainConfig, last_good: Checkpoint | None, epoch: int, step: int, progress: Progress | None
) -> Finished:
    """End a run whose loss left the finite numbers, with the checkpoint of the last epoch that was good."""
    lower = config.learning_rate / 10
    message = (
        f"The training diverged in epoch {epoch}, step {step}: the loss became infinite or NaN. "
        f"A learning rate of {config.learning_rate:g} may be too high here; try {lower:g}. "
    )
    if last_good is None:
        return Finished("diverged", message + "No epoch had finished, so there is no checkpoint.", None, None)
    test, tested = _test(config, last_good, progress)
    kept = f"The checkpoint of {_count(last_good.info.epochs, 'finished epoch')} is kept. Test {test}."
    return Finished("diverged", message + kept, test, tested)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
