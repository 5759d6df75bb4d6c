"""The optimizer of a training, and the learning rate at each of its steps."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from torch import nn

from models.training.config import TrainConfig

if TYPE_CHECKING:
    from torch.optim import Optimizer

WARM_UP_SHARE = 0.25  # of one-cycle's steps, on which the learning rate rises


def build_optimizer(parameters: Iterable[nn.Parameter], config: TrainConfig) -> Optimizer:
    """Build the optimizer that `config` names, with torch's own defaults for what `config` does not set.

    `fused` makes one pass over the weights of what are ten otherwise: the same formulas, rounded a little
    differently, and Adam's step on ConvNet takes a tenth of the time.
    """
    import torch.optim as optim  # its first use makes torch import its compiler, which takes seconds

    rate, decay = config.learning_rate, config.weight_decay
    if config.optimizer == "sgd":
        return optim.SGD(parameters, rate, config.momentum, weight_decay=decay, fused=True)
    if config.optimizer == "rmsprop":  # has no fused form
        return optim.RMSprop(parameters, rate, momentum=config.momentum, weight_decay=decay)
    if config.optimizer == "adamw":
        return optim.AdamW(parameters, rate, weight_decay=decay, fused=True)
    return optim.Adam(parameters, rate, weight_decay=decay, fused=True)


def schedule_learning_rate(config: TrainConfig, step: int, num_steps: int) -> float:
    """Return the learning rate of a step.

    With the peak η (`config.learning_rate`) and u = (step + ½) / num_steps, the share of the training at the
    middle of the step: "constant" is η throughout; "cosine" falls from η to 0 as η·(1 + cos πu)/2;
    "one-cycle" rises in a straight line from 0 to η on the first quarter of the steps, and falls in a
    straight line to 0 on the others (after L. N. Smith and N. Topin, 2018).

    Args:
        config: The configuration, whose learning rate is the peak.
        step: Steps done before this one, 0 to num_steps − 1.
        num_steps: Steps of the whole training.
    """
    peak, share = config.learning_rate, (step + 0.5) / num_steps
    if config.schedule == "cosine":
        return peak * (1 + math.cos(math.pi * share)) / 2
    if config.schedule == "one-cycle":
        return peak * min(share / WARM_UP_SHARE, (1 - share) / (1 - WARM_UP_SHARE))
    return peak
