"""A report as a file: a page that prints, Markdown with its pictures, or a notebook. Nothing is kept here."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from html import escape

from app.report.card import KINDS, Card, Report, Table, write_json
from app.ui.prose import quote_text
from app.ui.rendering import render_foreign_markdown

DATA_ID = "glassbox-report"  # of the element of the page that holds the report itself, to be imported again
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light; }
body { max-width: 760px; margin: 40px auto; padding: 0 20px; background: #fff; color: #1c1b19;
  font: 16px/1.55 "Source Sans 3", "Segoe UI", system-ui, sans-serif; }
h1 { margin: 0; font-size: 30px; line-height: 1.2; }
h2 { margin: 0 0 4px; font-size: 20px; line-height: 1.3; }
.by, .kind, .link, .seed { color: #5f5b55; font-size: 14px; }
.by { margin: 4px 0 32px; }
.kind, .link, .seed { margin: 0 0 8px; }
.link { overflow-wrap: anywhere; }
article { margin: 0 0 36px; padding-top: 18px; border-top: 1px solid #d9d5ce; }
img { display: block; max-width: 100%; max-height: 190mm; margin: 12px 0; border: 1px solid #e5e1da;
  border-radius: 6px; }
table { margin: 12px 0; border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 12px 3px 0; border-bottom: 1px solid #e5e1da; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
pre { padding: 10px 12px; overflow-x: auto; background: #f5f3ef; border-radius: 6px; white-space: pre-wrap; }
.said { white-space: pre-line; }
math[display="block"] { margin: 10px 0; }
@page { size: A4; margin: 18mm 16mm; }
@media print {
  body { max-width: none; margin: 0; padding: 0; font-size: 11pt; }
  article { break-inside: auto; }
  h2, .kind { break-after: avoid; }
  img, tr, pre { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<p class="by">{author}</p>
{cards}
<script type="application/json" id="{data_id}">{data}</script>
</body>
</html>
"""
_TAG, _IMAGE = re.compile(r"<(?=[A-Za-z/!?])"), re.compile(r"!(?=\[)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)


def write_page(report: Report) -> str:
    """Return the report as one HTML file, which prints well, runs nothing and can be imported again."""
    # Within a script element, "<" alone could end it or begin another.
    data = write_json(report).replace("<", "\\u003c")
    return _PAGE.format(
        policy=_POLICY,
        style=_STYLE,
        title=escape(report.title or "Report"),
        author=escape(report.author),
        cards="\n".join(_write_article(card) for card in report.cards),
        data_id=DATA_ID,
        data=data,
    )


def _write_article(card: Card) -> str:
    parts = [f"<h2>{escape(card.title)}</h2>", f'<p class="kind">{KINDS[card.kind]}</p>']
    if card.link:
        link = escape(card.link)
        parts.append(f'<p class="link"><a href="{link}" rel="noreferrer">{link}</a></p>')
    if card.seed:
        parts.append(f'<p class="seed">Seed: {escape(card.seed)}</p>')
    if card.comment.strip():
        parts.append(f"<div>{render_foreign_markdown(card.comment)}</div>")
    for picture in card.pictures:
        data = base64.b64encode(picture.png).decode()
        parts.append(f'<img src="data:image/png;base64,{data}" alt="{escape(picture.alt)}">')
    if card.text:
        parts.append(f'<p class="said">{escape(card.text)}</p>')
    parts += [_write_table(table) for table in _list_tables(card)]
    return f"<article>{''.join(parts)}</article>"


def _list_tables(card: Card) -> list[Table]:
    """Return the card's tables, its settings first."""
    settings = [Table(("Setting", "Value"), card.settings)] if card.settings else []
    return [*settings, *card.tables]


def _write_table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def write_archive(report: Report) -> bytes:
    """Return the report as Markdown with its pictures, in a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = [f"# {quote_text(report.title or 'Report')}"]
        if report.author:
            lines.append(quote_text(report.author))
        for number, card in enumerate(report.cards, start=1):
            names = [f"pictures/{number}-{place}.png" for place in range(1, len(card.pictures) + 1)]
            lines += _list_blocks(card, names)
            for name, picture in zip(names, card.pictures, strict=True):
                _add_file(archive, name, picture.png)
        _add_file(archive, "report.md", ("\n\n".join(lines) + "\n").encode())
    return file.getvalue()


def _add_file(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(
        zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED
    )  # without a time: the same each time


def write_notebook(report: Report) -> str:
    """Return the report as the text of an .ipynb file: a cell a card, its pictures within."""
    import nbformat

    v4 = nbformat.v4
    head = [f"# {quote_text(report.title or 'Report')}", quote_text(report.author)]
    cells = [v4.new_markdown_cell("\n\n".join(filter(None, head)), id="head")]  # type: ignore[no-untyped-call]
    for number, card in enumerate(report.cards, start=1):
        names = [f"picture-{place}.png" for place in range(1, len(card.pictures) + 1)]
        blocks = _list_blocks(card, [f"attachment:{name}" for name in names])
        cell = v4.new_markdown_cell("\n\n".join(blocks), id=f"card-{number}")  # type: ignore[no-untyped-call]
        if names:
            cell.attachments = {
                name: {"image/png": base64.b64encode(picture.png).decode()}
                for name, picture in zip(names, card.pictures, strict=True)
            }
        cells.append(cell)
    notebook = v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def _list_blocks(card: Card, addresses: list[str]) -> Iterator[str]:
    """Yield a card's blocks of Markdown; a reader that knows HTML finds none in it."""
    yield f"## {quote_text(card.title)}"
    yield f"*{KINDS[card.kind]}*"
    if card.link:
        yield f"<{card.link.replace('>', '%3E').replace('<', '%3C').replace(' ', '%20')}>"
    if card.seed:
        yield f"Seed: {quote_text(card.seed)}"
    if card.comment.strip():
        # A tag begins with a letter right behind its bracket, an image with one right behind its mark.
        yield _IMAGE.sub("! ", _TAG.sub("< ", card.comment)) + _close_fence(card.comment)
    for address, picture in zip(addresses, card.pictures, strict=True):
        yield f"![{quote_text(picture.alt)}]({address})"
    if card.text:
        yield quote_text(card.text).replace("\n", "  \n")
    for table in _list_tables(card):
        lines = [table.columns, ["---"] * len(table.columns), *table.rows]
        yield "\n".join(f"| {' | '.join(_write_cell(cell) for cell in line)} |" for line in lines)


def _close_fence(comment: str) -> str:
    """Return what ends a block of code that a comment leaves open: the cards behind it are no code."""
    opened = ""
    for fence in _FENCE.findall(comment):
        if not opened:
            opened = fence
        elif fence.startswith(opened):
            opened = ""
    return f"\n{opened}" if opened else ""


def _write_cell(cell: str) -> str:
    return cell if cell == "---" else quote_text(cell)
