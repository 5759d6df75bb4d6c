"""Our own texts as HTML that a browser shows without a script: Markdown, and formulas as MathML."""

from __future__ import annotations

from functools import lru_cache

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin


def render_markdown(text: str) -> str:
    """Return a text as HTML.

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
