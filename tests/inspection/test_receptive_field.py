"""Receptive fields by formula against where the gradient of one unit is not zero."""

import numpy as np
import pytest
import torch
from torch import nn

from models.inspection.receptive_field import ReceptiveField, find_receptive_fields
from models.networks.layers.residual import ResidualBlock
from models.networks.registry import NETWORKS, build_network

SIDE = 28


def make_transparent(network):
    """Return a stand-in whose gradient shows everything that each layer reads, in the same order.

    Weights are random and positive, so no two paths cancel. In the place of max pooling, which passes the
    gradient to the winners alone, stands average pooling, or with dilation a sum over the same window; and
    nothing in the place of ReLU, which passes none where it was given a negative number.
    """
    layers = []
    for module in network.modules():
        if list(module.children()):
            continue
        if isinstance(module, nn.Conv2d):
            layers.append(module)
        elif isinstance(module, nn.MaxPool2d) and module.dilation == 1:
            layers.append(nn.AvgPool2d(module.kernel_size, module.stride, module.padding))
        elif isinstance(module, nn.MaxPool2d):
            layers.append(Sum(module))
        elif isinstance(module, nn.AvgPool2d):
            layers.append(module)
        elif isinstance(module, nn.Linear):
            layers.append(nn.Sequential(nn.Flatten(), module))
        else:
            layers.append(nn.Identity())
    generator = torch.Generator().manual_seed(0)
    for layer in layers:
        for weights in layer.parameters():
            weights.data = 0.5 + torch.rand(weights.shape, generator=generator, dtype=torch.float64)
    return layers


class Sum(nn.Module):
    """The sum over each window of a pooling with dilation."""

    def __init__(self, pooling):
        super().__init__()
        self.pooling = pooling

    def forward(self, maps):
        channels, pooling = maps.shape[1], self.pooling
        size = (pooling.kernel_size, pooling.kernel_size)
        ones = torch.ones(channels, 1, *size, dtype=maps.dtype)
        return nn.functional.conv2d(
            maps, ones, None, pooling.stride, pooling.padding, pooling.dilation, groups=channels
        )


def find_support(maps, picture, unit):
    """Return the first and last row and column of the picture that a unit's gradient reaches, or None."""
    (gradient,) = torch.autograd.grad(maps[(0, *unit)], picture, retain_graph=True)
    rows, columns = np.nonzero(gradient[0].sum(dim=0).numpy())
    if not len(rows):
        return None
    return (rows.min(), rows.max()), (columns.min(), columns.max())


def is_uncut(down, row, height, across, column, width):
    """Return whether the whole box lies on the picture."""
    return all(
        field.start + unit * field.jump >= 0 and field.start + unit * field.jump + field.size <= side
        for field, unit, side in ((down, row, height), (across, column, width))
    )


