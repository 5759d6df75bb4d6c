"""Trainings of seconds."""

import pytest
import torch

from models.data.datasets import load_dataset
from models.training import loop
from models.training.loop import train
from models.training.recipes import make_config

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
