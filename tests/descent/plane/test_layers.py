"""What the page is told of a small network's layers: against a plain loop of torch, step by step."""

import pytest
import torch
from torch import nn

from app.descent.plane.layers import show_layers
from models.descent.plane.network import NetworkConfig
from models.descent.plane.points import PointsConfig, draw_points
from models.descent.plane.training import Experiment, TrainingConfig, list_epochs
from tests.descent.plane.plain_loop import OPTIMIZERS, features, train

EPOCHS = 12


def follow(*experiments):
    """Ask until all moments are there, as the page does; return the titles and each network's moments."""
    answer = show_layers(experiments, 0)
    titles, moments = answer["titles"], answer["moments"]
    while not answer["is_done"]:
        answer = show_layers(experiments, len(moments[0]))
        for all_of_one, more in zip(moments, answer["moments"], strict=True):
            all_of_one += more
    return titles, moments


def rms(values):
    return values.double().square().mean().sqrt().item()


def list_plain_steps(experiment):
    """Return gradient, update ÷ weight, dead units and spread of each layer in each step of a plain loop.

    All points are in one batch, so that the next step is the one that the page tells of.
    """
    points = draw_points(experiment.points)
    inputs = features(experiment.network.inputs, torch.tensor(points.positions))
    told, given, before = [], [], []
    for epoch, network in train(experiment, points):
        linear = [layer for layer in network if isinstance(layer, nn.Linear)]
        if epoch:
            ratios = [rms(layer.weight - old) / rms(old) for layer, old in zip(linear, before, strict=True)]
            behind = [
                ((one == 0).all(0).sum().item(), one.double().std(correction=0).item()) for one in given
            ]
            told.append(
                [
                    [rms(layer.weight.grad), ratio, *rest]
                    for layer, ratio, rest in zip(linear, ratios, [*behind, (None, None)], strict=True)
                ]
            )
        before = [layer.weight.detach().clone() for layer in linear]
        with torch.no_grad():
            given, values = [], inputs
            for layer in network:
                values = layer(values)
                given += [values] if isinstance(layer, nn.ReLU) else []
    return told


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_each_moment_tells_of_the_step_that_a_plain_loop_takes_next(optimizer):
    experiment = Experiment(
        PointsConfig(count=40, test_share=0.0),
        NetworkConfig(hidden=(5, 4), activation="relu"),
        TrainingConfig(
            optimizer=optimizer, lr=0.05, schedule="cosine", batch=1000, epochs=EPOCHS, l2=0.01, seed=3
        ),
    )
    assert list_epochs(EPOCHS) == list(range(EPOCHS + 1))  # each step is a moment
    _, (moments,) = follow(experiment)
    steps = list_plain_steps(experiment)
    assert len(steps) == EPOCHS
    for number, (moment, plain) in enumerate(zip(moments, steps, strict=False), start=1):
        assert (moment["step"], moment["examples"]) == (number, 40)
        for shown, expected in zip(moment["layers"], plain, strict=True):
            # Four digits are shown.
            assert shown == [pytest.approx(each, rel=6e-4) if each else each for each in expected]


def test_two_networks_are_told_side_by_side_by_their_own_layers():
    points = PointsConfig(count=40)
    training = TrainingConfig(epochs=20)
    one = Experiment(points, NetworkConfig(hidden=(4,)), training)
    other = Experiment(points, NetworkConfig(hidden=(), activation="relu"), training)
    titles, moments = follow(one, other)
    assert [[layer["title"] for layer in layers] for layers in titles] == [
        ["Layer 1", "Layer 2"],
        ["Layer 1"],
    ]
    assert [layer["about"] for layer in titles[0]] == ["4 units, tanh", "output, 1 unit"]
    assert [layer["num_units"] for layer in titles[0]] == [4, 0]
    assert [len(each) for each in moments] == [len(list_epochs(20))] * 2
    assert moments[1][0]["layers"][0][2:] == [None, None]
    assert follow(other)[1][0] == moments[1]
