"""The networks: the notebook's layers and its parameter counts, and our own."""

import pytest
import torch

from models.networks.registry import (
    NETWORKS,
    build_network,
    count_parameters,
    describe_config,
    get_network_spec,
)

NOTEBOOK_PARAMETERS = {
    "logistic": 7_850,
    "mlp": 109_386,
    "convnet": 789_718,
    "convnet2": 789_718,
    "convnet3": 173_962,
    "convnet4": 1_148_618,
}


def test_registry_holds_the_notebooks_networks_in_its_order_then_ours():
    assert list(NETWORKS) == [*NOTEBOOK_PARAMETERS, "glassnet"]


def test_glassnet_is_small():
    assert count_parameters(build_network("glassnet")) == 126_330 <= 300_000


@pytest.mark.parametrize("name", NOTEBOOK_PARAMETERS)
def test_parameter_count_is_the_notebooks(name):
    assert count_parameters(build_network(name)) == NOTEBOOK_PARAMETERS[name]


@pytest.mark.parametrize("name", NETWORKS)
def test_logits_have_one_row_per_image(name):
    network = build_network(name).eval()
    assert network(torch.rand(3, 1, 28, 28)).shape == (3, 10)


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("convnet2", ["Conv2d", "ReLU", "MaxPool2d", "Dropout", "Linear", "ReLU", "Linear"]),
        ("mlp", ["Linear", "ReLU", "Linear", "ReLU", "Linear"]),
        (
            "convnet3",
            ["Conv2d", "ReLU", "MaxPool2d"] * 3 + ["Dropout", "Linear", "ReLU"] * 2 + ["Linear"],
        ),
        (
            "convnet4",
            (["Conv2d", "BatchNorm2d", "ReLU"] * 2 + ["MaxPool2d", "Dropout"]) * 2
            + ["Conv2d", "BatchNorm2d", "ReLU"] * 2
            + ["AvgPool2d", "Dropout", "Linear"],
        ),
    ],
)  # fmt: skip
def test_layers_stand_in_the_notebooks_order(name, layers):
    leaves = [type(m).__name__ for m in build_network(name).modules() if not list(m.children())]
    assert leaves == layers


def test_dropout_probabilities_are_the_notebooks():
    def probabilities(name):
        return [m.p for m in build_network(name).modules() if isinstance(m, torch.nn.Dropout)]

    assert probabilities("convnet") == []
    assert probabilities("convnet2") == [0.5]
    assert probabilities("convnet3") == [0.5, 0.5]
    assert probabilities("convnet4") == [0.4, 0.4, 0.5]


@pytest.mark.parametrize("name", NETWORKS)
def test_recorded_config_builds_the_same_network(name):
    recorded = describe_config(NETWORKS[name].config)
    again = build_network(name, recorded)
    assert [p.shape for p in again.parameters()] == [p.shape for p in build_network(name).parameters()]


def test_unknown_network_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match="no network called 'resnet'.*logistic, mlp, convnet"):
        get_network_spec("resnet")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"depth": 3}, "no setting 'depth'"),
        ({"hidden_sizes": [10]}, "list of 2 numbers"),
        ({"hidden_sizes": [10, 10**9]}, "from 1 to 4096"),
        ({"hidden_sizes": [10, "64"]}, "must be a number"),
        ({"hidden_sizes": [10, 2.5]}, "whole number"),
        ({"hidden_sizes": [True, 64]}, "must be a number"),
    ],
)
def test_impossible_config_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        build_network("mlp", changes)


def test_impossible_dropout_is_refused():
    with pytest.raises(ValueError, match="probability"):
        build_network("convnet", {"dropout": 1.0})
