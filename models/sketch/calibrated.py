"""Calibrating a checkpoint: a temperature for its logits, and how sure it may be, kept in its header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from models.checkpoints.calibration import fit_temperature, measure_calibration_error
from models.checkpoints.file import Checkpoint, CheckpointInfo
from models.data.datasets import Dataset, load_dataset, split_dataset, to_input
from models.data.strokes import generate_digits
from models.sketch.evaluation import PreparedInputs, evaluate_inputs
from models.sketch.pen_digits import draw_all, prepare_drawings
from models.sketch.pen_files import PenDigit

_BATCH_SIZE = 500
_PEN_SEED = 0  # of how the drawings are placed on the pad
_NUM_FITTED = 10_000  # built-in strokes that a temperature is fitted on
_FITTED_SEED = 2  # of these: of no training's and no test's


@dataclass(frozen=True)
class DrawnDigits:
    """Pen digits on the pad, prepared for the networks once.

    Attributes:
        labels: (N,) what was to be written.
        by_strokes: The networks' inputs from strokes.
        by_image: The same from the drawings' images alone.
    """

    labels: np.ndarray
    by_strokes: PreparedInputs
    by_image: PreparedInputs


def prepare_pen_digits(pen_digits: Sequence[PenDigit]) -> DrawnDigits:
    """Draw pen digits on the pad, and prepare them by the very code that the sketchpad uses."""
    drawings = draw_all(pen_digits, _PEN_SEED)
    labels = np.array([digit.label for digit in pen_digits])
    return DrawnDigits(labels, prepare_drawings(drawings, False), prepare_drawings(drawings, True))


def calibrate_checkpoint(checkpoint: Checkpoint, drawn: DrawnDigits | None = None) -> Checkpoint:
    """Fit a checkpoint's temperature, and measure its calibration; its weights stay as they are.

    The temperature is the one under which images that it has not learned from have the greatest likelihood:
    those that validated its training, or, where built-in strokes were added to the training, so that it reads
    drawings, other such strokes. The errors are measured on the test images and, where there are any, on
    drawings, which nothing is fitted on.

    Args:
        checkpoint: A trained network with the record of its training.
        drawn: Drawings to read, from their strokes and from their images.

    Returns:
        The checkpoint with the temperature, the calibration errors and the accuracy on drawings filled in.

    Raises:
        ValueError: If the data set cannot be loaded.
    """
    network, info = checkpoint.network, checkpoint.info
    fitted = _load_fitted(info)
    temperature = fit_temperature(compute_logits(network, fitted), fitted.labels.numpy())
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
            evaluate_inputs(network, inputs, drawn.labels, temperature)
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


def _load_fitted(info: CheckpointInfo) -> Dataset:
    """Load what a checkpoint's temperature is fitted on."""
    if info.recipe.get("added_strokes"):
        with_styles = bool(info.recipe.get("stroke_styles"))
        images, labels = generate_digits(_NUM_FITTED, _FITTED_SEED, with_styles=with_styles)
        return Dataset(torch.from_numpy(images)[:, None], torch.from_numpy(labels))
    everything = load_dataset(info.dataset, "train", info.recipe.get("num_images"))
    return split_dataset(everything, info.split_seed)[1]


def compute_logits(network: nn.Module, dataset: Dataset) -> np.ndarray:
    """Return the logits (N, 10) float32 that a network in evaluation mode gives to images."""
    with torch.inference_mode():
        return torch.cat([network(to_input(images)) for images in dataset.images.split(_BATCH_SIZE)]).numpy()
