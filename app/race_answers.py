"""The notebook's questions, answered with the numbers of the race on the page, as Markdown."""

import math
from dataclasses import replace

import numpy as np

from app.graph import draw_graph
from app.race import Race, compare_step_sizes, keep_problem, run_race
from app.readouts import format_latex, format_number, format_point
from models.backprop import check_gradient, trace_graph
from models.descent import DTYPES
from models.learning_rate import (
    MAX_COUNTED_STEPS,
    measure_contraction,
    measure_distances,
    measure_pace,
    predict_contraction,
    predict_steps,
)
from models.optimizers import OPTIMIZERS
from models.problems import Floats, Surface

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def tabulate_losses(race: Race) -> str:
    """List the loss before every tenth step and the last one, with all the digits that Python prints.

    Where one racer is alone, the same descent in the other number type stands beside it.
    """
    columns = {race.name_racer(racer): racer.descent.losses for racer in race.racers}
    if len(race.racers) == 1:
        other = "float64" if race.settings.dtype == "float32" else "float32"
        twin = run_race(replace(race.settings, dtype=other)).racers[0]
        columns = {race.settings.dtype: race.racers[0].descent.losses, other: twin.descent.losses}
    longest = max(len(losses) for losses in columns.values())
    iterations = [k for k in range(longest) if k % 10 == 9 or k + 1 == race.settings.steps]
    iterations = iterations or [max(longest - 1, 0)]
    rows = [
        f"| {k + 1} | "
        + " | ".join(str(float(losses[k])) if k < len(losses) else "–" for losses in columns.values())
        + " |"
        for k in iterations
    ]
    return f"| Iteration | {' | '.join(columns)} |\n|--:|{':--|' * len(columns)}\n" + "\n".join(rows)


def explain_minimum(race: Race) -> str:
    """Answer the notebook's first question: the minimisers, and how far each step is from one."""
    problem, minimum = race.problem, race.curvature.minimum
    if isinstance(problem, Surface):
        minima = ", ".join(format_point(np.array(point)) for point in problem.minima)
        text = (
            f"$${problem.latex}$$\n\n{problem.remark} The loss is 0 at {minima}; "
            f"nearest to the start is {format_point(minimum)}."
        )
    elif race.settings.problem == "toy":
        x, y = problem.x[0], float(problem.y[0])
        error = y - float(x @ race.start)
        text = (
            r"The loss is a square, so it is 0 wherever $x^\top w = y$: here for every $w$ with "
            f"${_write_sum(x)} = {format_latex(y)}$. Each gradient is a multiple of $x$, so gradient descent "
            "moves along $x$ alone and ends where that line meets the set: at $w_0$ plus the projection of "
            "its error,\n\n"
            r"$$w_\infty = w_0 + \frac{y - x^\top w_0}{\lVert x \rVert^2}\,x = "
            rf"w_0 + \frac{{{format_latex(error)}}}{{{format_latex(float(x @ x))}}}\,x = "
            f"{_write_vector(minimum)}.$$"
        )
    else:
        solutions = (
            "one solution,"
            if len(race.curvature.nonzero) == 2
            else "many solutions, since all points have the same x; closest to the start is"
        )
        slope, intercept = (format_number(float(value)) for value in minimum)
        text = (
            r"The loss is $\frac{1}{N}\sum_i (y_i - \text{slope}\cdot x_i - \text{intercept})^2$. Where "
            r"its gradient is 0, $X^\top X w = X^\top y$: the normal equations, with "
            f"{solutions} slope {slope} and intercept {intercept}. The loss there is "
            f"{format_number(problem.smallest_loss)}, since the points do not lie on one line."
        )
        if problem.smallest_loss < 1e-20:
            text = text.replace(", since the points do not lie on one line", "")
    return f"{text}\n\n{tabulate_distances(race)}"


