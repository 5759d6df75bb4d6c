"""Answers that endpoints have packed, written as they are."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import orjson
from gradio import routes

from app.server.gradio_patches.patch import Patch

PATCH = Patch(
    "packed answers",
    "Gradio walks twice through an answer number by number, and writes it by a slow writer, all on the "
    "thread that serves everybody.",
    "An answer of 262,144 numbers holds up everybody for a second.",
    (
        "gradio.routes.json.dumps",
        "gradio.routes.orjson.Fragment",
        "gradio.server_messages.ProcessCompletedMessage.model_dump",
    ),
    ("/gradio_api/call/x",),
)


def pack_answers() -> None:
    """Let Gradio write answers that endpoints have packed (`orjson.Fragment`) on all its ways."""
    routes.json = SimpleNamespace(dumps=write_json, loads=json.loads)  # type: ignore[assignment, attr-defined]


def write_json(value: Any) -> str:
    """Write a value as JSON, whatever it holds."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # half a letter, or an integer of more than 64 bits
        return json.dumps(value)
