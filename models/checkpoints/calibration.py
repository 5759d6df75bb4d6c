"""Whether a network is as confident as it may be: calibration error, and the temperature that mends it.

Both are as C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger define them ("On Calibration of Modern Neural
Networks", 2017). Shapes: N images, K classes.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

TEMPERATURE_RANGE = (0.05, 20.0)  # a network outside it was either right about everything or about nothing
_NUM_HALVINGS = 60  # of the range in which the temperature is sought: far more than float64 can tell


def measure_calibration_error(
    probabilities: npt.ArrayLike, labels: npt.ArrayLike, num_bins: int = 15
) -> float:
    """Measure the expected calibration error: by how much confidence and accuracy differ.

    The answers are sorted into bins of equal width by the probability given to them; each bin counts by its
    share of the answers.

    Args:
        probabilities: (N, K) in [0, 1], each row the probabilities of one image.
        labels: (N,) what the images show, 0 to K − 1.
        num_bins: How many bins divide (0, 1]; each holds its upper edge.

    Returns:
        0, perfectly calibrated, to 1.

    Raises:
        ValueError: If there is no image, the shapes do not fit, or a number is out of its range.
    """
    shares = _check_rows(probabilities, "probabilities")
    digits = _check_labels(labels, shares)
    if shares.min() < 0 or shares.max() > 1 + 1e-6:
        raise ValueError(f"The probabilities reach from {shares.min():g} to {shares.max():g}, not 0 to 1.")
    if num_bins < 1:
        raise ValueError(f"num_bins is {num_bins}; it must be 1 or above.")
    confidences = shares.max(axis=1)
    is_right = shares.argmax(axis=1) == digits
    bins = np.clip(np.ceil(confidences * num_bins).astype(int) - 1, 0, num_bins - 1)  # (N,)
    surplus = np.bincount(bins, confidences - is_right, num_bins)  # of confidence over answers that are right
    return float(np.abs(surplus).sum() / len(digits))


def fit_temperature(logits: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Find the temperature T for which softmax(logits / T) gives the labels the greatest likelihood.

    The answers stay as they are; only the confidence in them changes. The mean negative log-likelihood is
    convex in 1 / T, so the place where its derivative changes sign is the only minimum.

    Args:
        logits: (N, K), any finite numbers.
        labels: (N,) what the images show, 0 to K − 1.

    Returns:
        The temperature, within `TEMPERATURE_RANGE`: above 1 where the network is too confident, below 1
        where it is not confident enough.

    Raises:
        ValueError: If there is no image, the shapes do not fit, or a logit is not finite.
    """
    scores = _check_rows(logits, "logits")
    digits = _check_labels(labels, scores)
    scores -= scores.max(axis=1, keepdims=True)  # the softmax stays the same, and nothing overflows
    of_labels = scores[np.arange(len(digits)), digits]
    low, high = (math.log(bound) for bound in TEMPERATURE_RANGE)
    for _ in range(_NUM_HALVINGS):
        middle = (low + high) / 2
        weights = np.exp(scores / math.exp(middle))  # (N, K)
        expected = (weights * scores).sum(axis=1) / weights.sum(axis=1)
        # The derivative of the mean loss by 1 / T is the mean of expected − of_labels.
        low, high = (middle, high) if np.mean(expected - of_labels) > 0 else (low, middle)
    return math.exp((low + high) / 2)


def _check_rows(values: npt.ArrayLike, name: str) -> npt.NDArray[np.float64]:
    """Return a copy of what must be finite numbers (N, K)."""
    rows = np.array(values, np.float64)
    if rows.ndim != 2 or 0 in rows.shape:
        raise ValueError(f"The {name} have the shape {rows.shape}; they must be (images, classes).")
    if not np.isfinite(rows).all():
        raise ValueError(f"The {name} hold NaN or infinity; every one must be a finite number.")
    return rows


def _check_labels(labels: npt.ArrayLike, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Return the labels as indices, one for each row."""
    digits = np.asarray(labels)
    if digits.shape != rows.shape[:1] or digits.dtype.kind not in "iu":
        raise ValueError(f"The labels have the shape {digits.shape} for {len(rows)} images.")
    if digits.min() < 0 or digits.max() >= rows.shape[1]:
        raise ValueError(f"The labels reach from {digits.min()} to {digits.max()}; classes begin at 0.")
    return digits.astype(np.intp)
