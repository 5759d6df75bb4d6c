"""The report's button in the page's head, and what its scripts ask of Python."""

from __future__ import annotations

from typing import Any

import gradio as gr

from app.report.card import check_words, describe_report, read_report
from app.report.components.report import build_report
from app.report.export import write_archive, write_notebook, write_page
from app.report.payloads import ReportFile, Words
from app.ui.answers import answer
from app.ui.packing import encode_bytes
from app.ui.rendering import render_foreign_markdown


def build_report_button() -> gr.HTML:
    """Build the button; the report itself comes when it is opened."""
    return build_report(
        answer(show_words, "text"),
        answer(export_report, "report", "format"),
        answer(import_report, "report"),
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


def import_report(content: Any) -> dict[str, Any]:
    """Read a report that a browser found in a file.

    Raises:
        ValueError: where it is none, or too large.
    """
    return describe_report(read_report(content))
