"""Real pen strokes, drawn on the pad as a visitor would draw them, and read by a network.

They measure how well drawings are read; nothing is trained on them. Shapes: P points, N drawings.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from models.checkpoints.calibration import measure_calibration_error
from models.checkpoints.evaluation import compute_class_accuracies, compute_interval
from models.data.strokes import render_strokes
from models.networks.layers import NUM_CLASSES
from models.sketch.digit import SketchRefused
from models.sketch.pen_files import PenDigit
from models.sketch.preparation import digit_from_image, digit_from_strokes
from models.values import Floats32

PAD_PX = 280
BRUSH_PX = (10.0, 24.0)  # thinnest and thickest
DIGIT_SHARE = (0.35, 0.85)  # of the pad's side that the longer side of a digit takes
SURE = 0.95  # of an answer: a wrong one should not reach it
_BATCH_SIZE = 250
_LEAST_SHARE = 1e-300  # its logarithm is finite


@dataclass(frozen=True)
class PadDrawing:
    """A digit on the pad.

    Attributes:
        strokes: Arrays (P, 2) in pad pixels, x to the right and y down.
        brush_px: Width of the brush.
    """

    strokes: list[Floats32]
    brush_px: float


class PadInputs(NamedTuple):
    """Drawings as a network is given them.

    Attributes:
        images: (N, 28, 28), zeros where a drawing was refused.
        is_read: (N,) whether it was not.
        is_doubted: (N,) whether it was read, and doubted to be a digit.
    """

    images: Floats32
    is_read: np.ndarray
    is_doubted: np.ndarray


@dataclass(frozen=True)
class PenEvaluation:
    """How drawings were read. A drawing that is refused counts as one that is read wrongly.

    Attributes:
        accuracy: Share of all drawings that are read rightly, 0 to 1.
        interval: 95 % confidence interval of the accuracy (Wilson).
        class_accuracies: (10,) the same for each digit, NaN for one that nobody wrote.
        num_drawings: How many drawings there are.
        num_refused: How many of them were refused.
        num_doubted: How many of the others were doubted.
        num_wrong: How many were read wrongly, without those refused.
        num_sure_wrong: How many of these with more confidence than `SURE`.
        is_right: (N,) which drawings were read rightly.
        loss: Mean cross-entropy in nats over those that were not; NaN if all were.
        calibration_error: Expected calibration error over those that were not; NaN if all were.
        confusion: (10, 10) int64 of those that were not; row = what was written, column = the answer.
    """

    accuracy: float
    interval: tuple[float, float]
    class_accuracies: np.ndarray
    num_drawings: int
    num_refused: int
    num_doubted: int
    num_wrong: int
    num_sure_wrong: int
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


def draw_on_pad(digit: PenDigit, rng: np.random.Generator) -> PadDrawing:
    """Place a digit on the pad as a visitor might: any size, place and brush, all within the pad.

    The longer side, with the brush's own width, is uniform in 35 to 85 % of the pad, the place uniform among
    those at which the whole trace lies on the pad, the brush uniform in 10 to 24 px.
    """
    brush_px = float(rng.uniform(*BRUSH_PX))
    points = np.concatenate(digit.strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    longer_px = rng.uniform(*DIGIT_SHARE) * PAD_PX - brush_px
    scale = longer_px / max(float(extent.max()), 1e-6)
    corner = rng.uniform(brush_px / 2, PAD_PX - brush_px / 2 - extent * scale)
    strokes = [((stroke - low) * scale + corner).astype(np.float32) for stroke in digit.strokes]
    return PadDrawing(strokes, brush_px)


def draw_all(digits: Sequence[PenDigit], seed: int = 0) -> list[PadDrawing]:
    """Place every digit on a pad of its own; drawing i depends on `seed` and i alone."""
    return [draw_on_pad(digit, np.random.default_rng((seed, i))) for i, digit in enumerate(digits)]


def paint_drawing(drawing: PadDrawing) -> np.ndarray:
    """Return what is seen of a drawing: (280, 280) uint8, bright ink on black."""
    ink = render_strokes(drawing.strokes, drawing.brush_px, PAD_PX)
    return np.rint(ink * 255).astype(np.uint8)


def prepare_drawings(
    drawings: Sequence[PadDrawing],
    from_image: bool,
    progress: Callable[[int, int], None] | None = None,
) -> PadInputs:
    """Prepare drawings by the very code that the sketchpad uses.

    Args:
        drawings: What was drawn.
        from_image: Whether only the painted image is given, not the strokes.
        progress: Called as `progress(done, all)` after every drawing.
    """
    images = np.zeros((len(drawings), 28, 28), np.float32)
    is_read, is_doubted = np.zeros((2, len(drawings)), bool)
    for i, drawing in enumerate(drawings):
        try:
            if from_image:
                sketch = digit_from_image(paint_drawing(drawing), with_stages=False)
            else:
                sketch = digit_from_strokes([s.tolist() for s in drawing.strokes], PAD_PX, False)
            images[i], is_read[i], is_doubted[i] = sketch.image, True, sketch.doubt is not None
        except SketchRefused:
            pass
        if progress is not None:
            progress(i + 1, len(drawings))
    return PadInputs(images, is_read, is_doubted)


def evaluate_drawings(
    network: nn.Module, inputs: PadInputs, labels: np.ndarray, temperature: float = 1.0
) -> PenEvaluation:
    """Ask a network about prepared drawings.

    The network is put in evaluation mode and returned to its earlier mode afterwards.

    Args:
        network: The network.
        inputs: As `prepare_drawings` returns them.
        labels: What was to be written (N,).
        temperature: The logits are divided by it before they become probabilities.

    Raises:
        ValueError: There is no drawing, or the arrays are of different lengths.
    """
    images, is_read, is_doubted = inputs
    if not len(images) == len(is_read) == len(is_doubted) == len(labels) > 0:
        raise ValueError(
            f"There are {len(images)} drawings and {len(labels)} labels; give one label for each."
        )
    shown = np.asarray(labels, np.int64)[is_read]
    confusion = np.zeros((NUM_CLASSES, NUM_CLASSES), np.int64)
    loss = calibration_error = math.nan
    is_right, is_sure = np.zeros((2, len(labels)), bool)
    if is_read.any():
        shares = _predict_shares(network, images[is_read], temperature)  # (M, 10)
        np.add.at(confusion, (shown, shares.argmax(axis=1)), 1)
        loss = float(-np.log(np.maximum(shares[np.arange(len(shown)), shown], _LEAST_SHARE)).mean())
        calibration_error = measure_calibration_error(shares, shown)
        is_right[is_read] = shares.argmax(axis=1) == shown
        is_sure[is_read] = shares.max(axis=1) > SURE
    num_right = int(confusion.trace())
    return PenEvaluation(
        accuracy=num_right / len(labels),
        interval=compute_interval(num_right, len(labels)),
        class_accuracies=compute_class_accuracies(confusion, np.bincount(labels, minlength=NUM_CLASSES)),
        num_drawings=len(labels),
        num_refused=len(labels) - int(is_read.sum()),
        num_doubted=int(is_doubted.sum()),
        num_wrong=int((is_read & ~is_right).sum()),
        num_sure_wrong=int((is_sure & ~is_right).sum()),
        is_right=is_right,
        loss=loss,
        calibration_error=calibration_error,
        confusion=confusion,
    )


def measure_writers(is_right: np.ndarray, writers: Sequence[int | None]) -> dict[int, float]:
    """Return the share of each writer's drawings that is read rightly; who is not named has none.

    Args:
        is_right: (N,) as of `PenEvaluation`.
        writers: Who wrote each of them.
    """
    drawn: dict[int, list[bool]] = {}
    for right, writer in zip(is_right.tolist(), writers, strict=True):
        if writer is not None:
            drawn.setdefault(writer, []).append(right)
    return {writer: sum(rights) / len(rights) for writer, rights in sorted(drawn.items())}


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
