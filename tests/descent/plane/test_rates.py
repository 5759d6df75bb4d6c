"""A learning rate for a small network: against a plain loop, what it suggests, and what is answered."""

import json
import math
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.descent.plane.form import fill_form
from app.descent.plane.rates import NO_MATTER, answer_checking, answer_finding, show_finding, show_trials
from app.descent.plane.settings import PlaneSettings
from models.descent.plane.moments import measure_moment
from models.descent.plane.network import NetworkConfig
from models.descent.plane.points import PointsConfig
from models.descent.plane.rates import sweep_network, try_network
from models.descent.plane.training import Experiment, TrainingConfig, check_experiment, list_epochs
from models.descent.rate_finder import SEEDS, judge_sweeps
from models.descent.rate_trial import NUM_TRIED_STEPS
from tests.descent.plane import plain_loop
from tests.descent.plane.experiments import experiments
from tests.descent.plane.random_settings import json_values

RATES = np.geomspace(1e-5, 10, 120)
SMALL = Experiment(PointsConfig(count=60), NetworkConfig(hidden=(4,)), TrainingConfig())
VALUES = list(fill_form(PlaneSettings(hidden=(4,), count=60)).values())
FLAT = replace(SMALL, network=NetworkConfig(initialisation="zeros"))
# Seven linear layers of weights around 3: the squared error and its gradient are beyond all rates at once.
OVERFLOWING = Experiment(
    PointsConfig("hills"),
    NetworkConfig(("xx", "yy"), (8,) * 6, "linear", "large"),
    TrainingConfig(),
)


def ask_until_done(answer, **more):
    request = {"values": VALUES, "moved": {}, **more}
    answers = [json.loads(answer(request))]
    while not answers[-1]["is_done"]:
        answers.append(json.loads(answer(request)))
        assert len(answers) <= 3  # each does one part at least
    return answers


@pytest.mark.gate
@settings(max_examples=40)
@given(experiments, st.sampled_from(range(len(SEEDS))))
def test_a_sweep_has_the_losses_of_a_plain_loop_to_the_last_bit(experiment, number):
    try:
        points = check_experiment(experiment)
    except ValueError:
        assume(False)  # all that are trained on may be of one class
    swept = sweep_network(experiment, number)
    with torch.random.fork_rng():
        seed = (experiment.training.seed + SEEDS[number]) % 10_000
        expected = plain_loop.sweep(experiment, points, seed, RATES)
    assert len(swept) >= 5 or not math.isfinite(swept[-1])
    np.testing.assert_array_equal(swept, expected[: len(swept)])


def test_a_trial_is_a_plain_loop_at_one_rate():
    trial = try_network(SMALL, 0.3, 0)
    with torch.random.fork_rng():
        losses = plain_loop.sweep(SMALL, check_experiment(SMALL), 0, [0.3 / 3] * NUM_TRIED_STEPS)
    assert (trial.rate, trial.num_steps, trial.first) == (0.3 / 3, NUM_TRIED_STEPS, losses[0])
    assert trial.last == pytest.approx(sum(losses[-20:]) / 20)


def test_what_a_search_goes_through_does_not_change_it():
    other = replace(SMALL.training, lr=2.0, schedule="cosine", epochs=3, switch_epoch=1, switch_lr=0.5)
    assert sweep_network(replace(SMALL, training=other), 1) == sweep_network(SMALL, 1)
    named = {name for name in NO_MATTER if getattr(other, name) != getattr(SMALL.training, name)}
    assert named == set(NO_MATTER)


