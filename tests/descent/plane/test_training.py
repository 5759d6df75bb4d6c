"""The training of a small network: the same as a plain loop's, to the last bit, from wherever it goes on."""

import threading
from dataclasses import replace

import pytest
import torch
from hypothesis import assume, given, settings

from models.descent.plane import training as room
from models.descent.plane.moments import look_at
from models.descent.plane.network import NetworkConfig
from models.descent.plane.points import OWN, PointsConfig, draw_points
from models.descent.plane.training import (
    MAX_STEPS,
    Experiment,
    TrainingConfig,
    check_experiment,
    list_epochs,
    reach,
)
from tests.descent.plane.experiments import experiments
from tests.descent.plane.plain_loop import train

SHORT = Experiment(PointsConfig(count=40), NetworkConfig(hidden=(4,)), TrainingConfig(epochs=30, batch=10))


def assert_same(state, network):
    expected = network.state_dict()
    assert list(state.weights) == list(expected)
    for name, value in expected.items():
        assert torch.equal(state.weights[name].nan_to_num(9), value.nan_to_num(9)), name


@settings(max_examples=200)
@given(experiments)
def test_every_moment_has_the_weights_of_a_plain_loop_to_the_last_bit(experiment):
    try:
        points = check_experiment(experiment)
    except ValueError:
        assume(False)  # all that are trained on may be of one class
    epochs = list_epochs(experiment.training.epochs)
    moments = {epoch: reach(experiment, moment) for moment, epoch in enumerate(epochs)}
    last = -1
    with torch.random.fork_rng():
        for last, network in train(experiment, points):
            if last in moments:
                assert_same(moments[last], network)
    broken = [epoch for epoch, moment in moments.items() if moment.broken_step is not None]
    assert broken == [epoch for epoch in epochs if epoch > last]


def test_nobody_elses_random_numbers_are_drawn():
    before = torch.random.get_rng_state()
    experiment = replace(
        SHORT, network=replace(SHORT.network, dropout=0.5), training=replace(SHORT.training, seed=77)
    )
    reach(experiment, 5)
    look_at(experiment, 5)
    assert torch.equal(before, torch.random.get_rng_state())


def test_moments_run_from_the_first_epoch_to_the_last_and_crowd_at_first():
    for epochs in (1, 2, 7, 60, 400, 2000):
        moments = list_epochs(epochs)
        assert moments[0] == 0
        assert moments[-1] == epochs
        assert len(moments) <= 61
        assert moments == sorted(set(moments))
    steps = [b - a for a, b in zip(list_epochs(400), list_epochs(400)[1:], strict=False)]
    assert steps[0] == 1 < steps[-1] <= 10


def test_a_branch_goes_on_from_its_epoch_and_costs_only_what_is_new(monkeypatch):
    last = len(list_epochs(30)) - 1
    reach(SHORT, last)
    trained = []
    train_further = room.train_further
    monkeypatch.setattr(
        room,
        "train_further",
        lambda experiment, state, epoch: trained.append(epoch) or train_further(experiment, state, epoch),
    )
    branch = replace(SHORT, training=replace(SHORT.training, switch_epoch=20, switch_lr=0.5))
    *_, (_, network) = train(branch, draw_points(SHORT.points))
    assert_same(reach(branch, last), network)
    assert trained == [epoch for epoch in list_epochs(30) if epoch > 20]
    assert_same(reach(SHORT, last), [*train(SHORT, draw_points(SHORT.points))][-1][1])


