"""The style sheets of the page's components: each component finds its own, and none reaches another's."""

import re
from collections import Counter

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.ui.styles import build_style_routes, read_sheets, write_style_links

PARTS = re.compile(r"^:is\(#_, \.(gb-style-\w+)\) \{$", re.MULTILINE)


@pytest.fixture(scope="module")
def used(page_blocks):
    """The classes of the page's components that name their styles."""
    return {
        name for block in page_blocks for name in block.elem_classes or [] if name.startswith("gb-style-")
    }


def test_components_name_the_styles_that_there_are(used):
    there = Counter(name for text in read_sheets().values() for name in PARTS.findall(text))
    assert set(there) == used
    assert set(there.values()) == {1}


def test_rules_reach_only_within_the_components_that_name_them():
    for text in read_sheets().values():
        depth, outside = 0, ""
        for letter in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL):
            depth += {"{": 1, "}": -1}.get(letter, 0)
            outside += letter if depth == 0 else ""
        assert depth == 0
        assert set(re.findall(r"\S.*", outside.replace("}", ""))) <= {
            f":is(#_, .{name}) " for name in PARTS.findall(text)
        }


def test_each_subject_has_one_sheet_that_the_browser_keeps():
    addresses = re.findall(r'<link rel="stylesheet" href="\.([^"]+)">', write_style_links())
    names = [address.rpartition("/")[2] for address in addresses]
    assert names == [
        "ui.css",
        "descent.css",
        "inspection.css",
        "lab.css",
        "report.css",
        "runs.css",
        "sketchpad.css",
    ]
    server = TestClient(Starlette(routes=build_style_routes()))
    for address in addresses:
        answer = server.get(address)
        assert answer.text == read_sheets()[address]
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert answer.headers["content-encoding"] == "br"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
