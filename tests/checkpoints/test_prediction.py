"""Predictions: what one image gives, and which images are refused."""

import shutil

import numpy as np
import pytest
import torch

from models.checkpoints.file import SHIPPED_FOLDER, load_checkpoint
from models.checkpoints.prediction import copy_network, load_cached, predict_digit

IMAGE = np.random.default_rng(0).random((28, 28), dtype=np.float32)


def test_probabilities_are_the_softmax_of_the_tempered_logits():
    prediction = predict_digit(IMAGE, "mlp")
    with torch.no_grad():
        logits = load_checkpoint("mlp").network(torch.from_numpy(IMAGE).view(1, 1, 28, 28))[0].numpy()
    logits /= load_checkpoint("mlp").info.temperature
    expected = np.exp(logits - logits.max())
    assert prediction.probabilities == pytest.approx(expected / expected.sum(), rel=1e-5)
    assert prediction.digit == logits.argmax()


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((27, 28)), "28 × 28"),
        (np.zeros((28, 28, 1)), "28 × 28"),
        (np.full((28, 28), np.nan), "between 0"),
        (np.full((28, 28), 255.0), "between 0"),
        (np.full((28, 28), -0.1), "between 0"),
    ],
)
def test_images_that_no_network_takes_are_refused(image, message):
    with pytest.raises(ValueError, match=message):
        predict_digit(image, "mlp")


def test_checkpoint_is_loaded_once_until_its_file_changes(tmp_path):
    path = tmp_path / "mine.safetensors"
    shutil.copy(SHIPPED_FOLDER / "logistic.safetensors", path)
    first = load_cached(path)
    assert load_cached(path) is first
    shutil.copy(SHIPPED_FOLDER / "mlp.safetensors", path)
    assert load_cached(path).info.network == "mlp"


def test_a_copied_network_is_ones_own():
    network = copy_network("mlp")
    with torch.no_grad():
        for weights in network.parameters():
            weights.zero_()
    assert not network.training
    assert load_cached("mlp").network is not network
    assert predict_digit(IMAGE, "mlp").probabilities.std() > 0.01
