"""Sessions keep what a visitor changed."""

import gradio as gr
import pytest
from gradio.state_holder import SessionState
from gradio_client import Client

from app.server.gradio_patches.lean_sessions import MAX_SESSIONS, Session, Sessions, keep_lean_sessions
from tests.api.raw_calls import call_raw


@pytest.fixture
def sessions(page):
    sessions = Sessions()
    sessions.set_blocks(page)
    return sessions


def test_session_keeps_what_its_visitor_changed_and_nothing_of_another(page, sessions):
    kept, shown = page.kept._id, page.shown._id
    sessions["a"][kept] = [2]
    sessions["a"][shown] = gr.Number(5)
    sessions["a"]._update_value_in_config(shown, "x" * 1000)
    sessions["a"]._update_config(shown)
    assert (sessions["a"][kept], sessions["a"][shown].value) == ([2], 5)
    assert (sessions["b"][kept], sessions["b"][shown].value) == ([1], 3)
    assert not sessions["a"].config_values


def test_gradios_own_session_still_describes_the_whole_page(page):
    assert set(SessionState(page).config_values) == set(page.blocks)


def test_so_many_sessions_are_kept_and_no_more(sessions):
    for number in range(MAX_SESSIONS + 1):
        sessions[f"visitor-{number}"]
        sessions["visitor-0"]
    assert len(sessions.session_data) == len(sessions.time_last_used) == MAX_SESSIONS
    assert "visitor-0" in sessions
    assert "visitor-1" not in sessions  # longest unused


def test_call_of_a_program_without_a_session_leaves_none(sessions):
    assert isinstance(sessions["0123456789abcdef" * 2], Session)
    assert not sessions.session_data
    assert not sessions.time_last_used


def test_session_by_no_name_is_not_kept(sessions):
    for name in ("", "a b", "s" * 65, "s" * 4 * 2**20):
        assert isinstance(sessions[name], Session)
    assert not sessions.session_data
    assert not sessions.time_last_used


def test_served_page_answers_from_them(page):
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
    try:
        keep_lean_sessions(page)
        assert '["answered"]' in call_raw(address.rstrip("/"), "ask", b'{"data": []}')
        assert not page.app.state_holder.session_data
        assert Client(address, verbose=False).predict(api_name="/ask") == "answered"
        (session,) = page.app.state_holder.session_data.values()
        assert isinstance(session, Session)
    finally:
        page.close()
