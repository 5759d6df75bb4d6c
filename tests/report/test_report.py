"""A report: read whatever a browser sends; written as a page, as Markdown with pictures, as a notebook."""

import base64
import io
import json
import re
import zipfile
from html.parser import HTMLParser

import nbformat
import numpy as np
import pytest
from PIL import Image

from app.report.card import (
    KINDS,
    MAX_ALL_WORDS,
    MAX_CARDS,
    MAX_REPORT_BYTES,
    MAX_WORDS,
    describe_report,
    read_report,
)
from app.report.section import export_report, import_report, show_words
from app.server.request_bounds import COMPONENT_BOUNDS, check_body
from tests.node import run_module

HOSTILE = "</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) $\\text{<script>alert(1)</script>}$"


def make_png(width=40, height=30):
    file = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


def make_card(kind="stage", **changes):
    return {
        "kind": kind,
        "title": f"A {kind}",
        "link": "http://127.0.0.1:7860/?tab=descent&problem=toy",
        "settings": [["Learning rate", "0.01"], ["Seed", "7"]],
        "seed": "7",
        "pictures": [{"png": make_png(), "alt": "two paths"}],
        "tables": [{"columns": ["Iteration", "Loss"], "rows": [["1", "0.5"], ["2", "a|b <i>"]]}],
        "text": "Gradient descent came down.\nIt took 7 steps.",
        "comment": "As **theory** says, $\\eta < \\frac{2}{\\lambda}$.",
    } | changes


def make_report(*cards, **changes):
    return {"schema": 1, "title": "My lab", "author": "Ada", "cards": list(cards)} | changes


EVERY_KIND = make_report(*(make_card(kind) for kind in KINDS))


def export(report, form):
    return base64.b64decode(export_report(report, form)["content"])


def find_data(page):
    """The report in a page, as a browser finds it."""
    return json.loads(
        re.search(r'<script type="application/json" id="glassbox-report">(.*?)</script>', page)[1]
    )


def test_every_kind_of_card_survives_export_and_import():
    page = export(EVERY_KIND, "html").decode()
    assert import_report(find_data(page)) == EVERY_KIND
    assert export(find_data(page), "html").decode() == page


def test_the_page_names_settings_seeds_and_links_and_loads_nothing():
    page = export(EVERY_KIND, "html").decode()
    for text in (
        "Learning rate",
        "0.01",
        "Seed: 7",
        "tab=descent&amp;problem=toy",
        "<math",
        "Ada",
        *KINDS.values(),
    ):
        assert text in page
    assert "default-src 'none'" in page
    assert set(re.findall(r'src="(\w+:)', page)) == {"data:"}


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_nothing_that_a_visitor_wrote_is_markup():
    card = make_card(
        title=HOSTILE, text=HOSTILE, comment=HOSTILE, seed=HOSTILE, link="javascript:alert(1)",
        settings=[[HOSTILE, HOSTILE]], tables=[{"columns": [HOSTILE], "rows": [[HOSTILE]]}],
        pictures=[{"png": make_png(), "alt": '" onload="alert(1)'}],
    )  # fmt: skip
    report = make_report(card, title=HOSTILE, author=HOSTILE)
    tags = Tags()
    tags.feed(export(report, "html").decode())
    assert [tag for tag, _ in tags.found].count("script") == 1, "the data, which is none"
    images = [attributes for tag, attributes in tags.found if tag == "img"]
    assert [set(image) for image in images] == [{"src", "alt"}]
    assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on")]
    assert not [each for _, each in tags.found if (each.get("href") or "").startswith("javascript")]
    with zipfile.ZipFile(io.BytesIO(export(report, "zip"))) as archive:
        written = archive.read("report.md").decode()
    cells = nbformat.reads(export(report, "ipynb").decode(), as_version=4).cells
    for text in (written, *(cell.source for cell in cells)):
        assert not re.search(r"(?<!\\)<(?=[A-Za-z/!?])(?!https?://)", text)


