"""Gradient and occlusion maps: against finite differences, and against covering one patch after the other."""

import numpy as np
import pytest
import torch

from models.checkpoints.file import list_checkpoints
from models.checkpoints.prediction import copy_network, load_cached, predict_digit
from models.sketch.explanation import ask_network, check_digit, map_gradient, map_occlusion

# No two pixels alike, so that no pooling window has two largest ones and the slope is one number.
IMAGE = np.random.default_rng(3).uniform(0.05, 0.95, (28, 28))
SHIPPED = [name for name in list_checkpoints() if "-" not in name]


def draw_bar():
    """A 1: paper with a bar of ink."""
    image = np.zeros((28, 28))
    image[4:24, 13:16] = 0.9
    return image


@pytest.mark.parametrize("checkpoint", SHIPPED)
@pytest.mark.parametrize("digit", [0, 7])
def test_gradient_is_the_slope_of_the_logit(checkpoint, digit):
    network = copy_network(checkpoint).double()
    gradient = map_gradient(network, IMAGE, digit)
    assert gradient.dtype == np.float64
    step = 1e-6
    for row, column in [(0, 0), (3, 17), (12, 13), (14, 14), (20, 9), (27, 27)]:
        change = np.zeros((28, 28))
        change[row, column] = step
        pair = torch.from_numpy(np.stack([IMAGE + change, IMAGE - change]))[:, None]
        with torch.no_grad():
            above, below = network(pair)[:, digit].tolist()
        slope = (above - below) / (2 * step)
        assert gradient[row, column] == pytest.approx(slope, rel=1e-4, abs=1e-7)


def test_gradient_of_logistic_regression_is_its_weights():
    network = load_cached("logistic").network
    weights = network.classifier.weight.detach().numpy().reshape(10, 28, 28)
    assert map_gradient(network, draw_bar(), 4) == pytest.approx(weights[4])


def test_shared_networks_stay_as_they_were():
    network = load_cached("glassnet").network
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    map_gradient(network, IMAGE, 1)
    map_occlusion(network, draw_bar(), 1)
    assert all(parameter.grad is None for parameter in network.parameters())
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    assert not network.training


@pytest.mark.parametrize("checkpoint", ["logistic", "convnet3", "glassnet"])
@pytest.mark.parametrize("patch_px", [3, 5])
def test_occlusion_is_the_fall_patch_by_patch(checkpoint, patch_px):
    network = load_cached(checkpoint).network
    image = draw_bar()
    image[0, 0] = image[27, 27] = 0.5  # ink in the corners, where the patch is cut off
    temperature = load_cached(checkpoint).info.temperature or 1.0
    falls = map_occlusion(network, image, 1, patch_px, temperature)
    whole = predict_digit(image, checkpoint).probabilities[1]
    reach = patch_px // 2
    for row in (0, 2, 3, 14, 27):
        for column in (0, 2, 3, 11, 14, 27):
            covered = image.copy()
            for r in range(row - reach, row + reach + 1):
                for c in range(column - reach, column + reach + 1):
                    if 0 <= r < 28 and 0 <= c < 28:
                        covered[r, c] = 0
            expected = whole - predict_digit(covered, checkpoint).probabilities[1]
            assert falls[row, column] == pytest.approx(expected, abs=2e-6)


def test_occlusion_of_paper_is_nothing():
    network = load_cached("convnet3").network
    assert not map_occlusion(network, np.zeros((28, 28)), 3).any()
    falls = map_occlusion(network, draw_bar(), 1)
    assert falls[10, 14] != 0
    assert not falls[:, :11].any()  # the patch ends at column 12, one before the bar
    assert not falls[:2].any()


def test_every_batch_is_answered():
    images = torch.rand(600, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    network = load_cached("mlp").network
    with torch.no_grad():
        logits = network(images)
    for temperature in (1.0, 2.5):
        answered = ask_network(network, images, temperature)
        assert torch.allclose(answered, (logits.double() / temperature).softmax(dim=1), atol=1e-6)


@pytest.mark.parametrize("digit", [-1, 10, 1.0, True, None, "7", [7]])
def test_what_is_no_digit_is_refused(digit):
    with pytest.raises(ValueError, match="0 to 9"):
        check_digit(digit)
    with pytest.raises(ValueError, match="0 to 9"):
        map_gradient(load_cached("mlp").network, IMAGE, digit)


@pytest.mark.parametrize("image", [np.zeros((27, 28)), np.full((28, 28), np.nan), np.full((28, 28), 1.01)])
def test_images_that_no_network_takes_are_refused(image):
    for measure in (map_gradient, map_occlusion):
        with pytest.raises(ValueError, match=r"28 × 28|between 0"):
            measure(load_cached("mlp").network, image, 0)


def test_a_patch_has_a_middle():
    for patch_px in (0, 4, -3):
        with pytest.raises(ValueError, match="odd"):
            map_occlusion(load_cached("mlp").network, IMAGE, 0, patch_px)
