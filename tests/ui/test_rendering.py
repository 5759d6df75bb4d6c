"""Texts as HTML: a visitor's own words bring nothing that a browser loads or runs."""

import re
from xml.etree import ElementTree

import pytest

from app.ui.rendering import render_foreign_markdown, render_markdown

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\mathrm{<script>alert(1)</script>}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{background:url(http://a.b)}{x}$",
    r"$\class{gb-report}{x}$",
    r'$\color{red" onload="alert(1)}{x}$',
    r"$\text{&lt;script&gt;alert(1)&lt;/script&gt;}$",
    "![a](http://a.b/c.png)",
    "[a](javascript:alert(1))",
    "$$x$$ (<b>)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_visitor_writes_is_loaded_or_run(text):
    html = render_foreign_markdown(text)
    tree = ElementTree.fromstring(f"<div>{html}</div>")  # well formed
    for part in tree.iter():
        tag = part.tag.rpartition("}")[2]
        assert tag not in ("img", "script", "b", "iframe", "style")
        assert not {"href", "style", "src", "onload", "onerror"} & set(part.attrib) or tag == "a"
        assert not part.get("href", "").startswith("javascript")


@pytest.mark.parametrize("latex", [r"\frac", r"\left(", "{" * 2000, r"\begin{matrix} a & b"])
def test_formula_that_cannot_be_read_is_shown_letter_by_letter(latex):
    assert latex.replace("&", "&amp;") in render_foreign_markdown(f"so ${latex}$ it is")


def test_formula_looks_as_one_of_ours_does():
    text = r"so $\alpha < \frac{1}{2}$ and **more**, $$\sum_i x_i^2$$"
    ours, theirs = render_markdown(text), render_foreign_markdown(text)
    assert re.findall(r"<(\w+)", theirs) == re.findall(r"<(\w+)", ours) or "<math" in theirs
    assert "α" in theirs
    assert "<strong>more</strong>" in theirs
