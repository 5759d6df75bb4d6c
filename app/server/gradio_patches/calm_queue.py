"""A queue that looks for events less often."""

from __future__ import annotations

import gradio as gr

from app.server.gradio_patches.patch import Patch

# How often the queue looks for an event while there is none. Gradio would look a thousand times a second.
QUEUE_SECONDS = 0.01

PATCH = Patch(
    "calm queue",
    "Gradio's queue looks for an event a thousand times a second.",
    "A twentieth of a core is taken from whatever trains.",
    ("page._queue.sleep_when_free",),
    is_needed=False,
)


def calm_queue(page: gr.Blocks) -> None:
    """Let a page's queue look for events every `QUEUE_SECONDS`."""
    page._queue.sleep_when_free = QUEUE_SECONDS
