"""The preparation step by step, and what a network would be given had it ended earlier.

At each step the image is brought to 28×28 as it stands, so that a network can be asked about it: a drawing
that is read wrongly at one step and rightly at the next shows what the preparation is for. Shapes: H, W a
image's height and width, S the side of a square one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.data.strokes import BOX_PX, FIELD_PX, render_strokes
from models.sketch.digit import SketchDigit
from models.sketch.doubt import Doubt
from models.sketch.image import find_box, shrink_image
from models.sketch.ink import find_ink
from models.sketch.pen_strokes import Strokes
from models.sketch.preparation import digit_from_image, digit_from_strokes
from models.sketch.scaling import build_averaging
from models.values import Floats32

PAD_PX = 280  # side at which the pad is painted
MAX_SHOWN_PX = 140  # of the images shown


@dataclass(frozen=True)
class Place:
    """Where in a step's square frame the ink's box lies; lengths in sides of the frame, y down."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Step:
    """One step of the preparation.

    Attributes:
        name: drawn, cleaned (photos only), cropped, scaled or centred.
        title: For the page.
        note: What has been done, in a learner's words.
        image: (S, S) in [0, 1], bright is ink, in the step's square frame; (28, 28) from `scaled` on.
        place: Where the ink's box lies in it.
        asked: (28, 28) the image plainly resized: what a network is asked about at this step.
    """

    name: str
    title: str
    note: str
    image: Floats32
    place: Place
    asked: Floats32


@dataclass(frozen=True)
class PreparationSteps:
    """A drawing's preparation; the first step's `asked` is the plain resize, the last one's the input.

    Attributes:
        steps: At least four, the last one's `asked` is the network's input.
        doubt: Why the drawing may be no digit.
    """

    steps: tuple[Step, ...]
    doubt: Doubt | None


def follow_strokes(strokes: Strokes, size_px: float = 280, brush_px: float = 18) -> PreparationSteps:
    """Follow pen strokes from the pad to the network's input.

    Args:
        strokes: As `models.sketch.preparation.digit_from_strokes` takes them.
        size_px: Side of the pad.
        brush_px: Width of the pad's brush, which the pad is shown and plainly resized with.

    Raises:
        SketchRefused: The pad is empty, the drawing no larger than a dot, or the pad scribbled full. A doubt
            about what is drawn is returned, not raised.
        ValueError: As `models.sketch.preparation.digit_from_strokes`.
    """
    sketch = digit_from_strokes(strokes, size_px, refuses_doubtful=False)
    scale = PAD_PX / size_px
    shown = [
        (np.asarray(stroke, np.float32).clip(0, size_px) * scale).astype(np.float32)
        for stroke in strokes
        if len(stroke)
    ]
    pad = render_strokes(shown, brush_px * scale, PAD_PX)
    box = find_box(pad)
    drawn = _make_step(
        "drawn", "As you drew it", f"The whole pad, drawn with a brush of {brush_px:g} pixels.", pad, pad
    )
    note = f"The longer side is {BOX_PX} pixels now, and the strokes are drawn anew with a pen like MNIST’s."
    return _finish(sketch, [drawn], pad[box], note)


def follow_image(image: npt.NDArray[Any]) -> PreparationSteps:
    """Follow an image to the network's input.

    Args:
        image: As `models.sketch.preparation.digit_from_image` takes it.

    Raises:
        SketchRefused: The image is blank, or its ink too faint or too small. A doubt about what it shows is
            returned, not raised.
        ValueError: As `models.sketch.preparation.digit_from_image`.
    """
    sketch = digit_from_image(image, refuses_doubtful=False)
    light, ink, is_photo, has_frame, _ = find_ink(image)
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    is_light = float(np.median(border)) > 0.5  # dark ink on light paper, which every demo inverts
    whole = _make_square(1 - light if is_light else light)
    place = _find_place(_make_square(ink))
    note = "The whole image, dark turned to bright." if is_light else "The whole image."
    steps = [
        Step("drawn", "As it came", note, shrink_image(whole, MAX_SHOWN_PX), place, _resize_plainly(whole))
    ]
    if is_photo or has_frame:
        taken = ["Paper and shadow"] * is_photo + ["the frame"] * has_frame
        note = f"{' and '.join(taken)} taken away, and what is left is ink."
        steps.append(_make_step("cleaned", "Cleaned", note, _make_square(ink), _make_square(ink)))
    cropped = next(stage.image for stage in sketch.stages if stage.name == "cropped")
    note = f"The longer side is {BOX_PX} pixels now: every pixel is the average of what it covers."
    return _finish(sketch, steps, cropped, note)


def _finish(sketch: SketchDigit, steps: list[Step], cropped: Floats32, scaling: str) -> PreparationSteps:
    """Add the steps that strokes and images share."""
    note = "Cut to the ink: where it lay and how large it was is gone."
    square = _make_square(cropped)
    steps.append(_make_step("cropped", "Cropped", note, square, square))

    boxed = next(stage.image for stage in sketch.stages if stage.name == "scaled")
    boxed = boxed[find_box(boxed)]
    framed = np.zeros((FIELD_PX, FIELD_PX), np.float32)
    top, left = ((FIELD_PX - side) // 2 for side in boxed.shape)
    framed[top : top + boxed.shape[0], left : left + boxed.shape[1]] = boxed
    steps.append(_make_step("scaled", f"Scaled to {BOX_PX} pixels", scaling, framed, framed))

    rows, columns = find_box(sketch.image)
    move = _describe_move(columns.start - left, rows.start - top)
    note = f"{move}, as it does in MNIST’s digits."
    steps.append(_make_step("centred", "Centred: the input", note, sketch.image, sketch.image))
    return PreparationSteps(tuple(steps), sketch.doubt)


def _make_step(name: str, title: str, note: str, image: Floats32, inked: Floats32) -> Step:
    shown = shrink_image(image, MAX_SHOWN_PX)
    return Step(name, title, note, shown, _find_place(inked), _resize_plainly(image))


def _find_place(square: Floats32) -> Place:
    """Find where the ink of a square image lies."""
    rows, columns = find_box(square)
    side = len(square)
    return Place(
        columns.start / side,
        rows.start / side,
        (columns.stop - columns.start) / side,
        (rows.stop - rows.start) / side,
    )


def _make_square(image: Floats32) -> Floats32:
    """Put an image (H, W) in the middle of a square as large as its longer side; nothing is around it."""
    height, width = image.shape
    side = max(height, width)
    square = np.zeros((side, side), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = image
    return square


def _resize_plainly(square: Floats32) -> Floats32:
    """Resize a square image to 28×28, every pixel the average of the area it covers."""
    if len(square) == FIELD_PX:
        return square
    averaging = build_averaging(len(square), len(square) / FIELD_PX)  # (28, S)
    resized: Floats32 = np.clip(averaging @ square @ averaging.T, 0, 1).astype(np.float32)
    return resized


def _describe_move(right_px: int, down_px: int) -> str:
    """Say how far the digit moves to bring its centre of mass to the middle."""
    moves = []
    if right_px:
        moves.append(f"{abs(right_px)} px to the {'right' if right_px > 0 else 'left'}")
    if down_px:
        moves.append(f"{abs(down_px)} px {'down' if down_px > 0 else 'up'}")
    if not moves:
        return "The centre of mass lies in the middle pixel already"
    return f"Moved {' and '.join(moves)}: the centre of mass lies in the middle pixel"
