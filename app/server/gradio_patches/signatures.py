"""Signatures of components' classes are read once."""

from __future__ import annotations

import inspect
from functools import lru_cache
from types import SimpleNamespace

from gradio import blocks, component_meta

from app.server.gradio_patches.patch import Patch

PATCH = Patch(
    "signatures read once",
    "Gradio reads the signature of a component's class anew for each component, and whenever it "
    "describes the page.",
    "The server takes half a second longer to start.",
    (
        "gradio.component_meta.inspect.getfullargspec",
        "gradio.blocks.inspect.signature",
    ),
    is_needed=False,
)


def remember_signatures() -> None:
    """Let Gradio read each signature once; call it before a page is built."""
    remembering = SimpleNamespace(**vars(inspect))
    remembering.signature = lru_cache(maxsize=256)(inspect.signature)
    remembering.getfullargspec = lru_cache(maxsize=256)(inspect.getfullargspec)
    component_meta.inspect = blocks.inspect = remembering  # type: ignore[assignment, attr-defined]