def test_the_archive_holds_the_pictures_that_its_text_shows():
    with zipfile.ZipFile(io.BytesIO(export(EVERY_KIND, "zip"))) as archive:
        text = archive.read("report.md").decode()
        shown = re.findall(r"\]\((pictures/[^)]+)\)", text)
        assert sorted([*shown, "report.md"]) == sorted(archive.namelist())
        assert len(shown) == len(KINDS)
        assert Image.open(io.BytesIO(archive.read(shown[0]))).size == (40, 30)
    assert r"| 2 | a\|b \<i\> |" in text
    assert "$\\eta < \\frac{2}{\\lambda}$" in text


def test_the_notebook_is_valid_and_brings_its_pictures():
    notebook = nbformat.reads(export(EVERY_KIND, "ipynb").decode(), as_version=4)
    nbformat.validate(notebook)
    assert len(notebook.cells) == 1 + len(KINDS)
    for cell in notebook.cells[1:]:
        (name,) = cell.attachments
        assert f"(attachment:{name})" in cell.source


@pytest.mark.parametrize(
    ("report", "reply"),
    [
        (None, "not a report"),
        ({"schema": 1}, "not a report"),
        (make_report(schema=2), "this page reads 1"),
        (make_report(make_card("poem")), "no kind"),
        (make_report(1), "no kind"),
        (make_report(make_card(kind=[])), "no kind"),
        (make_report(title=3), "no text"),
        (make_report(make_card(settings=[["a"]])), "pairs"),
        (make_report(make_card(settings=[["a", "b"]] * 61)), "at most 60"),
        (make_report(make_card(pictures=[{"png": "%"}])), "base64"),
        (make_report(make_card(pictures=[{"png": "aGVsbG8="}])), "not a PNG"),
        (make_report(make_card(pictures=[{"png": make_png(5000, 1)}])), "at most 4,096"),
        (make_report(make_card(pictures=[{"png": make_png(1, 1)}] * 5)), "at most 4"),
        (
            make_report(make_card(tables=[{"columns": ["a"], "rows": [["1", "2"]]}])),
            "another number of cells",
        ),
        (make_report(make_card(tables=[{"columns": ["a"], "rows": [["1"]] * 301}])), "at most 300"),
        (make_report(make_card(comment="x" * (MAX_WORDS + 1))), "at most 5,000"),
        (make_report(*[make_card("note")] * (MAX_CARDS + 1)), "at most 40"),
        (make_report(*[make_card(comment="x" * MAX_WORDS)] * (MAX_ALL_WORDS // MAX_WORDS + 1)), "together"),
    ],
)
def test_what_is_no_report_is_said(report, reply):
    with pytest.raises(ValueError, match=reply):
        export_report(report, "html")


@pytest.mark.parametrize("content", [None, "", [], {}, {"schema": 1, "cards": {}}])
def test_what_is_no_file_of_a_report_is_said(content):
    with pytest.raises(ValueError, match="not a report"):
        import_report(content)


def test_a_browser_takes_as_much_as_python():
    names = ["MAX_CARDS", "MAX_REPORT_BYTES", "MAX_ALL_WORDS"]
    most = run_module("report/components/cards.js", "sent.map((name) => module[name])", names)
    assert most == [MAX_CARDS, MAX_REPORT_BYTES, MAX_ALL_WORDS]


def measure(report):
    """The bytes that `countBytes` in cards.js counts."""
    return len(json.dumps(report, ensure_ascii=False, separators=(",", ":")).encode())


def test_a_report_as_large_as_a_browser_takes_is_exported_and_imported():
    card = make_card("note", text='<é漢"&' * 1000)
    report = make_report(*[card] * MAX_CARDS)
    png = make_png().rstrip("=")[:-4]
    png += "A" * (-len(png) % 4)
    picture = {"png": png, "alt": "two paths"}
    report["cards"][0] = card | {"pictures": [picture]}
    room, rest = divmod(MAX_REPORT_BYTES - measure(report), 4)
    picture["png"] += "A" * 4 * room
    report["title"] += "x" * rest
    assert measure(report) == MAX_REPORT_BYTES
    assert import_report(find_data(export(report, "html").decode())) == report
    report["title"] += "x"
    with pytest.raises(ValueError, match="3,145,729 bytes: at most 3,145,728"):
        import_report(report)


def send(report, **others):
    """The report as the browser sends it, which the server lets pass."""
    packed = run_module("report/components/packed_report.js", "module.packReport(sent)", report)
    body = json.dumps({"data": {"report": packed} | others, "fn_name": "exportReport", "session_hash": "s"})
    assert len(body.encode()) <= COMPONENT_BOUNDS.num_bytes
    check_body(body.encode(), COMPONENT_BOUNDS)
    return packed


@pytest.mark.parametrize(("rows", "columns"), [(300, 18), (30, 60), (1, 1)])
def test_as_many_cards_with_as_long_tables_as_are_taken_are_sent_exported_and_imported(rows, columns):
    numbers = [[f"{row + column / 100:.5g}, {column}" for column in range(columns)] for row in range(rows)]
    table = {"columns": [f"w_{column}" for column in range(columns)], "rows": numbers}
    tables = [{"columns": ["a"], "rows": []}, {"columns": ["a"], "rows": [[""]]}, table]
    pictures = [{"png": make_png(1, 1), "alt": 'a, "b"'}]
    card = make_card(tables=tables, pictures=pictures, settings=[["Rate", '"0.1"']] * 60)
    report = make_report(*[card] * MAX_CARDS)
    assert measure(report) <= MAX_REPORT_BYTES
    page = export(send(report, format="html"), "html").decode()
    assert import_report(send(find_data(page))) == report


def test_a_table_as_text_is_bounded_as_one_of_lists_is():
    for text, reply in (("a\n" * 302, "300 rows"), ("a\t" * 60 + "\n", "60 columns"), ("a\tb\nc\n", "head")):
        with pytest.raises(ValueError, match=reply):
            read_report(make_report(make_card(tables=[text])))


def test_the_bounds_of_a_request_that_the_browser_knows_are_the_servers():
    names = ["MAX_QUOTES", "MAX_COMMAS"]
    quotes, commas = run_module(
        "report/components/packed_report.js", "sent.map((name) => module[name])", names
    )
    assert (quotes + 100, commas + 100) == (2 * COMPONENT_BOUNDS.num_texts, COMPONENT_BOUNDS.num_values)


def test_unknown_format_is_refused():
    with pytest.raises(ValueError, match="html, zip or ipynb"):
        export_report(EVERY_KIND, "docx")


def test_a_link_is_one_of_the_web_or_none():
    report = describe_report(read_report(make_report(make_card(link="javascript:alert(1)"))))
    assert report["cards"][0]["link"] == ""


def test_half_letters_and_control_characters_go():
    content = json.loads(json.dumps(make_report(make_card(title="a\ud83d\x00b\u00a0c"))))
    assert read_report(content).cards[0].title == "ab c"


def test_words_are_rendered_and_have_an_end():
    assert "<math" in show_words("$x^2$")["html"]
    with pytest.raises(ValueError, match="at most 5,000"):
        show_words("x" * (MAX_WORDS + 1))


def test_a_comment_and_a_link_bring_no_image_and_no_open_code_into_markdown():
    card = make_card(comment="![x](http://a/t.png)\n```\nopen", link="http://a/\n\n![l](http://a/l.png)")
    with zipfile.ZipFile(io.BytesIO(export(make_report(card, make_card()), "zip"))) as archive:
        written = archive.read("report.md").decode()
    assert "![x](http" not in written
    assert "<http://a/![l](http://a/l.png)>" in written  # one address, which is none
    assert written.count("```") == 2


def test_joiners_within_words_and_emoji_stay():
    words = "می‌خواهم 👨‍👩‍👧"
    card = make_card(comment=words)
    assert read_report(make_report(card)).cards[0].comment == words
