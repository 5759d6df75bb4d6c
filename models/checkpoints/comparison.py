"""Whether two networks differ by more than chance, told from what each answered to the same images."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Comparison:
    """How two networks' answers to the same images differ.

    Attributes:
        only_first: Images that the first network read correctly and the second did not.
        only_second: Images that the second read correctly and the first did not.
        num_images: Images that both were asked about.
        difference: The first accuracy minus the second, from -1 to 1.
        interval: 95 % confidence interval of the difference.
    """

    only_first: int
    only_second: int
    num_images: int
    difference: float
    interval: tuple[float, float]

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the interval leaves 0 out."""
        low, high = self.interval
        return low > 0 or high < 0


def compare_answers(first: np.ndarray, second: np.ndarray) -> Comparison:
    """Compare two networks by the images that only one of them read correctly.

    The interval is the adjusted Wald interval for paired proportions (D. G. Bonett and R. M. Price, 2012):
    one image is added to either side, which keeps it honest where the two hardly differ.

    Args:
        first: (N,) bool, whether the first network read each image correctly.
        second: (N,) bool, the same of the second network, for the same images in the same order.

    Raises:
        ValueError: If there is no image, or the two are not of one length.
    """
    if first.shape != second.shape or not first.size:
        raise ValueError(
            f"{first.size} and {second.size} answers cannot be compared: both networks must have been asked "
            "about the same images, at least one."
        )
    num = first.size
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    z = 1.959964  # the normal distribution's 97.5th percentile
    share_first, share_second = (only_first + 1) / (num + 2), (only_second + 1) / (num + 2)
    centre = share_first - share_second
    half_width = z * math.sqrt((share_first + share_second - centre**2) / (num + 2))
    interval = max(-1.0, centre - half_width), min(1.0, centre + half_width)
    return Comparison(only_first, only_second, num, (only_first - only_second) / num, interval)
