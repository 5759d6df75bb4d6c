"""The theory of step sizes against what the steps do, and against eigenvalues found in other ways."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.descent.descent import descend
from models.descent.learning_rate import (
    TARGET_LOSS,
    classify_end,
    find_best_settings,
    find_curvature,
    find_lr_limit,
    predict_contraction,
    predict_steps,
    suggest_lr,
)
from models.descent.optimizers import OPTIMIZERS, make_optimizer
from models.descent.pace import measure_contraction, measure_distances
from models.descent.problems import SURFACES, find_default_start, make_least_squares, make_valley
from tests.descent.random_problems import TOY, ZEROS, draw_random_problems, find_eigenvalues, run


def test_just_inside_the_limit_converges_and_just_outside_diverges():
    for problem, w0, _ in draw_random_problems():
        eigenvalues, vectors = find_eigenvalues(problem, w0)
        limit = find_curvature(problem, w0).lr_max
        assert limit == pytest.approx(2 / eigenvalues[-1])
        minimum = problem.find_minimum(w0)

        inside = run(problem, w0, 0.99 * limit, 80)
        errors = np.abs((inside.path - minimum) @ vectors)  # (81, R)
        pace = np.abs(1 - 0.99 * limit * eigenvalues)  # below 1 in every direction
        assert (pace < 1).all()
        np.testing.assert_allclose(errors[-1], errors[0] * pace**80, rtol=1e-6, atol=1e-9)
        excess = inside.path_losses - problem.smallest_loss
        assert (np.diff(excess) <= 1e-12).all()
        assert inside.status in ("running", "converged")

        outside = run(problem, w0, 1.01 * limit, 150)
        steepest = np.abs((outside.path - minimum) @ vectors[:, -1])
        assert steepest[-1] == pytest.approx(steepest[0] * 1.02**150, rel=1e-6)
        assert outside.status == "diverged"


def build_companion(name, kept, beta):
    """Return the matrix of one step on (dₖ, dₖ₋₁), for an eigenvector where gradient descent leaves `kept`.

    Momentum: dₖ₊₁ = dₖ − ηλdₖ + β(dₖ − dₖ₋₁). Nesterov's takes the gradient at dₖ + β(dₖ − dₖ₋₁).
    """
    ahead = np.array([1 + beta, -beta])
    first = np.array([kept + beta, -beta]) if name == "momentum" else kept * ahead
    return np.stack([first, [1, 0]])


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_momentums_pace_is_the_radius_of_its_recurrence(name):
    for problem, w0, rng in draw_random_problems():
        eigenvalues, _ = find_eigenvalues(problem, w0)
        lr, beta = rng.uniform(0.01, 4.2) / eigenvalues[-1], rng.uniform(0, 0.99)
        radii = [
            np.abs(np.linalg.eigvals(build_companion(name, 1 - lr * v, beta))).max() for v in eigenvalues
        ]
        predicted = predict_contraction(find_curvature(problem, w0), make_optimizer(name, lr, beta))
        assert predicted == pytest.approx(max(radii), rel=1e-6)


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_the_recurrence_is_what_the_steps_do(name):
    for problem, w0, rng in draw_random_problems(20):
        eigenvalues, vectors = find_eigenvalues(problem, w0)
        lr, beta = rng.uniform(0.1, 1.2) / eigenvalues[-1], rng.uniform(0.1, 0.95)
        path = run(problem, w0, lr, 12, name, beta).path
        errors = (path - problem.find_minimum(w0)) @ vectors  # (13, R)
        for value, error in zip(eigenvalues, errors.T, strict=True):
            # Without a velocity yet, the first step is gradient descent's; Nesterov's looks ahead at once.
            first = lr * value * (1 + beta if name == "nesterov" else 1)
            assert error[1] == pytest.approx((1 - first) * error[0], abs=1e-12)
            step = build_companion(name, 1 - lr * value, beta)
            for k in range(2, 13):
                assert error[k] == pytest.approx((step @ error[[k - 1, k - 2]])[0], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
@pytest.mark.parametrize("beta", [0.5, 0.9])
def test_momentums_limit_is_where_it_turns(name, beta):
    for problem, w0, _ in draw_random_problems(15):
        curvature = find_curvature(problem, w0)
        limit = find_lr_limit(curvature, make_optimizer(name, 1.0, beta))
        _, vectors = find_eigenvalues(problem, w0)
        for share, grows in ((0.99, False), (1.01, True)):
            path = run(problem, w0, share * limit, 250, name, beta).path
            errors = np.abs((path - curvature.minimum) @ vectors[:, -1])
            assert errors[-1] > 5 * errors[0] if grows else errors[-1] < errors[0] / 5
            factor = predict_contraction(curvature, make_optimizer(name, share * limit, beta))
            assert (factor > 1) == grows


def test_momentum_comes_down_with_longer_steps_than_gradient_descent():
    curvature = find_curvature(TOY, ZEROS)
    assert find_lr_limit(curvature, make_optimizer("gradient_descent")) == pytest.approx(0.2)
    assert find_lr_limit(curvature, make_optimizer("momentum", 0.1, 0.9)) == pytest.approx(0.38)
    assert find_lr_limit(curvature, make_optimizer("nesterov", 0.1, 0.9)) == pytest.approx(0.38 / 2.8)


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam"])
def test_nothing_is_claimed_of_steps_that_scale_themselves(name):
    curvature = find_curvature(TOY, ZEROS)
    assert find_lr_limit(curvature, make_optimizer(name)) is None
    assert predict_contraction(curvature, make_optimizer(name)) is None


def test_descent_reaches_the_predicted_minimum():
    """Also where there are many minimisers: the one that descent comes to is the one closest to the start."""
    reached = 0
    for problem, w0, _ in draw_random_problems():
        curvature = find_curvature(problem, w0)
        if curvature.condition > 20:
            continue
        reached += 1
        result = run(problem, w0, curvature.lr_best, 200)
        np.testing.assert_allclose(result.w, curvature.minimum, atol=1e-6)
        assert measure_distances(curvature, result.path)[-1] < 1e-6
    assert reached > 20


def test_the_notebooks_step_sizes():
    curvature = find_curvature(TOY, ZEROS)
    np.testing.assert_allclose(curvature.eigenvalues, [0, 0, 0, 0, 10], atol=1e-12)
    assert (curvature.eigenvalues >= 0).all()
    assert (curvature.largest, curvature.smallest, curvature.condition) == pytest.approx((10, 10, 1))
    assert (curvature.lr_max, curvature.lr_best) == pytest.approx((0.2, 0.1))
    assert curvature.is_exact
    result = descend(TOY, ZEROS, make_optimizer(lr=0.01), 150)
    assert predict_contraction(curvature, make_optimizer(lr=0.01)) == pytest.approx(0.9)
    assert measure_contraction(curvature, make_optimizer(), result, "float32") == pytest.approx(0.9, rel=1e-4)


def test_the_best_step_size_lands_in_one_step():
    curvature = find_curvature(TOY, ZEROS)
    result = run(TOY, ZEROS, curvature.lr_best, 3)
    assert measure_distances(curvature, result.path)[1] < 1e-12
    optimizer = make_optimizer(lr=curvature.lr_best)
    assert measure_contraction(curvature, optimizer, result, "float64") == pytest.approx(0, abs=1e-12)


def test_no_step_size_beats_the_best():
    for problem, w0, rng in draw_random_problems():
        curvature = find_curvature(problem, w0)
        best = predict_contraction(curvature, make_optimizer(lr=curvature.lr_best))
        assert best == pytest.approx((curvature.condition - 1) / (curvature.condition + 1), abs=1e-9)
        others = [make_optimizer(lr=share * curvature.lr_max) for share in rng.uniform(0.01, 1, 50)]
        assert min(predict_contraction(curvature, other) for other in others) >= best - 1e-12


@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "nesterov"])
@pytest.mark.parametrize("condition", [2, 25, 1000])
def test_no_settings_beat_the_best(name, condition):
    """On a grid of η and β around the theory's, whose pace is the one that its authors give."""
    curvature = find_curvature(make_valley(condition), np.array([1.0, 1.0]))
    lr, beta = find_best_settings(curvature, name)
    best = predict_contraction(curvature, make_optimizer(name, lr, beta))
    root = (3 * condition + 1) ** 0.5
    claimed = {
        "gradient_descent": (condition - 1) / (condition + 1),
        "momentum": (condition**0.5 - 1) / (condition**0.5 + 1),
        "nesterov": 1 - 2 / root,
    }
    assert best == pytest.approx(claimed[name], rel=1e-6)
    for more in (-0.3, -0.1, -0.01, 0.0, 0.01, 0.1, 0.3):
        for share in np.linspace(0.5, 1.5, 41):
            if name == "gradient_descent" and more:
                continue
            near = min(max(beta + more * (1 - beta), 1e-9), 0.999)
            tried = predict_contraction(curvature, make_optimizer(name, share * lr, near))
            assert tried >= best * (1 - 1e-6)


