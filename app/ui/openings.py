"""What components show at first: kept by the browser, and not sent with every page anew.

Gradio writes it into the page's own JSON. Before the page is served it is taken out: a component's value
stands at an address of its own, which its script asks for when the component is first shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from starlette.routing import Route

from app.ui.kept_files import name_content, serve_kept, serve_later

_PATH = "/glassbox/values"
MIN_LETTERS = 2_000  # a shorter value is not worth a request
Value = str | Callable[[], str]  # what is shown at first, or what works it out

_IMPORTED = re.compile(r'"\.(/glassbox/scripts/[^"]+\.js)"')

# Around a component's own script, which comes at the same time and ends the wait for both.
# The value is only read in place of its address: Gradio sends that again when a hidden tab is opened.
_FETCH = """
element.inert = element.ariaBusy = true;
const locate = (address) => new URL(address, document.baseURI);
Promise.all([
  fetch(locate("%(address)s")).then((answer) => {
    if (!answer.ok) throw new Error(`%(address)s: ${answer.status}`);
    return answer.text();
  }),
  ...[%(imported)s].map((address) => import(locate(address))),
]).then(([text]) => {
  const first = { value: text };
  const isFirst = (given, name) => name in first && given[name] === "%(address)s";
  const given = new Proxy(props, { get: (all, name) => (isFirst(all, name) ? first[name] : all[name]) });
  ((props) => {
%(script)s
  })(given);
}).catch((error) => {
  console.error(error);
  element.textContent = "This part of the page did not arrive. Load the page again.";
  element.inert = false;
  element.ariaBusy = null;
});
"""


def postpone_value(block: Any, compute: Callable[[], str]) -> None:
    """Let a component's value be worked out when somebody first looks at it, not while the page is built.

    Args:
        block: A component with a script of ours, an `elem_id` and no value yet.
        compute: Returns the value, the same each time.
    """
    block.postponed_value = compute


def take_out_values(blocks: Iterable[Any]) -> dict[str, Value]:
    """Put addresses in place of the large values of our components; return the values by their addresses.

    Of a value that was postponed, what works it out is returned.
    """
    values: dict[str, Value] = {}
    for block in blocks:
        script, value = getattr(block, "js_on_load", None) or "", getattr(block, "value", None)
        if later := getattr(block, "postponed_value", None):
            address = f"{_PATH[1:]}/{block.elem_id}.json"
            values[address] = later
        elif "import(" not in script or not isinstance(value, str) or len(value) < MIN_LETTERS:
            continue
        else:
            address = f"{_PATH[1:]}/{name_content(value)}.json"
            values[address] = value
        block.value = address
        imported = ", ".join(f'".{found}"' for found in _IMPORTED.findall(script))
        block.js_on_load = _FETCH % {"address": address, "imported": imported, "script": script}
    return values


def serve_values(values: Mapping[str, Value]) -> list[Route]:
    """Return the routes of what `take_out_values` returned."""
    kept = {f"/{address}": value for address, value in values.items() if isinstance(value, str)}
    later = [
        serve_later(f"/{address}", value, "application/json")
        for address, value in values.items()
        if not isinstance(value, str)
    ]
    return [*later, serve_kept(_PATH, kept, "application/json")]
