"""What the page's head asks for: the scripts of the tab that the address names, and no others."""

import json
import subprocess
from pathlib import Path

import gradio as gr
import pytest

import app.ui.components as shared
from app.server.preloads import find_preloads, write_preload_script
from app.ui.loader import read_component_script
from tests.node import NODE

SHARED = Path(shared.__path__[0])
PAGE = """
const [script, search] = JSON.parse(require("fs").readFileSync(0, "utf8"));
const asked = [];
const head = { append: (link) => asked.push(`${link.rel} ${link.href}`) };
const document = { createElement: () => ({}), head };
new Function("document", "location", script)(document, { search });
console.log(JSON.stringify(asked));
"""


def build_html(name):
    return gr.HTML(js_on_load=read_component_script(SHARED, name))


@pytest.fixture(scope="module")
def preloads():
    with gr.Blocks() as page:
        build_html("notice")
        with gr.Tabs():
            with gr.Tab(id="first"), gr.Row():
                build_html("chart_component")
                with gr.Accordion(open=False):
                    build_html("grids_component")
            with gr.Tab(id="second"), gr.Accordion(open=True):
                gr.HTML("plain")
                build_html("notice")
                build_html("notice")
    return find_preloads(page)


def test_each_tab_asks_for_what_it_shows_at_once_and_all_that_this_imports(preloads):
    names = {tab: [Path(address).name for address in addresses] for tab, addresses in preloads.items()}
    shown = {"start.js", "chart_component.js", "chart.js", "nodes.js", "axes.js", "canvas.js", "numbers.js"}
    assert set(names["first"]) == {*shown, "series.js"}
    assert names["second"] == [
        "start.js",
        "notice.js",
        "answers.js",
        "nodes.js",
        "sentences.js",
        "solutions.js",
    ]
    assert list(preloads) == ["first", "second"]
    assert all(address.startswith("/glassbox/scripts/") for address in preloads["first"])


@pytest.mark.parametrize(
    ("search", "tab"),
    [
        ("", "first"),
        ("?tab=second", "second"),
        ("?tab=first&tab=second", "second"),
        ("?tab=third", "first"),
        ("?tab=toString", "first"),
    ],
)
def test_page_asks_for_the_tab_that_its_address_names(preloads, search, tab):
    sent = json.dumps([write_preload_script(preloads), search])
    run = subprocess.run([NODE, "-e", PAGE], input=sent, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == [f"modulepreload {address[1:]}" for address in preloads[tab]]
