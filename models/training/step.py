"""One step of a training: images, loss, gradient, new weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch.nn.functional as F
from torch import Tensor, nn

from models.checkpoints.evaluation import use_precision
from models.data.datasets import Dataset, to_input
from models.training.augmentation import augment_images
from models.training.config import TrainConfig
from models.training.distortion import distort_images

if TYPE_CHECKING:
    from torch.optim import Optimizer


def make_step(
    network: nn.Module, optimizer: Optimizer, batch: Dataset, config: TrainConfig
) -> tuple[Tensor, Tensor]:
    """Move a network's weights by one batch, and return its mean loss and its logits (N, 10)."""
    images = to_input(batch.images)
    if config.distortions:
        images = distort_images(images, config.distortions)
    if config.augment:
        images = augment_images(images)
    optimizer.zero_grad()
    with use_precision(config.precision, images.device):
        logits = network(images)  # (N, 1, 28, 28) → (N, 10)
    loss = F.cross_entropy(logits.float(), batch.labels, label_smoothing=config.label_smoothing)
    loss.backward()
    optimizer.step()
    return loss.detach(), logits.detach()
