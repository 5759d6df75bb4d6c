"""The openings do every optimizer justice, and what the page says of a problem is seen in its opening."""

import math
from functools import cache

import numpy as np
import pytest

from app.descent.answers import explain_minimum
from app.descent.race import OPENINGS, build_problem, run_race
from app.descent.sentences import describe_race
from models.descent.descent import descend
from models.descent.learning_rate import (
    TARGET_LOSS,
    find_best_settings,
    find_curvature,
    find_lr_limit,
    predict_contraction,
)
from models.descent.optimizers import OPTIMIZERS, make_optimizer
from models.descent.problems import SURFACES

TRIED = [name for name in OPENINGS if name != "toy"]  # the toy problem's settings are the notebook's
RATES = [float(f"{digit}e{power}") for power in range(-6, 2) for digit in (1, 2, 5)]
MOMENTA = (0.5, 0.8, 0.9, 0.95)
LEAST_MOMENTUM = 0.05  # of the slider


@cache
def race(name):
    return run_race(OPENINGS[name])


def end_of(name, optimizer):
    """Return the last loss of the optimizer of this name in a problem's opening."""
    (found,) = [each for each in race(name).optimizers if each.config.name == optimizer]
    return float(found.descent.path_losses[-1])


def list_candidates(problem, curvature, name):
    """Return the (η, β) among which an opening's are found: on a quadratic loss the theory's alone."""
    known = find_best_settings(curvature, name)
    if known is None:
        return [(lr, 0.0) for lr in RATES if lr >= 0.01]
    best = (float(f"{known[0]:.4g}"), math.ceil(1000 * known[1]) / 1000)  # a little less costs more
    has_momentum = OPTIMIZERS[name].has_momentum
    pairs = [] if has_momentum and best[1] < LEAST_MOMENTUM else [best]
    if problem.is_quadratic:
        return pairs
    for beta in MOMENTA if has_momentum else (0.0,):
        limit = find_lr_limit(curvature, make_optimizer(name, 1.0, beta))
        pairs += [(lr, beta) for lr in RATES if limit / 100 < lr < limit]
    return pairs


@pytest.mark.gate  # tries hundreds of settings
@pytest.mark.parametrize("name", TRIED)
def test_every_optimizer_opens_with_settings_that_do_it_justice(name):
    """Nothing among the candidates is sooner at the target or, where none comes there, lower at the end."""
    opening = OPENINGS[name]
    problem, start = build_problem(opening), np.array(opening.first_weights)
    curvature = find_curvature(problem, start)

    def score(optimizer, lr, beta):
        done = descend(problem, start, make_optimizer(optimizer, lr, beta), opening.steps, opening.dtype, 60)
        if done.overflow_step:
            return np.inf, np.inf
        excess = done.path_losses - problem.smallest_loss
        reached = np.flatnonzero(excess <= TARGET_LOSS)
        return (float(reached[0]) if len(reached) else np.inf), float(excess[-1])

    for optimizer, lr in filter(None, opening.entries):
        beta = opening.find_momentum(optimizer)
        candidates = list_candidates(problem, curvature, optimizer)
        assert (lr, beta) in candidates, (optimizer, candidates[0])
        if problem.is_quadratic and (known := find_best_settings(curvature, optimizer)):
            pace, best_pace = (
                predict_contraction(curvature, make_optimizer(optimizer, *each))
                for each in ((lr, beta), known)
            )
            assert pace < 1.002 * best_pace
        scores = {each: score(optimizer, *each) for each in candidates if len(candidates) > 1}
        if not scores:
            continue
        best = min(scores.values())
        steps, loss = scores[lr, beta]
        # A little room: another processor rounds in another way.
        assert steps <= best[0] + 3, (optimizer, min(scores, key=scores.get))
        assert np.isfinite(steps) or loss <= 1.05 * best[1], (optimizer, min(scores, key=scores.get))


@pytest.mark.parametrize("name", TRIED)
def test_no_step_size_of_an_opening_stands_where_the_ruler_says_that_it_diverges(name):
    for optimizer in race(name).optimizers:
        limit = find_lr_limit(race(name).curvature, optimizer.config)
        assert limit is None or optimizer.config.lr < limit
        assert optimizer.descent.path_losses[-1] < optimizer.descent.path_losses[0]


def test_momentum_is_the_valleys_remedy():
    """Against plain gradient descent at its own best, as the lesson's link shows it."""
    plain = end_of("valley", "gradient_descent")
    assert plain < 1e-4
    assert end_of("valley", "momentum") < 1e-28
    assert end_of("valley", "nesterov") < 1e-15
    assert describe_race(race("valley")).startswith("**Momentum is lowest** after 100 steps")
    assert "Momentum is the remedy." in explain_minimum(race("valley"))
    assert end_of("line", "momentum") <= end_of("line", "gradient_descent")


def test_rosenbrocks_floor_is_slow_for_gradient_descent():
    losses = race("rosenbrock").optimizers[0].descent.path_losses
    assert losses[10] < 0.2 * losses[0]  # into the valley is quick
    assert losses[-1] > 0.1 * losses[10]  # along its floor is slow


def test_which_of_himmelblaus_minima_is_reached_depends_on_the_optimizer():
    opened = race("himmelblau")
    reached = {tuple(opened.problem.find_minimum(each.descent.w)) for each in opened.optimizers}
    assert len(reached) > 1
    for optimizer in opened.optimizers:
        minimum = opened.problem.find_minimum(optimizer.descent.w)
        assert np.linalg.norm(optimizer.descent.w - minimum) < 0.01


def test_beales_walls_and_floor_want_different_steps():
    """Gradient descent is far behind those that scale each step."""
    assert end_of("beale", "gradient_descent") > 100 * end_of("beale", "adam")


def test_everyone_leaves_the_saddle():
    opened = race("saddle")
    assert abs(opened.start[1]) < 0.01
    for optimizer in opened.optimizers:
        assert opened.problem.find_minimum(optimizer.descent.w)[1] == pytest.approx(
            optimizer.descent.w[1], abs=0.02
        )


def test_gradient_descent_settles_in_the_hollow_that_it_starts_in():
    optimizer = race("rastrigin").optimizers[0]
    assert optimizer.config.name == "gradient_descent"
    assert optimizer.descent.status == "converged"
    assert np.abs(optimizer.descent.w - SURFACES["rastrigin"].start).max() < 0.5
