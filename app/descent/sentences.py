"""How a race went and why, in a few sentences for a learner."""

import numpy as np

from app.descent.race import Optimizer, Race
from app.ui.numbers import format_number, format_point
from models.descent.descent import FLAT_GRADIENT
from models.descent.learning_rate import classify_end, find_lr_limit, predict_contraction
from models.descent.problems import LeastSquares, Surface
from models.values import Floats

LARGEST = {"float32": float(np.finfo(np.float32).max), "float64": float(np.finfo(np.float64).max)}


def describe_race(race: Race) -> str:
    """Say in a few sentences how the race went and why.

    What an exercise asks, the best step size and the limit, stands between `||`, for the notice to leave out.
    """
    if len(race.optimizers) == 1:
        return describe_descent(race, race.optimizers[0])
    diverged = [optimizer for optimizer in race.optimizers if optimizer.descent.status == "diverged"]
    others = [optimizer for optimizer in race.optimizers if optimizer.descent.status != "diverged"]
    sentences = [
        describe_descent(race, optimizer, race.name_optimizer(optimizer)) for optimizer in diverged[:1]
    ]
    sentences += _name_divergences(race, diverged[1:])
    if others:
        best = min(others, key=lambda optimizer: float(optimizer.descent.path_losses[-1]))
        loss = format_number(float(best.descent.path_losses[-1]))
        level = [each for each in others if format_number(float(each.descent.path_losses[-1])) == loss]
        places = {_name_place(race, each) for each in level}
        sentences.append(
            f"**{join_names([race.name_optimizer(each) for each in level])} "
            f"{'is' if len(level) == 1 else 'are'} lowest** after {_count_steps(best)}, with a loss of "
            f"{loss}{places.pop() if len(places) == 1 else ''}."
        )
    return " ".join(sentences)


def describe_descent(race: Race, optimizer: Optimizer, name: str = "") -> str:
    """Say in two or three sentences how one descent went and why.

    Args:
        race: The race.
        optimizer: One of its optimizers.
        name: What to call it where there are others.
    """
    descent, config = optimizer.descent, optimizer.config
    dtype = race.settings.dtype
    start, end = (format_number(float(descent.path_losses[k])) for k in (0, -1))
    taken = _count_steps(optimizer)
    who = f"{name}: " if name else ""
    if not descent.gradients[0].any():
        return (
            f"**{who}The gradient is 0 at the start**, so no step moves the weights: this is "
            f"{_name_flat_place(race, descent.path[0])}. Choose another start."
        )
    limit = find_lr_limit(race.curvature, config)
    is_at_limit = race.curvature.is_exact and limit is not None and abs(config.lr / limit - 1) < 1e-9
    if is_at_limit and descent.overflow_step is None and descent.status in ("running", "diverged"):
        at = f"{format_number(config.lr)}{_hint(', the limit')}"
        return (
            f"**{who}Back and forth.** At η = {at}, each step lands as far behind the minimum as it "
            f"began before it, and the loss stays near {end}."
        )
    if descent.status == "diverged":
        return _describe_divergence(race, optimizer, who)
    if descent.status == "converged":
        if isinstance(race.problem, Surface):
            return _describe_flat_end(race, optimizer, who)
        text = (
            f"**{who}At the bottom.** The error is down to the rounding of {dtype}; the last loss is {end}."
        )
        if descent.settled_step is not None:
            text += f" From iteration {descent.settled_step} on the weights do not change any more."
        return text
    if descent.status == "stalled":
        return (
            f"**{who}Stuck above the bottom.** From iteration {descent.settled_step} on, each step is too "
            f"small to change a weight in {dtype}, and the loss stays at {end}."
        )
    if descent.status == "out_of_time":
        return (
            f"**{who}Stopped: the time for a race was up.** {taken} of {descent.num_steps:,} "
            f"are done, and the loss is {end}."
        )
    factor = predict_contraction(race.curvature, config)
    if not race.curvature.is_exact or factor is None:
        return f"**{who}On the way.** In {taken} the loss goes from {start} to {end}."
    rise = float(descent.path_losses[-1] - descent.path_losses[0])
    title = "On the way down" if rise < 0 else "Up at first" if rise > 0 else "On the way"
    title = "Bound to grow" if factor > 1 else title
    text = (
        f"**{who}{title}.** In {taken} the loss goes from {start} to {end}. In the long run "
        f"each step multiplies the distance by {format_number(factor)}"
    )
    if factor > 1 and limit is not None:
        return (
            f"{text}, which is more than 1{_hint(f'; a step size below {format_number(limit)} comes down')}."
        )
    if config.kind.has_momentum:
        return f"{text}."
    best = race.curvature.lr_best
    if abs(config.lr / best - 1) < 1e-3:
        return f"{text}{_hint(', and no fixed step size does better')}."
    side = " and lands on the other side of the minimum" if config.lr > best else ""
    return f"{text}{side}{_hint(f'; a step size nearer to {format_number(best)} is faster')}."


