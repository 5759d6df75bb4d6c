"""What the page's head asks for before Gradio does: the scripts of the tab that the address names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import gradio as gr

from app.ui.loader import find_addresses


def find_preloads(page: gr.Blocks) -> dict[str, list[str]]:
    """Return the addresses of the scripts that each tab runs as soon as it is shown, tab by tab.

    What stands in a closed section runs when that is opened.
    """
    preloads: dict[str, list[str]] = {}
    for block in page.blocks.values():
        around = []
        above = block.parent
        while above is not None:
            around.append(above)
            above = above.parent
        tabs = [one for one in around if isinstance(one, gr.Tab)]  # the innermost first
        if not tabs or not all(one.render_children for one in tabs[:-1]):
            continue
        if any(isinstance(one, gr.Accordion) and not one.open for one in around):
            continue
        addresses = preloads.setdefault(str(tabs[-1].id), [])
        addresses += [
            address
            for address in find_addresses(getattr(block, "js_on_load", None) or "")
            if address not in addresses
        ]
    return preloads


def write_preload_script(preloads: Mapping[str, Sequence[str]]) -> str:
    """Return what runs in the page's head, in whatever folder a proxy shows the page."""
    addresses = sorted({address for tab in preloads.values() for address in tab})
    places = {tab: [addresses.index(address) for address in wanted] for tab, wanted in preloads.items()}
    script = Path(__file__).with_name("preload.js").read_text(encoding="utf-8").rstrip().removesuffix(";")
    relative = [address.removeprefix("/") for address in addresses]
    return f"({script})({json.dumps(relative)}, {json.dumps(places)});\n"
