"""Digits as pen strokes: how people write them, sampled at random and drawn without any download.

A stroke is what the pen leaves between touching the paper and lifting: an array of points (P, 2), x to the
right and y down. A drawing is a list of strokes. Shapes: C control points, P points, N drawings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.data.glyphs import Glyph, load_glyphs, load_shared
from models.values import Floats32

FIELD_PX = 28  # side of a network's input
BOX_PX = 20  # longer side of the ink in it: MNIST's rule
PEN_WIDTH_PX = 2.3  # MNIST's mean stroke width, measured on its test digits

Strokes = Sequence[Floats32]

HOOK_SHARE = 0.12  # of the ends of strokes

DIGITS_PER_BATCH = 256  # drawn at once: large enough to hide NumPy's call cost, small enough for the cache


def sample_strokes(
    digit: int, rng: np.random.Generator, with_styles: bool = False, shared: float = 0
) -> list[Floats32]:
    """Write a digit as one of many people might.

    Args:
        digit: 0 to 9.
        rng: Source of every random choice.
        with_styles: Whether the ways of writing in `models.data.styles` are among those to choose from.
        shared: How many of all ten digits' drawings, 0 to 0.2, are such as stand for another digit too.

    Returns:
        Strokes (P, 2) in drawing order, in a box of about 1 × 1 (x right, y down).

    Raises:
        ValueError: The digit is not one of 0 to 9.
    """
    glyphs = load_glyphs(digit, with_styles)
    if shared:
        either, shares = load_shared(digit)
        if rng.random() < shared * shares.sum():
            return write_glyph(either[rng.choice(len(either), p=shares / shares.sum())], rng)
    return write_glyph(glyphs[rng.integers(len(glyphs))], rng)


def write_glyph(glyph: Glyph, rng: np.random.Generator) -> list[Floats32]:
    """Write one entry of a table by a hand drawn at random, as `sample_strokes` writes digits."""
    points = glyph.controls.astype(np.float64)  # (C, 2)

    # The pen stops short of its mark or overshoots it, hits every mark inexactly, and sets each new
    # stroke down a little off its place.
    overshoot = rng.normal(0.0, 0.10, (len(glyph.tips), 1))
    points[glyph.tips] += overshoot * (points[glyph.tips] - points[glyph.before_tips])
    points += rng.normal(0.0, 0.028, (len(points), 2))[glyph.place_index]
    points += rng.normal(0.0, 0.025, (len(points), 2))[glyph.stroke_index]

    # Proportions: where the waist of an 8 or the bar of a 4 sits. Keeps 0 and 1 in place.
    points += rng.normal(0.0, 0.35, 2).clip(-0.7, 0.7) * points * (1 - points)

    # Wobble: two slow waves across the box bend neighbouring lines alike, so that loops stay closed.
    waves = rng.normal(0.0, 0.7, (2, 2))
    amplitudes = rng.normal(0.0, 0.03, (2, 2))
    points += np.sin(2 * np.pi * (points @ waves + rng.random(2))) @ amplitudes

    # The hand: narrow or wide, slanted (more often to the right), the paper turned.
    aspect = np.exp(np.clip(rng.normal(-0.22, 0.25), -0.6, 0.45))  # narrower, an 8 would be a bar
    slant = rng.normal(0.18, 0.24)
    angle = rng.normal(0.0, 0.09)
    cosine, sine = np.cos(angle), np.sin(angle)
    slanted = np.array([[aspect, 0.0], [-slant, 1.0]])  # rows: where x and y of the upright digit go
    turned = np.array([[cosine, sine], [-sine, cosine]])
    points = (points - 0.5) @ slanted @ turned + 0.5

    strokes = np.split(glyph.curve @ points.astype(np.float32), glyph.starts)
    return [_add_hooks(_tremble(stroke, rng), rng) for stroke in strokes]


def _tremble(stroke: Floats32, rng: np.random.Generator) -> Floats32:
    """Let the hand that leads the pen shake a little: noise that changes within a few points (P, 2)."""
    shake = rng.exponential(0.006)
    knots = rng.normal(0.0, shake, (len(stroke) // 3 + 2, 2)).astype(np.float32)
    place = np.linspace(0, len(knots) - 1, len(stroke))
    return stroke + np.stack([np.interp(place, np.arange(len(knots)), knots[:, i]) for i in (0, 1)], axis=1)


def _add_hooks(stroke: Floats32, rng: np.random.Generator) -> Floats32:
    """Let the pen leave a small hook now and then where it touches down, or where it is drawn away."""
    parts = [stroke]
    for is_end in (False, True):
        if rng.random() < HOOK_SHARE:
            tip, inner = (stroke[-1], stroke[-3]) if is_end else (stroke[0], stroke[2])
            back = (inner - tip) / max(float(np.hypot(*(inner - tip))), 1e-6)
            angle = rng.choice((-1, 1)) * rng.uniform(0.4, 2.0)  # from the line on which the pen came
            cosine, sine = np.cos(angle), np.sin(angle)
            hook = tip + rng.uniform(0.03, 0.10) * (back @ np.array([[cosine, sine], [-sine, cosine]]))
            parts.insert(len(parts) if is_end else 0, hook[None].astype(np.float32))
    return np.concatenate(parts).astype(np.float32)


def example_strokes(digit: int) -> list[Floats32]:
    """Write a digit in its plainest form, always the same.

    Args:
        digit: 0 to 9.

    Returns:
        Strokes (P, 2) in drawing order, in the unit box (x right, y down).

    Raises:
        ValueError: The digit is not one of 0 to 9.
    """
    glyph = load_glyphs(digit)[0]
    return np.split(glyph.curve @ glyph.controls, glyph.starts)


def render_strokes(strokes: Strokes, width_px: float, size_px: int = FIELD_PX) -> Floats32:
    """Draw strokes with a round pen and smooth edges.

    A pixel's ink falls from 1 to 0 over the one pixel around the edge of the pen's trace, measured by the
    distance of the pixel's centre from the stroke.

    Args:
        strokes: Arrays (P, 2) in pixels; the centre of the first pixel lies at (0.5, 0.5). A single point
            is a dot. What lies outside the image is not drawn.
        width_px: Width of the pen, above 0.
        size_px: Side of the image.

    Returns:
        Ink (size_px, size_px), float32 in [0, 1].
    """
    if not any(len(stroke) for stroke in strokes):
        return np.zeros((size_px, size_px), np.float32)
    image: Floats32 = _draw_ink(_gather_ink([strokes]), np.array([width_px], np.float32), size_px)[0]
    return image


def fit_strokes(strokes: Strokes, width_px: float = PEN_WIDTH_PX, box_px: int = BOX_PX) -> list[Floats32]:
    """Scale and move strokes so that their ink exactly fills a square box, keeping the aspect ratio.

    The pen's own width counts as ink: the longer side of the trace reaches from edge to edge of the box.
    Both sides begin at a whole pixel, as those of MNIST's scaled digits do; the shorter is about central.

    Args:
        strokes: Arrays (P, 2) in any unit; at least one point.
        width_px: Width of the pen, in pixels of the box.
        box_px: Side of the box.

    Returns:
        The strokes in pixels of the box.
    """
    ink = _gather_ink([strokes])
    points = _fit_ink(ink, np.array([width_px], np.float32), box_px).points
    return np.split(points, np.flatnonzero(ink.begins_stroke)[1:])


def center_by_mass(images: Floats32, size_px: int = FIELD_PX) -> Floats32:
    """Place images in a larger field by their centre of mass, moving by whole pixels as MNIST does.

    The pixel that holds the centre of mass comes to lie at index size_px / 2, so that the centre of mass is
    within half a pixel of that pixel's centre: true of every MNIST digit. Where that would push ink over the
    edge of the field, it moves as far as the edge allows.

    Args:
        images: Ink (N, H, W), each with some ink, H and W at most size_px.
        size_px: Side of the field.

    Returns:
        Ink (N, size_px, size_px), float32.
    """
    rows, rows_inside = _place_axis(images.sum(2), size_px)  # (N, size_px)
    columns, columns_inside = _place_axis(images.sum(1), size_px)
    digit = np.arange(len(images))[:, None, None]
    is_inside = rows_inside[:, :, None] & columns_inside[:, None, :]
    return np.where(is_inside, images[digit, rows[:, :, None], columns[:, None, :]], np.float32(0))


def generate_digits(
    num: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
    start: int = 0,
    with_styles: bool = False,
    shared: float = 0,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Write digits at random and prepare them as MNIST's are, with MNIST's spread of stroke widths.

    Digit i depends on `seed` and i alone. So the same arguments give the same bytes, a shorter set is the
    beginning of a longer one, and a set may be made in chunks: `generate_digits(100, 0)` is
    `generate_digits(60, 0)` followed by `generate_digits(40, 0, start=60)`.

    Args:
        num: How many.
        seed: Which set; 0 or above.
        progress: Called as `progress(done, num)` after every few hundred digits.
        start: Index of the first digit.
        with_styles: As of `sample_strokes`.
        shared: As of `sample_strokes`.

    Returns:
        Images (num, 28, 28) uint8 and labels (num,) int64, every label equally likely.

    Raises:
        ValueError: A number is below 0.
    """
    for name, value in (("num", num), ("seed", seed), ("start", start)):
        if value < 0:
            raise ValueError(f"{name} is {value}; it must be 0 or above.")
    images = np.empty((num, FIELD_PX, FIELD_PX), np.uint8)
    labels = np.empty(num, np.int64)
    for begin in range(0, num, DIGITS_PER_BATCH):
        end = min(begin + DIGITS_PER_BATCH, num)
        drawings: list[Strokes] = []
        widths = np.empty(end - begin, np.float32)
        for i in range(begin, end):
            rng = np.random.default_rng((seed, start + i))
            labels[i] = rng.integers(10)
            widths[i - begin] = sample_width(rng)
            drawings.append(sample_strokes(int(labels[i]), rng, with_styles, shared))
        images[begin:end] = draw_inputs(drawings, widths)
        if progress is not None:
            progress(end, num)
    return images, labels


