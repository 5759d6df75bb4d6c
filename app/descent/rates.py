"""The notebook's question 2, which learning rate is fastest, answered with a race's numbers, as Markdown."""

import math

from app.descent.race import Race, compare_step_sizes
from app.descent.settings import keep_problem
from app.ui.numbers import format_number, format_point
from models.descent.learning_rate import find_best_settings, predict_contraction, predict_steps
from models.descent.pace import MAX_COUNTED_STEPS, RateRow, measure_contraction, measure_pace


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
        rf"Gradient descent comes down for $0 < \eta < 2/\lambda_{{\max}}$ = **{limit}**, and in the long "
        rf"run fastest with $\eta = 2/(\lambda_{{\min}} + \lambda_{{\max}})$ = **{best}**."
    )
    if curvature.is_exact and many:
        lr, beta, lr_ahead, beta_ahead = (
            format_number(value)
            for name in ("momentum", "nesterov")
            for value in find_best_settings(curvature, name) or ()
        )
        limits += (
            rf" Momentum is fastest with $\eta$ = **{lr}** and $\beta$ = **{beta}**, Nesterov's with "
            rf"$\eta$ = **{lr_ahead}** and $\beta$ = **{beta_ahead}**."
        )
    if not curvature.is_exact:
        limits += " Elsewhere the curvature is another, so this holds once the steps are near the minimum."
    rows = []
    for optimizer in race.optimizers:
        predicted = predict_contraction(curvature, optimizer.config)
        measured = measure_contraction(curvature, optimizer.config, optimizer.descent, race.settings.dtype)
        rows.append(
            f"| {race.name_optimizer(optimizer)} | {format_number(optimizer.config.lr)} | "
            f"{_write_factor(predicted)} | {_write_factor(measured)} |"
        )
    table = "| Optimizer | η | Distance per step, predicted | measured |\n|:--|--:|--:|--:|\n" + "\n".join(
        rows
    )
    if "| – |\n" in f"{table}\n":
        table += (
            "\n\nA dash: the optimizer has no fixed factor, or too few steps are near the minimum and clear "
            "of rounding."
        )
    return "\n\n".join([text, limits, table, *_tabulate_directions(race), tabulate_rates(race)])


def _tabulate_directions(race: Race) -> list[str]:
    """Follow gradient descent along each eigenvector, where the theory is exact."""
    plain = [optimizer for optimizer in race.optimizers if optimizer.config.name == "gradient_descent"]
    if not plain or not race.curvature.is_exact:
        return []
    optimizer = plain[0]
    paces = measure_pace(race.curvature, optimizer.descent.path)
    rows = [
        f"| {format_number(float(value))} | {format_number(1 - optimizer.config.lr * float(value))} | "
        f"{'–' if math.isnan(pace) else format_number(float(pace))} |"
        for value, pace in zip(race.curvature.eigenvalues, paces, strict=True)
        if value > 0
    ]
    return [
        f"{race.name_optimizer(optimizer)}, direction by direction: what one step leaves of the distance "
        "along each eigenvector. Below 0, the step lands on the other side.\n\n"
        r"| Eigenvalue λ | predicted 1 − ηλ | measured |" + "\n|--:|--:|--:|\n" + "\n".join(rows)
    ]


def tabulate_rates(race: Race) -> str:
    """Set step sizes beside the steps that gradient descent needs with them, counted and predicted."""
    excess = float(race.optimizers[0].descent.path_losses[0]) - race.problem.smallest_loss
    is_exact = race.settings.problem == "toy"
    lines = []
    for row in compare_step_sizes(keep_problem(race.settings)):
        is_best = abs(row.lr / race.curvature.lr_best - 1) < 1e-9
        cells = [
            format_number(row.lr),
            f"{row.share:.4g} ×",
            format_number(row.contraction),
            _write_count(row, race.curvature.is_exact),
        ]
        if is_exact:
            predicted = predict_steps(row.contraction, excess)
            cells.append("never" if predicted is None else f"{predicted:,}")
        cells = [f"**{cell}**" for cell in cells] if is_best else cells
        lines.append(f"| {' | '.join(cells)} |")
    head = "| η | of the limit | factor per step | steps |" + (" predicted |" if is_exact else "")
    where = "" if race.curvature.is_exact else " The factor is the one near the minimum."
    return (
        "Gradient descent with other step sizes, from this start in float64: the steps until the loss is "
        f"within $10^{{-6}}$ of its minimum. In bold, the η with the smallest factor.{where}\n\n"
        f"{head}\n|--:|--:|--:|--:|{'--:|' if is_exact else ''}\n" + "\n".join(lines)
    )


def _write_count(row: RateRow, is_theory_exact: bool) -> str:
    if row.steps is not None:
        return f"{row.steps:,}"
    if is_theory_exact:  # then the factor says what comes of it
        return "never" if row.contraction > 1 - 1e-9 else f"more than {MAX_COUNTED_STEPS:,}"
    return f"not yet at {MAX_COUNTED_STEPS:,}" if row.end == "not yet" else row.end


def _write_factor(value: float | None) -> str:
    return "–" if value is None else f"× {format_number(value)}"
