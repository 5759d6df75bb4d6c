"""Drawing or image -> the network's 28×28 input, stage by stage, prepared as MNIST's digits are.

MNIST's rule: crop to the ink, scale its longer side to 20 px keeping the aspect ratio, and move it by whole
pixels until its centre of mass lies in the middle pixel. A network sees nothing else; what is prepared
otherwise it reads wrongly. Shapes: H, W an image's height and width.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from models.data.strokes import BOX_PX, PEN_WIDTH_PX, center_by_mass, fit_strokes, render_strokes
from models.sketch.digit import SketchDigit, SketchRefused, Stage
from models.sketch.doubt import Doubt, doubt_ink, doubt_prepared, doubt_strokes
from models.sketch.image import find_box, shrink_image
from models.sketch.ink import find_ink
from models.sketch.pen_strokes import Strokes, measure_travel, read_strokes
from models.sketch.pen_width import fit_pen
from models.sketch.scaling import scale_to_box, trim_soft_edge
from models.sketch.sheet import FEW_ODD, MANY_ODD, ONLY_TEXT, DigitSheet
from models.values import Floats32

MAX_TRAVEL = 100  # of the pen, in sides of the pad: scribbling it full three times over takes about as much
MIN_INK_SHARE = 0.04  # of the side of pad or image: anything smaller is a dot, not a digit
MIN_INK_PX = 5
MAX_CROP_PX = 512  # more of an image's detail than this is lost at 28×28 anyway
STAGE_PX = 140  # side of the pad in the stages shown
STAGE_PEN_PX = 7.0
MUCH = 0.5  # of an image's area


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
    if sum(measure_travel(stroke) for stroke in pad_strokes) > MAX_TRAVEL * size_px:
        raise SketchRefused("There is too much ink for one digit. Clear the pad and draw one from 0 to 9.")

    doubt = _raise_if_strong(doubt_strokes(pad_strokes), refuses_doubtful)
    boxed = render_strokes(fit_strokes(pad_strokes), PEN_WIDTH_PX, BOX_PX)  # (20, 20)
    image = center_by_mass(boxed[None])[0]  # (28, 28)
    doubt = doubt or doubt_prepared(image)
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
    sheet = DigitSheet(image)
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
    doubt = doubt_ink(cropped) or doubt_prepared(digit)
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


def _covers_much(ink: Floats32) -> bool:
    """Tell whether ink (H, W) reaches as far as a page's print does."""
    if not ink.any():
        return True
    rows, columns = find_box(ink)
    return bool((rows.stop - rows.start) * (columns.stop - columns.start) > MUCH * ink.size)


def _name_cleaned(is_photo: bool, has_frame: bool) -> str:
    if not is_photo:
        return "Ink without its frame"
    return "Ink without paper, shadow and frame" if has_frame else "Ink without paper and shadow"


def _raise_if_strong(doubt: Doubt | None, refuses_doubtful: bool) -> Doubt | None:
    """Refuse what is hardly a digit, where that is wanted, and return any other doubt."""
    if doubt is not None and doubt.is_strong and refuses_doubtful:
        raise SketchRefused(doubt.reason)
    return doubt
