"""Every touch of something private of Gradio: what it relies on, why, and what happens without it.

None of this has a setting. `check_patches` compares what each patch relies on with the Gradio that is
installed, at every start; `tests/server/test_gradio_patches.py` holds a contract a patch.
"""

from __future__ import annotations

import errno
import inspect
import json
import os
import pkgutil
import re
import socket
import sys
import weakref
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any, NamedTuple, cast

import anyio.to_thread
import gradio as gr
import orjson
import uvicorn
from fastapi import HTTPException
from gradio import http_server, processing_utils, queueing, route_utils, routes, utils
from gradio.exceptions import ServerFailedToStartError
from gradio.server_messages import ProcessCompletedMessage
from gradio.state_holder import SessionState, StateHolder
from gradio_client import Client
from gradio_client import utils as client_utils
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp

from app.server.calls import (
    FILE_AMONG_MANY,
    NO_SUCH_UPLOAD,
    NOT_UPLOADED,
    TOO_DEEP,
    UNREADABLE_VALUE,
    check_number,
    check_texts,
    complete_values,
)
from app.server.large_values import is_large, list_parts
from app.server.listening import name_host, open_sockets
from app.server.session_names import is_session_name
from app.server.turns import Bounds, BusyError, Call, Turns, find_visitor

# How often the queue looks for an event while there is none. Gradio would look a thousand times a second.
QUEUE_SECONDS = 0.01
MAX_SESSIONS = 2_000
# Of Gradio's queue. A value as JSON takes nine times its bytes once it has been read.
QUEUE_BOUNDS = Bounds(running=3, running_of_visitor=1, waiting_bytes=16 * 2**20)
CALL_PATH = re.compile(r"/gradio_api/(?:call/v2|call|run|api)/([^/]*)/?")
DIRECT_CALL_PATH = re.compile(r"/gradio_api/(?:run|api)/[^/]*/?")
JOIN_PATH = "/gradio_api/queue/join"
MAX_NUMBER_LETTERS = 400
MAX_UNREAD = 1_000  # answers that nobody has fetched yet
MAX_UNREAD_BYTES = 64 * 2**20
_TOO_LATE = (
    "This answer waited too long to be fetched, and is gone. Ask again, and fetch each answer at once."
)
JOINING_PATH = re.compile(r"/gradio_api/(?:queue/join|call/(?:v2/)?[^/]*)/?")  # into Gradio's queue
DIRECT_PATH = re.compile(r"/gradio_api/(?:(?:run|api)/[^/]*|component_server)/?")  # past it
NO_FETCHING = "This page fetches nothing from other hosts."

_EVENT_ID = re.compile(r"[0-9a-f]{32}")  # for the session of a call by a program that has none
_SCRIPTS = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
_CLOCK_SCRIPT = "statustracker-*.js"
_CLOCK, _ENDING_CLOCK = "W&&ze()", "W&&U&&ze()"  # U is the clock's element, which Gradio forgets at its end


class Patch(NamedTuple):
    """One touch of something private.

    Attributes:
        name: What it is called in an error.
        why: What Gradio does by itself.
        without: What would come of that.
        relies_on: Names, with the parameters of what is called, replaced or overridden. They begin with a
            module, or with `page`, `block_fn` (one of its functions), `session`, `sessions`, `clock`.
        addresses: Addresses that Gradio answers.
        is_needed: Whether the page must not be served without it; otherwise a warning will do.
        package: What it is about, where that is optional; if it is not installed, there is nothing to patch.
    """

    name: str
    why: str
    without: str
    relies_on: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    is_needed: bool = True
    package: str = "gradio"