def tabulate_distances(race: Race) -> str:
    """List each racer's distance to the minimum along the way: about ten rows."""
    longest = max(len(racer.descent.path) for racer in race.racers) - 1
    steps = np.unique(np.linspace(0, longest, 11).astype(int)).tolist()
    distances = [measure_distances(race.curvature, racer.descent.path) for racer in race.racers]
    head = " | ".join(race.name_racer(racer) for racer in race.racers)
    rows = [
        f"| {k} | "
        + " | ".join(format_number(float(one[k])) if k < len(one) else "–" for one in distances)
        + " |"
        for k in steps
    ]
    return (
        f"Distance to {format_point(race.curvature.minimum)} at every step: the chart draws it too.\n\n"
        f"| Steps taken | {head} |\n|--:|{'--:|' * len(race.racers)}\n" + "\n".join(rows)
    )


def explain_rates(race: Race) -> str:
    """Answer the notebook's second question: eigenvalues, limits, predicted and measured pace."""
    curvature = race.curvature
    where = "" if curvature.is_exact else f" at the minimum {format_point(curvature.minimum)}"
    zeros = len(curvature.eigenvalues) - len(curvature.nonzero)
    values = ", ".join(format_number(float(value)) for value in curvature.nonzero)
    many = len(curvature.nonzero) > 1
    text = f"The Hessian{where} has the eigenvalue{'s' if many else ''} $\\lambda$ = {values}"
    text += f", and {zeros} times 0: directions in which nothing moves." if zeros else "."
    if many:
        condition = format_number(curvature.condition)
        text += rf" Condition number $\kappa = \lambda_{{\max}}/\lambda_{{\min}}$ = {condition}."
    limit, best = format_number(curvature.lr_max), format_number(curvature.lr_best)
    limits = (
        rf"Gradient descent comes down for $0 < \eta < 2/\lambda_{{\max}}$ = **{limit}**, and fastest with "
        rf"$\eta = 2/(\lambda_{{\min}} + \lambda_{{\max}})$ = **{best}**."
    )
    if not curvature.is_exact:
        limits += " Elsewhere the curvature is another, so this holds once the steps are near the minimum."
    rows = []
    for racer in race.racers:
        predicted = predict_contraction(curvature, racer.optimizer)
        measured = measure_contraction(curvature, racer.descent, race.settings.dtype)
        rows.append(
            f"| {race.name_racer(racer)} | {format_number(racer.optimizer.lr)} | "
            f"{_write_factor(predicted)} | {_write_factor(measured)} |"
        )
    table = "| Optimiser | η | Distance per step, predicted | measured |\n|:--|--:|--:|--:|\n" + "\n".join(
        rows
    )
    return "\n\n".join([text, limits, table, *_tabulate_directions(race), tabulate_rates(race)])


def _tabulate_directions(race: Race) -> list[str]:
    """Follow gradient descent along each eigenvector, where the theory is exact."""
    plain = [racer for racer in race.racers if racer.optimizer.name == "gradient_descent"]
    if not plain or not race.curvature.is_exact:
        return []
    racer = plain[0]
    paces = measure_pace(race.curvature, racer.descent.path)
    rows = [
        f"| {format_number(float(value))} | {format_number(1 - racer.optimizer.lr * float(value))} | "
        f"{'–' if math.isnan(pace) else format_number(float(pace))} |"
        for value, pace in zip(race.curvature.eigenvalues, paces, strict=True)
        if value > 0
    ]
    return [
        f"{race.name_racer(racer)}, direction by direction: what one step leaves of the distance along each "
        "eigenvector. Below 0, the step lands on the other side.\n\n"
        r"| Eigenvalue λ | predicted 1 − ηλ | measured |" + "\n|--:|--:|--:|\n" + "\n".join(rows)
    ]


