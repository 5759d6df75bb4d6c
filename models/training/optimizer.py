"""The optimizer of a training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torch import nn

from models.training.config import TrainConfig

if TYPE_CHECKING:
    from torch.optim import Optimizer


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
