"""Dropout and batch norm against nn.Dropout, nn.BatchNorm2d and the layers applied one by one."""

import copy
import time

import numpy as np
import pytest
import torch
from torch import nn

from models.checkpoints.file import load_checkpoint
from models.checkpoints.prediction import copy_network, find_temperature, load_cached, predict_digit
from models.data.strokes import generate_digits
from models.inspection.microscope import (
    apply_mask,
    draw_mask,
    has_dropout_or_norm,
    inspect_batch_norm,
    pick_mask,
    sample_masks,
)
from models.networks.layers.kinds import (
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
)
from models.networks.layers.network import LayerNetwork
from models.networks.registry import build_network, list_layers

WITH_DROPOUT = ("convnet2", "convnet3", "convnet4")
IMAGE = generate_digits(1, seed=3)[0][0] / 255


def apply_layers(network, image, sample, number):
    """Pass the image through the layers by hand, with mask `number` in the place of every dropout."""
    masks = {layer.name: torch.from_numpy(layer.masks[number]) for layer in sample.layers}
    x = torch.tensor(image, dtype=torch.float32)[None, None]
    for name, module in network.named_modules():
        if list(module.children()):
            continue
        if name.startswith("classifier") and x.ndim == 4:
            x = x.flatten(1)
        if isinstance(module, nn.Dropout):
            x = torch.where(masks[name], x / (1 - module.p), torch.zeros(()))
        else:
            x = module(x)
    return x.softmax(1)[0].numpy()


def read_state(network):
    """Everything about a network that an inspection could leave changed."""
    tensors = {name: (tensor.clone(), tensor.stride()) for name, tensor in network.state_dict().items()}
    modes = [module.training for module in network.modules()]
    num_hooks = sum(len(module._forward_hooks) for module in network.modules())
    return tensors, modes, num_hooks


def is_same(one, other):
    tensors, *rest = one
    other_tensors, *other_rest = other
    return rest == other_rest and all(
        torch.equal(tensor, other_tensors[name][0]) and stride == other_tensors[name][1]
        for name, (tensor, stride) in tensors.items()
    )


@pytest.fixture(scope="module", params=WITH_DROPOUT)
def case(request):
    network = copy_network(request.param)
    return request.param, network, sample_masks(network, IMAGE)


def test_each_answer_is_what_the_layers_make_of_its_masks(case):
    _, network, sample = case
    assert sample.probabilities.shape == (100, 10)
    with torch.no_grad():
        for number in (0, 1, 57, 99):
            expected = apply_layers(network, IMAGE, sample, number)
            np.testing.assert_allclose(sample.probabilities[number], expected, atol=1e-5)


def test_a_confident_answer_is_not_rounded_to_certainty():
    network = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(784, 10))
    with torch.no_grad():
        network[2].weight.zero_()
        network[2].bias.copy_(torch.tensor([20.0] + [0.0] * 9))
    sample, norms = sample_masks(network, IMAGE, 2), inspect_batch_norm(network, IMAGE)
    for answer in (*sample.probabilities, sample.evaluated, norms.evaluated, norms.trained):
        assert answer.dtype == np.float64
        assert answer[0] == pytest.approx(1 / (1 + 9 * np.exp(-20)), abs=1e-15)
        assert answer[0] < 1 == np.float32(answer[0])


def test_evaluation_is_what_the_sketchpad_answers(case):
    name, network, _ = case
    sample = sample_masks(network, IMAGE, 3, temperature=find_temperature(name))
    assert sample.evaluated == pytest.approx(predict_digit(IMAGE, name).probabilities, abs=1e-6)
    np.testing.assert_allclose(sample.probabilities.sum(axis=1), 1, atol=1e-5)


def test_masks_drop_their_share_independently(case):
    _, _, sample = case
    for layer in sample.layers:
        dropped = ~layer.masks.reshape(100, -1)
        error = (layer.p * (1 - layer.p) / dropped.size) ** 0.5
        assert dropped.mean() == pytest.approx(layer.p, abs=4 * error)
        # No feature and no mask is favoured: both vary as independent draws do.
        for axis, count in ((0, 100), (1, dropped.shape[1])):
            expected = (layer.p * (1 - layer.p) / count) ** 0.5
            assert dropped.mean(axis=axis).std() == pytest.approx(expected, rel=0.35)
        neighbours = np.corrcoef(dropped[:-1].ravel(), dropped[1:].ravel())[0, 1]
        assert abs(neighbours) < 4 / dropped[1:].size ** 0.5


def test_names_shapes_and_shares_are_the_networks():
    sample = sample_masks(copy_network("convnet4"), IMAGE, 2)
    assert [(each.name, each.p, each.masks.shape, each.map_shape) for each in sample.layers] == [
        ("features.7", 0.4, (2, 64, 14, 14), (64, 14, 14)),
        ("features.15", 0.4, (2, 128, 7, 7), (128, 7, 7)),
        ("classifier.0", 0.5, (2, 256), (256, 1, 1)),
    ]
    layers = sample_masks(copy_network("convnet3"), IMAGE, 2).layers
    assert [(each.masks.shape, each.map_shape) for each in layers] == [
        ((2, 576), (64, 3, 3)),
        ((2, 128), None),
    ]


