"""The learning rate at each step of a training, as its schedule says."""

import math

WARM_UP_SHARE = 0.25  # of one-cycle's steps, on which the learning rate rises


def schedule_rate(schedule: str, peak: float, step: int, num_steps: int) -> float:
    """Return the learning rate of a step.

    With the peak η and u = (step + ½) / num_steps, the share of the training at the middle of the step:
    "constant" is η throughout; "cosine" falls from η to 0 as η·(1 + cos πu)/2; "one-cycle" rises in a
    straight line from 0 to η on the first quarter of the steps, and falls in a straight line to 0 on the
    others (after L. N. Smith and N. Topin, 2018).

    Args:
        schedule: "constant", "cosine" or "one-cycle".
        peak: The learning rate at its highest.
        step: Steps done before this one, 0 to num_steps − 1.
        num_steps: Steps of the whole training.
    """
    share = (step + 0.5) / num_steps
    if schedule == "cosine":
        return peak * (1 + math.cos(math.pi * share)) / 2
    if schedule == "one-cycle":
        return peak * min(share / WARM_UP_SHARE, (1 - share) / (1 - WARM_UP_SHARE))
    return peak
