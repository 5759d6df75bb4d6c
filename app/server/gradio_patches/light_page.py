"""A page without what the browser never reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

import gradio as gr

from app.server.gradio_patches.patch import Patch
from app.ui.addresses import Reading
from app.ui.kept_files import name_content

PATCH = Patch(
    "light page",
    "Gradio's page carries components for endpoints that only programs call, of each component what only "
    "its clients in Python read, the layout twice, and of each function every setting that is as usual, all "
    "of it in the page itself, which is asked for at every visit; it builds the leftmost tab, whatever is "
    "asked for, and asks every handler of its load, whatever is in the address.",
    "The page is ten times as large, at every visit, and a link to a tab waits for another one; ten "
    "requests delay the first answer.",
    ("block_fn.fn",),
    is_needed=False,
)

# The tab that the address names is the first that Gradio builds; it would build the leftmost one before it.
# Of tabs with the id "gb-labs" the address names one as `lab`, of "gb-benches" as `bench`.
_CHOOSE_TAB = b"""
{
  const query = new URLSearchParams(location.search);
  const { components, page } = window.gradio_config;
  const known = new Map(components.map((each) => [each.id, each]));
  const choose = ({ id, children = [] }) => {
    const { type, props } = known.get(id) ?? {};
    const name = type === "tabs" && /^gb-(\\w+?)e?s$/.exec(props.elem_id ?? "")?.[1];
    const asked = name && query.getAll(name).pop();
    if (asked && children.some((tab) => known.get(tab.id).props.id === asked)) props.selected = asked;
    children.forEach(choose);
  };
  if (page[""]) choose(page[""].layout);
}"""
_CONFIG_START, _CONFIG_END = b"<script>window.gradio_config = ", b";</script>"
_INFO_START = b"<script>window.gradio_api_info = "
DESCRIPTION_PATH = "/glassbox/page"
# What is the same for every visitor and whatever the page's address: it is kept by the browser.
_KEPT = ("components", "css", "dependencies", "page")
# Of a component, what no script of Gradio's reads; a component that Gradio brings along is found by its type.
_UNREAD = (
    "api_info",
    "api_info_as_input",
    "api_info_as_output",
    "component_class_id",
    "example_inputs",
    "skip_api",
)
_PARAMETER = "api"  # the type of what Gradio makes of each parameter of an endpoint without controls
# Of a component's props, what it takes where nothing is said; `name` tells tabs from a walkthrough alone.
_USUAL_PROPS = {"_selectable": False, "visible": True}
_UNREAD_PROPS = ("delete_callback", "preserved_by_key", "name")
# Of a function, what the page takes where nothing is said.
_USUAL: dict[str, Any] = {
    "api_description": None,
    "batch": False,
    "collects_event_data": None,
    "component_prop_inputs": [],
    "connection": "sse",
    "event_specific_args": None,
    "js": None,
    "js_implementation": None,
    "max_batch_size": 4,
    "render_id": None,
    "rendered_in": None,
    "scroll_to_output": False,
    "show_progress_on": None,
    "stream_every": 0.5,
    "time_limit": None,
    "trigger_after": None,
    "trigger_only_on_failure": False,
    "trigger_only_on_success": False,
}


class LightPage(NamedTuple):
    """A page, and the script that describes it, which stands at an address of its own.

    Attributes:
        html: The page.
        name: The end of the script's address, which names its content; None where the page holds everything.
        description: The script.
    """

    html: bytes
    name: str | None = None
    description: bytes = b""


def find_loads(page: gr.Blocks) -> dict[int, Reading]:
    """Return what each function of the page's load goes by, by its id, if `reads_address` says so."""
    found = {number: getattr(function.fn, "reading", None) for number, function in page.fns.items()}
    return {number: reading for number, reading in found.items() if reading is not None}


def lighten_page(page: bytes, loads: Mapping[int, Reading]) -> LightPage:
    """Take out of a page what the browser never reads, and what it may keep; have it choose the asked tab.

    If it is not written as known, it stays as it is.

    Args:
        page: As Gradio wrote it.
        loads: Of `find_loads`. They are written beside what Gradio says of these functions, and
            `idle_loads.js` takes them out again before Gradio reads it.
    """
    before, _, rest = page.partition(_CONFIG_START)
    described, end, after = rest.partition(_CONFIG_END)
    if not end:
        return LightPage(page)
    config = json.loads(described)
    config.pop("layout", None)  # it stands in `page` too, where it is read
    _drop_parameters(config)
    for component in config["components"]:
        _lighten_component(component)
    for function in config["dependencies"]:
        if function["id"] in loads:
            function["reading"] = asdict(loads[function["id"]])
        if function["api_visibility"] != "public":  # those are described to people
            for name, usual in _USUAL.items():
                if name in function and (function[name] == usual or name == "collects_event_data"):
                    del function[name]
    description = f"window.gradio_config={_write({name: config.pop(name) for name in _KEPT})};"
    script = (
        f"<script>Object.assign(window.gradio_config, {_write(config)});".encode() + _CHOOSE_TAB + end[1:]
    )
    if after.startswith(_INFO_START):  # which names the page's address, where a call is shown
        info, end, after = after.removeprefix(_INFO_START).partition(_CONFIG_END)
        whole = info.decode().replace(config["root"], '"+root+"')
        description += f"window.gradio_api_info=(root)=>({whole});"
        script += b"<script>window.gradio_api_info = gradio_api_info(gradio_config.root);</script>"
    name = f"{name_content(description)}.js"
    tag = f'<script src=".{DESCRIPTION_PATH}/{name}"></script>'
    return LightPage(before + tag.encode() + script + after, name, description.encode())


def _drop_parameters(config: dict[str, Any]) -> None:
    """Take out the components that stand for endpoints' parameters: they are called by programs alone."""
    parameters = {component["id"] for component in config["components"] if component["type"] == _PARAMETER}
    config["components"] = [each for each in config["components"] if each["id"] not in parameters]
    for page in config["page"].values():
        page["components"] = [each for each in page["components"] if each not in parameters]
        children = page["layout"]["children"]
        page["layout"]["children"] = [each for each in children if each["id"] not in parameters]


def _lighten_component(component: dict[str, Any]) -> None:
    for name in _UNREAD:
        component.pop(name, None)
    if component.get("key") is None:
        component.pop("key", None)
    props = component["props"]
    for name in _UNREAD_PROPS if component["type"] != "tabs" else ():
        props.pop(name, None)
    for name, usual_prop in _USUAL_PROPS.items():
        if props.get(name) is usual_prop:
            del props[name]


def _write(described: dict[str, Any]) -> str:
    written = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
    return written.replace("</", "<\\/").replace("<!--", "\\u003c!--")
