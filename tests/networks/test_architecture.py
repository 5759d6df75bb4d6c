"""The architecture reader against the notebook's counts, torch's own counter and networks that really ran."""

import ast
import math
import re

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from models.networks.architecture import (
    ALEXNET,
    KNOWN_NETWORKS,
    describe_architecture,
    read_architecture,
)
from models.networks.layers.kinds import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm1d,
    Conv2d,
    Dropout2d,
    Flatten,
    LeakyReLU,
    Linear,
    Residual,
)
from models.networks.layers.network import LayerNetwork
from models.networks.registry import build_network

# What the notebook prints; AlexNet's is in torchvision's documentation of its weights.
PARAMETERS = {
    "logistic": 7_850,
    "mlp": 109_386,
    "convnet": 789_718,
    "convnet2": 789_718,
    "convnet3": 173_962,
    "convnet4": 1_148_618,
    "glassnet": 126_330,
    "alexnet": 61_100_840,
}


def build_real(name):
    """Build the network with numbers in it, which the reader does without."""
    if name == ALEXNET:
        from torchvision.models import alexnet

        return alexnet(weights=None), (3, 224, 224)
    return build_network(name), (1, 28, 28)


@pytest.fixture(scope="module", params=KNOWN_NETWORKS)
def case(request):
    """The name, what the reader says of it, and a network that can run."""
    network, shape = build_real(request.param)
    return request.param, read_architecture(request.param), network, torch.rand(1, *shape)


def evaluate_sum(text):
    """Work out "(5·5·1 + 1)·8 = 208" on its own; return both sides."""
    left, _, right = text.partition(" = ")
    expression = ast.parse(left.replace("·", "*").replace(",", ""), mode="eval")
    return eval(compile(expression, "sum", "eval")), int(right.replace(",", ""))


def record_run(network, images):
    """Run the network and return each leaf module's name, input and output, all kept."""
    seen = []
    for name, module in network.named_modules():
        if not list(module.children()):
            module.register_forward_hook(lambda m, i, o, name=name: seen.append((name, m, i[0], o)))
    with torch.no_grad():
        network(images)
    return seen


def test_parameters_are_the_notebooks(case):
    name, architecture, network, _ = case
    assert architecture.parameters == PARAMETERS[name]
    assert architecture.parameters == sum(parameter.numel() for parameter in network.parameters())
    assert architecture.weight_bytes == sum(parameter.nbytes for parameter in network.parameters())
    assert architecture.buffer_bytes == sum(buffer.nbytes for buffer in network.buffers())


def test_multiply_adds_are_half_of_the_flops_that_torch_counts(case):
    _, architecture, network, images = case
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.eval()(images)
    assert 2 * architecture.multiply_adds == counter.get_total_flops()


def test_layers_shapes_and_counts_are_those_of_a_run(case):
    _, architecture, network, images = case
    layers = [layer for layer in architecture.layers if layer.kind != "flatten"]
    seen = record_run(network.eval(), images)
    assert [layer.name for layer in layers] == [name for name, *_ in seen]
    for layer, (_, module, given, output) in zip(layers, seen, strict=True):
        assert layer.kind == type(module).__name__
        assert (layer.input_shape, layer.output_shape) == (given.shape[1:], output.shape[1:])
        assert layer.parameters == sum(parameter.numel() for parameter in module.parameters())
        assert layer.num_bytes == output.nbytes
        if isinstance(module, nn.Conv2d):  # one product for each number under a window, place and kernel
            windows = F.unfold(given, module.kernel_size, module.dilation, module.padding, module.stride)
            assert layer.multiply_adds == windows[0].numel() * module.out_channels
        elif isinstance(module, nn.Linear):
            assert layer.multiply_adds == module.weight.numel()
        else:
            assert layer.multiply_adds == 0


def test_activations_are_the_memory_that_a_training_pass_fills(case):
    """Every output kept: those that share their memory with another one's count once."""
    _, architecture, network, images = case
    network.train()
    seen = record_run(network, images)
    storages = {output.untyped_storage().data_ptr(): output.untyped_storage().nbytes() for *_, output in seen}
    assert architecture.activation_bytes == sum(storages.values())


def test_every_sum_that_is_written_comes_out(case):
    _, architecture, _, _ = case
    for layer in architecture.layers:
        for text, number in (
            (layer.parameter_sum, layer.parameters),
            (layer.multiply_add_sum, layer.multiply_adds),
        ):
            assert evaluate_sum(text) == (number, number) if number else text == ""


def test_sums_are_written_as_a_person_writes_them():
    layers = {layer.name: layer for layer in read_architecture("convnet4").layers}
    assert layers["features.3"].parameter_sum == "(3·3·64 + 1)·64 = 36,928"
    assert layers["features.3"].multiply_add_sum == "3·3·64 · 64·28·28 = 28,901,376"
    assert layers["features.4"].parameter_sum == "2·64 = 128"
    assert layers["classifier.1"].parameter_sum == "(256 + 1)·10 = 2,570"


