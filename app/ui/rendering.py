"""Texts as HTML that a browser shows without a script: Markdown, and formulas as MathML."""

from __future__ import annotations

from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert, convert_to_element
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

# What a formula may look like; a link or a style in it is left out.
_FORMULA_ATTRIBUTES = {
    "accent", "columnalign", "columnlines", "depth", "display", "displaystyle", "fence", "form",
    "frame", "height", "largeop", "linebreak", "linethickness", "lspace", "mathcolor", "mathvariant",
    "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rspace",
    "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width", "xmlns",
}  # fmt: skip


def render_markdown(text: str) -> str:
    """Return a text of our own as HTML.

    Args:
        text: Markdown with LaTeX between dollar signs. HTML in it is shown letter by letter.
    """
    return str(_build_renderer().render(text))


@lru_cache(maxsize=1)
def _build_renderer() -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    return renderer.use(dollarmath_plugin, renderer=_render_formula, double_inline=True)


def _render_formula(latex: str, options: dict[str, bool]) -> str:
    return convert(latex, display="block" if options["display_mode"] else "inline")


def render_foreign_markdown(text: str) -> str:
    """Return a visitor's text as HTML, with nothing in it that a browser would load or run.

    Args:
        text: Markdown with LaTeX between dollar signs. HTML in it, and a formula that cannot be read, are
            shown letter by letter; an image becomes a link.
    """
    return str(_build_careful_renderer().render(text))


@lru_cache(maxsize=1)
def _build_careful_renderer() -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    return renderer.use(
        dollarmath_plugin, renderer=_render_foreign_formula, double_inline=True, allow_labels=False
    )


def _render_foreign_formula(latex: str, options: dict[str, bool]) -> str:
    try:
        formula = convert_to_element(latex, display="block" if options["display_mode"] else "inline")
        _clean_formula(formula)
        return tostring(formula, encoding="unicode")
    except Exception:  # whatever its parser runs into, too deep a nesting too
        return f"<code>{escape(latex)}</code>"


def _clean_formula(element: Element) -> None:
    """Decode the entities that stand in a formula's texts, to be escaped again when it is written."""
    for part in element.iter():
        part.text = unescape(part.text) if part.text else part.text
        for name in set(part.attrib) - _FORMULA_ATTRIBUTES:
            del part.attrib[name]
