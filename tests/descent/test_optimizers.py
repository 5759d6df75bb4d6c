"""Each optimizer's path against a plain loop with torch.optim's own; what is refused."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.descent.descent import descend
from models.descent.optimizers import (
    DEFAULT_MOMENTUM,
    OPTIMIZERS,
    GradientDescent,
    OptimizerConfig,
    make_optimizer,
)
from models.descent.problems import make_problem

BUILD_IN_TORCH = {
    "gradient_descent": lambda w, lr, beta: torch.optim.SGD([w], lr=lr),
    "momentum": lambda w, lr, beta: torch.optim.SGD([w], lr=lr, momentum=beta),
    "nesterov": lambda w, lr, beta: torch.optim.SGD([w], lr=lr, momentum=beta, nesterov=True),
    "adagrad": lambda w, lr, beta: torch.optim.Adagrad([w], lr=lr),
    "rmsprop": lambda w, lr, beta: torch.optim.RMSprop([w], lr=lr),
    "adam": lambda w, lr, beta: torch.optim.Adam([w], lr=lr),
}

# The surfaces once more, as their sources write them.
LOSSES = {
    "valley": lambda a, b: 0.5 * a**2 + 0.5 * 30 * b**2,
    "rosenbrock": lambda a, b: (1 - a) ** 2 + 100 * (b - a**2) ** 2,
    "himmelblau": lambda a, b: (a**2 + b - 11) ** 2 + (a + b**2 - 7) ** 2,
    "beale": lambda a, b: (1.5 - a + a * b) ** 2 + (2.25 - a + a * b**2) ** 2 + (2.625 - a + a * b**3) ** 2,
    "saddle": lambda a, b: 0.5 * a**2 + 0.25 * (b**2 - 1) ** 2,
    "rastrigin": lambda a, b: (
        20 + a**2 + b**2 - 10 * (torch.cos(2 * torch.pi * a) + torch.cos(2 * torch.pi * b))
    ),
}

numbers = st.floats(-2, 2).filter(lambda v: v == 0 or abs(v) > 1e-3)


@st.composite
def problems(draw):
    """Draw a problem, its loss written anew, and w0: 1–6 rows and 1–8 weights, or a surface."""
    if draw(st.booleans()):
        name = draw(st.sampled_from(list(LOSSES)))
        w0 = draw(st.tuples(numbers, numbers))
        return make_problem(name, condition=30.0), lambda w: LOSSES[name](w[0], w[1]), w0
    num_rows, num_weights = draw(st.integers(1, 6)), draw(st.integers(1, 8))
    rows = st.lists(numbers, min_size=num_weights, max_size=num_weights)
    x = draw(st.lists(rows, min_size=num_rows, max_size=num_rows).filter(lambda rows: np.any(rows)))
    y = draw(st.lists(numbers, min_size=num_rows, max_size=num_rows))

    def loss(w):
        errors = [label - torch.tensor(row, dtype=w.dtype) @ w for row, label in zip(x, y, strict=True)]
        return sum(error**2 for error in errors) / num_rows

    return make_problem("least_squares", x, y), loss, draw(rows)


def descend_in_torch(loss_of, w0, optimizer_of, steps):
    """Take the steps as any torch program does; return the positions and the loss at each."""
    w = torch.tensor(w0, dtype=torch.float64, requires_grad=True)
    optimizer = optimizer_of(w)
    path, losses = [w.tolist()], []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(w)
        loss.backward()
        optimizer.step()
        path.append(w.tolist())
        losses.append(loss.item())
    return np.array(path), np.array([*losses, loss_of(w).item()])


@settings(max_examples=60)
@given(problems(), st.floats(1e-4, 2e-2), st.sampled_from([0.3, 0.9, 0.99]), st.integers(1, 14))
def test_every_path_is_that_of_torch(problem, lr, beta, steps):
    ours, loss_of, w0 = problem
    for name, build in BUILD_IN_TORCH.items():
        result = descend(ours, w0, make_optimizer(name, lr, beta), steps, "float64", time_limit_seconds=60)
        expected, losses = descend_in_torch(loss_of, w0, lambda w, build=build: build(w, lr, beta), steps)
        count = len(result.path)
        np.testing.assert_allclose(result.path, expected[:count], rtol=1e-6, atol=1e-6, err_msg=name)
        np.testing.assert_allclose(result.path_losses, losses[:count], rtol=1e-5, atol=1e-6, err_msg=name)
        # Where the path ends early, torch's loop overflows at the very next position.
        assert count == steps + 1 or not np.isfinite(losses[count])
        assert (count == steps + 1) == (result.overflow_step is None)


def test_every_optimizer_has_its_oracle():
    assert list(OPTIMIZERS) == list(BUILD_IN_TORCH)


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_the_written_call_builds_what_takes_the_steps(name):
    config = make_optimizer(name, 0.123, 0.7)
    w = torch.ones(3, requires_grad=True)
    written = eval(config.write_call(), {"torch": torch, "GradientDescent": GradientDescent, "w": w})
    built = config.build(w)
    assert type(written) is type(built)
    if isinstance(built, torch.optim.Optimizer):
        assert written.defaults == built.defaults
        assert built.defaults["lr"] == 0.123
    else:
        assert (written.lr, built.lr) == (0.123, 0.123)
    assert (
        (built.defaults["momentum"] == 0.7)
        if OPTIMIZERS[name].has_momentum
        else "0.7" not in config.write_call()
    )


def test_opens_on_the_notebooks_step():
    assert make_optimizer() == OptimizerConfig("gradient_descent", 0.01, DEFAULT_MOMENTUM)


@pytest.mark.parametrize("name", list(OPTIMIZERS))
@pytest.mark.parametrize(
    "lr", [0, -0.1, float("nan"), float("inf"), -float("inf"), 10**400, 1.1e15, "fast", None, True, [0.1]]
)
def test_refuses_a_step_size(name, lr):
    with pytest.raises(ValueError, match=r"learning rate is .*: enter a number above 0, for example 0\.01"):
        make_optimizer(name, lr)


def test_says_the_largest_step_size():
    assert make_optimizer("adam", 1e15).lr == 1e15
    with pytest.raises(ValueError, match="at most 1,000,000,000,000,000"):
        make_optimizer("adam", 2e15)


@pytest.mark.parametrize("momentum", [-0.01, 1, 0.9995, float("nan"), float("inf"), "0.9", None, True])
def test_refuses_a_momentum(momentum):
    with pytest.raises(ValueError, match=r"The momentum is .*: enter a number from 0 to 0\.999"):
        make_optimizer("momentum", 0.01, momentum)


def test_nesterov_needs_momentum():
    assert make_optimizer("momentum", 0.01, 0).momentum == 0
    with pytest.raises(ValueError, match="momentum above 0"):
        make_optimizer("nesterov", 0.01, 0)


@pytest.mark.parametrize("name", ["sgd", "Adam", "", None, 1, ["adam"]])
def test_refuses_an_unknown_optimizer(name):
    with pytest.raises(
        ValueError, match="choose one of gradient_descent, momentum, nesterov, adagrad, rmsprop"
    ):
        make_optimizer(name)
