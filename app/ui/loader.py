"""Our own `gr.HTML` components, one factory function each, and how they come by their scripts and styles.

Gradio sends what a component runs within the page's own JSON, at every visit anew. It is given a few lines
that import the component's script instead: a module at an address that names its content, which the browser
keeps for good, since another content has another address.
"""

from __future__ import annotations

import hashlib
import json
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
_FIRST = ("nodes", "numbers", "canvas")  # what every component's script begins with
_PATH = "/glassbox/scripts"
_DIGEST_LETTERS = 16
_ADDRESS = re.compile(rf"{_PATH}/[0-9a-f]+/[a-z_/+]+\.js")
_HEADERS = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
_EVENT = re.compile(r"""\btrigger\(\s*["'](\w+)["']""")

# The body of a function of Gradio's. What Python changes before the script is there is told to it then.
_START = """
const keptOnPage = window.glassboxProps = window.glassboxProps || {};
const keptProps = keptOnPage.%(key)s = keptOnPage.%(key)s || {%(first)s};
const before = { ...props };
let isMounting = true;
function watchFromStart(names, react) {
  watch(names, react);
  if (isMounting && [names].flat().some((name) => props[name] !== before[name])) queueMicrotask(react);
}
import(new URL(".%(address)s", document.baseURI)).then(({ mount }) => {
  mount({ element, trigger, props, server, upload, watch: watchFromStart, keptProps });
  isMounting = false;
}).catch((error) => {
  console.error(error);
  if (isMounting) element.textContent = "This part of the page did not arrive. Load the page again.";
});
// It sends: %(events)s
"""


class Script(NamedTuple):
    """One component's script.

    Attributes:
        text: The module, whose `mount` makes the component live.
        address: Its path on the server.
        events: The events of Gradio's that it sends.
    """

    text: str
    address: str
    events: tuple[str, ...]


def read_component_script(folder: Path, *names: str, **own_props: Any) -> str:
    """Return what Gradio runs for a component when it is first shown: the import of its script.

    Gradio 6.31 replaces all of a component's own props by those of the last update, so that one shown again
    after being hidden would have lost the rest. The script therefore keeps its own copy for the page's life.

    Args:
        folder: The subject's folder of components; what it lacks is one of those that subjects share.
        *names: The script's file names without suffix, in the order in which they build on each other,
            such as `"verdict", "pad"`.
        **own_props: The props that are ours and not Gradio's, with their first values.

    Returns:
        The text for `js_on_load`, which Gradio runs as the body of one function.
    """
    script = _read_script(folder.relative_to(_APP).as_posix(), names)
    return _START % {
        "key": f"component_{secrets.token_hex(4)}",
        # The names stand unquoted: gr.HTML takes a quoted word in this text for the name of an event.
        "first": ", ".join(f"{name}: {json.dumps(prop)}" for name, prop in own_props.items()),
        "address": script.address,
        "events": ", ".join(f'"{event}"' for event in script.events),
    }


@lru_cache(maxsize=64)
def _read_script(folder: str, names: tuple[str, ...]) -> Script:
    """Join the files of a component's script to a module.

    Raises:
        FileNotFoundError: If neither the folder nor the shared one has such a file.
    """
    parts = [_read(_APP / folder, f"{name}.js") for name in (*_FIRST, *names)]
    body = "\n".join(parts)
    given = "{ element, trigger, props, server, upload, watch, keptProps }"
    text = f"export function mount({given}) {{\n{body}\n}}\n"
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LETTERS]
    address = f"{_PATH}/{digest}/{folder}/{'+'.join(names)}.js"
    return Script(text, address, tuple(sorted(set(_EVENT.findall(body)))))


def build_script_routes(texts: Iterable[str]) -> list[Route]:
    """Return the route of the scripts that these texts of `read_component_script` import, no others."""
    addresses = {found for text in texts for found in _ADDRESS.findall(text)}
    scripts = {address: _read_script(*_split_address(address)).text.encode() for address in addresses}
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
    """Return the folder and the file names that an address of ours holds."""
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
