"""A checkpoint of a network that is no entry of the registry: its layers stand in its record."""

import dataclasses

import pytest
import torch

from models.checkpoints.file import (
    Checkpoint,
    CheckpointInfo,
    find_layers,
    load_checkpoint,
    read_info,
    save_checkpoint,
)
from models.networks.layers.kinds import (
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
)
from models.networks.layers.network import LayerNetwork
from models.networks.layers.plain_data import describe_layers

LAYERS = (
    Conv2d(4, padding=1), BatchNorm2d(), Residual((ReLU(), Conv2d(6, padding=1))), MaxPool2d(4), Flatten(),
    Dropout(0.2), Linear(10),
)  # fmt: skip


def make_info(**changes):
    info = CheckpointInfo(
        network="Mine, with a block",
        config={},
        dataset="strokes",
        dataset_sha256="0" * 64,
        split_seed=0,
        recipe={"recipe": "notebook"},
        seed=3,
        epochs=1,
        validation_loss=0.5,
        validation_accuracy=0.9,
        test_loss=None,
        test_accuracy=None,
        num_test=None,
        seconds=1.5,
        torch_version=torch.__version__,
        layers=describe_layers(LAYERS),
    )
    return dataclasses.replace(info, **changes)


def test_own_network_comes_back_with_its_layers_and_its_answers(tmp_path):
    network = LayerNetwork(LAYERS)
    network(torch.rand(8, 1, 28, 28))  # batch norm's statistics
    path = tmp_path / "mine.safetensors"
    save_checkpoint(Checkpoint(network, make_info()), path)
    loaded = load_checkpoint(path)
    assert loaded.info == make_info() == read_info(path)
    assert find_layers(loaded.info) == LAYERS == loaded.network.layers
    images = torch.rand(3, 1, 28, 28)
    with torch.no_grad():
        assert torch.equal(loaded.network(images), network.eval()(images))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layers": []}, "its network cannot be built. A network needs at least one layer"),
        ({"layers": {}}, "record's layers is {}"),
        ({"layers": [{"layer": "Exec"}]}, "Layer 1 is called 'Exec': choose one of Conv2d"),
        ({"layers": [{"layer": "Linear", "out_features": 10}]}, "Layer 1: Linear takes features in a row"),
        ({"layers": [{"layer": "Flatten"}, {"layer": "Linear", "out_features": 10**9}]}, "from 1 to 4096"),
        (
            {"layers": describe_layers((Flatten(), Linear(4096), Linear(4096), Linear(10)))},
            "at most 4,000,000",
        ),
        ({"layers": [{"layer": "ReLU"}] * 100_000}, "header claims"),
        ({"layers": [{"layer": "ReLU"}] * 1_000}, "at most 40 layers, not 1,000"),
        ({"layers": describe_layers((Flatten(), Linear(10)))}, "it lacks classifier.bias"),
        ({"network": "convnet"}, "convnet is a given network"),
        ({"network": ""}, "one line of 1 to 40 letters"),
        ({"network": "x" * 41}, "one line of 1 to 40 letters"),
        ({"network": "two\nlines"}, "one line of 1 to 40 letters"),
        ({"config": {"channels": 4}}, "has no config beside them"),
        ({"layers": None}, "no network called 'Mine, with a block'"),
    ],
)
def test_layers_that_are_no_network_are_refused_before_anything_is_allocated(tmp_path, changes, message):
    path = tmp_path / "wrong.safetensors"
    save_checkpoint(Checkpoint(LayerNetwork(LAYERS), make_info(**changes)), path)
    for load in (load_checkpoint, read_info):
        with pytest.raises(ValueError, match=message) as refused:
            load(path)
        assert str(refused.value).endswith(".")
        assert len(str(refused.value)) < 500
