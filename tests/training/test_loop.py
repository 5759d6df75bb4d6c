"""Training: the stream of events, and steps that are those of a plain loop."""

import itertools
import json
import math

import pytest
import torch
import torch.nn.functional as F

from models.checkpoints.evaluation import evaluate_network
from models.data.datasets import load_dataset, split_dataset, to_input
from models.networks.registry import build_network
from models.training import session
from models.training.events import (
    EpochEvent,
    Finished,
    LayersEvent,
    Preparing,
    Started,
    StepEvent,
    describe_event,
)
from models.training.loop import train
from models.training.recipes import make_config
from tests.training.small_trainings import SMALL, run, small_test_set, weights

__all__ = ["small_test_set"]  # a fixture


@pytest.mark.parametrize(
    ("network", "optimizer", "momentum"),
    [("logistic", "sgd", 0.0), ("mlp", "sgd", 0.9)]
    + [(name, "adam", 0.0) for name in ("convnet", "convnet2", "convnet3", "convnet4")],
)
def test_recipe_is_the_notebooks(network, optimizer, momentum):
    config = make_config(network)
    assert (config.optimizer, config.momentum) == (optimizer, momentum)
    assert (config.learning_rate, config.batch_size, config.epochs) == (0.001, 32, 2)
    assert (config.dataset, config.num_images) == ("mnist", None)


def test_events_come_in_order():
    events = run(epochs=2)
    kinds = [type(event) for event in events if not isinstance(event, LayersEvent)]
    assert kinds == [Preparing] * 2 + [Started] + ([StepEvent] * 25 + [EpochEvent]) * 2 + [Finished]
    steps = [event for event in events if isinstance(event, StepEvent)]
    assert [event.step for event in steps] == list(range(1, 51))
    assert all(event.num_steps == 50 for event in steps)
    assert all(event.images_per_second > 0 for event in steps)
    assert all(event.weight_norm > 0 and event.gradient_norm > 0 for event in steps)
    assert [event.seconds for event in steps] == sorted(event.seconds for event in steps)
    assert [event.epoch for event in events if isinstance(event, EpochEvent)] == [1, 2]


def test_checkpoint_records_what_was_measured():
    *_, epoch, finished = run(epochs=1, seed=4)
    info = finished.checkpoint.info
    assert finished.status == "done"
    assert (info.network, info.dataset, info.seed, info.epochs) == ("mlp", "strokes", 4, 1)
    assert info.recipe["optimizer"] == "sgd"
    assert info.recipe["momentum"] == 0.9
    assert info.recipe["steps"] == 25
    assert info.test_accuracy == finished.test.accuracy
    assert info.num_test == 200
    assert info.validation_loss == epoch.validation.loss
    _, validation = split_dataset(load_dataset("strokes", "train", 1_000), seed=0)
    assert evaluate_network(finished.checkpoint.network, validation).loss == info.validation_loss
    test = load_dataset("strokes", "test", 200)
    assert evaluate_network(finished.checkpoint.network, test).accuracy == info.test_accuracy


@pytest.mark.parametrize("network", ["mlp", pytest.param("convnet4", marks=pytest.mark.gate)])
def test_same_seed_gives_the_same_weights_bit_for_bit(network):
    changes = {"num_images": 100, "epochs": 1, "seed": 7}
    first, second = run(network, **changes)[-1], run(network, **changes)[-1]
    assert all(torch.equal(weights(first)[name], tensor) for name, tensor in weights(second).items())
    other = run(network, **changes | {"seed": 8})[-1]
    assert not torch.equal(next(iter(weights(other).values())), next(iter(weights(first).values())))


def test_random_numbers_drawn_between_events_change_nothing():
    config = make_config("convnet2", **SMALL | {"num_images": 200, "epochs": 1})
    quiet = list(train(config))[-1]
    torch.manual_seed(99)
    before = torch.get_rng_state()
    for event in train(config):
        assert torch.equal(torch.get_rng_state(), before), "training disturbed others' random numbers"
        torch.rand(17)
        before = torch.get_rng_state()
        disturbed = event
    assert all(torch.equal(weights(quiet)[name], tensor) for name, tensor in weights(disturbed).items())


