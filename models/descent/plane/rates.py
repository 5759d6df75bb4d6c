"""A learning rate for a small network: its own steps at a rising rate, and a trial at a rate.

Network, optimizer, batches, dropout and penalties are the training's; only the rate is another. What was
swept or tried once is kept: asking for the next part costs only what is new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import torch

from models.cores import on_one_core
from models.descent.optimizers import MAX_LR, check_lr
from models.descent.plane.network import build_plane_network
from models.descent.plane.optimizers import build_plane_optimizer
from models.descent.plane.points import MAX_SEED
from models.descent.plane.training import (
    Experiment,
    TrainingConfig,
    check_experiment,
    count_outputs,
    count_steps,
    make_step,
    measure_loss,
    prepare,
)
from models.descent.rate_finder import SEEDS, space_rates, sweep_rates
from models.descent.rate_trial import TRIED_FACTORS, Trial, judge_trial, try_steps


class RateSteps:
    """A training from fresh weights, whose steps are made at the rates that it is called with."""

    def __init__(self, experiment: Experiment, seed: int) -> None:
        """Build the network; `seed` is added to the experiment's own."""
        self._experiment = experiment
        self._points = check_experiment(experiment)
        own_seed = (experiment.training.seed + seed) % (MAX_SEED + 1)
        self._generator = torch.Generator().manual_seed(own_seed)
        outputs = count_outputs(self._points)
        self._network = build_plane_network(experiment.network, outputs, self._generator)
        self._optimizer = build_plane_optimizer(
            experiment.training.optimizer, self._network.parameters(), 1.0
        )
        self._inputs, self._targets = prepare(experiment, self._points, trained=True)
        self._batches = self._deal_batches()

    def _deal_batches(self) -> Iterator[torch.Tensor]:
        """Yield which points each step is made with, one epoch after the other."""
        steps_an_epoch = count_steps(self._experiment, self._points)
        while True:
            order = torch.randperm(len(self._inputs), generator=self._generator)
            yield from order.split(self._experiment.training.batch)[:steps_an_epoch]

    def __call__(self, rate: float) -> float:
        """Make one step, and return the loss from before it."""
        batch = next(self._batches)
        outputs = self._network(self._inputs[batch])
        loss = measure_loss(outputs, self._targets[batch], self._points.num_classes)
        return make_step(self._experiment.training, self._network, self._optimizer, loss, rate)


def sweep_network(experiment: Experiment, number: int) -> tuple[float, ...]:
    """Return the losses of a sweep over `space_rates()`, from one of SEEDS.

    Args:
        experiment: Whose learning rate, schedule, epochs and branch do not matter.
        number: The seed's place, from 0.

    Raises:
        ValueError: For settings out of range.
    """
    return _sweep(_leave_out_rate(experiment), SEEDS[number])


@lru_cache(maxsize=512)  # of a kilobyte or two each
def _sweep(experiment: Experiment, seed: int) -> tuple[float, ...]:
    with on_one_core():
        return tuple(sweep_rates(RateSteps(experiment, seed), space_rates()))


def try_network(experiment: Experiment, rate: float, number: int) -> Trial:
    """Train some steps at a third of a rate, at the rate or at three times as much, from the same weights.

    Args:
        experiment: As `sweep_network` takes it.
        rate: The rate, above 0.
        number: Which of TRIED_FACTORS is taken, from 0.

    Raises:
        ValueError: For settings or a rate out of range.
    """
    tried = min(check_lr(rate) * TRIED_FACTORS[number], MAX_LR)
    return _try(_leave_out_rate(experiment), tried)


@lru_cache(maxsize=512)
def _try(experiment: Experiment, rate: float) -> Trial:
    with on_one_core():
        return judge_trial(rate, list(try_steps(RateSteps(experiment, 0), rate)))


def _leave_out_rate(experiment: Experiment) -> Experiment:
    """Return the experiment for all rates: a constant one, and an epoch whose length plays no part."""
    at_first = TrainingConfig()
    training = replace(
        experiment.training,
        lr=at_first.lr,
        schedule=at_first.schedule,
        epochs=1,
        switch_epoch=None,
        switch_lr=at_first.switch_lr,
    )
    return replace(experiment, training=training)