def test_of_adam_and_its_like_no_best_is_known():
    curvature = find_curvature(TOY, ZEROS)
    assert [name for name in OPTIMIZERS if find_best_settings(curvature, name) is None] == [
        "adagrad",
        "rmsprop",
        "adam",
    ]


@pytest.mark.parametrize("name", list(SURFACES))
def test_curvature_of_a_surface_is_that_of_its_nearest_minimum(name):
    surface = SURFACES[name]
    curvature = find_curvature(surface, np.array(surface.start))
    nearest = min(surface.minima, key=lambda point: np.linalg.norm(np.subtract(point, surface.start)))
    np.testing.assert_array_equal(curvature.minimum, nearest)
    eigenvalues, _ = find_eigenvalues(surface, np.array(nearest))
    np.testing.assert_allclose(curvature.nonzero, eigenvalues)
    assert not curvature.is_exact
    # Close to the minimum the theory holds for it as well.
    lr = 0.7 * curvature.lr_max
    result = run(surface, curvature.minimum + 1e-5, lr, 40)
    predicted = predict_contraction(curvature, make_optimizer(lr=lr))
    measured = measure_contraction(curvature, make_optimizer(lr=lr), result, "float64")
    assert measured == pytest.approx(predicted, rel=0.01)


def test_rosenbrocks_condition_number():
    curvature = find_curvature(SURFACES["rosenbrock"], np.zeros(2))
    assert curvature.condition == pytest.approx(2508, rel=1e-3)  # as the literature gives it


