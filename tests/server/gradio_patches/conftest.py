"""A small page."""

import gradio as gr
import pytest

from app.server.gradio_patches.lean_sessions import MAX_SESSIONS


@pytest.fixture
def page():
    def ask() -> str:
        return "answered"

    with gr.Blocks(analytics_enabled=False, title="small") as page:
        page.state_session_capacity = MAX_SESSIONS
        page.kept = gr.State([1])
        page.shown = gr.Number(3, label="</script><!--")
        gr.api(ask)
    return page
