"""What measuring the layers costs a training, of the time of its steps alone."""

import math
import time
from contextlib import nullcontext
from statistics import median

import pytest
import torch

from models.data.datasets import Dataset
from models.descent.layer_statistics import LayerWatch
from models.training.measuring import find_followed, find_places
from models.training.recipes import make_config
from models.training.session import Session

pytestmark = pytest.mark.release

MOST = 0.03
NUM_ROUNDS = 41


@pytest.mark.parametrize(
    ("network", "recipe"),
    [
        ("logistic", "fast"),
        ("mlp", "fast"),
        ("mlp", "notebook"),
        ("convnet", "fast"),
        ("convnet2", "notebook"),
        ("glassnet", "fast"),
    ],
)
def test_measuring_costs_at_most_three_percent(network, recipe):
    """A step as it is, one that is followed and one that is measured are timed in turn."""
    config = make_config(network, recipe)
    num_images = int(0.8 * (config.num_images or 60_000))
    steps_per_epoch = math.ceil(num_images / config.batch_size)
    num_steps = steps_per_epoch * config.epochs
    places = find_places(num_steps, steps_per_epoch, num_images % config.batch_size > 0)
    num_followed = len(find_followed(places, num_steps, config.batch_size)) - len(places)

    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (config.batch_size, 1, 28, 28), dtype=torch.uint8, generator=generator)
    batch = Dataset(pixels, torch.randint(0, 10, (config.batch_size,), generator=generator))
    session = Session(config, batch, batch, "", torch.device("cpu"), measures_layers=False)
    watch = LayerWatch(session.describe(None).network)

    def time_step(kind):
        session.step = 0
        start = time.thread_time()
        with nullcontext() if kind == "plain" else watch.follow(is_last=kind == "measured"):
            session.make_step(batch)
        if kind == "measured":
            watch.measure(1)
        return time.thread_time() - start

    kinds = ("plain", "followed", "measured")
    rounds = [{kind: time_step(kind) for kind in kinds} for _ in range(NUM_ROUNDS)][1:]
    followed, measured = (median(each[kind] / each["plain"] - 1 for each in rounds) for kind in kinds[1:])
    cost = (num_followed * followed + len(places) * measured) / num_steps
    print(f"{network} {recipe}: followed {followed:.3f}, measured {measured:.3f}, all {cost:.4f}")
    assert cost <= MOST, (followed, measured)
