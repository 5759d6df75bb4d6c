"""Files of pen digits come back as they were written, in both forms; what is damaged is named."""

import gzip
import json
import re

import numpy as np
import pytest

from models.sketch.pen_files import load_pen_digits
from tests.sketch.pen_writing import write_digits, write_json, write_unipen


@pytest.fixture(scope="module")
def written():
    return write_digits()


@pytest.fixture(scope="module")
def pen_file(tmp_path_factory, written):
    return write_unipen(tmp_path_factory.mktemp("pen") / "pen.tra", written)


def test_file_comes_back_as_it_was_written(pen_file, written):
    digits = load_pen_digits(pen_file)
    assert [digit.label for digit in digits] == [label for label, _ in written]
    for digit, (_, strokes) in zip(digits, written, strict=True):
        assert len(digit.strokes) == len(strokes)
        for found, stroke in zip(digit.strokes, strokes, strict=True):
            np.testing.assert_allclose(found - (0, -500), stroke, atol=0.51)  # y down, rounded


def test_other_segments_and_lines_outside_strokes_are_passed_over(tmp_path):
    path = tmp_path / "mixed.tra"
    path.write_text(
        '.SEGMENT WORD 0 ? "seven"\n.PEN_DOWN\n 5 5\n.PEN_UP\n'
        '.SEGMENT DIGIT 1 ? "4"\n 99 99\n.PEN_DOWN\n 1 2\n\n 3 -4.5\n.PEN_UP\n 7 7\n.PEN_DOWN\n.PEN_UP\n'
    )
    (digit,) = load_pen_digits(path)
    assert digit.label == 4
    (stroke,) = digit.strokes
    assert stroke.tolist() == [[1, -2], [3, 4.5]]


SEGMENT = '.SEGMENT DIGIT 0 ? "8"\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no digits in UNIPEN's form. Give a file like UCI's pendigits-orig.tra"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "no digits in UNIPEN's form"),
        (b" 47,100, 27, 81, 57, 37, 26,  0,  0, 23, 56, 53,100, 90, 40, 98,  8\n", "no digits in UNIPEN's"),
        (SEGMENT + ".PEN_DOWN\n 1 2\n 3\n.PEN_UP\n", "damaged: in the digit that begins in line 1, '3' is"),
        ("\n\n" + SEGMENT + ".PEN_DOWN\n 1 2 3\n.PEN_UP\n", "line 3, '1 2 3' is no point"),
        (SEGMENT + ".PEN_DOWN\n one two\n.PEN_UP\n", "'one two' is no point"),
        (SEGMENT + ".PEN_DOWN\n nan 2\n.PEN_UP\n", "'nan 2' lies on no tablet"),
        (SEGMENT + ".PEN_DOWN\n 1e300 2\n.PEN_UP\n", "lies on no tablet"),
        (SEGMENT + ".PEN_DOWN\n 1 2\n 3 4\n", "the pen is never lifted"),
        (SEGMENT + ".COMMENT 8 1 1\n", "the pen is never put down"),
        (SEGMENT + ".PEN_DOWN\n" + "1 2\n" * 20_001 + ".PEN_UP\n", "more than 20,000 points"),
    ],
)  # fmt: skip
def test_damaged_and_foreign_files_are_named(tmp_path, content, message):
    path = tmp_path / "bad.tra"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        load_pen_digits(path)
    assert str(path) in str(caught.value)


def test_absent_file_folder_and_huge_file_are_named(tmp_path):
    with pytest.raises(ValueError, match="gone.tra cannot be read"):
        load_pen_digits(tmp_path / "gone.tra")
    with pytest.raises(ValueError, match="cannot be read"):
        load_pen_digits(tmp_path)
    huge = tmp_path / "huge.tra"
    with huge.open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(ValueError, match="larger than 64 MB"):
        load_pen_digits(huge)


def test_lines_of_json_are_the_same_digits(tmp_path, pen_file, written):
    packed = write_json(tmp_path / "pen.jsonl.gz", written)
    (tmp_path / "pen.jsonl").write_bytes(gzip.decompress(packed.read_bytes()) + b"\n\n")
    for path in (packed, tmp_path / "pen.jsonl"):
        for found, expected in zip(load_pen_digits(path), load_pen_digits(pen_file), strict=True):
            assert (found.label, found.writer) == (expected.label, expected.writer)
            for stroke, same in zip(found.strokes, expected.strokes, strict=True):
                np.testing.assert_allclose(stroke - (0, 500), same, atol=1.01)


def test_who_wrote_is_told_where_the_file_says_it(tmp_path, pen_file):
    assert [digit.writer for digit in load_pen_digits(pen_file)][:4] == [12, 13, 14, 12]
    path = tmp_path / "nobody.jsonl"
    path.write_text('{"label": 1, "strokes": [[[0, 0], [0, 9]]]}')
    assert load_pen_digits(path)[0].writer is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2, the line is no JSON"),
        ("7", "holds no label and no strokes"),
        ('{"strokes": [[[0, 0]]]}', "the label is None and no whole number"),
        ('{"label": true, "strokes": [[[0, 0]]]}', "the label is True"),
        ('{"label": 10, "strokes": [[[0, 0]]]}', "the label is 10"),
        ('{"label": 1, "writer": "me", "strokes": [[[0, 0]]]}', "the writer is 'me'"),
        ('{"label": 1, "strokes": 5}', "the strokes are no lists of points"),
        ('{"label": 1, "strokes": [5]}', "the strokes are no lists of points"),
        ('{"label": 1, "strokes": [["12"]]}', "is no point"),
        ('{"label": 1, "strokes": [[[1, 2, 3]]]}', "'[1, 2, 3]' is no point"),
        ('{"label": 1, "strokes": [[[1, NaN]]]}', "lies on no tablet"),
        ('{"label": 1, "strokes": [[]]}', "the pen is never put down"),
        (json.dumps({"label": 1, "strokes": [[[0, 0]]] * 501}), "or 500 strokes"),
    ],
)  # fmt: skip
def test_damaged_line_is_named(tmp_path, line, message):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"label": 1, "strokes": [[[0, 0], [0, 9]]]}\n' + line)
    with pytest.raises(ValueError, match=re.escape(message)):
        load_pen_digits(path)


def test_packed_file_is_bounded_by_what_it_holds_and_named_where_it_is_cut_off(tmp_path):
    path = tmp_path / "pen.jsonl.gz"
    path.write_bytes(gzip.compress(bytes(65 * 2**20)))
    with pytest.raises(ValueError, match="larger than 64 MB"):
        load_pen_digits(path)
    path.write_bytes(gzip.compress(b'{"label": 1}' * 100)[:30])
    with pytest.raises(ValueError, match="cannot be unpacked"):
        load_pen_digits(path)
