"""Drawing or image -> the network's 28×28 input, stage by stage, prepared as MNIST's digits are.

MNIST's rule: crop to the ink, scale its longer side to 20 px keeping the aspect ratio, and move it by whole
pixels until its centre of mass lies in the middle pixel. A network sees nothing else; what is prepared
otherwise it reads wrongly. Shapes: H, W an image's height and width.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from models.data.strokes import BOX_PX, PEN_WIDTH_PX, center_by_mass, fit_strokes, render_strokes
from models.sketch.doubt import Doubt, doubt_ink, doubt_strokes
from models.sketch.image import find_box, shrink_image
from models.sketch.image import (
    open_image as open_image,  # files and arrays are one subject to those who call
)
from models.sketch.ink import find_ink, find_sheet_ink
from models.sketch.pen_width import DETAIL_PX, fit_pen
from models.sketch.scaling import build_averaging as build_averaging
from models.sketch.scaling import scale_to_box, trim_soft_edge
from models.sketch.several import MAX_FOUND, FoundInk, Sheet, find_several
from models.values import Floats32

MAX_STROKES = 500
MAX_POINTS = 20_000
MAX_TRAVEL = 100  # of the pen, in sides of the pad: scribbling it full three times over takes about as much
MIN_INK_SHARE = 0.04  # of the side of pad or image: anything smaller is a dot, not a digit
MIN_INK_PX = 5
MAX_CROP_PX = 512  # more of an image's detail than this is lost at 28×28 anyway
STAGE_PX = 140  # side of the pad in the stages shown
STAGE_PEN_PX = 7.0

TEXT = "This looks like a page of text, and a network reads digits. Crop the image to one digit or a few."
MIN_TEXT = 8  # signs, from which on …
TEXT_SHARE = 0.3  # … so many of them that look like none make a text
NUM_TRIED = 24  # of more signs than are read, by which text is told
MUCH = 0.5  # of an image's area
ONLY_TEXT = -1.0  # none may be odd, nor may all be digits
FEW_ODD = 0.2  # of several digits, may be doubted where an image could be read as one digit …
MANY_ODD = 0.5  # … and where it could not

Strokes = Sequence[Sequence[Sequence[float]]]


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


def digit_from_strokes(
    strokes: Strokes, size_px: float = 280, with_stages: bool = True, refuses_doubtful: bool = True
) -> SketchDigit:
    """Prepare a drawing made of pen strokes.

    The strokes are drawn anew with MNIST's own pen, so the brush on the page makes no difference. Points
    outside the pad are moved to its edge, which is where the page shows the pen to leave.

    Args:
        strokes: For each stroke its points (x, y) in pixels of the pad, x to the right and y down.
        size_px: Side of the pad.
        with_stages: Also return the stages: drawn, cropped, scaled, centred.
        refuses_doubtful: Whether a strong doubt (see `models.sketch.doubt`) is raised rather than returned.

    Returns:
        The 28×28 digit.

    Raises:
        SketchRefused: The pad is empty, the drawing no larger than a dot, the pad scribbled full, or there
            is a strong doubt that this is one digit.
        ValueError: The strokes are not lists of points, there are too many, or a number is not finite or
            more than a pad's size outside the pad.
    """
    pad_strokes = read_strokes(strokes, size_px)
    if not pad_strokes:
        raise SketchRefused("The pad is empty. Draw a digit from 0 to 9.")
    points = np.concatenate(pad_strokes)
    if np.ptp(points, axis=0).max() < MIN_INK_SHARE * size_px:
        raise SketchRefused("This is too small to read. Draw the digit larger, across most of the pad.")
    if sum(_measure_travel(stroke) for stroke in pad_strokes) > MAX_TRAVEL * size_px:
        raise SketchRefused("There is too much ink for one digit. Clear the pad and draw one from 0 to 9.")

    doubt = _raise_if_strong(doubt_strokes(pad_strokes), refuses_doubtful)
    boxed = render_strokes(fit_strokes(pad_strokes), PEN_WIDTH_PX, BOX_PX)  # (20, 20)
    image = center_by_mass(boxed[None])[0]  # (28, 28)
    doubt = doubt or _doubt_image(image)
    if not with_stages:
        return SketchDigit(image, (), doubt)
    shown = [stroke * np.float32(STAGE_PX / size_px) for stroke in pad_strokes]
    drawn = render_strokes(shown, STAGE_PEN_PX, STAGE_PX)
    stages = (
        Stage("drawn", "What you drew", drawn),
        Stage("cropped", "Cropped to the ink", drawn[find_box(drawn)]),
        Stage("scaled", f"Longer side scaled to {BOX_PX} pixels", boxed[find_box(boxed)]),
        Stage("centred", "Centre of mass moved to the middle", image),
    )
    return SketchDigit(image, stages, doubt)


def digit_from_image(
    image: npt.NDArray[Any], with_stages: bool = True, refuses_doubtful: bool = True
) -> SketchDigit:
    """Prepare an image: a drawing, a scan or a photo, its ink bright or dark.

    An even background is taken away as it is, so that an enlarged MNIST digit comes back as it was. Any
    other image is taken for a photo: the light on its paper is estimated and divided out, and specks are
    dropped. A pen that is too thin or too thick is brought to what MNIST's writers used.

    Args:
        image: (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA; bool, uint8, uint16, or float in [0, 1] or
            [0, 255]. Transparent pixels are background.
        with_stages: Also return the stages: drawn, cleaned (photos only), cropped, scaled, centred.
        refuses_doubtful: Whether a strong doubt (see `models.sketch.doubt`) is raised rather than returned.

    Returns:
        The 28×28 digit.

    Raises:
        SeveralDigits: There are several digits, to be read one by one.
        SketchRefused: The image is blank, its ink too faint or too small, or there is a strong doubt that
            it is one digit.
        ValueError: Not such an array, not finite, or too large or too small.
    """
    light, ink, is_photo, has_frame, is_partial = find_ink(image)
    sheet = _Sheet(image)
    if refuses_doubtful and (is_partial or has_frame or not is_photo or _covers_much(ink)):
        sheet.raise_if_several(FEW_ODD if is_partial and not has_frame else ONLY_TEXT)
    if not ink.any():
        raise SketchRefused(
            "No ink stands out here. Use a darker pen, or a photo of one digit on plain paper."
        )
    box = find_box(ink)
    longer_px = max(side.stop - side.start for side in box)
    if longer_px < max(MIN_INK_PX, MIN_INK_SHARE * max(ink.shape)):
        raise SketchRefused("The digit is too small to read. Crop the image closer to it.")

    if not (is_photo or has_frame):  # the edges of a photo's ink are cut at half its strength already
        box = trim_soft_edge(ink, box)
    cropped = fit_pen(shrink_image(ink[box], MAX_CROP_PX))
    boxed = scale_to_box(cropped)  # (20, w) or (h, 20)
    digit = center_by_mass(boxed[None])[0]  # (28, 28)
    doubt = doubt_ink(cropped) or _doubt_image(digit)
    if doubt is not None and refuses_doubtful:
        sheet.raise_if_several(MANY_ODD if doubt.is_strong else FEW_ODD)
    _raise_if_strong(doubt, refuses_doubtful)
    if not with_stages:
        return SketchDigit(digit, (), doubt)
    stages = (
        Stage("drawn", "The image", shrink_image(light, 2 * STAGE_PX)),
        *([Stage("cleaned", _name_cleaned(is_photo, has_frame), ink)] if is_photo or has_frame else []),
        Stage("cropped", "Cropped to the ink", shrink_image(cropped, 2 * STAGE_PX)),
        Stage("scaled", f"Longer side scaled to {BOX_PX} pixels", boxed),
        Stage("centred", "Centre of mass moved to the middle", digit),
    )
    return SketchDigit(digit, stages, doubt)


class _Sheet:
    """An image (as of `digit_from_image`) as a sheet of several digits, looked at once and where needed."""

    def __init__(self, image: npt.NDArray[Any]) -> None:
        self._image = image

    @cached_property
    def _ink(self) -> Floats32:
        return find_sheet_ink(self._image)

    @cached_property
    def _found(self) -> Sheet:
        return find_several(self._ink)

    @cached_property
    def _digits(self) -> tuple[FoundDigit, ...]:
        """The digits; of more than are read some from all over the sheet, which show whether it is text."""
        found = self._found.found
        step = 1 if len(found) <= MAX_FOUND else len(found) // NUM_TRIED
        return tuple(_read_found(each, self._ink) for each in found[::step])

    def raise_if_several(self, max_odd: float) -> None:
        """Raise what an image holds instead of one digit, where that can be told: several digits, or text.

        Args:
            max_odd: Share of the digits, up to which they may be doubted or refused; below 0 for text alone.
        """
        found, is_print = self._found
        if is_print:
            raise SketchRefused(TEXT)
        if len(found) < (MIN_TEXT if max_odd < 0 else 2):
            return
        num_odd = sum(digit.sketch is None or digit.sketch.doubt is not None for digit in self._digits)
        if len(found) >= MIN_TEXT and num_odd > TEXT_SHARE * len(self._digits):
            raise SketchRefused(TEXT)
        if len(found) > MAX_FOUND:
            raise SketchRefused(
                f"There are more than {MAX_FOUND} digits here. Crop the image to fewer of them."
            )
        if num_odd <= max_odd * len(found):
            raise SeveralDigits(self._digits)


def _covers_much(ink: Floats32) -> bool:
    """Tell whether ink (H, W) reaches as far as a page's print does."""
    if not ink.any():
        return True
    rows, columns = find_box(ink)
    return bool((rows.stop - rows.start) * (columns.stop - columns.start) > MUCH * ink.size)


def _read_found(found: FoundInk, ink: Floats32) -> FoundDigit:
    """Prepare one of several digits."""
    (rows, columns), (height, width) = found.box, ink.shape
    place = (
        columns.start / width,
        rows.start / height,
        (columns.stop - columns.start) / width,
        (rows.stop - rows.start) / height,
    )
    cropped = fit_pen(shrink_image(found.ink, DETAIL_PX))  # a thin line over the whole sheet is costly
    doubt = doubt_ink(cropped)
    if doubt is not None and doubt.is_strong:
        return FoundDigit(*place, None, doubt.reason)
    digit = center_by_mass(scale_to_box(cropped)[None])[0]
    return FoundDigit(*place, SketchDigit(digit, (), doubt or _doubt_image(digit)))


def _name_cleaned(is_photo: bool, has_frame: bool) -> str:
    if not is_photo:
        return "Ink without its frame"
    return "Ink without paper, shadow and frame" if has_frame else "Ink without paper and shadow"


def _raise_if_strong(doubt: Doubt | None, refuses_doubtful: bool) -> Doubt | None:
    """Refuse what is hardly a digit, where that is wanted, and return any other doubt."""
    if doubt is not None and doubt.is_strong and refuses_doubtful:
        raise SketchRefused(doubt.reason)
    return doubt


def _doubt_image(image: Floats32) -> Doubt | None:
    """Ask the detector; only what prepares a drawing has to load torch."""
    from models.sketch.detector import doubt_image

    return doubt_image(image)


def read_strokes(strokes: object, size_px: float) -> list[Floats32]:
    """Check what a stranger sent as strokes and return those with points, (P, 2) each, within the pad.

    Counts before it converts, so that no list is walked through that is too long to be a drawing.
    """
    if not (math.isfinite(size_px) and size_px > 0):
        raise ValueError(f"size_px is {size_px}; it must be a finite number above 0.")
    if not isinstance(strokes, list | tuple):
        raise ValueError(f"The strokes are a {type(strokes).__name__}; they must be a list of strokes.")
    if len(strokes) > MAX_STROKES:
        raise ValueError(f"There are {len(strokes)} strokes; at most {MAX_STROKES} are read. Clear the pad.")
    for stroke in strokes:
        if not isinstance(stroke, list | tuple | np.ndarray):
            raise ValueError(f"A stroke is a {type(stroke).__name__}; it must be a list of points [x, y].")
    num_points = sum(map(len, strokes))
    if num_points > MAX_POINTS:
        raise ValueError(f"There are {num_points} points; at most {MAX_POINTS} are read. Clear the pad.")

    read = [_read_points(stroke) for stroke in strokes if len(stroke)]
    for points in read:
        if not (points.min() >= -size_px and points.max() <= 2 * size_px):  # also true of NaN
            raise ValueError(
                f"A point is not finite or lies far outside the pad; x and y must be from 0 to {size_px:g}."
            )
    return [points.clip(0, size_px).astype(np.float32) for points in read]


def _read_points(stroke: Sequence[object] | npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Convert one stroke into points (P, 2), or raise ValueError."""
    if isinstance(stroke, np.ndarray):
        if stroke.ndim != 2 or stroke.shape[1] != 2 or stroke.dtype.kind not in "iuf":
            raise ValueError(
                f"A stroke has shape {stroke.shape} and type {stroke.dtype}; it must be numbers (P, 2)."
            )
        return stroke.astype(np.float64)
    for point in stroke:
        if not isinstance(point, list | tuple) or len(point) != 2:
            raise ValueError("Every point of a stroke must be a pair [x, y].")
        if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in point):
            kinds = " and ".join(type(value).__name__ for value in point)
            raise ValueError(f"A point holds {kinds}; its x and y must be numbers.")
    try:
        return np.array(stroke, np.float64)
    except OverflowError:
        raise ValueError("A point is too large a number to lie on the pad.") from None


def _measure_travel(stroke: Floats32) -> float:
    """Measure how far the pen moves along a stroke (P, 2)."""
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum())
