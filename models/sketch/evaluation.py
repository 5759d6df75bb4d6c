"""How a network reads digits that people drew or took a photo of, with those that are refused and doubted.

Shapes: N drawings or images, M of them that are not refused.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from models.checkpoints.calibration import measure_calibration_error
from models.checkpoints.evaluation import compute_class_accuracies, compute_interval
from models.networks.layers import NUM_CLASSES
from models.values import Floats32

SURE = 0.95  # of an answer: a wrong one should not reach it
NO_ANSWER = -1
_BATCH_SIZE = 250
_LEAST_SHARE = 1e-300  # its logarithm is finite

Group = TypeVar("Group", bound=Hashable)


class PreparedInputs(NamedTuple):
    """Drawings or images as a network is given them.

    Attributes:
        images: (N, 28, 28), zeros where one was refused.
        is_read: (N,) whether it was not.
        is_doubted: (N,) whether it was read, and doubted to be a digit.
    """

    images: Floats32
    is_read: np.ndarray
    is_doubted: np.ndarray


@dataclass(frozen=True)
class InputEvaluation:
    """How drawings or images were read. One that is refused counts as one that is read wrongly.

    Attributes:
        accuracy: Share of all that are read rightly, 0 to 1.
        interval: 95 % confidence interval of the accuracy (Wilson).
        class_accuracies: (10,) the same for each digit, NaN for one that is not among them.
        num_inputs: How many there are.
        num_refused: How many of them were refused.
        num_doubted: How many of the others were doubted.
        num_wrong: How many were read wrongly, without those refused.
        num_sure_wrong: How many of these with more confidence than `SURE`.
        expected_wrong: How many would be read wrongly if every answer's confidence were its probability to be
            right; those refused are left out.
        expected_sure_wrong: How many of these with more confidence than `SURE`.
        answers: (N,) int64, what each was read as; `NO_ANSWER` where it was refused.
        confidences: (N,) the probability of that answer, NaN where it was refused.
        is_right: (N,) which were read rightly.
        loss: Mean cross-entropy in nats over those that were not; NaN if all were.
        calibration_error: Expected calibration error over those that were not; NaN if all were.
        confusion: (10, 10) int64 of those that were not; row = what was meant, column = the answer.
    """

    accuracy: float
    interval: tuple[float, float]
    class_accuracies: np.ndarray
    num_inputs: int
    num_refused: int
    num_doubted: int
    num_wrong: int
    num_sure_wrong: int
    expected_wrong: float
    expected_sure_wrong: float
    answers: np.ndarray
    confidences: np.ndarray
    is_right: np.ndarray
    loss: float
    calibration_error: float
    confusion: np.ndarray

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"accuracy {self.accuracy:.4f} ({low:.4f}–{high:.4f}), loss {self.loss:.4g}, "
            f"calibration error {self.calibration_error:.4f}, {self.num_refused:,} refused, "
            f"{self.num_doubted:,} doubted"
        )


def evaluate_inputs(
    network: nn.Module, inputs: PreparedInputs, labels: np.ndarray, temperature: float = 1.0
) -> InputEvaluation:
    """Ask a network about prepared drawings or images.

    The network is put in evaluation mode and returned to its earlier mode afterwards.

    Args:
        network: The network.
        inputs: As `prepare_drawings` or `prepare_images` returns them.
        labels: What was meant (N,).
        temperature: The logits are divided by it before they become probabilities.

    Raises:
        ValueError: There is none, or the arrays are of different lengths.
    """
    images, is_read, is_doubted = inputs
    if not len(images) == len(is_read) == len(is_doubted) == len(labels) > 0:
        raise ValueError(f"There are {len(images)} inputs and {len(labels)} labels; give one label for each.")
    shown = np.asarray(labels, np.int64)[is_read]
    confusion = np.zeros((NUM_CLASSES, NUM_CLASSES), np.int64)
    loss = calibration_error = math.nan
    answers, confidences = np.full(len(labels), NO_ANSWER, np.int64), np.full(len(labels), np.nan)
    if is_read.any():
        shares = _predict_shares(network, images[is_read], temperature)  # (M, 10)
        np.add.at(confusion, (shown, shares.argmax(axis=1)), 1)
        loss = float(-np.log(np.maximum(shares[np.arange(len(shown)), shown], _LEAST_SHARE)).mean())
        calibration_error = measure_calibration_error(shares, shown)
        answers[is_read], confidences[is_read] = shares.argmax(axis=1), shares.max(axis=1)
    is_right = answers == labels
    is_wrong = is_read & ~is_right
    num_right = int(confusion.trace())
    return InputEvaluation(
        accuracy=num_right / len(labels),
        interval=compute_interval(num_right, len(labels)),
        class_accuracies=compute_class_accuracies(confusion, np.bincount(labels, minlength=NUM_CLASSES)),
        num_inputs=len(labels),
        num_refused=len(labels) - int(is_read.sum()),
        num_doubted=int(is_doubted.sum()),
        num_wrong=int(is_wrong.sum()),
        num_sure_wrong=int((is_wrong & (confidences > SURE)).sum()),
        expected_wrong=float(np.nansum(1 - confidences)),
        expected_sure_wrong=float((1 - confidences[confidences > SURE]).sum()),
        answers=answers,
        confidences=confidences,
        is_right=is_right,
        loss=loss,
        calibration_error=calibration_error,
        confusion=confusion,
    )


def measure_groups(is_right: np.ndarray, groups: Sequence[Group | None]) -> dict[Group, float]:
    """Return the share of each group that is read rightly, such as of a writer's drawings.

    Args:
        is_right: (N,) as of `InputEvaluation`.
        groups: Of which each of them is; those of None are left out.
    """
    rights: dict[Group, list[bool]] = {}
    for right, group in zip(is_right.tolist(), groups, strict=True):
        if group is not None:
            rights.setdefault(group, []).append(right)
    return {group: sum(each) / len(each) for group, each in sorted(rights.items())}


def _predict_shares(network: nn.Module, images: Floats32, temperature: float) -> npt.NDArray[np.float64]:
    """Return the probabilities (N, 10) that a network gives to inputs (N, 28, 28)."""
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            batches = torch.from_numpy(images)[:, None].split(_BATCH_SIZE)  # (B, 1, 28, 28) each
            logits = torch.cat([network(batch) for batch in batches]).double()
    finally:
        network.train(was_training)
    shares: npt.NDArray[np.float64] = (logits / temperature).softmax(dim=1).numpy()
    return shares
