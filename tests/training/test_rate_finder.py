"""A learning rate for a training: its steps against a plain loop, its bounds, and what a trial tells."""

import math
import threading
import time
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from models.data.datasets import load_dataset, split_dataset
from models.data.files import has_files
from models.descent.rate_finder import NUM_RATES, SEEDS, judge_sweeps, space_rates
from models.descent.rate_trial import NUM_TRIED_STEPS, Trial
from models.networks.registry import build_network
from models.training import rate_finder
from models.training.rate_finder import (
    MAX_STEP_SECONDS,
    MAX_STROKES,
    RateSteps,
    Swept,
    check_duration,
    load_images,
    sweep_training,
    try_rate,
)
from models.training.recipes import make_config

needs_mnist = pytest.mark.skipif(not has_files("mnist"), reason="MNIST is not at hand")
SMALL = {"dataset": "strokes", "num_images": 400}


def sweep(config):
    sweeps = [[] for _ in SEEDS]
    for step in sweep_training(config):
        sweeps[step.sweep].append(step.loss)
    return sweeps


def test_steps_are_a_plain_loops_bit_for_bit():
    config = make_config("mlp", seed=5, **SMALL)
    images = load_images(config)
    steps = RateSteps(config, images, 2)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        network = build_network("mlp")
    optimizer = torch.optim.SGD(network.parameters(), 1.0, momentum=0.9, fused=True)
    own, _ = split_dataset(load_dataset("strokes", "train", 400), config.split_seed)
    order = torch.Generator().manual_seed(7)
    rates = space_rates(1e-3, 0.1, 25)
    expected = []
    while len(expected) < len(rates):
        for chosen in torch.randperm(len(own), generator=order).split(32):
            optimizer.param_groups[0]["lr"] = float(rates[min(len(expected), len(rates) - 1)])
            loss = F.cross_entropy(network(own.images[chosen].float() / 255), own.labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            expected.append(loss.item())
    assert [steps(float(rate)) for rate in rates] == expected[: len(rates)]


def test_same_settings_give_the_same_curve_beside_another_visitors_test():
    config = make_config("convnet2", **SMALL)  # its dropout draws from torch's global generator
    alone = [RateSteps(config, load_images(config), 0)(0.001) for _ in range(1)]
    images = load_images(config)

    def make_losses():
        steps = RateSteps(config, images, 0)
        return [steps(0.001) for _ in range(12)]

    expected = make_losses()
    assert expected[0] == alone[0]
    others = [threading.Thread(target=make_losses) for _ in range(2)]
    for other in others:
        other.start()
    try:
        assert make_losses() == expected
    finally:
        for other in others:
            other.join()


def test_global_generator_is_as_it_was():
    before = torch.get_rng_state()
    list(zip(range(5), sweep_training(make_config("convnet2", **SMALL)), strict=False))
    assert torch.equal(torch.get_rng_state(), before)


def test_built_in_strokes_suggest_a_rate():
    sweeps = sweep(make_config("logistic", dataset="strokes"))
    finding = judge_sweeps(space_rates(), sweeps)
    assert all(len(losses) <= NUM_RATES for losses in sweeps)
    assert [losses[0] for losses in sweeps] == pytest.approx([math.log(10)] * 3, rel=0.15)
    assert finding.suggestion is not None
    assert finding.suggestion < finding.lowest


def test_strokes_are_few_enough_to_be_drawn():
    assert len(load_images(make_config("logistic", dataset="strokes"))) == 0.8 * MAX_STROKES
    assert len(load_images(make_config("logistic", **SMALL))) == 320


@needs_mnist
@pytest.mark.parametrize(
    ("network", "seconds"), [("mlp", 3), pytest.param("convnet", 10, marks=pytest.mark.gate)]
)
def test_default_settings_take_seconds(network, seconds):
    sweep_start = make_config(network)
    next(iter(sweep_training(sweep_start)))  # what torch imports with its first optimizer
    start = time.thread_time()
    finding = judge_sweeps(space_rates(), sweep(sweep_start))
    assert time.thread_time() - start <= seconds
    assert finding.suggestion is not None
    assert finding.diverging is not None


@needs_mnist
def test_suggestion_holds_where_it_trains():
    config = make_config("mlp")
    rate = judge_sweeps(space_rates(), sweep(config)).suggestion
    told = list(try_rate(config, rate))
    lower, there, higher = (each for each in told if isinstance(each, Trial))
    assert there.rate == rate
    assert (lower.rate, higher.rate) == (rate / 3, rate * 3)
    assert there.has_held
    assert sum(isinstance(each, Swept) for each in told) == 3 * NUM_TRIED_STEPS


def test_trial_tells_first_and_last_loss():
    config = make_config("logistic", **SMALL)
    told = list(try_rate(config, 0.1))
    there = [each.loss for each in told if isinstance(each, Swept) and each.sweep == 1]
    trial = next(each for each in told if isinstance(each, Trial) and each.rate == 0.1)
    assert (trial.num_steps, trial.first) == (NUM_TRIED_STEPS, there[0])
    assert trial.last == pytest.approx(sum(there[-20:]) / 20)


def test_trial_far_above_does_not_hold():
    trials = [each for each in try_rate(make_config("mlp", **SMALL), 1000.0) if isinstance(each, Trial)]
    assert not any(trial.has_held for trial in trials)
    assert trials[1].last == math.inf
    assert trials[1].num_steps < NUM_TRIED_STEPS
    assert trials[2].rate == 1000  # the most that a learning rate may be


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan, 2000.0])
def test_rate_that_is_not_allowed_is_not_tried(rate):
    with pytest.raises(ValueError, match="learning rate"):
        next(try_rate(make_config("mlp", **SMALL), rate))


def test_slow_steps_are_refused_with_what_was_measured():
    check_duration(MAX_STEP_SECONDS, 360)
    with pytest.raises(ValueError, match=r"A step takes 0\.5 s .* 360 of them would take 3\.0 minutes"):
        check_duration(0.5, 360)


def test_busy_machine_ends_the_test_in_words(monkeypatch):
    monkeypatch.setattr(rate_finder, "MAX_SECONDS", 0)
    with pytest.raises(ValueError, match="this machine is busy"):
        next(sweep_training(make_config("logistic", **SMALL)))


def test_large_batches_of_a_large_network_are_refused():
    with pytest.raises(ValueError, match=r"MB of memory.*smaller batches"):
        next(sweep_training(make_config("convnet4", batch_size=512, dataset="strokes")))


def test_absent_data_is_not_downloaded(monkeypatch):
    monkeypatch.setattr(rate_finder, "has_files", lambda name: False)
    with pytest.raises(ValueError, match="not on this machine"):
        load_images(make_config("mlp", dataset="mnist"))


def test_weights_of_another_training_are_not_begun_with():
    config = replace(make_config("mlp", **SMALL), start_from="convnet-notebook", recipe="free")
    with pytest.raises(ValueError, match="fresh weights"):
        load_images(config)