PATCHES = (
    Patch(
        "own sockets",
        "Gradio asks on 127.0.0.1 whether a port is free, whatever it is to listen on, writes links to IPv6 "
        "without brackets, and serves `::` without IPv4.",
        "The page does not start on IPv6, or has an address that nobody can open.",
        (
            "gradio.http_server.start_server"
            "(app, server_name, server_port, ssl_keyfile, ssl_certfile, ssl_keyfile_password)",
            "gradio.http_server.Server.run_in_thread(self)",
            "uvicorn.Server.run(self, sockets)",
            *(
                f"gradio.http_server.{name}"
                for name in ("INITIAL_PORT_VALUE", "TRY_NUM_PORTS", "LOCALHOST_NAME")
            ),
        ),
    ),
    Patch(
        "tools without a proxy",
        "Gradio's MCP server asks its own page through the environment's proxy.",
        "Where there is one, every tool fails.",
        ("gradio.mcp.Client",),
        package="mcp",
    ),
    Patch(
        "no downloads",
        "Gradio downloads a file whose path is an address, and passes on what it finds at one.",
        "A visitor makes the server ask any host (SSRF).",
        ("gradio.processing_utils.async_ssrf_protected_get(url)",),
        ("/gradio_api/file=x", "/gradio_api/proxy=x"),
    ),
    Patch(
        "no permission",
        "Gradio lets pages of every site read and send whatever they like (CORS), and on localhost those of "
        "every other program of the machine; it does so before anything of ours is asked.",
        "A foreign page reads the visitor's page, and starts trainings.",
        ("gradio.routes.CustomCORSMiddleware(app, strict_cors, parent_app)",),
    ),
    Patch(
        "own uploads",
        "Gradio keeps files in a folder that all its programs and users share, as many as come; what is cut "
        "off stays there for ever.",
        "Visitors fill the disk, and another user's folder keeps the page from starting.",
        ("gradio.utils.get_upload_folder()", "gradio.routes.DEFAULT_TEMP_DIR", "page.upload_file_set"),
        ("/gradio_api/upload",),
    ),
    Patch(
        "checked calls",
        "Gradio answers a call that has too few values, half a letter or a file that was not uploaded with "
        "an empty error, and some of them never.",
        "Programs are not told what is wrong; one call can make all later ones of its session hang.",
        (
            "gradio.blocks.Blocks.preprocess_data(self, block_fn, inputs, state, explicit_call)",
            *(f"block_fn.{name}" for name in ("api_name", "api_visibility", "fn", "inputs")),
        ),
    ),
    Patch(
        "large values",
        "Gradio looks for files in every number of a call and of its answer, on the thread that serves "
        "everybody.",
        "Nobody is answered for up to half a second while somebody's image of 512 × 512 numbers is read.",
        (
            "gradio.processing_utils.async_move_files_to_cache"
            "(data, block, postprocess, check_in_upload_folder, keep_in_cache)",
            "gradio.processing_utils.add_root_url(data, root_url, previous_root_url)",
            "gradio_client.utils.is_file_obj_with_meta(d)",
        ),
    ),
    Patch(
        "numbers as typed",
        "Gradio refuses a number out of bounds in a corner of the page, and rounds others silently.",
        "A mistake is not said at its field, and what was typed is not what is computed with.",
        (
            "gradio.components.Number.preprocess(self, payload)",
            "gradio.components.Slider.preprocess(self, payload)",
        ),
    ),
    Patch(
        "explained calls",
        "Gradio answers a call of no endpoint, or with wrong arguments, with status 500 and a traceback.",
        "Programs are not told what would be right, and anybody fills the log.",
        (
            "gradio.route_utils.get_fn(blocks, api_name, body)",
            "gradio_client.utils.construct_args(parameters_info, args, kwargs)",
        ),
        (JOIN_PATH, "/gradio_api/call/x", "/gradio_api/call/v2/x", "/gradio_api/run/x", "/gradio_api/api/x"),
    ),
    Patch(
        "known results",
        "Gradio answers status 200, and a traceback, to who asks for the result of a call that there is not.",
        "Programs wait for what never comes, and anybody fills the log.",
        (
            "page._queue.event_ids_to_events",
            "page._queue.pending_event_ids_session",
        ),
    ),
    Patch(
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
    ),
    Patch(
        "turns in the queue",
        "Gradio's queue has no end, runs one call of an endpoint at a time in the order in which they came, "
        "and after each one reckons statistics over the last 10,000.",
        "A visitor fills the memory, and all others wait until his calls are answered.",
        (
            "gradio.queueing.Queue.__init__(self, live_updates, concurrency_count, update_intervals, "
            "max_size, blocks, default_concurrency_limit)",
            "gradio.queueing.Queue.push(self, body, request, username)",
            "gradio.queueing.Queue.get_events(self)",
            "gradio.queueing.Queue.compute_analytics_summary(self, records)",
            "gradio.queueing.EventQueue.__init__(self, concurrency_id, concurrency_limit)",
            "gradio.queueing.Queue.send_message(self, event, event_message)",
            *(
                f"page._queue.{name}"
                for name in (
                    "active_jobs",
                    "event_ids_to_events",
                    "event_queue_per_concurrency_id",
                    "pending_event_ids_session",
                    "pending_messages_per_session",
                    "process_time_per_fn",
                    "ANALYTICS_MAX_EVENTS",
                )
            ),
        ),
        (JOIN_PATH, "/gradio_api/component_server"),
    ),
    Patch(
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
    ),
    Patch(
        "calm queue",
        "Gradio's queue looks for an event a thousand times a second.",
        "A twentieth of a core is taken from whatever trains.",
        ("page._queue.sleep_when_free",),
        is_needed=False,
    ),
    Patch(
        "loading screen's end",
        "The clock of Gradio's loading screen goes on when that is gone, and asks for every frame.",
        "A page that is looked at takes a twentieth of a core, and a laptop's battery, for nothing.",
        ("clock.name",),
        is_needed=False,
    ),
)