def sample_width(rng: np.random.Generator) -> float:
    """Draw a pen's width in pixels of a network's input, with MNIST's spread.

    The 10th, 50th and 90th percentile are 1.7, 2.26 and 3.0 px, as measured on MNIST.
    """
    return float(np.clip(np.exp(rng.normal(np.log(2.26), 0.22)), 1.2, 4.2))


def draw_inputs(drawings: Sequence[Strokes], widths_px: Floats32) -> npt.NDArray[np.uint8]:
    """Prepare drawings as MNIST's digits are.

    Args:
        drawings: Each with at least one point.
        widths_px: (N,) width of each one's pen.

    Returns:
        Images (N, 28, 28).
    """
    boxes = _draw_ink(_fit_ink(_gather_ink(drawings), widths_px, BOX_PX), widths_px, BOX_PX)
    return np.rint(center_by_mass(boxes) * 255).astype(np.uint8)


@dataclass(frozen=True)
class _Ink:
    """The points of many drawings, one after the other."""

    points: Floats32  # (P, 2)
    begins_stroke: npt.NDArray[np.bool_]  # (P,)
    image_index: npt.NDArray[np.intp]  # (P,) ascending


def _gather_ink(drawings: Sequence[Strokes]) -> _Ink:
    """Lay all points of all drawings into one array, so that NumPy handles them in one go."""
    strokes = [stroke for drawing in drawings for stroke in drawing if len(stroke)]
    lengths = np.array([len(stroke) for stroke in strokes])
    owners = [i for i, drawing in enumerate(drawings) for stroke in drawing if len(stroke)]
    begins_stroke = np.zeros(lengths.sum(), bool)
    begins_stroke[np.cumsum(lengths) - lengths] = True
    points = np.concatenate(strokes).astype(np.float32, copy=False)
    return _Ink(points, begins_stroke, np.repeat(owners, lengths))


