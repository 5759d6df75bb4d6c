"""The notebook's table and its questions 1 and 3, answered with the race's numbers, as Markdown.

Question 2, on step sizes, is answered by `rates`.
"""

from dataclasses import replace

import numpy as np

from app.descent.graph import draw_graph, tabulate_graph
from app.descent.race import Race, run_race
from app.descent.sentences import join_names
from app.descent.view import predict_losses
from app.ui.numbers import format_latex, format_number, format_point
from models.descent.backprop import check_gradient, trace_graph
from models.descent.optimizers import OPTIMIZERS
from models.descent.pace import measure_distances
from models.descent.problems import DTYPES, Surface
from models.values import Floats


def explain_losses(race: Race) -> str:
    """List the losses, and say first what the theory makes of them, where it predicts them exactly."""
    table = tabulate_losses(race)
    predicted, losses = predict_losses(race), race.optimizers[0].descent.losses
    if predicted is None:
        return table
    lr, curvature = race.optimizers[0].config.lr, race.curvature.largest
    factor = format_latex((1 - lr * curvature) ** 2)
    text = (
        r"Here each step multiplies the loss by $(1 - \eta\lambda)^2 = "
        rf"(1 - {format_latex(lr)} \cdot {format_latex(curvature)})^2 = {factor}$"
    )
    earlier = min(9, len(losses) - 1)  # steps before the table's first line
    if earlier > 0 and abs(predicted[earlier] - losses[earlier]) < 1e-3 * losses[earlier]:
        base = rf"({factor})" if "cdot" in factor else factor
        first, then = (format_latex(float(losses[step])) for step in (0, earlier))
        start = "" if first == "1" else rf"{first} \cdot "
        text += rf", so iteration {earlier + 1} prints ${start}{base}^{{{earlier}}} \approx {then}$"
    return f"{text}.\n\n{table}"


def tabulate_losses(race: Race) -> str:
    """List the loss before every tenth step and the last one, with all the digits that Python prints.

    Where one optimizer is alone, the same descent in the other number type stands beside it.
    """
    columns = {race.name_optimizer(optimizer): optimizer.descent.losses for optimizer in race.optimizers}
    if len(race.optimizers) == 1:
        other = "float64" if race.settings.dtype == "float32" else "float32"
        again = run_race(replace(race.settings, dtype=other)).optimizers[0]
        columns = {race.settings.dtype: race.optimizers[0].descent.losses, other: again.descent.losses}
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
            "moves along $x$ alone. If it comes down, it ends where that line meets the set: at $w_0$ plus "
            "the projection of its error,\n\n"
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
            f"{solutions} slope {slope} and intercept {intercept}. "
        )
        # What float64's rounding of numbers as large as these leaves of each error.
        rounding = np.finfo(np.float64).eps * (np.abs(problem.y) + np.abs(problem.x) @ np.abs(minimum))
        if problem.smallest_loss <= float(np.mean((16 * rounding) ** 2)):
            text += "It meets every point, so the loss there is 0."
        else:
            text += (
                f"The loss there is {format_number(problem.smallest_loss)}: no slope and intercept meet all "
                "points."
            )
    adaptive = [
        race.name_optimizer(optimizer)
        for optimizer in race.optimizers
        if optimizer.config.name in ("adagrad", "rmsprop", "adam")
    ]
    if len(race.curvature.nonzero) < problem.num_weights and adaptive:
        text += (
            f"\n\n{join_names(adaptive)} may come to another of the minimisers: dividing each entry by a "
            "number of its own turns the steps away from the gradients."
        )
    return f"{text}\n\n{tabulate_distances(race)}"


def tabulate_distances(race: Race) -> str:
    """List each optimizer's distance to the minimum along the way: about ten rows."""
    longest = max(len(optimizer.descent.path) for optimizer in race.optimizers) - 1
    steps = np.unique(np.linspace(0, longest, 11).astype(int)).tolist()
    distances = [measure_distances(race.curvature, optimizer.descent.path) for optimizer in race.optimizers]
    head = " | ".join(race.name_optimizer(optimizer) for optimizer in race.optimizers)
    rows = [
        f"| {k} | "
        + " | ".join(format_number(float(one[k])) if k < len(one) else "–" for one in distances)
        + " |"
        for k in steps
    ]
    return (
        f"Distance to {format_point(race.curvature.minimum)} along the way; the chart of the distance "
        "draws it at every step.\n\n"
        f"| Steps taken | {head} |\n|--:|{'--:|' * len(race.optimizers)}\n" + "\n".join(rows)
    )


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


def explain_gradient(race: Race, step: int) -> tuple[str, str, str]:
    """Answer the notebook's third question at one step of the first optimizer.

    Args:
        race: The race.
        step: How many steps were taken; where the optimizer stopped before, its last position is taken.

    Returns:
        The computation graph as HTML; the same as a table in Markdown; Markdown with the gradient from
        autograd, formula and differences.
    """
    optimizer = race.optimizers[0]
    asked, step = step, min(max(step, 0), len(optimizer.descent.path) - 1)
    w = optimizer.descent.path[step]
    dtype = race.settings.dtype
    graph = trace_graph(race.problem.make_loss(DTYPES[dtype]), w, dtype)
    check = check_gradient(race.problem.make_loss(DTYPES["float64"]), race.problem.gradient, w)
    rows = [
        f"| {name} | {format_number(float(a))} | {format_number(float(b))} | {format_number(float(c))} |"
        for name, a, b, c in zip(
            race.weight_names, check.autograd, check.formula, check.differences, strict=True
        )
    ]
    taken = f"{step:,} step" if step == 1 else f"{step:,} steps"
    last = ", where it stopped" if asked > step < race.settings.steps else ""
    text = (
        f"{race.name_optimizer(optimizer)} after {taken}{last}, at $w$ = {format_point(w)}.\n\n"
        "| Weight | autograd: w.grad | formula | finite differences |\n|:--|--:|--:|--:|\n"
        + "\n".join(rows)
        + "\n\n"
        f"Largest difference from autograd: {format_number(check.max_formula_error)} for the formula, "
        f"{format_number(check.max_difference_error)} for central differences with a step of about "
        f"{format_number(check.step)}, all in float64."
    )
    return draw_graph(graph), tabulate_graph(graph), text


def tabulate_optimizers() -> str:
    """List what a step of each optimizer does, and the call that builds it."""
    rows = [
        f"| {kind.title} | ${kind.latex}$ | `{kind.write_call('η', 'β')}` |" for kind in OPTIMIZERS.values()
    ]
    return "| Optimizer | One step | In torch |\n|:--|:--|:--|\n" + "\n".join(rows)
