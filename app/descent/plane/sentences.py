"""What came of a small network's training, in a sentence or two."""

from __future__ import annotations

import math

from app.descent.plane.view import name_network
from app.ui.numbers import format_number, write_percent
from models.descent.plane.moments import measure_moment
from models.descent.plane.training import Experiment, list_epochs, reach


def describe_training(experiment: Experiment, moment: int, is_named: bool = False) -> str:
    """Say how far a training got by a moment that is reached.

    Args:
        experiment: The experiment.
        moment: A place in `list_epochs`.
        is_named: Whether the network's name begins it, as where there are two.
    """
    epochs = list_epochs(experiment.training.epochs)
    state = reach(experiment, moment)
    begins = f"**{name_network(experiment)}**: " if is_named else ""
    (trained, tested), (trained_right, tested_right) = measure_moment(experiment, moment)
    if state.broken_step or (trained is not None and not math.isfinite(trained)):
        where = f"in step {state.broken_step:,}" if state.broken_step else f"after epoch {epochs[moment]:,}"
        return (
            f"{begins}The loss overflows {where}: the weights have run away, and from "
            "there on nothing is learned. A smaller learning rate keeps it finite."
        )
    said = f"{begins}After {epochs[moment]:,} of {epochs[-1]:,} epochs the training loss is {_tell(trained)}"
    if tested is not None:
        said += f", the test loss {_tell(tested)}"
    if trained_right is not None:
        said += f"; {write_percent(trained_right)} of the training points"
        if tested_right is not None:
            said += f" and {write_percent(tested_right)} of the test points"
        said += " are classified correctly"
    return said + "." + _tell_lowest(experiment, moment)


def _tell(loss: float | None) -> str:
    return "unknown" if loss is None else f"**{format_number(loss)}**"


def _tell_lowest(experiment: Experiment, moment: int) -> str:
    """Say where the test loss was lowest, where it has risen clearly since."""
    losses = [measure_moment(experiment, place)[0][1] for place in range(moment + 1)]
    known = [loss for loss in losses if loss is not None and math.isfinite(loss)]
    last = losses[moment]
    if last is None or not math.isfinite(last) or last <= RISEN * min(known):
        return ""
    place = losses.index(min(known))
    epoch = list_epochs(experiment.training.epochs)[place]
    return (
        f" The test loss was lowest after epoch {epoch:,}, {format_number(min(known))}, and has risen since: "
        "early stopping would keep the network of that epoch."
    )


RISEN = 1.1  # times its lowest: less is no news
