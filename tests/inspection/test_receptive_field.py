"""Receptive fields by formula against where the gradient of one unit is not zero."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch import nn

from models.inspection.receptive_field import Path, ReceptiveField, find_receptive_fields
from models.networks.layers.examination import examine_layers
from models.networks.layers.kinds import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
)
from models.networks.layers.network import LayerNetwork, name_layers
from models.networks.layers.residual import ResidualBlock
from models.networks.registry import NETWORKS
from tests.networks.layer_lists import draw_layers

SIDE = 28


def make_transparent(network):
    """Let the gradient of each layer show everything that it reads.

    Weights are random and positive, so no two paths cancel. In the place of max pooling, which passes the
    gradient to the winners alone, stands average pooling; and nothing in the place of an activation, which
    may pass none, of dropout and of batch norm.
    """
    generator = torch.Generator().manual_seed(0)
    for module in [*network.modules()]:
        for name, child in [*module.named_children()]:
            if isinstance(child, nn.MaxPool2d):
                setattr(module, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding))
            elif isinstance(child, nn.AdaptiveMaxPool2d):
                setattr(module, name, nn.AdaptiveAvgPool2d(1))
            elif not list(child.children()) and not isinstance(
                child, nn.Conv2d | nn.Linear | nn.AvgPool2d | nn.AdaptiveAvgPool2d
            ):
                setattr(module, name, nn.Identity())
    for weights in network.parameters():
        weights.data = 0.5 + torch.rand(weights.shape, generator=generator, dtype=torch.float64)
    return network.double()


def find_support(maps, picture, unit):
    """Return the first and last row and column of the picture that a unit's gradient reaches, or None."""
    (gradient,) = torch.autograd.grad(maps[(0, *unit)], picture, retain_graph=True)
    rows, columns = np.nonzero(gradient[0].sum(dim=0).numpy())
    if not len(rows):
        return None
    return (rows.min(), rows.max()), (columns.min(), columns.max())


def is_uncut(field, *units):
    """Return whether the whole box lies on the picture."""
    return all(
        path.start + unit * path.jump >= 0 and path.start + unit * path.jump + path.size <= SIDE
        for unit in units
        for path in field.paths
    )


