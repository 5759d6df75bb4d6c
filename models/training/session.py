"""A network in training: what its steps change, and how far they have come."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from models.checkpoints.evaluation import Evaluation, evaluate_network
from models.checkpoints.file import Checkpoint, CheckpointInfo
from models.data.datasets import Dataset
from models.descent.schedules import schedule_rate
from models.networks.layers.network import LayerNetwork
from models.networks.registry import apply_changes, describe_config, get_network_spec
from models.training.config import TrainConfig
from models.training.events import EpochEvent, LayersEvent, StepEvent
from models.training.fine_tuning import Beginning
from models.training.measuring import Measuring
from models.training.network import list_changes, list_trained_layers
from models.training.optimizer import build_optimizer
from models.training.peers import ALONE, Peers
from models.training.randomness import RandomState
from models.training.state import TrainingProgress, TrainingState, capture_state, restore_state
from models.training.step import make_step

_NUM_REPORTS = 300  # of a whole training, at equal distances; slow steps are reported more often
REPORT_EVERY_SECONDS = 0.2
# Of the training's steps: on so many a loss loses half its weight in the moving average.
_SMOOTHING_SHARE = 0.01


@dataclass(frozen=True)
class Halt:
    """What a training is told that is to end early.

    Attributes:
        reason: Why, for a person; a sentence without its full stop.
        keep: Whether the weights as they are now are to be validated, tested and kept, instead of those of
            the last whole epoch.
    """

    reason: str
    keep: bool


@dataclass(frozen=True)
class EpochResult:
    """Mean loss and accuracy over an epoch's steps (NaN if it diverged), and what ended it early."""

    loss: float
    accuracy: float
    halt: Halt | None


