"""Our own `gr.HTML` components, one factory function each, and how they come by their scripts and styles.

Gradio sends what a component runs within the page's own JSON, at every visit anew. It is given a few lines
that import the component's script instead: modules at addresses that name the content of all of them, which
the browser keeps for good, since other contents have other addresses. A module imports others by their places
in the source tree, and is served as it lies there.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import brotli
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_APP = Path(__file__).parents[1]
_SHARED = Path(__file__).parent / "components"
_FIRST = ("nodes", "numbers", "canvas")  # what a script that is no module yet begins with
_PATH = "/glassbox/scripts"
_DIGEST_LETTERS = 16
_ADDRESS = re.compile(rf"{_PATH}/[0-9a-f]+/[a-z_/+]+\.js")
_HEADERS = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
_EVENT = re.compile(r"""\btrigger\(\s*["'](\w+)["']""")
_IMPORT = re.compile(r"""^import\s(?:[^;"]*\sfrom\s)?\s*"([^"]+)";[^\n]*\n""", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async |function |const |class ))", re.MULTILINE)
_MOUNT = re.compile(r"^export (?:async )?function mount\(", re.MULTILINE)
_STARTER = "ui/components/start.js"

# The body of a function of Gradio's. What Python changes before the script is there is told to it then.
_START = """
const before = { ...props };
const load = (address) => import(new URL(address, document.baseURI));
Promise.all([load(".%(starter)s"), load(".%(address)s")]).then(([{ start }, { mount }]) => start(mount, {
  key: "%(key)s", first: {%(first)s}, before, element, trigger, props, server, upload, watch,
})).catch((error) => {
  console.error(error);
  element.textContent = "This part of the page did not arrive. Load the page again.";
});
// It sends: %(events)s
"""


class Script(NamedTuple):
    """One component's script.

    Attributes:
        address: The path on the server of the module whose `mount` makes the component live.
        events: The events of Gradio's that it sends.
    """

    address: str
    events: tuple[str, ...]


class _Tree(NamedTuple):
    """All scripts of components, as they were when the first of them was wanted."""

    files: dict[str, str]  # by their paths below app/
    folder: str  # their address, which names their content


@lru_cache(maxsize=1)
def _read_tree() -> _Tree:
    """Read the scripts of every folder of components."""
    paths = sorted(path for path in _APP.glob("**/*.js") if path.parent.name == "components")
    files = {path.relative_to(_APP).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    digest = hashlib.sha256(json.dumps(files).encode()).hexdigest()[:_DIGEST_LETTERS]
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


def read_component_script(folder: Path, *names: str, **own_props: Any) -> str:
    """Return what Gradio runs for a component when it is first shown: the import of its script.

    Gradio 6.31 replaces all of a component's own props by those of the last update, so that one shown again
    after being hidden would have lost the rest. The script therefore keeps its own copy for the page's life.

    Args:
        folder: The subject's folder of components; what it lacks is one of those that subjects share.
        *names: The name without suffix of the module that exports `mount`; or those of files that are no
            modules yet, in the order in which they build on each other, such as `"verdict", "pad"`.
        **own_props: The props that are ours and not Gradio's, with their first values.

    Returns:
        The text for `js_on_load`, which Gradio runs as the body of one function.

    Raises:
        FileNotFoundError: If there is no such file, or none that it imports.
    """
    place = folder.relative_to(_APP).as_posix()
    tree = _read_tree()
    entry = _find(place, names[-1])
    if _MOUNT.search(tree.files[entry]):
        events = _find_events(tree.files[path] for path in find_modules(entry))
        script = Script(f"{tree.folder}/{entry}", events)
    else:
        text = _join(place, names)
        digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LETTERS]
        script = Script(f"{_PATH}/{digest}/{place}/{'+'.join(names)}.js", _find_events([text]))
    return _START % {
        "starter": f"{tree.folder}/{_STARTER}",
        "address": script.address,
        "key": f"component_{secrets.token_hex(4)}",
        # The names stand unquoted: gr.HTML takes a quoted word in this text for the name of an event.
        "first": ", ".join(f"{name}: {json.dumps(prop)}" for name, prop in own_props.items()),
        "events": ", ".join(f'"{event}"' for event in script.events),
    }


def _find(place: str, name: str) -> str:
    """Return the path below `app/` of a script of a folder or, where it has none, of the shared one."""
    own, shared = f"{place}/{name}.js", f"ui/components/{name}.js"
    path = own if own in _read_tree().files else shared
    if path not in _read_tree().files:
        raise FileNotFoundError(f"there is neither {own} nor {shared}")
    return path


def _find_events(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({event for text in texts for event in _EVENT.findall(text)}))


@lru_cache(maxsize=64)
def _join(place: str, names: tuple[str, ...]) -> str:
    """Join files that are no modules yet, and the modules that they build on, to one."""
    given = "{ element, trigger, props, server, upload, watch, keptProps }"
    body = "\n".join(read_plain_script(_find(place, name)) for name in (*_FIRST, *names))
    own_prop = "const ownProp = makeOwnProp({ props, keptProps });"
    return f"export function mount({given}) {{\n{own_prop}\n{body}\n}}\n"


def read_plain_script(path: str) -> str:
    """Return a module's text for where there are no modules: without its imports, and what it exports plain.

    Args:
        path: Its path below `app/`.
    """
    return _EXPORT.sub("", _IMPORT.sub("", _read_tree().files[path]))


def find_addresses(text: str) -> list[str]:
    """Return the addresses of all that such a text imports, directly or through what it imports."""
    tree = _read_tree()
    found: list[str] = []
    for address in _ADDRESS.findall(text):
        path = address.removeprefix(f"{tree.folder}/")
        modules = find_modules(path) if path in tree.files else ()
        found += [f"{tree.folder}/{module}" for module in modules] or [address]
    return list(dict.fromkeys(found))


def build_script_routes(texts: Iterable[str]) -> list[Route]:
    """Return the route of all modules, and of the joined scripts that these starts of components import."""
    tree = _read_tree()
    scripts = {f"{tree.folder}/{path}": text.encode() for path, text in tree.files.items()}
    for address in {found for text in texts for found in _ADDRESS.findall(text)} - set(scripts):
        scripts[address] = _join(*_split_address(address)).encode()
    compressed: dict[str, bytes] = {}  # once each, when first asked for

    def answer(request: Request) -> Response:
        address = f"{_PATH}/{request.path_params['file']}"
        if address not in scripts:
            return PlainTextResponse("This version of the script is not here. Load the page again.", 404)
        content, headers = scripts[address], dict(_HEADERS)
        if "br" in request.headers.get("accept-encoding", ""):
            if address not in compressed:
                compressed[address] = brotli.compress(content, mode=brotli.MODE_TEXT, quality=9)
            content = compressed[address]
            headers["content-encoding"] = "br"
        return Response(content, headers=headers, media_type="text/javascript")

    return [Route(f"{_PATH}/{{file:path}}", answer)]


def _split_address(address: str) -> tuple[str, tuple[str, ...]]:
    """Return the folder and the file names that the address of a joined script holds."""
    folder, _, file = address.removeprefix(f"{_PATH}/").partition("/")[2].rpartition("/")
    return folder, tuple(file.removesuffix(".js").split("+"))


def read_component_style(folder: Path, *names: str) -> str:
    """Read a component's style sheet, and those of the components within it.

    Args:
        folder: The subject's folder of components, as above.
        *names: The file names without suffix, such as `"pad"`; where two disagree, the later one holds.

    Returns:
        The text for `css_template`, which Gradio scopes to the component.
    """
    return "\n".join(_read(folder, f"{name}.css") for name in names)


def component_classes(classes: list[str] | str | None) -> list[str]:
    """Add the class that gives our components their own spacing to the caller's classes."""
    return ["gb-component", *([classes] if isinstance(classes, str) else classes or [])]


def _read(folder: Path, file_name: str) -> str:
    own = folder / file_name
    return (own if own.is_file() else _SHARED / file_name).read_text(encoding="utf-8")
