"""Cards of a report: what was seen on the page, and one's own words. All of it comes from a browser."""

from __future__ import annotations

import base64
import binascii
import json
import struct
from dataclasses import dataclass
from typing import Any

SCHEMA = 1
KINDS = {
    "stage": "Experiment",
    "table": "Table",
    "run": "Training run",
    "comparison": "Comparison",
    "explanation": "Explanation",
    "answer": "Answer",
    "architecture": "Architecture",
    "note": "Note",
}
MAX_CARDS = 40
MAX_REPORT_BYTES = 3 * 2**20  # as JSON in UTF-8; what a page may send is larger
MAX_WORDS = 5_000  # letters of one comment
MAX_ALL_WORDS = 50_000  # of all of them
_MAX_PICTURES = 4  # of a card
_MAX_SIDE_PX = 4096
_MAX_TABLES, _MAX_ROWS, _MAX_COLUMNS = 4, 300, 60
_MAX_SETTINGS = 60
_MAX_LINE = 400  # letters of a title, a setting, a cell
_MAX_LINK = 8_000
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Picture:
    """A picture as PNG, and what it shows in words."""

    png: bytes
    alt: str


@dataclass(frozen=True)
class Table:
    """A table's cells as text; every row has a cell for each column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Card:
    """One card.

    Attributes:
        kind: One of KINDS.
        title: What it shows.
        link: The address at which a teacher sees the same; empty where there is none.
        settings: Names and values, as they stood on the page.
        seed: The seed, or the name, that decides its numbers; empty where nothing is drawn.
        pictures: What the stage showed.
        tables: The tables that stood there.
        text: What the page said, plain.
        comment: The visitor's own words: Markdown with LaTeX.
    """

    kind: str
    title: str
    link: str
    settings: tuple[tuple[str, str], ...]
    seed: str
    pictures: tuple[Picture, ...]
    tables: tuple[Table, ...]
    text: str
    comment: str


@dataclass(frozen=True)
class Report:
    """A report, its cards in order."""

    title: str
    author: str
    cards: tuple[Card, ...]


def read_report(content: Any) -> Report:
    """Read a report as `describe_report` writes it; a table may be one text, as a browser sends it.

    Raises:
        ValueError: where it is none, or too large, with what is wrong.
    """
    if not isinstance(content, dict) or not isinstance(content.get("cards"), list):
        raise ValueError("This is not a report: the list of cards is missing.")
    if content.get("schema") != SCHEMA:
        raise ValueError(f"The report's schema is {content.get('schema')!s:.20}: this page reads {SCHEMA}.")
    if len(content["cards"]) > MAX_CARDS:
        raise ValueError(f"The report has {len(content['cards']):,} cards: at most {MAX_CARDS} are taken.")
    cards = tuple(_read_card(card) for card in content["cards"])
    if sum(len(card.comment) for card in cards) > MAX_ALL_WORDS:
        raise ValueError(f"The comments have more than {MAX_ALL_WORDS:,} letters together: shorten some.")
    report = Report(_read_line(content.get("title", "")), _read_line(content.get("author", "")), cards)
    if (size := len(write_json(report).encode())) > MAX_REPORT_BYTES:
        raise ValueError(f"The report has {size:,} bytes: at most {MAX_REPORT_BYTES:,} are taken.")
    return report


def write_json(report: Report) -> str:
    """Return a report as JSON, as short as a browser writes and measures it."""
    return json.dumps(describe_report(report), ensure_ascii=False, separators=(",", ":"))


def describe_report(report: Report) -> dict[str, Any]:
    """Return a report as plain values that JSON can hold."""
    return {
        "schema": SCHEMA,
        "title": report.title,
        "author": report.author,
        "cards": [
            {
                "kind": card.kind,
                "title": card.title,
                "link": card.link,
                "settings": [list(setting) for setting in card.settings],
                "seed": card.seed,
                "pictures": [
                    {"png": base64.b64encode(picture.png).decode(), "alt": picture.alt}
                    for picture in card.pictures
                ],
                "tables": [
                    {"columns": list(table.columns), "rows": [list(row) for row in table.rows]}
                    for table in card.tables
                ],
                "text": card.text,
                "comment": card.comment,
            }
            for card in report.cards
        ],
    }


def check_words(text: Any) -> str:
    """Return a comment, or raise a ValueError where it is none or too long."""
    return _read_text(text, MAX_WORDS, "A comment")


def _read_card(card: Any) -> Card:
    if not isinstance(card, dict) or card.get("kind") not in list(KINDS):
        raise ValueError("A card of the report is of no kind that this page knows.")
    link = "".join(_read_text(card.get("link", ""), _MAX_LINK, "A link").split())
    settings = _read_list(card.get("settings", []), _MAX_SETTINGS, "settings")
    if not all(isinstance(setting, list) and len(setting) == 2 for setting in settings):
        raise ValueError("A card's settings are pairs of a name and a value.")
    return Card(
        kind=card["kind"],
        title=_read_line(card.get("title", "")),
        link=link if link.startswith(("http://", "https://")) else "",
        settings=tuple((_read_line(name), _read_line(value)) for name, value in settings),
        seed=_read_line(card.get("seed", "")),
        pictures=tuple(
            _read_picture(picture)
            for picture in _read_list(card.get("pictures", []), _MAX_PICTURES, "pictures")
        ),
        tables=tuple(
            _read_table(table) for table in _read_list(card.get("tables", []), _MAX_TABLES, "tables")
        ),
        text=_read_text(card.get("text", ""), MAX_WORDS, "A card's text"),
        comment=check_words(card.get("comment", "")),
    )


def _read_picture(picture: Any) -> Picture:
    if not isinstance(picture, dict) or not isinstance(picture.get("png"), str):
        raise ValueError("A picture of the report is none.")
    try:
        png = base64.b64decode(picture["png"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("A picture of the report is not in base64.") from error
    if not png.startswith(_PNG) or png[12:16] != b"IHDR" or len(png) < 33:
        raise ValueError("A picture of the report is not a PNG.")
    width, height = struct.unpack(">II", png[16:24])
    if not (0 < width <= _MAX_SIDE_PX and 0 < height <= _MAX_SIDE_PX):
        raise ValueError(f"A picture has {width:,} × {height:,} pixels: at most {_MAX_SIDE_PX:,} a side.")
    return Picture(png, _read_line(picture.get("alt", "")))


def _read_table(table: Any) -> Table:
    if isinstance(table, str):
        table = _unpack_table(table)
    if not isinstance(table, dict):
        raise ValueError("A table of the report is none.")
    columns = tuple(_read_line(cell) for cell in _read_list(table.get("columns"), _MAX_COLUMNS, "columns"))
    rows = [
        tuple(_read_line(cell) for cell in _read_list(row, _MAX_COLUMNS, "cells"))
        for row in _read_list(table.get("rows"), _MAX_ROWS, "rows")
    ]
    if any(len(row) != len(columns) for row in rows):
        raise ValueError("A row of a table has another number of cells than its head.")
    return Table(columns, tuple(rows))


def _unpack_table(text: str) -> dict[str, Any]:
    """Return a table as lists that a browser sends as one text: a line for the head and for each row."""
    head, *rows = text.removesuffix("\n").split("\n", _MAX_ROWS + 1)
    lines = [line.split("\t", _MAX_COLUMNS) for line in (head, *rows)]  # one cell too many is enough to know
    return {"columns": lines[0], "rows": lines[1:]}


def _read_list(value: Any, most: int, name: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f"A card has at most {most} {name}, as a list.")
    return value


def _read_line(value: Any) -> str:
    return " ".join(_read_text(value, _MAX_LINE, "A line").split())


def _read_text(value: Any, most: int, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} of the report is no text.")
    if len(value) > most:
        raise ValueError(f"{name} has {len(value):,} letters: at most {most:,} are taken.")
    if value.isprintable():
        return value
    # No half letters and no control characters, which no file can hold.
    return "".join(_tidy_letter(letter) for letter in value)


def _tidy_letter(letter: str) -> str:
    if letter.isprintable() or letter in "\n\t\u200c\u200d\u00ad":  # joiners, which words and emoji need
        return letter
    return " " if letter.isspace() else ""
