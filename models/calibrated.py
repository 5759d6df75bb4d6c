"""Calibrating a checkpoint: a temperature for its logits, and how sure it may be, kept in its header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from models.calibration import fit_temperature, measure_calibration_error
from models.checkpoint import Checkpoint
from models.data import Dataset, Progress, load_dataset, split_dataset, to_input
from models.pen_digits import PenDigit, draw_all, evaluate_drawings, prepare_drawings

_BATCH_SIZE = 500
_PEN_SEED = 0  # of how the drawings are placed on the pad


def calibrate_checkpoint(
    checkpoint: Checkpoint, pen_digits: Sequence[PenDigit] = (), progress: Progress | None = None
) -> Checkpoint:
    """Fit a checkpoint's temperature, and measure its calibration; its weights stay as they are.

    The temperature is the one under which the pictures that validated its training have the greatest
    likelihood. The errors are measured on the test pictures and, where there are any, on pen drawings, which
    nothing is fitted on.

    Args:
        checkpoint: A trained network with the record of its training.
        pen_digits: Digits to draw on the pad and to read, from their strokes and from their pictures.
        progress: Called as `progress(done, all)` while drawings are prepared.

    Returns:
        The checkpoint with the temperature, the calibration errors and the accuracy on drawings filled in.

    Raises:
        ValueError: If the data set cannot be loaded.
    """
    network, info = checkpoint.network, checkpoint.info
    everything = load_dataset(info.dataset, "train", info.recipe.get("num_images"))
    _, validation = split_dataset(everything, info.split_seed)
    temperature = fit_temperature(compute_logits(network, validation), validation.labels.numpy())
    test = load_dataset(info.dataset, "test")
    logits = torch.from_numpy(compute_logits(network, test))
    shares = (logits / temperature).softmax(dim=1).numpy()
    info = replace(
        info,
        temperature=temperature,
        test_calibration_error=measure_calibration_error(shares, test.labels.numpy()),
    )
    if pen_digits:
        drawings = draw_all(pen_digits, _PEN_SEED)
        labels = np.array([digit.label for digit in pen_digits])
        by_strokes, by_picture = (
            evaluate_drawings(
                network, *prepare_drawings(drawings, from_picture, progress), labels, temperature
            )
            for from_picture in (False, True)
        )
        info = replace(
            info,
            drawn_accuracy=by_strokes.accuracy,
            drawn_picture_accuracy=by_picture.accuracy,
            drawn_calibration_error=by_strokes.calibration_error,
            num_drawn=len(labels),
        )
    return Checkpoint(network, info)


def compute_logits(network: nn.Module, dataset: Dataset) -> np.ndarray:
    """Return the logits (N, 10) float32 that a network in evaluation mode gives to pictures."""
    with torch.inference_mode():
        return torch.cat([network(to_input(images)) for images in dataset.images.split(_BATCH_SIZE)]).numpy()
