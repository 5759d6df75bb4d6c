"""Points pasted from a spreadsheet into the table of the line fit: what its script reads."""

import json

import pytest

from tests.node import APP, run_module

READ = f"""
import({json.dumps((APP / "ui/components/read_number.js").as_uri())}).then(({{ readNumber }}) => {{
  try {{ return module.readPastedPoints(sent.text, readNumber, sent.limit); }}
  catch (mistake) {{ return mistake.message; }}
}})
"""


def read(text, limit=20):
    """Return the points of a pasted text, None where it is no table, or what is said instead."""
    sent = {"text": text, "limit": limit}
    return run_module("descent/components/paste_points.js", READ, sent)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("1\t2\n3\t4\n", [[1, 2], [3, 4]]),
        ("x\ty\r\n0,5\t1,25\r\n-2\t3\r\n", [[0.5, 1.25], [-2, 3]]),
        ("Length in m\tMass in kg\n1\t2\n3\t4", [[1, 2], [3, 4]]),
        ("a;b\n0,5;1\n1,5;2", [[0.5, 1], [1.5, 2]]),
        ("5", None),
        ("1\t2", None),
        ("1 2\n3 4", None),
    ],
)
def test_reads_two_columns_with_or_without_headings(text, points):
    assert read(text) == points


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1\t2\t3\n4\t5\t6", "What was pasted has 3 columns: copy two, x and y."),
        ("x\ty\n1\t2", "What was pasted has 1 points: copy 2 to 20."),
        ("\n".join(["1\t2"] * 21), "What was pasted has 21 points: copy 2 to 20."),
        ("1\t2\n3\ta", "Row 2 of what was pasted: 'a' is not a number: write one like 0.5, 0,5 or 1e-3."),
        ("1\t2\n3\t", "Row 2 of what was pasted: '' is not a number: write one like 0.5, 0,5 or 1e-3."),
        ("1,000\t2\n3\t4", "Row 1 of what was pasted: '1,000' can be read as 1 or as 1000: write 1 or 1000."),
    ],
)
def test_says_what_to_copy_instead(text, sentence):
    assert read(text) == sentence
