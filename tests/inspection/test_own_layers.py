"""Any network of one's own in Conv & pool: every layer is drawn and opened, every mask and norm shown."""

import json

import torch
from hypothesis import HealthCheck, given, settings
from torch import nn

from app.inspection.architecture.view import draw_architecture
from app.inspection.network.view import Passage, explain_unit, show_network
from app.ui.packing import pack
from models.data.strokes import generate_digits
from models.inspection.activations import inspect_layers
from models.inspection.microscope import has_dropout_or_norm, inspect_batch_norm, sample_masks
from models.inspection.receptive_field import find_receptive_fields
from models.networks.architecture import describe_architecture
from models.networks.layers.examination import examine_layers
from models.networks.layers.kinds import BatchNorm1d, BatchNorm2d, Dropout, Dropout2d, Flatten, Linear, ReLU
from models.networks.layers.network import LayerNetwork
from models.networks.layers.residual import walk_layers
from tests.networks.layer_lists import draw_layers

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
    assert len(sample_masks(network, IMAGE, 2).layers) == dropouts
    assert len(inspect_batch_norm(network, IMAGE).layers) == norms
    assert has_dropout_or_norm(layers) == (dropouts + norms > 0)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(draw_layers())
def test_every_layer_of_any_list_is_open(layers):
    if not examine_layers(layers).find_problem():
        check_open(layers)


def test_flattening_twice_is_a_layer_like_another():
    check_open((Flatten(), ReLU(), Flatten(), Linear(10)))
