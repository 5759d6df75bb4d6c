"""Calibrating a checkpoint: a temperature for its logits, and how sure it may be, kept in its header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from models.checkpoints.calibration import fit_temperature, measure_calibration_error
from models.checkpoints.file import Checkpoint
from models.data.datasets import Dataset, load_dataset, split_dataset, to_input
from models.sketch.pen_digits import PadInputs, draw_all, evaluate_drawings, prepare_drawings
from models.sketch.pen_files import PenDigit

_BATCH_SIZE = 500
_PEN_SEED = 0  # of how the drawings are placed on the pad


@dataclass(frozen=True)
class DrawnDigits:
    """Pen digits on the pad, prepared for the networks once.

    Attributes:
        labels: (N,) what was to be written.
        by_strokes: The networks' inputs from strokes.
        by_image: The same from the drawings' images alone.
    """

    labels: np.ndarray
    by_strokes: PadInputs
    by_image: PadInputs


def prepare_pen_digits(pen_digits: Sequence[PenDigit]) -> DrawnDigits:
    """Draw pen digits on the pad, and prepare them by the very code that the sketchpad uses."""
    drawings = draw_all(pen_digits, _PEN_SEED)
    labels = np.array([digit.label for digit in pen_digits])
    return DrawnDigits(labels, prepare_drawings(drawings, False), prepare_drawings(drawings, True))


def calibrate_checkpoint(checkpoint: Checkpoint, drawn: DrawnDigits | None = None) -> Checkpoint:
    """Fit a checkpoint's temperature, and measure its calibration; its weights stay as they are.

    The temperature is the one under which the images that validated its training have the greatest
    likelihood. The errors are measured on the test images and, where there are any, on drawings, which
    nothing is fitted on.

    Args:
        checkpoint: A trained network with the record of its training.
        drawn: Drawings to read, from their strokes and from their images.

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
    if drawn is not None:
        by_strokes, by_image = (
            evaluate_drawings(network, inputs, drawn.labels, temperature)
            for inputs in (drawn.by_strokes, drawn.by_image)
        )
        info = replace(
            info,
            drawn_accuracy=by_strokes.accuracy,
            drawn_picture_accuracy=by_image.accuracy,
            drawn_calibration_error=by_strokes.calibration_error,
            num_drawn=len(drawn.labels),
        )
    return Checkpoint(network, info)


def compute_logits(network: nn.Module, dataset: Dataset) -> np.ndarray:
    """Return the logits (N, 10) float32 that a network in evaluation mode gives to images."""
    with torch.inference_mode():
        return torch.cat([network(to_input(images)) for images in dataset.images.split(_BATCH_SIZE)]).numpy()