def tabulate_rates(race: Race) -> str:
    """Set step sizes beside the steps that gradient descent needs with them, counted and predicted."""
    excess = float(race.racers[0].descent.path_losses[0]) - race.problem.smallest_loss
    is_exact = race.settings.problem == "toy"
    lines = []
    for row in compare_step_sizes(keep_problem(race.settings)):
        if row.steps is not None:
            counted = f"{row.steps:,}"
        else:
            counted = "never" if row.contraction > 1 - 1e-9 else f"more than {MAX_COUNTED_STEPS:,}"
        is_best = abs(row.lr / race.curvature.lr_best - 1) < 1e-9
        cells = [format_number(row.lr), f"{row.share:.4g} ×", format_number(row.contraction), counted]
        if is_exact:
            predicted = predict_steps(row.contraction, excess)
            cells.append("never" if predicted is None else f"{predicted:,}")
        cells = [f"**{cell}**" for cell in cells] if is_best else cells
        lines.append(f"| {' | '.join(cells)} |")
    head = "| η | of the limit | factor per step | steps |" + (" predicted |" if is_exact else "")
    where = "" if race.curvature.is_exact else " The factor is the one near the minimum."
    return (
        "Gradient descent with other step sizes, from this start in float64: the steps until the loss is "
        f"within $10^{{-6}}$ of its minimum. The best η stands in bold.{where}\n\n"
        f"{head}\n|--:|--:|--:|--:|{'--:|' if is_exact else ''}\n" + "\n".join(lines)
    )


def _write_factor(value: float | None) -> str:
    return "–" if value is None else f"× {format_number(value)}"


def _write_vector(values: Floats) -> str:
    return rf"({', '.join(format_latex(float(value)) for value in values)})^\top"


def _write_sum(x: Floats) -> str:
    """Write xᵀw with its numbers: w_1 + 2 w_2 − 0.5 w_3."""
    text = ""
    for i, value in enumerate(x, start=1):
        if value == 0:
            continue
        size = "" if abs(value) == 1 else f"{format_latex(abs(float(value)))}\\,"
        sign = ("-" if value < 0 else "") if not text else (" - " if value < 0 else " + ")
        text += f"{sign}{size}w_{i}"
    return text


def explain_gradient(race: Race, step: int) -> tuple[str, str]:
    """Answer the notebook's third question at one step of the first racer.

    Args:
        race: The race.
        step: How many steps were taken; where the racer stopped before, its last position is taken.

    Returns:
        The computation graph as HTML; Markdown with the gradient from autograd, formula and differences.
    """
    racer = race.racers[0]
    step = min(max(step, 0), len(racer.descent.path) - 1)
    w = racer.descent.path[step]
    dtype = race.settings.dtype
    graph = draw_graph(trace_graph(race.problem.make_loss(DTYPES[dtype]), w, dtype))
    check = check_gradient(race.problem.make_loss(DTYPES["float64"]), race.problem.gradient, w)
    rows = [
        f"| {name} | {format_number(float(a))} | {format_number(float(b))} | {format_number(float(c))} |"
        for name, a, b, c in zip(
            _name_weights(race), check.autograd, check.formula, check.differences, strict=True
        )
    ]
    text = (
        f"{race.name_racer(racer)} after {step:,} steps, at $w$ = {format_point(w)}.\n\n"
        "| | autograd: w.grad | formula | finite differences |\n|:--|--:|--:|--:|\n"
        + "\n".join(rows)
        + "\n\n"
        f"Largest difference from autograd: {format_number(check.max_formula_error)} for the formula, "
        f"{format_number(check.max_difference_error)} for central differences with a step of about "
        f"{format_number(check.step)}, all in float64."
    )
    return graph, text


def tabulate_optimizers() -> str:
    """List what a step of each optimiser does, and the call that builds it."""
    rows = [
        f"| {kind.title} | ${kind.latex}$ | `{kind.call.format(lr='η', momentum='β')}` |"
        for kind in OPTIMIZERS.values()
    ]
    return "| Optimiser | One step | In torch |\n|:--|:--|:--|\n" + "\n".join(rows)


def _name_weights(race: Race) -> list[str]:
    if race.settings.problem == "line":
        return ["slope", "intercept"]
    if isinstance(race.problem, Surface):
        return ["a", "b"]
    return [f"w{str(i).translate(_SUBSCRIPTS)}" for i in range(1, race.problem.num_weights + 1)]
