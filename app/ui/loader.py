"""Our own `gr.HTML` components, one factory function each, and how they come by their scripts.

Gradio sends what a component runs within the page's own JSON, at every visit anew. It is given a few lines
that import the component's script instead: modules at addresses that name the content of all of them, which
the browser keeps for good, since other contents have other addresses. A module imports others by their places
in the source tree, and is served as it lies there.
"""

from __future__ import annotations

import json
import posixpath
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from starlette.routing import Route

from app.ui.kept_files import name_content, serve_kept

_APP = Path(__file__).parents[1]
_PATH = "/glassbox/scripts"
_ADDRESS = re.compile(rf"{_PATH}/[0-9a-f]+/([a-z_/]+\.js)")
_EVENT = re.compile(r"""\btrigger\(\s*["'](\w+)["']""")
_IMPORT = re.compile(r"""^import\s(?:[^;"]*\sfrom\s)?\s*"([^"]+)";[^\n]*\n""", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async |function |const |class ))", re.MULTILINE)
_STARTER = "ui/components/start.js"

# The body of a function of Gradio's. What Python changes before the script is there is told to it then; until
# then nothing can be pressed.
_START = """
element.inert = element.ariaBusy = true;
const before = { ...props };
const load = (address) => import(new URL(address, document.baseURI));
Promise.all([load(".%(starter)s"), load(".%(address)s")]).then(([{ start }, { mount }]) => start(mount, {
  key: "%(key)s", first: {%(first)s}, before, element, trigger, props, server, upload, watch,
})).catch((error) => {
  console.error(error);
  element.textContent = "This part of the page did not arrive. Load the page again.";
}).finally(() => { element.inert = false; element.ariaBusy = null; });
// It sends: %(events)s
"""


class _Tree(NamedTuple):
    """All scripts of components, as they were when the first of them was wanted."""

    files: dict[str, str]  # by their paths below app/
    folder: str  # their address, which names their content


@lru_cache(maxsize=1)
def _read_tree() -> _Tree:
    """Read the scripts of every folder of components."""
    paths = sorted(path for path in _APP.glob("**/*.js") if path.parent.name == "components")
    files = {path.relative_to(_APP).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    digest = name_content(json.dumps(files))
    return _Tree(files, f"{_PATH}/{digest}")


def address_module(path: str) -> str:
    """Return the address of a module on the server; `path` is its path below `app/`.

    Raises:
        FileNotFoundError: If there is no such module.
    """
    tree = _read_tree()
    if path not in tree.files:
        raise FileNotFoundError(f"there is no {path}")
    return f"{tree.folder}/{path}"


@lru_cache(maxsize=256)
def find_modules(entry: str) -> tuple[str, ...]:
    """Return a module's path and those of all that it imports, below `app/`.

    Raises:
        FileNotFoundError: If one of them imports what is no script of a component.
    """
    files = _read_tree().files
    found = [entry]
    for path in found:  # which grows meanwhile
        for specifier in _IMPORT.findall(files[path]):
            imported = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
            if imported not in files:
                raise FileNotFoundError(f"{path} imports {specifier}, which is not there")
            if imported not in found:
                found.append(imported)
    return tuple(found)


def read_component_script(folder: Path, name: str, **own_props: Any) -> str:
    """Return what Gradio runs for a component when it is first shown: the import of its script.

    Gradio 6.31 replaces all of a component's own props by those of the last update, so that one shown again
    after being hidden would have lost the rest. The script therefore keeps its own copy for the page's life.

    Args:
        folder: The subject's folder of components.
        name: The name without suffix of the module in it whose `mount` makes the component live.
        **own_props: The props that are ours and not Gradio's, with their first values.

    Returns:
        The text for `js_on_load`, which Gradio runs as the body of one function.

    Raises:
        FileNotFoundError: If there is no such module, or none that it imports.
    """
    tree = _read_tree()
    entry = f"{folder.relative_to(_APP).as_posix()}/{name}.js"
    address = address_module(entry)
    # The names stand unquoted: gr.HTML takes a quoted word in this text for the name of an event.
    first = ", ".join(f"{name}: {json.dumps(prop)}" for name, prop in own_props.items())
    events = {event for path in find_modules(entry) for event in _EVENT.findall(tree.files[path])}
    return _START % {
        "starter": address_module(_STARTER),
        "address": address,
        "key": f"component_{name_content(entry + first)}",  # no two have the same props of their own
        "first": first,
        "events": ", ".join(f'"{event}"' for event in sorted(events)),
    }


def read_plain_script(path: str) -> str:
    """Return the text of a module that imports nothing for where there are no modules: an event's `js`.

    Args:
        path: Its path below `app/`.
    """
    return _EXPORT.sub("", _read_tree().files[path])


def find_addresses(text: str) -> list[str]:
    """Return the addresses of all that such a text imports, directly or through what it imports."""
    paths = [path for entry in _ADDRESS.findall(text) for path in find_modules(entry)]
    return [address_module(path) for path in dict.fromkeys(paths)]


def build_script_routes() -> list[Route]:
    """Return the route of all modules."""
    tree = _read_tree()
    texts = {address_module(path): text for path, text in tree.files.items()}
    return [serve_kept(_PATH, texts, "text/javascript")]
