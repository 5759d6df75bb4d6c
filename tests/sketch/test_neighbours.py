"""The nearest training digits: their features against the network's own answer, their distances by hand."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from models.checkpoints.file import SHIPPED_FOLDER, list_checkpoints
from models.checkpoints.prediction import copy_network
from models.data.datasets import load_gallery
from models.networks.registry import NETWORKS
from models.sketch import neighbours
from models.sketch.neighbours import (
    MAX_READ,
    count_read,
    describe_features,
    extract_features,
    find_last_linear,
    find_neighbours,
    normalise,
    read_gallery,
)

IMAGES = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("checkpoint", [name for name in list_checkpoints() if "-" not in name])
def test_features_are_what_the_last_layer_makes_the_logits_of(checkpoint):
    network = copy_network(checkpoint)
    features = extract_features(network, IMAGES)
    last = find_last_linear(network)
    with torch.no_grad():
        logits = network(IMAGES).numpy()
    weights, bias = last.weight.detach().numpy(), last.bias.detach().numpy()
    assert features @ weights.T + bias == pytest.approx(logits, abs=1e-4)
    assert features.shape == (3, describe_features(checkpoint).num)
    assert not any(module._forward_pre_hooks for module in network.modules())


def test_hook_is_gone_after_a_failure():
    network = copy_network("mlp")
    with pytest.raises(RuntimeError):
        extract_features(network, torch.zeros(1, 1, 5, 5))
    assert not any(module._forward_pre_hooks for module in network.modules())


def test_only_logistic_regression_compares_pixels():
    assert {name for name in NETWORKS if describe_features(name).are_pixels} == {"logistic"}
    assert describe_features("convnet3").num == 256
    assert describe_features("glassnet").num == 96


def test_distances_are_one_less_the_cosine():
    image = load_gallery("test").images[2] / 255
    found = find_neighbours(image, "logistic", num=5)
    flat = image.ravel()
    cosines = np.array(
        [
            (other * flat).sum() / np.sqrt((other**2).sum() * (flat**2).sum())
            for other in load_gallery("train").images[: count_read("logistic")].reshape(-1, 784) / 255
        ]
    )
    expected = np.argsort(-cosines, kind="stable")[:5]
    assert [each.index for each in found] == expected.tolist()
    assert [each.distance for each in found] == pytest.approx(1 - cosines[expected], abs=1e-5)
    assert [each.label for each in found] == load_gallery("train").labels[expected].tolist()
    assert np.array_equal(found[0].image, load_gallery("train").images[expected[0]])


def test_a_training_digit_is_its_own_nearest():
    image = load_gallery("train").images[123] / 255
    nearest, *others = find_neighbours(image, "mlp")
    assert (nearest.index, nearest.distance) == (123, pytest.approx(0, abs=1e-6))
    assert len(others) == 7
    distances = [each.distance for each in (nearest, *others)]
    assert distances == sorted(distances)


def test_the_gallery_is_read_once_until_the_file_changes(tmp_path):
    path = tmp_path / "mine.safetensors"
    shutil.copy(SHIPPED_FOLDER / "logistic.safetensors", path)
    first = read_gallery(path)
    assert read_gallery(path) is first
    assert first.shape == (count_read(path), 784)
    assert not first.flags.writeable
    shutil.copy(SHIPPED_FOLDER / "mlp.safetensors", path)
    assert read_gallery(path).shape[1] == 64


def test_slow_networks_read_fewer():
    counts = {name: count_read(name) for name in NETWORKS}
    everything = min(MAX_READ, len(load_gallery("train").labels))
    assert counts["logistic"] == counts["convnet"] == everything
    assert counts["convnet4"] <= counts["convnet3"] <= everything
    assert min(counts.values()) >= 500


def test_a_row_without_direction_stays():
    features = np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)
    assert normalise(features) == pytest.approx(np.array([[0.6, 0.8], [0, 0]]))


def test_paper_has_no_direction_in_pixels():
    assert all(each.distance == pytest.approx(1) for each in find_neighbours(np.zeros((28, 28)), "logistic"))


def test_images_that_no_network_takes_are_refused():
    with pytest.raises(ValueError, match="28 × 28"):
        find_neighbours(np.zeros((3, 3)), "mlp")


def test_networks_whose_digits_cannot_be_compared_say_so(monkeypatch):
    wide = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(20_000, 10))
    monkeypatch.setattr(neighbours, "find_layers", lambda info: NETWORKS["mlp"].layers)
    monkeypatch.setattr(neighbours, "load_cached", lambda _: SimpleNamespace(info=None, network=wide))
    with pytest.raises(ValueError, match="takes 20,000 numbers, too many"):
        count_read("mine")
    with pytest.raises(ValueError, match="no Linear layer"):
        find_last_linear(torch.nn.Conv2d(1, 10, 28))
