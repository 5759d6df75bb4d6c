"""A contract with Gradio for each patch: what we rely on is there, works, and is still needed."""

import ast
import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio as gr
import httpx
import pytest
from gradio import processing_utils, queueing, route_utils, routes
from gradio.data_classes import PredictBody
from gradio.state_holder import SessionState
from gradio_client import Client
from gradio_client import utils as client_utils

from app.server import gradio_patches
from app.server.gradio_patches import (
    MAX_SESSIONS,
    PATCHES,
    QUEUE_SECONDS,
    PatchError,
    Session,
    Sessions,
    calm_queue,
    check_patches,
    find_clock_script,
    is_unknown_endpoint,
    is_wrong_arguments,
    keep_lean_sessions,
    lighten_large_values,
    shut_downloads,
)
from tests.api.test_endpoints import call_raw

GRADIO = Path(gr.__file__).parent
# What serves requests, and what it calls with a visitor's data.
SERVING = ("routes.py", "route_utils.py", "processing_utils.py", "image_utils.py", "blocks.py", "queueing.py",
           "history.py", "state_holder.py", "components/*.py")  # fmt: skip
# Every function of these that asks another host, and why no visitor can make it do so.
FETCHERS = {
    "Blocks.launch",  # asks the page itself whether it answers
    "HTML.push_to_hub",  # called by programs alone
    "async_ssrf_protected_get",  # replaced
    "unsafe_download",  # for what a handler returns: ours return no addresses
    "secure_url_stream_response",  # /file=http://…: refused before
    "App.create_app",  # the editor of the page's code: refused before
    "App.create_app.reverse_proxy",  # /proxy=: refused before
    "load_system_prompt",  # the same editor's
}
CLIENTS = {"httpx", "safehttpx", "sh", "sync_client", "client", "requests", "urllib"}
ASKING = {"get", "post", "put", "head", "send", "stream", "request", "urlopen", "AsyncClient",
          "InferenceClient", "hf_hub_download", "snapshot_download", "async_validate_url"}  # fmt: skip


def run(coroutine):
    with ThreadPoolExecutor() as pool:  # the browser tests leave this thread with a loop of their own
        return pool.submit(asyncio.run, coroutine).result()


@pytest.fixture
def page():
    def ask() -> str:
        return "answered"

    with gr.Blocks(analytics_enabled=False, title="small") as page:
        page.state_session_capacity = MAX_SESSIONS
        page.kept = gr.State([1])
        page.shown = gr.Number(3)
        gr.api(ask)
    return page


# The check at the start


def test_patches_fit_the_gradio_that_is_installed(page, capsys):
    check_patches(page)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "changed",
    [{"relies_on": ("page.gone",)}, {"relies_on": ("gradio.utils.get_upload_folder(user)",)},
     {"relies_on": ("gradio.gone.name",)}, {"addresses": ("/gradio_api/gone",)}],
)  # fmt: skip
@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.name)
def test_what_has_changed_is_named_with_patch_and_version(page, monkeypatch, capsys, patch, changed):
    monkeypatch.setattr(gradio_patches, "PATCHES", (patch._replace(**changed),))
    if patch.is_needed:
        with pytest.raises(PatchError) as error:
            check_patches(page)
        told = str(error.value)
    else:
        check_patches(page)
        told = capsys.readouterr().err
    (name,) = next(iter(changed.values()))
    assert all(text in told for text in (gr.__version__, f"“{patch.name}”", name, patch.without))


# No downloads


def find_fetchers():
    """Return the functions that ask another host, in the part of Gradio that serves requests."""
    found = set()

    def look(node, names):
        for child in ast.iter_child_nodes(node):
            inner = names
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = [*names, child.name]
            if isinstance(child, ast.Call):
                owner, _, name = ast.unparse(child.func).rpartition(".")
                if name in ASKING and (owner.split(".")[0] in CLIENTS or name[0].isupper() or "_" in name):
                    found.add(".".join(names))
            look(child, inner)

    for path in (path for pattern in SERVING for path in GRADIO.glob(pattern)):
        look(ast.parse(path.read_text(encoding="utf-8")), [])
    return found


def test_gradio_asks_other_hosts_nowhere_else():
    assert find_fetchers() == FETCHERS


