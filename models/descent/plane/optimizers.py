"""How a small network's steps are taken: by an optimizer of torch, at the rate of a schedule."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from models.descent.optimizers import DEFAULT_MOMENTUM, OPTIMIZERS

SCHEDULES = {"constant": "constant", "cosine": "cosine, to 0"}  # of `models.descent.schedules`


def build_plane_optimizer(name: str, parameters: Iterable[nn.Parameter], lr: float) -> torch.optim.Optimizer:
    """Build the optimizer of this name, a key of OPTIMIZERS, with the usual momentum where it has one."""
    return OPTIMIZERS[name].build(parameters, lr, DEFAULT_MOMENTUM)