def _describe_divergence(race: Race, optimizer: Optimizer, who: str) -> str:
    """Say why the steps grow, in one sentence, and where the numbers end."""
    descent, config, curvature = optimizer.descent, optimizer.config, race.curvature
    limit = find_lr_limit(curvature, config)
    lr = format_number(config.lr)
    factor = predict_contraction(curvature, config)
    if curvature.is_exact and config.name == "gradient_descent" and factor is not None and factor > 1:
        reason = (
            f"**{who}The steps grow.** Each multiplies the error along the steepest direction by "
            f"|1 − ηλ| = |1 − {lr}·{format_number(curvature.largest)}| = {format_number(factor)}, which is "
            "more than 1."
        )
    elif curvature.is_exact and factor is not None and factor > 1:
        reason = (
            f"**{who}The steps grow.** With this momentum each multiplies the distance by "
            f"{format_number(factor)} in the long run, which is more than 1."
        )
    elif curvature.is_exact and factor is not None:
        reason = (
            f"**{who}Up at first.** Momentum carries the steps past the minimum; in the long run each "
            f"multiplies the distance by {format_number(factor)}, so further steps come down."
        )
        limit = None  # it is kept already
    elif factor is not None:
        reason = f"**{who}The steps grow.** They are too long for the curvature that they meet on the way."
    else:
        moves = np.abs(np.diff(descent.path, axis=0))  # (K, D); none where the first step leads out of range
        longest = f" The longest moves a weight by {format_number(float(moves.max()))}." if len(moves) else ""
        reason = f"**{who}The steps lead up.**{longest} A smaller η takes shorter ones."
    if descent.overflow_step is None:
        start, end = (format_number(float(descent.path_losses[k])) for k in (0, -1))
        rest = f" In {_count_steps(optimizer)} the loss goes from {start} to {end}."
    else:
        rest = (
            f" In iteration {descent.overflow_step} the loss leaves the range of {race.settings.dtype}, "
            f"which ends at {format_number(LARGEST[race.settings.dtype])}."
        )
    if limit is not None and curvature.is_exact:
        rest += _hint(f" A step size below {format_number(limit)} comes down.")
    elif limit is not None:
        rest += _hint(f" Near the minimum the limit is {format_number(limit)}; farther up it can be smaller.")
    return reason + rest


def _hint(text: str) -> str:
    return f"||{text}||"


def _count_steps(optimizer: Optimizer) -> str:
    taken = len(optimizer.descent.path) - 1
    return f"{taken:,} step" if taken == 1 else f"{taken:,} steps"


def _name_divergences(race: Race, optimizers: list[Optimizer]) -> list[str]:
    """Say who diverges beside the one that was described, each with its own limit."""
    growing, higher = [], []
    for optimizer in optimizers:
        name, limit = race.name_optimizer(optimizer), find_lr_limit(race.curvature, optimizer.config)
        factor = predict_contraction(race.curvature, optimizer.config)
        if race.curvature.is_exact and limit is not None and factor is not None and factor > 1:
            growing.append(f"{name}{_hint(f' (its limit is {format_number(limit)})')}")
        elif optimizer.descent.overflow_step is not None:
            growing.append(name)
        else:
            higher.append(name)
    sentences = []
    if growing:
        sentences.append(f"{join_names(growing)} diverge{'s' if len(growing) == 1 else ''} too.")
    if higher:
        ends = "ends higher than it" if len(higher) == 1 else "end higher than they"
        sentences.append(f"{join_names(higher)} {ends} began.")
    return sentences


def _describe_flat_end(race: Race, optimizer: Optimizer, who: str) -> str:
    """Say of an optimizer on a surface in what kind of place its gradient has come down to nothing."""
    descent = optimizer.descent
    is_zero = float(np.linalg.norm(descent.gradients[-1])) < FLAT_GRADIENT
    gradient = "0 to five digits" if is_zero else f"down to the rounding of {race.settings.dtype}"
    facts = (
        f"After {_count_steps(optimizer)} the gradient is {gradient}, the loss is "
        f"{format_number(float(descent.path_losses[-1]))}"
    )
    place = _name_flat_place(race, descent.w)
    if place in ("a minimum", "a hollow"):
        return f"**{who}At the bottom.** {facts}{_name_place(race, optimizer)}."
    return (
        f"**{who}At {place}.** {facts}. Beside it the loss is lower, but the gradient does not point there."
    )


def _name_place(race: Race, optimizer: Optimizer) -> str:
    """Say where an optimizer ended on a surface: `, at the minimum (1, 1)`; "" while it is on its way."""
    problem, descent = race.problem, optimizer.descent
    if not isinstance(problem, Surface) or descent.status != "converged":
        return ""
    place = _name_flat_place(race, descent.w)
    if place == "a minimum":
        return f", at the minimum {format_point(problem.find_minimum(descent.w))}"
    return f", in {place}" if place == "a hollow" else f", at {place}"


def _name_flat_place(race: Race, w: Floats) -> str:
    """Name the kind of place w (D,), where the gradient is flat."""
    if isinstance(race.problem, LeastSquares):
        return "a minimum"
    if np.linalg.norm(w - race.problem.find_minimum(w)) < 1e-2:
        return "a minimum"
    kinds = {"minimum": "a hollow", "saddle": "a saddle point", "maximum": "the top of a hill"}
    return kinds[classify_end(race.problem, w)]


def join_names(names: list[str]) -> str:
    """Join names as in a sentence: A, B and C."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