@given(st.floats(1e-6, 0.9999), st.floats(1e-3, 1e9))
def test_predicted_steps_are_just_enough(contraction, excess):
    steps = predict_steps(contraction, excess)
    assert excess * contraction ** (2 * steps) <= TARGET_LOSS * (1 + 1e-5)
    assert excess * contraction ** (2 * (steps - 1)) > TARGET_LOSS * (1 - 1e-5)


def test_predicted_steps_at_the_ends():
    assert predict_steps(0.5, TARGET_LOSS) == 0
    assert predict_steps(1.5, 0.0) == 0
    assert predict_steps(1.0, 1.0) is None
    assert predict_steps(1.5, 1.0) is None
    assert predict_steps(0.0, 1.0) == 1


@pytest.mark.parametrize("name", list(OPTIMIZERS))
@pytest.mark.parametrize(
    "problem",
    [TOY, make_least_squares([[1, 1], [2, 1], [3, 1]], [1, 3, 2]), make_valley(25), *SURFACES.values()],
    ids=["toy", "line", "valley", *SURFACES],
)
def test_suggested_step_size_comes_down(problem, name):
    w0 = find_default_start(problem) if problem is not SURFACES["saddle"] else np.array([-1.6, 0.3])
    lr = suggest_lr(problem, w0, name)
    assert f"{lr:.0e}" == f"{lr:e}".replace("000000", "").replace(".e", "e")  # one digit
    result = run(problem, w0, lr, 200, name)
    assert result.status in ("converged", "running", "stalled")
    assert result.path_losses.min() < 0.7 * result.path_losses[0]


@pytest.mark.parametrize(
    ("surface", "place", "kind"),
    [
        ("saddle", (0.0, 0.0), "saddle"),
        ("saddle", (0.0, 1.0), "minimum"),
        ("himmelblau", (-0.270845, -0.923039), "maximum"),
        ("himmelblau", (3.0, 2.0), "minimum"),
        ("rastrigin", (0.5, 0.5), "maximum"),
        ("rastrigin", (0.5, 0.0), "saddle"),
        ("rastrigin", (0.99, 0.99), "minimum"),
    ],
)
def test_flat_places_have_their_word(surface, place, kind):
    assert classify_end(SURFACES[surface], np.array(place)) == kind
