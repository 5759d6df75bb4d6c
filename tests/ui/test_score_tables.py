"""What `glassbox evaluate` prints: classes by their names."""

import numpy as np

from app.ui.score_tables import format_classes, format_confusion
from models.data.names import CLOTHES, DIGITS

CONFUSION = np.arange(100).reshape(10, 10)


def test_digits_stand_over_their_columns():
    heads, shares = format_classes(np.array([0.5] * 9 + [np.nan]), DIGITS).splitlines()
    assert heads.split() == ["digit", *DIGITS]
    assert shares.split() == ["accuracy", *["0.500"] * 9, "–"]
    assert len(heads) == len(shares)
    title, _, columns, *rows = format_confusion(CONFUSION, DIGITS).splitlines()
    assert title == "row: the digit shown; column: the answer"
    assert columns.split() == list(DIGITS)
    assert [row.split() for row in rows] == [[DIGITS[k], *map(str, CONFUSION[k])] for k in range(10)]


def test_clothes_are_named():
    lines = format_classes(np.linspace(0, 0.9, 10), CLOTHES).splitlines()
    assert lines[9].split("  ")[0] == "Ankle boot"
    assert lines[9].endswith("0.900")
    title, _, columns, *rows = format_confusion(CONFUSION, CLOTHES).splitlines()
    assert title == "row: the class shown; column: the answer"
    assert columns.split() == [f"[{place}]" for place in range(10)]
    assert rows[9].split()[:3] == ["Ankle", "boot", "90"]
    assert len({len(row) for row in [columns, *rows[:10]]}) == 1
    assert rows[-1].endswith("[8] Bag, [9] Ankle boot")