@pytest.mark.parametrize(
    ("changes", "build_optimizer"),
    [
        ({}, lambda weights: torch.optim.SGD(weights, lr=0.001, momentum=0.9, fused=True)),
        (
            {"optimizer": "sgd", "momentum": 0.0, "weight_decay": 0.1, "learning_rate": 0.1},
            lambda weights: torch.optim.SGD(weights, lr=0.1, weight_decay=0.1, fused=True),
        ),
        ({"optimizer": "adam"}, lambda weights: torch.optim.Adam(weights, lr=0.001, fused=True)),
        (
            {"optimizer": "adamw", "weight_decay": 0.2},
            lambda weights: torch.optim.AdamW(weights, lr=0.001, weight_decay=0.2, fused=True),
        ),
        (
            {"optimizer": "rmsprop", "momentum": 0.5},
            lambda weights: torch.optim.RMSprop(weights, lr=0.001, momentum=0.5),
        ),
    ],
)
def test_steps_are_those_of_a_plain_loop(changes, build_optimizer):
    """The oracle is the notebook's own loop, written out with nothing of ours but the data."""
    *_, finished = run("mlp", num_images=200, epochs=2, seed=3, **changes)
    images, _ = split_dataset(load_dataset("strokes", "train", 200), seed=0)
    torch.manual_seed(3)
    network = build_network("mlp")
    optimizer = build_optimizer(network.parameters())
    for _ in range(2):
        order = torch.randperm(160)
        for start in range(0, 160, 32):
            batch = order[start : start + 32]
            optimizer.zero_grad()
            F.cross_entropy(network(to_input(images.images[batch])), images.labels[batch]).backward()
            optimizer.step()
    assert all(torch.equal(weights(finished)[name], t) for name, t in network.state_dict().items())


def test_slow_steps_are_reported_a_few_times_a_second(monkeypatch):
    monkeypatch.setattr(session, "_NUM_REPORTS", 1)  # as if the training had very many steps
    monkeypatch.setattr(session, "REPORT_EVERY_SECONDS", 0.0)
    assert sum(isinstance(event, StepEvent) for event in run("logistic", epochs=2)) == 50
    monkeypatch.setattr(session, "REPORT_EVERY_SECONDS", 1e9)
    steps = [event for event in run("logistic", epochs=2) if isinstance(event, StepEvent)]
    assert [event.step for event in steps] == [25, 50]  # the end of each epoch is reported in any case


def test_smoothed_loss_is_a_moving_average():
    steps = [event for event in run(epochs=2) if isinstance(event, StepEvent)]
    assert steps[0].smoothed_loss == steps[0].loss
    # A half-life of a hundredth of 50 steps is less than a step, so it is one.
    for before, now in itertools.pairwise(steps):
        assert now.smoothed_loss == pytest.approx((before.smoothed_loss + now.loss) / 2, rel=1e-9)


def test_norms_are_those_of_the_weights_and_of_the_last_gradient():
    event = next(event for event in run("logistic", num_images=100) if isinstance(event, StepEvent))
    images, _ = split_dataset(load_dataset("strokes", "train", 100), seed=0)
    torch.manual_seed(0)
    network = build_network("logistic")
    batch = torch.randperm(80)[:32]
    F.cross_entropy(network(to_input(images.images[batch])), images.labels[batch]).backward()
    gradient = torch.cat([parameter.grad.flatten() for parameter in network.parameters()])
    assert event.gradient_norm == pytest.approx(gradient.norm().item(), rel=1e-5)
    with torch.no_grad():
        moved = torch.cat([(p - 0.001 * p.grad).flatten() for p in network.parameters()])
    assert event.weight_norm == pytest.approx(moved.norm().item(), rel=1e-5)


def test_events_can_be_written_down():
    for event in run("logistic", num_images=40, epochs=1):
        json.dumps(describe_event(event), allow_nan=False)


def test_reported_losses_are_means_over_all_steps():
    events = run(num_images=1_000, epochs=1)
    steps = [event.loss for event in events if isinstance(event, StepEvent)]
    epoch = next(event for event in events if isinstance(event, EpochEvent))
    assert sum(steps) / len(steps) == pytest.approx(epoch.train_loss, rel=1e-5)
    assert steps[0] == pytest.approx(math.log(10), abs=0.15)


def test_training_learns():
    *_, finished = run("convnet", num_images=2_000, epochs=2)
    assert finished.test.accuracy > 0.8
