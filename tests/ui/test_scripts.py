"""The components' scripts, without a page: each parses as the browser will read it."""

import json
import subprocess
from pathlib import Path

import playwright

from app.main import build_app

NODE = Path(playwright.__file__).parent / "driver" / "node"  # Playwright brings it along
PARSE = """
const scripts = JSON.parse(require("fs").readFileSync(0, "utf8"));
for (const [name, text] of Object.entries(scripts)) {
  try { new Function("element", "trigger", "props", "server", "upload", "watch", text); }
  catch (error) { console.log(`${name}: ${error}`); }
}
"""


def find_scripts():
    """Return what the page's components run when they are loaded, by the component's id in the page."""
    blocks = build_app().blocks.values()
    return {
        block.elem_id or f"{block._id}": script
        for block in blocks
        if (script := getattr(block, "js_on_load", None))
    }


def test_scripts_of_every_component_parse():
    """Files that are joined into one script share its names: none may stand there twice."""
    scripts = find_scripts()
    assert {"pad", "window", "runs", "descent-player"} <= set(scripts)
    found = subprocess.run(
        [NODE, "-e", PARSE], input=json.dumps(scripts), capture_output=True, text=True, check=True
    ).stdout
    assert found == ""
