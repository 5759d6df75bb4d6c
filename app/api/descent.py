"""The public endpoint of gradient descent. Its parameters are declared in the descent's table of settings."""

import inspect
from typing import Any

import gradio as gr

from app.descent.settings import RaceSettings, list_parameters
from models.descent.descent import check_start
from models.descent.descent import descend as run_descent
from models.descent.learning_rate import find_curvature, find_lr_limit, predict_contraction
from models.descent.optimizers import make_optimizer
from models.descent.pace import measure_contraction, measure_distances
from models.descent.problems import find_default_start, make_problem


def make_signature(table: type[RaceSettings] = RaceSettings) -> inspect.Signature:
    """Return the endpoint's signature: a parameter for each that the settings declare, all with defaults."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter(one.name, kind, default=one.default, annotation=one.annotation)
        for one in list_parameters(table)
    ]
    return inspect.Signature(parameters, return_annotation=dict[str, Any])


def write_documentation(table: type[RaceSettings] = RaceSettings) -> str:
    """Return the endpoint's docstring, with a line for each parameter."""
    lines = [f"{one.name}: {one.text}" for one in list_parameters(table)]
    return _TEXT.replace("{parameters}", ("\n" + 8 * " ").join(lines))


def descend(*values: Any, **named_values: Any) -> dict[str, Any]:  # noqa: D417 (the parameters follow)
    """Minimise a loss with gradients from torch's autograd, and compare with theory.

    Without arguments it is the notebook's problem: (y − xᵀw)² with x five ones, y = 1 and w0 five zeros.
    "least_squares" is the mean of that over the rows of x; the other problems are surfaces over two weights.

    Args:
        {parameters}

    Returns:
        losses (before each step), w, first_gradient, status, overflow_step and settled_step (or null),
        minimum (the minimiser that the theory is about), distances to it (at the start and after each step),
        eigenvalues of the Hessian at the minimum, ascending, and what follows from them for the chosen
        optimizer, exactly for least squares and the valley, elsewhere near the minimum: lr_max, the step size
        from which it no longer comes down, and contraction_predicted and contraction_measured, the factor of
        the distance in one step in the long run. These three are null for "adagrad", "rmsprop" and "adam",
        which have none, contraction_measured also where rounding, too few steps or, on a surface, the way to
        the minimum hide it. lr_best, the fastest fixed step size, is null except for "gradient_descent".
    """
    call = _SIGNATURE.bind(*values, **named_values)
    call.apply_defaults()
    given = call.arguments
    problem, x, y, w0, dtype = (given[name] for name in ("problem", "x", "y", "w0", "dtype"))
    if problem == "least_squares" and x is None and y is None:
        x, y = [1.0] * 5, 1.0
    try:
        chosen = make_problem(problem, x, y, given["condition"])
        start = check_start(chosen, find_default_start(chosen) if w0 is None else w0)
        config = make_optimizer(given["optimizer"], given["lr"], given["momentum"])
        result = run_descent(chosen, start, config, given["steps"], dtype)
    except ValueError as error:
        raise gr.Error(str(error), print_exception=False) from error
    curvature = find_curvature(chosen, start)
    return {
        "losses": result.losses.tolist(),
        "w": result.w.tolist(),
        "first_gradient": result.gradients[0].tolist(),
        "status": result.status,
        "overflow_step": result.overflow_step,
        "settled_step": result.settled_step,
        "minimum": curvature.minimum.tolist(),
        "distances": measure_distances(curvature, result.path).tolist(),
        "eigenvalues": curvature.eigenvalues.tolist(),
        "lr_max": find_lr_limit(curvature, config),
        "lr_best": curvature.lr_best if config.name == "gradient_descent" else None,
        "contraction_predicted": predict_contraction(curvature, config),
        "contraction_measured": measure_contraction(curvature, config, result, dtype),
    }


_SIGNATURE = make_signature()
_TEXT = descend.__doc__ or ""
# What Gradio reads of an endpoint.
vars(descend).update(__signature__=_SIGNATURE)
descend.__doc__ = write_documentation()
descend.__annotations__ = {
    **{name: one.annotation for name, one in _SIGNATURE.parameters.items()},
    "return": _SIGNATURE.return_annotation,
}
