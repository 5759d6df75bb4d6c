"""What is no digit, drawn by the tests' own hands, which have nothing of the generator's.

Twenty-two kinds as lines and arcs, and three hands: a careful one; a hasty one that leans, rounds corners and
overshoots; a clumsy one that shakes, tilts and squeezes.
"""

import numpy as np


def line(*points):
    return np.array(points, float)


def arc(x=0.5, y=0.5, width=0.5, height=0.5, start=0.0, end=360.0):
    angle = np.radians(np.linspace(start, end, 40))
    return np.stack([x + width * np.cos(angle), y + height * np.sin(angle)], 1)


def heart():
    angle = np.linspace(0, 2 * np.pi, 60)
    x = 16 * np.sin(angle) ** 3
    y = 13 * np.cos(angle) - 5 * np.cos(2 * angle) - 2 * np.cos(3 * angle) - np.cos(4 * angle)
    return np.stack([0.5 + x / 34, 0.45 - y / 34], 1)


KINDS = {
    "A": [line((0, 1), (0.45, 0), (0.9, 1)), line((0.2, 0.6), (0.72, 0.6))],
    "H": [line((0, 0), (0, 1)), line((0.7, 0), (0.7, 1)), line((0, 0.5), (0.7, 0.5))],
    "W": [line((0, 0), (0.25, 1), (0.5, 0.25), (0.75, 1), (1, 0))],
    "T": [line((0, 0), (0.8, 0)), line((0.4, 0), (0.4, 1))],
    "+": [line((0.5, 0), (0.5, 1)), line((0, 0.5), (1, 0.5))],
    "π": [line((0, 0.05), (1, 0)), line((0.3, 0.03), (0.25, 1)),
          line((0.7, 0.02), (0.72, 0.85), (0.9, 0.95))],
    "#": [line((0.35, 0), (0.25, 1)), line((0.75, 0), (0.65, 1)),
          line((0, 0.33), (1, 0.33)), line((0, 0.67), (1, 0.67))],
    "heart": [heart()],
    "triangle": [line((0.5, 0), (1, 0.9), (0, 0.9), (0.5, 0))],
    "square": [line((0, 0), (0.9, 0), (0.9, 0.9), (0, 0.9), (0, 0))],
    "arrow": [line((0, 0.5), (1, 0.5)), line((0.65, 0.2), (1, 0.5), (0.65, 0.8))],
    "dotted circle": [arc(), arc(width=0.03, height=0.03)],
    "X": [line((0, 0), (0.8, 1)), line((0.8, 0), (0, 1))],
    "M": [line((0, 1), (0.1, 0), (0.5, 0.7), (0.9, 0), (1, 1))],
    "N": [line((0, 1), (0, 0), (0.7, 1), (0.7, 0))],
    "E": [line((0.7, 0), (0, 0), (0, 1), (0.7, 1)), line((0, 0.5), (0.55, 0.5))],
    "F": [line((0.7, 0), (0, 0), (0, 1)), line((0, 0.48), (0.55, 0.48))],
    "K": [line((0, 0), (0, 1)), line((0.7, 0), (0, 0.55), (0.75, 1))],
    "R": [line((0, 1), (0, 0)), arc(0.05, 0.26, 0.55, 0.26, -90, 90), line((0.2, 0.52), (0.65, 1))],
    "?": [arc(0.4, 0.27, 0.36, 0.27, -190, 60), line((0.55, 0.5), (0.42, 0.65), (0.42, 0.78)),
          line((0.42, 0.96), (0.43, 1))],
    "house": [line((0, 1), (0, 0.4), (0.45, 0), (0.9, 0.4), (0.9, 1), (0, 1))],
    "arrow up": [line((0.4, 1), (0.4, 0)), line((0.1, 0.3), (0.4, 0), (0.7, 0.3))],
}  # fmt: skip
UNSEEN = ("R", "house")  # and nothing like them was trained on
HANDS = ("careful", "hasty", "clumsy")


def draw_sign(kind, hand, seed=0):
    """Draw a sign on a pad of 280 px: strokes as lists of [x, y]."""
    rng = np.random.default_rng((seed, HANDS.index(hand), sorted(KINDS).index(kind)))
    strokes = [resample(stroke) for stroke in KINDS[kind]]
    if hand == "careful":
        strokes = [stroke + rng.normal(0, 0.02, 2) + rng.normal(0, 0.004, stroke.shape) for stroke in strokes]
    elif hand == "hasty":
        lean = np.array([[1, 0], [-0.25, 1]])
        strokes = [overshoot(soften(stroke, 5), rng.uniform(0, 0.08)) for stroke in strokes]
        strokes = [(stroke + rng.normal(0, 0.035, 2)) @ lean for stroke in strokes]
    else:
        turn = np.radians(rng.uniform(-10, 10))
        tilt = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) * (0.8, 1)
        strokes = [(stroke + shake(len(stroke), rng) + rng.normal(0, 0.03, 2)) @ tilt for stroke in strokes]
    points = np.concatenate(strokes)
    low, extent = points.min(0), np.ptp(points, axis=0)
    scale = 170 / extent.max()
    return [((stroke - low) * scale + (55, 50)).tolist() for stroke in strokes]


def resample(stroke, step=0.03):
    """Return points every `step` along a stroke."""
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    places = np.linspace(0, along[-1], max(int(along[-1] / step), 2))
    return np.stack([np.interp(places, along, stroke[:, i]) for i in (0, 1)], 1)


def soften(stroke, width):
    """Round a stroke's corners by a running mean; the ends stay."""
    if len(stroke) <= width:
        return stroke
    padded = np.pad(stroke, ((width // 2, width // 2), (0, 0)), mode="edge")
    return np.stack([np.convolve(padded[:, i], np.ones(width) / width, "valid") for i in (0, 1)], 1)


def overshoot(stroke, length):
    ahead = stroke[-1] - stroke[-2]
    return np.concatenate([stroke, [stroke[-1] + ahead / max(np.hypot(*ahead), 1e-6) * length]])


def shake(num, rng):
    knots = rng.normal(0, 0.018, (num // 4 + 2, 2))
    places = np.linspace(0, len(knots) - 1, num)
    return np.stack([np.interp(places, np.arange(len(knots)), knots[:, i]) for i in (0, 1)], 1)
