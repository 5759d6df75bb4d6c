"""Answer sheets on the page: many at once, the command's own table, and whatever a browser sends."""

import csv
import json

import pytest

from app.cli import main
from app.lab.grading import COLUMNS, MAX_SHEETS, MAX_SHEETS_AT_ONCE, grade_sheets, write_grades
from models.exercises.catalogue import EXERCISES
from models.exercises.sheet import MAX_SHEET_BYTES


def write_sheet(name="ada", given=1):
    answers = [{"exercise": "number-type", "given": given, "tries": 2}]
    return json.dumps({"schema": 1, "name": name, "seconds": 65, "answers": answers})


def test_the_page_gives_the_commands_table(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    texts = {f"{index}.json": write_sheet(given=index) for index in range(4)}
    for file, text in texts.items():
        (tmp_path / file).write_text(text)
    assert main(["grade", *texts, "--csv", "table.csv", "--decimal", "comma"]) == 0
    graded = grade_sheets([{"file": file, "text": text} for file, text in texts.items()])
    assert [row[2] for row in graded["rows"]].count(1) == 1, "one of the four choices is right"
    table = write_grades(graded["rows"], "comma")["text"]
    assert table.encode() == (tmp_path / "table.csv").read_bytes()


def test_what_is_no_sheet_is_said_beside_those_that_are():
    sheets = [
        {"file": "a.json", "text": write_sheet()},
        {"file": "b.json", "text": "{"},
        {"file": "c.json", "text": " " * (MAX_SHEET_BYTES + 1)},
    ]
    graded = grade_sheets(sheets)
    assert [row[0] for row in graded["rows"]] == ["a.json"]
    told = [mistake.partition(":")[0] for mistake in graded["mistakes"]]
    assert told == ["b.json", "c.json"]
    assert "at most 262,144" in graded["mistakes"][1]


@pytest.mark.parametrize(
    "sheets",
    [None, "a", [1], [{"file": "a"}], [{"file": 1, "text": "{}"}]],
)
def test_what_is_no_question_is_refused(sheets):
    with pytest.raises(ValueError, match="Sheets are checked|A sheet is sent"):
        grade_sheets(sheets)


def test_so_many_sheets_are_checked_at_once_and_no_more():
    sheet = {"file": "a.json", "text": "{"}
    assert len(grade_sheets([sheet] * MAX_SHEETS_AT_ONCE)["mistakes"]) == MAX_SHEETS_AT_ONCE
    with pytest.raises(ValueError, match="5 at a time"):
        grade_sheets([sheet] * (MAX_SHEETS_AT_ONCE + 1))


def test_so_many_rows_are_a_table_and_no_more():
    row = ["a.json", "=ada", 1, len(EXERCISES), 2, 65, *[""] * len(EXERCISES)]
    lines = list(csv.DictReader(write_grades([row] * MAX_SHEETS, "point")["text"].splitlines()))
    assert len(lines) == MAX_SHEETS
    assert lines[0]["name"] == "'=ada", "no formula of a spreadsheet"
    with pytest.raises(ValueError, match="at most 1,000"):
        write_grades([row] * (MAX_SHEETS + 1), "point")


@pytest.mark.parametrize(
    ("rows", "decimal"),
    [
        (None, "point"), ([1], "point"), ([["a"]], "point"), ([[None] * len(COLUMNS)], "point"),
        ([["x" * 301] * len(COLUMNS)], "point"), ([], "dot"), ([], []),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(rows, decimal):
    with pytest.raises(ValueError, match="cannot be read"):
        write_grades(rows, decimal)
