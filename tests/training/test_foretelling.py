"""How long a training will take and what memory: against trainings that ran, and against tensors."""

import itertools
import time

import pytest
import torch

from models.networks.layers.examination import examine_layers
from models.networks.layers.kinds import (
    GELU,
    AdaptiveAvgPool2d,
    BatchNorm1d,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
)
from models.networks.layers.network import LayerNetwork
from models.networks.layers.plain_data import describe_layers
from models.training import foretelling
from models.training.events import EpochEvent, StepEvent
from models.training.foretelling import (
    MAX_MEASURED_SECONDS,
    count_first,
    count_images,
    count_memory,
    count_reports,
    foretell_training,
)
from models.training.loop import train
from models.training.optimizer import build_optimizer
from models.training.recipes import make_config

HEAVY = describe_layers((
    Conv2d(64, 5, padding=2), ReLU(), Conv2d(64, 5, padding=2), ReLU(), MaxPool2d(2), Flatten(), Linear(10),
))  # fmt: skip


def test_images_are_counted_as_they_are_split():
    assert count_images(make_config("mlp")) == (48_000, 12_000)
    assert count_images(make_config("mlp", "sketch", num_images=101)) == (60_080, 21)


def test_reports_are_counted_as_a_training_makes_them():
    config = make_config("mlp", dataset="strokes", num_images=1_000, epochs=8)
    first = itertools.takewhile(lambda event: not isinstance(event, EpochEvent), train(config))
    told = [event for event in first if isinstance(event, StepEvent)]
    assert count_reports(25, 8, 0.0) == len(told) == 25
    assert count_reports(1_500, 8, 9.0) == 45  # one in 0.2 s: more than one in 40 steps
    assert count_reports(1_500, 8, 1.0) == 38
    assert count_reports(3, 1, 60.0) == 3


def test_memory_is_what_the_tensors_take():
    config = make_config("convnet", num_images=1_000)
    network = LayerNetwork(foretelling.list_trained_layers(config))
    optimizer = build_optimizer(network.parameters(), config)
    network(torch.zeros(2, 1, 28, 28)).sum().backward()
    optimizer.step()
    kept = [t for state in optimizer.state.values() for t in state.values() if t.numel() > 1]
    weights = [t for p in network.parameters() for t in (p, p.grad)]
    tensors = sum(t.nbytes for t in (*weights, *kept))
    activations = 4 * 32 * 2 * (2 * 8 * 28 * 28 + 2 * 8 * 14 * 14 + 2 * 500 + 10)
    assert count_memory(config) == pytest.approx(tensors + activations + 1_000 * (28 * 28 + 8), rel=0.01)


@pytest.mark.parametrize(
    ("per_step", "per_image", "size"),
    [(0.001, 0.0, 32), (0.002, 0.0001, 32), (0.01, 0.01, 32), (0.0, 0.05, 500)],
)
def test_steps_are_foretold_from_what_fits_into_the_time(monkeypatch, per_step, per_image, size):
    """By a clock that work moves alone, so that no other program can disturb it."""
    now, warm = [0.0], set()

    def work(num):
        now[0] += (per_step + per_image * num) * (1 if warm else 1.5)
        warm.add(num)

    monkeypatch.setattr(foretelling.time, "perf_counter", lambda: now[0])
    assert foretelling._foretell(work, size, 0.4) == pytest.approx(per_step + per_image * size, rel=0.1)
    assert now[0] <= MAX_MEASURED_SECONDS


@pytest.mark.parametrize(("first", "seconds"), [(500, 0.3), (500, 2.0), (400, 0.39), (400, 2.0)])
def test_nothing_is_measured_after_a_step_that_takes_the_time(monkeypatch, first, seconds):
    """Also where the first step is of many images."""
    now, steps = [0.0], []

    def work(num):
        now[0] += seconds
        steps.append(num)

    monkeypatch.setattr(foretelling.time, "perf_counter", lambda: now[0])
    assert foretelling._foretell(work, 500, 0.4, first) >= seconds
    assert steps == [first]


def test_first_step_is_small_where_images_are_costly_to_calculate_or_to_hold():
    wide = (Conv2d(32, 1), *[GELU()] * 35, AdaptiveAvgPool2d(), Flatten(), Linear(10))
    activations = examine_layers(wide).activations
    assert 5_000_000 < count_first(examine_layers(wide)) * activations <= 10_000_000
    heavy = (Conv2d(64, 5, padding=2), Conv2d(64, 5, padding=2), Flatten(), Linear(10))
    assert count_first(examine_layers(heavy)) == 3
    assert count_first(examine_layers((Flatten(), Linear(10)))) > 10_000


def test_it_moves_no_generator_and_needs_no_data():
    before = torch.random.get_rng_state()
    layers = describe_layers((Flatten(), Linear(20), BatchNorm1d(), Linear(10)))
    forecast = foretell_training(make_config("Mine", layers=layers, augment=True, distortions="width"))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert forecast.seconds_per_epoch > 0


@pytest.mark.release
@pytest.mark.parametrize(
    ("network", "changes"),
    [
        ("mlp", {}),
        ("convnet", {"batch_size": 64}),
        ("glassnet", {"precision": "bfloat16", "augment": True}),
        ("Heavy", {"layers": HEAVY, "num_images": 1_000, "batch_size": 128}),
    ],
)
def test_seconds_are_foretold_within_a_quarter(network, changes, monkeypatch):
    """The best of three: another program may take the processor in the one half or in the other."""
    config = make_config(network, **{"dataset": "strokes", "num_images": 5_000, "epochs": 2} | changes)
    ratios, measured = [], []
    for _ in range(3):
        start = time.perf_counter()
        forecast = foretell_training(config)
        measured.append(time.perf_counter() - start)
        epochs = [event for event in train(config) if isinstance(event, EpochEvent)]
        ratios.append(forecast.seconds_per_epoch / (epochs[1].seconds - epochs[0].seconds))
    print(network, ratios, measured)
    assert min(abs(ratio - 1) for ratio in ratios) < 0.25
    assert min(measured) <= MAX_MEASURED_SECONDS
