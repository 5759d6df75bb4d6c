"""What layers go through in a step, against autograd and arithmetic by hand."""

import math

import pytest
import torch
from torch import nn

from models.descent.layer_statistics import LayerWatch


def follow(network, inputs, learning_rate=0.1, times=1):
    """Take steps of plain gradient descent on the mean square of the outputs, and return what is measured."""
    watch = LayerWatch(network)
    optimizer = torch.optim.SGD(network.parameters(), learning_rate)
    for index in range(times):
        with watch.follow(is_last=index == times - 1):
            optimizer.zero_grad()
            network(inputs).square().mean().backward()
            optimizer.step()
    return watch.measure(times)


def set_weights(layer, weight, bias):
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(weight))
        layer.bias.copy_(torch.tensor(bias))


def test_numbers_are_those_worked_out_by_hand():
    """The net gives y = 2·relu(3x) for x = 1 and 2; the loss is the mean of y²."""
    network = nn.Sequential(nn.Linear(1, 1), nn.ReLU(), nn.Linear(1, 1))
    set_weights(network[0], [[3.0]], [0.0])
    set_weights(network[2], [[2.0]], [0.0])
    measured = follow(network, torch.tensor([[1.0], [2.0]]), learning_rate=0.01)
    first, last = measured.layers
    # y = 6, 12; dL/dw1 = mean(2y · 2x), dL/dw2 = mean(2y · h) with h = 3, 6.
    assert (first.gradient, last.gradient) == pytest.approx((60.0, 90.0))
    assert (first.weight, last.weight) == (3.0, 2.0)
    assert (first.update, last.update) == pytest.approx((0.6, 0.9), rel=1e-5)
    assert first.update_ratio == pytest.approx(0.2, rel=1e-5)
    assert first.activations.spread == pytest.approx(1.5)  # of 3 and 6
    assert last.activations is None
    assert (measured.step, measured.num_examples) == (1, 2)
    assert [layer.name for layer in measured.layers] == ["0", "2"]


def test_sizes_are_those_of_autograd():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 3, 3), nn.Tanh(), nn.Flatten(), nn.Linear(48, 5), nn.GELU())
    inputs = torch.randn(7, 1, 6, 6)
    weights = [network[0].weight, network[3].weight]
    before = [weight.detach().clone() for weight in weights]
    gradients = torch.autograd.grad(network(inputs).square().mean(), weights)
    measured = follow(network, inputs, learning_rate=0.5)
    for layer, weight, gradient in zip(measured.layers, before, gradients, strict=True):
        assert layer.gradient == pytest.approx(gradient.square().mean().sqrt().item(), rel=1e-5)
        assert layer.weight == pytest.approx(weight.square().mean().sqrt().item(), rel=1e-5)
        assert layer.update == pytest.approx(0.5 * layer.gradient, rel=1e-3)
    assert [layer.num_units for layer in measured.layers] == [3, 5]
    assert [layer.activations.kind for layer in measured.layers] == ["Tanh", "GELU"]


def test_dead_units_give_0_for_every_example():
    network = nn.Sequential(nn.Linear(1, 4), nn.ReLU(), nn.Linear(4, 1))
    # At −1 and 1: never, only at 1, only at −1, exactly 0 at its best.
    set_weights(network[0], [[1.0], [1.0], [-1.0], [1.0]], [-2.0, 0.0, 0.0, -1.0])
    found = follow(network, torch.tensor([[-1.0], [1.0]]), learning_rate=0.0).layers[0].activations
    assert (found.num_units, found.num_dead, found.num_saturated) == (4, 2, None)


def test_units_that_wake_up_in_an_earlier_step_are_not_dead():
    network = nn.Sequential(nn.Linear(1, 1), nn.ReLU(), nn.Linear(1, 1))
    set_weights(network[0], [[1.0]], [0.0])
    watch = LayerWatch(network)
    for inputs in (torch.tensor([[1.0]]), torch.tensor([[-1.0], [-2.0]])):
        with watch.follow(is_last=len(inputs) == 2):
            network(inputs)
    measured = watch.measure(2)
    assert measured.layers[0].activations.num_dead == 0
    assert measured.num_examples == 3
    with watch.follow():
        network(torch.tensor([[-1.0]]))
    measured = watch.measure(3)
    assert (measured.layers[0].activations.num_dead, measured.num_examples) == (1, 1)


