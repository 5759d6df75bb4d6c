"""What the layers of a small network go through at a moment of its training: see `layer_statistics`."""

from __future__ import annotations

import copy
from functools import lru_cache

from models.cores import on_one_core
from models.descent.layer_statistics import LayerStatistics, LayerWatch
from models.descent.plane.optimizers import build_plane_optimizer
from models.descent.plane.training import (
    Experiment,
    check_experiment,
    count_steps,
    measure_loss,
    measure_penalty,
    prepare,
    reach,
    restore,
)
from models.descent.schedules import schedule_rate


@lru_cache(maxsize=4096)
def measure_layers(experiment: Experiment, moment: int) -> LayerStatistics:
    """Measure a step that would be taken at a moment with all points of the training; it is not kept.

    Args:
        experiment: The experiment.
        moment: A place in `list_epochs`.

    Raises:
        ValueError: For settings out of range.
    """
    points = check_experiment(experiment)
    state = reach(experiment, moment)
    training = experiment.training
    network = restore(experiment, state).train()
    optimizer = build_plane_optimizer(training.optimizer, network.parameters(), training.lr)
    optimizer.load_state_dict(copy.deepcopy(state.optimizer))  # which takes its tensors as they are
    steps_an_epoch = count_steps(experiment, points)
    step, num_steps = state.epoch * steps_an_epoch, training.epochs * steps_an_epoch
    is_switched = training.switch_epoch is not None and state.epoch >= training.switch_epoch
    peak = training.switch_lr if is_switched else training.lr
    for group in optimizer.param_groups:
        group["lr"] = schedule_rate(training.schedule, peak, min(step, num_steps - 1), num_steps)
    inputs, targets = prepare(experiment, points, trained=True)
    watch = LayerWatch(network)
    with on_one_core(), watch.follow():
        loss = measure_loss(network(inputs), targets, points.num_classes)
        if training.l1 or training.l2:
            loss = loss + measure_penalty(network, training.l1, training.l2)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return watch.measure(step + 1, sees_all=True)
