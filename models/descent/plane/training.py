"""The training of a small network over the plane: a plain loop, kept at some moments, gone on from any.

A moment is reached from the one before it and kept, so a page that asks for the next ones, or for a branch
with another learning rate, costs only what is new. Same settings, same weights, bit for bit.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from models.cores import on_one_core
from models.descent.optimizers import OPTIMIZERS, check_lr
from models.descent.plane.network import (
    Dropout,
    NetworkConfig,
    build_plane_network,
    check_network,
    compute_features,
)
from models.descent.plane.optimizers import SCHEDULES, build_plane_optimizer
from models.descent.plane.points import MAX_SEED, Points, PointsConfig, draw_points
from models.descent.schedules import schedule_rate
from models.values import check_number, check_whole

MAX_EPOCHS = 2000
MAX_STEPS = 40_000  # of the optimizer in one training: about twenty seconds
MAX_PENALTY = 10.0
MAX_BATCH = 1000
NUM_MOMENTS = 60  # beside the first one
CROWDING = 1.5  # moments stand closer at first, where most happens: moment i of n at epoch E (i / n)^CROWDING


@dataclass(frozen=True)
class TrainingConfig:
    """All that decides the training.

    Attributes:
        optimizer: a key of OPTIMIZERS.
        lr: the learning rate η, above 0.
        schedule: a key of SCHEDULES.
        batch: points a step, 1 to MAX_BATCH; as many as there are at most.
        epochs: 1 to MAX_EPOCHS.
        l1: weight of Σ|w| in the loss, over the weights without biases.
        l2: weight of Σw²/2 in the loss, likewise.
        seed: of the first weights, the order of the points and dropout; 0 to MAX_SEED.
        switch_epoch: the epochs after which the learning rate is `switch_lr`; None where it never changes.
        switch_lr: the learning rate from then on.
    """

    optimizer: str = "gradient_descent"
    lr: float = 0.1
    schedule: str = "constant"
    batch: int = 50
    epochs: int = 400
    l1: float = 0.0
    l2: float = 0.0
    seed: int = 0
    switch_epoch: int | None = None
    switch_lr: float = 0.1


@dataclass(frozen=True)
class Experiment:
    """A network, its training and the points that it is trained on."""

    points: PointsConfig = field(default_factory=PointsConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)


@dataclass(frozen=True)
class State:
    """A training at the end of an epoch, whole: it can go on from here. Shared: nobody may change it.

    Attributes:
        epoch: epochs done.
        weights: the network's state_dict.
        optimizer: the optimizer's state_dict.
        randomness: the state of the generator.
        broken_step: the step, from 1, whose loss was not a finite number; None where all were.
    """

    epoch: int
    weights: dict[str, torch.Tensor]
    optimizer: dict[str, Any]
    randomness: torch.Tensor
    broken_step: int | None = None


def check_experiment(experiment: Experiment) -> Points:
    """Return the points of an experiment, or raise a ValueError that says what of it would be right."""
    training = experiment.training
    check_network(experiment.network)
    for name, known, subject in (
        (training.optimizer, OPTIMIZERS, "optimizer"),
        (training.schedule, SCHEDULES, "schedule"),
    ):
        if name not in known:
            raise ValueError(f"The {subject} is {name!r:.40}: choose one of {', '.join(known)}.")
    check_lr(training.lr)
    check_lr(training.switch_lr)
    check_whole(training.batch, "The batch", 1, MAX_BATCH)
    check_whole(training.epochs, "The number of epochs", 1, MAX_EPOCHS)
    if training.switch_epoch is not None:
        check_whole(training.switch_epoch, "The epoch of the branch", 0, training.epochs)
    check_number(training.l1, "L1", 0, MAX_PENALTY)
    check_number(training.l2, "L2", 0, MAX_PENALTY)
    check_whole(training.seed, "The seed", 0, MAX_SEED)
    check_batch(experiment)
    return check_steps(experiment)


def check_batch(experiment: Experiment) -> None:
    """Raise a ValueError for batches too small for batch norm."""
    if not _needs_two(experiment):
        return
    if experiment.training.batch == 1:
        raise ValueError("Batch norm needs at least two points in a batch: a single one has no spread.")
    if int((~draw_points(experiment.points).is_test).sum()) < 2:
        raise ValueError("Batch norm needs at least two points to train on: a single one has no spread.")


def check_steps(experiment: Experiment) -> Points:
    """Return the points of an experiment, or raise a ValueError for a training of too many steps."""
    points = draw_points(experiment.points)
    epochs = experiment.training.epochs
    num_steps = epochs * count_steps(experiment, points)
    if num_steps > MAX_STEPS:
        raise ValueError(
            f"These are {num_steps:,} steps: at most {MAX_STEPS:,}. Take fewer epochs or a larger batch."
        )
    return points


def count_steps(experiment: Experiment, points: Points) -> int:
    """Count the steps of an epoch. With batch norm, a last batch of one point is left out."""
    num_trained, batch = int((~points.is_test).sum()), experiment.training.batch
    is_left = _needs_two(experiment) and num_trained % batch == 1
    return max(1, math.ceil(num_trained / batch) - is_left)


def _needs_two(experiment: Experiment) -> bool:
    return experiment.network.batch_norm and bool(experiment.network.hidden)


def list_epochs(epochs: int) -> list[int]:
    """List the epochs done at each moment that is kept, from 0 to all, at most NUM_MOMENTS + 1 of them."""
    places = (epochs * (i / NUM_MOMENTS) ** CROWDING for i in range(NUM_MOMENTS + 1))
    return sorted({round(place) for place in places})


def reach(experiment: Experiment, moment: int) -> State:
    """Return the training at a moment, a place in `list_epochs`; what is known of it costs nothing."""
    training = experiment.training
    epochs = list_epochs(training.epochs)
    switch = training.switch_epoch
    if switch is not None and epochs[moment] <= switch:  # as the training that never changes its rate
        training = replace(training, switch_epoch=None, switch_lr=TrainingConfig.switch_lr)
        experiment = replace(experiment, training=training)
    return _reach(experiment, moment)


@lru_cache(maxsize=4096)  # of some kilobytes each
def _reach(experiment: Experiment, moment: int) -> State:
    if moment == 0:
        return start_training(experiment)
    before = reach(experiment, moment - 1)
    with on_one_core():
        return train_further(experiment, before, list_epochs(experiment.training.epochs)[moment])


def count_outputs(points: Points) -> int:
    """Count the network's outputs: one for a value or two classes, else one a class."""
    return points.num_classes if points.num_classes > 2 else 1


