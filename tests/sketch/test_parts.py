"""Parts, holes and crossings of ink, against slow and plain ways to find them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from models.sketch.parts import count_crossings, count_holes, count_parts, find_parts, label_mask

MASKS = hnp.arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9)))


def flood(mask, joins_corners):
    """Number the parts by filling each from its first pixel."""
    labels = np.full(mask.shape, -1)
    num = 0
    for start in zip(*np.nonzero(mask), strict=True):
        if labels[start] >= 0:
            continue
        waiting = [start]
        while waiting:
            row, column = waiting.pop()
            is_inside = 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]
            if not is_inside or not mask[row, column] or labels[row, column] >= 0:
                continue
            labels[row, column] = num
            waiting += [
                (row + down, column + right)
                for down in (-1, 0, 1)
                for right in (-1, 0, 1)
                if joins_corners or abs(down) + abs(right) == 1
            ]
        num += 1
    return labels, num


@given(MASKS, st.booleans())
def test_parts_are_those_that_filling_finds(mask, joins_corners):
    labels, num = label_mask(mask, joins_corners)
    expected, expected_num = flood(mask, joins_corners)
    assert num == expected_num
    assert (labels == expected).all()


@pytest.mark.parametrize(("gap", "parts"), [(0, 1), (1, 2)])
def test_lines_that_only_corners_join_are_one_part(gap, parts):
    ink = np.zeros((8, 8 + gap), np.float32)
    ink[range(4), range(4)] = 1
    ink[range(4, 8), range(4 + gap, 8 + gap)] = 1
    assert count_parts(ink) == parts


def test_part_with_most_ink_comes_first_with_its_box():
    ink = np.zeros((10, 20), np.float32)
    ink[:5, :5] = 0.5  # 12.5 of ink
    ink[4:, 15:] = 1  # 30 of ink
    large, small = find_parts(ink)
    assert large.share == pytest.approx(30 / 42.5)
    assert (large.left, large.right, large.top, large.bottom) == (0.75, 1, 0.2, 0.5)
    assert (small.left, small.right, small.top, small.bottom) == (0, 0.25, 0, 0.25)


def test_only_what_is_enclosed_and_not_tiny_is_a_hole():
    ink = np.ones((20, 20), np.float32)
    ink[2:8, 2:8] = 0  # enclosed
    ink[12:18, 12:] = 0  # open to the right
    ink[4, 15] = 0  # one pixel: between strokes that nearly touch
    assert count_holes(ink) == 1


def test_crossings_are_counted_where_there_is_ink():
    ink = np.zeros((4, 7), np.float32)
    ink[0, 1::2] = 1
    ink[2, 2:5] = 1
    assert count_crossings(ink, axis=1).tolist() == [3, 1]
    assert count_crossings(ink, axis=0).tolist() == [1, 1, 2, 1, 1]
