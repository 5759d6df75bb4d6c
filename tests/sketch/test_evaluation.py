"""Digits of people are scored with what is refused, and by who wrote them."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from models.checkpoints.calibration import measure_calibration_error
from models.checkpoints.evaluation import compute_interval
from models.sketch.evaluation import NO_ANSWER, PreparedInputs, evaluate_inputs, measure_groups


class Constant(nn.Module):
    """Answers with the same logits to everything; dropout tells the mode."""

    def __init__(self, logits):
        super().__init__()
        self.logits = nn.Parameter(torch.tensor(logits))
        self.dropout = nn.Dropout(0.5)

    def forward(self, images):
        return self.dropout(self.logits.expand(len(images), 10))


def build_inputs(images, is_read):
    is_read = np.array(is_read, bool)
    return PreparedInputs(images.astype(np.float32), is_read, np.zeros(len(is_read), bool))


def test_refused_drawing_counts_as_wrong():
    labels = np.array([3, 3, 3, 5])
    images = np.zeros((4, 28, 28), np.float32)
    network = Constant([0.0, 0, 0, 2, 0, 0, 0, 0, 0, 0]).train()
    result = evaluate_inputs(network, build_inputs(images, [True, True, False, True]), labels)
    assert network.training
    assert (result.accuracy, result.num_refused, result.num_inputs) == (0.5, 1, 4)
    assert result.interval == compute_interval(2, 4)
    assert result.class_accuracies[3] == pytest.approx(2 / 3)
    assert result.class_accuracies[5] == 0
    assert np.isnan(result.class_accuracies[0])
    assert result.answers.tolist() == [3, 3, NO_ANSWER, 3]
    assert np.isnan(result.confidences).tolist() == [False, False, True, False]
    assert result.is_right.tolist() == [True, True, False, False]
    assert (result.num_wrong, result.num_sure_wrong) == (1, 0)
    assert result.confusion.sum() == 3
    assert (result.confusion[3, 3], result.confusion[5, 3]) == (2, 1)
    logits = network.logits.detach().expand(3, 10)
    assert result.loss == pytest.approx(F.cross_entropy(logits, torch.tensor([3, 3, 5])).item(), rel=1e-6)
    expected = measure_calibration_error(logits.softmax(1).numpy(), [3, 3, 5])
    assert result.calibration_error == pytest.approx(expected, rel=1e-6)


def test_temperature_changes_the_confidence_alone():
    labels, images = np.array([3, 5]), np.zeros((2, 28, 28), np.float32)
    network = Constant([0.0, 0, 0, 2, 0, 0, 0, 0, 0, 0])
    plain, soft = (evaluate_inputs(network, build_inputs(images, [True] * 2), labels, t) for t in (1.0, 4.0))
    assert plain.accuracy == soft.accuracy == 0.5
    logits = network.logits.detach().expand(2, 10) / 4
    assert soft.loss == pytest.approx(F.cross_entropy(logits, torch.tensor(labels)).item(), rel=1e-6)


def test_nothing_but_refusals_is_a_score_too_and_no_drawing_is_none():
    network = Constant([1.0] * 10)
    result = evaluate_inputs(network, build_inputs(np.zeros((2, 28, 28)), [False] * 2), np.array([1, 2]))
    assert (result.accuracy, result.num_refused, np.isnan(result.loss)) == (0, 2, True)
    with pytest.raises(ValueError, match="0 inputs"):
        evaluate_inputs(network, build_inputs(np.zeros((0, 28, 28)), []), np.zeros(0, int))


def test_sure_wrong_answers_are_counted():
    labels, inputs = np.array([3, 5, 6]), build_inputs(np.zeros((3, 28, 28)), [True, True, False])
    result = evaluate_inputs(Constant([0.0, 0, 0, 9, 0, 0, 0, 0, 0, 0]), inputs, labels)
    assert (result.num_refused, result.num_wrong, result.num_sure_wrong) == (1, 1, 1)
    assert result.confidences[:2] == pytest.approx(0.99889, abs=1e-5)
    assert result.expected_wrong == result.expected_sure_wrong == pytest.approx(2 * 0.00111, abs=2e-5)


def test_calibrated_reader_is_as_often_sure_and_wrong_as_its_confidences_say():
    """Seven of ten answers at 0.7: three wrong, none of them sure."""
    shares = np.full(10, 0.3 / 9)
    shares[3] = 0.7
    labels, inputs = np.array([3] * 7 + [5] * 3), build_inputs(np.zeros((10, 28, 28)), [True] * 10)
    result = evaluate_inputs(Constant(np.log(shares).tolist()), inputs, labels)
    assert (result.num_wrong, result.num_sure_wrong, result.expected_sure_wrong) == (3, 0, 0)
    assert result.expected_wrong == pytest.approx(3, rel=1e-5)


def test_groups_are_told_apart_and_who_is_in_none_is_left_out():
    is_right = np.array([True, False, True, True])
    assert measure_groups(is_right, [7, 7, 3, None]) == {3: 1.0, 7: 0.5}
    assert measure_groups(is_right, ["pencil", "anna", "anna", None]) == {"anna": 0.5, "pencil": 1.0}
    assert measure_groups(is_right, [None] * 4) == {}
