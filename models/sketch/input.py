"""Drawing or image -> network input, prepared as the images are that a network was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from models.checkpoints.prediction import Prediction, predict_digit
from models.data.names import shows_clothes
from models.sketch.clothing import clothing_from_image, clothing_from_strokes
from models.sketch.digit import FoundDigit, SketchDigit
from models.sketch.pen_strokes import Strokes
from models.sketch.preparation import digit_from_image, digit_from_strokes


def prepare_image(image: npt.NDArray[Any], dataset: str, with_stages: bool = False) -> SketchDigit:
    """Prepare an image for a network that was trained on a data set.

    Args:
        image: As `models.sketch.preparation.digit_from_image` takes it.
        dataset: Name of the data set: images for Fashion-MNIST are prepared as clothes, all others as digits.
        with_stages: Also return the stages on the way.

    Raises:
        SketchRefused: There is nothing to read; the message says what to do.
        ValueError: It is no such image.
    """
    if shows_clothes(dataset):
        return clothing_from_image(image, with_stages)
    return digit_from_image(image, with_stages)


def prepare_strokes(strokes: Strokes, size_px: float, dataset: str, with_stages: bool = False) -> SketchDigit:
    """Prepare pen strokes as `prepare_image` does an image.

    Args:
        strokes: As `models.sketch.preparation.digit_from_strokes` takes them.
        size_px: Side of the pad.
        dataset: As of `prepare_image`.
        with_stages: Also return the stages on the way.

    Raises:
        SketchRefused: There is nothing to read; the message says what to do.
        ValueError: They are no such strokes.
    """
    if shows_clothes(dataset):
        return clothing_from_strokes(strokes, size_px, with_stages)
    return digit_from_strokes(strokes, size_px, with_stages)


def read_found(digits: Sequence[FoundDigit], checkpoint: str | Path) -> list[Prediction | None]:
    """Ask a checkpoint's network about each of several digits; None for those that are refused.

    Raises:
        ValueError: As `models.checkpoints.prediction.predict_digit`.
    """
    return [predict_digit(found.sketch.image, checkpoint) if found.sketch else None for found in digits]