def test_visitors_at_once_get_what_each_would_alone():
    asked = [
        replace(
            SHORT,
            network=replace(SHORT.network, dropout=0.4, activation=activation),
            training=replace(SHORT.training, seed=100 + seed, epochs=12, optimizer="adam"),
        )
        for seed in range(3)
        for activation in ("tanh", "relu")
    ]
    last = len(list_epochs(12)) - 1
    found = {}
    threads = [
        threading.Thread(target=lambda each=each: found.update({each: reach(each, last)})) for each in asked
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in asked:
        *_, (_, network) = train(each, draw_points(each.points))
        assert_same(found[each], network)


def test_a_loss_that_overflows_ends_the_training_and_says_at_which_step():
    experiment = replace(SHORT, training=replace(SHORT.training, lr=1e15, l2=1.0))
    states = [reach(experiment, moment) for moment in range(4)]
    whole = [epoch for epoch, _ in train(experiment, draw_points(experiment.points))]  # two steps each
    assert [state.broken_step for state in states] == [
        None if state.epoch in whole else states[-1].broken_step for state in states
    ]
    assert 2 * whole[-1] < states[-1].broken_step <= 2 * whole[-1] + 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"network": NetworkConfig(hidden=(0,))}, "units of layer 1 is 0: enter a whole number from 1 to 8"),
        ({"network": NetworkConfig(hidden=(4, 9))}, "units of layer 2 is 9"),
        ({"network": NetworkConfig(hidden=(1,) * 7)}, "There are 7 hidden layers: at most 6"),
        ({"network": NetworkConfig(inputs=())}, "choose at least one input"),
        ({"network": NetworkConfig(inputs=("z",))}, "There is no input 'z'"),
        ({"network": NetworkConfig(activation="swish")}, "The activation is 'swish': choose one of tanh"),
        ({"network": NetworkConfig(dropout=0.9)}, "The dropout is 0.9: enter a number from 0 to 0.8"),
        ({"network": NetworkConfig(dropout=float("nan"))}, "The dropout is nan"),
        ({"points": PointsConfig(rule="donut")}, "The data are 'donut'"),
        ({"points": PointsConfig(count=10**6)}, "The number of points is 1000000: enter a whole number"),
        ({"points": PointsConfig(noise=float("nan"))}, "The noise is nan"),
        ({"points": PointsConfig(noise=0.6)}, "The noise is 0.6: enter a number from 0 to 0.5"),
        ({"points": PointsConfig(test_share=0.95)}, "The share for testing is 0.95"),
        ({"points": PointsConfig(seed=10_000)}, "The data's seed is 10000"),
        ({"training": TrainingConfig(seed=10_000)}, "The seed is 10000"),
        ({"training": TrainingConfig(epochs=2001)}, "The number of epochs is 2001"),
        ({"training": TrainingConfig(batch=1001)}, "The batch is 1001"),
        ({"training": TrainingConfig(l2=11)}, "L2 is 11"),
        ({"points": PointsConfig(rule=OWN)}, "fewer than two points"),
        ({"points": PointsConfig(rule=OWN, own=((0, 0, 1), (1, 1, 1)))}, "All points are of one class"),
        (
            {"points": PointsConfig(rule=OWN, own=((0, 0, 0), (float("inf"), 1, 1)))},
            "x of point 2 is inf: enter a number from -6 to 6",
        ),
        ({"points": PointsConfig(rule=OWN, own=((0, 0, 0), (1, 1, 4)))}, "The class of point 2 is 4"),
        ({"points": PointsConfig(rule=OWN, own=((0, 0, 0),) * 301)}, "There are 301 points: at most 300"),
        ({"training": TrainingConfig(lr=0)}, "The learning rate is 0"),
        ({"training": TrainingConfig(lr=float("nan"))}, "The learning rate is nan"),
        ({"training": TrainingConfig(epochs=0)}, "The number of epochs is 0"),
        ({"training": TrainingConfig(batch=0)}, "The batch is 0"),
        ({"training": TrainingConfig(epochs=2000, batch=1)}, f"500,000 steps: at most {MAX_STEPS:,}"),
        ({"training": TrainingConfig(l1=-1)}, "L1 is -1"),
        ({"training": TrainingConfig(optimizer="lbfgs")}, "The optimizer is 'lbfgs'"),
        ({"training": TrainingConfig(switch_epoch=401)}, "The epoch of the branch is 401"),
        (
            {"network": NetworkConfig(batch_norm=True), "training": TrainingConfig(batch=1, epochs=10)},
            "Batch norm needs at least two points",
        ),
    ],
)  # fmt: skip
def test_what_no_experiment_can_be_made_of_is_refused_with_the_remedy(changes, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        check_experiment(replace(Experiment(), **changes))
