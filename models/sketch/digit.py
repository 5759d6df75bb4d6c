"""What a drawing or an image is made into: a digit for a network, several, or a refusal in words.

Shapes: H, W an image's height and width.
"""

from dataclasses import dataclass

from models.sketch.doubt import Doubt
from models.values import Floats32


@dataclass(frozen=True)
class Stage:
    """One step on the way from a drawing to the network's input."""

    name: str  # drawn, cleaned, cropped, scaled or centred
    title: str  # for the page
    image: Floats32  # (H, W) in [0, 1]; bright is ink, but in an image's `drawn`, which is as it came


@dataclass(frozen=True)
class SketchDigit:
    """A digit ready for a network, and how it came about."""

    image: Floats32  # (28, 28) in [0, 1], bright is ink
    stages: tuple[Stage, ...]  # in order, the last is `image`; none if not asked for
    doubt: Doubt | None = None  # why it may be no digit


class SketchRefused(ValueError):  # noqa: N818 - an answer to the learner, not a failure
    """There is no digit to read; the message tells the learner what to do."""


@dataclass(frozen=True)
class FoundDigit:
    """One of several digits in an image.

    Attributes:
        left, top, width, height: Its box, in shares of the image's width and height.
        sketch: Ready for a network; None where it is refused.
        refusal: Why, or empty.
    """

    left: float
    top: float
    width: float
    height: float
    sketch: SketchDigit | None
    refusal: str = ""


class SeveralDigits(SketchRefused):
    """There are several digits, in reading order; each may be read by itself."""

    def __init__(self, digits: tuple[FoundDigit, ...]) -> None:
        super().__init__(
            f"There are {len(digits)} digits here, and a network reads one at a time. Crop to one."
        )
        self.digits = digits
