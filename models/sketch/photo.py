"""The ink in a photo: its uneven light is divided out, lines of the paper and grey shading are taken away.

Everything is done on a small version of the image, which calms its noise. *Contrast* is how much darker a
place is than the paper around it, as a share: a shadow dims ink and paper alike and leaves it as it is.
Shapes: H, W height and width.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from models.sketch.faint_ink import NO_INK, cut_faint
from models.sketch.frame import drop_slivers, remove_frame
from models.sketch.parts import label_mask
from models.sketch.shading import remove_shading
from models.sketch.surroundings import blur, shift, shrink_image, spread
from models.values import Floats32

PHOTO_SIDE_PX = 256  # photos are averaged down to about this
COARSE_SIDE_PX = 128  # enough to tell chalk from ink
FAINTEST_LINE = 0.04  # contrast of a frame's lines …
LINE_CONTRAST = 0.1  # … and the same in shares of the strongest: fainter ones are taken for no ink anyway
STROKE_SHARE = 0.17  # of the image's side: no pen is that wide
MAX_TILT = 0.1  # of a line of the paper against the image's side, in pixels a pixel
TILT_STEP_PX = 2  # between neighbouring tilts, at the far end
LINE_SHARE = 0.8  # of its way across the whole image that a line of the paper must be seen on
LINE_END = 0.04  # of it, at one border or the other, that a stroke does not reach
MIN_LINED = 0.5  # of a piece of ink that is lines alone
LINE_SURPLUS = 1.3  # a line is not equally strong all along
STRONGEST_LINE = 0.9  # share of the light that a line may take
BRIDGE_PX = 4  # a pen that crosses a line of the paper is joined over up to this far either side
PATCH_PX = 4  # specks are told from ink on patches of this size
MIN_KEPT = 0.75  # of all ink: where less is left, the specks may have been writing
MIN_PART = 0.08  # a separate part with less ink than this share of the largest is a speck


def find_photo_ink(channels: Iterable[Floats32]) -> tuple[Floats32, bool, bool]:
    """Find the ink in a photo.

    Args:
        channels: (H, W) in [0, 1] each: the brightness, then the colours if there are any. The one in which
            the ink stands out best is looked at.

    Returns:
        Ink (H', W') in [0, 1], the longer side at most 256 px, all 0 if nothing stands out; whether a frame
        has been taken away; and whether much ink has been dropped as specks.
    """
    contrast, noise = _find_contrast(channels, PHOTO_SIDE_PX)
    contrast = _remove_lines(contrast)
    faintest_line = max(FAINTEST_LINE, LINE_CONTRAST * float(np.quantile(contrast, 0.998)), 4 * noise)
    contrast = drop_slivers(contrast, faintest_line)
    without_frame = remove_frame(contrast, faintest_line)
    if without_frame is not None:
        contrast = without_frame
    ink = cut_faint(remove_shading(contrast), noise)
    kept = drop_specks(ink)
    is_partial = float(kept.sum()) < MIN_KEPT * float(ink.sum())
    return kept, without_frame is not None, is_partial


def find_writing(channels: Iterable[Floats32], side_px: int) -> Floats32:
    """Find all ink in a photo of several digits, frames and specks included.

    Args:
        channels: As of `find_photo_ink`.
        side_px: What the longer side of the ink is at most.

    Returns:
        Ink (H', W') in [0, 1], all 0 if nothing stands out.
    """
    contrast, noise = _find_contrast(channels, side_px)
    return cut_faint(
        remove_shading(_remove_lines(contrast, is_single=False), is_single=False), noise, is_single=False
    )


def _find_contrast(channels: Iterable[Floats32], side_px: int) -> tuple[Floats32, float]:
    """Measure contrast and noise in the channel in which the ink stands out best."""
    best: tuple[Floats32, float] | None = None
    best_ratio = 0.0
    for channel in channels:
        light = shrink_image(channel, side_px)
        contrast, noise = _measure_contrast(1 - light if _is_ink_bright(light) else light)
        ratio = float(np.quantile(contrast, 0.998)) / max(noise, 0.005)
        if best is None or ratio > 1.1 * best_ratio:  # the first, brightness itself, unless another is better
            best, best_ratio = (contrast, noise), ratio
    assert best is not None  # there is at least one channel
    return best


def _is_ink_bright(light: Floats32) -> bool:
    """Tell whether an image (H, W) is one of chalk on a board rather than of a pen on paper."""
    light = shrink_image(light, COARSE_SIDE_PX)
    relative = light / np.maximum(_fit_surface(light), np.float32(0.05)) - 1
    dark, bright = np.quantile(relative, [0.002, 0.998])
    return bool(bright > -dark)


def _measure_contrast(light: Floats32) -> tuple[Floats32, float]:
    """Measure how much darker each place (H, W) is than the paper around it, and the noise of that."""
    # Differences along the diagonal of two pixels: what changes along rows or columns alone, as light and
    # the lines of the paper do, falls out.
    rest = (light[1:, 1:] - light[1:, :-1] - light[:-1, 1:] + light[:-1, :-1]) / 2
    calm = blur(light)
    reach = max(int(STROKE_SHARE * max(light.shape)), 3)
    beyond = np.pad(calm, reach, mode="edge")  # as if the paper went on, for shadows that end at the border
    closed = spread(spread(beyond, reach, np.maximum), reach, np.minimum)
    paper = np.maximum(closed[reach:-reach, reach:-reach], np.float32(0.05))
    contrast: Floats32 = (1 - calm / paper).astype(np.float32)
    contrast -= min(float(np.median(contrast)), 0.05)  # the brightest of many noisy pixels is too bright
    noise = 1.4826 * float(np.median(np.abs(rest))) / max(float(np.median(paper)), 0.05)
    return np.maximum(contrast, 0), noise / 2  # blurring halves it


def _fit_surface(light: Floats32) -> Floats32:
    """Fit the paper's brightness, a quadratic surface (H, W), by least squares without the ink.

    Starts from a frame along the border, where there is hardly any ink, then takes in whatever fits.
    """
    height, width = light.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2).reshape(-1, 6)
    values = light.ravel().astype(np.float64)
    is_paper = (np.maximum(np.abs(x), np.abs(y)) > 0.8).ravel()
    for _ in range(6):
        surface = np.linalg.solve(terms[is_paper].T @ terms[is_paper], terms[is_paper].T @ values[is_paper])
        rest = np.abs(values - terms @ surface)
        noise = 1.4826 * float(np.median(rest[is_paper]))  # of a normal distribution, from its median
        is_paper = rest <= max(3 * noise, 0.01)
    fitted: Floats32 = (terms @ surface).reshape(light.shape).astype(np.float32)
    return fitted


def _remove_lines(contrast: Floats32, is_single: bool = True) -> Floats32:
    """Take the lines of ruled and grid paper away, and join the pen's strokes where they cross them."""
    across, across_reaching = _trace_lines(contrast, is_single)
    along, along_reaching = (lines.T for lines in _trace_lines(contrast.T, is_single))
    if is_single:
        is_stroke = _find_long_strokes(contrast, ((across, across_reaching), (along, along_reaching)))
        across, along = (
            np.where(is_stroke, across_reaching, across),
            np.where(is_stroke, along_reaching, along),
        )
    line = np.minimum(LINE_SURPLUS * np.maximum(across, along), STRONGEST_LINE)
    # The pen dims what the line leaves of the light.
    left: Floats32 = np.maximum(1 - (1 - contrast) / (1 - line), 0)
    for lines, axis in ((across, 0), (along, 1)):
        before, after = left, left
        for step in range(1, BRIDGE_PX + 1):
            before = np.maximum(before, shift(left, -step, axis))
            after = np.maximum(after, shift(left, step, axis))
        bridge = np.minimum(np.minimum(before, after), contrast)
        left = np.where(lines > 0.1 * contrast, np.maximum(left, bridge), left)
    return left


