"""What is measured off the steps: the long-run factor against companion matrices, counts against loops."""

import numpy as np
import pytest
import torch

from models.descent.descent import descend
from models.descent.learning_rate import (
    TARGET_LOSS,
    find_curvature,
    find_lr_limit,
    predict_contraction,
    predict_steps,
)
from models.descent.optimizers import make_optimizer
from models.descent.pace import (
    MAX_COUNTED_STEPS,
    compare_rates,
    measure_contraction,
    measure_distances,
    measure_pace,
)
from models.descent.problems import SURFACES, evaluate_losses, make_least_squares, make_valley
from tests.descent.random_problems import (
    NUM_PROBLEMS,
    TOY,
    ZEROS,
    draw_random_problems,
    find_eigenvalues,
    run,
)


def test_predicted_and_measured_contraction_agree():
    for problem, w0, rng in draw_random_problems():
        eigenvalues, _ = find_eigenvalues(problem, w0)
        lr = rng.uniform(0.05, 1.9) / eigenvalues[-1]
        curvature = find_curvature(problem, w0)
        np.testing.assert_allclose(curvature.nonzero, eigenvalues, rtol=1e-6)
        predicted = predict_contraction(curvature, make_optimizer(lr=lr))
        assert predicted == pytest.approx(np.abs(1 - lr * eigenvalues).max(), rel=1e-6)
        measured = measure_contraction(curvature, make_optimizer(lr=lr), run(problem, w0, lr, 80), "float64")
        assert measured == pytest.approx(predicted, rel=0.01)


def find_radius(name, eigenvalues, lr, beta):
    """Return the largest modulus of the eigenvalues of one step, a matrix on (dₖ, dₖ₋₁) of each direction."""
    radii = []
    for value in eigenvalues:
        kept = 1 - lr * value
        first = [kept + beta, -beta] if name == "momentum" else [kept * (1 + beta), -kept * beta]
        radii.append(np.abs(np.linalg.eigvals([first, [1, 0]])).max())
    return max(radii)


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
@pytest.mark.parametrize(("steps", "dtype"), [(20, "float64"), (60, "float32")])
def test_momentums_factor_is_measured_whatever_its_swing(name, steps, dtype):
    """Also where the steps are fewer than one swing of the distance, and where they diverge."""
    misses = []
    for problem, w0, rng in draw_random_problems():
        curvature, beta = find_curvature(problem, w0), rng.uniform(0.05, 0.99)
        lr = rng.uniform(0.02, 1.1) * find_lr_limit(curvature, make_optimizer(name, 1.0, beta))
        optimizer = make_optimizer(name, lr, beta)
        eigenvalues, _ = find_eigenvalues(problem, w0)
        measured = measure_contraction(
            curvature, optimizer, descend(problem, w0, optimizer, steps, dtype, 60), dtype
        )
        if measured is not None:  # else a few steps lead down to rounding
            misses.append(abs(measured / find_radius(name, eigenvalues, lr, beta) - 1))
    assert len(misses) > 0.97 * NUM_PROBLEMS
    assert max(misses) < 0.015
    assert np.quantile(misses, 0.95) < 0.001


@pytest.mark.parametrize(("name", "factor"), [("momentum", 0.9**0.5), ("nesterov", (0.9 * 0.97) ** 0.5)])
@pytest.mark.parametrize("steps", [20, 100])
def test_the_valleys_factor_does_not_depend_on_where_a_swing_ends(name, factor, steps):
    """The valley's opening: along λ = 1 the roots are complex, and their modulus is √β or √(β(1 − ηλ))."""
    start = np.array([-10.0, 3.0])
    curvature, optimizer = find_curvature(make_valley(25), start), make_optimizer(name, 0.03, 0.9)
    result = descend(make_valley(25), start, optimizer, steps)
    assert measure_contraction(curvature, optimizer, result, "float32") == pytest.approx(factor, rel=2e-4)


