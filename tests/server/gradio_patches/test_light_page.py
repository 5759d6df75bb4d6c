"""A light page is what Gradio's scripts read of a page."""

import json
import re
import subprocess

import gradio as gr
import pytest

from app.server.gradio_patches import edited_scripts
from app.server.gradio_patches.light_page import find_loads, lighten_page
from app.ui.addresses import reads_address
from tests.node import NODE


def test_light_page_is_what_gradios_scripts_read(page):
    written = json.dumps(page.get_config_file(), default=str).replace("<", "\\u003c").encode()
    text = b"<head><script>window.gradio_config = " + written + b";</script><script>1</script></head>"
    light, name, description = lighten_page(text, {})
    old = json.loads(re.search(rb"gradio_config = (.*?\});", text)[1])
    new = json.loads(re.fullmatch(rb"window.gradio_config=(\{.*\});", description)[1])
    new |= json.loads(re.search(rb"Object.assign\(window.gradio_config, (\{.*?\})\);", light)[1])
    assert len(light) + len(description) < len(text)
    assert lighten_page(b"<p>another page</p>", {}) == (b"<p>another page</p>", None, b"")
    assert light.count(b"</script>") == text.count(b"</script>") + 1
    assert f'<script src="./glassbox/page/{name}"></script>'.encode() in light
    assert b"<!--" not in light + description
    elsewhere = lighten_page(text.replace(b'"app_id": ', b'"app_id": 1'), {})
    assert (elsewhere.name, elsewhere.html == light) == (name, False)  # every server describes it alike
    # An endpoint's parameters are no part of what is shown.
    parameters = [{"id": each["id"]} for each in old["components"] if each["type"] == "api"]
    kept = [each for each in old["layout"]["children"] if each not in parameters]
    assert parameters
    assert new["page"][""]["layout"] == {
        **old["layout"],
        "children": kept,
    }  # where the page's client reads it
    assert new["page"][""]["components"] == [each["id"] for each in new["components"]]
    assert {**old, **new} == {**new, "layout": old["layout"]}
    shown = [each for each in old["components"] if each["type"] != "api"]
    for before, after in zip(shown, new["components"], strict=True):
        usual = {"name": before["type"], "visible": True, "_selectable": False}
        unread = ("preserved_by_key", "delete_callback")
        props = {name: prop for name, prop in before["props"].items() if name not in unread}
        assert {**{name: usual[name] for name in usual if name in props}, **after["props"]} == props
        assert (after["id"], after["type"]) == (before["id"], before["type"])
    assert [each["id"] for each in new["dependencies"]] == [each["id"] for each in old["dependencies"]]


def test_endpoints_are_described_with_the_pages_own_address():
    """Where a call is shown, in the panel "Use via API"."""
    pages = []
    for root in ("http://lab", "https://school/x"):
        config = {"components": [], "css": "", "dependencies": [], "page": {}, "root": root}
        info = {"/predict": {"command": f"predict {root} /predict", "twice": [root, root], "other": "y"}}
        page = f"<script>window.gradio_config = {json.dumps(config)};</script>"
        page += f"<script>window.gradio_api_info = {json.dumps(info)};</script></head>"
        pages.append(light := lighten_page(page.encode(), {}))
        scripts = "".join(re.findall("<script>(.*?)</script>", light.html.decode(), re.DOTALL))
        program = "globalThis.window = globalThis; globalThis.location = { search: '' };"
        program += f"{light.description.decode()}{scripts}\nconsole.log(JSON.stringify(gradio_api_info));"
        said = subprocess.run([NODE, "-e", program], capture_output=True, text=True, check=True).stdout
        assert json.loads(said) == info
    assert pages[0].name == pages[1].name


@pytest.mark.parametrize(
    ("query", "tab"),
    [
        ("", [None, None]),
        ("?tab=b", ["b", None]),
        ("?tab=a&tab=b", ["b", None]),
        ("?tab=c", [None, None]),
        ("?tab=__proto__", [None, None]),
        ("?tab=b&bench=d", ["b", "d"]),
        ("?tab=d&bench=b", [None, None]),
    ],
)
def test_tabs_of_the_address_are_chosen_before_gradio_builds_any(query, tab):
    with gr.Blocks(analytics_enabled=False) as page, gr.Tabs(elem_id="gb-tabs"):
        gr.Tab("a", id="a")
        with gr.Tab("b", id="b"), gr.Tabs(elem_id="gb-benches"):
            for name in "cd":
                gr.Tab(name, id=name)
    written = json.dumps(page.get_config_file(), default=str).encode()
    light = lighten_page(b"<script>window.gradio_config = " + written + b";</script>", {})
    script = (
        light.description.decode() + re.search("<script>(.*)</script>$", light.html.decode(), re.DOTALL)[1]
    )
    find = "const tabs = gradio_config.components.filter(({ type }) => type === 'tabs');"
    program = (
        f"globalThis.window = globalThis; globalThis.location = {{ search: {query!r} }}; {script}\n{find}"
        "console.log(JSON.stringify(tabs.map(({ props }) => props.selected ?? null)));"
    )
    said = subprocess.run([NODE, "-e", program], capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == tab


def test_functions_of_the_load_come_with_what_they_read_of_the_address():
    @reads_address("a", "b", stored=("kept",), usual={"a": ["1"]})
    def on_open() -> None: ...

    with gr.Blocks(analytics_enabled=False) as page:
        page.load(on_open, None, None)
        page.load(lambda: None, None, None)
        page.load(None, js="() => {}")
    written = json.dumps(page.get_config_file(), default=str).encode()
    light = lighten_page(b"<script>window.gradio_config = " + written + b";</script>", find_loads(page))
    described = json.loads(re.fullmatch(rb"window.gradio_config=(\{.*\});", light.description)[1])
    reading = {"names": ["a", "b"], "stored": ["kept"], "usual": {"a": ["1"]}}
    assert [each.get("reading") for each in described["dependencies"]] == [reading, None, None]
    assert b'"reading"' not in written  # programs are told what Gradio tells them


def test_gradios_scripts_read_nothing_of_what_a_light_page_leaves_out():
    scripts = {path.name: path.read_text(encoding="utf-8") for path in edited_scripts._SCRIPTS.glob("*.js")}
    unread = {"api_info_as_input", "api_info_as_output", "example_inputs", "skip_api", "preserved_by_key"}
    unread |= {"delete_callback"}
    assert [name for name, text in scripts.items() if any(word in text for word in unread)] == []
    [core] = (text for name, text in scripts.items() if name.startswith("core-"))
    assert (
        "let a={...V,...i||{}},o=n||t;" in core
    )  # a component without the name of its class is found by type
    assert [name for name, text in scripts.items() if "props.name" in text or "props?.name" in text] == [
        next(name for name, text in scripts.items() if "props.name===`walkthrough`" in text)
    ]
    assert "o.visible=o.visible===void 0?!0:o.visible" in core
    [index] = (text for name, text in scripts.items() if name.startswith("index-"))
    assert "layout:t.page[e].layout" in index
    [blocks] = (text for name, text in scripts.items() if name.startswith("Blocks-"))
    assert "if(t.set(i.id,e),i.trigger_after!==void 0)" in blocks
    raised = "e.targets.forEach(([t,n])=>{n===`load`&&this.dispatch("  # also of what follows another function
    assert raised in blocks
    assert "component_prop_inputs=e.component_prop_inputs||[]" in blocks
    assert "show_progress_on=e.show_progress_on||null" in blocks
    assert "e.js_implementation?" in blocks
