"""Tables for programs, and for spreadsheets with a decimal comma."""

import csv

from models.tables import format_csv

COLUMNS = ["file", "share", "num", "error"]
ROWS = [["é;a,.png", 0.25, 3, None], ["=1+1", 1e-07, -2, 'say "no"']]


def test_commas_and_points_for_programs():
    written = format_csv(COLUMNS, ROWS).decode("utf-8")
    assert written.startswith("file,share,num,error\r\n")
    rows = list(csv.DictReader(written.splitlines()))
    assert [float(row["share"]) for row in rows] == [0.25, 1e-07]
    assert [row["num"] for row in rows] == ["3", "-2"]
    assert [row["error"] for row in rows] == ["", 'say "no"']


def test_semicolons_and_decimal_commas_with_the_mark_that_excel_needs():
    written = format_csv(COLUMNS, ROWS, "comma")
    assert written.startswith(b"\xef\xbb\xbffile;share;num;error\r\n")
    rows = list(csv.DictReader(written.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert [row["share"] for row in rows] == ["0,25", "1e-07"]
    assert rows[0]["file"] == "é;a,.png"


def test_no_text_becomes_a_formula():
    (_, name) = (row["file"] for row in csv.DictReader(format_csv(COLUMNS, ROWS).decode().splitlines()))
    assert name == "'=1+1"
