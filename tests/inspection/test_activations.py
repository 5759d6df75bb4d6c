"""Every layer's output, against the layers called one by one, and what an inspection leaves behind."""

import copy
import math
import time

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from models.checkpoints.file import list_checkpoints, read_info
from models.checkpoints.prediction import copy_network, load_cached, predict_digit
from models.data.datasets import load_gallery
from models.inspection.activations import inspect_layers

RNG = np.random.default_rng(0)
PICTURE = RNG.random((28, 28), dtype=np.float32)


def digit(index=0):
    return load_gallery("test").images[index].astype(np.float32) / 255


def snapshot(network):
    """Return everything about a network that an inspection could change."""
    return {
        "state": {name: tensor.clone() for name, tensor in network.state_dict().items()},
        "modes": [module.training for module in network.modules()],
        "hooks": [
            (len(module._forward_hooks), len(module._forward_pre_hooks)) for module in network.modules()
        ],
        "gradients": [weights.grad for weights in network.parameters()],
    }


def assert_unchanged(network, before):
    after = snapshot(network)
    assert after["modes"] == before["modes"]
    assert after["hooks"] == before["hooks"] == [(0, 0)] * len(before["hooks"])
    assert after["gradients"] == before["gradients"]
    assert after["state"].keys() == before["state"].keys()
    assert all(torch.equal(after["state"][name], tensor) for name, tensor in before["state"].items())


@pytest.mark.parametrize("name", list_checkpoints())
def test_every_layer_gives_what_it_gives_when_called_by_itself(name):
    network = copy_network(name)
    trace = inspect_layers(network, digit())
    x = torch.from_numpy(digit())[None, None]
    modules = dict(network.named_modules())
    is_flat = False
    for layer in trace.layers:
        if layer.name.startswith("classifier") and not is_flat:
            x, is_flat = x.reshape(1, -1), True
        np.testing.assert_array_equal(layer.inputs, x[0].numpy())
        with torch.no_grad():
            x = modules[layer.name](x)
        np.testing.assert_array_equal(layer.values, x[0].numpy())
        assert layer.kind == type(modules[layer.name]).__name__
        assert layer.shape == tuple(x.shape[1:])
    leaves = [name for name, module in network.named_modules() if not list(module.children())]
    assert [layer.name for layer in trace.layers] == leaves
    np.testing.assert_array_equal(trace.logits, x[0].numpy())
    expected = predict_digit(digit(), name)
    assert trace.probabilities.argmax() == expected.digit
    np.testing.assert_allclose(trace.probabilities, x[0].softmax(dim=0).numpy(), rtol=1e-5, atol=1e-12)
    tempered = (x[0] / read_info(name).temperature).softmax(dim=0).numpy()
    np.testing.assert_allclose(expected.probabilities, tempered, rtol=1e-4, atol=1e-9)
    np.testing.assert_array_equal(trace.image, digit())


def test_the_convnet_by_its_formulas():
    """Against torch's functions and the weights alone, without a module."""
    weights = load_cached("convnet").network.state_dict()
    trace = inspect_layers(copy_network("convnet"), digit(3))
    x = torch.from_numpy(digit(3))[None, None]
    x = F.conv2d(x, weights["features.0.weight"], weights["features.0.bias"], padding=2)
    np.testing.assert_allclose(trace.find("features.0").values, x[0], rtol=1e-5, atol=1e-6)
    x = x.clamp(min=0)
    np.testing.assert_allclose(trace.find("features.1").values, x[0], rtol=1e-5, atol=1e-6)
    x = x.reshape(8, 14, 2, 14, 2).amax(dim=(2, 4)).flatten()
    np.testing.assert_allclose(trace.find("features.2").values.ravel(), x, rtol=1e-5, atol=1e-6)
    x = weights["classifier.0.weight"] @ x + weights["classifier.0.bias"]
    np.testing.assert_allclose(trace.find("classifier.0").values, x, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("name", "layer_name"), [("convnet3", "features.3"), ("convnet4", "features.8")])
def test_a_map_can_be_followed_back_to_its_arithmetic(name, layer_name):
    layer = inspect_layers(copy_network(name), digit()).find(layer_name)
    (size, _), (stride, _), (padding, _) = (
        layer.settings[key] for key in ("kernel_size", "stride", "padding")
    )
    assert layer.settings["dilation"] == (1, 1)
    padded = np.pad(layer.inputs.astype(np.float64), ((0, 0), (padding, padding), (padding, padding)))
    for channel, row, column in [(0, 0, 0), (5, 7, 3), (31, 13, 13)]:
        window = padded[:, row * stride : row * stride + size, column * stride : column * stride + size]
        total = (window * layer.weights["weight"][channel]).sum() + layer.weights["bias"][channel]
        assert layer.values[channel, row, column] == pytest.approx(total, rel=1e-4, abs=1e-5)


def test_a_pooling_can_be_followed_back_too():
    trace = inspect_layers(copy_network("convnet4"), digit())
    for name, pool in (("features.6", np.max), ("features.22", np.mean)):
        layer = trace.find(name)
        (size, _), (stride, _) = layer.settings["kernel_size"], layer.settings["stride"]
        assert layer.settings["padding"] == (0, 0)
        rows, columns = layer.shape[1:]
        for row, column in [(0, 0), (rows - 1, columns - 1)]:
            window = layer.inputs[:, row * stride : row * stride + size, column * stride :][:, :, :size]
            by_hand = pool(window.astype(np.float64), axis=(1, 2))
            np.testing.assert_allclose(layer.values[:, row, column], by_hand, rtol=1e-5, atol=1e-6)


