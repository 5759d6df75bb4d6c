"""Causes are named with their numbers: networks that do not learn for a known reason."""

import itertools

import pytest
import torch
from torch import nn

from models.descent.diagnosis import diagnose
from models.descent.layer_statistics import Activations, Layer, LayerStatistics, LayerWatch


def build(activation, *sizes):
    layers = []
    for num_in, num_out in itertools.pairwise(sizes):
        layers += [nn.Linear(num_in, num_out), activation()]
    return nn.Sequential(*layers[:-1])


def train(network, learning_rate=0.05, steps=4, sees_all=True):
    """Fit two moons' worth of numbers by gradient descent, measuring every step."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(64, network[0].in_features, generator=generator)
    targets = (inputs[:, :1] * inputs[:, -1:]).sign()
    watch, history = LayerWatch(network), []
    optimizer = torch.optim.SGD(network.parameters(), learning_rate)
    for step in range(1, steps + 1):
        with watch.follow():
            optimizer.zero_grad()
            (network(inputs) - targets).square().mean().backward()
            optimizer.step()
        history.append(watch.measure(step, sees_all))
    return history


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def list_causes(history):
    return [(finding.cause, finding.layer) for finding in diagnose(history)]


def test_healthy_network_is_called_so_with_its_numbers():
    (finding,) = diagnose(train(build(nn.Tanh, 2, 8, 8, 1)))
    assert (finding.cause, finding.layer) == ("well", 0)
    assert finding.text.startswith(
        "The layers show nothing that would keep it from learning: a step changes weights by "
    )
    assert finding.text.endswith("no unit is dead or saturated.")


def test_dead_units_of_the_first_layer_stay_dead_for_good():
    network = build(nn.ReLU, 2, 8, 1)
    with torch.no_grad():
        network[0].bias[:7] = -100
    history = train(network)
    first, rest = diagnose(history)
    assert first.text == (
        "7 of 8 units of layer 1 give 0 for every example since step 1: their gradient is 0 for good."
    )
    assert (first.cause, first.layer) == ("dead", 1)
    assert rest.text.startswith("The layers show nothing else that would keep it from learning")
    assert " for good" not in diagnose(train(network, sees_all=False))[0].text  # of 64 examples, not of all


def test_layer_of_dead_units_cuts_off_all_before_it():
    network = build(nn.ReLU, 2, 8, 6, 1)
    with torch.no_grad():
        network[2].bias[:] = -100
    history = train(network)
    (finding,) = diagnose(history)
    assert [layer.gradient for layer in history[-1].layers][:2] == [0, 0]
    assert finding.text == (
        "All 6 units of layer 2 give 0 for every example since step 1: layers 1 to 2 get no gradient."
    )


@pytest.mark.parametrize(("activation", "what"), [(nn.Tanh, "beyond ±0.99"), (nn.Sigmoid, "below 0.01 or")])
def test_saturated_units_are_counted(activation, what):
    network = build(activation, 2, 8, 1)
    with torch.no_grad():
        network[0].bias[:5] = 30
    finding = diagnose(train(network))[0]
    assert (finding.cause, finding.layer) == ("saturated", 1)
    assert finding.text.startswith("5 of 8 units of layer 1 are saturated since step 1: at least 95%")
    assert what in finding.text


def test_zero_weights_keep_units_alike():
    network = build(nn.ReLU, 2, 8, 1)
    for parameter in network.parameters():
        nn.init.zeros_(parameter)
    finding = diagnose(train(network))[0]
    assert (finding.cause, finding.layer) == ("equal", 1)
    assert finding.text.startswith("All 8 units of layer 1 have the weight 0 everywhere: ")


def test_equal_weights_keep_units_alike():
    network = build(nn.Tanh, 2, 8, 1)
    for parameter in network.parameters():
        nn.init.constant_(parameter, 0.3)
    assert diagnose(train(network, steps=20))[0].text.startswith(
        "All 8 units of layer 1 have the same weights"
    )


def test_gradient_vanishes_in_a_deep_sigmoid_network():
    history = train(build(nn.Sigmoid, 2, *[8] * 8, 1))
    causes = dict(list_causes(history))
    assert causes["vanishing"] == 1
    first, *_, last = history[-1].layers
    text = next(finding.text for finding in diagnose(history) if finding.cause == "vanishing")
    assert first.gradient / last.gradient < 1e-4
    exponent = int(f"{first.gradient / last.gradient:e}".split("e-")[1])
    superscript = str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    assert f"×10⁻{superscript} times that of layer 9: it vanishes" in text


def test_gradient_explodes_where_the_last_weights_are_far_larger_than_the_first():
    """Against a layer's gradient stand the weights behind it, in a ReLU network as their product."""
    network = build(nn.ReLU, 2, 32, 32, 1)
    with torch.no_grad():
        network[-1].weight *= 1000
    history = train(network, learning_rate=1e-9, steps=1)
    first, *_, last = history[-1].layers
    assert first.gradient / last.gradient > 100
    (finding,) = diagnose(history)
    assert (finding.cause, finding.layer) == ("exploding", 1)


