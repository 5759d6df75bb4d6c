"""Training: the recipe, the stream of events, repeatability, divergence."""

import math

import pytest
import torch
import torch.nn.functional as F

from models import training
from models.data import load_dataset, split_dataset, to_input
from models.evaluation import evaluate_network
from models.events import EpochEvent, Finished, Preparing, StepEvent
from models.networks import build_network
from models.recipes import TrainConfig, make_config
from models.training import train

SMALL = {"dataset": "strokes", "num_images": 1_000, "batch_size": 32}


@pytest.fixture(autouse=True)
def small_test_set(monkeypatch):
    """Test on 500 strokes, since 10,000 take seconds to draw."""
    monkeypatch.setattr(
        training,
        "load_dataset",
        lambda name, part, num=None, progress=None: load_dataset(
            name, part, 500 if (name, part) == ("strokes", "test") else num, progress
        ),
    )


def run(network="mlp", **changes):
    return list(train(make_config(network, **SMALL | changes), device=torch.device("cpu")))


def weights(finished):
    return finished.checkpoint.network.state_dict()


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
    assert all(isinstance(event, Preparing) for event in events[:2])
    kinds = [type(event) for event in events[2:]]
    assert kinds == ([StepEvent] * 25 + [EpochEvent]) * 2 + [Finished]
    steps = [event for event in events if isinstance(event, StepEvent)]
    assert [event.step for event in steps] == list(range(1, 51))
    assert all(event.num_steps == 50 for event in steps)
    assert all(event.images_per_second > 0 for event in steps)
    assert [event.epoch for event in events if isinstance(event, EpochEvent)] == [1, 2]


def test_checkpoint_records_what_was_measured():
    *_, epoch, finished = run(epochs=1, seed=4)
    info = finished.checkpoint.info
    assert finished.status == "done"
    assert (info.network, info.dataset, info.seed, info.epochs) == ("mlp", "strokes", 4, 1)
    assert info.recipe["optimizer"] == "sgd"
    assert info.recipe["momentum"] == 0.9
    assert info.test_accuracy == finished.test.accuracy
    assert info.num_test == 500
    assert info.validation_loss == epoch.validation.loss
    _, validation = split_dataset(load_dataset("strokes", "train", 1_000), seed=0)
    assert evaluate_network(finished.checkpoint.network, validation).loss == info.validation_loss
    test = load_dataset("strokes", "test", 500)
    assert evaluate_network(finished.checkpoint.network, test).accuracy == info.test_accuracy


@pytest.mark.parametrize("network", ["mlp", "convnet2", "convnet4"])
def test_same_seed_gives_the_same_weights_bit_for_bit(network):
    changes = {"num_images": 200, "epochs": 1, "seed": 7}
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


def test_steps_are_those_of_a_plain_loop():
    """The oracle is the notebook's own loop, written out with nothing of ours but the data."""
    *_, finished = run("mlp", num_images=200, epochs=2, seed=3)
    pictures, _ = split_dataset(load_dataset("strokes", "train", 200), seed=0)
    torch.manual_seed(3)
    network = build_network("mlp")
    optimizer = torch.optim.SGD(network.parameters(), lr=0.001, momentum=0.9)
    for _ in range(2):
        order = torch.randperm(160)
        for start in range(0, 160, 32):
            batch = order[start : start + 32]
            optimizer.zero_grad()
            F.cross_entropy(network(to_input(pictures.images[batch])), pictures.labels[batch]).backward()
            optimizer.step()
    assert all(torch.equal(weights(finished)[name], t) for name, t in network.state_dict().items())


def test_reported_losses_are_means_over_all_steps():
    events = run(num_images=1_000, epochs=1)
    steps = [event.loss for event in events if isinstance(event, StepEvent)]
    epoch = next(event for event in events if isinstance(event, EpochEvent))
    assert sum(steps) / len(steps) == pytest.approx(epoch.train_loss, rel=1e-5)
    assert steps[0] == pytest.approx(math.log(10), abs=0.15)


def test_training_learns():
    *_, finished = run("convnet", num_images=2_000, epochs=2)
    assert finished.test.accuracy > 0.8


def test_divergence_at_once_says_so_and_has_no_checkpoint():
    finished = run("mlp", learning_rate=1000.0)[-1]
    assert finished.status == "diverged"
    assert finished.checkpoint is None
    assert finished.test is None
    assert "diverged in epoch 1, step " in finished.message
    assert "try 100." in finished.message


def test_divergence_later_keeps_the_last_good_checkpoint(monkeypatch):
    """The second epoch is poisoned: its first batch has the loss NaN."""
    good = run("mlp", epochs=1)[-1]
    plain = F.cross_entropy
    num_calls = 0

    def poisoned(logits, labels, **options):
        nonlocal num_calls
        num_calls += logits.requires_grad
        loss = plain(logits, labels, **options)
        return loss * float("nan") if num_calls > 25 and logits.requires_grad else loss

    monkeypatch.setattr(training.F, "cross_entropy", poisoned)
    events = run("mlp", epochs=3)
    finished = events[-1]
    assert finished.status == "diverged"
    assert "epoch 2, step 26" in finished.message
    assert "checkpoint of 1 finished epoch is kept" in finished.message
    assert finished.checkpoint.info.epochs == 1
    assert all(torch.equal(weights(good)[name], tensor) for name, tensor in weights(finished).items())
    assert sum(isinstance(event, EpochEvent) for event in events) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": float("nan")}, "learning rate is nan.*above 0 and at most 1000"),
        ({"learning_rate": float("inf")}, "learning rate is inf"),
        ({"learning_rate": 10**400}, "learning rate is 1000"),
        ({"learning_rate": 0}, "learning rate is 0"),
        ({"learning_rate": -0.1}, "learning rate is -0.1"),
        ({"learning_rate": "fast"}, "learning rate is fast"),
        ({"momentum": 1.0}, "momentum is 1.0"),
        ({"batch_size": 0}, "batch size is 0.*1 to 10,000"),
        ({"batch_size": 2.5}, "batch size is 2.5"),
        ({"epochs": 101}, "epochs is 101.*1 to 100"),
        ({"epochs": True}, "epochs is True"),
        ({"seed": -1}, "seed is -1"),
        ({"num_images": 9}, "num_images is 9.*10 to 60,000"),
        ({"dataset": "cifar"}, "no data set called 'cifar'"),
        ({"optimizer": "lion"}, "no optimizer called 'lion'"),
        ({"recipe": "secret"}, "no recipe called 'secret'"),
        ({"network": "resnet"}, "no network called 'resnet'"),
    ],
)
def test_impossible_configurations_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        TrainConfig(**{"network": "mlp"} | changes)


def test_unknown_setting_is_refused():
    with pytest.raises(ValueError, match="no setting 'warmup'"):
        make_config("mlp", warmup=3)


def test_device_is_chosen_automatically_or_by_the_environment(monkeypatch):
    monkeypatch.setenv("GLASSBOX_DEVICE", "meta")
    assert training.choose_device().type == "meta"
    monkeypatch.delenv("GLASSBOX_DEVICE")
    expected = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert training.choose_device().type == expected
