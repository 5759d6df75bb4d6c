"""Endpoint /descend, used as another program uses it."""

import inspect
import json
import re

import numpy as np
import pytest

from app.api import endpoints
from tests.api.contract import DESCEND_KEYS
from tests.api.raw_calls import call_raw


def test_descend_gives_the_notebooks_table_without_being_told_anything(client):
    result = client.predict(api_name="/descend")
    assert set(result) == DESCEND_KEYS
    assert len(result["losses"]) == 150
    assert result["losses"][9] == pytest.approx(0.150094673037529, rel=1e-4)
    assert result["losses"][19] == pytest.approx(0.018248017877340317, rel=1e-4)
    assert result["losses"][99] == pytest.approx(8.74024408403784e-10, rel=1e-4)
    assert result["first_gradient"] == [-2] * 5
    assert result["w"] == pytest.approx([0.2] * 5, abs=1e-4)
    assert result["minimum"] == pytest.approx([0.2] * 5)
    assert result["eigenvalues"] == pytest.approx([0, 0, 0, 0, 10], abs=1e-9)
    assert (result["lr_max"], result["lr_best"]) == pytest.approx((0.2, 0.1))
    assert (result["contraction_predicted"], result["contraction_measured"]) == pytest.approx(
        (0.9, 0.9), rel=1e-3
    )
    assert result["distances"][:2] == pytest.approx([0.2 * 5**0.5, 0.9 * 0.2 * 5**0.5])
    assert len(result["distances"]) == 151
    assert (result["status"], result["overflow_step"]) == ("converged", None)


def test_descend_says_in_its_documentation_what_it_returns():
    text = inspect.getdoc(endpoints.descend).partition("Returns:")[2]
    assert set(re.findall(r"\b(?:\w+_)*\w+\b", text)) >= DESCEND_KEYS


def test_descend_fits_several_rows(client):
    x, y = [[0.5, 1], [1.5, 1], [2, 1], [4, 1]], [1, 1.4, 2.4, 3.9]
    fit = np.polyfit([row[0] for row in x], y, 1)
    result = client.predict(
        "least_squares", x, y, [3, -2], 0.02, 2000, "momentum", 0.9, "float64", api_name="/descend"
    )
    assert result["w"] == pytest.approx(fit, abs=1e-6)
    assert result["minimum"] == pytest.approx(fit)
    hessian = 2 / 4 * np.array(x).T @ np.array(x)
    assert result["eigenvalues"] == pytest.approx(np.linalg.eigvalsh(hessian))
    assert result["lr_max"] == pytest.approx(2 * 1.9 / result["eigenvalues"][-1])
    assert result["contraction_predicted"] < 1


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adam"])
def test_descend_gives_each_optimizer_its_own_theory(client, optimizer):
    """On ½a² + 5b² with β = 0.9: the pace is √β, with Nesterov's step √(β(1 − ηλ)) for λ = 1."""
    result = client.predict(problem="valley", lr=0.03, optimizer=optimizer, api_name="/descend")
    assert result["lr_best"] is None  # it is gradient descent's alone
    limit = {"momentum": 2 * 1.9 / 10, "nesterov": 2 * 1.9 / 2.8 / 10, "adam": None}[optimizer]
    factor = {"momentum": 0.9**0.5, "nesterov": (0.9 * 0.97) ** 0.5, "adam": None}[optimizer]
    assert result["lr_max"] == (limit and pytest.approx(limit))
    assert result["contraction_predicted"] == (factor and pytest.approx(factor))
    assert result["contraction_measured"] == (factor and pytest.approx(factor, rel=1e-3))


def test_descend_walks_a_surface(client):
    result = client.predict(
        problem="himmelblau", w0=[2, 1], lr=0.3, steps=400, optimizer="adam", api_name="/descend"
    )
    assert result["w"] == pytest.approx([3, 2], abs=1e-3)
    assert result["minimum"] == [3, 2]
    assert (result["lr_max"], result["contraction_predicted"]) == (None, None)
    assert result["losses"][0] == pytest.approx((4 + 1 - 11) ** 2 + (2 + 1 - 7) ** 2)
    valley = client.predict(problem="valley", condition=50, lr=0.01, steps=5, api_name="/descend")
    assert valley["eigenvalues"] == pytest.approx([1, 50])


@pytest.mark.parametrize("x", [[1, 1, 1], [0.01]])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_descend_answers_a_divergence_with_finite_numbers(served_page, x, dtype):
    """The short x lets the weights grow until their squares overflow before the loss does."""
    body = {"data": ["least_squares", x, 1, [0] * len(x), 1e6, 500, "gradient_descent", 0.9, dtype, 10]}
    text = call_raw(served_page, "descend", json.dumps(body).encode())
    assert "event: complete" in text

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    (result,) = json.loads(text.partition("data: ")[2], parse_constant=refuse)
    assert result["status"] == "diverged"
    assert result["overflow_step"] == len(result["losses"]) + 1
    assert None not in result["distances"]
    assert result["contraction_measured"] == pytest.approx(result["contraction_predicted"], rel=1e-3)
