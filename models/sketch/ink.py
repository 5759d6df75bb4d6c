"""The ink in an image, told from its paper.

The paper may be white, black, transparent or unevenly lit, and the ink dark or bright; around both there may
be a frame, or a margin that some program added. Shapes: H, W height and width.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from models.sketch.faint_ink import MIN_CLEAR_CONTRAST, MIN_CONTRAST
from models.sketch.frame import drop_slivers, remove_frame
from models.sketch.image import NO_INK, find_box, list_channels, read_border, read_light, shrink_image
from models.sketch.photo import (
    PHOTO_SIDE_PX,
    drop_specks,
    find_photo_ink,
    find_writing,
)
from models.sketch.surroundings import spread
from models.values import Floats32

FULL_INK = 0.95  # ink that comes up to this is left as it is; fainter ink is made as strong as MNIST's
RIPPLE = 0.14  # JPEG of usual quality leaves ripples of up to this strength around ink
MIN_RIPPLED_PX = 40  # smaller ink may be MNIST's own size, where every faint pixel counts
FAINTEST_LINE = 0.06  # of a frame on even paper
MAX_RING = 0.35  # share of the image that a frame along its border may take
MIN_PAPER = 0.4  # share of it that the paper within such a frame takes
MIN_SIDE = 0.7  # share of a photo's outermost pixels along a side that differ from a margin around it …
MIN_BRIGHT_SIDE = 0.2  # … and along one side, where the light may be as bright as the margin
MARGIN_RIPPLE = 0.06  # JPEG leaves ripples of about this strength on the margin
FILLED_SHARE = 0.3  # of the fullest row's pixels that differ: a row of the photo has more, ripples fewer
MIN_FILLED = 0.85  # the same, of all of its pixels
MIN_WITHIN = (
    0.9  # of the pixels that clearly differ from the margin, the photo holds so many: a 7's corner does not
)
MIN_ASPECT = 0.4  # of a photo's shorter side to its longer: a broad 1 is narrower
FAR_PX = 16  # from the ink: beyond the blocks of a JPEG that it lies in
FAR_SHARE = 0.1  # of the ink's longer side: beyond MNIST's faintest edges
GRAIN_SHARE = 0.03  # of the ink's longer side: what is larger is no grain
MIN_GRAINS = 4  # fewer may be meant
SHEET_SIDE_PX = 640  # of a photo with several digits: each of them is small
CLEAN_SHEET_SIDE_PX = 1024  # without noise, print that is smaller still is to be told


class Ink(NamedTuple):
    """The ink of an image.

    Attributes:
        light: (H, W) in [0, 1], the image's brightness.
        ink: (H', W') in [0, 1], 0 for paper; all 0 if nothing stands out.
        is_photo: Whether light and noise had to be removed; the ink is smaller than the image then.
        has_frame: Whether a frame around the ink has been taken away; then it is smaller, too.
        is_partial: Whether much else has been taken for specks of a photo.
    """

    light: Floats32
    ink: Floats32
    is_photo: bool
    has_frame: bool
    is_partial: bool = False


def find_ink(image: npt.NDArray[Any]) -> Ink:
    """Tell the ink in an image from its paper.

    What most of the border looks like is paper, unless it is a frame or a margin. If it is all alike and no
    grain is to be seen, the image is clean, and everything that differs from it is ink. Otherwise, or where
    hardly anything differs, it is a photo, and its light and noise are removed.

    Args:
        image: As `models.sketch.image.read_light` takes it.

    Raises:
        ValueError: Not such an array, not finite, or too large or too small.
    """
    light = read_light(image)
    patch = _find_patch(light)
    if patch is not None:
        _, ink, _, has_frame, is_partial = _find_photo(image[patch], light[patch])
        if ink.any():
            return Ink(light, _put_back(ink, patch, light.shape), True, has_frame, is_partial)
    border = read_border(light)
    paper = float(np.median(border))
    if float(np.mean(np.abs(border - paper) < NO_INK)) < 0.5:
        return _find_photo(image, light)
    inner = _find_paper_in_frame(light, paper)
    if inner is not None:
        framed = _drop_frame(_take_paper_away(light, inner))
        if framed is not None:
            return Ink(light, framed, False, True)
    ink = _take_paper_away(light, paper)
    if not ink.any():
        is_blank = np.ptp(light) < MIN_CLEAR_CONTRAST
        return Ink(light, ink, False, False) if is_blank else _find_photo(image, light)
    if _shows_grain(ink):
        photo = _find_photo(image, light)
        if photo.ink.any():
            return photo
    framed = _drop_frame(ink)
    if framed is not None:
        return Ink(light, framed, False, True)
    return Ink(light, _drop_ripples(ink), False, False)


def find_sheet_ink(image: npt.NDArray[Any]) -> Floats32:
    """Find all ink in an image of several digits, lines and frames included.

    Args:
        image: As `models.sketch.image.read_light` takes it.

    Returns:
        Ink (H', W') in [0, 1], the longer side at most 640 px, 1,024 if the image is clean; all 0 if nothing
        stands out.

    Raises:
        ValueError: As of `find_ink`.
    """
    light = read_light(image)
    border = read_border(light)
    paper = float(np.median(border))
    if float(np.mean(np.abs(border - paper) < NO_INK)) >= 0.5:
        ink = _take_paper_away(light, paper)
        if not ink.any() or not _shows_grain(ink):
            return shrink_image(_drop_ripples(ink) if ink.any() else ink, CLEAN_SHEET_SIDE_PX)
    return find_writing(list_channels(image, light), SHEET_SIDE_PX)


def _find_photo(image: npt.NDArray[Any], light: Floats32) -> Ink:
    ink, has_frame, is_partial = find_photo_ink(list_channels(image, light))
    return Ink(light, ink, True, has_frame, is_partial)


def _find_patch(light: Floats32) -> tuple[slice, slice] | None:
    """Find the photo in an image (H, W) around which a program has put an even margin, None if there is none.

    Its outermost pixels differ from the margin nearly all around; those of ink only in places.
    """
    corners = np.array([light[0, 0], light[0, -1], light[-1, 0], light[-1, -1]])
    is_like = np.abs(corners[:, None] - corners) < NO_INK
    if is_like.sum(1).max() < 2:
        return None
    off = np.abs(light - corners[is_like.sum(1).argmax()])  # from the margin
    is_clear = off >= NO_INK
    for least in (NO_INK, MARGIN_RIPPLE):
        rows, columns = _find_filled(off >= least)
        if is_clear[rows, columns].sum() < MIN_WITHIN * is_clear.sum():
            continue
        if (rows.stop - rows.start, columns.stop - columns.start) != light.shape and _is_photo_like(
            light[rows, columns], off[rows, columns] >= least
        ):
            cut = 1 if least == NO_INK else 2  # JPEG blurs the edge
            return slice(rows.start + cut, rows.stop - cut), slice(columns.start + cut, columns.stop - cut)
    return None


def _find_filled(mask: npt.NDArray[np.bool_]) -> tuple[slice, slice]:
    """Find the rows and columns of a rectangle that is nearly filled, but for stray pixels around it."""
    sides = []
    for axis in (1, 0):
        share = mask.mean(axis)
        filled = np.flatnonzero(share >= FILLED_SHARE * share.max()) if share.any() else np.array([0])
        sides.append(slice(int(filled[0]), int(filled[-1]) + 1))
    return sides[0], sides[1]


def _is_photo_like(patch: Floats32, differs: npt.NDArray[np.bool_]) -> bool:
    """Tell whether a patch (H, W), which differs from what surrounds it where `differs`, may be a photo."""
    if min(patch.shape) < MIN_RIPPLED_PX or min(patch.shape) < MIN_ASPECT * max(patch.shape):
        return False  # the latter is a broad stroke
    sides = sorted(float(side.mean()) for side in (differs[0], differs[-1], differs[:, 0], differs[:, -1]))
    if differs.mean() < MIN_FILLED or sides[0] < MIN_BRIGHT_SIDE or sides[1] < MIN_SIDE:
        return False
    border = read_border(patch)
    is_even = np.mean(np.abs(border - np.median(border)) < NO_INK) >= 0.5  # a frame, or a patch of ink
    return not is_even


def _put_back(ink: Floats32, patch: tuple[slice, slice], shape: tuple[int, ...]) -> Floats32:
    """Lay a patch's ink, which may be smaller than the patch, where it lies in the whole image."""
    factor = (patch[0].stop - patch[0].start) / ink.shape[0]
    height, width = (max(round(side / factor), size) for side, size in zip(shape, ink.shape, strict=True))
    top = min(round(patch[0].start / factor), height - ink.shape[0])
    left = min(round(patch[1].start / factor), width - ink.shape[1])
    whole = np.zeros((height, width), np.float32)
    whole[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return whole


def _find_paper_in_frame(light: Floats32, border: float) -> float | None:
    """Return the paper's brightness where the border is a thin frame around it, else None."""
    if np.mean(np.abs(light - border) < 0.1) > MAX_RING:
        return None
    counts, edges = np.histogram(light, bins=64, range=(0, 1))
    most = int(counts.argmax())
    if counts[most] < MIN_PAPER * light.size:
        return None
    low, high = edges[most] - NO_INK, edges[most + 1] + NO_INK
    return float(np.median(light[(light >= low) & (light <= high)]))


def _take_paper_away(light: Floats32, paper: float) -> Floats32:
    """Take an even background away; ink is on the side of it that reaches further."""
    darkest, brightest = paper - float(light.min()), float(light.max()) - paper
    peak = max(darkest, brightest)
    if peak < MIN_CONTRAST:
        return np.zeros_like(light)
    ink = light - np.float32(paper) if brightest >= darkest else np.float32(paper) - light
    ink[ink < NO_INK] = 0
    if peak < FULL_INK:
        ink /= np.float32(peak)
    return np.clip(ink, 0, 1, out=ink)


def _drop_frame(ink: Floats32) -> Floats32 | None:
    """Take a frame away from ink (H, W) on even paper; returns smaller ink, or None if there is no frame."""
    if min(ink.shape) < MIN_RIPPLED_PX:
        return None
    small = shrink_image(ink, PHOTO_SIDE_PX)
    inner = drop_slivers(small, FAINTEST_LINE)
    rest = remove_frame(inner, FAINTEST_LINE)
    if rest is None:
        if inner is small:
            return None
        rest = inner
    peak = float(rest.max())
    return rest if peak >= FULL_INK else rest / np.float32(peak)


def _shows_grain(ink: Floats32) -> bool:
    """Tell whether there are many small spots far from the ink (H, W), as on scanned paper."""
    small = shrink_image(ink, PHOTO_SIDE_PX)
    main = drop_specks(np.where(small >= 0.5 * small.max(), small, np.float32(0)))
    box = find_box(main)
    factor = ink.shape[0] // small.shape[0]
    longer = factor * max(side.stop - side.start for side in box)
    if longer < MIN_RIPPLED_PX:
        return False
    reach = -(-max(FAR_PX, int(FAR_SHARE * longer)) // factor)
    near = spread(np.pad((main > 0).astype(np.float32), reach), reach + 1, np.maximum)
    is_near = near[reach:-reach, reach:-reach] > 0
    rows, columns = (
        np.minimum(np.arange(side) // factor, size - 1)
        for side, size in zip(ink.shape, is_near.shape, strict=True)
    )
    inked = np.pad(ink > 0, 1)
    begins = inked[1:-1, 1:-1] & ~(inked[1:-1, :-2] | inked[:-2, :-2] | inked[:-2, 1:-1] | inked[:-2, 2:])
    begins &= ~is_near[rows[:, None], columns]
    size = max(3, round(GRAIN_SHARE * longer))  # one of MNIST's pixels, enlarged, is larger
    for axis, beyond in enumerate((inked[size + 1 :, 1:-1], inked[1:-1, size + 1 :])):
        kept = [slice(None), slice(None)]
        kept[axis] = slice(0, beyond.shape[axis])
        begins[tuple(kept)] &= ~beyond
    return int(begins.sum()) >= MIN_GRAINS


def _drop_ripples(ink: Floats32) -> Floats32:
    """Remove the faint ripples that JPEG leaves around ink, which would make its box too large.

    Faint ink stays if it may be real: in a small image, beside soft edges, or in an image enlarged pixel
    by pixel, where every pixel has its like beside it.
    """
    cropped = ink[find_box(ink)]
    steepest = max(float(np.abs(np.diff(cropped, axis=axis)).max(initial=0)) for axis in (0, 1))
    if max(cropped.shape) < MIN_RIPPLED_PX or steepest < 0.6:
        return ink
    around = np.pad(cropped, 1, constant_values=-1)
    has_like = ((around[:-2, 1:-1] == cropped) | (around[2:, 1:-1] == cropped)) & (
        (around[1:-1, :-2] == cropped) | (around[1:-1, 2:] == cropped)
    )
    is_faint = (cropped > 0) & (cropped < RIPPLE)
    if not is_faint.any() or has_like[is_faint].mean() > 0.95:
        return ink
    return np.where(ink < RIPPLE, np.float32(0), ink)
