"""Tables as CSV: for programs, and for spreadsheets whose numbers have a decimal comma.

A German or French spreadsheet takes a comma for the decimal mark, so it expects semicolons between the
values; of a file with commas it makes one column of texts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Literal

DecimalMark = Literal["point", "comma"]
SEPARATORS: dict[DecimalMark, str] = {"point": ",", "comma": ";"}
DESCRIPTIONS: dict[DecimalMark, str] = {
    "point": "commas between values, points in numbers",
    "comma": "semicolons between values, commas in numbers",
}
_BEGINS_FORMULA = ("=", "+", "-", "@")


def format_csv(
    columns: Sequence[str], rows: Iterable[Sequence[object]], decimal: DecimalMark = "point"
) -> bytes:
    """Write a table as a file's bytes, in UTF-8.

    Args:
        columns: The names in the first line.
        rows: Values in the order of the columns; None is an empty cell. A text that a spreadsheet would take
            for a formula, as a file's name may be, has an apostrophe before it.
        decimal: The mark in numbers: "point" with commas between values, or "comma" with semicolons, and with
            the mark at the file's beginning by which Excel knows UTF-8.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=SEPARATORS[decimal])
    writer.writerow(columns)
    writer.writerows([_write_cell(value, decimal) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig" if decimal == "comma" else "utf-8")


def _write_cell(value: object, decimal: DecimalMark) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(value).replace(".", ",") if decimal == "comma" else str(value)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_BEGINS_FORMULA) else text