def _fit_ink(ink: _Ink, width_px: Floats32, box_px: int) -> _Ink:
    """Do what `fit_strokes` does, for every drawing; width_px: (N,)."""
    begins_image = np.flatnonzero(np.diff(ink.image_index, prepend=-1))
    low = np.minimum.reduceat(ink.points, begins_image)  # (N, 2)
    extent = np.maximum.reduceat(ink.points, begins_image) - low
    longer = np.maximum(extent.max(1), np.float32(1e-6))  # a lone dot has no extent
    scale = (box_px - width_px) / longer  # (N,)
    # Half the pen stands out on either side. The 1e-3 keeps rounding from costing the longer side a pixel.
    side = extent * scale[:, None] + width_px[:, None]  # (N, 2)
    corner = np.floor((box_px - side) / 2 + 1e-3) + width_px[:, None] / 2
    n = ink.image_index
    points = (ink.points - low[n]) * scale[n, None] + corner[n]
    return _Ink(points.astype(np.float32, copy=False), ink.begins_stroke, n)


def _draw_ink(ink: _Ink, width_px: Floats32, size_px: int) -> Floats32:
    """Draw every drawing with its pen: (N, size_px, size_px), N the length of width_px.

    Cuts the strokes into short pieces and visits only the few pixels around each: the distance to a stroke
    is the least distance to its pieces, and the ink there the most.
    """
    # A piece runs from a point's predecessor to the point; a stroke's first point is a piece of no length.
    begin = np.concatenate([ink.points[:1], ink.points[:-1]])
    begin[ink.begins_stroke] = ink.points[ink.begins_stroke]
    step = ink.points - begin
    longest_px = 1.0 + float(width_px.min()) / 2
    num_pieces = np.maximum(np.ceil(np.hypot(step[:, 0], step[:, 1]) / longest_px), 1).astype(np.intp)
    step /= num_pieces[:, None]
    owner = np.repeat(np.arange(len(step)), num_pieces)
    rank = np.arange(len(owner)) - np.repeat(np.cumsum(num_pieces) - num_pieces, num_pieces)
    step = step[owner]  # (S, 2), S pieces
    begin = begin[owner] + rank[:, None].astype(np.float32) * step
    image = ink.image_index[owner]  # (S,)

    # The window: every pixel whose centre can be within reach of some piece.
    squared = (step * step).sum(1)
    reach_px = (float(width_px.max()) + 1 + float(np.sqrt(squared.max()))) / 2
    window_px = int(2 * reach_px) + 1
    corner = np.ceil(begin + step / 2 - reach_px - 0.5).astype(np.intp)  # (S, 2)
    pixel = corner[:, :, None] + np.arange(window_px)  # (S, 2, K)
    x, y = np.moveaxis(pixel + np.float32(0.5) - begin[:, :, None], 1, 0).astype(np.float32)  # (S, K) each
    along = x[:, None, :] * step[:, 0, None, None] + y[:, :, None] * step[:, 1, None, None]  # (S, K, K)
    along /= np.maximum(squared, np.float32(1e-12))[:, None, None]
    np.clip(along, 0, 1, out=along)
    away_x = x[:, None, :] - along * step[:, 0, None, None]
    away_y = y[:, :, None] - along * step[:, 1, None, None]
    ink_here = (width_px[image] / 2 + np.float32(0.5))[:, None, None] - np.hypot(away_x, away_y)

    inside = (pixel >= 0) & (pixel < size_px)  # (S, 2, K)
    drawn = (ink_here > 0) & inside[:, 1, :, None] & inside[:, 0, None, :]
    target = (image[:, None, None] * size_px + pixel[:, 1, :, None]) * size_px + pixel[:, 0, None, :]
    images = np.zeros(len(width_px) * size_px * size_px, np.float32)
    np.maximum.at(images, target[drawn], np.minimum(ink_here[drawn], 1))
    return images.reshape(len(width_px), size_px, size_px)


def _place_axis(mass: Floats32, size_px: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Find where to take each of the field's rows from; mass: ink of each row (N, H).

    Returns:
        Index of the row to show (N, size_px), and whether there is such a row.
    """
    length = mass.shape[1]
    holds_ink = mass > 0
    first = holds_ink.argmax(1)
    after_last = length - holds_ink[:, ::-1].argmax(1)
    center = mass.astype(np.float64) @ (np.arange(length) + 0.5) / mass.sum(1, dtype=np.float64)
    shift = size_px // 2 - np.floor(center).astype(np.intp)
    shift = np.clip(shift, -first, size_px - after_last)
    source = np.arange(size_px) - shift[:, None]
    return np.clip(source, 0, length - 1), (source >= 0) & (source < length)
