"""Kernels: drawn as a new layer draws them, well-known ones, and those that networks have learned."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from models.checkpoints.prediction import load_cached
from models.inspection.convolution import convolve_by_hand
from models.inspection.kernels import (
    PRESETS,
    list_window_layers,
    make_preset,
    make_random_kernel,
    read_filter,
)
from models.inspection.window import Window
from models.networks.registry import build_network

CONV5, CONV3, POOL = ("convolution", 5, 1, 2), ("convolution", 3, 1, 1), ("max", 2, 2, 0)


@pytest.mark.parametrize("kernel_size", range(1, 8))
@pytest.mark.parametrize("seed", [0, 1, 1234, 2**32 - 1])
def test_random_kernel_is_what_a_new_layer_has(kernel_size: int, seed: int) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layer = nn.Conv2d(1, 1, kernel_size)
    before = torch.random.get_rng_state()
    assert layer.bias is not None
    weights, bias = make_random_kernel(kernel_size, seed)
    np.testing.assert_array_equal(weights, layer.weight[0, 0].detach().numpy())
    assert bias == layer.bias.item()
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize(("kernel_size", "seed"), [(0, 0), (8, 0), (3, -1), (3, 2**32), (3, 1.5)])
def test_refuses_a_random_kernel(kernel_size: int, seed: int) -> None:
    with pytest.raises(ValueError, match="enter a whole number from"):
        make_random_kernel(kernel_size, seed)


def slope(image: np.ndarray, name: str) -> float:
    """What the kernel gives in the middle of a 5 × 5 picture."""
    return float(convolve_by_hand(image[None], make_preset(name)[None], 0.0, Window(3))[1, 1])


def test_presets_do_what_they_say() -> None:
    rightwards = np.tile(np.arange(5.0), (5, 1))
    assert slope(rightwards, "sobel_x") == 8  # brighter to the right by 1 a pixel
    assert slope(rightwards.T, "sobel_y") == 8
    assert slope(rightwards, "sobel_y") == slope(rightwards.T, "sobel_x") == 0
    assert slope(rightwards, "laplacian") == 0  # no edge in a steady slope
    assert slope(rightwards, "identity") == slope(rightwards, "sharpen") == 2
    assert slope(rightwards + rightwards.T, "emboss") > slope(rightwards * 0, "emboss") == 0
    image = np.random.default_rng(0).random((9, 9))
    blurred = convolve_by_hand(image[None], make_preset("blur", 5)[None], 0.0, Window(5))
    np.testing.assert_allclose(blurred, F.avg_pool2d(torch.tensor(image)[None], 5, 1)[0].numpy())
    edges = convolve_by_hand(image[None], make_preset("laplacian")[None], 0.0, Window(3))
    around = image[:-2, 1:-1] + image[2:, 1:-1] + image[1:-1, :-2] + image[1:-1, 2:]
    np.testing.assert_allclose(edges, around - 4 * image[1:-1, 1:-1])


@pytest.mark.parametrize("name", PRESETS)
def test_presets_keep_flat_images_flat(name: str) -> None:
    """Where nothing changes, the sum of the weights decides: 1 keeps the brightness, 0 gives black."""
    expected = {"identity": 1, "blur": 1, "sharpen": 1, "emboss": 1}.get(name, 0)
    assert make_preset(name).sum() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("mystery", 3, "choose one of identity, blur"),
        ("sobel_x", 5, "Sobel x is 3 × 3, not 5 × 5"),
        ("identity", 4, "has no middle: choose 1, 3, 5 or 7"),
        ("blur", 0, "enter a whole number from 1 to 7"),
    ],
)
def test_refuses_a_preset(name: str, size: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_preset(name, size)


@pytest.mark.parametrize(
    ("network", "layers"),
    [
        ("mlp", []),
        ("convnet", [CONV5, POOL]),
        ("convnet3", [CONV5, POOL] * 3),
        ("convnet4", [CONV3, CONV3, POOL, CONV3, CONV3, POOL, CONV3, CONV3, ("average", 7, 7, 0)]),
    ],
)
def test_layers_with_a_window(network: str, layers: list[tuple[object, ...]]) -> None:
    found = list_window_layers(build_network(network))
    assert [(one.operation, one.kernel_size, one.stride, one.padding) for one in found] == layers


def test_a_learned_filter_gives_the_networks_own_map() -> None:
    """By hand, all input channels of the second convolution: the map that the network computes."""
    network = load_cached("convnet3").network
    with torch.inference_mode():
        given = network.get_submodule("features")[:3](torch.rand(1, 1, 28, 28))  # (1, 16, 14, 14)
        map_ = network.get_submodule("features.3")(given)[0, 9]
    weights, bias = read_filter(network, "features.3", 9)
    by_hand = convolve_by_hand(given[0].double().numpy(), weights, bias, Window(5, padding=2))
    np.testing.assert_allclose(by_hand, map_.numpy(), atol=1e-5)


@pytest.mark.parametrize(
    ("network", "layer", "number", "message"),
    [
        ("mlp", "classifier.0", 0, "it has none, choose a network that has"),
        ("convnet", "features.1", 0, "choose one of features.0"),
        ("convnet", "../etc", 0, "choose one of features.0"),
        ("convnet", "features.0", 8, "enter a whole number from 0 to 7"),
        ("convnet", "features.0", None, "enter a whole number from 0 to 7"),
    ],
)
def test_refuses_a_filter(network: str, layer: str, number: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_filter(build_network(network), layer, number)
