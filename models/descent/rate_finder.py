"""A range test for the learning rate: the loss while the rate rises, and the rate that this suggests.

After L. N. Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, section 3.3: while something
trains, its rate is raised from step to step. At first the loss hardly moves, then it falls, then it turns
around and grows. Nothing is known here of what trains: it is given as something that can be stepped.

Shapes: S seeds, K rates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from models.descent.notation import write_number
from models.values import Floats

# Makes one step at the rate that it is given, and returns the loss from before that step.
Stepper = Callable[[float], float]

LOWEST_RATE, HIGHEST_RATE = 1e-5, 10.0
NUM_RATES = 120
MAX_RATES = 1_000
SEEDS = (0, 1, 2)
FAR_ABOVE = 4.0  # times the lowest loss so far: a sweep ends there
_WINDOW = 5  # losses, of which the middle one counts: a single batch may be a hard one
_SLOPE_REACH = 5  # rates on either side over which a slope is fitted
_LEAST_FALL = 0.05  # of the first loss; less is no fall
_ROOM = 3.0  # a suggestion stays below the rate of the lowest loss by this factor
_NOISE_TIMES = 3.0  # the fall is to be so many times what neighbouring losses differ by


@dataclass(frozen=True)
class RateFinding:
    """What a range test tells.

    Attributes:
        rates: (K,) the rates, rising, at equal distances on a logarithmic axis.
        smoothed: (S, K) each seed's loss, smoothed; NaN from where its sweep had ended.
        median: (K,) the median of the seeds, one that has ended counting as infinite; NaN where most have.
        suggestion: The steepest rate, or a third of the lowest loss's if that is less, as 1, 2 or 5 times a
            power of ten; None where the test suggests none.
        steepest: The rate at which the median falls fastest on the logarithmic axis; None without a fall.
        lowest: The rate at which the median is lowest; None without a fall.
        diverging: The rate from which the loss is far above its lowest, or back at its first value; None if
            it never is.
        reason: Why this rate and no higher one, or why none, in words.
    """

    rates: Floats
    smoothed: Floats
    median: Floats
    suggestion: float | None
    steepest: float | None
    lowest: float | None
    diverging: float | None
    reason: str


def space_rates(low: float = LOWEST_RATE, high: float = HIGHEST_RATE, num: int = NUM_RATES) -> Floats:
    """Return rates (K,) that rise from `low` to `high` by the same factor from each to the next.

    Raises:
        ValueError: If they are not positive, finite and rising, or their number is not 20 to `MAX_RATES`.
    """
    if not (0 < low < high < math.inf):
        raise ValueError(
            f"The rates go from {low:g} to {high:g}; both must be above 0, and the second the higher. "
            f"{write_number(LOWEST_RATE)} to {write_number(HIGHEST_RATE)} is usual."
        )
    if not 20 <= num <= MAX_RATES:
        raise ValueError(f"There are {num} rates; 20 to {MAX_RATES:,} can be tried, {NUM_RATES} is usual.")
    return np.geomspace(low, high, num)


def sweep_rates(step: Stepper, rates: Iterable[float]) -> Iterator[float]:
    """Make a step at each rate in turn, and yield the loss from before it.

    It ends early after a loss that is not finite, or where the middle one of the last five is more than
    `FAR_ABOVE` times the lowest such loss so far.
    """
    last: list[float] = []
    lowest = math.inf
    for rate in rates:
        loss = float(step(float(rate)))
        yield loss
        if not math.isfinite(loss):
            return
        last = [*last, loss][-_WINDOW:]
        if len(last) == _WINDOW:
            middle = median(last)
            lowest = min(lowest, middle)
            if middle > FAR_ABOVE * lowest and middle > 0:
                return


def find_rate(
    start: Callable[[int], Stepper],
    *,
    low: float = LOWEST_RATE,
    high: float = HIGHEST_RATE,
    num_rates: int = NUM_RATES,
    seeds: Sequence[int] = SEEDS,
    tell: Callable[[int, float], None] | None = None,
) -> RateFinding:
    """Raise the rate step by step, once for each seed, and say what the losses suggest.

    Args:
        start: Makes what is stepped afresh from a seed.
        low: The first rate.
        high: The last rate.
        num_rates: Steps of each seed.
        seeds: One sweep each.
        tell: Called with the seed and the loss after each step; what it raises ends the test.

    Raises:
        ValueError: As `space_rates`, or if there is no seed.
    """
    rates = space_rates(low, high, num_rates)
    sweeps = []
    for seed in seeds:
        losses: list[float] = []
        for loss in sweep_rates(start(seed), rates):
            losses.append(loss)
            if tell:
                tell(seed, loss)
        sweeps.append(losses)
    return judge_sweeps(rates, sweeps)


def judge_sweeps(rates: Floats, sweeps: Sequence[Sequence[float]]) -> RateFinding:
    """Say what sweeps over rates suggest, which may have ended early.

    Args:
        rates: (K,) as `space_rates` returns them.
        sweeps: For each seed the losses of `sweep_rates`, at most K.

    Raises:
        ValueError: If there is no sweep.
    """
    if not sweeps:
        raise ValueError("There is no sweep to judge; give at least one seed.")
    smoothed = np.stack([_smooth(losses, len(rates)) for losses in sweeps])
    middle = np.median(np.where(np.isnan(smoothed), np.inf, smoothed), axis=0)
    num = int(np.isfinite(middle).argmin()) if not np.isfinite(middle).all() else len(rates)
    curve = middle[:num]
    middle = np.where(np.arange(len(rates)) < num, middle, np.nan)
    nothing = RateFinding(rates, smoothed, middle, None, None, None, None, "")
    if num < _WINDOW:
        return _explain(
            nothing,
            f"There is no suggestion: the loss was not finite within the first {_WINDOW} steps, at rates of "
            f"{rates[0]:.2g} and little more. Something else than the rate is wrong.",
        )
    lowest = int(curve.argmin())
    fall = float(curve[0] - curve[lowest])
    noise = median(_measure_noise(losses, num) for losses in sweeps)
    if fall <= max(_LEAST_FALL * abs(float(curve[0])), _NOISE_TIMES * noise):
        return _explain(nothing, _describe_no_fall(rates, curve, lowest, num < len(rates)))
    steepest = _find_steepest(np.log(rates[:num]), curve, lowest)
    back = np.flatnonzero(
        (np.arange(num) > lowest) & (curve > min(float(curve[0]), FAR_ABOVE * abs(float(curve[lowest]))))
    )
    diverging = int(back[0]) if len(back) else num if num < len(rates) else None
    found = RateFinding(
        rates,
        smoothed,
        middle,
        _round_rate(float(rates[steepest]), float(rates[lowest]) / _ROOM),
        float(rates[steepest]),
        float(rates[lowest]),
        None if diverging is None else float(rates[diverging]),
        "",
    )
    return _explain(found, _describe_suggestion(found))


def _smooth(losses: Sequence[float], num: int) -> Floats:
    """Return (num,) the middle one of five neighbours at each place, NaN where the sweep had ended.

    A middle value follows a falling or rising row without delay, where a mean would lag by decades.
    """
    finite = [loss for loss in losses if math.isfinite(loss)]  # only the last one may not be
    reach = _WINDOW // 2
    smoothed = np.full(num, np.nan)
    for index in range(len(finite)):
        near = min(reach, index, len(finite) - 1 - index)
        smoothed[index] = median(finite[index - near : index + near + 1])
    return smoothed


def _measure_noise(losses: Sequence[float], num: int) -> float:
    """Return by how much neighbouring losses differ as a rule where the rates are too low to matter."""
    first = np.array(losses[: max(_WINDOW, num // 4)])
    first = first[np.isfinite(first)]
    return float(np.median(np.abs(np.diff(first)))) if len(first) > 1 else 0.0


def _find_steepest(places: Floats, curve: Floats, lowest: int) -> int:
    """Return where a line fitted to the neighbours falls fastest, up to the lowest place."""

    def fit_slope(index: int) -> float:
        near = slice(max(0, index - _SLOPE_REACH), min(lowest, index + _SLOPE_REACH) + 1)
        x = places[near] - places[near].mean()
        return float((x * curve[near]).sum() / (x * x).sum())

    # At either end a line would rest on few neighbours.
    inner = range(min(_SLOPE_REACH, lowest // 2), max(lowest // 2, lowest - _SLOPE_REACH) + 1)
    return min(inner, key=fit_slope)


def _round_rate(rate: float, highest: float) -> float:
    """Return the nearest of 1, 2 and 5 times a power of ten, of those that are not above the highest."""
    power = math.floor(math.log10(min(rate, highest)))
    usual = [float(f"{digit}e{power + more}") for more in (-1, 0, 1) for digit in (1, 2, 5)]
    return min((each for each in usual if each <= highest), key=lambda each: abs(math.log(each / rate)))


def _explain(finding: RateFinding, reason: str) -> RateFinding:
    return RateFinding(**{**vars(finding), "reason": reason})


def _describe_suggestion(found: RateFinding) -> str:
    assert found.suggestion is not None
    assert found.steepest is not None
    assert found.lowest is not None
    is_near = found.steepest > found.lowest / _ROOM
    rounded = (
        f"that is too near to the lowest loss, so {write_number(found.suggestion)} leaves room"
        if is_near
        else f"rounded {write_number(found.suggestion)}"
    )
    text = (
        f"The loss fell fastest at a rate of about {write_number(found.steepest)}; {rounded}. It was "
        f"lowest at {write_number(found.lowest)}, which is not the rate to choose: there, what a step gains "
        "and what it overshoots are in balance already, and the lower rates before have earned the low loss. "
        "A training stays at its rate for many steps, so it needs room below."
    )
    if found.diverging is not None:
        return f"{text} From {write_number(found.diverging)} on it diverged."
    return f"{text} It did not diverge up to {write_number(found.rates[-1])}, the highest rate tried."


def _describe_no_fall(rates: Floats, curve: Floats, lowest: int, has_ended: bool) -> str:
    if has_ended or curve[-1] > curve[0] + _LEAST_FALL * abs(curve[0]):
        return (
            f"There is no suggestion: the loss did not fall by more than chance before it grew, which began "
            f"near {write_number(rates[lowest])}. Larger batches, a lower weight decay, another optimizer "
            "or another seed of the weights may help."
        )
    return (
        f"There is no suggestion: between {write_number(rates[0])} and {write_number(rates[-1])} the loss "
        f"fell at no rate by more than chance; it was {curve[0]:.4g} at first and {curve[lowest]:.4g} at the "
        "lowest. What does not learn at any rate lacks something else."
    )
