"""What is minimised: values from the literature, gradients, Hessians and minima against autograd."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.descent.problems import (
    SURFACES,
    evaluate_losses,
    find_default_start,
    make_least_squares,
    make_problem,
    make_valley,
)

ALL_SURFACES = {**SURFACES, "valley of 1": make_valley(1), "valley of 400": make_valley(400.0)}
NAMES = list(ALL_SURFACES)
places = st.tuples(st.floats(-3, 3), st.floats(-3, 3))


def make_random_least_squares(seed):
    """Return a problem of 1 to 6 rows and 1 to 8 weights, often with fewer rows than weights, and a start."""
    rng = np.random.default_rng(seed)
    num_rows, num_weights = rng.integers(1, 7), rng.integers(1, 9)
    problem = make_least_squares(rng.normal(size=(num_rows, num_weights)), rng.normal(size=num_rows))
    return problem, rng.normal(size=num_weights)


def find_differences(problem, w, h=1e-5):
    steps = h * np.eye(len(w))
    rises = evaluate_losses(problem, w + steps) - evaluate_losses(problem, w - steps)
    return rises / (2 * h)


def find_autograd(problem, w):
    weights = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    problem.make_loss(torch.float64)(weights).backward()
    return weights.grad.numpy()


@pytest.mark.parametrize(
    ("name", "point", "loss"),
    [
        ("rosenbrock", (-1.2, 1.0), 24.2),  # the start that Rosenbrock chose, and its loss
        ("rosenbrock", (0.0, 0.0), 1.0),
        ("himmelblau", (0.0, 0.0), 170.0),
        ("himmelblau", (-0.270845, -0.923039), 181.617),  # its one maximum
        ("beale", (0.0, 0.0), 14.203125),
        ("beale", (1.0, 1.0), 14.203125),
        ("saddle", (0.0, 0.0), 0.25),
        ("saddle", (2.0, 0.0), 2.25),
        ("rastrigin", (0.5, 0.5), 40.5),
        ("rastrigin", (1.0, -2.0), 5.0),
        ("valley of 400", (2.0, 0.5), 52.0),
    ],
)
def test_losses_of_the_literature(name, point, loss):
    assert evaluate_losses(ALL_SURFACES[name], np.array([point]))[0] == pytest.approx(loss, rel=1e-5)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40)
@given(places)
def test_formula_is_the_gradient_of_a_surface(name, place):
    surface, w = ALL_SURFACES[name], np.array(place)
    gradient = surface.gradient(w)
    np.testing.assert_allclose(gradient, find_autograd(surface, w), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(gradient, find_differences(surface, w), rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_listed_minima_are_minima(name):
    surface = ALL_SURFACES[name]
    for point in np.array(surface.minima):
        assert evaluate_losses(surface, point[None])[0] < 1e-20
        assert np.linalg.norm(surface.gradient(point)) < 1e-10
        assert np.linalg.norm(find_autograd(surface, point)) < 1e-10
        assert (np.linalg.eigvalsh(surface.hessian(point)) > 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_no_place_in_view_lies_below_the_minima(name):
    surface = ALL_SURFACES[name]
    axes = [np.linspace(*shown, 201) for shown in (surface.x_range, surface.y_range)]
    losses = evaluate_losses(surface, np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2))
    assert losses.min() >= 0 == surface.smallest_loss


@pytest.mark.parametrize("name", NAMES)
def test_start_and_minima_are_in_view(name):
    surface = ALL_SURFACES[name]
    for a, b in [*surface.minima, surface.start]:
        assert surface.x_range[0] < a < surface.x_range[1]
        assert surface.y_range[0] < b < surface.y_range[1]
    np.testing.assert_array_equal(find_default_start(surface), surface.start)


@pytest.mark.parametrize("name", NAMES)
@given(places)
@settings(max_examples=30)
def test_hessian_of_a_surface_is_the_change_of_its_gradient(name, place):
    surface, w, h = ALL_SURFACES[name], np.array(place), 1e-6
    changes = [(surface.gradient(w + h * e) - surface.gradient(w - h * e)) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(surface.hessian(w), changes, rtol=1e-4, atol=1e-2)


@given(st.sampled_from(NAMES), places)
def test_a_surface_sends_to_its_nearest_minimum(name, place):
    surface = ALL_SURFACES[name]
    nearest = surface.find_minimum(np.array(place))
    assert tuple(nearest) in surface.minima
    assert np.linalg.norm(nearest - place) == min(
        np.linalg.norm(np.subtract(m, place)) for m in surface.minima
    )


@pytest.mark.parametrize("condition", [1.0, 25.0, 10_000.0])
def test_the_valleys_eigenvalues_are_one_and_its_condition(condition):
    valley = make_valley(condition)
    for w in (valley.start, (0.0, 0.0), (3.0, -2.0)):
        np.testing.assert_allclose(valley.hessian(np.array(w)), [[1, 0], [0, condition]])
    assert valley.is_quadratic


def test_only_the_valley_is_quadratic():
    for surface in SURFACES.values():
        hessians = [surface.hessian(np.array(w)) for w in ((0.0, 0.0), (0.3, 0.7), (-1.0, 2.0))]
        assert not surface.is_quadratic
        assert any(not np.allclose(hessian, hessians[0]) for hessian in hessians[1:])


@pytest.mark.parametrize("seed", range(60))
def test_least_squares_against_autograd(seed):
    problem, w = make_random_least_squares(seed)
    loss = problem.make_loss(torch.float64)
    assert loss(torch.tensor(w)).item() == pytest.approx(np.mean((problem.y - problem.x @ w) ** 2))
    np.testing.assert_allclose(problem.gradient(w), find_autograd(problem, w), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(problem.gradient(w), find_differences(problem, w), rtol=1e-5, atol=1e-5)
    hessian = torch.autograd.functional.hessian(loss, torch.tensor(w))
    np.testing.assert_allclose(problem.hessian(w), hessian.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(60))
def test_minimum_of_least_squares_is_the_one_closest_to_the_start(seed):
    problem, w0 = make_random_least_squares(seed)
    minimum = problem.find_minimum(w0)
    # lstsq gives the solution of least norm, so from w0 it is the one of the shifted problem.
    shift = np.linalg.lstsq(problem.x, problem.y - problem.x @ w0, rcond=None)[0]
    np.testing.assert_allclose(minimum, w0 + shift, rtol=1e-8, atol=1e-8)
    assert np.linalg.norm(find_autograd(problem, minimum)) < 1e-9
    lowest = evaluate_losses(problem, minimum[None])[0]
    assert problem.smallest_loss == pytest.approx(lowest, abs=1e-12)
    around = minimum + np.random.default_rng(seed).normal(size=(50, len(w0)))
    assert (evaluate_losses(problem, around) >= lowest - 1e-12).all()


def test_one_observation_and_one_row_are_the_same():
    single, table = make_least_squares([1, 2, 3], 4), make_least_squares([[1, 2, 3]], [4])
    np.testing.assert_array_equal(single.x, table.x)
    np.testing.assert_array_equal(single.y, table.y)
    np.testing.assert_array_equal(find_default_start(single), [0, 0, 0])


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([], 1, r"x has 0 entries: give a list of 1 to 8 numbers"),
        ([1.0] * 9, 1, r"x has 9 entries: give a list of 1 to 8 numbers"),
        ([[]], [1], r"x\[0\] has 0 entries: give a list of 1 to 8 numbers"),
        ([[1.0] * 9], [1], r"x\[0\] has 9 entries: give a list of 1 to 8 numbers"),
        ([[1.0]] * 51, [1.0] * 51, "x has 51 rows: give 1 to 50"),
        ([[1, 2], [3]], [1, 2], r"x\[1\] has 1 numbers and x\[0\] has 2: give every row the same length"),
        ([[1, 2], 3], [1, 2], r"x\[1\] is 3, not a list: give a list of 1 to 8"),
        ([1, [2]], 1, r"x\[1\] is \[2\], not a number: enter a number from -1,000,000 to 1,000,000"),
        ([[1, 2], [3, 4]], [1], "x has 2 rows and y has 1 numbers: give one y for each row"),
        ([[1, 2], [3, 4]], 1, "x has 2 rows and y has 1 numbers: give one y for each row"),
        ([1, 2], [], "x has 1 rows and y has 0 numbers: give one y for each row"),
        ([0.0, 0.0], 1, "x is zero in every entry .* give at least one entry another value"),
        ([1e-7], 1, "x is zero in every entry"),
        (["one"], 1, r"x\[0\] is 'one', not a number: enter a number from -1,000,000 to 1,000,000"),
        ([[1.0, "b"]], [1], r"x\[0\]\[1\] is 'b', not a number"),
        ("1, 1", 1, "x is '1, 1', not a list: give a list of 1 to 8 numbers"),
        (None, 1, "x is None, not a list"),
        ({"a": 1}, 1, "x is {'a': 1}, not a list"),
        ([1.0, float("nan")], 1, r"x\[1\] is nan: enter a number from -1,000,000 to 1,000,000"),
        ([True], 1, r"x\[0\] is True, not a number"),
        ([1.0], float("inf"), "y is inf: enter a number from -1,000,000 to 1,000,000"),
        ([1.0], "1", "y is '1', not a number"),
        ([1.0], None, "y is None, not a number"),
        ([[1.0], [2.0]], [1, -2e6], r"y\[1\] is -2000000.0: enter a number from -1,000,000 to 1,000,000"),
        ([10**400], 1, r"x\[0\] is 10+: enter a number from"),
    ],
)
def test_refuses_data(x, y, message):
    with pytest.raises(ValueError, match=message):
        make_least_squares(x, y)


def test_takes_data_up_to_the_limits():
    assert make_least_squares([[1e6] * 8] * 50, [-1e6] * 50).x.shape == (50, 8)
    assert make_least_squares(np.ones((3, 2)), np.zeros(3)).num_weights == 2
    assert make_least_squares([1e-6], 0).num_weights == 1


@pytest.mark.parametrize("condition", [0.5, 10_001, float("nan"), float("inf"), "10", None, True])
def test_refuses_a_condition_number(condition):
    with pytest.raises(ValueError, match=r"The condition number is .*: enter a number from 1 to 10,000\."):
        make_valley(condition)


@pytest.mark.parametrize("name", ["rosenbrok", "", "toy", None, 3, ["beale"]])
def test_refuses_an_unknown_problem(name):
    with pytest.raises(
        ValueError, match="choose one of least_squares, valley, rosenbrock, himmelblau, beale"
    ):
        make_problem(name)


def test_makes_each_problem_by_name():
    for name, surface in SURFACES.items():
        assert make_problem(name) is surface
    assert make_problem("valley", condition=9.0).hessian(np.zeros(2))[1, 1] == 9
    assert make_problem("least_squares", [1, 2], 3).num_weights == 2
    with pytest.raises(ValueError, match=r"needs x and y, for example x = \[1, 1, 1, 1, 1\]"):
        make_problem("least_squares", [1, 2])
