"""Any network of one's own in Conv & pool: every layer is drawn and opened, every mask and norm shown."""

import json

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from torch import nn

from app.inspection.architecture.section import list_networks, on_network
from app.inspection.architecture.view import draw_architecture
from app.inspection.microscope import handlers as microscope
from app.inspection.microscope.layers import describe_dropout, list_mode_layers
from app.inspection.network import section as network_section
from app.inspection.network.view import Passage, explain_unit, show_network
from app.ui.digits import TEST
from app.ui.packing import pack
from models.data.strokes import generate_digits
from models.inspection.activations import inspect_layers
from models.inspection.microscope import has_dropout_or_norm, inspect_batch_norm, sample_masks
from models.inspection.receptive_field import find_receptive_fields
from models.networks.architecture import describe_architecture
from models.networks.layers.examination import examine_layers
from models.networks.layers.kinds import (
    AdaptiveAvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Dropout2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
)
from models.networks.layers.network import LayerNetwork
from models.networks.layers.plain_data import describe_layers
from models.networks.layers.residual import walk_layers
from tests.networks.layer_lists import draw_layers
from tests.runs.trained_runs import small_test_set, train_here

__all__ = ["small_test_set"]  # a fixture

IMAGE = generate_digits(1, seed=3)[0][0] / 255


def check_open(layers):
    """Open each layer of a list that is a network, and look through the microscope at what it has."""
    torch.manual_seed(0)
    network = LayerNetwork(layers).eval()
    trace = inspect_layers(network, IMAGE)
    passage = Passage("own", "1", trace, find_receptive_fields(layers))
    shown = json.loads(pack(show_network(passage, "a 7")))
    leaves = {
        name
        for name, module in network.named_modules()
        if not list(module.children()) and not isinstance(module, nn.Sequential)
    }
    drawn = {layer["name"]: layer for layer in shown["layers"]}
    assert leaves <= set(drawn)
    for name, layer in drawn.items():
        if layer["has_maps"]:
            assert explain_unit(passage, name, 0, with_values=True)["layer"] == name
    assert draw_architecture(describe_architecture(layers, "Mine", "Mine")).startswith("<div")

    each = list(walk_layers(layers))
    dropouts = sum(isinstance(layer, Dropout | Dropout2d) for layer in each)
    norms = sum(isinstance(layer, BatchNorm1d | BatchNorm2d) for layer in each)
    masked, normed = sample_masks(network, IMAGE, 2).layers, inspect_batch_norm(network, IMAGE).layers
    assert (len(masked), len(normed)) == (dropouts, norms)
    listed = list_mode_layers(layers)  # from the description alone, as passes through the network find it
    assert listed.norms == {layer.name: len(layer.gamma) for layer in normed}
    assert listed.dropouts == [
        (describe_dropout(layer.name, layer.map_shape or (layer.masks[0].size,), layer.p), layer.name)
        for layer in masked
    ]
    assert has_dropout_or_norm(layers) == (dropouts + norms > 0)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(draw_layers())
def test_every_layer_of_any_list_is_open(layers):
    if not examine_layers(layers).find_problem():
        check_open(layers)


@pytest.mark.parametrize(
    "layers",
    [
        (Flatten(), ReLU(), Flatten(), Linear(10)),
        (Dropout(0.1), Flatten(), Linear(10)),
        (Flatten(), Dropout(0.1), Linear(10)),
        (Flatten(), ReLU(), Flatten(), Dropout(0.1), Linear(10), Dropout(0.2)),
        (Residual((Dropout(0.1), AdaptiveAvgPool2d())), Flatten(), Linear(10)),
        (Flatten(), Residual((Dropout(0.1), Linear(1))), Linear(10)),
        (Conv2d(1), Residual((Dropout2d(0.1), Conv2d(1, padding=1))), Dropout(0.3), Flatten(), Linear(10)),
    ],
    ids=str,
)
def test_odd_lists_are_open_too(layers):
    """Flattened twice; dropout of the image, of what lies in its map, behind features, in blocks."""
    check_open(layers)


LAYERS = (
    Conv2d(4, padding=1), BatchNorm2d(), Dropout2d(0.1), Residual((ReLU(), BatchNorm2d())), MaxPool2d(4),
    Flatten(), Dropout(0.3), Linear(12), BatchNorm1d(), Linear(10),
)  # fmt: skip


@pytest.mark.usefixtures("small_test_set")
def test_trained_run_is_open_in_each_section():
    folder = train_here("Mine", layers=describe_layers(LAYERS), num_images=200)
    key = f"run:{folder.name}"

    # The architecture reader.
    assert key in [key for _, key in list_networks([folder.name])]
    assert on_network(key).layers == draw_architecture(describe_architecture(LAYERS, "Mine", "Mine"))

    # The microscope: each dropout and each batch norm, by the names that its lists offer.
    assert key in [key for _, key in microscope.list_labels([folder.name])]
    lists = microscope.on_network(key, "another")
    dropouts, norms = (
        [name for _, name in lists.layer.choices],
        [name for _, name in lists.norm_layer.choices],
    )
    assert (len(dropouts), len(norms)) == (2, 3)
    shown = []
    for dropout in dropouts:
        for norm in norms:
            values = [key, TEST, 0, None, microscope.TRAINING, dropout, 0, norm, 0]
            answer = json.loads(microscope.answer_controls({"values": values}))
            assert (answer["errors"], answer["error"]) == ({}, "")
            shown.append((answer["spread"]["mask"]["text"], json.dumps(answer["norm"])))
    assert len(set(shown)) == 6  # each is another picture

    # What each layer makes of a digit.
    opened = json.loads(network_section.open_network(key, TEST, 0, None))
    assert len(opened["layers"]) >= len(LAYERS)
