"""The scripts of page and components, without a page: each parses as a browser reads it."""

import json
import re
import subprocess
from pathlib import Path

import brotli
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.server.launch import write_page_script
from app.ui import loader
from app.ui.loader import build_script_routes
from tests.node import NODE

APP = Path(__file__).parents[2] / "app"
SHARED = APP / "ui" / "components"
PARSE = """
(async () => {
  const { starts, entries } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  for (const [name, text] of Object.entries(starts)) {
    try { new Function("element", "trigger", "props", "server", "upload", "watch", text); }
    catch (error) { console.log(`${name}: ${error}`); }
  }
  for (const [name, path] of Object.entries(entries)) {
    try {
      const { mount } = await import(path);
      if (typeof mount !== "function") throw Error("no mount");
    } catch (error) { console.log(`${name}: ${error}`); }
  }
})();
"""
# A component that is shown, taken off the page and shown again, in the order in which the page has it.
MOUNT_TWICE = """
import { start } from "./start.js";
globalThis.window = {};
const told = [];
const watched = {};
const watch = (name, react) => { watched[name] = react; };
const given = { key: "component_1", first: { height: 3 }, watch };
const arriving = { value: 1 };
const before = { ...arriving };
arriving.value = 2;                       // while the script was on its way
start(({ props, watch, keptProps }) => {
  watch("value", () => told.push(props.value));
  watch("label", () => told.push("label"));
  keptProps.height += 1;
}, { ...given, before, props: arriving });
await null;
arriving.value = 3;
watched.value();
start(({ keptProps }) => told.push(keptProps.height), { ...given, before: {}, props: {} });
console.log(JSON.stringify(told));
"""

# What Gradio runs for a component whose scripts do not come.
START_IN_VAIN = """
globalThis.document = { baseURI: "https://nowhere.example/" };
console.error = () => {};
const element = {};
new Function("element", "props", require("fs").readFileSync(0, "utf8"))(element, {});
setTimeout(() => console.log(JSON.stringify(element)), 20);
"""


@pytest.fixture(scope="module")
def starts(page_blocks):
    """What the page's components run when they are first shown, by the component's id in the page."""
    return {
        block.elem_id or f"{block._id}": script
        for block in page_blocks
        if (script := getattr(block, "js_on_load", None))
    }


@pytest.fixture(scope="module")
def server(starts):
    return TestClient(Starlette(routes=build_script_routes()))


def find_address(start):
    """Return the address of a component's own script, which comes after that of the one that starts all."""
    _, *found = re.findall(r'/glassbox/scripts/[^"]+', start) or [None]
    return found and found[0]


def run_node(program, sent=""):
    run = subprocess.run([NODE, *program], input=sent, capture_output=True, text=True, check=True)
    return run.stdout


def test_no_two_components_keep_their_props_under_one_key(starts):
    """What a component keeps for the page's life would be another one's too."""
    keys = [key for text in starts.values() for key in re.findall(r'key: "(\w+)"', text)]
    assert len({*keys}) == len(keys) > 15


def test_scripts_of_every_component_parse_and_find_what_they_import(starts, server, tmp_path):
    """Each as it is served; where there is no page: what needs one waits for `mount`."""
    (tmp_path / "package.json").write_text('{"type": "module"}')
    addresses = {name: address for name, start in starts.items() if (address := find_address(start))}
    assert {"pad", "window", "runs", "descent-player"} <= set(addresses)
    (folder,) = set(
        re.findall(r'/glassbox/scripts/\w+(?=/ui/components/start\.js")', "".join(starts.values()))
    )
    modules = {f"{folder}/{path.relative_to(APP).as_posix()}" for path in APP.glob("**/components/*.js")}
    for address in {*addresses.values(), *modules}:
        file = tmp_path / address[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(server.get(address).text)
    entries = {name: f"{tmp_path}{address}" for name, address in addresses.items()}
    sent = json.dumps({"starts": starts | {"page": f"({write_page_script()})"}, "entries": entries})
    assert run_node(["-e", PARSE], sent) == ""


def test_component_shown_again_keeps_its_props_and_misses_no_change(tmp_path):
    (tmp_path / "start.js").write_text((SHARED / "start.js").read_text())
    (tmp_path / "program.mjs").write_text(MOUNT_TWICE)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    assert json.loads(run_node([tmp_path / "program.mjs"])) == [2, 3, 4]


def test_script_is_kept_for_good_and_travels_compressed(starts, server):
    address = find_address(starts["pad"])
    plain = server.get(address, headers={"accept-encoding": "identity"})
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    with server.stream("GET", address, headers={"accept-encoding": "br"}) as packed:
        raw = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "br"
    assert brotli.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 3


@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.replace("/scripts/", "/scripts/0", 1),
        lambda address: address.replace("/pad.js", "/pads.js"),
        lambda address: address.replace("/sketchpad/", "/%2e%2e/%2e%2e/etc/"),
        lambda address: "/glassbox/scripts/x",
        lambda address: "/glassbox/scripts/0123456789abcdef/ui/loader.js",
    ],
)
def test_script_of_another_version_or_place_is_not_there(starts, server, change):
    answer = server.get(change(find_address(starts["pad"])))
    assert answer.status_code == 404
    assert answer.text == "This version of the file is not here. Load the page again."


def test_page_of_before_an_update_says_what_to_do(starts, server, tmp_path, monkeypatch):
    """What it asks for is of another tree of scripts, and none is mixed with the new ones."""
    monkeypatch.setattr(loader, "_APP", tmp_path)
    (tmp_path / "ui" / "components").mkdir(parents=True)
    (tmp_path / "ui" / "components" / "start.js").write_text("export function start() {}\n")
    loader._read_tree.cache_clear()
    try:
        updated = TestClient(Starlette(routes=build_script_routes()))
        new = loader.address_module("ui/components/start.js")
    finally:
        loader._read_tree.cache_clear()
    (old,) = re.findall(r"/glassbox/scripts/\w+/ui/components/start\.js", starts["pad"])
    assert (server.get(old).status_code, server.get(new).status_code) == (200, 404)
    assert (updated.get(new).status_code, updated.get(old).status_code) == (200, 404)
    assert "cache-control" not in updated.get(old).headers  # a server that still is of before is asked again
    shown = json.loads(run_node(["-e", START_IN_VAIN], starts["pad"]))
    told = "This part of the page did not arrive. Load the page again."
    assert shown == {"inert": False, "ariaBusy": None, "textContent": told}


def test_events_that_a_script_sends_are_known_to_gradio(starts):
    assert '// It sends: "input", "submit"' in starts["pad"]
