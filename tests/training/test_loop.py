"""Training: recipes, the stream of events, repeatability, early ends, divergence."""

import dataclasses
import itertools
import json
import math

import pytest
import torch
import torch.nn.functional as F

from models.checkpoints.evaluation import evaluate_network
from models.data.datasets import load_dataset, split_dataset, to_input
from models.networks.registry import build_network
from models.training import loop, session, step
from models.training.augmentation import augment_images
from models.training.config import SCHEDULES, TrainConfig
from models.training.events import EpochEvent, Finished, Preparing, Started, StepEvent, describe_event
from models.training.loop import train
from models.training.optimizer import WARM_UP_SHARE, schedule_learning_rate
from models.training.recipes import make_config
from models.training.session import Halt
from models.training.state import load_state, save_state

SMALL = {"dataset": "strokes", "num_images": 1_000, "batch_size": 32}


@pytest.fixture(autouse=True)
def small_test_set(monkeypatch):
    """Test on 200 strokes, since 10,000 take seconds to draw."""
    monkeypatch.setattr(
        loop,
        "load_dataset",
        lambda name, part, num=None, progress=None: load_dataset(
            name, part, 200 if (name, part) == ("strokes", "test") else num, progress
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
    kinds = [type(event) for event in events]
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


@pytest.mark.parametrize("network", ["mlp", "convnet2", "convnet4"])
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


@pytest.mark.parametrize(
    ("network", "changes"),
    [
        ("mlp", {}),
        ("convnet2", {"optimizer": "rmsprop", "augment": True, "schedule": "cosine"}),
        ("mlp", {"distortions": "slant,bend,width,strength", "added_strokes": 16}),
        ("convnet4", {"precision": "bfloat16", "optimizer": "adamw", "schedule": "one-cycle"}),
    ],
)
def test_a_resumed_training_ends_with_the_same_weights_bit_for_bit(network, changes, tmp_path):
    """Also through its file, and though batch norm, momentum and dropout carry over from epoch to epoch."""
    config = make_config(network, **SMALL | {"num_images": 100, "epochs": 3, "seed": 5} | changes)
    unbroken, states = None, []
    for event in train(config, device=torch.device("cpu")):
        if isinstance(event, EpochEvent) and event.epoch < 3:
            save_state(event.state, tmp_path / f"{event.epoch}")
            states.append(load_state(tmp_path / f"{event.epoch}"))
        unbroken = event
    for state in states:
        torch.rand(3)  # others' random numbers are no part of it
        resumed = list(train(config, device=torch.device("cpu"), state=state))
        assert not any(isinstance(event, Started) for event in resumed)
        steps = [event.step for event in resumed if isinstance(event, StepEvent)]
        assert steps[0] == 3 * state.progress.epoch + 1
        assert resumed[-1].message == unbroken.message
        assert all(torch.equal(weights(unbroken)[name], t) for name, t in weights(resumed[-1]).items())


def test_a_state_of_another_training_is_refused(tmp_path):
    config = make_config("logistic", **SMALL | {"num_images": 50, "epochs": 2})
    state = next(event for event in train(config) if isinstance(event, EpochEvent)).state
    other = make_config("logistic", **SMALL | {"num_images": 50, "epochs": 2, "seed": 1})
    with pytest.raises(ValueError, match="another configuration. Start a new run"):
        next(train(other, state=state))
    save_state(state, tmp_path / "state")
    whole = (tmp_path / "state").read_bytes()
    for damaged in (b"", whole[:100], whole[:-9], whole.replace(b"glassbox-state", b"glassbox-stale")):
        (tmp_path / "damaged").write_bytes(damaged)
        with pytest.raises(ValueError, match="damaged cannot be resumed from"):
            load_state(tmp_path / "damaged")
    with pytest.raises(ValueError, match="absent cannot be resumed from"):
        load_state(tmp_path / "absent")
    mlp = make_config("mlp", **SMALL | {"num_images": 50})
    with pytest.raises(ValueError, match="does not fit its configuration"):
        list(train(mlp, state=dataclasses.replace(state, config=mlp)))


def halt_at(step, keep):
    """Train, and tell the training at its `step`th report to end."""
    num_asked = 0

    def find_halt():
        nonlocal num_asked
        num_asked += 1
        return Halt("Stopped as asked", keep) if num_asked == step else None

    config = make_config("mlp", **SMALL | {"epochs": 3})
    return list(train(config, device=torch.device("cpu"), find_halt=find_halt))


def test_a_stopped_training_goes_back_to_its_last_whole_epoch():
    events = halt_at(30, keep=False)
    steps = [event.step for event in events if isinstance(event, StepEvent)]
    assert steps[-1] == 30
    finished = events[-1]
    assert (finished.status, finished.test) == ("stopped", None)
    assert finished.message == "Stopped as asked; the checkpoint of epoch 1 is kept."
    whole = run("mlp", epochs=1)  # one epoch of three is like one epoch of one, as the rate is constant
    assert all(torch.equal(weights(finished)[name], t) for name, t in weights(whole[-1]).items())
    assert halt_at(3, keep=False)[-1].message == "Stopped as asked; no epoch had finished."
    assert halt_at(3, keep=False)[-1].checkpoint is None


def test_a_training_that_is_stopped_and_kept_is_validated_and_tested_where_it_stands():
    *_, last_epoch, finished = halt_at(30, keep=True)
    assert (last_epoch.epoch, last_epoch.step, last_epoch.is_whole) == (2, 30, False)
    assert finished.status == "stopped"
    assert finished.message.startswith("Stopped as asked. The weights of step 30 are kept. Test accuracy 0.")
    info = finished.checkpoint.info
    assert (info.epochs, info.recipe["steps"]) == (1, 30)
    assert info.test_accuracy == finished.test.accuracy
    assert info.validation_accuracy == last_epoch.validation.accuracy
    whole = run("mlp", epochs=1)[-1]
    assert not torch.equal(next(iter(weights(whole).values())), next(iter(weights(finished).values())))


def test_a_kept_training_that_saw_the_last_step_of_an_epoch_lost_nothing():
    *_, last_epoch, finished = halt_at(25, keep=True)
    assert (last_epoch.epoch, last_epoch.step) == (1, 25)
    whole = run("mlp", epochs=1)[-1]
    assert all(torch.equal(weights(whole)[name], t) for name, t in weights(finished).items())


def test_slow_steps_are_reported_a_few_times_a_second(monkeypatch):
    monkeypatch.setattr(session, "_NUM_REPORTS", 1)  # as if the training had very many steps
    monkeypatch.setattr(session, "_REPORT_EVERY_SECONDS", 0.0)
    assert sum(isinstance(event, StepEvent) for event in run("logistic", epochs=2)) == 50
    monkeypatch.setattr(session, "_REPORT_EVERY_SECONDS", 1e9)
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


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_learning_rate_follows_its_schedule(schedule):
    steps = [event for event in run(epochs=2, schedule=schedule) if isinstance(event, StepEvent)]
    config = make_config("mlp", schedule=schedule)
    expected = [schedule_learning_rate(config, step, 50) for step in range(50)]
    assert [event.learning_rate for event in steps] == expected


def test_schedules_begin_peak_and_end_where_they_say():
    def rates(schedule):
        config = make_config("mlp", schedule=schedule, learning_rate=0.4)
        return [schedule_learning_rate(config, step, 1000) for step in range(1000)]

    assert set(rates("constant")) == {0.4}
    cosine = rates("cosine")
    assert cosine[0] == pytest.approx(0.4, rel=1e-5)
    assert (cosine[499] + cosine[500]) / 2 == pytest.approx(0.2)
    assert cosine[-1] < 1e-6
    assert cosine == sorted(cosine, reverse=True)
    cycle = rates("one-cycle")
    peak = int(1000 * WARM_UP_SHARE)
    assert cycle[peak - 1] == pytest.approx(0.4, rel=0.01)
    assert cycle[:peak] == pytest.approx([0.0008 + 0.0016 * step for step in range(peak)])
    assert cycle[peak:] == sorted(cycle[peak:], reverse=True)
    assert cycle[-1] == pytest.approx(0.4 / 750 / 2)


@pytest.mark.parametrize(
    ("network", "num"), [("convnet", 1), ("convnet2", 1), ("convnet3", 2), ("convnet4", 3)]
)
def test_dropout_is_set_in_all_layers_at_once(network, num):
    finished = run(network, num_images=40, epochs=1, dropout=0.25)[-1]
    layers = [m for m in finished.checkpoint.network.modules() if isinstance(m, torch.nn.Dropout)]
    assert [layer.p for layer in layers] == [0.25] * num


def test_augmented_images_are_shifted_turned_and_scaled_a_little():
    images = to_input(load_dataset("strokes", "train", 200).images)
    torch.manual_seed(0)
    augmented = augment_images(images)
    assert augmented.shape == images.shape
    assert 0 <= augmented.min() <= augmented.max() <= 1 + 1e-6
    assert not torch.equal(augment_images(images), augmented)
    ink = augmented.sum(dim=(1, 2, 3)) / images.sum(dim=(1, 2, 3))
    assert 0.75 < ink.min() < ink.max() < 1.27  # the area goes with the square of the size, 0.9 to 1.1

    def find_centres(images):
        places = torch.arange(28.0)
        mass = images.sum(dim=(1, 2, 3))
        across = (images.sum(dim=(1, 2)) * places).sum(dim=1) / mass
        return torch.stack([across, (images.sum(dim=(1, 3)) * places).sum(dim=1) / mass])

    moved = (find_centres(augmented) - find_centres(images)).abs()
    assert 1.5 < moved.max() < 2.6  # ±2 px, and what turning adds off the centre
    assert moved.mean() > 0.6


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


def test_divergence_at_once_says_so_and_has_no_checkpoint():
    finished = run("convnet3", optimizer="sgd", momentum=0.9, learning_rate=1000.0)[-1]
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

    monkeypatch.setattr(step.F, "cross_entropy", poisoned)
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
        ({"learning_rate": float("nan")}, "learning rate is nan.*above 0 and at most 1,000"),
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
        ({"num_images": 9}, "number of images is 9.*10 to 60,000"),
        ({"dataset": "cifar"}, "no data set called 'cifar'"),
        ({"optimizer": "lion"}, "no optimizer called 'lion'"),
        ({"recipe": "secret"}, "no recipe called 'secret'.*notebook, fast, sketch, free"),
        ({"schedule": "linear"}, "no schedule called 'linear'"),
        ({"precision": "float16"}, "no precision called 'float16'"),
        ({"weight_decay": -0.1}, "weight decay is -0.1"),
        ({"weight_decay": float("nan")}, "weight decay is nan"),
        ({"label_smoothing": 0.6}, "label smoothing is 0.6"),
        ({"dropout": 0.5}, "mlp has no dropout layer.*choose convnet2"),
        ({"network": "convnet3", "dropout": 1.0}, "dropout is 1.0"),
        ({"augment": 1}, "augment is 1"),
        ({"added_strokes": -1}, "added strokes is -1.*0 to 200,000"),
        ({"network": "resnet"}, "no network called 'resnet'"),
    ],
)
def test_impossible_configurations_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        TrainConfig(**{"network": "mlp"} | changes)


def test_unknown_setting_is_refused():
    with pytest.raises(ValueError, match="no setting 'warmup'"):
        make_config("mlp", warmup=3)
