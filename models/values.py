"""Numbers from people, checked, and what arrays of numbers are called."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]


def check_number(value: float, name: str, low: float, high: float) -> float:
    """Return the value as a float from low to high, or raise a ValueError that says the range."""
    allowed = f"enter a number from {low:,.7g} to {high:,.7g}."
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise ValueError(f"{name} is {value!r:.40}, not a number: {allowed}")
    if not low <= value <= high:  # also false for nan
        raise ValueError(f"{name} is {value!s:.40}: {allowed}")
    return float(value)


def check_whole(value: Any, name: str, low: int, high: int) -> int:
    """Return a whole number from low to high, or raise a ValueError that says the range."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise ValueError(f"{name} is {value!s:.40}: enter a whole number from {low} to {high:,}.")
    return int(value)
