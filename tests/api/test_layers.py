"""Endpoints /convolve, /pool and /architecture, used as another program uses them."""

import inspect
import re

import numpy as np
import pytest

from app.api import endpoints
from tests.api.contract import ARCHITECTURE_KEYS, LAYER_KEYS


def test_convolve_agrees_with_sums_done_here(client):
    image = np.random.default_rng(0).random((6, 5))
    kernel = np.random.default_rng(1).normal(size=(2, 2))
    result = client.predict(image.tolist(), kernel.tolist(), 0.5, 2, 1, api_name="/convolve")
    padded = np.pad(image, 1)
    expected = [
        [(padded[i : i + 2, j : j + 2] * kernel).sum() + 0.5 for j in range(0, 6, 2)] for i in range(0, 7, 2)
    ]
    assert np.allclose(result["output"], expected, atol=1e-5)
    assert result["shape"] == [4, 3]
    assert result["max_difference"] < 1e-5
    assert set(result) == {"output", "by_hand", "max_difference", "shape"}
    dilated = client.predict(image.tolist(), kernel.tolist(), 0.5, 1, 0, 3, api_name="/convolve")
    expected = [
        [(image[i : i + 4 : 3, j : j + 4 : 3] * kernel).sum() + 0.5 for j in range(2)] for i in range(3)
    ]
    assert np.allclose(dilated["by_hand"], expected, atol=1e-12)


def test_pool_takes_the_largest(client):
    image = np.arange(16.0).reshape(4, 4)
    result = client.predict(image.tolist(), "max", 2, 2, 0, api_name="/pool")
    assert set(result) == {"output", "by_hand", "max_difference", "shape"}
    assert result["output"] == result["by_hand"] == [[5, 7], [13, 15]]
    assert result["shape"] == [2, 2]
    result = client.predict(image.tolist(), "average", 2, 2, 0, api_name="/pool")
    assert result["output"] == [[2.5, 4.5], [10.5, 12.5]]
    assert result["max_difference"] == 0


@pytest.mark.parametrize(
    ("network", "parameters"),
    [
        ("logistic", 7_850),
        ("mlp", 109_386),
        ("convnet", 789_718),
        ("convnet2", 789_718),
        ("convnet3", 173_962),
        ("convnet4", 1_148_618),
        ("alexnet", 61_100_840),
    ],
)
def test_architecture_counts_as_the_notebook_does(client, network, parameters):
    result = client.predict(network, api_name="/architecture")
    assert set(result) == ARCHITECTURE_KEYS
    assert all(set(layer) == LAYER_KEYS for layer in result["layers"])
    assert (result["network"], result["parameters"]) == (network, parameters)
    for key in ("parameters", "multiply_adds"):
        assert sum(layer[key] for layer in result["layers"]) == result[key]
    assert result["weight_bytes"] == 4 * parameters
    shapes = [result["input_shape"], *(layer["output_shape"] for layer in result["layers"])]
    assert [layer["input_shape"] for layer in result["layers"]] == shapes[:-1]


def test_architecture_writes_the_arithmetic(client):
    first, *_, last = client.predict(network="convnet", api_name="/architecture")["layers"]
    assert (first["name"], first["kind"]) == ("features.0", "Conv2d")
    assert first["parameter_sum"] == "(5·5·1 + 1)·8 = 208"
    assert first["multiply_add_sum"] == "5·5·1 · 8·28·28 = 156,800"
    assert first["bytes"] == 4 * 8 * 28 * 28
    assert (last["parameter_sum"], last["multiply_adds"]) == ("(500 + 1)·10 = 5,010", 5000)


def test_layers_of_ones_own_are_read_before_they_are_trained(client):
    text = "nn.Sequential(nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),"
    text += "nn.Linear(1568, 500), nn.ReLU(), nn.Linear(500, 10))"
    own = client.predict(network="Mine", layers=text, api_name="/architecture")
    given = client.predict(network="convnet", api_name="/architecture")
    assert (own.pop("network"), own.pop("title")) == ("Mine", "Mine")
    assert own == {name: given[name] for name in own}


def test_architecture_says_in_its_documentation_what_it_returns():
    text = inspect.getdoc(endpoints.architecture).partition("Returns:")[2]
    assert set(re.findall(r"\w+", text)) >= ARCHITECTURE_KEYS | LAYER_KEYS