@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "nesterov"])
def test_the_factor_is_measured_near_a_surfaces_minimum_alone(name):
    surface = SURFACES["rosenbrock"]
    optimizer = make_optimizer(name, 0.0005, 0.9)
    for start, is_near in ((np.array([1.0001, 1.0001]), True), (np.array(surface.start), False)):
        curvature = find_curvature(surface, start)
        result = descend(surface, start, optimizer, 200, "float64", 60)
        measured = measure_contraction(curvature, optimizer, result, "float64")
        if is_near:
            assert 1 - measured == pytest.approx(1 - predict_contraction(curvature, optimizer), rel=0.06)
        else:
            assert measured is None


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam"])
def test_steps_that_scale_themselves_have_no_factor(name):
    start = np.array([-10.0, 3.0])
    curvature, optimizer = find_curvature(make_valley(25), start), make_optimizer(name, 0.5)
    result = descend(make_valley(25), start, optimizer, 100)
    assert measure_contraction(curvature, optimizer, result, "float32") is None


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_recurrence_needs_a_few_steps(steps):
    curvature, optimizer = find_curvature(TOY, ZEROS), make_optimizer("momentum", 0.01)
    result = descend(TOY, ZEROS, optimizer, steps)
    assert measure_contraction(curvature, optimizer, result, "float32") is None


def test_nothing_is_measured_where_rounding_hides_it():
    curvature, optimizer = find_curvature(TOY, ZEROS), make_optimizer(lr=0.01)
    at_minimum = descend(TOY, [0.2] * 5, optimizer, 10)
    assert measure_contraction(curvature, optimizer, at_minimum, "float32") is None
    only_start = descend(TOY, ZEROS, optimizer, 10, time_limit_seconds=0.0)
    assert measure_contraction(curvature, optimizer, only_start, "float32") is None


def test_divergence_is_measured_up_to_the_overflow():
    """The squares of these distances are outside of float64, the distances are not."""
    problem = make_least_squares([0.001], 1)
    curvature = find_curvature(problem, np.zeros(1))
    result = run(problem, np.zeros(1), 1.5 * curvature.lr_max, 3000)
    assert result.overflow_step is not None
    distances = measure_distances(curvature, result.path)
    assert distances[-1] > 1e155
    np.testing.assert_allclose(distances[1:] / distances[:-1], 2, rtol=1e-6)
    assert measure_contraction(curvature, make_optimizer(), result, "float64") == pytest.approx(2)


def test_pace_of_each_direction_is_one_minus_eta_lambda():
    for problem, w0, rng in draw_random_problems(50):
        eigenvalues, _ = find_eigenvalues(problem, w0)
        lr = rng.uniform(0.1, 2.5) / eigenvalues[-1]
        curvature = find_curvature(problem, w0)
        paces = measure_pace(curvature, run(problem, w0, lr, 3).path)
        moving = paces[curvature.eigenvalues > 0]
        expected = 1 - lr * eigenvalues
        seen = ~np.isnan(moving)
        assert seen[[0, -1]].all()
        np.testing.assert_allclose(moving[seen], expected[seen], atol=1e-5)


def test_pace_without_a_step_is_unknown():
    curvature = find_curvature(TOY, ZEROS)
    assert np.isnan(measure_pace(curvature, np.zeros((1, 5)))).all()


def count_steps(problem, w0, lr, bottom):
    """Count gradient descent's steps to the target with torch.optim.SGD, None where it takes too many."""
    w = torch.tensor(w0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr)
    loss_of = problem.make_loss(torch.float64)
    for step in range(MAX_COUNTED_STEPS + 1):
        optimizer.zero_grad()
        loss = loss_of(w)
        if loss.item() - bottom <= TARGET_LOSS:
            return step
        if not loss.isfinite():
            return None
        loss.backward()
        optimizer.step()
    return None


