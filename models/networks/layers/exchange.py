"""A network of one's own as it is kept, sent and pasted: JSON, Python, or a parameter of a link."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from typing import Any

from models.networks.layers.kind import Layers
from models.networks.layers.plain_data import describe_layers, read_layers
from models.networks.layers.reader.program import MAX_TEXT, read_program

SCHEMA = "glassbox-network-1"
MAX_LINK_LETTERS = 2_000  # forty layers with all their settings are about 1,200
_MAX_SHOWN_LETTERS = 200


@dataclass(frozen=True)
class SharedNetwork:
    """What a text or a link says of a network; its layers may still need a repair.

    Attributes:
        name: What its maker calls it, unchecked; empty where nothing is said.
        layers: The list.
        notes: What was taken otherwise than it is written, each with its line.
    """

    name: str
    layers: Layers
    notes: tuple[str, ...] = ()


def read_network_text(text: str) -> SharedNetwork:
    """Read a network from JSON, as `write_json` writes it or as a plain list of layers, or from Python.

    Args:
        text: At most `MAX_TEXT` letters. Nothing in it is executed.

    Raises:
        ValueError: If it is none; the message says what would be right.
    """
    is_text = isinstance(text, str) and len(text) <= MAX_TEXT
    if not is_text or not text.lstrip("\ufeff \t\r\n").startswith(("[", "{")):
        program = read_program(text)
        return SharedNetwork("", program.layers, program.notes)
    try:
        data = json.loads(text.lstrip("\ufeff"), object_pairs_hook=_make_object)
    except KeyError as twice:
        raise ValueError(f"{twice} stands twice in one object of this JSON. Leave one out.") from twice
    except (ValueError, RecursionError) as error:  # also an endless number
        where = f" (line {error.lineno}: {error.msg})" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f"This network is no JSON that can be read{where}.") from error
    return _read_shared(data)


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs.

    Raises:
        KeyError: If a key stands there twice: nobody knows which of the two is meant.
    """
    held: dict[str, Any] = {}
    for key, value in pairs:
        if key in held:
            raise KeyError(key[:40])
        held[key] = value
    return held


def write_json(name: str, layers: Layers) -> str:
    """Write a list as JSON, a line a layer, for a file."""
    lines = ",\n".join(f"    {json.dumps(entry)}" for entry in describe_layers(layers))
    return (
        f'{{\n  "schema": {json.dumps(SCHEMA)},\n  "name": {json.dumps(name)},\n  "layers": [\n{lines}\n'
        "  ]\n}\n"
    )


def write_link(name: str, layers: Layers) -> str:
    """Write a list as the parameter `layers` of a link: its JSON, compressed, in letters for links."""
    plain = json.dumps([name, describe_layers(layers)], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(zlib.compress(plain.encode(errors="replace"), 9)).decode().rstrip("=")


def read_link(text: str) -> SharedNetwork:
    """Read what `write_link` wrote.

    Raises:
        ValueError: If it is too long, cut off or altered, or unpacks to more than `MAX_TEXT` letters.
    """
    if len(text) > MAX_LINK_LETTERS:
        raise ValueError(
            f"The network in this link has {len(text):,} letters, and {MAX_LINK_LETTERS:,} are read."
        )
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(packed, MAX_TEXT)
        if not unpacker.eof:
            raise ValueError
        name, layers = json.loads(plain)
    except (ValueError, TypeError, RecursionError, zlib.error, binascii.Error) as error:
        raise ValueError("The network in this link is cut off or altered. Copy the link anew.") from error
    return _read_shared({"name": name, "layers": layers})


def _read_shared(data: Any) -> SharedNetwork:
    if not isinstance(data, dict):
        return SharedNetwork("", read_layers(data))
    unknown = [key for key in data if key not in ("schema", "name", "layers")]
    if unknown or "layers" not in data:
        what = f"this has {unknown[0]!r:.40}" if unknown else "this has no layers"
        raise ValueError(f'Write a network as {{"name": "Mine", "layers": […]}}, or its list alone: {what}.')
    if data.get("schema", SCHEMA) != SCHEMA:
        raise ValueError(f"The schema of this network is {data['schema']!r:.40}: it must be {SCHEMA}.")
    name = data.get("name", "")
    if not isinstance(name, str):
        raise ValueError(f"A network's name is a text, not {name!r:.40}.")
    return SharedNetwork(name[:_MAX_SHOWN_LETTERS], read_layers(data["layers"]))
