"""What is seen of a small network at a moment, against the network itself and against NumPy."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import strategies as st

from models.descent.plane.moments import (
    MAX_MAP_BYTES,
    SURFACE_SIDE,
    choose_unit_side,
    draw_features,
    explain_unit,
    look_at,
)
from models.descent.plane.network import NetworkConfig
from models.descent.plane.points import PointsConfig, draw_points
from models.descent.plane.training import Experiment, TrainingConfig, check_experiment, list_epochs
from tests.descent.plane.experiments import OVERFLOWING, experiments
from tests.descent.plane.plain_loop import FEATURES, measure, train

SHORT = Experiment(PointsConfig(count=60), NetworkConfig(hidden=(4, 3)), TrainingConfig(epochs=5, batch=10))
ACTIVATIONS = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0), "linear": lambda z: z}


def train_whole(experiment):
    """Return the network that a plain loop ends in, ready to be asked; None where it does not get there."""
    with torch.random.fork_rng():
        trained = list(train(experiment, check_experiment(experiment)))
    return trained[-1][1].eval() if trained[-1][0] == experiment.training.epochs else None


def ask(network, inputs, x, y):
    """Return what the network gives at places (x, y), each a list."""
    places = torch.tensor(np.array([x, y]).T, dtype=torch.float32)
    with torch.no_grad():
        return network(torch.stack([FEATURES[name](places[:, 0], places[:, 1]) for name in inputs], 1))


@given(experiments)
@example(OVERFLOWING)
def test_losses_weights_and_surface_are_those_of_the_network(experiment):
    try:
        points = check_experiment(experiment)
    except ValueError:
        assume(False)
    network = train_whole(experiment)
    assume(network is not None)
    moment = look_at(experiment, len(list_epochs(experiment.training.epochs)) - 1)
    linear = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
    for seen, layer in zip(moment.layers, linear, strict=True):
        np.testing.assert_array_equal(seen.weights, layer.weight.detach())
        np.testing.assert_array_equal(seen.bias, layer.bias.detach())
    for is_test in (False, True):
        chosen = points.is_test == is_test
        if not chosen.any():
            assert moment.losses[is_test] is None
            continue
        outputs = ask(network, experiment.network.inputs, *points.positions[chosen].T)
        labels = torch.tensor(points.targets[chosen])
        expected = measure(outputs, labels, points.num_classes).item()
        assert moment.losses[is_test] == pytest.approx(expected, rel=1e-5, abs=1e-7, nan_ok=True)
        if points.num_classes:
            said = outputs[:, 0] > 0 if points.num_classes == 2 else outputs.argmax(1)
            assert moment.accuracies[is_test] == pytest.approx((said == labels).float().mean().item())
    rows, columns = np.indices((SURFACE_SIDE, SURFACE_SIDE)).reshape(2, -1)
    x, y = 12 * (columns + 0.5) / SURFACE_SIDE - 6, 6 - 12 * (rows + 0.5) / SURFACE_SIDE
    outputs = ask(network, experiment.network.inputs, x, y)
    if points.num_classes > 2:
        outputs = outputs.softmax(1)
    elif points.num_classes:
        outputs = outputs.sigmoid()
    np.testing.assert_allclose(
        moment.surface.reshape(len(moment.surface), -1).T, outputs, rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_maps_are_what_each_unit_gives_there_counted_by_numpy(activation):
    experiment = replace(SHORT, network=replace(SHORT.network, activation=activation, inputs=("x", "yy")))
    moment = look_at(experiment, 5)
    side = moment.layers[0].maps.shape[1]
    for row, column in ((0, 0), (side - 1, 2), (3, side // 2)):
        x, y = 12 * (column + 0.5) / side - 6, 6 - 12 * (row + 0.5) / side
        values = np.array([x, y * y])
        for number, layer in enumerate(moment.layers):
            values = layer.weights.astype(float) @ values + layer.bias
            if number < 2:
                values = ACTIVATIONS[activation](values)
            np.testing.assert_allclose(layer.maps[:, row, column], values, rtol=1e-4, atol=1e-5)


def test_inputs_are_drawn_from_the_top_left_on():
    x, product = draw_features(("x", "xy"), 4)
    assert x[0].tolist() == [-4.5, -1.5, 1.5, 4.5]
    assert product[0].tolist() == [-20.25, -6.75, 6.75, 20.25]


@given(st.lists(st.integers(1, 8), max_size=6), st.sampled_from([1, 3, 4]))
def test_all_maps_at_all_moments_stay_within_their_bytes(hidden, num_outputs):
    side = choose_unit_side(tuple(hidden), num_outputs)
    surfaces = 2 if num_outputs > 1 else 1
    places = side**2 * (sum(hidden) + num_outputs) + surfaces * SURFACE_SIDE**2
    assert side >= 6
    assert 61 * places <= MAX_MAP_BYTES


@given(st.floats(-6, 6), st.floats(-6, 6), st.integers(0, 5))
def test_a_units_sum_is_written_out_as_numpy_counts_it(x, y, moment):
    seen = look_at(SHORT, moment)
    values = np.array([x, y])
    for layer, each in enumerate(seen.layers):
        for unit in range(len(each.bias)):
            told = explain_unit(SHORT, moment, layer, unit, (x, y))
            np.testing.assert_allclose(told.inputs, values, rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(told.weights, each.weights[unit])
            assert told.bias == each.bias[unit]
            assert told.total == pytest.approx(told.inputs @ told.weights + told.bias, rel=1e-4, abs=1e-5)
            given = np.tanh(told.total) if layer < 2 else 1 / (1 + np.exp(-told.total))
            assert told.given == pytest.approx(given, rel=1e-4, abs=1e-5)
            assert told.normalised is None
            assert len(told.names) == len(told.inputs)
        values = np.tanh(each.weights.astype(float) @ values + each.bias)


def test_batch_norm_and_softmax_stand_in_the_sum():
    experiment = Experiment(
        PointsConfig("three", count=60),
        NetworkConfig(hidden=(4,), batch_norm=True),
        TrainingConfig(epochs=3, batch=10),
    )
    network = train_whole(experiment)
    at, normalise = (1.0, -2.0), network[1]
    told = explain_unit(experiment, 3, 0, 2, at)
    mean, variance = normalise.running_mean[2].item(), normalise.running_var[2].item()
    scaled = (told.total - mean) / np.sqrt(variance + normalise.eps)
    expected = scaled * normalise.weight[2].item() + normalise.bias[2].item()
    assert told.normalised == pytest.approx(expected, rel=1e-4)
    assert told.given == pytest.approx(np.tanh(expected), rel=1e-4)
    outputs = [explain_unit(experiment, 3, 1, unit, at) for unit in range(3)]
    powers = np.exp([output.total for output in outputs])
    assert [output.given for output in outputs] == pytest.approx(powers / powers.sum(), rel=1e-4)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ((99, 0, 0, (0.0, 0.0)), "The moment is 99"),
        ((0, 3, 0, (0.0, 0.0)), "The layer is 3"),
        ((0, 0, 4, (0.0, 0.0)), "The unit is 4"),
        ((0, 0, 0, (0.0, 7.0)), "y is 7.0: enter a number from -6 to 6"),
        ((0, 0, 0, (float("nan"), 0.0)), "x is nan"),
    ],
)
def test_what_is_not_there_is_refused(asked, message):
    with pytest.raises(ValueError, match=message):
        explain_unit(SHORT, *asked)


def test_what_points_a_value_belong_to_is_measured_without_classes():
    moment = look_at(replace(SHORT, points=PointsConfig("hills", count=60)), 3)
    assert moment.accuracies == (None, None)
    assert not draw_points(PointsConfig("hills", count=60)).num_classes
