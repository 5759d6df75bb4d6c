"""The page: a header, four tabs, and what connects them."""

from __future__ import annotations

import threading
from pathlib import Path

import gradio as gr
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware
from starlette.routing import Route

from app.api.endpoints import ENDPOINTS, add_endpoints
from app.descent.tab import build_descent_tab
from app.inspection.tab import build_inspection_tab
from app.runs.stream import STREAM_PATH, RunStream
from app.runs.tab import build_runs_tab, take_run
from app.runs.view import show_card
from app.server.body_limit import MAX_BODY_BYTES, BodyLimit
from app.server.calls import CallRefusals, Page
from app.server.closed_routes import UnusedRoutes
from app.server.compression import CompressedPage
from app.server.outside import NoFetching, shut_downloads
from app.server.page_head import PageHead
from app.server.security_headers import SecurityHeaders
from app.server.sessions import MAX_SESSIONS, keep_lean_sessions
from app.server.upload_quota import UploadQuota
from app.server.web_app import FAVICON, build_routes
from app.sketchpad.components.pad import build_way_to_pad
from app.sketchpad.tab import build_sketch_pad, build_sketchpad_tab, on_open
from app.theme import build_theme, page_css
from models.checkpoints.file import SHIPPED_FOLDER
from models.runs.status import find_runs_folder

_PAGE_SCRIPT = Path(__file__).parent / "ui" / "page.js"
_HEADER = """
<div class="gb-header-text">
  <h1>Glassbox</h1>
  <p>Neural networks with the lid off: PyTorch computes every number here, and you can see how.</p>
</div>
"""
_KEEP_FILES_SECONDS = (
    86_400  # what visitors download is copied into Gradio's cache; a day later it is deleted
)
# How often the queue looks for an event while there is none. Gradio would look a thousand times a second,
# which takes a twentieth of a core from whatever trains.
_QUEUE_SECONDS = 0.01


def build_app() -> gr.Blocks:
    """Build the page; `launch_app` serves it."""
    with Page(
        title="Glassbox",
        analytics_enabled=False,
        delete_cache=(_KEEP_FILES_SECONDS, _KEEP_FILES_SECONDS),
    ) as page:
        # A fixed key and secret: without them, what a browser remembers is lost when the server restarts.
        my_runs = gr.BrowserState([], storage_key="glassbox-runs", secret="glassbox")
        gr.HTML(_HEADER, elem_classes="gb-header")
        pad = build_sketch_pad()
        with gr.Tabs(elem_id="gb-tabs", overflow_behavior="wrap"):
            with gr.Tab("Gradient descent", id="descent"):
                build_descent_tab(page)
            with gr.Tab("Conv & pool", id="inspection"):
                build_inspection_tab(page, pad, my_runs, build_way_to_pad)
            with gr.Tab("Training runs", id="runs"):
                runs = build_runs_tab(page, pad, my_runs)
            with gr.Tab("Sketchpad", id="sketchpad") as sketchpad_tab:
                sketchpad = build_sketchpad_tab(pad, my_runs, show_card)
        take_run(sketchpad.my_digits.submit, sketchpad.my_digits, runs)
        gr.on(
            [sketchpad_tab.select, sketchpad.my_digits.select],
            on_open,
            [sketchpad.checkpoint, sketchpad.beside, my_runs],
            [sketchpad.checkpoint, sketchpad.beside],
            show_progress="hidden",
            api_visibility="private",
        )
        add_endpoints()
    return page  # type: ignore[no-any-return]


def launch_app(
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = False,
    wait: bool = True,
    quiet: bool = False,
    mcp: bool = False,
) -> tuple[gr.Blocks, str]:
    """Serve the page.

    Args:
        host: Address to listen on; 0.0.0.0 for every address of the machine.
        port: Port to listen on; None for the first free one from 7860.
        open_browser: Whether to open the page in the user's browser.
        wait: Whether to serve until Ctrl+C; otherwise return at once and serve in the background.
        quiet: Whether to print nothing.
        mcp: Whether to offer the public endpoints as tools of an MCP server too, at /gradio_api/mcp.

    Returns:
        The page, whose `close()` ends the serving, and its address.

    Raises:
        OSError: If the port is taken.
    """
    shut_downloads()
    page = build_app()
    _, address, _ = page.launch(
        server_name=host,
        server_port=port,
        inbrowser=open_browser,
        prevent_thread_lock=True,
        quiet=quiet,
        theme=build_theme(),
        css=page_css(),
        js=_PAGE_SCRIPT.read_text(encoding="utf-8"),
        # For downloading checkpoints; a run's id is a secret.
        allowed_paths=[str(find_runs_folder()), str(SHIPPED_FOLDER)],
        app_kwargs={
            "middleware": [
                *(
                    Middleware(each)
                    for each in (
                        SecurityHeaders,
                        NoFetching,
                        UnusedRoutes,
                        BodyLimit,
                        CompressedPage,
                        PageHead,
                    )
                ),
                Middleware(UploadQuota, folder=Path(get_upload_folder())),
                Middleware(CallRefusals, endpoints=ENDPOINTS),
            ],
            "routes": [Route(STREAM_PATH, RunStream().answer), *build_routes()],
        },
        favicon_path=FAVICON,
        pwa=True,
        max_file_size=MAX_BODY_BYTES,
        state_session_capacity=MAX_SESSIONS,
        footer_links=["api"],
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=mcp,
        share=False,
    )
    page._queue.sleep_when_free = _QUEUE_SECONDS
    keep_lean_sessions(page)
    threading.Thread(target=warm_up, daemon=True).start()
    if wait:
        page.block_thread()
    return page, address


def warm_up() -> None:
    """Do what the first visitor would otherwise wait for: import what is used late, and load the weights."""
    import matplotlib.pyplot  # noqa: F401  Gradio imports it when the first event arrives

    from app.descent.race import OPENINGS, run_race
    from app.sketchpad.tab import build_example
    from app.sketchpad.view import answer_drawing
    from models.networks.architecture import ALEXNET, read_architecture
    from models.runs.control import advance_queue
    from models.runs.launcher import keep_spare
    from models.runs.library import DEFAULT_CHOICE

    advance_queue()  # runs may wait since an earlier server ended
    answer_drawing({"strokes": build_example(1)}, [DEFAULT_CHOICE])
    read_architecture(ALEXNET)  # torchvision takes seconds to import
    run_race(OPENINGS["valley"])  # the first of torch's optimisers makes torch import its compiler
    keep_spare()  # so that a run's first step does not wait for all these imports again
