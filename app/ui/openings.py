"""What components show at first, and how they look: kept by the browser, and not sent with every page anew.

Gradio writes both into the page's own JSON. Before the page is served they are taken out of it: a component's
value stands at an address of its own, which its script asks for when the component is first shown, and all
styles are one sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from app.ui.lasting import write_address

MIN_LETTERS = 2_000  # a shorter value is not worth a request

_IMPORTED = re.compile(r'"\.(/glassbox/scripts/[^"]+\.js)"')

# Around a component's own script, which comes at the same time. Until both are there nothing can be pressed.
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
}).finally(() => { element.inert = false; element.ariaBusy = null; });
"""


def take_out_values(blocks: Iterable[Any]) -> dict[str, str]:
    """Put addresses in place of the large values of our components; return the values by their addresses."""
    values = {}
    for block in blocks:
        script, value = getattr(block, "js_on_load", None) or "", getattr(block, "value", None)
        if "import(" not in script or not isinstance(value, str) or len(value) < MIN_LETTERS:
            continue
        address = write_address("values", value, "json")
        values[address] = value
        block.value = address
        imported = ", ".join(f'".{found}"' for found in _IMPORTED.findall(script))
        block.js_on_load = _FETCH % {"address": address, "imported": imported, "script": script}
    return values


def take_out_styles(blocks: Iterable[Any]) -> str:
    """Return one sheet with the styles of our components, which then have none of their own.

    Gradio would write each below the `id` that it gives its component. Here a class of the component stands
    for that, with as much weight as an `id` has.
    """
    rules: dict[str, str] = {}
    for block in blocks:
        style = getattr(block, "css_template", None)
        if not style:
            continue
        name = rules.setdefault(style, f"gb-style-{len(rules)}")
        block.elem_classes = [*block.elem_classes, name]
        block.css_template = ""
    return "\n".join(f':is(#gb-none, [id^="html-"].{name}) {{\n{style}\n}}' for style, name in rules.items())
