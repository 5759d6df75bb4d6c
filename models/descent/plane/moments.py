"""What is seen of a small network at a moment: losses, weights, and each unit as a map of the plane."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import nn

from models.cores import on_one_core
from models.descent.plane.network import FEATURES, compute_features
from models.descent.plane.points import RANGE, Points
from models.descent.plane.training import (
    Experiment,
    check_experiment,
    list_epochs,
    measure_loss,
    prepare,
    reach,
    restore,
)
from models.values import Floats, Floats32, check_number, check_whole

MAX_MAP_BYTES = 350_000  # of all maps of a network at all moments, a byte a place
SURFACE_SIDE = 40  # places along either axis of the output's map
MAX_UNIT_SIDE = 20


_Pair = tuple[float | None, float | None]  # of the training and of testing


@dataclass(frozen=True)
class Layer:
    """A linear layer with what follows it, at a moment.

    Attributes:
        weights: (units, inputs).
        bias: (units,).
        maps: (units, S, S) what the units give over the plane, rows from the top (y = RANGE) down; of the
            last layer the sums, which have no activation.
    """

    weights: Floats32
    bias: Floats32
    maps: Floats32


@dataclass(frozen=True)
class Moment:
    """A network at the end of an epoch.

    Attributes:
        epoch: epochs done.
        layers: from the first hidden one to the last.
        surface: (C, R, R) what the network says over the plane: the probability of each class but, of two,
            of the second alone; or the value.
        losses: on the points of the training and of testing, without penalties; None where there are none.
        accuracies: likewise, the share of points whose class is the most probable one; None for values.
        broken_step: the step whose loss was not finite, from 1; None where all were.
    """

    epoch: int
    layers: tuple[Layer, ...]
    surface: Floats32
    losses: tuple[float | None, float | None]
    accuracies: tuple[float | None, float | None]
    broken_step: int | None


def choose_unit_side(hidden: tuple[int, ...], num_outputs: int) -> int:
    """Return the places along either axis of a unit's map, so that all maps stay within MAX_MAP_BYTES."""
    num_units = sum(hidden) + num_outputs
    surfaces = 2 if num_outputs > 1 else 1
    left = MAX_MAP_BYTES / (len(list_epochs(10_000))) - surfaces * SURFACE_SIDE**2
    return min(MAX_UNIT_SIDE, int(math.sqrt(left / num_units)))


@lru_cache(maxsize=8)
def _list_places(side: int) -> torch.Tensor:
    """Return the middles (side², 2) of a grid over the plane, row by row from the top left."""
    middles = (np.arange(side) + 0.5) / side * 2 * RANGE - RANGE
    x, y = np.meshgrid(middles, -middles)
    return torch.tensor(np.stack([x.ravel(), y.ravel()], axis=1), dtype=torch.float32)


def look_at(experiment: Experiment, moment: int) -> Moment:
    """Return what is seen of an experiment at a moment, a place in `list_epochs`.

    Raises:
        ValueError: For settings out of range.
    """
    points = check_experiment(experiment)
    state = reach(experiment, moment)
    network = restore(experiment, state)
    side = choose_unit_side(experiment.network.hidden, _count_outputs(network))
    with on_one_core(), torch.no_grad():
        passed = pass_through(network, compute_features(experiment.network.inputs, _list_places(side)))
        linear = [layer for layer in network if isinstance(layer, nn.Linear)]
        layers = tuple(
            Layer(
                layer.weight.numpy().copy(),
                layer.bias.numpy().copy(),
                given.T.reshape(-1, side, side).numpy().copy(),
            )
            for layer, given in zip(linear, passed, strict=True)
        )
        asked = network(compute_features(experiment.network.inputs, _list_places(SURFACE_SIDE)))
        surface = say(asked, points.num_classes).T.reshape(-1, SURFACE_SIDE, SURFACE_SIDE).numpy().copy()
    losses, accuracies = measure_moment(experiment, moment)
    return Moment(
        state.epoch,
        layers,
        surface,
        losses,
        accuracies,
        state.broken_step,
    )


def _count_outputs(network: nn.Sequential) -> int:
    last = network[-1]
    assert isinstance(last, nn.Linear)
    return last.out_features


def pass_through(network: nn.Sequential, inputs: torch.Tensor) -> list[torch.Tensor]:
    """Return what each layer's units give (N, units): a hidden one's activations, the last one's sums."""
    given: list[torch.Tensor] = []
    values = inputs
    for layer in network:
        if isinstance(layer, nn.Linear) and values is not inputs:
            given.append(values)
        values = layer(values)
    given.append(values)
    return given