def test_weights_that_are_too_large_take_steps_that_are_too_large():
    network = build(nn.ReLU, 2, 32, 32, 1)
    with torch.no_grad():
        for layer in network[::2]:
            layer.weight *= 20
    assert "large" in dict(list_causes(train(network, steps=1)))


def test_divergence_names_the_layer_and_the_step():
    history = train(build(nn.LeakyReLU, 2, 8, 8, 1), learning_rate=100, steps=12)
    step = next(m.step for m in history if not all(layer.is_finite for layer in m.layers))
    (finding,) = diagnose(history)
    assert finding.cause == "overflow"
    assert f"t step {step} the " in finding.text
    assert finding.text.endswith("the learning rate is too high.")
    assert diagnose(history[: step - 1])[-1].cause == "large"


def layer(gradient=1.0, weight=1.0, update: float | None = 0.001, spread=1.0):
    found = Activations("ReLU", 4, 0, None, spread)
    return Layer("0", "Linear", 4, gradient, weight, update, False, found)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([layer(), layer(spread=float("inf")), layer(spread=float("nan"))], (2, "At step 8 the activations")),
        ([layer(float("nan")), layer(float("inf")), layer()], (2, "At step 8 the gradients")),
        ([layer(), layer(update=float("inf")), layer()], (2, "At step 8 the updates")),
        ([layer(float("nan"), float("nan")), layer()], (1, "By step 8 the weights")),
    ],
)
def test_overflow_is_found_in_the_order_in_which_a_step_computes(layers, expected):
    before = LayerStatistics(4, 64, False, (layer(),) * len(layers))
    (finding,) = diagnose([before, LayerStatistics(8, 64, False, tuple(layers))])
    assert (finding.layer, finding.text[: len(expected[1])]) == expected
    assert "At step 4, measured before, the update of layer 1 was 0.001 times its weights." in finding.text


def test_learning_rate_that_is_too_low_is_named():
    history = train(build(nn.Tanh, 2, 8, 1), learning_rate=1e-8)
    assert list_causes(history) == [("small", 0)]
    assert "where about 0.001 is usual: the learning rate is too low" in diagnose(history)[0].text


def test_update_larger_than_the_weights_is_named_at_once_and_a_large_one_after_two():
    def tell(*ratios):
        moments = [LayerStatistics(step, 8, False, (layer(update=r),)) for step, r in enumerate(ratios, 1)]
        return list_causes(moments)

    assert tell(2.0) == [("large", 1)]
    assert tell(0.2) == [("well", 0)]
    assert tell(0.2, 0.2) == [("large", 1)]
    assert tell(0.2, 0.02) == [("well", 0)]


def test_no_measurement_has_no_finding():
    assert diagnose([]) == []
