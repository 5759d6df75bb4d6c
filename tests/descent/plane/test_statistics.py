"""What the layers of a small network go through at a moment: against a plain loop and autograd."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from app.descent.plane.layers import show_layers
from models.descent.plane.moments import look_at
from models.descent.plane.network import NetworkConfig
from models.descent.plane.points import PointsConfig
from models.descent.plane.statistics import measure_layers
from models.descent.plane.training import (
    Experiment,
    TrainingConfig,
    check_experiment,
    list_epochs,
    measure_loss,
    prepare,
    reach,
    restore,
)

SHORT = TrainingConfig(epochs=12, lr=0.1)


def rms(values):
    return values.double().square().mean().sqrt().item()


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_numbers_are_those_of_a_plain_step_with_all_points(activation):
    experiment = Experiment(network=NetworkConfig(hidden=(6, 5), activation=activation), training=SHORT)
    points = check_experiment(experiment)
    network = restore(experiment, reach(experiment, 7))
    inputs, targets = prepare(experiment, points, trained=True)
    given, values = [], inputs
    for module in network:
        values = module(values)
        if not isinstance(module, nn.Linear):
            given.append(values)
    measure_loss(values, targets, points.num_classes).backward()
    layers = measure_layers(experiment, 7).layers
    linear = [module for module in network if isinstance(module, nn.Linear)]
    for layer, module in zip(layers, linear, strict=True):
        assert layer.gradient == pytest.approx(rms(module.weight.grad), rel=1e-5)
        ratio = 0.1 * rms(module.weight.grad) / rms(module.weight)
        assert layer.update_ratio == pytest.approx(ratio, rel=1e-3)
    for layer, shown in zip(layers, given, strict=False):
        assert layer.activations.spread == pytest.approx(shown.double().std(correction=0).item(), rel=1e-5)
        if activation == "relu":
            assert layer.activations.num_dead == (shown == 0).all(0).sum().item()


@pytest.mark.parametrize("optimizer", ["gradient_descent", "adam"])
def test_measuring_leaves_the_training_and_torch_as_they_were(optimizer):
    network = NetworkConfig(hidden=(4, 4), dropout=0.2, batch_norm=True)
    training = replace(SHORT, seed=8101, optimizer=optimizer)
    measured = Experiment(network=network, training=training)
    # The same training, as it never changes its rate, but kept apart.
    apart = replace(measured, training=replace(training, switch_lr=0.7))
    for moment in range(len(list_epochs(12))):
        measure_layers(measured, moment)
    ends = [reach(each, len(list_epochs(12)) - 1) for each in (measured, apart)]
    for name, value in ends[0].weights.items():
        assert torch.equal(value, ends[1].weights[name])
    assert torch.equal(ends[0].randomness, ends[1].randomness)
    used = []
    for work in (lambda: restore(apart, ends[1]), lambda: measure_layers(apart, len(list_epochs(12)) - 1)):
        torch.manual_seed(0)
        work()
        used.append(torch.get_rng_state())
    assert torch.equal(*used)  # it draws nothing that making the network does not


def show_moment(experiment, place):
    """What the page is told of a moment: the layers' numbers, and the sentences."""
    answer = show_layers([experiment], place)
    while not answer["moments"][0]:  # those before it took as long as an answer may
        answer = show_layers([experiment], place)
    moment = answer["moments"][0][0]
    return moment["layers"], " ".join(finding["text"] for finding in moment["findings"])


def test_zero_weights_are_named_as_the_cause():
    network = NetworkConfig(hidden=(8, 8), initialisation="zeros")
    layers, told = show_moment(Experiment(network=network, training=SHORT), 0)
    assert "All 8 units of layer 1 have the weight 0 everywhere" in told
    assert layers[0] == [0, None, 0, 0]


def test_dead_units_are_counted_as_the_maps_show_them():
    experiment = Experiment(
        network=NetworkConfig(hidden=(8, 8), activation="relu"),
        training=TrainingConfig(epochs=20, lr=3.0, seed=2),
    )
    last = len(list_epochs(20)) - 1
    layer = measure_layers(experiment, last).layers[0]
    weights = look_at(experiment, last).layers[0]
    inputs, _ = prepare(experiment, check_experiment(experiment), trained=True)
    sums = inputs @ torch.tensor(weights.weights).T + torch.tensor(weights.bias)
    num_dead = layer.activations.num_dead
    assert num_dead == (sums <= 0).all(0).sum().item() > 1
    layers, told = show_moment(experiment, last)
    assert f"{num_dead} of 8 units of layer 1 give 0 for every example" in told
    assert layers[0][2] == num_dead


def test_numbers_that_are_not_finite_are_a_result():
    experiment = Experiment(
        PointsConfig(rule="slope"),
        NetworkConfig(activation="linear"),
        TrainingConfig(epochs=20, lr=10.0),
    )
    layers, told = show_moment(experiment, len(list_epochs(20)) - 1)
    assert "infinite or NaN" in told
    assert layers[0][0] == "NaN"
