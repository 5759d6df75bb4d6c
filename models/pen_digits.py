"""Real pen strokes from a file, drawn on the pad as a visitor would draw them, and read by a network.

The file is UNIPEN text as UCI distributes its pen-based digits (`pendigits-orig.tra`): of each digit the
places that the pen went through, y upwards. It measures how well drawings are read; nothing is trained on it.
Shapes: P points, N drawings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from models.data import Dataset
from models.evaluation import Evaluation, evaluate_network
from models.glyphs import Floats
from models.sketch import SketchRefused, digit_from_image, digit_from_strokes
from models.strokes import render_strokes

PAD_PX = 280
BRUSH_PX = (10.0, 24.0)  # thinnest and thickest
DIGIT_SHARE = (0.35, 0.85)  # of the pad's side that the longer side of a digit takes
MAX_FILE_BYTES = 64 * 2**20  # UCI's file has 3 MB
_LABEL = re.compile(r'^\.SEGMENT\s+DIGIT\s+\S+\s+\S+\s+"(\d)"')


@dataclass(frozen=True)
class PenDigit:
    """One digit as somebody wrote it.

    Attributes:
        label: What was to be written, 0 to 9.
        strokes: Arrays (P, 2) in the tablet's own unit, x to the right and y down.
    """

    label: int
    strokes: tuple[Floats, ...]


@dataclass(frozen=True)
class PadDrawing:
    """A digit on the pad.

    Attributes:
        strokes: Arrays (P, 2) in pad pixels, x to the right and y down.
        brush_px: Width of the brush.
    """

    strokes: list[Floats]
    brush_px: float


@dataclass(frozen=True)
class PenEvaluation:
    """How drawings were read. A drawing that is refused counts as one that is read wrongly.

    Attributes:
        results: Accuracy, interval, loss and confusion matrix, over the drawings that were not refused in the
            last three, over all of them in the first two.
        num_refused: Drawings that were refused.
    """

    results: Evaluation
    num_refused: int


def load_pen_digits(path: str | Path) -> list[PenDigit]:
    """Read a file of pen-drawn digits.

    Raises:
        ValueError: If the file is absent, too large, or has no digits in UNIPEN's form.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ValueError(
                f"{path} is larger than {MAX_FILE_BYTES // 2**20} MB; UCI's pen digits have 3 MB."
            )
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}). Give a file of pen digits.") from error
    digits: list[PenDigit] = []
    label: int | None = None
    strokes: list[Floats] = []
    points: list[list[float]] = []

    def end_stroke() -> None:
        if points:
            strokes.append(np.array(points, np.float32) * np.array([1, -1], np.float32))  # y down
            points.clear()

    def end_digit() -> None:
        end_stroke()
        if label is not None and strokes:
            digits.append(PenDigit(label, tuple(strokes)))
        strokes.clear()

    for line in lines:
        if line.startswith(".SEGMENT"):
            end_digit()
            match = _LABEL.match(line)
            label = int(match[1]) if match else None
        elif line.startswith((".PEN_DOWN", ".PEN_UP")):
            end_stroke()
        elif (label is not None and line[:1] in (" ", "-")) or line[:1].isdigit():
            try:
                x, y = map(float, line.split())
            except ValueError:
                raise ValueError(f"{path} is no file of pen digits: {line[:40]!r} is no point.") from None
            if not np.isfinite([x, y]).all() or max(abs(x), abs(y)) > 1e6:
                raise ValueError(f"{path} has a point that lies nowhere: {line[:40]!r}.")
            points.append([x, y])
    end_digit()
    if not digits:
        raise ValueError(f"{path} has no digits in UNIPEN's form, as pendigits-orig.tra of UCI has them.")
    return digits


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
    from_picture: bool,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Floats, np.ndarray]:
    """Prepare drawings by the very code that the sketchpad uses.

    Args:
        drawings: What was drawn.
        from_picture: Whether only the painted picture is known, not the strokes.
        progress: Called as `progress(done, all)` after every drawing.

    Returns:
        The networks' inputs (N, 28, 28), zeros where a drawing was refused, and whether it was not (N,).
    """
    images = np.zeros((len(drawings), 28, 28), np.float32)
    is_read = np.zeros(len(drawings), bool)
    for i, drawing in enumerate(drawings):
        try:
            if from_picture:
                images[i] = digit_from_image(paint_drawing(drawing), with_stages=False).image
            else:
                images[i] = digit_from_strokes([s.tolist() for s in drawing.strokes], PAD_PX, False).image
            is_read[i] = True
        except SketchRefused:
            pass
        if progress is not None:
            progress(i + 1, len(drawings))
    return images, is_read


def evaluate_drawings(
    network: nn.Module, images: Floats, is_read: np.ndarray, labels: np.ndarray
) -> PenEvaluation:
    """Ask a network about prepared drawings.

    Args:
        network: The network.
        images: Its inputs (N, 28, 28), as `prepare_drawings` returns them.
        is_read: Which of them were not refused (N,).
        labels: What was to be written (N,).
    """
    pixels = torch.from_numpy(np.rint(images * 255).astype(np.uint8))[:, None]
    return PenEvaluation(evaluate_network(network, Dataset(pixels, torch.from_numpy(labels))), 0)