def test_every_download_for_a_visitor_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(processing_utils, "async_ssrf_protected_get", None)  # put back afterwards
    shut_downloads()
    address = "http://outside.invalid/x.png"
    file = {"path": address, "meta": {"_type": "gradio.FileData"}}
    for download in (
        processing_utils.async_ssrf_protected_download(address, str(tmp_path)),
        processing_utils.async_move_files_to_cache(file, gr.File(), check_in_upload_folder=True),
        processing_utils.async_move_files_to_cache({"path": [file]}, gr.JSON(), check_in_upload_folder=True),
    ):
        with pytest.raises(ValueError, match="fetches nothing"):
            run(download)
    with pytest.raises(ValueError, match="fetches nothing"):
        processing_utils.ssrf_protected_download(address, str(tmp_path))


# Large values


@pytest.fixture
def lightened(monkeypatch):
    monkeypatch.setattr(processing_utils, "async_move_files_to_cache", None)  # put back afterwards
    monkeypatch.setattr(processing_utils, "add_root_url", None)
    monkeypatch.setattr(routes, "json", json)
    lighten_large_values()


@pytest.mark.parametrize("data", [[[0.5] * 100] * 100, [{"a": [[]] * 3_000}], "text", {"path": "x"}, 10**400])
def test_value_without_a_file_is_handed_on_as_it_is(lightened, data):
    for postprocess in (False, True):
        moved = run(processing_utils.async_move_files_to_cache(data, gr.JSON(), postprocess=postprocess))
        assert moved == data
    assert processing_utils.add_root_url(data, "http://lab", None) == data
    written = routes.json.dumps(data)
    assert json.loads(written) == data


def test_file_is_still_looked_for_in_every_value(lightened, tmp_path):
    """Ours is moved; a stranger's is refused unread beside thousands of other values."""
    (tmp_path / "x.txt").write_text("x")
    file = {"path": str(tmp_path / "x.txt"), "meta": {"_type": "gradio.FileData"}}
    for many in ([], [0] * 5_000):
        moved = run(processing_utils.async_move_files_to_cache([many, file], gr.JSON(), postprocess=True))
        assert moved[1]["path"] != file["path"]
        own = {**moved[1], "url": "/x"}
        assert processing_utils.add_root_url([many, own], "http://lab", None)[1]["url"] == "http://lab/x"
    with pytest.raises(gr.Error, match="by itself"):
        run(processing_utils.async_move_files_to_cache([many, file], gr.JSON()))


# Explained calls


def catch(call):
    with pytest.raises(Exception) as caught:  # noqa: PT011  which one it is, is what is tested
        call()
    return caught.value


def test_call_of_no_endpoint_is_known_from_gradios_own_mistakes(page):
    def ask(name, number):
        return catch(lambda: route_utils.get_fn(page, name, PredictBody(data=[], fn_index=number)))

    assert is_unknown_endpoint(ask("nowhere", None), "nowhere")
    assert is_unknown_endpoint(ask(None, 99), "")
    assert is_unknown_endpoint(KeyError("/nowhere"), "nowhere")
    assert not is_unknown_endpoint(KeyError("/nowhere"), "elsewhere")
    assert not is_unknown_endpoint(catch(lambda: {}[99]), "")
    page.state_holder = Sessions()  # which know no page yet: a mistake further down
    body = PredictBody(data=[], fn_index=0, session_hash="s")
    assert not is_unknown_endpoint(catch(lambda: route_utils.get_fn(page, None, body)), "")


def test_wrong_arguments_are_known_from_gradios_own_mistakes():
    parameters = [{"parameter_name": "number", "parameter_has_default": False}]
    for arguments in ({}, {"number": 1, "letter": 2}):
        assert is_wrong_arguments(catch(lambda a=arguments: client_utils.construct_args(parameters, (), a)))
    assert not is_wrong_arguments(catch(lambda: len(1)))


# Lean sessions


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


# Calm queue


def test_queue_waits_as_long_as_it_is_set_to(page, monkeypatch):
    assert 0 < page._queue.sleep_when_free < QUEUE_SECONDS  # by itself
    calm_queue(page)
    waits = []

    async def sleep(seconds):
        waits.append(seconds)
        page._queue.stopped = True

    monkeypatch.setattr(queueing.asyncio, "sleep", sleep)
    run(page._queue.start_processing())
    assert waits == [QUEUE_SECONDS]


# Loading screen's end


def test_loading_screens_clock_is_served_with_an_end(served_page):
    script = find_clock_script()
    assert script is not None
    answer = httpx.get(f"{served_page}/assets/{script.name}")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["content-encoding"] == "br"  # as Gradio compresses its scripts
    own = script.read_text(encoding="utf-8")
    assert answer.text.replace("W&&U&&ze()", "W&&ze()") == own != answer.text
    assert "performance.now()-w(de))/1e3),W&&ze()" in own  # which clock it is
    assert "e=>U=e,()=>U" in own  # Svelte sets it to null once the element is gone
