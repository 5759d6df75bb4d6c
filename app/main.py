"""The page: a header, four tabs, and what connects them."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterable

from app.server.proxies import bypass_proxies

with bypass_proxies():  # at its import Gradio makes a client, which the environment's proxy may make fail
    import gradio as gr

from starlette.routing import Route

from app.api.endpoints import ENDPOINTS, add_endpoints
from app.descent.tab import build_descent_tab
from app.inspection.tab import build_inspection_tab
from app.lab.section import build_exercises_section, build_way_to_lessons
from app.link import TABS, explain_unused
from app.report.section import build_report_button
from app.runs.stream import STREAM_PATH, RunStream
from app.runs.tab import build_runs_tab, take_run
from app.runs.view import show_card
from app.server.gradio_patches.checked_calls import Page
from app.server.gradio_patches.own_uploads import keep_files_in
from app.server.gradio_patches.signatures import remember_signatures
from app.server.launch import launch_page
from app.server.uploads import MAX_KEPT_SECONDS, prepare_upload_folder
from app.sketchpad.components.pad import build_way_to_pad
from app.sketchpad.tab import build_sketch_pad, build_sketchpad_tab, on_open
from app.ui.addresses import reads_address
from app.ui.components.link_notice import warn_about_link
from app.ui.loader import build_script_routes
from app.ui.openings import serve_values, take_out_values
from app.ui.styles import build_style_routes
from models.checkpoints.file import SHIPPED_FOLDER
from models.runs.status import find_runs_folder

_HEADER = """
<a class="gb-skip" href="#gb-tabs">Skip to the open tab</a>
<div class="gb-header-text">
  <h1>Glassbox</h1>
  <p>Neural networks with the lid off: real PyTorch, number by number.</p>
</div>
<div class="gb-tools">
  <button id="gb-present" type="button" aria-pressed="false" aria-keyshortcuts="F"
    title="Larger, and the stage alone: key F">Present</button>
  <nav id="gb-contents" aria-label="Contents of this tab" hidden></nav>
</div>
"""
# Gradio forgets a file only if it deletes it itself: before `sweep_folder` does, and when the server ends.
_DELETE_SECONDS = int(MAX_KEPT_SECONDS / 2)


def build_app() -> Page:
    """Build the page.

    Raises:
        OSError: If the folder for uploads cannot be used.
    """
    keep_files_in(prepare_upload_folder())
    remember_signatures()
    with Page(
        title="Glassbox", analytics_enabled=False, delete_cache=(_DELETE_SECONDS, _DELETE_SECONDS)
    ) as page:
        # A fixed key and secret: without them, what a browser remembers is lost when the server restarts.
        my_runs = gr.BrowserState([], storage_key="glassbox-runs", secret="glassbox")
        with gr.Row(elem_classes="gb-head"):
            gr.HTML(_HEADER, elem_classes="gb-header")
            build_way_to_lessons()
            build_report_button()
        pad = build_sketch_pad()
        with gr.Tabs(elem_id="gb-tabs", overflow_behavior="wrap"):
            with gr.Tab(TABS["descent"], id="descent"):
                build_descent_tab(page)
                build_exercises_section("descent")
            with gr.Tab(TABS["inspection"], id="inspection"):
                build_inspection_tab(page, pad, my_runs, build_way_to_pad)
                build_exercises_section("inspection")
            with gr.Tab(TABS["runs"], id="runs"):
                runs = build_runs_tab(page, pad, my_runs)
                build_exercises_section("runs")
            with gr.Tab(TABS["sketchpad"], id="sketchpad") as sketchpad_tab:
                sketchpad = build_sketchpad_tab(page, pad, my_runs, show_card)
        take_run(sketchpad.my_digits.submit, sketchpad.my_digits, runs)
        gr.on(
            [sketchpad_tab.select, sketchpad.my_digits.select],
            on_open,
            [sketchpad.checkpoint, sketchpad.beside, my_runs],
            [sketchpad.checkpoint, sketchpad.beside],
            show_progress="hidden",
            api_visibility="private",
            queue=False,
        )
        page.load(tell_unused, None, None, show_progress="hidden", api_visibility="private")
        add_endpoints()
    return page  # type: ignore[no-any-return]


@reads_address(usual={"tab": list(TABS), "__theme": ["light", "dark"]})
def tell_unused(request: gr.Request) -> None:
    """Tell what of the page's address is not used; wired to the page's load."""
    if told := explain_unused(request.query_params.multi_items()):
        warn_about_link(f"About this link: {' '.join(told)}")


def launch_app(
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = False,
    wait: bool = True,
    quiet: bool = False,
    mcp: bool = False,
) -> tuple[gr.Blocks, str]:
    """Build the page and serve it; from then on garbage is collected, if it was not until then.

    Args:
        host: Address or name to listen on; `::` for every address of the machine, 0.0.0.0 for those of IPv4.
        port: Port to listen on; None for the first free one from 7860.
        open_browser: Whether to open the page in the user's browser.
        wait: Whether to serve until Ctrl+C; otherwise return at once and serve in the background.
        quiet: Whether to print nothing.
        mcp: Whether to offer the public endpoints as tools of an MCP server too, at /gradio_api/mcp.

    Returns:
        The page, whose `close()` ends the serving, and its address.

    Raises:
        OSError: If the port is taken, or the folder for uploads cannot be used.
        PatchError: If a patch of Gradio that the page must have would not work.
    """
    page = build_app()
    values = take_out_values(page.blocks.values())
    address = launch_page(
        page,
        host,
        port,
        endpoints=ENDPOINTS,
        routes=[
            Route(STREAM_PATH, RunStream().answer),
            *build_script_routes(),
            *serve_values(values),
            *build_style_routes(),
        ],
        shared_folders=[find_runs_folder(), SHIPPED_FOLDER],
        open_browser=open_browser,
        quiet=quiet,
        mcp=mcp,
    )
    gc.freeze()
    gc.enable()
    postponed = [value for value in values.values() if not isinstance(value, str)]
    threading.Thread(target=warm_up, args=[postponed], daemon=True).start()
    if wait:
        page.block_thread()
    return page, address


def warm_up(postponed: Iterable[Callable[[], str]] = ()) -> None:
    """Do what the first visitor would otherwise wait for: import what is used late, and load the weights.

    What is there then stays for good and is no longer searched for garbage: that takes a third of a second
    in which nobody is answered, and whoever sends a few thousand lists brings it about.

    Args:
        postponed: What works out the values that `postpone_value` put off.
    """
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
    run_race(OPENINGS["valley"])  # the first of torch's optimizers makes torch import its compiler
    for compute in postponed:
        compute()
    keep_spare()  # so that a run's first step does not wait for all these imports again
    gc.collect()
    gc.freeze()
