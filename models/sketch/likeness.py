"""How like MNIST's digits a network's input is: the same few measures of both, one beside the other.

`python -m models.sketch.likeness` measures MNIST's training images anew and prints the table below.
Shapes: H, W an image's height and width, N images.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.data.strokes import FIELD_PX
from models.sketch.image import NO_INK, find_box
from models.sketch.parts import count_parts
from models.values import Floats32

PERCENTS = (1, 10, 50, 90, 99)


@dataclass(frozen=True)
class Measure:
    """One thing that is measured of an image.

    Attributes:
        name: Its key.
        title: What a learner reads.
        unit: Of its values: px at 28×28, "× its height", or none.
        less, more: What an image is that has less or more of it than MNIST's digits.
        scale: Lowest and highest value that a gauge of it shows.
        percentiles: Of MNIST's 60,000 training images: the 1st, 10th, 50th, 90th and 99th.
    """

    name: str
    title: str
    unit: str
    less: str
    more: str
    scale: tuple[float, float]
    percentiles: tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Gauge:
    """A measure of one image beside MNIST's.

    Attributes:
        measure: What is measured, and MNIST's percentiles.
        value: Of the image.
        verdict: In a learner's words.
        is_like: Whether the value lies within 98 % of MNIST's, from the 1st to the 99th percentile.
    """

    measure: Measure
    value: float
    verdict: str
    is_like: bool


MEASURES = (
    Measure(
        "stroke_width",
        "Stroke width",
        "px",
        "thinner",
        "thicker",
        (0, 7),
        (1.593, 1.89, 2.48, 3.406, 4.482),
    ),
    Measure(
        "ink", "Ink in all", "px of ink", "lighter", "heavier", (0, 300), (38.62, 60.2, 99.87, 147.4, 192.9)
    ),
    Measure(
        "center_x",
        "Centre of mass, from the left",
        "px",
        "further left",
        "further right",
        (7, 21),
        (14.01, 14.1, 14.51, 14.91, 14.99),
    ),
    Measure(
        "center_y",
        "Centre of mass, from above",
        "px",
        "higher",
        "lower",
        (7, 21),
        (14.01, 14.1, 14.49, 14.9, 14.99),
    ),
    Measure(
        "longer_side", "Longer side of its box", "px", "smaller", "larger", (0, 28), (20, 20, 20, 20, 20)
    ),
    Measure(
        "aspect", "Width of its box", "× its height", "narrower", "wider", (0, 2), (0.2, 0.5, 0.8, 1, 1.429)
    ),
    Measure("parts", "Separate parts", "", "in fewer parts", "in more parts", (0, 5), (1, 1, 1, 1, 2)),
)


def gauge_likeness(image: Floats32) -> tuple[Gauge, ...]:
    """Measure an image and say how it compares with MNIST's digits.

    Args:
        image: (28, 28) in [0, 1], bright is ink, some of it above 0: what a network is given.

    Returns:
        A gauge for each of `MEASURES`, in their order.

    Raises:
        ValueError: The image has another shape, values outside [0, 1], or no ink.
    """
    if image.shape != (FIELD_PX, FIELD_PX):
        raise ValueError(f"The image's shape is {image.shape}; it must be ({FIELD_PX}, {FIELD_PX}).")
    if not (image.min() >= 0 and NO_INK <= image.max() <= 1):  # also false of NaN
        raise ValueError("The image's values must lie in [0, 1], and some of them above 0.")
    return tuple(
        _compare(measure, value) for measure, value in zip(MEASURES, measure_image(image), strict=True)
    )


def measure_image(image: Floats32) -> tuple[float, ...]:
    """Measure an image (H, W) in [0, 1] with some ink: a value for each of `MEASURES`, in their order."""
    ink = np.where(image < NO_INK, np.float32(0), image)
    rows, columns = find_box(ink)
    height, width = rows.stop - rows.start, columns.stop - columns.start
    mass = float(ink.sum(dtype=np.float64))
    center_x = float(ink.sum(0, dtype=np.float64) @ (np.arange(ink.shape[1]) + 0.5)) / mass
    center_y = float(ink.sum(1, dtype=np.float64) @ (np.arange(ink.shape[0]) + 0.5)) / mass
    return (
        measure_width(ink),
        mass,
        center_x,
        center_y,
        float(max(height, width)),
        width / height,
        float(count_parts(ink)),
    )


def measure_width(ink: Floats32) -> float:
    """Measure how wide the strokes of ink (H, W) are, in pixels: twice their area over their outline.

    A stroke of length l and width w, l much larger than w, has the area l·w and an outline of 2·l. On a
    image with smooth edges the area is the sum of the ink, and the outline that of its slope, taken across
    both diagonals of every four neighbouring pixels: so a stroke is as wide in one direction as in another.
    Below 1.9 px, where no pixel is all ink, it comes out up to half a pixel too wide.
    """
    padded = np.pad(ink, 1)
    slope = np.hypot(padded[1:, 1:] - padded[:-1, :-1], padded[1:, :-1] - padded[:-1, 1:]) / np.sqrt(2)
    return 2 * float(ink.sum(dtype=np.float64)) / float(slope.sum(dtype=np.float64))


def measure_percentiles(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Measure images (N, 28, 28) uint8: `PERCENTS` (M, 5) of each of the M `MEASURES`."""
    values = [measure_image(image.astype(np.float32) / np.float32(255)) for image in images]
    percentiles: npt.NDArray[np.float64] = np.percentile(np.array(values), PERCENTS, axis=0).T
    return percentiles


def _compare(measure: Measure, value: float) -> Gauge:
    """Put a value beside MNIST's percentiles; a hundredth of the gauge's scale is too little to be seen."""
    unseen = 0.01 * (measure.scale[1] - measure.scale[0])
    lowest, low, _, high, highest = measure.percentiles
    lowest, highest = lowest - unseen, highest + unseen
    if value < lowest or value > highest:
        how = measure.less if value < lowest else measure.more
        return Gauge(measure, value, f"{how} than 99 in 100 of MNIST’s digits", is_like=False)
    if value < low or value > high:
        how = measure.less if value < low else measure.more
        return Gauge(measure, value, f"{how} than 9 in 10 of MNIST’s digits, yet not rare", is_like=True)
    return Gauge(measure, value, "as most of MNIST’s digits", is_like=True)


def _print_table() -> None:
    """Measure MNIST's training images and print what stands in `MEASURES`."""
    from models.data.datasets import load_dataset

    images = load_dataset("mnist", "train").images[:, 0].numpy()
    for measure, row in zip(MEASURES, measure_percentiles(images), strict=True):
        print(f"{measure.name}: ({', '.join(f'{value:.4g}' for value in row)})")


if __name__ == "__main__":
    _print_table()