def assert_fields_match(network, names, sides=(SIDE, SIDE), channels=1, exact_at_edges=True):
    """Compare the units of every layer with maps at the corners, on the edges and in the middle.

    Without `exact_at_edges`, a box that is cut by the picture's edge may be larger than what the gradient
    reaches, never smaller.
    """
    down, across = (find_receptive_fields(network, axis) for axis in (0, 1))
    picture = torch.rand(1, channels, *sides, dtype=torch.float64, requires_grad=True)
    maps, compared = picture, 0
    leaves = [name for name, module in network.named_modules() if not list(module.children())]
    assert list(down) == list(across) == leaves
    for name, layer in zip(leaves, make_transparent(network), strict=True):
        maps = layer(maps)
        if maps.ndim == 2:
            assert down[name] is across[name] is None
            assert find_support(maps, picture, (0,)) == ((0, sides[0] - 1), (0, sides[1] - 1))
            continue
        rows, columns = maps.shape[2:]
        for row in {0, 1 % rows, rows // 2, rows - 1}:
            for column in {0, 2 % columns, columns // 2, columns - 1}:
                expected = find_support(maps, picture, (0, row, column))
                found = (down[name].find_span(row, sides[0]), across[name].find_span(column, sides[1]))
                if expected is None:
                    assert any(last < first for first, last in found), (name, row, column, found)
                elif exact_at_edges or is_uncut(down[name], row, sides[0], across[name], column, sides[1]):
                    assert found == expected, (name, row, column)
                else:
                    for (first, last), (low, high) in zip(found, expected, strict=True):
                        assert first <= low <= high <= last
                compared += 1
    assert compared >= 4 * names
    return down


@pytest.mark.parametrize(("name", "num_layers"), [("convnet", 3), ("convnet3", 9), ("convnet4", 23)])
def test_the_notebooks_networks(name, num_layers):
    fields = assert_fields_match(build_network(name), num_layers // 2)
    assert sum(field is not None for field in fields.values()) >= num_layers
    assert fields[list(fields)[-1]] is None


STACKS = {
    "strides": [nn.Conv2d(1, 2, 3, stride=2), nn.ReLU(), nn.Conv2d(2, 2, 3, stride=2), nn.Conv2d(2, 1, 2)],
    "padding": [nn.Conv2d(1, 2, 5, padding=4), nn.MaxPool2d(3, 2, padding=1), nn.Conv2d(2, 1, 3, padding=2)],
    "dilation": [nn.Conv2d(1, 2, 3, dilation=3), nn.Conv2d(2, 2, 2, dilation=2, stride=2, padding=1)],
    "dilated pooling": [nn.MaxPool2d(2, 1, dilation=3), nn.Conv2d(1, 1, 3), nn.MaxPool2d(3, 2, dilation=2)],
    "overlapping": [
        nn.MaxPool2d(3, 2),
        nn.Conv2d(1, 3, 3, padding=1),
        nn.AvgPool2d(3, 2),
        nn.MaxPool2d(2, 1),
    ],
    "gaps": [nn.Conv2d(1, 1, 1, stride=3), nn.Conv2d(1, 1, 2, stride=2)],
    "oblong": [nn.Conv2d(1, 2, (3, 5), (1, 2), (2, 0), (2, 1)), nn.MaxPool2d((2, 1)), nn.AvgPool2d((1, 3))],
    "same": [nn.Conv2d(1, 2, 4, padding="same"), nn.Conv2d(2, 1, 3, padding="same", dilation=2)],
    "valid": [nn.Conv2d(1, 2, 4, padding="valid"), nn.BatchNorm2d(2), nn.Dropout(0.5)],
    "nothing but padding": [nn.Conv2d(1, 1, 2, padding=3), nn.Conv2d(1, 1, 1)],
    "linear": [nn.Conv2d(1, 2, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(338, 4), nn.ReLU()],
}

# Where a dilated kernel hangs over the edge, or padding follows pixels that were left out.
CUT_SHORT = {"dilation", "dilated pooling", "overlapping", "oblong"}


@pytest.mark.filterwarnings("ignore:Using padding=.same.")
@pytest.mark.parametrize("name", STACKS)
def test_stacks_that_no_network_here_has(name):
    if name == "linear":
        network = nn.Sequential(*STACKS[name])
        assert find_receptive_fields(network)["1"] == ReceptiveField(4, 2, 0)
        assert find_receptive_fields(network)["3"] is find_receptive_fields(network)["4"] is None
        return
    assert_fields_match(
        nn.Sequential(*STACKS[name]), len(STACKS[name]) // 2, exact_at_edges=name not in CUT_SHORT
    )


def test_an_image_that_is_not_square():
    network = nn.Sequential(nn.Conv2d(3, 2, 3, stride=2, padding=1), nn.MaxPool2d(2), nn.Conv2d(2, 2, 3))
    assert_fields_match(network, 2, sides=(24, 35), channels=3)


def test_random_stacks():
    rng = np.random.default_rng(0)
    for _ in range(30):
        layers, side = [], 33
        while len(layers) < 5:
            size, stride, dilation = rng.integers(1, 5), rng.integers(1, 3), rng.integers(1, 3)
            padding = rng.integers(0, size // 2 + 1)
            after = (side + 2 * padding - dilation * (size - 1) - 1) // stride + 1
            if after < 2:
                break
            settings = [int(value) for value in (size, stride, padding, dilation)]
            layers.append(nn.Conv2d(1, 1, *settings) if rng.random() < 0.6 else nn.MaxPool2d(*settings))
            side = after
        network = nn.Sequential(*layers)
        assert_fields_match(network, len(layers) // 2, sides=(33, 33), exact_at_edges=False)


def test_the_worked_example_of_the_lesson():
    fields = find_receptive_fields(build_network("convnet"))
    assert fields["features.0"] == ReceptiveField(size=5, jump=1, start=-2)
    assert fields["features.2"] == ReceptiveField(size=6, jump=2, start=-2)
    assert fields["classifier.0"] is None


def test_every_network_of_the_registry_has_fields():
    for name in NETWORKS:
        network = build_network(name)
        assert len(find_receptive_fields(network)) == sum(not list(m.children()) for m in network.modules())


def test_block_sees_what_its_body_or_its_projection_sees():
    body = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.Conv2d(2, 2, 3, stride=2, padding=1))
    network = nn.Sequential(
        nn.Conv2d(1, 1, 3, padding=1),
        ResidualBlock(body, nn.Conv2d(1, 2, 1, stride=2, bias=False)),
        nn.Conv2d(2, 1, 3, padding=1),
    ).double()
    for weights in network.parameters():
        weights.data.abs_()
    picture = torch.rand(1, 1, SIDE, SIDE, dtype=torch.float64, requires_grad=True)
    fields = find_receptive_fields(network)
    assert list(fields) == ["0", "1.body.0", "1.body.1", "1.body.2", "1.projection", "2"]
    for unit in (0, 5, 13):
        rows, columns = find_support(network(picture), picture, (0, unit, unit))
        assert rows == columns == fields["2"].find_span(unit, SIDE)
    assert fields["1.projection"].size < fields["1.body.2"].size


def test_units_behind_a_global_pooling_see_everything():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.AdaptiveAvgPool2d(1), nn.Conv2d(2, 2, 1), nn.Flatten())
    assert [field is None for field in find_receptive_fields(network).values()] == [False, True, True, True]


def test_layers_without_a_known_field_are_refused():
    network = nn.Sequential(nn.Conv2d(1, 1, 3), nn.LSTM(3, 3))
    with pytest.raises(ValueError, match="1 is a LSTM; receptive fields are known for Conv2d"):
        find_receptive_fields(network)