def start_training(experiment: Experiment) -> State:
    """Return the training before its first step."""
    points = check_experiment(experiment)
    generator = torch.Generator().manual_seed(experiment.training.seed)
    network = build_plane_network(experiment.network, count_outputs(points), generator)
    optimizer = build_plane_optimizer(
        experiment.training.optimizer, network.parameters(), experiment.training.lr
    )
    return _keep(0, network, optimizer, generator, None)


def restore(experiment: Experiment, state: State) -> nn.Sequential:
    """Return the network of a state, ready to be asked; whoever asked may change it."""
    return _restore(experiment, state, torch.Generator())


def _restore(experiment: Experiment, state: State, generator: torch.Generator) -> nn.Sequential:
    outputs = count_outputs(draw_points(experiment.points))
    network = build_plane_network(experiment.network, outputs, generator)
    network.load_state_dict(state.weights)
    return network.eval()


def _keep(
    epoch: int,
    network: nn.Sequential,
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
    broken_step: int | None,
) -> State:
    return State(
        epoch,
        {name: value.detach().clone() for name, value in network.state_dict().items()},
        copy.deepcopy(optimizer.state_dict()),
        generator.get_state(),
        broken_step,
    )


def prepare(experiment: Experiment, points: Points, trained: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the network's inputs (N, inputs) and targets (N,) or (N, 1), of the training or of testing."""
    chosen = points.is_test != trained
    positions = torch.tensor(points.positions[chosen])
    targets = torch.tensor(points.targets[chosen])
    if points.num_classes <= 2:
        targets = targets.float()[:, None]
    return compute_features(experiment.network.inputs, positions), targets


def measure_loss(outputs: torch.Tensor, targets: torch.Tensor, num_classes: int) -> torch.Tensor:
    """Return the loss: cross-entropy, of one logit for two classes; of values the mean squared error."""
    if num_classes == 0:
        return F.mse_loss(outputs, targets)
    if num_classes == 2:
        return F.binary_cross_entropy_with_logits(outputs, targets)
    return F.cross_entropy(outputs, targets)


def measure_penalty(network: nn.Sequential, l1: float, l2: float) -> torch.Tensor:
    """Return l1 Σ|w| + l2 Σw²/2 over the weights of the linear layers, without biases."""
    weights = [layer.weight for layer in network if isinstance(layer, nn.Linear)]
    penalty = torch.zeros(())
    if l1:
        penalty = penalty + l1 * sum(w.abs().sum() for w in weights)
    if l2:
        penalty = penalty + l2 / 2 * sum(w.square().sum() for w in weights)
    return penalty


def train_further(experiment: Experiment, state: State, epoch: int) -> State:
    """Train from a state to the end of an epoch; a loss that is not finite ends the training for good."""
    if state.broken_step is not None:
        return replace(state, epoch=epoch)
    points = draw_points(experiment.points)
    generator = torch.Generator()
    generator.set_state(state.randomness)
    network = _restore(experiment, state, torch.Generator())
    for layer in network:
        if isinstance(layer, Dropout):
            layer.generator = generator
    network.train()
    optimizer = build_plane_optimizer(
        experiment.training.optimizer, network.parameters(), experiment.training.lr
    )
    optimizer.load_state_dict(copy.deepcopy(state.optimizer))
    broken_step = None
    for loss, step in take_steps(experiment, points, network, optimizer, generator, state.epoch, epoch):
        if not math.isfinite(loss):
            broken_step = step
            break
    return _keep(epoch, network, optimizer, generator, broken_step)


def take_steps(
    experiment: Experiment,
    points: Points,
    network: nn.Sequential,
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
    first_epoch: int,
    last_epoch: int,
) -> Iterator[tuple[float, int]]:
    """Train from the end of one epoch to that of another.

    Yields:
        The loss of each step, before it, and the step's number, from 1.
    """
    training = experiment.training
    inputs, targets = prepare(experiment, points, trained=True)
    steps_an_epoch = count_steps(experiment, points)
    num_steps = training.epochs * steps_an_epoch
    for epoch in range(first_epoch, last_epoch):
        is_switched = training.switch_epoch is not None and epoch >= training.switch_epoch
        peak = training.switch_lr if is_switched else training.lr
        batches = torch.randperm(len(inputs), generator=generator).split(training.batch)
        for place, batch in enumerate(batches[:steps_an_epoch]):
            step = epoch * steps_an_epoch + place
            rate = schedule_rate(training.schedule, peak, step, num_steps)
            outputs = network(inputs[batch])
            loss = measure_loss(outputs, targets[batch], points.num_classes)
            yield make_step(training, network, optimizer, loss, rate), step + 1


def make_step(
    training: TrainingConfig,
    network: nn.Sequential,
    optimizer: torch.optim.Optimizer,
    loss: torch.Tensor,
    rate: float,
) -> float:
    """Make a step down a loss and the penalties, at a learning rate; return their sum from before it."""
    if training.l1 > 0 or training.l2 > 0:
        loss = loss + measure_penalty(network, training.l1, training.l2)
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