def test_map_is_dead_where_it_is_0_at_all_places():
    network = nn.Sequential(nn.Conv2d(1, 2, 1), nn.ReLU())
    set_weights(network[0], [[[[1.0]]], [[[1.0]]]], [-0.5, -2.0])
    inputs = torch.zeros(3, 1, 4, 4)
    inputs[2, 0, 3, 3] = 1.0  # one pixel of one image
    found = follow(network, inputs, learning_rate=0.0).layers[0].activations
    assert (found.num_units, found.num_dead) == (2, 1)


@pytest.mark.parametrize(
    ("activation", "gain"), [(nn.Tanh(), math.atanh(0.991)), (nn.Sigmoid(), math.log(0.991 / 0.009))]
)
def test_saturated_units_are_beyond_the_bound_at_nearly_every_example(activation, gain):
    """Of 20 examples one may be within the bounds, not two."""
    network = nn.Sequential(nn.Linear(2, 2), activation)
    set_weights(network[0], [[gain, 0.0], [0.0, gain]], [0.0, 0.0])
    inputs = torch.tensor([[1.0, -1.0]]).repeat(20, 1)
    inputs[0] = 0.5
    inputs[1, 1] = 0.5
    found = follow(network, inputs, learning_rate=0.0).layers[0].activations
    assert (found.num_units, found.num_dead, found.num_saturated) == (2, None, 1)


def test_leaky_relu_below_0_is_not_dead_and_gelu_far_below_is():
    for activation, num_dead in ((nn.LeakyReLU(), 0), (nn.GELU(), 1)):
        network = nn.Sequential(nn.Linear(1, 1), activation)
        set_weights(network[0], [[1.0]], [-10.0])
        assert follow(network, torch.ones(2, 1), 0.0).layers[0].activations.num_dead == num_dead


def test_equal_units_are_seen_and_one_unit_has_none_to_equal():
    network = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    for parameter in network.parameters():
        nn.init.constant_(parameter, 0.5)
    first, last = follow(network, torch.ones(4, 2)).layers
    assert first.has_equal_units
    assert not last.has_equal_units
    with torch.no_grad():
        network[0].bias[2] += 1
    assert not follow(network, torch.ones(4, 2)).layers[0].has_equal_units


def test_large_numbers_are_no_overflow():
    """Their squares are beyond float32."""
    network = nn.Sequential(nn.Linear(1, 2), nn.ReLU())
    set_weights(network[0], [[3e25], [1e25]], [0.0, 0.0])
    (network(torch.ones(1, 1)) * 1e20).sum().backward()
    (layer,) = LayerWatch(network).measure(1).layers
    assert (layer.gradient, layer.weight) == pytest.approx((1e20, math.sqrt(5) * 1e25))
    watch = LayerWatch(network)
    with watch.follow():
        network(torch.ones(3, 1))
    assert watch.measure(2).layers[0].activations.spread == pytest.approx(1e25)  # of 3e25 and 1e25


def test_overflow_is_a_number_as_any_other():
    network = nn.Sequential(nn.Linear(1, 2), nn.Tanh(), nn.Linear(2, 1))
    set_weights(network[2], [[3e38, 3e38]], [0.0])
    first, last = follow(network, torch.ones(1, 1)).layers
    assert not last.is_finite
    assert not first.is_finite


def test_following_leaves_the_network_as_it_was():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Dropout(), nn.Linear(3, 1))
    twin = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Dropout(), nn.Linear(3, 1))
    twin.load_state_dict(network.state_dict())
    inputs = torch.randn(5, 2)
    torch.manual_seed(1)
    follow(network, inputs, times=3)
    drawn = torch.get_rng_state()
    torch.manual_seed(1)
    optimizer = torch.optim.SGD(twin.parameters(), 0.1)
    for _ in range(3):
        optimizer.zero_grad()
        twin(inputs).square().mean().backward()
        optimizer.step()
    assert torch.equal(torch.get_rng_state(), drawn)
    for name, tensor in twin.state_dict().items():
        assert torch.equal(network.state_dict()[name], tensor), name


def test_hooks_are_gone_after_a_step_that_failed():
    network = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    with pytest.raises(RuntimeError), LayerWatch(network).follow():
        network(torch.ones(1, 5))
    assert not network._forward_pre_hooks
    assert not any(module._forward_hooks for module in network.modules())


def test_without_a_step_weights_and_gradients_are_told():
    network = nn.Sequential(nn.Linear(1, 1), nn.ReLU())
    set_weights(network[0], [[2.0]], [0.0])
    network(torch.ones(1, 1)).sum().backward()
    measured = LayerWatch(network).measure(4)
    (layer,) = measured.layers
    assert (layer.gradient, layer.weight, layer.update, layer.activations) == (1.0, 2.0, None, None)
    assert (measured.step, measured.num_examples) == (4, 0)
