"""What passes between Python and the report's scripts. A picture is base64."""

from __future__ import annotations

from typing import TypedDict


class SentPicture(TypedDict):
    """A picture as PNG in base64, and what it shows in words."""

    png: str
    alt: str


class SentTable(TypedDict):
    """A table's cells as text."""

    columns: list[str]
    rows: list[list[str]]


class SentCard(TypedDict):
    """A card (see `app.report.card`); `settings` are pairs of a name and a value."""

    kind: str
    title: str
    link: str
    settings: list[list[str]]
    seed: str
    pictures: list[SentPicture]
    tables: list[SentTable]
    text: str
    comment: str


class SentReport(TypedDict):
    """A report, its cards in order."""

    schema: int
    title: str
    author: str
    cards: list[SentCard]


class ReportFile(TypedDict):
    """A file of a report, its content in base64."""

    name: str
    type: str
    content: str


class Words(TypedDict):
    """One's own words as HTML."""

    html: str