def test_a_mask_does_to_features_what_nn_dropout_does_with_it():
    features = torch.rand(20, 30, generator=torch.Generator().manual_seed(1)) + 0.5  # none is 0
    with torch.random.fork_rng():
        torch.manual_seed(5)
        for p in (0.1, 0.4, 0.5, 0.9):
            expected = nn.Dropout(p)(features)
            torch.testing.assert_close(apply_mask(features, expected != 0, p), expected)
    ones = torch.ones(400, 1000)
    mask = draw_mask(ones.shape, 0.4, torch.Generator().manual_seed(2))
    assert apply_mask(ones, mask, 0.4).mean() == pytest.approx(1, abs=0.01)  # what evaluation passes on


def test_a_seed_gives_its_mask_again_alone_or_among_others(case):
    _, network, sample = case
    alone = sample_masks(network, IMAGE, 1, seed=41)
    assert all(
        np.array_equal(one.masks[0], many.masks[41])
        for one, many in zip(alone.layers, sample.layers, strict=True)
    )
    assert alone.probabilities[0] == pytest.approx(sample.probabilities[41], abs=1e-5)
    assert not np.array_equal(sample.layers[0].masks[41], sample.layers[0].masks[42])
    picked = pick_mask(sample, 41)
    assert (picked.seed, picked.evaluated is sample.evaluated) == (41, True)
    assert all(
        np.array_equal(one.masks, other.masks) and (one.name, one.map_shape) == (other.name, other.map_shape)
        for one, other in zip(alone.layers, picked.layers, strict=True)
    )
    np.testing.assert_array_equal(picked.probabilities, sample.probabilities[41:42])


def test_the_global_generator_is_left_alone(case):
    _, network, _ = case
    before = torch.random.get_rng_state()
    sample_masks(network, IMAGE, 3)
    inspect_batch_norm(network, IMAGE)
    has_dropout_or_norm(list_layers("convnet4"))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_running_and_own_statistics_are_those_of_nn_batch_norm():
    """Momentum 1 replaces the running statistics by the last batch's, the variance unbiased."""
    network = copy_network("convnet4")
    view = inspect_batch_norm(network, IMAGE)
    norms = {name: module for name, module in network.named_modules() if isinstance(module, nn.BatchNorm2d)}
    assert [layer.name for layer in view.layers] == list(norms)
    twin = copy.deepcopy(network)
    sizes = {}
    for name, module in twin.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            module.train()
            module.momentum = 1.0
            module.register_forward_hook(lambda m, i, o, name=name: sizes.update({name: i[0][0, 0].numel()}))
    with torch.no_grad():
        logits = twin(torch.tensor(IMAGE, dtype=torch.float32)[None, None])
    assert view.trained == pytest.approx(logits.softmax(1)[0].numpy(), abs=1e-5)
    for layer in view.layers:
        norm, own = norms[layer.name], dict(twin.named_modules())[layer.name]
        size = sizes[layer.name]
        np.testing.assert_array_equal(layer.running_mean, norm.running_mean)
        np.testing.assert_array_equal(layer.running_variance, norm.running_var)
        np.testing.assert_allclose(layer.image_mean, own.running_mean, atol=1e-5)
        unbiased = layer.image_variance * size / (size - 1)
        np.testing.assert_allclose(unbiased, own.running_var, rtol=1e-4, atol=1e-6)
        np.testing.assert_array_equal(layer.gamma, norm.weight.detach())
        np.testing.assert_array_equal(layer.beta, norm.bias.detach())
        assert layer.epsilon == norm.eps


def test_first_layers_statistics_are_the_convolutions_own():
    network = copy_network("convnet4")
    with torch.no_grad():
        maps = network.features[0](torch.tensor(IMAGE, dtype=torch.float32)[None, None])[0].double().numpy()
    layer = inspect_batch_norm(network, IMAGE).layers[0]
    np.testing.assert_allclose(layer.image_mean, maps.mean(axis=(1, 2)), atol=1e-5)
    np.testing.assert_allclose(layer.image_variance, maps.var(axis=(1, 2)), rtol=1e-3, atol=1e-7)


def test_batch_norm_in_evaluation_is_what_the_sketchpad_answers():
    view = inspect_batch_norm(copy_network("convnet4"), IMAGE, find_temperature("convnet4"))
    assert view.evaluated == pytest.approx(predict_digit(IMAGE, "convnet4").probabilities, abs=1e-6)
    assert abs(view.trained - view.evaluated).max() > 0.01


def test_without_batch_norm_both_answers_agree():
    view = inspect_batch_norm(copy_network("convnet2"), IMAGE)
    assert view.layers == ()
    np.testing.assert_array_equal(view.trained, view.evaluated)


def test_without_dropout_every_answer_is_the_same():
    sample = sample_masks(copy_network("mlp"), IMAGE, 3)
    assert sample.layers == ()
    np.testing.assert_array_equal(sample.probabilities, np.tile(sample.evaluated, (3, 1)))


