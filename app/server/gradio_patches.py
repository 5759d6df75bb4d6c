"""Every touch of something private of Gradio: what it relies on, why, and what happens without it.

None of this has a setting. `check_patches` compares what each patch relies on with the Gradio that is
installed, at every start; `tests/server/test_gradio_patches.py` holds a contract a patch.
"""

from __future__ import annotations

import inspect
import json
import pkgutil
import re
import sys
from contextlib import suppress
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any, NamedTuple, cast

import anyio.to_thread
import gradio as gr
import orjson
from gradio import processing_utils, route_utils, routes, utils
from gradio.state_holder import SessionState, StateHolder
from gradio_client import utils as client_utils
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from app.server.calls import FILE_AMONG_MANY, NOT_UPLOADED, TOO_DEEP, check_number, check_texts
from app.server.large_values import is_large, list_parts
from app.server.session_names import is_session_name

# How often the queue looks for an event while there is none. Gradio would look a thousand times a second.
QUEUE_SECONDS = 0.01
MAX_SESSIONS = 2_000
CALL_PATH = re.compile(r"/gradio_api/(?:call/v2|call|run|api)/([^/]*)/?")
JOIN_PATH = "/gradio_api/queue/join"
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
    """

    name: str
    why: str
    without: str
    relies_on: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    is_needed: bool = True


PATCHES = (
    Patch(
        "no downloads",
        "Gradio downloads a file whose path is an address, and passes on what it finds at one.",
        "A visitor makes the server ask any host (SSRF).",
        ("gradio.processing_utils.async_ssrf_protected_get(url)",),
        ("/gradio_api/file=x", "/gradio_api/proxy=x"),
    ),
    Patch(
        "room for uploads",
        "Gradio keeps uploaded files for a day or two, as many as come.",
        "Visitors fill the disk.",
        ("gradio.utils.get_upload_folder()",),
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
        "Gradio looks for files in every number of a call and of its answer, and writes answers as JSON, on "
        "the thread that serves everybody.",
        "Nobody is answered for up to half a second while somebody's image of 512 × 512 numbers is read.",
        (
            "gradio.processing_utils.async_move_files_to_cache"
            "(data, block, postprocess, check_in_upload_folder, keep_in_cache)",
            "gradio.processing_utils.add_root_url(data, root_url, previous_root_url)",
            "gradio_client.utils.is_file_obj_with_meta(d)",
            "gradio.routes.json.dumps",
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


# No downloads


def shut_downloads() -> None:
    """Make Gradio refuse what it would download for a visitor."""
    processing_utils.async_ssrf_protected_get = _refuse_download


async def _refuse_download(url: str) -> Any:
    raise ValueError(f"{NO_FETCHING} {url[:80]!r} is an address; send the file itself.")


# Room for uploads


def find_upload_folder() -> Path:
    """Return the folder in which Gradio keeps what visitors upload."""
    return Path(utils.get_upload_folder())


# Checked calls


class Page(gr.Blocks):
    """A page that says to programs what Gradio refuses for it."""

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> Any:
        """Check what was sent, and turn it into the arguments of the function."""
        if is_large(inputs):
            await anyio.to_thread.run_sync(check_texts, inputs)
        else:
            check_texts(inputs)
        if block_fn.api_visibility != "public":
            return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        check_number(block_fn.api_name, block_fn.fn, len(inputs), len(block_fn.inputs))
        try:
            return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except RecursionError as error:
            raise gr.Error(TOO_DEEP, print_exception=False) from error
        except (ValueError, TypeError, OSError) as error:  # the endpoints' own checks come later
            raise gr.Error(NOT_UPLOADED, print_exception=False) from error


# Large values

_move_files = processing_utils.async_move_files_to_cache
_add_root_url = processing_utils.add_root_url
_write_json = json.dumps


def lighten_large_values() -> None:
    """Let Gradio look for files in large values on another thread, and write them with the faster of two."""
    processing_utils.async_move_files_to_cache = _move_files_if_any
    processing_utils.add_root_url = _add_root_url_if_any
    vars(routes)["json"] = SimpleNamespace(**{**vars(json), "dumps": _write_large_json})


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
        if is_large(data) and '"url"' not in _write_large_json(data):  # the key of every file's address
            return data
    return _add_root_url(data, root_url, previous_root_url)


def _holds_file(data: Any) -> bool:
    return any(client_utils.is_file_obj_with_meta(part) for part in list_parts(data))


def _write_large_json(value: Any, **kwargs: Any) -> str:
    if kwargs or not is_large(value):
        return _write_json(value, **kwargs)
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError:  # such as a number of more than 64 bits
        return _write_json(value)


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
