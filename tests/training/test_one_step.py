"""One step of the training loop, and the notebook's wrong name, against plain PyTorch on the same images."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from app.runs import one_step as shown
from models.networks.registry import build_network, get_network_spec
from models.networks.seeded import build_seeded_network
from models.training import namesake
from models.training.namesake import compare_names
from models.training.one_step import SHOWN_NETWORKS, load_batch, take_one_step


@pytest.fixture
def untouched():
    """The state of torch's global generator, which has to be the same after the test."""
    before = torch.get_rng_state()
    yield
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", SHOWN_NETWORKS)
def test_seeded_network_has_the_weights_of_pytorchs_own_layers(name, untouched):
    own = build_seeded_network(get_network_spec(name).layers, 7).state_dict()
    with torch.random.fork_rng():
        torch.manual_seed(7)
        expected = build_network(name).state_dict()
    assert list(own) == list(expected)
    assert all(torch.equal(own[key], expected[key]) for key in own)


def differentiate(name, weights=None):
    """Return the batch's loss, the last layer's gradient by its formula (a − y)ᵀ h / N, and all gradients."""
    network = build_seeded_network(get_network_spec(name).layers, 0)
    if weights is not None:
        network.load_state_dict(weights)
    features = []
    last = [module for module in network.modules() if isinstance(module, nn.Linear)][-1]
    last.register_forward_hook(lambda _, inputs, __: features.append(inputs[0].detach()))
    images, labels, _ = load_batch()
    logits = network(images)
    softmax = logits.detach().double().softmax(dim=1)
    by_formula = (softmax - F.one_hot(labels, 10)).T @ features[0].double() / len(labels)
    loss = F.cross_entropy(logits, labels)
    gradients = torch.autograd.grad(loss, list(network.parameters()))
    return loss.item(), by_formula.numpy(), gradients, network


@pytest.mark.parametrize("name", SHOWN_NETWORKS)
def test_each_value_is_what_a_loop_by_hand_gives(name, untouched):
    step = take_one_step(name)
    weight = step.weight
    loss, by_formula, gradients, network = differentiate(name)
    place = weight.row, weight.column
    assert step.images_shape == (32, 1, 28, 28)
    assert step.logits_shape == (32, 10)
    assert step.loss_before == pytest.approx(loss, rel=1e-6)
    assert weight.gradient == pytest.approx(by_formula[place], rel=1e-4)
    assert abs(weight.gradient) == pytest.approx(np.abs(by_formula).max(), rel=1e-4)
    assert weight.before == dict(network.named_parameters())[weight.name][place].item()
    assert weight.after == pytest.approx(weight.before - 0.1 * weight.gradient, abs=1e-8)
    assert weight.arithmetic == weight.before - 0.1 * weight.gradient
    with torch.no_grad():
        for parameter, gradient in zip(network.parameters(), gradients, strict=True):
            parameter -= 0.1 * gradient
    loss, by_formula, _, _ = differentiate(name, network.state_dict())
    assert step.loss_after == pytest.approx(loss, rel=1e-5)
    assert step.loss_after < step.loss_before
    assert weight.next_gradient == pytest.approx(by_formula[place], rel=1e-3)
    assert weight.added_gradient == float(np.float32(weight.gradient) + np.float32(weight.next_gradient))


@pytest.mark.parametrize("name", SHOWN_NETWORKS)
def test_modes_gradients_and_histories(name):
    step = take_one_step(name)
    assert step.modes == (True, True, False)
    assert step.records == (True, False)
    assert (step.states.fresh, step.states.erased, step.states.filled) == (None, None, 0.0)
    assert not step.are_weights_moved_by_backward
    assert step.first_loss.startswith(f"tensor({step.loss_before:.4f}, grad_fn=<{step.graph_node}")
    first, second = step.dropout.training
    assert first != second
    assert len(set(step.dropout.evaluation)) == 1
    assert take_one_step(name) == step


def test_evaluation_with_dropout_is_the_network_without():
    step = take_one_step("mlp")
    images, labels, _ = load_batch()
    network = build_seeded_network(get_network_spec("mlp").layers, 0)
    expected = network(images[:1])[0, labels[0]].item()
    assert step.dropout.evaluation[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", ["convnet4", "", None, "glassnet"])
def test_other_networks_are_not_shown(name):
    with pytest.raises(ValueError, match="choose one of logistic, mlp, convnet"):
        take_one_step(name)


@pytest.fixture(scope="module")
def trainings():
    return compare_names()


def test_by_either_name_it_is_one_network(trainings):
    net, model = trainings[:2]
    assert (net.asked, model.asked) == ("net", "model")
    assert net.net_moved == net.model_moved > 0
    assert net.loop_loss == model.loop_loss
    assert net.validation_loss == model.validation_loss


def test_wrong_name_trains_nothing_and_looks_as_if_it_did(trainings):
    wrong, right = trainings[2:]
    assert wrong.net_moved == wrong.model_moved == right.net_moved == 0
    assert not wrong.has_model_gradient
    assert wrong.net_gradient > 0
    assert right.model_moved > 0
    # The loop's loss is of a network that had learned; the validation's of one that has not.
    assert wrong.loop_loss < right.loop_loss < math.log(10)
    assert wrong.validation_loss > right.validation_loss
    assert wrong.validation_accuracy < 0.3 < right.validation_accuracy


LOOP = """
def train(model, trainloader, criterion, optimizer):
    model.train()
    for inputs, targets in trainloader:
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
    return loss.item()
"""


def test_a_global_name_in_a_notebook_does_the_same(trainings, untouched):
    """The notebook's own cell, run in a namespace as a kernel has one."""
    batches, _ = namesake._load_images()
    criterion = nn.CrossEntropyLoss()
    cells: dict = {}
    exec(LOOP, cells)
    second = build_seeded_network(get_network_spec("logistic").layers, 0)
    optimizer = torch.optim.SGD(second.parameters(), lr=0.1)
    with pytest.raises(NameError, match="net"):
        cells["train"](second, batches, criterion, optimizer)
    cells["net"] = first = build_seeded_network(get_network_spec("mlp").layers, 0)
    cells["train"](first, batches, criterion, torch.optim.SGD(first.parameters(), lr=0.1, momentum=0.9))
    before = [parameter.detach().clone() for parameter in (*first.parameters(), *second.parameters())]
    first.zero_grad()
    loss = cells["train"](second, batches, criterion, optimizer)
    after = [*first.parameters(), *second.parameters()]
    assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))
    assert loss < math.log(10)
    piled = math.sqrt(sum(parameter.grad.square().sum().item() for parameter in first.parameters()))
    assert piled == pytest.approx(trainings[2].net_gradient, rel=1e-5)


def test_page_shows_the_numbers_that_were_computed(trainings):
    step = take_one_step("mlp")
    html = shown.show_one_step("mlp")
    for value in (step.weight.before, step.weight.gradient, step.weight.after, step.weight.added_gradient):
        assert f"{value:.7f}".replace("-", "−") in html
    assert f"{step.loss_before:.4f} → {step.loss_after:.4f}" in html
    assert "(32, 1, 28, 28)" in html
    assert "(32, 10)" in html
    names = shown.show_names()
    assert f"{trainings[2].loop_loss:.3f} against {trainings[3].loop_loss:.3f}" in names
    assert names.count("<table>") == 2
    assert names.count("<tr>") == 2 * 6