def say(outputs: torch.Tensor, num_classes: int) -> torch.Tensor:
    """Return what outputs (N, C) say: probabilities, of two classes the second's alone (N, 1); or values."""
    if num_classes == 0:
        return outputs
    return torch.sigmoid(outputs) if num_classes == 2 else torch.softmax(outputs, dim=1)


@lru_cache(maxsize=8192)
def measure_moment(experiment: Experiment, moment: int) -> tuple[_Pair, _Pair]:
    """Return losses and accuracies at a moment, as `Moment` has them."""
    points = check_experiment(experiment)
    network = restore(experiment, reach(experiment, moment))
    with on_one_core(), torch.no_grad():
        trained, tested = (measure(experiment, points, network, is_trained) for is_trained in (True, False))
    return (trained[0], tested[0]), (trained[1], tested[1])


def measure(
    experiment: Experiment, points: Points, network: nn.Sequential, trained: bool
) -> tuple[float | None, float | None]:
    """Return loss and accuracy on the points of the training, or of testing; None where there are none."""
    inputs, targets = prepare(experiment, points, trained)
    if not len(inputs):
        return None, None
    outputs = network(inputs)
    loss = measure_loss(outputs, targets, points.num_classes).item()
    if points.num_classes == 0:
        return loss, None
    is_right = (outputs > 0) == (targets > 0.5) if points.num_classes == 2 else outputs.argmax(1) == targets
    return loss, is_right.float().mean().item()


@dataclass(frozen=True)
class UnitSum:
    """How a unit comes to its number at a place of the plane.

    Attributes:
        names: what each input of the layer is called.
        inputs: (inputs,) their numbers there.
        weights: (inputs,).
        bias: the unit's bias.
        total: w·x + b.
        normalised: what batch norm makes of it; None without.
        given: what the unit gives: its activation; of an output, what it says (probability or value).
    """

    names: tuple[str, ...]
    inputs: Floats
    weights: Floats
    bias: float
    total: float
    normalised: float | None
    given: float


def explain_unit(
    experiment: Experiment, moment: int, layer: int, unit: int, at: tuple[float, float]
) -> UnitSum:
    """Return how a unit comes to its number at a place, at a moment of the training.

    Args:
        experiment: The experiment.
        moment: A place in `list_epochs`.
        layer: 0 for the first hidden layer; the number of hidden layers for the output.
        unit: From 0.
        at: x and y.

    Raises:
        ValueError: For settings out of range, and for a moment, layer, unit or place that is not there.
    """
    points = check_experiment(experiment)
    hidden = experiment.network.hidden
    check_whole(moment, "The moment", 0, len(list_epochs(experiment.training.epochs)) - 1)
    check_whole(layer, "The layer", 0, len(hidden))
    network = restore(experiment, reach(experiment, moment))
    linear = [each for each in network if isinstance(each, nn.Linear)][layer]
    check_whole(unit, "The unit", 0, linear.out_features - 1)
    place = [check_number(value, name, -RANGE, RANGE) for name, value in zip("xy", at, strict=True)]
    values = compute_features(experiment.network.inputs, torch.tensor([place], dtype=torch.float32))
    names = tuple(FEATURES[name].title for name in experiment.network.inputs)
    given = inputs = values
    total = normalised = None
    with on_one_core(), torch.no_grad():
        for module in network:
            if module is linear:
                inputs = values
            values = module(values)
            if module is linear:
                total = values
            elif total is not None and normalised is None and isinstance(module, nn.BatchNorm1d):
                normalised = values
            if isinstance(module, nn.Linear) and total is not None and module is not linear:
                break
            given = values
    assert total is not None
    if layer == len(hidden):
        given = say(total, points.num_classes)
    if layer:
        names = tuple(f"unit {number}" for number in range(1, hidden[layer - 1] + 1))
    return UnitSum(
        names,
        inputs[0].double().numpy(),
        linear.weight[unit].detach().double().numpy(),
        linear.bias[unit].item(),
        total[0, unit].item(),
        None if normalised is None else normalised[0, unit].item(),
        given[0, unit if layer < len(hidden) or points.num_classes != 2 else 0].item(),
    )


def draw_features(inputs: tuple[str, ...], side: int) -> Floats32:
    """Return what the network is given over the plane, (inputs, side, side), rows from the top down."""
    maps: Floats32 = compute_features(inputs, _list_places(side)).T.reshape(-1, side, side).numpy().copy()
    return maps
