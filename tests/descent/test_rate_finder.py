"""The range test: against a plain loop, and where mathematics knows the answer."""

import math
import re

import numpy as np
import pytest
import torch
from torch import nn

from models.descent.rate_finder import (
    FAR_ABOVE,
    NUM_RATES,
    SEEDS,
    find_rate,
    judge_sweeps,
    space_rates,
    sweep_rates,
)


def start_quadratic(*eigenvalues):
    """Gradient descent on ½ Σ λᵢ wᵢ², whose limit is 2/λ_max; the seed decides the start."""
    eigenvalues = np.array(eigenvalues)

    def start(seed):
        weights = [np.random.default_rng(seed).uniform(0.5, 1.5, size=len(eigenvalues))]

        def step(rate):
            loss = 0.5 * float((eigenvalues * weights[0] ** 2).sum())
            weights[0] = weights[0] * (1 - rate * eigenvalues)
            return loss

        return step

    return start


def test_sweep_is_a_plain_loop_bit_for_bit():
    inputs = torch.rand(64, 5, generator=torch.Generator().manual_seed(1))
    targets = inputs.sum(dim=1, keepdim=True)

    def build():
        layer = nn.Linear(5, 1)
        with torch.no_grad():
            layer.weight.fill_(0.5)
            layer.bias.fill_(0.0)
        return layer, torch.optim.SGD(layer.parameters(), 1.0)

    layer, optimizer = build()

    def step(rate):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(layer(inputs), targets)
        loss.backward()
        optimizer.step()
        return loss.item()

    rates = np.geomspace(1e-4, 0.1, 40)
    swept = list(sweep_rates(step, rates))
    weight, bias = torch.full((1, 5), 0.5, requires_grad=True), torch.zeros(1, requires_grad=True)
    expected = []
    for rate in rates:
        loss = ((inputs @ weight.T + bias - targets) ** 2).mean()
        expected.append(loss.item())
        by_weight, by_bias = torch.autograd.grad(loss, (weight, bias))
        weight = (weight - float(rate) * by_weight).detach().requires_grad_()
        bias = (bias - float(rate) * by_bias).detach().requires_grad_()
    np.testing.assert_allclose(swept, expected, rtol=1e-5)  # float32, in another order of its sums


@pytest.mark.parametrize("largest", [0.5, 4.0, 50.0])
def test_quadratic_diverges_beyond_two_over_lambda(largest):
    limit = 2 / largest
    finding = find_rate(start_quadratic(largest), low=limit / 1e3, high=limit * 30)
    factor = float(finding.rates[1] / finding.rates[0])
    assert limit <= finding.diverging <= limit * factor**6  # seen within a window of five losses
    assert finding.suggestion < limit
    assert finding.suggestion <= finding.lowest / 3
    assert "diverged" in finding.reason


def test_steepest_direction_has_shrunk_before_its_limit_and_is_seen_late():
    finding = find_rate(start_quadratic(0.6, 2.0, 4.0))
    assert finding.diverging > 2 / 4.0
    assert finding.suggestion < 2 / 4.0


def test_all_seeds_are_swept_and_told_of():
    told = []
    finding = find_rate(start_quadratic(1.0), tell=lambda seed, loss: told.append((seed, loss)))
    for number, seed in enumerate(SEEDS):
        losses = [loss for of, loss in told if of == seed]
        assert losses == list(sweep_rates(start_quadratic(1.0)(seed), space_rates()))
        assert np.isfinite(finding.smoothed[number]).sum() == len(losses)
    # Where all three go on, the middle one of them.
    assert finding.median[20] == sorted(finding.smoothed[:, 20])[1]


def test_sweep_ends_at_what_is_not_finite():
    losses = [3.0, 2.0, math.nan, 1.0]
    assert list(sweep_rates(lambda rate: losses.pop(0), space_rates()))[:2] == [3.0, 2.0]
    assert losses == [1.0]


def test_sweep_ends_far_above_the_lowest_loss_and_not_for_a_single_hard_batch():
    row = iter([1.0] * 10 + [50.0] + [1.0] * 10 + [FAR_ABOVE + 0.5] * 10)
    swept = list(sweep_rates(lambda rate: next(row), space_rates()))
    assert len(swept) == 24  # three of the last five are far above


def test_constant_loss_suggests_nothing():
    finding = find_rate(lambda seed: lambda rate: 2.303)
    assert (finding.suggestion, finding.lowest, finding.diverging) == (None, None, None)
    assert "at no rate" in finding.reason


def test_noise_around_a_constant_loss_suggests_nothing():
    def start(seed):
        noise = np.random.default_rng(seed)
        return lambda rate: 2.303 + 0.2 * noise.standard_normal()

    assert find_rate(start).suggestion is None


def test_nan_from_the_first_step_suggests_nothing():
    finding = find_rate(lambda seed: lambda rate: math.nan)
    assert finding.suggestion is None
    assert np.isnan(finding.median).all()
    assert "not finite" in finding.reason


def test_loss_that_only_grows_suggests_nothing():
    finding = find_rate(lambda seed: lambda rate: 1 + rate)
    assert finding.suggestion is None
    assert "before it grew" in finding.reason


def test_one_seed_that_ends_early_does_not_end_the_median():
    rates = space_rates()
    fall = list(2 / (1 + 100 * rates))
    finding = judge_sweeps(rates, [fall, fall, [*fall[:30], math.nan]])
    np.testing.assert_allclose(finding.median, finding.smoothed[0])
    assert finding.suggestion is not None
    assert finding.diverging is None
    assert re.search(r"did not diverge up to 10\b", finding.reason)


def test_falling_loss_is_steepest_where_its_slope_is():
    rates = space_rates()
    # On the logarithmic axis 1/(1 + η/c) falls fastest at η = c.
    finding = judge_sweeps(rates, [list(1 / (1 + rates / 0.02))] * 3)
    assert finding.steepest == pytest.approx(0.02, rel=0.13)
    assert finding.suggestion == 0.02


@pytest.mark.parametrize(
    "bounds", [{"low": 0.0}, {"low": 1.0, "high": 0.1}, {"high": math.inf}, {"low": math.nan}, {"num": 19},
               {"num": 1_001}]
)  # fmt: skip
def test_rates_that_make_no_test_are_refused(bounds):
    with pytest.raises(ValueError, match="usual"):
        space_rates(**bounds)


def test_no_seed_is_refused():
    with pytest.raises(ValueError, match="seed"):
        find_rate(start_quadratic(1.0), seeds=())


def test_rates_rise_by_one_factor():
    rates = space_rates()
    assert len(rates) == NUM_RATES
    np.testing.assert_allclose(rates[1:] / rates[:-1], rates[1] / rates[0])
