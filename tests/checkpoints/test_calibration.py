"""Calibration against sums done one by one, and against a minimiser of torch's."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from models.checkpoints.calibration import TEMPERATURE_RANGE, fit_temperature, measure_calibration_error


def draw_answers(num, sharpness, seed=0):
    """Logits (num, 10) of a network that is `sharpness` times too sure, and labels drawn as it should be."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (num, 10))
    labels = (logits + rng.gumbel(size=logits.shape)).argmax(1)  # Gumbel's way of drawing from the softmax
    return logits * sharpness, labels


def soften(logits, temperature=1.0):
    return torch.from_numpy(np.asarray(logits) / temperature).softmax(1).numpy()


def sum_gaps(probabilities, labels, num_bins):
    """The definition, bin by bin."""
    total = 0.0
    for b in range(num_bins):
        inside = [
            (max(row), int(np.argmax(row)) == label)
            for row, label in zip(probabilities, labels, strict=True)
            if b / num_bins < max(row) <= (b + 1) / num_bins
        ]
        if inside:
            gap = abs(np.mean([right for _, right in inside]) - np.mean([sure for sure, _ in inside]))
            total += len(inside) / len(labels) * gap
    return total


@given(st.integers(0, 10_000), st.integers(1, 40), st.floats(0.2, 5))
def test_calibration_error_is_its_definition(seed, num_bins, sharpness):
    logits, labels = draw_answers(50, sharpness, seed)
    shares = soften(logits)
    expected = sum_gaps(shares, labels, num_bins)
    assert measure_calibration_error(shares, labels, num_bins) == pytest.approx(expected, abs=1e-9)


def test_calibration_error_of_a_few_answers_by_hand():
    shares = np.array([[0.9, 0.1], [0.9, 0.1], [0.3, 0.7], [0.0, 1.0]])
    # 15 bins: 0.9 twice, once right (gap 0.4, half of the answers); 0.7 right (0.3); 1.0 wrong (1.0)
    assert measure_calibration_error(shares, [0, 1, 1, 0]) == pytest.approx(0.5 * 0.4 + 0.25 * 0.3 + 0.25)
    # one bin: mean confidence 0.875, accuracy 0.5
    assert measure_calibration_error(shares, [0, 1, 1, 0], num_bins=1) == pytest.approx(0.375)


def test_network_whose_confidence_fits_has_next_to_no_error():
    logits, labels = draw_answers(20_000, 1.0)
    assert measure_calibration_error(soften(logits), labels) < 0.02
    assert measure_calibration_error(soften(logits * 3), labels) > 0.15


@pytest.mark.parametrize("sharpness", [0.4, 1.0, 2.5])
def test_temperature_is_what_the_logits_were_sharpened_by(sharpness):
    logits, labels = draw_answers(20_000, sharpness)
    temperature = fit_temperature(logits, labels)
    assert temperature == pytest.approx(sharpness, rel=0.03)
    assert measure_calibration_error(soften(logits, temperature), labels) < 0.02


@pytest.mark.parametrize("sharpness", [0.5, 1.7, 6.0])
def test_temperature_is_where_torch_finds_the_minimum(sharpness):
    logits, labels = draw_answers(500, sharpness, seed=3)
    log_temperature = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([log_temperature], max_iter=200, line_search_fn="strong_wolfe",
                                  tolerance_grad=1e-12, tolerance_change=1e-15)  # fmt: skip

    def compute_loss():
        optimizer.zero_grad()
        loss = F.cross_entropy(torch.from_numpy(logits) / log_temperature.exp(), torch.from_numpy(labels))
        loss.backward()
        return loss

    optimizer.step(compute_loss)
    assert fit_temperature(logits, labels) == pytest.approx(float(log_temperature.detach().exp()), rel=1e-5)


def test_temperature_stays_in_its_range_where_no_answer_or_every_one_is_right():
    logits = np.eye(10) * 8
    assert fit_temperature(logits, np.arange(10)) == pytest.approx(TEMPERATURE_RANGE[0])
    assert fit_temperature(logits, (np.arange(10) + 1) % 10) == pytest.approx(TEMPERATURE_RANGE[1])


def test_huge_logits_overflow_nothing():
    logits, labels = draw_answers(200, 1e6)
    assert fit_temperature(logits, labels) == pytest.approx(TEMPERATURE_RANGE[1])
    assert fit_temperature(logits + 1e9, labels) == pytest.approx(TEMPERATURE_RANGE[1])


@pytest.mark.parametrize(
    ("rows", "labels", "message"),
    [
        (np.zeros((0, 10)), [], "shape"),
        (np.zeros(10), [1], "shape"),
        (np.zeros((2, 10)), [1], r"labels have the shape \(1,\) for 2"),
        (np.zeros((2, 10)), [1.0, 2.0], "labels"),
        (np.zeros((2, 10)), [1, 10], "reach from 1 to 10"),
        (np.zeros((2, 10)), [-1, 1], "reach from -1"),
        (np.full((1, 10), np.nan), [1], "NaN"),
    ],
)
def test_what_fits_no_images_is_refused(rows, labels, message):
    for function in (measure_calibration_error, fit_temperature):
        with pytest.raises(ValueError, match=message):
            function(rows, labels)


def test_probabilities_and_bins_have_their_ranges():
    with pytest.raises(ValueError, match="not 0 to 1"):
        measure_calibration_error([[2.0, 0.0]], [0])
    with pytest.raises(ValueError, match="num_bins is 0"):
        measure_calibration_error([[1.0, 0.0]], [0], num_bins=0)
