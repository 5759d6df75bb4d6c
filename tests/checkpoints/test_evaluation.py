"""Evaluation against sums done by hand."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from models.checkpoints.evaluation import compute_class_accuracies, compute_interval, evaluate_network
from models.data.datasets import Dataset


class Echo(nn.Module):
    """Answers with the label that an image's first pixel holds, with known confidence."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(3.0))
        self.dropout = nn.Dropout(0.5)

    def forward(self, images):
        answers = (images[:, 0, 0, 0] * 255).round().long()
        return self.dropout(F.one_hot(answers, 10).float() * self.scale)


def make_dataset(answers, labels):
    images = torch.zeros(len(answers), 1, 28, 28, dtype=torch.uint8)
    images[:, 0, 0, 0] = torch.tensor(answers, dtype=torch.uint8)
    return Dataset(images, torch.tensor(labels))


def test_confusion_counts_each_pair():
    result = evaluate_network(Echo(), make_dataset([1, 1, 2, 9], [1, 7, 2, 9]))
    expected = np.zeros((10, 10), dtype=int)
    expected[1, 1] = expected[2, 2] = expected[9, 9] = 1
    expected[7, 1] = 1  # row: shown; column: answered
    assert np.array_equal(result.confusion, expected)
    assert result.accuracy == 0.75


def test_loss_is_the_mean_cross_entropy():
    answers = np.random.default_rng(0).integers(0, 10, 600).tolist()
    labels = np.random.default_rng(1).integers(0, 10, 600).tolist()
    result = evaluate_network(Echo(), make_dataset(answers, labels))
    share_correct = np.mean(np.array(answers) == np.array(labels))
    expected = np.log(np.exp(3) + 9) - 3 * share_correct
    assert result.loss == pytest.approx(expected, rel=1e-5)
    assert result.num_images == 600


@pytest.mark.parametrize("was_training", [True, False])
def test_mode_is_restored_also_after_an_error(was_training):
    network = Echo().train(was_training)
    evaluate_network(network, make_dataset([1], [1]))
    assert network.training == was_training
    with pytest.raises(IndexError):
        evaluate_network(network, make_dataset([1], [17]))
    assert network.training == was_training


def test_no_image_is_refused():
    with pytest.raises(ValueError, match="no image"):
        evaluate_network(Echo(), make_dataset([], []))


def test_interval_is_wilsons():
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for correct, total, low, high in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605),
                                      (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]:  # fmt: skip
        assert compute_interval(correct, total) == pytest.approx((low, high), abs=6e-5)


def test_interval_holds_the_true_share_95_times_of_100():
    rng = np.random.default_rng(0)
    draws = rng.binomial(1000, 0.98, 4000)
    covered = [low <= 0.98 <= high for low, high in (compute_interval(int(k), 1000) for k in draws)]
    assert 0.93 < np.mean(covered) < 0.97


def test_accuracy_of_each_class_is_its_share_of_right_answers():
    confusion = np.array([[3, 1, 0], [0, 0, 0], [2, 0, 6]])
    np.testing.assert_array_equal(compute_class_accuracies(confusion), [0.75, np.nan, 0.75])
    shown = np.array([4, 1, 12])  # some of them the network was not asked about
    np.testing.assert_array_equal(compute_class_accuracies(confusion, shown), [0.75, 0, 0.5])
