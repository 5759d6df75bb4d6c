"""How good a network is: accuracy with its confidence interval, loss, confusion matrix."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from models.data.datasets import Dataset, to_input
from models.networks.layers import NUM_CLASSES

_BATCH_SIZE = 250  # keeps the maps of the largest given network under 200 MB, of any other under 2 GB


@dataclass(frozen=True)
class Evaluation:
    """A network's results on one data set.

    Attributes:
        accuracy: Share of images read correctly, 0 to 1.
        interval: 95 % confidence interval of the accuracy (Wilson).
        loss: Mean cross-entropy in nats.
        num_images: Images evaluated.
        confusion: (10, 10) int64; row = what the image shows, column = what the network answered.
        answers: (N,) uint8, the network's answer to each image.
        confidences: (N,) float32, the probability that it gave to its answer.
    """

    accuracy: float
    interval: tuple[float, float]
    loss: float
    num_images: int
    confusion: np.ndarray
    answers: np.ndarray
    confidences: np.ndarray

    def __str__(self) -> str:
        low, high = self.interval
        return f"accuracy {self.accuracy:.4f} ({low:.4f}–{high:.4f}), loss {self.loss:.4g}"


def evaluate_network(network: nn.Module, dataset: Dataset, precision: str = "float32") -> Evaluation:
    """Evaluate `network` on `dataset` on the device that the network is on.

    Args:
        network: The network.
        dataset: The images and what they show.
        precision: "float32", or "bfloat16" for the multiplications, which is quicker and a little less exact.

    The network is put in evaluation mode (no dropout, batch norm's running statistics) and returned to its
    earlier mode afterwards, also after an error.

    Raises:
        ValueError: If the data set is empty.
    """
    if len(dataset) == 0:
        raise ValueError("There is no image to evaluate on; give at least one.")
    device = next(network.parameters()).device
    was_training = network.training
    confusion = torch.zeros(NUM_CLASSES, NUM_CLASSES, dtype=torch.int64)
    answers = torch.empty(len(dataset), dtype=torch.uint8)
    confidences = torch.empty(len(dataset))
    total_loss = 0.0
    network.eval()
    try:
        with torch.inference_mode(), use_precision(precision, device):
            for start in range(0, len(dataset), _BATCH_SIZE):
                inputs = to_input(dataset.images[start : start + _BATCH_SIZE].to(device))
                labels = dataset.labels[start : start + _BATCH_SIZE].to(device)
                logits = network(inputs).float()  # (N, 10)
                total_loss += F.cross_entropy(logits, labels, reduction="sum").item()
                confidence, answer = logits.softmax(dim=1).max(dim=1)  # (N,) each
                answers[start : start + _BATCH_SIZE] = answer
                confidences[start : start + _BATCH_SIZE] = confidence
                cells = labels * NUM_CLASSES + answer  # (N,) each image's cell, row by row
                confusion += torch.bincount(cells, minlength=NUM_CLASSES**2).cpu().view_as(confusion)
    finally:
        network.train(was_training)
    num_correct = int(confusion.trace())
    return Evaluation(
        accuracy=num_correct / len(dataset),
        interval=compute_interval(num_correct, len(dataset)),
        loss=total_loss / len(dataset),
        num_images=len(dataset),
        confusion=confusion.numpy(),
        answers=answers.numpy(),
        confidences=confidences.numpy(),
    )


def use_precision(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """Return the context in which a network's multiplications are of the precision, as a recipe names it."""
    return torch.autocast(device.type, torch.bfloat16) if precision == "bfloat16" else nullcontext()


def compute_class_accuracies(confusion: np.ndarray, num_shown: np.ndarray | None = None) -> np.ndarray:
    """Return for each class the share of its images that are read rightly.

    Args:
        confusion: (K, K); row = what the image shows, column = what the network answered.
        num_shown: (K,) images of each class, if there are more than the network was asked about.

    Returns:
        (K,) float64, NaN for a class of which there is no image.
    """
    totals = np.asarray(confusion.sum(axis=1) if num_shown is None else num_shown, np.float64)
    shares: np.ndarray = np.full(len(totals), np.nan)
    np.divide(np.diagonal(confusion), totals, out=shares, where=totals > 0)
    return shares


def compute_interval(num_correct: int, num_images: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of the share `num_correct / num_images`.

    Wilson's score interval (E. B. Wilson, 1927), which stays within 0 to 1 and holds near both ends.
    """
    z = 1.959964  # the normal distribution's 97.5th percentile
    share = num_correct / num_images
    centre = share + z**2 / (2 * num_images)
    half_width = z * math.sqrt(share * (1 - share) / num_images + z**2 / (4 * num_images**2))
    scale = 1 + z**2 / num_images
    return max(0.0, (centre - half_width) / scale), min(1.0, (centre + half_width) / scale)
