"""Serving a page, with everything that guards it."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.routing import Route

from app.server.admission import Admission
from app.server.allowed_hosts import read_allowed_hosts
from app.server.compressed_answers import CompressedAnswers
from app.server.foreign_requests import ForeignRequests
from app.server.gradio_patches.calm_queue import calm_queue
from app.server.gradio_patches.check import check_patches
from app.server.gradio_patches.checked_calls import Page
from app.server.gradio_patches.direct_tools import let_tools_ask_directly
from app.server.gradio_patches.edited_scripts import build_edited_routes
from app.server.gradio_patches.large_values import lighten_large_values
from app.server.gradio_patches.lean_sessions import MAX_SESSIONS, keep_lean_sessions
from app.server.gradio_patches.light_page import find_loads
from app.server.gradio_patches.no_downloads import shut_downloads
from app.server.gradio_patches.no_permission import give_no_permission
from app.server.gradio_patches.own_sockets import serve_on_own_sockets
from app.server.gradio_patches.own_uploads import find_upload_folder
from app.server.gradio_patches.packed_answers import pack_answers
from app.server.gradio_patches.typed_numbers import pass_numbers
from app.server.kept_page import DESCRIPTION_ROUTE, KeptPage
from app.server.listening import read_host
from app.server.mistakes import Mistakes
from app.server.open_routes import OpenRoutes
from app.server.page_head import PAGE_MODULE, PageHead
from app.server.preloads import find_preloads
from app.server.proxies import bypass_proxies
from app.server.refusals import MAX_UPLOAD_BYTES, CallRefusals, Refusals
from app.server.request_bounds import RequestBounds
from app.server.root_path import RootPath, read_root_path
from app.server.security_headers import SecurityHeaders, read_frame_ancestors
from app.server.uploads import Uploads
from app.server.web_app import FAVICON, build_routes
from app.theme import build_theme, page_css
from app.ui.kept_files import serve_version
from app.ui.loader import address_module

# After how long a thread that computes in Python lets another one go on. Reading a drawing gives way dozens
# of times, at each little step of torch's, and would wait each time for Python's own 5 ms.
SWITCH_SECONDS = 0.0005


def launch_page(
    page: Page,
    host: str,
    port: int | None,
    *,
    endpoints: Mapping[str, Callable[..., Any]],
    routes: Sequence[Route],
    shared_folders: Sequence[Path],
    open_browser: bool,
    quiet: bool,
    mcp: bool,
) -> str:
    """Serve a page in the background, and return its address.

    Args:
        page: The page.
        host: Address or name to listen on; `::` for every address of the machine, 0.0.0.0 for those of IPv4.
        port: Port to listen on; None for the first free one from 7860.
        endpoints: The public endpoints by name.
        routes: Further addresses to answer, before Gradio's own.
        shared_folders: Whose files anybody may download who knows their names.
        open_browser: Whether to open the page in the user's browser.
        quiet: Whether to print nothing.
        mcp: Whether to offer the endpoints as tools of an MCP server too.

    Raises:
        OSError: If the port is taken.
        PatchError: If a patch of Gradio that the page must have would not work.
        ValueError: If a variable names what is no host, or no site that may show the page in a frame, or no
            path.
    """
    host = read_host(host)
    check_patches(page)
    sys.setswitchinterval(SWITCH_SECONDS)
    shut_downloads()
    give_no_permission()
    pack_answers()
    lighten_large_values()
    pass_numbers()
    serve_on_own_sockets()
    if mcp:
        let_tools_ask_directly()
    theme = serve_version("/theme.css", lambda: (page.theme_css, page.theme_hash), "text/css")
    own_routes = [*routes, *build_routes(), *build_edited_routes(), theme]
    own_paths = [*(route.path for route in own_routes), DESCRIPTION_ROUTE]
    root_path = read_root_path()
    with bypass_proxies():  # Gradio asks its own page whether it answers
        _, address, _ = page.launch(
            server_name=host,
            server_port=port,
            inbrowser=False,
            prevent_thread_lock=True,
            quiet=quiet,
            theme=build_theme(),
            css=page_css(),
            js=write_page_script(),
            allowed_paths=[str(folder) for folder in shared_folders],
            app_kwargs={
                "middleware": [
                    Middleware(SecurityHeaders, frame_ancestors=read_frame_ancestors()),
                    Middleware(RootPath, root_path=root_path, own_routes=own_paths),
                    Middleware(ForeignRequests, allowed=read_allowed_hosts(host)),
                    Middleware(OpenRoutes, own_routes=own_paths),
                    Middleware(CompressedAnswers),
                    Middleware(Refusals),
                    Middleware(Uploads, folder=find_upload_folder(), stored=page.upload_file_set),
                    Middleware(Mistakes, page=page),
                    Middleware(Admission, check_queue=page.check_room),
                    Middleware(RequestBounds),
                    Middleware(KeptPage, loads=find_loads(page)),
                    Middleware(PageHead, preloads=find_preloads(page)),
                    Middleware(CallRefusals, endpoints=endpoints),
                ],
                "routes": own_routes,
            },
            favicon_path=FAVICON,
            pwa=True,
            max_file_size=MAX_UPLOAD_BYTES,
            state_session_capacity=MAX_SESSIONS,
            footer_links=["api"],
            root_path=root_path,
            run_history=False,
            ssr_mode=False,
            enable_monitoring=False,
            mcp_server=mcp,
            share=False,
        )
    calm_queue(page)
    keep_lean_sessions(page)
    if open_browser:
        webbrowser.open(address)  # not in the block above, whose environment the browser would take over
    return str(address)


def write_page_script() -> str:
    """Return what the browser runs when the page opens: the import of a module, which the browser keeps."""
    address = address_module(PAGE_MODULE)
    return f'() => import(new URL(".{address}", document.baseURI)).then(({{ startPage }}) => startPage())'
