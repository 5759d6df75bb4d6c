"""The table of the answer sheets that come back: a row a sheet, checked again from its name."""

from __future__ import annotations

from typing import Any

from app.lab.payloads import GradesView, GradeTableView
from models.exercises.catalogue import EXERCISES
from models.exercises.sheet import grade_sheet, read_sheet
from models.tables import DecimalMark, format_csv

MAX_SHEETS = 1_000  # of one table on the page
MAX_SHEETS_AT_ONCE = 5  # of one question of the page's: a sheet takes some 20 ms
COLUMNS = ["file", "name", "right", "of", "tries", "seconds", *(exercise.key for exercise in EXERCISES)]
_MAX_CELL_LETTERS = 300
_DECIMALS: dict[str, DecimalMark] = {"point": "point", "comma": "comma"}

Row = list[str | int]  # in the order of COLUMNS


def grade_file(file: str, data: bytes) -> tuple[Row, int, float]:
    """Check a sheet; return its row, how many exercises were answered, and the seconds by its own account.

    Raises:
        ValueError: where it is none, with what is wrong.
    """
    sheet = read_sheet(data)
    marks = grade_sheet(sheet)
    num_right = sum(mark == "right" for mark in marks.values())
    tries = sum(answer.tries for answer in sheet.answers)
    row: Row = [file, sheet.name, num_right, len(marks), tries, round(sheet.seconds), *marks.values()]
    return row, len(sheet.answers), sheet.seconds


def grade_sheets(sheets: Any) -> GradesView:
    """Check a few sheets for the page; nothing of them is kept.

    Args:
        sheets: `[{"file": name, "text": content}, …]` from the browser, unchecked.

    Raises:
        ValueError: where it is no such list, or a longer one than MAX_SHEETS_AT_ONCE.
    """
    if not isinstance(sheets, list) or len(sheets) > MAX_SHEETS_AT_ONCE:
        raise ValueError(f"Sheets are checked {MAX_SHEETS_AT_ONCE} at a time.")
    rows, mistakes = [], []
    for sheet in sheets:
        file, text = (sheet.get("file"), sheet.get("text")) if isinstance(sheet, dict) else (None, None)
        if not isinstance(file, str) or not isinstance(text, str):
            raise ValueError("A sheet is sent with the file's name and its text.")
        file = file[:_MAX_CELL_LETTERS]
        try:
            rows.append(grade_file(file, text.encode(errors="replace"))[0])
        except ValueError as mistake:
            mistakes.append(f"{file}: {mistake}")
    return {"columns": COLUMNS, "rows": rows, "mistakes": mistakes}


def write_grades(rows: Any, decimal: Any) -> GradeTableView:
    """Write rows that were checked before as a table for a spreadsheet.

    Args:
        rows: As `grade_sheets` gave them, from the browser, unchecked.
        decimal: "point", or "comma" for a spreadsheet whose numbers have a decimal comma.

    Raises:
        ValueError: where they are none, or more than MAX_SHEETS.
    """
    if not isinstance(rows, list) or not all(_is_row(row) for row in rows) or decimal not in list(_DECIMALS):
        raise ValueError("The page sent a table that cannot be read. Reload it.")
    if len(rows) > MAX_SHEETS:
        raise ValueError(f"There are {len(rows):,} sheets: a table has at most {MAX_SHEETS:,}.")
    return {"text": format_csv(COLUMNS, rows, _DECIMALS[decimal]).decode()}


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) == len(COLUMNS)
        and all(
            isinstance(cell, int) or (isinstance(cell, str) and len(cell) <= _MAX_CELL_LETTERS)
            for cell in row
        )
    )