class Net(nn.Module):
    """A network of our own; each sublayer may work in place."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, images):
        return self.layers(images)


def test_layers_that_work_in_place_do_not_change_what_was_recorded():
    torch.manual_seed(0)
    network = Net(
        nn.Conv2d(1, 4, 3),
        nn.ReLU(inplace=True),
        nn.Conv2d(4, 2, 3),
        nn.ReLU(inplace=True),
        nn.Flatten(),
        nn.Linear(1152, 10),
        nn.Hardtanh(inplace=True),
    )
    trace = inspect_layers(network, PICTURE)
    first = F.conv2d(torch.from_numpy(PICTURE)[None, None], network.layers[0].weight, network.layers[0].bias)
    first = first[0].detach().numpy()
    assert (first < 0).any()
    np.testing.assert_array_equal(trace.find("layers.0").values, first)
    np.testing.assert_array_equal(trace.find("layers.1").inputs, first)
    np.testing.assert_array_equal(trace.find("layers.1").values, np.maximum(first, 0))
    assert (trace.find("layers.2").values < 0).any()
    assert trace.find("layers.4").shape == (1152,)


class Fails(nn.Module):
    def forward(self, images):
        raise RuntimeError("no")


def build_mixed_network(last):
    """Return a network some of whose layers are in training mode and some not."""
    layers = [nn.Conv2d(1, 4, 5), nn.BatchNorm2d(4), nn.Dropout(0.5), nn.AvgPool2d(24), nn.Flatten(), last]
    network = Net(*layers).train()
    layers[2].eval()
    return network


def test_a_network_is_left_as_it_was():
    network = build_mixed_network(nn.Linear(4, 10))
    before = snapshot(network)
    trace = inspect_layers(network, PICTURE)
    assert_unchanged(network, before)
    assert network.training
    assert not network.layers[2].training
    # In evaluation mode: batch norm took its running mean 0 and variance 1.
    layer = trace.find("layers.1")
    np.testing.assert_allclose(layer.values, layer.inputs / math.sqrt(1 + layer.settings["eps"]), rtol=1e-5)
    dropout = trace.find("layers.2")
    np.testing.assert_array_equal(dropout.values, dropout.inputs)


def test_a_network_is_left_as_it_was_when_a_layer_fails():
    network = build_mixed_network(Fails())
    before = snapshot(network)
    with pytest.raises(RuntimeError, match="no"):
        inspect_layers(network, PICTURE)
    assert_unchanged(network, before)
    assert network.training
    with pytest.raises(RuntimeError, match="no"):  # and it has not been spoilt for the next
        inspect_layers(network, PICTURE)


def test_a_network_that_cannot_even_be_hooked_is_left_as_it_was(monkeypatch):
    network = build_mixed_network(nn.Linear(4, 10))
    before = snapshot(network)

    def refuse(hook):
        raise RuntimeError("no hooks here")

    monkeypatch.setattr(network.layers[3], "register_forward_hook", refuse)
    with pytest.raises(RuntimeError, match="no hooks"):
        inspect_layers(network, PICTURE)
    assert_unchanged(network, before)


def test_what_is_recorded_is_a_copy_and_read_only():
    network = copy_network("convnet")
    trace = inspect_layers(network, PICTURE)
    kept = copy.deepcopy(trace.find("features.0").weights["weight"])
    with torch.no_grad():
        for weights in network.parameters():
            weights.zero_()
    np.testing.assert_array_equal(trace.find("features.0").weights["weight"], kept)
    for layer in trace.layers:
        for array in (layer.values, layer.inputs, *layer.weights.values()):
            assert array.dtype == np.float32
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0
    for array in (trace.image, trace.logits, trace.probabilities):
        assert not array.flags.writeable


def test_a_confident_answer_is_not_rounded_to_certainty():
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    with torch.no_grad():
        network[1].weight.zero_()
        network[1].bias.copy_(torch.tensor([20.0] + [0.0] * 9))
    trace = inspect_layers(network, PICTURE)
    assert trace.probabilities.dtype == np.float64
    assert trace.probabilities[0] == pytest.approx(1 / (1 + 9 * np.exp(-20)), abs=1e-15)
    assert trace.probabilities[0] < 1 == np.float32(trace.probabilities[0])


def test_the_callers_image_is_not_frozen():
    picture = PICTURE.copy()
    inspect_layers(copy_network("logistic"), picture)
    picture[0, 0] = 0.5
    assert picture[0, 0] == 0.5


def test_an_unknown_layer_is_refused_with_the_names_there_are():
    trace = inspect_layers(copy_network("mlp"), PICTURE)
    for name in ("features.0", None, 3, ["classifier.0"]):
        with pytest.raises(ValueError, match=r"Its layers: classifier\.0, classifier\.1"):
            trace.find(name)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((27, 28)), "28 × 28"),
        (np.zeros((1, 28, 28)), "28 × 28"),
        (np.full((28, 28), np.nan), "between 0"),
        (np.full((28, 28), 255.0), "between 0"),
        (np.full((28, 28), -0.1), "between 0"),
    ],
)
def test_images_that_no_network_takes_are_refused(image, message):
    with pytest.raises(ValueError, match=message):
        inspect_layers(copy_network("logistic"), image)


def test_all_activations_of_convnet4_within_300_ms():
    network = copy_network("convnet4")
    seconds = []
    for index in range(5):
        start = time.thread_time()
        trace = inspect_layers(network, digit(index))
        seconds.append(time.thread_time() - start)
    assert len(trace.layers) == 25
    assert min(seconds) <= 0.3