@pytest.mark.parametrize(
    ("problem", "w0"),
    [
        (TOY, ZEROS),
        (make_least_squares([[0.5, 1], [1.5, 1], [2, 1], [4, 1]], [1, 1.4, 2.4, 3.9]), np.array([-2.0, 5.0])),
        (SURFACES["himmelblau"], np.array([2.0, 1.0])),
    ],
    ids=["toy", "line", "himmelblau"],
)
def test_counted_steps_are_those_of_a_plain_loop(problem, w0):
    curvature = find_curvature(problem, w0)
    bottom = evaluate_losses(problem, curvature.minimum[None])[0]
    rows = compare_rates(problem, curvature, w0)
    assert any(row.lr == pytest.approx(curvature.lr_best) for row in rows)
    assert [row.lr for row in rows] == sorted(row.lr for row in rows)
    assert any(row.steps is None for row in rows)
    assert any(row.steps is not None for row in rows)
    for row in rows:
        assert row.steps == count_steps(problem, w0, row.lr, bottom), row
        assert row.contraction == pytest.approx(predict_contraction(curvature, make_optimizer(lr=row.lr)))
        if curvature.is_exact and row.lr > 1.001 * curvature.lr_max:
            assert row.steps is None


def test_predicted_steps_are_the_counted_ones():
    """With one eigenvalue the prediction is exact, on the toy problem and on others."""
    for seed in range(12):
        rng = np.random.default_rng(seed)
        problem = TOY if seed == 0 else make_least_squares(rng.normal(size=4), 3.0)
        w0 = ZEROS if seed == 0 else rng.normal(size=4)
        excess = evaluate_losses(problem, w0[None])[0]
        compared = 0
        for row in compare_rates(problem, find_curvature(problem, w0), w0):
            predicted = predict_steps(row.contraction, excess)
            if predicted is None or predicted > MAX_COUNTED_STEPS:
                assert row.steps is None
            elif 1e-9 < row.contraction < 1 - 1e-9:
                assert row.steps == predicted
                compared += 1
        assert compared >= 8
    best = make_optimizer(lr=0.1)
    assert predict_steps(predict_contraction(find_curvature(TOY, ZEROS), best), 1.0) == 1


def test_what_becomes_of_a_step_size_has_its_word():
    """Each told from a plain loop: where the loss is at the end, and how long its gradient is."""
    ends = set()
    for name, start in (("beale", (1.0, 1.5)), ("rastrigin", (2.3, -3.4)), ("himmelblau", (2.0, 1.0))):
        surface, w0 = SURFACES[name], np.array(start)
        for row in compare_rates(surface, find_curvature(surface, w0), w0):
            w = w0
            for _ in range(MAX_COUNTED_STEPS):
                w = w - row.lr * surface.gradient(w)
                if np.abs(w).max() > 1e40:
                    break  # its square leaves float64 in the next step but one
            ends.add(row.end)
            if row.steps is not None or np.abs(w).max() > 1e40:
                assert row.end == ("overflows" if row.steps is None else "reached")
                continue
            loss, length = evaluate_losses(surface, w[None])[0], np.linalg.norm(surface.gradient(w))
            if length < 1e-6:
                assert (row.end, loss > TARGET_LOSS) == ("settles elsewhere", True)
            elif length > 1e-4:
                assert row.end == "not yet"
    assert ends == {"reached", "overflows", "settles elsewhere", "not yet"}


def test_a_quadratic_loss_never_settles_elsewhere():
    """Along the flat direction, λ = 2·10⁻⁸, the gradient is short from the start and the loss far above."""
    problem = make_least_squares([[1, 0], [0, 1e-4]], [0, 1])
    rows = compare_rates(problem, find_curvature(problem, np.zeros(2)), np.array([1.0, 0.0]))
    assert {row.end for row in rows} <= {"not yet", "overflows"}


def test_a_start_at_the_minimum_takes_no_steps():
    rows = compare_rates(TOY, find_curvature(TOY, np.full(5, 0.2)), np.full(5, 0.2))
    assert {(row.steps, row.end) for row in rows} == {(0, "reached")}
