"""An image as a sheet: several digits, read one by one, or a page of text. Shapes: H, W height, width."""

from functools import cached_property
from typing import Any

import numpy.typing as npt

from models.data.strokes import center_by_mass
from models.sketch.digit import FoundDigit, SeveralDigits, SketchDigit, SketchRefused
from models.sketch.doubt import doubt_ink, doubt_prepared
from models.sketch.image import shrink_image
from models.sketch.ink import find_sheet_ink
from models.sketch.pen_width import DETAIL_PX, fit_pen
from models.sketch.scaling import scale_to_box
from models.sketch.several import MAX_FOUND, FoundInk, Sheet, find_several
from models.values import Floats32

TEXT = "This looks like a page of text, and a network reads digits. Crop the image to one digit or a few."
MIN_TEXT = 8  # signs, from which on …
TEXT_SHARE = 0.3  # … so many of them that look like none make a text
NUM_TRIED = 24  # of more signs than are read, by which text is told
ONLY_TEXT = -1.0  # none may be odd, nor may all be digits
FEW_ODD = 0.2  # of several digits, may be doubted where an image could be read as one digit …
MANY_ODD = 0.5  # … and where it could not


class DigitSheet:
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
    return FoundDigit(*place, SketchDigit(digit, (), doubt or doubt_prepared(digit)))
