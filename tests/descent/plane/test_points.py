"""Points of the plane: drawn by their rules, split for testing, refused where nothing can be learned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.descent.plane.points import OWN, RANGE, RULES, PointsConfig, choose_test_points, draw_points


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_draws_its_classes_within_the_plane_and_the_same_again(rule):
    points = draw_points(PointsConfig(rule, count=300))
    assert points.positions.shape == (300, 2)
    assert np.abs(points.positions).max() <= RANGE
    assert points.is_test.sum() == pytest.approx(150, abs=2)
    if RULES[rule].num_classes:
        assert set(points.targets.tolist()) == set(range(RULES[rule].num_classes))
        assert np.bincount(points.targets).min() >= 300 / RULES[rule].num_classes / 2
    else:
        assert -1 <= points.targets.min() < 0 < points.targets.max() <= 1
    draw_points.cache_clear()
    again = draw_points(PointsConfig(rule, count=300))
    assert np.array_equal(points.positions, again.positions)
    other = draw_points(PointsConfig(rule, count=300, seed=1))
    assert not np.array_equal(points.positions, other.positions)


@pytest.mark.parametrize(
    ("rule", "decide"),
    [
        ("xor", lambda x, y: x * y > 0),
        ("circle", lambda x, y: np.hypot(x, y) < 2.5),
        ("quarters", lambda x, y: 2 * (x > 0) + (y > 0)),
        ("slope", lambda x, y: (x + y) / 12),
    ],
)
def test_without_noise_the_class_is_what_the_rule_says(rule, decide):
    points = draw_points(PointsConfig(rule, count=500))
    np.testing.assert_allclose(points.targets, decide(*points.positions.T.astype(float)), atol=1e-6)


@pytest.mark.parametrize("rule", RULES)
def test_noise_makes_a_rule_harder(rule):
    """Counted by the nearest other point: how often it has another class, or how far its value lies."""

    def count_strangers(noise):
        points = draw_points(PointsConfig(rule, count=500, noise=noise))
        apart = np.linalg.norm(points.positions[:, None] - points.positions, axis=2) + 99 * np.eye(500)
        nearest = points.targets[apart.argmin(axis=1)]
        return np.abs(nearest - points.targets).astype(bool if RULES[rule].num_classes else float).mean()

    assert count_strangers(0.5) > count_strangers(0.0) + 0.05


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.floats(0, 0.9))
def test_of_each_class_the_share_is_for_testing_and_a_further_point_moves_none(labels, share):
    labels = np.array(labels)
    is_test = choose_test_points(labels, share)
    for label in set(labels.tolist()):
        of_class = is_test[labels == label]
        assert abs(of_class.sum() - share * len(of_class)) < 1
    before = choose_test_points(labels[:-1], share)
    assert np.array_equal(before, is_test[:-1])


def test_what_is_painted_is_taken_as_it_is():
    own = ((0.5, -1.0, 0), (2.0, 3.0, 2), (-6.0, 6.0, 1))
    points = draw_points(PointsConfig(OWN, own=own, test_share=0))
    assert points.positions.tolist() == [[x, y] for x, y, _ in own]
    assert points.targets.tolist() == [0, 2, 1]
    assert points.num_classes == 3
    with pytest.raises(ValueError, match="read-only"):
        points.positions[0] = 0


def test_a_training_of_one_class_is_refused():
    """Of ten points of xor, all may happen to be of one class."""
    draw = RULES["xor"].draw
    seed = next(
        seed
        for seed in range(10_000)
        if len(set(draw(np.random.default_rng(seed), 10, 0.0)[1].tolist())) == 1
    )
    with pytest.raises(ValueError, match="All points to train on are of one class"):
        draw_points(PointsConfig("xor", count=10, seed=seed))
