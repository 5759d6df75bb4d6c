"""Sessions that keep what a visitor has changed, and no more."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
from gradio.state_holder import SessionState, StateHolder

from app.server.gradio_patches.patch import Patch
from app.server.session_names import is_session_name

MAX_SESSIONS = 2_000
_EVENT_ID = re.compile(r"[0-9a-f]{32}")  # for the session of a call by a program that has none

PATCH = Patch(
    "lean sessions",
    "Gradio describes the whole page anew for every session, and for every call of a program, so that a "
    "deep link could restore it; it keeps 10,000 of them.",
    "A session takes 0.7 MB, and a tenth of a second in which nobody else is answered.",
    (
        "gradio.state_holder.StateHolder.__getitem__(self, session_id)",
        "gradio.state_holder.StateHolder.set_blocks(self, blocks)",
        "gradio.state_holder.SessionState.__init__(self, blocks)",
        "gradio.state_holder.SessionState.__setitem__(self, key, value)",
        "gradio.state_holder.SessionState._update_config(self, key)",
        "gradio.state_holder.SessionState._update_value_in_config(self, key, value)",
        *("sessions.session_data", "session.config_values", "page.default_config"),
        "page.app.state_holder",
    ),
)


class Session(SessionState):
    """What a visitor has changed, and no description of the page besides."""

    def __init__(self, page: gr.Blocks) -> None:
        # Of `blocks`, the page's parts, Gradio makes the description; what may change is in `default_config`.
        super().__init__(cast(gr.Blocks, SimpleNamespace(default_config=page.default_config, blocks={})))

    def __setitem__(self, key: int, value: Any) -> None:
        super().__setitem__(key, value)
        self.config_values.clear()

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


class Sessions(StateHolder):
    """Visitors' sessions; beyond `MAX_SESSIONS` the one longest unused goes.

    A call leaves none, and neither does what is no session's name.
    """

    def __getitem__(self, session_id: str) -> SessionState:
        if _EVENT_ID.fullmatch(session_id) or not is_session_name(session_id):
            return Session(self.blocks)
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)


def keep_lean_sessions(page: gr.Blocks) -> None:
    """Let a page that is served keep its sessions so."""
    sessions = Sessions()  # type: ignore[no-untyped-call]
    sessions.set_blocks(page)
    page.app.state_holder = sessions