def _find_long_strokes(
    contrast: Floats32, traced: Iterable[tuple[Floats32, Floats32]]
) -> npt.NDArray[np.bool_]:
    """Find the strokes of a single digit that fills the image, where they may be taken for lines: (H, W).

    A line that ends before both borders is a stroke where it hangs together with ink that is no such line, or
    where there is no other ink.
    """
    mask = contrast > NO_INK * float(np.quantile(contrast, 0.998))
    is_short = np.zeros_like(mask)
    for lines, reaching in traced:
        is_short |= mask & (reaching < 0.5 * lines) & (lines > 0.1 * contrast)
    if not is_short.any():
        return is_short
    labels, num = label_mask(mask, joins_corners=True)
    areas = np.bincount(labels[mask], minlength=num)
    is_ink = np.bincount(labels[is_short], minlength=num) < MIN_LINED * areas
    if not is_ink.any() or areas[is_ink].max() < MIN_PART * areas.max():
        return mask
    return mask & is_ink[labels]


def _trace_lines(contrast: Floats32, is_single: bool) -> tuple[Floats32, Floats32]:
    """Trace lines that go all the way from the left to the right, nearly horizontal, or most of it.

    Along each such way through a place, the contrast that is reached nearly everywhere is the line's. A pen's
    strokes end on the way.

    Returns:
        How strong a line is at each place (H, W), and the same of those that reach one of the borders: the
        latter is 0 everywhere where there are several digits, of which it is not asked.
    """
    height, width = contrast.shape
    thick = np.maximum(contrast, np.maximum(shift(contrast, 1, 0), shift(contrast, -1, 0)))
    num_tilts = int(MAX_TILT * width / TILT_STEP_PX)
    x = np.arange(0, width, 2)
    rank = int((1 - LINE_SHARE) * len(x))
    end = max(round(LINE_END * len(x)), 2)
    lines, reaching = np.zeros_like(contrast), np.zeros_like(contrast)
    every = np.arange(width)
    for tilt in range(-num_tilts, num_tilts + 1):
        slope = tilt * TILT_STEP_PX / width
        y = np.arange(height)[:, None] + np.rint(slope * (x - width / 2)).astype(int)  # (H, W / 2)
        ways = thick[np.clip(y, 0, height - 1), x]
        ways[(y < 0) | (y >= height)] = np.inf  # outside the image it may go on
        strength = np.partition(ways, rank, axis=1)[:, rank]  # (H,) of the way through the middle column at y
        strength[~np.isfinite(strength)] = 0
        strengths = [(lines, strength)]
        if is_single:
            ends = (np.partition(part, end // 2)[:, end // 2] for part in (ways[:, :end], ways[:, -end:]))
            strengths.append((reaching, np.minimum(strength, np.maximum(*ends))))
        y = np.arange(height)[:, None] - np.rint(slope * (every - width / 2)).astype(int)  # (H, W)
        is_outside = (y < 0) | (y >= height)
        y = np.clip(y, 0, height - 1)
        for found, each in strengths:
            here = each[y]
            here[is_outside] = 0
            np.maximum(found, here, out=found)
    return lines, reaching


def drop_specks(ink: Floats32) -> Floats32:
    """Remove small separate parts: dust, dots of a ruled page, grains of noise."""
    rows, columns = (-(-side // PATCH_PX) for side in ink.shape)
    patches = np.zeros((rows * PATCH_PX, columns * PATCH_PX), np.float32)
    patches[: ink.shape[0], : ink.shape[1]] = ink
    mass = patches.reshape(rows, PATCH_PX, columns, PATCH_PX).sum((1, 3))
    part = np.where(mass > 0, np.arange(1, mass.size + 1).reshape(mass.shape), 0)  # every patch its own part
    while True:  # neighbours agree on the larger number until none changes
        around = np.pad(part, 1)
        joined = np.max([around[i : i + rows, j : j + columns] for i in range(3) for j in range(3)], axis=0)
        joined[mass == 0] = 0
        if (joined == part).all():
            break
        part = joined
    part_mass = np.bincount(part.ravel(), mass.ravel())
    is_kept = (part_mass >= MIN_PART * part_mass.max())[part]
    kept: Floats32 = (
        ink * np.kron(is_kept, np.ones((PATCH_PX, PATCH_PX), bool))[: ink.shape[0], : ink.shape[1]]
    )
    return kept