class PatchError(RuntimeError):
    """What a patch relies on is not there in the Gradio that is installed."""


def check_patches(page: gr.Blocks) -> None:
    """Compare what the patches rely on with the Gradio that is installed.

    Raises:
        PatchError: If a patch that the page must have would not work. Of others a warning is printed.
    """
    roots = {
        "page": page,
        "block_fn": next(iter(page.fns.values()), None),
        "sessions": StateHolder(),  # type: ignore[no-untyped-call]
        "session": Session(page),
        "clock": find_clock_script(),
    }
    for patch in PATCHES:
        if find_spec(patch.package) is None:
            continue
        changed = [name for name in patch.relies_on if not _is_known(name, roots)]
        changed += [address for address in patch.addresses if not _is_answered(page, address)]
        if not changed:
            continue
        text = (
            f"Gradio {gr.__version__} has changed what the patch “{patch.name}” relies on: "
            f"{', '.join(changed)}. Without it: {patch.without} Install gradio~=6.31.0."
        )
        if patch.is_needed:
            raise PatchError(text)
        print(text, file=sys.stderr)


def _is_known(name: str, roots: dict[str, Any]) -> bool:
    """Return whether something has this name, and these parameters if any are given."""
    path, bracket, parameters = name.partition("(")
    root, _, rest = path.partition(".")
    try:
        if root in roots:
            thing = roots[root]
            for attribute in filter(None, rest.split(".")):
                thing = getattr(thing, attribute)
        else:
            thing = pkgutil.resolve_name(path)
    except (AttributeError, ImportError):
        return False
    if not bracket:
        return True
    return ", ".join(inspect.signature(thing).parameters) == parameters.rstrip(")")


def _is_answered(page: gr.Blocks, path: str) -> bool:
    request = {"type": "http", "method": "POST", "path": path, "headers": [], "root_path": ""}
    return any(route.matches(request)[0] != Match.NONE for route in page.app.routes)


# Own sockets


def serve_on_own_sockets() -> None:
    """Let Gradio serve on what `open_sockets` opens."""
    http_server.start_server = _start_server  # type: ignore[assignment]


class _Server(http_server.Server):
    """Gradio's server, on sockets that are open already."""

    def __init__(self, config: uvicorn.Config, opened: list[socket.socket]) -> None:
        super().__init__(config)
        self._opened = opened

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        super().run(self._opened)


def _start_server(
    app: Any, server_name: str | None = None, server_port: int | None = None, **_without_https: Any
) -> tuple[str, int, str, http_server.Server]:
    """Serve; returns how the host is written in a link, the port, the page's address and the server."""
    host = server_name or http_server.LOCALHOST_NAME
    opened = _open_first_free(host) if server_port is None else open_sockets(host, server_port)
    port = opened[0].getsockname()[1]
    trusted = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
    server = _Server(uvicorn.Config(app, log_level="warning", forwarded_allow_ips=trusted), opened)
    try:
        server.run_in_thread()  # type: ignore[no-untyped-call]
    except ServerFailedToStartError as error:
        raise OSError(f"The server on {host}, port {port}, did not start.") from error
    named = name_host(host)
    return named, port, f"http://{named}:{port}/", server


def _open_first_free(host: str) -> list[socket.socket]:
    first, num_ports = http_server.INITIAL_PORT_VALUE, http_server.TRY_NUM_PORTS
    for port in range(first, first + num_ports):
        try:
            return open_sockets(host, port)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise OSError(f"None of the ports from {first} to {first + num_ports - 1} is free on {host}; name one.")


# Tools without a proxy


def let_tools_ask_directly() -> None:
    """Let Gradio's MCP server ask its own page without a proxy."""
    from gradio import mcp

    mcp.Client = partial(Client, httpx_kwargs={"trust_env": False})  # type: ignore[attr-defined]


# No downloads


