"""A trial of a learning rate: some steps at it, at a third of it and at three times as much.

Nothing is known here of what trains: it is given as something that can be stepped, as in `rate_finder`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from models.descent.rate_finder import Stepper

NUM_TRIED_STEPS = 200  # at each rate of a trial
TRIED_FACTORS = (1 / 3, 1.0, 3.0)
_NUM_LAST = 20  # steps whose mean loss is a trial's outcome
HELD_SHARE = 0.9  # of the first loss: a trial that ends above has not learned


@dataclass(frozen=True)
class Trial:
    """What came of some steps at one rate.

    Attributes:
        rate: The learning rate of all steps.
        num_steps: Steps made, fewer than `NUM_TRIED_STEPS` where the loss left the finite numbers.
        first: The loss before the first step.
        last: The mean loss of the last twenty steps; infinite where it diverged.
    """

    rate: float
    num_steps: int
    first: float
    last: float

    @property
    def has_held(self) -> bool:
        """Whether the loss stayed finite and fell clearly."""
        return self.last < HELD_SHARE * self.first


def try_steps(step: Stepper, rate: float) -> Iterator[float]:
    """Make `NUM_TRIED_STEPS` steps at a rate, and yield each loss; one that is not finite ends them."""
    for _ in range(NUM_TRIED_STEPS):
        loss = step(rate)
        yield loss
        if not math.isfinite(loss):
            return


def judge_trial(rate: float, losses: Sequence[float]) -> Trial:
    """Say what came of the steps of `try_steps`, whose losses these are; at least one."""
    last = fmean(losses[-_NUM_LAST:]) if math.isfinite(losses[-1]) else math.inf
    return Trial(rate, len(losses), losses[0], last)