def test_nobody_elses_random_numbers_are_drawn():
    before = torch.random.get_rng_state()
    experiment = replace(SMALL, network=replace(SMALL.network, dropout=0.5))
    sweep_network(experiment, 2)
    try_network(experiment, 0.1, 1)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(),
        Experiment(training=TrainingConfig(optimizer="adam")),
        Experiment(training=TrainingConfig(optimizer="momentum")),
        Experiment(PointsConfig("three"), NetworkConfig(hidden=()), TrainingConfig(optimizer="rmsprop")),
        Experiment(PointsConfig("moons"), NetworkConfig(hidden=(8,) * 3, activation="relu")),
        Experiment(PointsConfig("hills"), NetworkConfig(hidden=(8,))),
    ],
    ids=["tanh", "adam", "momentum", "softmax", "relu", "values"],
)
def test_the_suggested_rate_trains_and_is_said_to_hold(experiment):
    finding = judge_sweeps(RATES, [sweep_network(experiment, number) for number in range(len(SEEDS))])
    assert try_network(experiment, finding.suggestion, 1).has_held
    trained = replace(experiment, training=replace(experiment.training, lr=finding.suggestion, epochs=200))
    (first, _), _ = measure_moment(trained, 0)
    (last, _), _ = measure_moment(trained, len(list_epochs(200)) - 1)
    assert last < 0.5 * first


@pytest.mark.parametrize(
    ("experiment", "reason"),
    [
        (FLAT, "the loss fell at no rate by more than chance"),
        (OVERFLOWING, "the loss was not finite within the first 5 steps"),
    ],
    ids=["zeros", "overflow"],
)
def test_where_no_rate_helps_none_is_suggested_and_it_is_said_why(experiment, reason):
    while not (shown := show_finding(experiment))["is_done"]:
        pass
    assert shown["rate"] is None
    assert shown["said"].startswith("There is no suggestion: ")
    assert reason in shown["said"]


def test_a_rate_that_does_not_hold_is_told():
    while not (shown := show_trials(FLAT, 0.1))["is_done"]:
        pass
    assert "**It did not hold**" in shown["said"]


def test_a_search_and_a_check_of_the_opening_take_a_second_of_the_processor_each():
    sweep_network(SMALL, 0)  # what torch imports with its first optimizer
    opening = Experiment(training=TrainingConfig(seed=4321))  # whose search is not known yet
    spent = []
    for show in (lambda: show_finding(opening), lambda: show_trials(opening, 0.5)):
        began = time.thread_time()
        while not show()["is_done"]:
            pass
        spent.append(time.thread_time() - began)
    print(f"search {spent[0]:.2f} s, check {spent[1]:.2f} s")
    assert max(spent) < 1


def test_a_search_is_answered_in_parts_to_its_end():
    *parts, last = ask_until_done(answer_finding)
    for part in parts:
        assert part["rate"] is None
        assert part["said"].endswith(f"of {len(SEEDS)} is done.")
    assert last["said"].startswith(f"**Suggested: η = {last['rate']:g}.**")
    names = [one["name"] for one in last["chart"]["series"]]
    assert names[:6] == ["seed 1", "seed 2", "seed 3", "median", "suggestion", "lowest"]
    *_, checked = ask_until_done(answer_checking, rate=last["rate"])
    assert "**It held**" in checked["said"]


def test_points_set_by_hand_are_searched():
    own = [[x, y, int(x * y > 0)] for x in (-3, 3) for y in (-3, 3) for _ in range(3)]
    request = {"values": VALUES, "moved": {"rule": "own", "own": own}}
    while not (answer := json.loads(answer_finding(request)))["is_done"]:
        pass
    *_, plain = ask_until_done(answer_finding)
    assert answer["chart"]["series"][0]["points"] != plain["chart"]["series"][0]["points"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"values": ["xor", *VALUES[1:]], "rate": 0}, "The learning rate is 0: enter a number above 0"),
        ({"values": VALUES, "rate": "much"}, "The learning rate is 'much', not a number"),
        ({"values": [*VALUES[:2], "9", *VALUES[3:]]}, "Number 1 of them is 9: enter a whole number"),
        (None, "cannot be read. Reload it"),
    ],
)
def test_what_cannot_be_tried_is_told(request_, message):
    answer = json.loads(answer_checking(request_))
    assert list(answer) == ["error"]
    assert message in answer["error"]


@given(json_values, json_values)
def test_whatever_is_sent_an_answer_goes(request_, value):
    for answer in (answer_finding, answer_checking):
        json.loads(answer(request_))
        json.loads(answer({"values": value, "moved": value, "rate": value}))
    json.loads(answer_checking({"values": VALUES, "moved": value, "rate": value}))
