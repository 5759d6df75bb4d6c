"""How well a checkpoint reads the drawings that somebody has kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from models.checkpoints.evaluation import compute_interval
from models.checkpoints.prediction import load_cached
from models.cores import on_one_core
from models.sketch.drawings import PreparedDrawings

_BATCH_SIZE = 250


@dataclass(frozen=True, eq=False)
class DrawingScore:
    """A checkpoint's answers to labelled drawings.

    Attributes:
        num_right: Drawings that it reads as the digit that was meant.
        num: Drawings that it was asked about.
        accuracy: The share of the two.
        interval: 95 % confidence interval of the accuracy (Wilson).
        answers: (N,) int64, its answer to each drawing.
    """

    num_right: int
    num: int
    accuracy: float
    interval: tuple[float, float]
    answers: np.ndarray


def score_drawings(drawings: PreparedDrawings, checkpoint: str | Path) -> DrawingScore:
    """Ask a checkpoint about drawings.

    Raises:
        ValueError: If none of the drawings can be read, or the checkpoint is refused.
    """
    if not len(drawings.images):
        raise ValueError("There is no drawing that can be read. Keep one first.")
    network = load_cached(checkpoint).network
    inputs = torch.from_numpy(drawings.images).unsqueeze(1)  # (N, 28, 28) → (N, 1, 28, 28)
    with on_one_core(), torch.inference_mode():  # the other cores are for who asks meanwhile
        answers = torch.cat([network(part).argmax(dim=1) for part in inputs.split(_BATCH_SIZE)]).numpy()
    num_right, num = int((answers == drawings.labels).sum()), len(answers)
    return DrawingScore(num_right, num, num_right / num, compute_interval(num_right, num), answers)
