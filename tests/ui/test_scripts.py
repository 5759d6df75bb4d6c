"""The scripts of page and components, without a page: each parses as a browser reads it."""

import json
import re
import subprocess
from pathlib import Path

import brotli
import playwright
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.main import build_app
from app.server.launch import write_page_script
from app.ui.loader import build_script_routes

SHARED = Path(__file__).parents[2] / "app" / "ui" / "components"
NODE = Path(playwright.__file__).parent / "driver" / "node"  # Playwright brings it along
PARSE = """
(async () => {
  const { starts, modules } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  for (const [name, text] of Object.entries(starts)) {
    try { new Function("element", "trigger", "props", "server", "upload", "watch", text); }
    catch (error) { console.log(`${name}: ${error}`); }
  }
  for (const [name, text] of Object.entries(modules)) {
    try {
      const { mount } = await import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
      if (typeof mount !== "function") throw Error("no mount");
    } catch (error) { console.log(`${name}: ${error}`); }
  }
})();
"""
# Letters of six tenths of the font's size, as wide as they come.
FIT = """
const window = {};
const [text, values, width] = JSON.parse(require("fs").readFileSync(0, "utf8"));
const context = { font: "", measureText: (text) => ({ width: 0.6 * parseInt(context.font) * text.length }) };
const [fit, write] = new Function("window", `${text}; return [fitNumbers, formatNumber];`)(window);
const digits = fit(context, values, width);
const widths = values.map((value) => context.measureText(write(value, digits)).width);
console.log(JSON.stringify([digits, parseInt(context.font), Math.max(...widths)]));
"""


@pytest.fixture(scope="module")
def starts():
    """What the page's components run when they are first shown, by the component's id in the page."""
    return {
        block.elem_id or f"{block._id}": script
        for block in build_app().blocks.values()
        if (script := getattr(block, "js_on_load", None))
    }


@pytest.fixture(scope="module")
def server(starts):
    return TestClient(Starlette(routes=build_script_routes(starts.values())))


def find_address(start):
    found = re.search(r'/glassbox/scripts/[^"]+', start)
    return found and found[0]


def test_scripts_of_every_component_parse(starts, server):
    """Files that are joined into one script share its names: none may stand there twice."""
    addresses = {name: find_address(start) for name, start in starts.items()}
    modules = {name: server.get(address).text for name, address in addresses.items() if address}
    assert {"pad", "window", "runs", "descent-player"} <= set(modules)
    starts = starts | {"page": f"({write_page_script()})"}
    found = subprocess.run(
        [NODE, "-e", PARSE],
        input=json.dumps({"starts": starts, "modules": modules}), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert found == ""


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
        lambda address: address.replace("verdict+", ""),
        lambda address: address.replace("/sketchpad/", "/%2e%2e/%2e%2e/etc/"),
        lambda address: "/glassbox/scripts/x",
        lambda address: "/glassbox/scripts/0123456789abcdef/ui/loader.js",
    ],
)
def test_script_of_another_version_or_place_is_not_there(starts, server, change):
    answer = server.get(change(find_address(starts["pad"])))
    assert answer.status_code == 404
    assert answer.text == "This version of the script is not here. Load the page again."


def test_events_that_a_script_sends_are_known_to_gradio(starts):
    assert '// It sends: "input", "submit"' in starts["pad"]


@pytest.mark.parametrize(
    ("values", "digits", "size_px"),
    [
        ([0.26, 0.34, -0.31, -0.38], 2, 10),
        ([1, 0, -1], 2, 11),
        ([0.0123, -0.0251], 2, 8),
        ([0.00321, -0.00123], 1, 8),
    ],
)
def test_numbers_keep_within_their_cells(values, digits, size_px):
    text = "\n".join((SHARED / f"{name}.js").read_text() for name in ("nodes", "numbers", "canvas", "grids"))
    sent = json.dumps([text, values, 30])
    out = subprocess.run([NODE, "-e", FIT], input=sent, capture_output=True, text=True, check=True).stdout
    *chosen, widest = json.loads(out)
    assert chosen == [digits, size_px]
    assert widest <= 30
