"""The way back by hand against torch's: its own cross-entropy on its own layers, in float64."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from models.descent.perceptron import (
    HIGHEST_INPUT,
    LOWEST_INPUT,
    WEIGHT_SHAPES,
    Example,
    check_example,
    draw_weights,
    follow_example,
)
from models.descent.plane.points import MAX_SEED
from tests.descent.perceptron.random_examples import examples

MODULES = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def train_once(example):
    """Return the gradients of torch's layers and loss, and of what goes in and out of them, in float64."""
    weights = {name: weight.double() for name, weight in draw_weights(example.seed).items()}
    network = nn.Sequential(nn.Linear(4, 3), MODULES[example.activation](), nn.Linear(3, 2)).double()
    first, activation, second = network
    network.load_state_dict(
        {
            "0.weight": weights["w1"],
            "0.bias": weights["b1"],
            "2.weight": weights["w2"],
            "2.bias": weights["b2"],
        }
    )
    x = torch.tensor(example.x, dtype=torch.float64, requires_grad=True)
    u = first(x)
    a = activation(u)
    z = second(a)
    for node in (u, a, z):
        node.retain_grad()
    loss = nn.CrossEntropyLoss()(z[None], torch.tensor([example.label]))
    loss.backward()
    nodes = {
        "x": x, "u": u, "a": a, "z": z, "w1": first.weight, "b1": first.bias, "w2": second.weight,
        "b2": second.bias,
    }  # fmt: skip
    return loss.item(), nodes


@settings(max_examples=150)
@given(examples())
def test_every_gradient_by_hand_is_that_of_torchs_own_layers(example):
    passes = follow_example(example)
    loss, nodes = train_once(example)
    assert passes.values["loss"] == pytest.approx(loss, rel=1e-5, abs=1e-6)
    assert set(nodes) | {"p"} == set(passes.by_hand)
    for name, node in nodes.items():
        np.testing.assert_allclose(passes.values[name], node.detach(), rtol=1e-5, atol=1e-5, err_msg=name)
        np.testing.assert_allclose(passes.by_hand[name], node.grad, rtol=1e-4, atol=1e-5, err_msg=name)


@settings(max_examples=150)
@given(examples(st.floats(LOWEST_INPUT, HIGHEST_INPUT)))
def test_autograd_and_hand_agree_to_float32_whatever_the_inputs_are(example):
    passes = follow_example(example)
    differences = {}
    for name, gradient in passes.by_hand.items():
        assert gradient.shape == passes.autograd[name].shape == passes.values[name].shape
        assert np.isfinite(gradient).all()
        differences[name] = np.abs(gradient - passes.autograd[name]).max()
        assert differences[name] <= 5e-6 * max(1, np.abs(gradient).max()), name
    assert passes.max_difference == max(differences.values()) == differences[passes.differs_most]


@settings(max_examples=60)
@given(examples())
def test_the_probabilities_gradient_is_minus_one_over_the_labels(example):
    passes = follow_example(example)
    label, other = passes.by_hand["p"][example.label], passes.by_hand["p"][1 - example.label]
    assert label * passes.values["p"][example.label] == pytest.approx(-1)
    assert other == 0


@pytest.mark.parametrize("seed", [0, 1, MAX_SEED])
def test_weights_are_those_that_a_seed_set_by_hand_draws(seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        wanted = [torch.randint(-4, 5, shape) / 4 for shape in WEIGHT_SHAPES.values()]
    for weight, drawn in zip(wanted, draw_weights(seed).values(), strict=True):
        assert torch.equal(weight, drawn)


def test_the_shared_randomness_of_torch_is_left_alone():
    before = torch.get_rng_state()
    follow_example(Example())
    assert torch.equal(torch.get_rng_state(), before)


def test_a_unit_whose_sum_is_not_positive_stops_the_gradient():
    passes = follow_example(Example())
    (dead,) = np.flatnonzero(passes.values["u"] <= 0)  # the opening has one
    assert passes.values["a"][dead] == 0
    assert passes.by_hand["a"][dead] != 0
    for name in ("u", "b1", "w1"):
        assert not passes.by_hand[name][dead].any()
        assert not passes.autograd[name][dead].any()
    assert not passes.by_hand["w2"][:, dead].any()


def test_relus_slope_at_0_is_torchs():
    example = Example(x=(0.0,) * 4, seed=next(s for s in range(99) if (draw_weights(s)["b1"] == 0).any()))
    passes = follow_example(example)
    assert (passes.values["u"] == 0).any()
    np.testing.assert_allclose(passes.by_hand["u"], passes.autograd["u"], atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": (1.0, 2.0)}, "x has 2 numbers: write 4, as in 1 0.5 -1 2."),
        ({"x": (1.0, 2.0, 3.5, 0.0)}, "Input 3 is 3.5: enter a number from -3 to 3."),
        ({"x": (1.0, float("nan"), 0.0, 0.0)}, "Input 2 is nan: enter a number from -3 to 3."),
        ({"label": 2}, "The label is 2: enter a whole number from 0 to 1."),
        ({"activation": "gelu"}, "The activation is 'gelu': choose one of relu, tanh, sigmoid."),
        ({"seed": -1}, "The seed is -1: enter a whole number from 0 to 9,999."),
        ({"seed": 0.5}, "The seed is 0.5: enter a whole number"),
    ],
)
def test_what_is_no_example_is_refused_with_what_would_be(changes, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        check_example(replace(Example(), **changes))


def test_the_largest_inputs_leave_no_probability_at_0():
    """The widest gap between two logits: every weight at its bound, one logit up and the other down."""
    spread = 2 * (3 * (4 * HIGHEST_INPUT + 1) + 1)
    p = torch.tensor([0.0, spread]).softmax(dim=0)
    assert p[0] > torch.finfo(torch.float32).tiny