def compare_fields(layers, exact_at_edges=True):
    """Compare the units of every layer with maps at the corners, on the edges and in the middle.

    Without `exact_at_edges`, a box that is cut by the picture's edge may be larger than what the gradient
    reaches, never smaller. Return the fields, and how many units were compared.
    """
    fields = find_receptive_fields(layers)
    network = make_transparent(LayerNetwork(layers))
    outputs = {}
    named = zip(name_layers(layers), layers, strict=True)
    flattening = {name for name, layer in named if isinstance(layer, Flatten)}
    for name, module in network.named_modules():
        if name in flattening:
            continue
        if not list(module.children()) or isinstance(module, ResidualBlock):
            assert name in fields
            module.register_forward_hook(lambda _, __, output, name=name: outputs.update({name: output}))
    picture = torch.rand(1, 1, SIDE, SIDE, dtype=torch.float64, requires_grad=True)
    network(picture)
    compared = 0
    for name, maps in outputs.items():
        field = fields[name]
        if field is None or maps.ndim == 2:  # maps in a row: each is still one unit's
            assert field is None or not isinstance(maps.grad_fn, type(None))
            continue
        side = maps.shape[2]
        for row in {0, 1 % side, side // 2, side - 1}:
            for column in {0, 2 % side, side // 2, side - 1}:
                expected = find_support(maps, picture, (0, row, column))
                found = (field.find_span(row, SIDE), field.find_span(column, SIDE))
                if expected is None:
                    # Nothing but padding; a box cut by the edge may still hold a pixel, as of any unit there.
                    is_cut = not exact_at_edges and not is_uncut(field, row, column)
                    assert is_cut or any(last < first for first, last in found), (name, row, column, found)
                elif exact_at_edges or is_uncut(field, row, column):
                    assert found == expected, (name, row, column)
                else:
                    for (first, last), (low, high) in zip(found, expected, strict=True):
                        assert first <= low <= high <= last
                compared += 1
    return fields, compared


@pytest.mark.parametrize(("name", "num_layers"), [("convnet", 3), ("convnet3", 9), ("convnet4", 23)])
def test_the_notebooks_networks(name, num_layers):
    fields, compared = compare_fields(NETWORKS[name].layers)
    assert sum(field is not None for field in fields.values()) >= num_layers
    assert compared >= 2 * num_layers
    assert fields[list(fields)[-1]] is None


STACKS = {
    "strides": [Conv2d(2, 3, stride=2), ReLU(), Conv2d(2, 3, stride=2), Conv2d(1, 2)],
    "padding": [Conv2d(2, 5, padding=4), MaxPool2d(3, 2, padding=1), Conv2d(1, 3, padding=2)],
    "dilation": [Conv2d(2, 3, dilation=3), Conv2d(2, 2, dilation=2, stride=2, padding=1)],
    "overlapping": [MaxPool2d(3, 2), Conv2d(3, 3, padding=1), AvgPool2d(3, 2), MaxPool2d(2, 1)],
    "gaps": [Conv2d(1, 1, stride=3), Conv2d(1, 2, stride=2)],
    "pointwise": [Conv2d(2, 4), BatchNorm2d(), Dropout(0.5)],
    "nothing but padding": [Conv2d(1, 2, padding=3), Conv2d(1, 1)],
    "a block": [
        Conv2d(1, padding=1), Residual((Conv2d(2, padding=1), ReLU(), Conv2d(2, 3, stride=2, padding=1))),
        Conv2d(1, padding=1),
    ],
    "a block of two jumps": [MaxPool2d(2), Residual((MaxPool2d(3),)), Conv2d(1, 2)],
    "blocks of two jumps": [
        Residual((MaxPool2d(2),)), Residual((MaxPool2d(3),)), Residual((Conv2d(1, padding=1), ReLU())),
    ],
}  # fmt: skip

# Where a dilated kernel hangs over the edge, or padding follows pixels that were left out.
CUT_SHORT = {"dilation", "overlapping", "blocks of two jumps"}


@pytest.mark.parametrize("name", STACKS)
def test_stacks_that_no_network_here_has(name):
    _, compared = compare_fields((*STACKS[name], Flatten(), Linear()), exact_at_edges=name not in CUT_SHORT)
    assert compared >= 4


@settings(max_examples=25, deadline=None)
@given(draw_layers())
def test_random_lists(layers):
    if not examine_layers(layers).find_problem():
        compare_fields(layers, exact_at_edges=False)


def test_the_worked_example_of_the_lesson():
    fields = find_receptive_fields(NETWORKS["convnet"].layers)
    assert fields["features.0"] == ReceptiveField((Path(size=5, jump=1, start=-2),))
    assert fields["features.2"] == ReceptiveField((Path(size=6, jump=2, start=-2),))
    assert fields["classifier.0"] is None


def test_block_has_the_fields_of_its_layers_its_projection_and_its_sum():
    fields = find_receptive_fields((*STACKS["a block"], Flatten(), Linear()))
    assert list(fields) == [
        "features.0", "features.1.body.0", "features.1.body.1", "features.1.body.2", "features.1.projection",
        "features.1", "features.2", "classifier",
    ]  # fmt: skip
    (kept,), (outer,) = (fields[f"features.1.{name}"].paths for name in ("projection", "body.2"))
    assert kept.size < outer.size
    assert kept.jump == outer.jump == 2


def test_paths_of_a_block_may_jump_differently():
    """Pooling by 3 makes 4 of 14 units, and a 1×1 convolution does with stride 4 alone."""
    fields = find_receptive_fields((*STACKS["a block of two jumps"], Flatten(), Linear()))
    assert [path.jump for path in fields["features.1"].paths] == [8, 6]
    assert fields["features.1"].find_span(1, SIDE) == (6, 11)
    assert fields["features.1"].find_span(3, SIDE) == (18, 25)
    assert fields["features.2"].find_span(2, SIDE) == (12, 25)  # the units 2 and 3


def test_units_behind_a_global_pooling_see_everything():
    fields = find_receptive_fields((Conv2d(2), AdaptiveAvgPool2d(), Conv2d(10, 1), Flatten(), ReLU()))
    assert [field is None for field in fields.values()] == [False, True, True, True]