class Session:
    """A network in training: all that its steps change, and how far they have come."""

    def __init__(
        self,
        config: TrainConfig,
        training: Dataset,
        validation: Dataset,
        dataset_sha256: str,
        device: torch.device,
        peers: Peers = ALONE,
        beginning: Beginning | None = None,
        measures_layers: bool = True,
    ) -> None:
        self.epoch = self.step = 0
        self._config, self._peers = config, peers
        self._unchanged = replace(config, augment=False, distortions="")  # for the last epochs
        self._training, self._validation = training, validation
        self._random = RandomState(config.seed, device)
        with self._random.active():
            self._network = LayerNetwork(list_trained_layers(config)).to(device)
        if beginning:
            self._network.load_state_dict(beginning.weights)
        if config.precision == "bfloat16":  # its faster convolutions want the channels last in memory
            self._network.to(memory_format=torch.channels_last)
        self._called = peers.wrap(self._network)
        self._optimizer = build_optimizer(self._network.parameters(), config)
        self._dataset_sha256 = dataset_sha256
        self._steps_per_epoch = math.ceil(len(training) / config.batch_size)
        self._num_steps = self._steps_per_epoch * config.epochs
        self._measuring: Measuring | None = None
        if measures_layers and peers.is_first:
            self._measuring = Measuring(self._network, self._num_steps, len(training), config.batch_size)
        self._smoothed_loss = 0.0
        self._earlier_seconds = 0.0
        self._start = time.perf_counter()

    def resume(self, state: TrainingState) -> Checkpoint:
        """Take a state over, and return the checkpoint of its epoch."""
        restore_state(state, self._network, self._optimizer, self._random)
        done = state.progress
        self.epoch, self.step, self._smoothed_loss = done.epoch, done.step, done.smoothed_loss
        self._earlier_seconds, self._start = done.seconds, time.perf_counter()
        return self.describe(done)

    def train_epoch(
        self, find_halt: Callable[[], Halt | None]
    ) -> Iterator[StepEvent | LayersEvent | EpochResult]:
        """Make one pass over the training images in a new random order; the last item is the result."""
        config, peers, device = self._config, self._peers, self._training.images.device
        report_every = space_reports(self._num_steps)
        with self._random.active():
            order = peers.spread(torch.randperm(len(self._training))).to(device)
        if not peers.is_first:  # what it drops is not what the first one drops
            self._random = RandomState(config.seed + 1000 * self.epoch + peers.rank, device)
        sums = StepSums(device)
        last_report = time.perf_counter()
        self._network.train()
        for index in range(self._steps_per_epoch):
            chosen = peers.share(order[index * config.batch_size : (index + 1) * config.batch_size])
            sums.add(*self.make_step(self._training.select(chosen)))
            measured = self._measuring and self._measuring.measure(self.step)
            if measured:
                yield LayersEvent(measured)
            is_due = self.step % report_every == 0 or index == self._steps_per_epoch - 1
            # Peers ask each other at every report, so none of them may report when it likes.
            is_late = peers.size == 1 and time.perf_counter() - last_report >= REPORT_EVERY_SECONDS
            if not (is_due or is_late):
                continue
            loss, num_steps = sums.read()
            halt = find_halt()
            agreed = peers.agree(_DIVERGED if not math.isfinite(loss) else _rank_halt(halt))
            if agreed == _DIVERGED:
                if self._measuring and not measured:
                    yield LayersEvent(self._measuring.measure_end(self.step))
                yield EpochResult(math.nan, math.nan, None)
                return
            self._smooth(loss, num_steps)
            yield self.describe_step(loss, sums.images_per_second * peers.size)
            if agreed:
                end = halt or Halt("Stopped as asked", keep=agreed == _KEEP)  # asked of another process
                yield EpochResult(*sums.average(peers), end)
                return
            last_report = time.perf_counter()
        yield EpochResult(*sums.average(peers), None)

    def finish_epoch(self, result: EpochResult) -> EpochEvent | None:
        """Validate the network as it is now; None if it has diverged."""
        if not math.isfinite(result.loss):
            return None
        validation = self.validate(self._validation)
        if not _is_finite(self._network, validation):
            return None
        self.epoch += result.halt is None
        now = TrainingProgress(
            self.epoch, self.step, self._seconds(), self._smoothed_loss, validation.loss, validation.accuracy
        )
        return EpochEvent(
            epoch=self.epoch + (result.halt is not None),
            step=self.step,
            is_whole=result.halt is None,
            train_loss=result.loss,
            train_accuracy=result.accuracy,
            validation=validation,
            seconds=now.seconds,
            checkpoint=self.describe(now),
            state=capture_state(self._config, now, self._network, self._optimizer, self._random),
        )

    def validate(self, dataset: Dataset) -> Evaluation:
        """Evaluate the network as it is now."""
        return evaluate_network(self._network, dataset, self._config.precision)

    def describe(self, now: TrainingProgress | None) -> Checkpoint:
        """Return the network with the record of how it was made; None stands for fresh weights."""
        recipe = asdict(self._config) | {"steps": self.step}
        for name in ("network", "layers", "dataset", "seed", "split_seed"):  # recorded beside the recipe
            del recipe[name]
        info = CheckpointInfo(
            network=self._config.network,
            config=_describe_sizes(self._config),
            dataset=self._config.dataset,
            dataset_sha256=self._dataset_sha256,
            split_seed=self._config.split_seed,
            recipe=recipe,
            seed=self._config.seed,
            epochs=self.epoch,
            validation_loss=now.validation_loss if now else None,
            validation_accuracy=now.validation_accuracy if now else None,
            test_loss=None,
            test_accuracy=None,
            num_test=None,
            seconds=now.seconds if now else 0.0,
            torch_version=torch.__version__,
            layers=self._config.layers,
        )
        return Checkpoint(self._network, info)

    def make_step(self, batch: Dataset, rate: float | None = None) -> tuple[Tensor, Tensor, Dataset]:
        """Take one optimizer step, and return the batch's mean loss, its logits, and the batch.

        Args:
            batch: The images.
            rate: The learning rate of this step; None for what the schedule says.
        """
        is_unchanged = self.epoch >= self._config.epochs - self._config.unchanged_epochs
        config = self._unchanged if is_unchanged else self._config
        if rate is None:
            rate = schedule_rate(config.schedule, config.learning_rate, self.step, self._num_steps)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        following = self._measuring.follow(self.step + 1) if self._measuring else nullcontext()
        with self._random.active(), following:
            loss, logits = make_step(self._called, self._optimizer, batch, config)
        self.step += 1
        return loss, logits, batch

    def _smooth(self, loss: float, num_steps: int) -> None:
        """Take a mean loss of some steps into the moving average, with the weight of their number."""
        kept = (
            0.5 ** (num_steps / max(1.0, _SMOOTHING_SHARE * self._num_steps)) if self._smoothed_loss else 0.0
        )
        self._smoothed_loss = kept * self._smoothed_loss + (1 - kept) * loss

    def describe_step(self, loss: float, images_per_second: float) -> StepEvent:
        """Return what is told of the last steps, of which the mean loss is given."""
        parameters = list(self._network.parameters())
        return StepEvent(
            step=self.step,
            num_steps=self._num_steps,
            epoch=self.epoch + 1,
            loss=loss,
            smoothed_loss=self._smoothed_loss,
            learning_rate=self._optimizer.param_groups[0]["lr"],
            weight_norm=_measure_norm([parameter.detach() for parameter in parameters]),
            gradient_norm=_measure_norm([p.grad for p in parameters if p.grad is not None]),
            images_per_second=images_per_second,
            seconds=self._seconds(),
        )

    def _seconds(self) -> float:
        return self._earlier_seconds + time.perf_counter() - self._start


