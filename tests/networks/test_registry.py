"""The networks: the notebook's layers and its parameter counts, and our own."""

import pytest
import torch
from torch import nn

from models.networks.registry import (
    NETWORKS,
    build_network,
    count_parameters,
    describe_config,
    get_network_spec,
    list_layers,
    set_width,
    summarise_network,
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


class NotebookConvNet3(nn.Module):
    """ConvNet3 as the notebook has it."""

    def __init__(self):
        super().__init__()
        self.layer1 = nn.Sequential(
            nn.Conv2d(1, 16, kernel_size=5, stride=1, padding=int((5 - 1) / 2), bias=True),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=2),
            nn.Conv2d(16, 32, kernel_size=5, stride=1, padding=int((5 - 1) / 2), bias=True),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=2),
            nn.Conv2d(32, 64, kernel_size=5, stride=1, padding=int((5 - 1) / 2), bias=True),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=2),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(0.5),
            nn.Linear(576, 128),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(128, 256),
            nn.ReLU(inplace=True),
            nn.Linear(256, 10),
        )

    def forward(self, x):
        out = self.layer1(x)
        out = out.reshape(out.size(0), -1)
        return self.classifier(out)


class NotebookConvNet4(nn.Module):
    """ConvNet4 as the notebook has it, its dropout of the last features as a layer."""

    def __init__(self):
        super().__init__()

        def batch_relu(in_channels, out_channels, ks):
            return [
                nn.Conv2d(in_channels, out_channels, kernel_size=ks, stride=1, padding=int((ks - 1) / 2)),
                nn.BatchNorm2d(out_channels),
                nn.ReLU(inplace=True),
            ]

        self.features = nn.Sequential(
            *batch_relu(1, 64, 3), *batch_relu(64, 64, 3), nn.MaxPool2d(kernel_size=2), nn.Dropout(0.4),
            *batch_relu(64, 128, 3), *batch_relu(128, 128, 3), nn.MaxPool2d(kernel_size=2), nn.Dropout(0.4),
            *batch_relu(128, 256, 3), *batch_relu(256, 256, 3), nn.AvgPool2d(kernel_size=7),
        )  # fmt: skip
        self.lin1 = nn.Linear(256, 10)

    def forward(self, x):
        x = self.features(x)
        x = x.view(x.size()[0], -1)
        return self.lin1(nn.functional.dropout(x, 0.5, self.training, inplace=True))


def build_notebook_convnet(dropout):
    return nn.Sequential(
        nn.Conv2d(1, 8, kernel_size=5, stride=[1, 1], padding=2), nn.ReLU(),
        nn.MaxPool2d(kernel_size=2, stride=2), nn.Flatten(), *dropout,
        nn.Linear(14 * 14 * 8, 500), nn.ReLU(), nn.Linear(500, 10),
    )  # fmt: skip


BY_HAND = {
    "logistic": lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 10)),
    "mlp": lambda: nn.Sequential(
        nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10)
    ),
    "convnet": lambda: build_notebook_convnet([]),
    "convnet2": lambda: build_notebook_convnet([nn.Dropout(0.5)]),
    "convnet3": NotebookConvNet3,
    "convnet4": NotebookConvNet4,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_same_seed_gives_the_weights_and_answers_of_the_notebooks_form(name):
    torch.manual_seed(4)
    by_hand = BY_HAND[name]()
    torch.manual_seed(4)
    network = build_network(name)
    pairs = zip(by_hand.state_dict().values(), network.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
    answers = []
    for each in (by_hand, network):
        torch.manual_seed(5)  # dropout draws the same
        answers.append(each.train()(torch.rand(4, 1, 28, 28)))
    assert torch.equal(*answers)


@pytest.mark.parametrize(
    ("name", "config", "names"),
    [
        ("convnet", {"channels": 4, "hidden_size": 30}, ["features.0", "classifier.0", "classifier.2"]),
        ("convnet", {"dropout": 0.2}, ["features.0", "classifier.1", "classifier.3"]),
        ("convnet2", {"dropout": 0.0}, ["features.0", "classifier.0", "classifier.2"]),
        ("convnet3", {"dropout": 0.0, "channels": [3, 4, 5]},
         ["features.0", "features.3", "features.6", "classifier.1", "classifier.4", "classifier.6"]),
        ("mlp", {"hidden_sizes": [64, 128]}, ["classifier.0", "classifier.2", "classifier.4"]),
        ("logistic", {}, ["classifier"]),
    ],
)  # fmt: skip
def test_what_a_checkpoint_says_to_differ_differs(name, config, names):
    network = build_network(name, config)
    found = {module: module_name for module_name, module in network.named_modules()}
    layers = [module for module in found if isinstance(module, nn.Conv2d | nn.Linear)]
    assert [found[layer] for layer in layers] == names
    sizes = [size for key in ("channels", "hidden_sizes") for size in as_list(config.get(key))]
    assert set(sizes) <= {layer.weight.shape[0] for layer in layers}
    if config.get("dropout"):
        assert [module.p for module in found if isinstance(module, nn.Dropout)] == [config["dropout"]]


def as_list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def test_dropout_probabilities_are_the_notebooks():
    def probabilities(name):
        return [m.p for m in build_network(name).modules() if isinstance(m, torch.nn.Dropout)]

    assert probabilities("convnet") == []
    assert probabilities("convnet2") == [0.5]
    assert probabilities("convnet3") == [0.5, 0.5]
    assert probabilities("convnet4") == [0.4, 0.4, 0.5]


@pytest.mark.parametrize(
    ("name", "width", "channels", "summary"),
    [
        ("convnet", 0.5, [4], "4 filters 5×5, max pool, 500, 10"),
        ("convnet2", 2, [16], "ConvNet with dropout 0.5 before its first linear layer, and 16 filters"),
        ("convnet3", 1.1, [18, 35, 70],
         "18, 35, 70 filters 5×5 with max pool, then 128, 256, 10 with dropout 0.5"),
        ("convnet4", 0.25, [16, 16, 32, 32, 64, 64],
         "16, 16, 32, 32, 64, 64 filters 3×3 with batch norm, dropout, global average pool, 10"),
        ("glassnet", 1.5, [24, 48, 48, 144, 144],
         "24 filters 5×5, then 48, 48, 144, 144 filters 3×3 with batch norm, max pool, 10"),
    ],
)  # fmt: skip
def test_width_multiplies_the_channels_and_the_summary_says_so(name, width, channels, summary):
    changes = set_width(name, width)
    layers = list_layers(name, changes)
    assert [layer.out_channels for layer in layers if hasattr(layer, "out_channels")] == channels
    assert summarise_network(name, changes) == summary
    assert list_layers(name, set_width(name, 1)) == get_network_spec(name).layers
    assert count_parameters(build_network(name, changes)) != count_parameters(build_network(name))


def test_least_width_leaves_a_channel_and_without_convolutions_there_is_none():
    assert set_width("convnet", 0.01) == {"channels": 1}
    with pytest.raises(ValueError, match="mlp has no convolutions, so its width cannot be 2"):
        set_width("mlp", 2)


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
