"""Trainings that are stopped, go on or diverge."""

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from models.training import step
from models.training.events import EpochEvent, Started, StepEvent
from models.training.loop import train
from models.training.recipes import make_config
from models.training.session import Halt
from models.training.state import load_state, save_state
from tests.training.small_trainings import SMALL, run, small_test_set, weights

__all__ = ["small_test_set"]  # a fixture


@pytest.mark.parametrize(
    ("network", "changes"),
    [
        ("mlp", {}),
        ("convnet2", {"optimizer": "rmsprop", "augment": True, "schedule": "cosine"}),
        ("mlp", {"distortions": "slant,bend,width,strength", "added_strokes": 16, "unchanged_epochs": 1}),
        pytest.param(
            "convnet4",
            {"precision": "bfloat16", "optimizer": "adamw", "schedule": "one-cycle"},
            marks=pytest.mark.gate,
        ),
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
