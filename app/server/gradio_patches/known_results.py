"""Results that are awaited told from those that there are not."""

from __future__ import annotations

import gradio as gr

from app.server.gradio_patches.patch import Patch

PATCH = Patch(
    "known results",
    "Gradio answers status 200, and a traceback, to who asks for the result of a call that there is not.",
    "Programs wait for what never comes, and anybody fills the log.",
    (
        "page._queue.event_ids_to_events",
        "page._queue.pending_event_ids_session",
    ),
)


def is_awaited_event(page: gr.Blocks, event_id: str) -> bool:
    """Return whether a call of that number waits, runs, or has an answer that nobody has fetched yet."""
    queue = page._queue
    if event_id in queue.event_ids_to_events:
        return True
    return any(event_id in ids for ids in list(queue.pending_event_ids_session.values()))