def _describe_sizes(config: TrainConfig) -> dict[str, Any]:
    """Return the configuration of a network of the registry; empty for one with layers of its own."""
    if config.layers is not None:
        return {}
    spec = get_network_spec(config.network)
    return describe_config(apply_changes(spec, list_changes(config)))


def space_reports(num_steps: int) -> int:
    """Return how many steps there are from one report of a training to the next."""
    return math.ceil(num_steps / _NUM_REPORTS)


class StepSums:
    """Loss and hits of an epoch's steps, read off the device at reports only, so that a GPU need not wait."""

    def __init__(self, device: torch.device) -> None:
        self._loss = torch.zeros((), device=device)
        self._num_correct = torch.zeros((), dtype=torch.int64, device=device)
        self._num_images = self._num_steps = 0  # since the last reading, as the loss
        self._read_loss, self._read_images = 0.0, 0
        self._start = time.perf_counter()

    def add(self, loss: Tensor, logits: Tensor, batch: Dataset) -> None:
        """Add a step's mean loss and its hits."""
        self._loss += loss * len(batch)
        self._num_correct += (logits.argmax(dim=1) == batch.labels).sum()
        self._num_images += len(batch)
        self._num_steps += 1

    def read(self) -> tuple[float, int]:
        """Return the mean loss of the steps since the last reading, and how many they are."""
        total, num_images, num_steps = self._loss.item(), self._num_images, self._num_steps
        self._read_loss += total
        self._read_images += num_images
        self._loss.zero_()
        self._num_images = self._num_steps = 0
        return total / num_images, num_steps

    @property
    def images_per_second(self) -> float:
        """Return the speed up to the last reading."""
        return self._read_images / (time.perf_counter() - self._start)

    def average(self, peers: Peers) -> tuple[float, float]:
        """Return mean loss and accuracy up to the last reading, over all processes."""
        sums = torch.tensor(
            [self._read_loss, self._num_correct.item(), self._read_images], dtype=torch.float64
        )
        loss, num_correct, num_images = peers.add(sums).tolist()
        return loss / num_images, num_correct / num_images


# What the processes of a training agree on at a report: the largest of these that one of them brings.
_STOP, _KEEP, _DIVERGED = 1, 2, 3


def _rank_halt(halt: Halt | None) -> int:
    if halt is None:
        return 0
    return _KEEP if halt.keep else _STOP


def _measure_norm(tensors: list[Tensor]) -> float:
    """Return the Euclidean norm of all values together."""
    norm: Tensor = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(t) for t in tensors]))
    return norm.item()


def _is_finite(network: nn.Module, evaluation: Evaluation) -> bool:
    tensors = network.state_dict().values()
    return math.isfinite(evaluation.loss) and all(bool(torch.isfinite(t).all()) for t in tensors)
