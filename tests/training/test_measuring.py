"""Layers are measured in a few steps of a training, and change nothing in it."""

import json

import pytest
import torch

from models.descent.layer_statistics import Activations, Layer, LayerStatistics
from models.training.events import Finished, LayersEvent, StepEvent, describe_event, read_layers
from models.training.loop import train
from models.training.measuring import find_followed, find_places
from models.training.recipes import make_config
from tests.training.small_trainings import SMALL, run, small_test_set, weights

__all__ = ["small_test_set"]  # a fixture


def list_measured(events):
    return [event.statistics for event in events if isinstance(event, LayersEvent)]


def test_places_are_dense_at_first_and_then_at_the_ends_of_epochs():
    assert find_places(200, 100) == [1, 2, 4, 8, 16, 32, 64, 100, 200]
    assert find_places(200, 100, is_last_smaller=True) == [1, 2, 4, 8, 16, 32, 64, 99, 199]
    assert find_places(50, 25) == [1, 4, 16, 25, 50]  # so short that they would cost too much
    assert find_places(2, 1, is_last_smaller=True) == [1, 2]
    assert len(find_places(100_000, 1_000)) == 10 + 20
    assert find_places(100_000, 1_000)[-1] == 100_000


@pytest.mark.parametrize(
    ("num_steps", "batch_size", "num"), [(3_000, 32, 16), (3_000, 500, 2), (50, 32, 2), (10, 32, 1)]
)
def test_steps_before_a_place_are_followed_as_far_as_they_cost_little(num_steps, batch_size, num):
    followed = find_followed([8, num_steps], num_steps, batch_size)
    assert followed == {*range(max(1, 8 - num + 1), 9), *range(num_steps - num + 1, num_steps + 1)}


def test_training_tells_of_its_layers_at_the_places():
    events = run(epochs=2)
    measured = list_measured(events)
    assert [one.step for one in measured] == [1, 4, 16, 25, 50]
    assert [layer.name for layer in measured[0].layers] == ["classifier.0", "classifier.2", "classifier.4"]
    assert [one.activations and one.activations.num_units for one in measured[0].layers] == [128, 64, None]
    assert all(0 < layer.update_ratio < 1 for one in measured for layer in one.layers)
    # Momentum's first step is the gradient's: the update is the learning rate times as large.
    assert measured[0].layers[0].update == pytest.approx(0.001 * measured[0].layers[0].gradient, rel=0.01)


@pytest.mark.parametrize("network", ["mlp", "convnet2", pytest.param("convnet4", marks=pytest.mark.gate)])
def test_weights_are_the_same_bit_for_bit_without_measuring(network):
    config = make_config(network, **SMALL | {"num_images": 120, "epochs": 2})
    measured, plain = list(train(config)), list(train(config, measures_layers=False))
    assert list_measured(measured)
    assert not list_measured(plain)
    assert weights(measured[-1]).keys() == weights(plain[-1]).keys()
    for name, tensor in weights(plain[-1]).items():
        assert torch.equal(weights(measured[-1])[name], tensor), name
    losses = [[event.loss for event in each if isinstance(event, StepEvent)] for each in (measured, plain)]
    assert losses[0] == losses[1]


def test_divergence_is_measured_where_it_is_found():
    events = run(epochs=1, learning_rate=1000.0)
    *_, last = list_measured(events)
    assert isinstance(events[-1], Finished)
    assert f"step {last.step}: the loss became infinite or NaN" in events[-1].message
    assert not all(layer.is_finite for layer in last.layers)


def test_event_is_read_as_it_was_written():
    event = run(epochs=1)[3]
    told = json.loads(json.dumps(describe_event(event), allow_nan=False))
    read = read_layers(told)
    assert (read.step, read.num_examples, read.sees_all) == (1, 32, False)
    assert read.layers[0].gradient == pytest.approx(event.statistics.layers[0].gradient, rel=1e-5)
    assert read.layers[0].activations.num_dead == event.statistics.layers[0].activations.num_dead
    assert read.layers[2].activations is None


def test_event_holds_what_is_no_number():
    found = Activations("Tanh", 4, None, 2, float("inf"))
    statistics = LayerStatistics(
        3, 8, True, (Layer("0", "Linear", 4, float("nan"), 1.0, None, False, found),) * 2
    )
    told = json.loads(json.dumps(describe_event(LayersEvent(statistics)), allow_nan=False))
    assert repr(read_layers(told)) == repr(statistics)  # NaN equals nothing
