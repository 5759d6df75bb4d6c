"""The report's button in the page's head, and what its scripts ask of Python."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from app.report.card import MAX_REPORT_BYTES, check_words, describe_report, read_report
from app.report.components.report import build_report
from app.report.export import DATA_ID, write_archive, write_notebook, write_page
from app.report.payloads import ReportFile, Words
from app.ui.answers import answer
from app.ui.packing import encode_bytes
from app.ui.rendering import render_foreign_markdown

_DATA_START, _DATA_END = f'<script type="application/json" id="{DATA_ID}">', "</script>"


def build_report_button() -> gr.HTML:
    """Build the button; the report itself comes when it is opened."""
    return build_report(
        answer(show_words, "text"),
        answer(export_report, "report", "format"),
        answer(import_report, "text"),
        elem_id="report",
    )


def show_words(text: Any) -> Words:
    """Render a comment.

    Raises:
        ValueError: where it is too long.
    """
    return {"html": render_foreign_markdown(check_words(text))}


def export_report(content: Any, form: Any) -> ReportFile:
    """Make a report's file: "html", "zip" or "ipynb"; nothing of it is kept.

    Raises:
        ValueError: where the report cannot be read.
    """
    report = read_report(content)
    if form == "html":
        return _make_file(".html", "text/html", write_page(report).encode())
    if form == "zip":
        return _make_file(".zip", "application/zip", write_archive(report))
    if form == "ipynb":
        return _make_file(".ipynb", "application/x-ipynb+json", write_notebook(report).encode())
    raise ValueError("A report is exported as html, zip or ipynb.")


def _make_file(ending: str, media_type: str, content: bytes) -> ReportFile:
    return {"name": f"report{ending}", "type": media_type, "content": encode_bytes(content)}


def import_report(text: Any) -> dict[str, Any]:
    """Read a report from its own HTML file.

    Args:
        text: The JSON in the file, or the whole file.

    Raises:
        ValueError: where there is none in it.
    """
    if not isinstance(text, str):
        raise ValueError("This is not a report.")
    _, found, rest = text.partition(_DATA_START)
    data = rest.partition(_DATA_END)[0] if found else text
    if len(data) > MAX_REPORT_BYTES:
        raise ValueError(f"The report has {len(data):,} bytes: at most {MAX_REPORT_BYTES:,} are read.")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(
            "This is not a report: choose the HTML file that the report was exported as."
        ) from error
    return describe_report(read_report(content))
