"""Which learning rate suits the small network: what the page is answered while rates are tried.

An answer takes as long as one of a training's: the page asks again until all is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from app.descent.plane.form import BROKEN_MESSAGE
from app.descent.plane.handlers import read_request
from app.descent.plane.payloads import PlaneRates
from app.descent.plane.settings import make_experiment
from app.descent.plane.view import SECONDS_AN_ANSWER
from app.ui.packing import pack
from app.ui.rate_search import describe_finding, describe_trials, draw_finding
from models.descent.plane.rates import sweep_network, try_network
from models.descent.plane.training import Experiment
from models.descent.rate_finder import SEEDS, judge_sweeps, space_rates
from models.descent.rate_trial import TRIED_FACTORS

T = TypeVar("T")
# What a search does not depend on: it goes through the rates, and its steps are of no epoch.
NO_MATTER = ("lr", "schedule", "epochs", "switch_epoch", "switch_lr")
_BROKEN = "The page sent a request that cannot be read. Reload it."


def answer_finding(request: Any) -> str:
    """Sweep over the rates with each seed; called by the component's script until it is done.

    Args:
        request: `{"values": [*form], "moved": {…}}` from the browser, unchecked.
    """
    return _answer(request, show_finding)


def answer_checking(request: Any) -> str:
    """Train a little at a rate and beside it; called by the component's script until it is done.

    Args:
        request: As `answer_finding` takes it, with the `rate`.
    """
    return _answer(request, lambda experiment: show_trials(experiment, request["rate"]))


def _answer(request: Any, show: Callable[[Experiment], PlaneRates]) -> str:
    try:
        settings, _ = read_request(request)
        return pack(show(make_experiment(settings)))
    except ValueError as mistake:
        return pack({"error": str(mistake)})
    except BROKEN_MESSAGE:
        return pack({"error": _BROKEN})


def show_finding(experiment: Experiment) -> PlaneRates:
    """Sweep with the seeds as long as an answer may take, and show what is known then."""
    sweeps = _do_some(lambda number: sweep_network(experiment, number), len(SEEDS))
    finding = judge_sweeps(space_rates(), sweeps)
    is_done = len(sweeps) == len(SEEDS)
    return {
        "chart": draw_finding(finding, is_whole=is_done),
        "said": describe_finding(finding) if is_done else f"Seed {len(sweeps)} of {len(SEEDS)} is done.",
        "rate": finding.suggestion if is_done else None,
        "is_done": is_done,
    }


def show_trials(experiment: Experiment, rate: float) -> PlaneRates:
    """Try a rate and those beside it as long as an answer may take, and show what is known then.

    Raises:
        ValueError: for a rate out of range.
    """
    trials = _do_some(lambda number: try_network(experiment, rate, number), len(TRIED_FACTORS))
    is_done = len(trials) == len(TRIED_FACTORS)
    said = f"Rate {len(trials)} of {len(TRIED_FACTORS)} is tried."
    return {"said": describe_trials(trials) if is_done else said, "is_done": is_done}


def _do_some(do: Callable[[int], T], num: int) -> list[T]:
    """Do the first things of several, one at least; those that are known cost nothing."""
    ends_at = time.thread_time() + SECONDS_AN_ANSWER
    done = [do(0)]
    while len(done) < num and time.thread_time() < ends_at:
        done.append(do(len(done)))
    return done