@pytest.mark.parametrize(
    ("name", "place", "before", "after"),
    [
        ("logistic", 0, (1, 28, 28), (784,)),
        ("convnet", 3, (8, 14, 14), (1568,)),
        ("convnet4", 23, (256, 1, 1), (256,)),
        ("alexnet", 14, (256, 6, 6), (9216,)),
    ],
)
def test_flatten_stands_where_the_shape_changes(name, place, before, after):
    layers = read_architecture(name).layers
    assert [number for number, layer in enumerate(layers) if layer.kind == "flatten"] == [place]
    assert (layers[place].input_shape, layers[place].output_shape) == (before, after)
    assert not layers[place].writes
    previous = (layers[0].input_shape, *(layer.output_shape for layer in layers))
    assert [layer.input_shape for layer in layers] == list(previous[:-1])


def test_alexnet_is_torchvisions():
    architecture = read_architecture(ALEXNET)
    assert architecture.input_shape == (3, 224, 224)
    assert architecture.multiply_adds == pytest.approx(714e6, rel=0.001)
    assert architecture.layers[-1].output_shape == (1000,)
    assert architecture.layers[0].settings == "64 kernels 11×11, stride 4, padding 2"
    assert [layer.settings for layer in architecture.layers if layer.kind == "MaxPool2d"] == [
        "largest of 3×3, stride 2"
    ] * 3


OWN = (
    Conv2d(8, 3, dilation=2, bias=False), AvgPool2d(3, stride=2, padding=1), Dropout2d(0.25),
    Residual((LeakyReLU(), Conv2d(4, 3, stride=2, padding=1))), AdaptiveAvgPool2d(), Flatten(),
    Linear(20), BatchNorm1d(), Linear(10),
)  # fmt: skip


def test_settings_name_what_is_unusual():
    layers = describe_architecture(OWN, "own", "Own").layers
    assert [(layer.name, layer.settings) for layer in layers] == [
        ("features.0", "8 kernels 3×3, dilation 2"),
        ("features.1", "mean of 3×3, stride 2, padding 1"),
        ("features.2", "drops 25% of the maps, in training only"),
        ("features.3.body.0", "x above 0, negative_slope·x below"),
        ("features.3.body.1", "4 kernels 3×3, stride 2, padding 1"),
        ("features.3.projection", "4 kernels 1×1, stride 2"),
        ("features.3", "adds what came in, by way of its projection"),
        ("features.4", "mean of each map"),
        ("flatten", "4·1·1 = 4 in a row"),
        ("classifier.0", "4 in, 20 out"),
        ("classifier.1", "20 features, ε = 1e-05"),
        ("classifier.2", "20 in, 10 out"),
    ]
    assert layers[0].parameter_sum == "(3·3·1)·8 = 72"
    assert layers[0].multiply_add_sum == "3·3·1 · 8·24·24 = 41,472"


def test_own_network_is_described_as_it_runs():
    network, images = LayerNetwork(OWN).eval(), torch.rand(2, 1, 28, 28)
    architecture = describe_architecture(OWN, "own", "Own")
    described = {layer.name: layer for layer in architecture.layers}
    for name, module, given, output in record_run(network, images):
        layer = described[name]
        assert (layer.kind, layer.input_shape) == (type(module).__name__, given.shape[1:])
        assert layer.output_shape == output.shape[1:]
        assert layer.parameters == sum(parameter.numel() for parameter in module.parameters())
    assert architecture.parameters == sum(parameter.numel() for parameter in network.parameters())
    assert architecture.buffer_bytes == sum(buffer.nbytes for buffer in network.buffers())


def test_reading_moves_no_generator_and_is_done_once():
    read_architecture.__globals__["_read"].cache_clear()
    before = torch.random.get_rng_state()
    for name in KNOWN_NETWORKS:
        read_architecture(name)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert read_architecture(ALEXNET) is read_architecture(ALEXNET)


@pytest.mark.parametrize("name", ["resnet", "", None, ["mlp"], 3, "x" * 5000])
def test_unknown_network_is_answered_with_the_known_ones(name):
    with pytest.raises(ValueError, match="Choose one of: logistic, .*, glassnet, alexnet") as error:
        read_architecture(name)
    assert len(str(error.value)) < 200


def test_sizes_in_the_sums_are_the_layers_own():
    """The factors after the middle dot of a convolution's sum are its output shape."""
    for layer in read_architecture(ALEXNET).layers:
        if layer.kind == "Conv2d":
            places = re.search(r" · (\S+) =", layer.multiply_add_sum).group(1).split("·")
            assert tuple(int(place) for place in places) == layer.output_shape
            assert layer.num_bytes == 4 * math.prod(layer.output_shape)