def shut_downloads() -> None:
    """Make Gradio refuse what it would download for a visitor."""
    processing_utils.async_ssrf_protected_get = _refuse_download


async def _refuse_download(url: str) -> Any:
    raise ValueError(f"{NO_FETCHING} {url[:80]!r} is an address; send the file itself.")


# No permission


def give_no_permission() -> None:
    """Make Gradio serve a page without its permission for pages of other sites."""
    routes.CustomCORSMiddleware = _give_no_permission  # type: ignore[assignment, attr-defined]


def _give_no_permission(app: ASGIApp, strict_cors: bool = True, parent_app: Any | None = None) -> ASGIApp:
    return app


# Own uploads


def keep_files_in(folder: Path) -> None:
    """Let Gradio keep its files in a folder; call it before a page is built, whose parts remember theirs."""
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    for name, module in [*sys.modules.items()]:  # several have read it when they were imported
        if name.startswith("gradio.") and "DEFAULT_TEMP_DIR" in vars(module):
            vars(module)["DEFAULT_TEMP_DIR"] = str(folder)


def find_upload_folder() -> Path:
    """Return the folder in which Gradio keeps its files."""
    return Path(utils.get_upload_folder())


# Checked calls


class Page(gr.Blocks):
    """A page whose visitors take turns, and that says to programs what Gradio refuses for it."""

    def queue(self, *args: Any, **kwargs: Any) -> Any:
        """Make the queue, as Gradio does for every page."""
        super().queue(*args, **kwargs)
        self._queue = FairQueue(self._queue)
        return self

    def check_room(self, call: Call, others: Sequence[Call]) -> None:
        """Refuse a call for which the queue has no room (see `FairQueue.check_room`)."""
        cast(FairQueue, self._queue).check_room(call, others)

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> Any:
        """Check what was sent, and turn it into the arguments of the function."""
        if block_fn.fn is None:  # the browser answers it alone
            raise gr.Error(UNREADABLE_VALUE, print_exception=False)
        if is_large(inputs):
            await anyio.to_thread.run_sync(check_texts, inputs)
        else:
            check_texts(inputs)
        if block_fn.api_visibility != "public":
            return await self._preprocess_private(block_fn, inputs, *args, **kwargs)
        inputs = complete_values(block_fn.fn, inputs)
        check_number(block_fn.api_name, block_fn.fn, len(inputs), len(block_fn.inputs))
        try:
            return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except RecursionError as error:
            raise gr.Error(TOO_DEEP, print_exception=False) from error
        except (ValueError, TypeError, OSError) as error:  # the endpoints' own checks come later
            raise gr.Error(NOT_UPLOADED, print_exception=False) from error

    async def _preprocess_private(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> Any:
        """Do the same for what the page itself sends, where nobody needs a traceback of a wrong value."""
        for component, value in zip(block_fn.inputs, inputs, strict=False):
            if isinstance(component, gr.Number | gr.Slider) and isinstance(
                value, bool
            ):  # Gradio lets it pass
                raise gr.Error(UNREADABLE_VALUE, print_exception=False)
        try:
            return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except gr.Error as error:  # as for a number beyond a slider's bounds
            error.print_exception = False
            raise
        except OSError as error:
            raise gr.Error(NO_SUCH_UPLOAD, print_exception=False) from error
        except Exception as error:
            raise gr.Error(UNREADABLE_VALUE, print_exception=False) from error


# Numbers as typed


def pass_numbers() -> None:
    """Let handlers have what stands in a field of one number: they check it, and say where it is wrong."""
    gr.Number.preprocess = _pass_number  # type: ignore[method-assign]
    gr.Slider.preprocess = _pass_number  # type: ignore[method-assign]


def _pass_number(self: Any, payload: Any) -> Any:
    """Return a number, None, or the short text of what is no number."""
    if payload is None or isinstance(payload, int | float):
        return payload
    if isinstance(payload, str) and len(payload) <= MAX_NUMBER_LETTERS:
        return payload
    raise gr.Error(UNREADABLE_VALUE, print_exception=False)


# Large values

_move_files = processing_utils.async_move_files_to_cache
_add_root_url = processing_utils.add_root_url


def lighten_large_values() -> None:
    """Let Gradio look for files in large values on another thread."""
    processing_utils.async_move_files_to_cache = _move_files_if_any
    processing_utils.add_root_url = _add_root_url_if_any


async def _move_files_if_any(
    data: Any,
    block: Any,
    postprocess: bool = False,
    check_in_upload_folder: bool = False,
    keep_in_cache: bool = False,
) -> Any:
    if is_large(data):
        if not await anyio.to_thread.run_sync(_holds_file, data):
            return data
        if not postprocess:
            raise gr.Error(FILE_AMONG_MANY, print_exception=False)
    return await _move_files(data, block, postprocess, check_in_upload_folder, keep_in_cache)


def _add_root_url_if_any(data: Any, root_url: str, previous_root_url: str | None) -> Any:
    with suppress(TypeError, ValueError):  # not all of it is JSON yet
        if is_large(data) and '"url"' not in _write_json(data):  # the key of every file's address
            return data
    return _add_root_url(data, root_url, previous_root_url)


def _holds_file(data: Any) -> bool:
    return any(client_utils.is_file_obj_with_meta(part) for part in list_parts(data))


# Explained calls


def is_unknown_endpoint(error: Exception, name: str) -> bool:
    """Return whether Gradio raised this because there is no endpoint of this name, or of the number sent."""
    if isinstance(error, KeyError) and error.args == (f"/{name}",):  # as /call/v2 looks it up
        return True
    return _find_raiser(error) is route_utils.get_fn.__code__


def is_wrong_arguments(error: Exception) -> bool:
    """Return whether Gradio raised this because of arguments that an endpoint has not, or lacks."""
    return isinstance(error, TypeError) and _find_raiser(error) is client_utils.construct_args.__code__


def _find_raiser(error: Exception) -> CodeType | None:
    """Return the code of the function that raised an exception."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return step and step.tb_frame.f_code


# Known results


def is_awaited_event(page: gr.Blocks, event_id: str) -> bool:
    """Return whether a call of that number waits, runs, or has an answer that nobody has fetched yet."""
    queue = page._queue
    if event_id in queue.event_ids_to_events:
        return True
    return any(event_id in ids for ids in list(queue.pending_event_ids_session.values()))


# Lean sessions


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


# Turns in the queue


class QueuedCall(Call):
    """A call in Gradio's queue, with its event."""

    def __init__(self, event: queueing.Event, call: Call) -> None:
        super().__init__(call.visitor, call.num_bytes, call.seconds)
        self.event = event


class UnreadAnswer(NamedTuple):
    """An answer that has not been fetched yet, or that is just being sent."""

    message: weakref.ref[Any]
    address: str
    session: str
    num_bytes: int


class FairQueue(queueing.Queue):
    """Gradio's queue with an end, in which visitors take turns (see `app.server.turns`)."""

    def __init__(self, queue: queueing.Queue) -> None:
        super().__init__(
            live_updates=queue.live_updates,
            concurrency_count=queue.max_thread_count,
            update_intervals=queue.update_intervals,
            max_size=queue.max_size,
            blocks=queue.blocks,
            default_concurrency_limit=None,  # `QUEUE_BOUNDS` limits them
        )
        self.ANALYTICS_MAX_EVENTS = 1
        self._turns = Turns(QUEUE_BOUNDS)
        self._calls: dict[str, QueuedCall] = {}
        self._unread: list[UnreadAnswer] = []

    async def push(self, body: Any, request: Any, username: str | None) -> Any:
        """Let a call wait.

        Raises:
            HTTPException: If there is no room: 429 or 503, with the seconds after which to try again.
        """
        num_bytes = len(await request.body())  # Gradio has read it
        function = self.blocks.fns.get(body.fn_index)
        times = None if function is None else self.process_time_per_fn.get(function)
        seconds = 1.0 if times is None else times.avg_time
        call = Call(find_visitor(request.scope, body.session_hash or ""), num_bytes, seconds)
        try:
            self.check_room(call)
        except BusyError as error:
            raise HTTPException(error.status, str(error), {"Retry-After": f"{error.seconds}"}) from error
        if len(self.pending_event_ids_session) > 2 * MAX_SESSIONS:  # Gradio keeps one for every call
            sessions = self.pending_event_ids_session.items()
            readable = self.pending_messages_per_session
            self.pending_event_ids_session = {name: ids for name, ids in sessions if name in readable}
        is_in, event_id, state = await super().push(body, request, username)
        if isinstance(event_id, str) and (event := self.event_ids_to_events.get(event_id)) is not None:
            self._calls[event_id] = QueuedCall(event, call)
        return is_in, event_id, state

    def check_room(self, call: Call, others: Sequence[Call] = ()) -> None:
        """Refuse a call for which there is no room beside those that wait, and others.

        Raises:
            BusyError: If so.
        """
        self._turns.check_room(call, [*self._list_waiting(), *others])

    def get_events(self) -> Any:
        """Take the event whose turn it is out of the queue; returns it as Gradio does."""
        running = [self._calls[event._id] for job in self.active_jobs for event in job or ()]
        call = self._turns.choose(self._list_waiting(), running)
        if call is None:
            return None
        name = call.event.concurrency_id
        self.event_queue_per_concurrency_id[name].queue.remove(call.event)
        return [call.event], call.event.fn.batch, name

    def send_message(self, event: queueing.Event, event_message: Any) -> None:
        """Put a message where its session reads it; of too many answers that wait there, give up old ones."""
        if event.session_hash not in self.pending_messages_per_session:
            return  # given up
        super().send_message(event, event_message)
        if not isinstance(event_message, ProcessCompletedMessage):
            return
        call = self._calls.get(event._id)
        address = call.visitor.address if call is not None else ""
        num_bytes = _count_bytes(event_message.output.get("data"))
        self._unread = [answer for answer in self._unread if answer.message() is not None]
        self._unread.append(UnreadAnswer(weakref.ref(event_message), address, event.session_hash, num_bytes))
        while sum(answer.num_bytes for answer in self._unread) > MAX_UNREAD_BYTES:
            self._give_up_oldest(_find_largest_share(self._unread))
        while len(self._unread) > MAX_UNREAD:
            self._give_up_oldest(None)

    def _give_up_oldest(self, address: str | None) -> None:
        """Let go of the answer that waits longest to be read, of those of one address if one is given."""
        oldest = next(answer for answer in self._unread if address in (None, answer.address))
        self._unread.remove(oldest)
        if (message := oldest.message()) is not None:
            message.success, message.output = False, {"error": _TOO_LATE}
        if address is None:
            self.pending_messages_per_session.pop(oldest.session, None)
            self.pending_event_ids_session.pop(oldest.session, None)

    def _list_waiting(self) -> list[QueuedCall]:
        """Return the calls that wait, oldest first, and forget those that are over."""
        self._calls = {key: call for key, call in self._calls.items() if key in self.event_ids_to_events}
        queues = self.event_queue_per_concurrency_id.values()
        waiting = {event._id for queue in queues for event in queue.queue}
        return [call for key, call in self._calls.items() if key in waiting]

    def compute_analytics_summary(self, records: Any) -> Any:
        """Reckon no statistics, which nobody is shown."""
        return self.cached_event_analytics_summary


def _count_bytes(values: Any) -> int:
    """Return how many bytes the large ones of an answer's values take."""
    num_bytes = 0
    for value in values or ():
        if isinstance(value, orjson.Fragment):
            num_bytes += len(orjson.dumps(value))
        elif isinstance(value, str):
            num_bytes += len(value)
    return num_bytes


def _find_largest_share(answers: Iterable[UnreadAnswer]) -> str:
    """Return the address whose answers take most."""
    shares: Counter[str] = Counter()
    for answer in answers:
        shares[answer.address] += answer.num_bytes
    return max(shares, key=lambda address: shares[address])


# Packed answers


def pack_answers() -> None:
    """Let Gradio write answers that endpoints have packed (`orjson.Fragment`) on all its ways."""
    routes.json = SimpleNamespace(dumps=_write_json, loads=json.loads)  # type: ignore[assignment, attr-defined]


def _write_json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # half a letter, or an integer of more than 64 bits
        return json.dumps(value)


# Calm queue


def calm_queue(page: gr.Blocks) -> None:
    """Let a page's queue look for events every `QUEUE_SECONDS`."""
    page._queue.sleep_when_free = QUEUE_SECONDS


# Loading screen's end


def find_clock_script() -> Path | None:
    """Return Gradio's script with the clock that does not end; None if there is no such script."""
    scripts = [*_SCRIPTS.glob(_CLOCK_SCRIPT)]
    if len(scripts) != 1 or scripts[0].read_text(encoding="utf-8").count(_CLOCK) != 1:
        return None
    return scripts[0]


def build_clock_routes() -> list[Route]:
    """Return the route of that script, in which the clock ends with its element."""
    script = find_clock_script()
    return [] if script is None else [Route(f"/assets/{script.name}", _answer_clock_script)]


def _answer_clock_script(request: Request) -> Response:
    script = _SCRIPTS / request.url.path.rpartition("/")[2]
    text = script.read_text(encoding="utf-8").replace(_CLOCK, _ENDING_CLOCK)
    return Response(text, media_type="text/javascript", headers={"cache-control": "max-age=86400"})