@pytest.mark.parametrize("inspect", [sample_masks, inspect_batch_norm])
def test_the_network_is_left_as_it_was(inspect):
    network = load_checkpoint("convnet4").network.train()
    network.classifier[0].eval()  # every module keeps its own mode
    before = read_state(network)
    inspect(network, IMAGE)
    assert is_same(read_state(network), before)


@pytest.mark.parametrize("inspect", [sample_masks, inspect_batch_norm])
def test_the_network_is_left_as_it_was_after_an_error_too(inspect):
    network = build_network("convnet4").train()
    network.classifier[1] = nn.Linear(7, 10)  # the pass fails at its last layer
    before = read_state(network)
    with pytest.raises(RuntimeError):
        inspect(network, IMAGE)
    assert is_same(read_state(network), before)
    assert before[2] == 0


def test_results_do_not_hang_on_the_network():
    network = copy_network("convnet4")
    view = inspect_batch_norm(network, IMAGE)
    kept = view.layers[0].running_mean.copy()
    with torch.no_grad():
        for tensor in (*network.parameters(), *network.buffers()):
            tensor.zero_()
    np.testing.assert_array_equal(view.layers[0].running_mean, kept)
    assert kept.any()
    assert load_cached("convnet4").network.features[1].running_mean.any()


@pytest.mark.parametrize(
    ("network", "config", "expected"),
    [
        ("logistic", {}, False),
        ("mlp", {}, False),
        ("convnet", {}, False),
        ("convnet", {"dropout": 0.2}, True),
        ("convnet2", {}, True),
        ("convnet2", {"dropout": 0.0}, False),
        ("convnet3", {}, True),
        ("convnet4", {"channels": [8, 8, 8]}, True),
    ],
)
def test_which_networks_differ_in_training(network, config, expected):
    assert has_dropout_or_norm(list_layers(network, config)) is expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((27, 28)),), "28 × 28"),
        ((np.full((28, 28), 2.0),), "between 0"),
        ((np.full((28, 28), np.nan),), "between 0"),
        ((IMAGE, 0), "masks is 0: enter a whole number from 1 to 1,000"),
        ((IMAGE, 1001), "from 1 to 1,000"),
        ((IMAGE, 2.5), "whole number"),
        ((IMAGE, 1, -1), "seed is -1: enter a whole number from 0"),
        ((IMAGE, 100, 2**32 - 99), "from 0 to 4,294,967,196"),
        ((IMAGE, 1, "seven"), "whole number"),
    ],
)
def test_mistakes_are_answered_with_the_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        sample_masks(copy_network("convnet2"), *arguments)


def test_the_last_seed_is_possible():
    assert sample_masks(copy_network("convnet2"), IMAGE, 1, 2**32 - 1).seed == 2**32 - 1


def test_a_hundred_masks_of_the_largest_network_take_less_than_two_seconds():
    network = copy_network("convnet4")
    seconds = []
    for _ in range(3):
        start = time.thread_time()
        sample_masks(network, IMAGE, 100)
        seconds.append(time.thread_time() - start)
    print(f"100 masks of convnet4: {min(seconds):.2f} s")
    assert min(seconds) < 2


def test_dropout_of_whole_maps_drops_whole_maps_as_pytorch_would():
    layers = (Conv2d(8), Residual((Dropout2d(0.5), ReLU())), Flatten(), Linear(10))
    network = LayerNetwork(layers).eval()
    sample = sample_masks(network, IMAGE, 30)
    (layer,) = sample.layers
    assert (layer.name, layer.p, layer.masks.shape) == ("features.1.body.0", 0.5, (30, 8, 26, 26))
    kept = layer.masks.all(axis=(2, 3))
    assert (kept == layer.masks.any(axis=(2, 3))).all()
    assert 0 < kept.sum() < kept.size
    images = torch.from_numpy(np.asarray(IMAGE, np.float32))[None, None]
    with torch.no_grad():
        maps = network.features[0](images)
        dropped = maps * torch.from_numpy(kept)[:, :, None, None] / 0.5
        expected = network.classifier((dropped.relu() + maps).flatten(1)).double().softmax(dim=1)
    np.testing.assert_allclose(sample.probabilities, expected.numpy(), atol=1e-6)
    assert has_dropout_or_norm(layers)


def test_batch_norm_of_single_numbers_leaves_nothing_of_an_image_but_its_shift():
    layers = (Conv2d(4), MaxPool2d(26), BatchNorm2d(), Flatten(), Linear(8), BatchNorm1d(), Linear(10))
    network = LayerNetwork(layers)
    for _ in range(3):
        network(torch.rand(16, 1, 28, 28))
    view = inspect_batch_norm(network.eval(), IMAGE)
    maps, features = view.layers
    assert (maps.name, features.name) == ("features.2", "classifier.1")
    for layer in (maps, features):
        assert not layer.image_variance.any()
    norm, last = network.classifier[1], network.classifier[2]
    expected = last(norm.bias[None]).double().softmax(dim=1)[0].detach().numpy()
    np.testing.assert_allclose(view.trained, expected, atol=1e-6)
    assert not network.training
    assert has_dropout_or_norm((Flatten(), Linear(8), BatchNorm1d(), Linear(10)))
