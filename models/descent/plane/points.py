"""Points of the plane with a class or a value each: drawn by a rule and a seed, or set by hand.

The rules' sources go into scripts, so each is whole in itself. Coordinates lie mostly within ±RANGE.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.values import Floats, Floats32, check_number, check_whole

RANGE = 6.0  # what is shown of either axis, from −6 to 6
MIN_POINTS = 10
MAX_POINTS = 1000
MAX_OWN_POINTS = 300  # set by hand: a link carries them
MAX_CLASSES = 4
MAX_TEST_SHARE = 0.9
MAX_NOISE = 0.5
MAX_SEED = 9999
OWN = "own"

Labels = NDArray[Any]  # (N,)
OwnPoint = tuple[float, float, int]  # x, y and the class, from 0


# ---- The rules: (random numbers, how many, noise 0 to 0.5) ↦ points (N, 2), and the class or value of each


def draw_gaussians(rng: np.random.Generator, count: int, noise: float) -> tuple[Floats, Labels]:
    """Two round clouds, whose spread grows with the noise."""
    labels = np.arange(count) % 2
    middles = np.where(labels[:, None] == 1, 2.0, -2.0)
    return middles + rng.normal(0.0, 0.7 + 2.6 * noise, (count, 2)), labels


def draw_circle(rng: np.random.Generator, count: int, noise: float) -> tuple[Floats, Labels]:
    """A disc within a ring; the noise moves what decides the class."""
    inner = np.arange(count) % 2
    radius = np.where(inner == 1, rng.uniform(0, 2.5, count), rng.uniform(3.5, 5.0, count))
    angle = rng.uniform(0, 2 * np.pi, count)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    moved = points + rng.uniform(-5, 5, (count, 2)) * noise
    return points, (np.hypot(moved[:, 0], moved[:, 1]) < 2.5).astype(int)


def draw_xor(rng: np.random.Generator, count: int, noise: float) -> tuple[Floats, Labels]:
    """The class is 1 where x and y have the same sign; the noise moves what decides."""
    points = rng.uniform(-5, 5, (count, 2))
    points += 0.3 * np.sign(points)
    moved = points + rng.uniform(-5, 5, (count, 2)) * noise
    return points, (moved[:, 0] * moved[:, 1] >= 0).astype(int)


def draw_spirals(rng: np.random.Generator, count: int, noise: float) -> tuple[Floats, Labels]:
    """Two spirals within each other; the noise moves the points."""
    labels = np.arange(count) % 2
    along = rng.uniform(0.04, 1, count)
    angle = 1.75 * along * 2 * np.pi + labels * np.pi
    points = 5 * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return points + rng.uniform(-1, 1, (count, 2)) * 2 * noise, labels


def draw_moons(rng: np.random.Generator, count: int, noise: float) -> tuple[Floats, Labels]:
    """Two half moons that reach into each other; the noise moves the points."""
    labels = np.arange(count) % 2
    angle = rng.uniform(0, np.pi, count)
    x = np.where(labels == 1, 1 - np.cos(angle), np.cos(angle)) - 0.5
    y = np.where(labels == 1, 0.5 - np.sin(angle), np.sin(angle)) - 0.25
    return 3 * np.stack([x, y], axis=1) + rng.normal(0, 0.3 + 2 * noise, (count, 2)), labels


def draw_three(rng: np.random.Generator, count: int, noise: float) -> tuple[Floats, Labels]:
    """Three round clouds at the corners of a triangle, whose spread grows with the noise."""
    labels = np.arange(count) % 3
    angle = np.pi / 2 + labels * 2 * np.pi / 3
    middles = 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return middles + rng.normal(0.0, 0.7 + 2.6 * noise, (count, 2)), labels


def draw_three_spirals(rng: np.random.Generator, count: int, noise: float) -> tuple[Floats, Labels]:
    """Three spirals within each other; the noise moves the points."""
    labels = np.arange(count) % 3
    along = rng.uniform(0.08, 1, count)
    angle = along * 2 * np.pi + labels * 2 * np.pi / 3
    points = 5 * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return points + rng.uniform(-1, 1, (count, 2)) * 2 * noise, labels


def draw_quarters(rng: np.random.Generator, count: int, noise: float) -> tuple[Floats, Labels]:
    """Four classes, one a quarter of the plane; the noise moves what decides."""
    points = rng.uniform(-5, 5, (count, 2))
    points += 0.3 * np.sign(points)
    moved = points + rng.uniform(-5, 5, (count, 2)) * noise
    return points, 2 * (moved[:, 0] >= 0) + (moved[:, 1] >= 0)


def draw_slope(rng: np.random.Generator, count: int, noise: float) -> tuple[Floats, Labels]:
    """A value that rises in a straight line across the plane, from −1 to 1; the noise is added to it."""
    points = rng.uniform(-RANGE, RANGE, (count, 2))
    return points, points.sum(axis=1) / (2 * RANGE) + rng.normal(0, 1, count) * noise


def draw_hills(rng: np.random.Generator, count: int, noise: float) -> tuple[Floats, Labels]:
    """A value with three hills and three hollows, from −1 to 1; the noise is added to it."""
    points = rng.uniform(-RANGE, RANGE, (count, 2))
    tops = [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]
    values = np.zeros(count)
    for x, y, sign in tops:
        height = np.clip(1 - np.hypot(points[:, 0] - x, points[:, 1] - y) / 2, 0, 1)
        values = np.where(np.abs(height) > np.abs(values), sign * height, values)
    return points, values + rng.normal(0, 1, count) * noise


@dataclass(frozen=True)
class Rule:
    """A way to draw points.

    Attributes:
        title: its name on the page.
        draw: one of the functions above.
        num_classes: how many classes there are; 0 where each point has a value instead.
    """

    title: str
    draw: Callable[[np.random.Generator, int, float], tuple[Floats, Labels]]
    num_classes: int = 2


RULES = {
    "circle": Rule("Circle", draw_circle),
    "xor": Rule("Xor", draw_xor),
    "gaussians": Rule("Two gaussians", draw_gaussians),
    "spirals": Rule("Two spirals", draw_spirals),
    "moons": Rule("Two moons", draw_moons),
    "three": Rule("Three gaussians", draw_three, 3),
    "three_spirals": Rule("Three spirals", draw_three_spirals, 3),
    "quarters": Rule("Four quarters", draw_quarters, 4),
    "slope": Rule("A slope to fit", draw_slope, 0),
    "hills": Rule("Hills to fit", draw_hills, 0),
}


@dataclass(frozen=True)
class PointsConfig:
    """All that decides the points.

    Attributes:
        rule: a key of RULES, or OWN for points set by hand.
        count: how many the rule draws, MIN_POINTS to MAX_POINTS.
        noise: 0 to MAX_NOISE.
        test_share: share of the points that no training sees, 0 to MAX_TEST_SHARE.
        seed: of the rule's random numbers, 0 to MAX_SEED.
        own: the points set by hand, (x, y, class) each.
    """

    rule: str = "circle"
    count: int = 500
    noise: float = 0.0
    test_share: float = 0.5
    seed: int = 0
    own: tuple[OwnPoint, ...] = ()


@dataclass(frozen=True)
class Points:
    """Points with their classes or values. Shared by all who ask for the same: nobody may change them.

    Attributes:
        positions: (N, 2).
        targets: (N,) the class, from 0, as int64; or the value, as float32.
        is_test: (N,) whether a point is left out of the training.
        num_classes: 2 to MAX_CLASSES; 0 where each point has a value.
    """

    positions: Floats32
    targets: NDArray[Any]
    is_test: NDArray[np.bool_]
    num_classes: int


@lru_cache(maxsize=64)
def draw_points(config: PointsConfig) -> Points:
    """Draw the points of a rule, or take those set by hand.

    Raises:
        ValueError: for what is out of range, or points that nothing can be learned from.
    """
    if config.rule == OWN:
        own = check_own_points(config.own)
        positions = np.array([point[:2] for point in own], np.float32)
        targets = np.array([point[2] for point in own], np.int64)
        num_classes = max(2, int(targets.max()) + 1)
    else:
        if config.rule not in RULES:
            known = ", ".join([*RULES, OWN])
            raise ValueError(f"The data are {config.rule!r:.40}: choose one of {known}.")
        rule, num_classes = RULES[config.rule], RULES[config.rule].num_classes
        count = check_whole(config.count, "The number of points", MIN_POINTS, MAX_POINTS)
        noise = check_number(config.noise, "The noise", 0, MAX_NOISE)
        rng = np.random.default_rng(check_whole(config.seed, "The data's seed", 0, MAX_SEED))
        drawn, labels = rule.draw(rng, count, noise)
        order = rng.permutation(count)
        positions = drawn[order].astype(np.float32)
        targets = labels[order].astype(np.int64 if num_classes else np.float32)
    share = check_number(config.test_share, "The share for testing", 0, MAX_TEST_SHARE)
    is_test = choose_test_points(targets if num_classes else np.zeros(len(targets), int), share)
    trained = targets[~is_test]
    if not len(trained) or (num_classes and len(np.unique(trained)) < 2):
        raise ValueError(
            "All points to train on are of one class: add some of another one, or test on a smaller share."
        )
    for shared in (positions, targets, is_test):
        shared.setflags(write=False)
    return Points(positions, targets, is_test, num_classes)


def choose_test_points(labels: NDArray[Any], share: float) -> NDArray[np.bool_]:
    """Say which points (N,) are for testing: of each class every so many, so that a further point moves none.

    Of a class, point k (from 0) is one if ⌊(k + 1) · share⌋ > ⌊k · share⌋.
    """
    is_test = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        counts = np.floor(np.arange(len(places) + 1) * share + 1e-9)
        is_test[places] = counts[1:] > counts[:-1]
    return is_test


def check_own_points(points: Sequence[Any]) -> tuple[OwnPoint, ...]:
    """Return points set by hand, or raise a ValueError that says what is wrong with them."""
    if len(points) < 2:
        raise ValueError("There are fewer than two points: paint some of two classes.")
    if len(points) > MAX_OWN_POINTS:
        raise ValueError(f"There are {len(points):,} points: at most {MAX_OWN_POINTS} can be set by hand.")
    own = []
    for number, point in enumerate(points, start=1):
        x, y, label = point
        own.append(
            (
                check_number(x, f"x of point {number}", -RANGE, RANGE),
                check_number(y, f"y of point {number}", -RANGE, RANGE),
                check_whole(label, f"The class of point {number}", 0, MAX_CLASSES - 1),
            )
        )
    if len({label for *_, label in own}) < 2:
        raise ValueError("All points are of one class: paint some of another one too.")
    return tuple(own)
