"""How far numbers get through a deep network at its start."""

import time
from urllib.parse import parse_qs

import pytest
import torch
from torch import nn

from app.descent.plane.depths import show_depths
from models.descent.plane.depth import DEPTHS, NUM_POINTS, measure_depth
from models.descent.plane.network import ACTIVATIONS, INITIALISATIONS
from models.descent.plane.points import PointsConfig, draw_points


@pytest.mark.parametrize(("activation", "initialisation"), [("tanh", "default"), ("sigmoid", "default")])
def test_curve_is_that_of_plain_modules(activation, initialisation):
    state = torch.get_rng_state()
    torch.manual_seed(3)
    layers = [nn.Linear(2 if not place else 8, 8) for place in range(5)]
    last = nn.Linear(8, 1)
    torch.set_rng_state(state)
    points = draw_points(PointsConfig(count=NUM_POINTS, test_share=0.0))
    values, spreads = torch.tensor(points.positions), []
    for layer in layers:
        values = getattr(torch, activation)(layer(values))
        spreads.append(values.double().std(correction=0).item())
    targets = torch.tensor(points.targets).float()[:, None]
    nn.functional.binary_cross_entropy_with_logits(last(values), targets).backward()
    gradients = [layer.weight.grad.double().square().mean().sqrt().item() for layer in layers]
    curve = measure_depth(activation, initialisation, 5, seed=3)
    assert curve.spreads == pytest.approx(spreads, rel=1e-5)
    assert curve.gradients == pytest.approx(gradients, rel=1e-5)


def test_gradient_of_sigmoids_vanishes_with_depth_and_of_zeros_there_is_none():
    sigmoid = measure_depth("sigmoid", "default", 20)
    assert sigmoid.gradients[0] < 1e-6 * sigmoid.gradients[-1]
    assert not any(measure_depth("tanh", "zeros", 10).gradients)


def test_grid_has_all_cells_whose_links_name_them():
    grid = show_depths()
    assert [len(row) for row in grid["rows"]] == [len(INITIALISATIONS)] * len(ACTIVATIONS)
    for activation, row in zip(ACTIVATIONS, grid["rows"], strict=True):
        for initialisation, cell in zip(INITIALISATIONS, row, strict=True):
            query = parse_qs(cell["link"])
            assert query["activation"] == [activation]
            assert query["initialisation"] == [initialisation]
            assert [len(curve["spreads"]) for curve in cell["curves"]] == list(DEPTHS)


def test_grid_takes_a_second_at_most():
    measure_depth.cache_clear()
    begin = time.thread_time()
    show_depths()
    assert time.thread_time() - begin < 1
