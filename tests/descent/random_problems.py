"""Least-squares problems at random, and the eigenvalues of any problem found in another way than ours."""

from functools import cache

import numpy as np
import torch

from models.descent.descent import descend
from models.descent.optimizers import make_optimizer
from models.descent.problems import make_least_squares

TOY = make_least_squares([1.0] * 5, 1)
ZEROS = np.zeros(5)
NUM_PROBLEMS = 60


def find_eigenvalues(problem, w):
    """Return eigenvalues that are not 0 and their eigenvectors, of a Hessian from autograd."""
    hessian = torch.autograd.functional.hessian(problem.make_loss(torch.float64), torch.tensor(w))
    values, vectors = np.linalg.eigh(hessian.numpy())
    moving = values > 1e-10 * values[-1]
    return values[moving], vectors[:, moving]


@cache
def find_random_problems():
    """Return NUM_PROBLEMS least-squares problems of 1 to 6 rows and 1 to 8 weights, each with a start.

    Set aside are the starts with hardly any error along the flattest or the steepest direction, less than 0.3
    of it: it would take long to see there what the theory says of the long run. Whatever the step size, the
    slowest direction is one of these two.
    """
    found, seed = [], 0
    while len(found) < NUM_PROBLEMS:
        rng = np.random.default_rng(seed := seed + 1)
        num_rows, num_weights = rng.integers(1, 7), rng.integers(1, 9)
        problem = make_least_squares(rng.normal(size=(num_rows, num_weights)), rng.normal(size=num_rows))
        w0 = rng.normal(size=num_weights)
        _, vectors = find_eigenvalues(problem, w0)
        error = np.abs((w0 - problem.find_minimum(w0)) @ vectors)
        if min(error[0], error[-1]) >= 0.3 * np.linalg.norm(error):
            found.append((problem, w0))
    return found


def draw_random_problems(count=NUM_PROBLEMS):
    """Yield problem, start and a generator for what else is drawn."""
    for seed, (problem, w0) in enumerate(find_random_problems()[:count]):
        yield problem, w0, np.random.default_rng(seed)


def run(problem, w0, lr, steps, name="gradient_descent", momentum=0.9):
    return descend(problem, w0, make_optimizer(name, lr, momentum), steps, "float64", 60)
