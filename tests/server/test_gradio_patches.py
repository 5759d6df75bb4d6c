"""A contract with Gradio for each patch: what we rely on is there, works, and is still needed."""

import ast
import asyncio
import importlib.util
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio as gr
import httpx
import orjson
import pytest
from fastapi.testclient import TestClient
from gradio import http_server, processing_utils, queueing, route_utils, routes
from gradio.data_classes import FileData, PredictBody
from gradio.server_messages import ProcessCompletedMessage
from gradio.state_holder import SessionState
from gradio_client import Client
from gradio_client import utils as client_utils

from app.server import gradio_patches
from app.server.gradio_patches import (
    MAX_SESSIONS,
    MAX_UNREAD_BYTES,
    PATCHES,
    QUEUE_SECONDS,
    FairQueue,
    Page,
    PatchError,
    Session,
    Sessions,
    calm_queue,
    check_patches,
    find_clock_script,
    find_upload_folder,
    give_no_permission,
    is_awaited_event,
    is_unknown_endpoint,
    is_wrong_arguments,
    keep_files_in,
    keep_lean_sessions,
    lighten_large_values,
    pack_answers,
    pass_numbers,
    serve_on_own_sockets,
    shut_downloads,
)
from app.server.turns import MAX_WAITING_OF_VISITOR
from tests.api.test_endpoints import call_raw
from tests.conftest import find_free_port

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
# What serves requests or is part of our page, and every function of these that makes a file or folder.
WRITING = ("routes.py", "route_utils.py", "processing_utils.py", "blocks.py", "queueing.py", "history.py",
           "mcp.py", "state_holder.py", "components/html.py", "components/upload_button.py")  # fmt: skip
WRITERS = {
    "App.create_app",  # a folder for the editor of the page's code: where `keep_files_in` says
    *("App.create_app.deep_link", "App.create_app.process_recording"),  # refused before
    *("GradioMultiPartParser.on_headers_finished", "upload_fn"),  # `Uploads` takes files, and refuses others
    # Copies of what a handler returns, or of an address: where `keep_files_in` says
    *("save_pil_to_cache", "save_audio_to_cache", "save_bytes_to_cache", "save_file_to_cache"),
    *("save_base64_to_cache", "convert_audio_to_playable", "convert_video_to_playable_mp4"),
    *("async_ssrf_protected_download", "unsafe_download"),
    *("_download_many", "_download_bytes"),  # the history of runs, which is not served
    "UploadButton._process_single_file",  # ours reads bytes
}
MAKING = {"mkdir", "makedirs", "mkdtemp", "mkstemp", "NamedTemporaryFile", "TemporaryFile",
          "TemporaryDirectory", "SpooledTemporaryFile"}  # fmt: skip


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


def test_nothing_is_asked_of_a_package_that_is_not_installed(page, monkeypatch):
    patch = PATCHES[0]._replace(relies_on=("page.gone",), package="no_such_package")
    monkeypatch.setattr(gradio_patches, "PATCHES", (patch,))
    check_patches(page)


# Own sockets


def test_gradio_itself_links_to_ipv6_without_brackets():
    spec = importlib.util.find_spec("gradio.http_server")
    unpatched = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(unpatched)
    *_, address, server = unpatched.start_server(routes.App(), "::1", find_free_port())
    server.close()
    assert address.startswith("http://::1:")


def test_page_is_served_on_its_own_sockets_and_told_by_a_link(page, monkeypatch, capsys):
    monkeypatch.setattr(http_server, "start_server", http_server.start_server)  # put back afterwards
    serve_on_own_sockets()
    _, address, _ = page.launch(server_name="::1", prevent_thread_lock=True, ssr_mode=False)
    try:
        assert address == f"http://[::1]:{page.server_port}/"
        assert f"Running on local URL:  {address.rstrip('/')}\n" in capsys.readouterr().out
        assert httpx.get(f"{address}config").json()["title"] == "small"
        with pytest.raises(OSError, match="in use"):
            http_server.start_server(page.app, "::1", page.server_port)
    finally:
        page.close()
    socket.create_server(("::1", page.server_port), family=socket.AF_INET6).close()  # free again


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_proxies_of_the_same_machine_are_believed(page, monkeypatch, address):
    """Whom a request was forwarded for, whichever family nginx chooses on its way here."""
    monkeypatch.setattr(http_server, "start_server", http_server.start_server)  # put back afterwards
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    serve_on_own_sockets()

    def find_address(request: gr.Request) -> str:
        return request.client.host

    with page:
        gr.api(find_address)
    _, told, _ = page.launch(server_name="::", prevent_thread_lock=True, quiet=True, ssr_mode=False)
    try:
        host = f"[{address}]" if ":" in address else address
        asked = told.replace("localhost", host)
        answer = httpx.post(
            f"{asked}gradio_api/run/find_address", json={"data": []}, headers={"X-Forwarded-For": "192.0.2.7"}
        )
        assert answer.json()["data"] == ["192.0.2.7"]
    finally:
        page.close()


# No downloads


def find_fetchers():
    """Return the functions that ask another host, in the part of Gradio that serves requests."""
    return find_calls(
        SERVING,
        lambda owner, name: (
            name in ASKING and (owner.split(".")[0] in CLIENTS or name[0].isupper() or "_" in name)
        ),
    )


def find_calls(patterns, is_wanted):
    """Return the functions of Gradio's files with a wanted call."""
    found = set()

    def look(node, names):
        for child in ast.iter_child_nodes(node):
            inner = names
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = [*names, child.name]
            if isinstance(child, ast.Call):
                owner, _, name = ast.unparse(child.func).rpartition(".")
                if is_wanted(owner, name):
                    found.add(".".join(names))
            look(child, inner)

    for path in (path for pattern in patterns for path in GRADIO.glob(pattern)):
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


# No permission


def test_gradio_would_give_permission_and_does_not(page, monkeypatch):
    headers = {
        "Host": "lab.example.edu",
        "Origin": "http://evil.example",
        "Access-Control-Request-Method": "POST",
    }

    def ask():
        client = TestClient(routes.App.create_app(page))
        answers = (
            client.options("/gradio_api/call/ask", headers=headers),
            client.get("/config", headers=headers),
        )
        return [answer.headers.get("access-control-allow-origin") for answer in answers]

    monkeypatch.setattr(
        routes, "CustomCORSMiddleware", route_utils.CustomCORSMiddleware
    )  # put back afterwards
    assert ask() == ["http://evil.example"] * 2
    give_no_permission()
    assert ask() == [None] * 2


# Large values


@pytest.fixture
def lightened(monkeypatch):
    monkeypatch.setattr(processing_utils, "async_move_files_to_cache", None)  # put back afterwards
    monkeypatch.setattr(processing_utils, "add_root_url", None)
    lighten_large_values()


@pytest.fixture
def passed(monkeypatch):
    for kind in (gr.Number, gr.Slider):
        monkeypatch.setattr(kind, "preprocess", kind.preprocess)  # put back afterwards
    pass_numbers()


@pytest.mark.parametrize("field", [gr.Number(minimum=0, maximum=9, precision=0), gr.Slider(0, 9)])
@pytest.mark.parametrize("typed", [5, 0.5, -1, 10**400, None, "0,0,5", "x" * 400])
def test_number_reaches_its_handler_as_it_was_typed(passed, field, typed):
    assert field.preprocess(typed) == typed


@pytest.mark.parametrize("sent", [[1], {"a": 1}, "x" * 401])
def test_what_no_field_can_hold_is_refused(passed, sent):
    with pytest.raises(gr.Error, match="could not be read|cannot be read"):
        gr.Number().preprocess(sent)


@pytest.mark.parametrize("data", [[[0.5] * 100] * 100, [{"a": [[]] * 3_000}], "text", {"path": "x"}, 10**400])
def test_value_without_a_file_is_handed_on_as_it_is(lightened, data):
    for postprocess in (False, True):
        moved = run(processing_utils.async_move_files_to_cache(data, gr.JSON(), postprocess=postprocess))
        assert moved == data
    assert processing_utils.add_root_url(data, "http://lab", None) == data


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


# Own uploads


def test_app_and_parts_keep_their_files_where_they_are_told(tmp_path, monkeypatch):
    (tmp_path / "gradio").touch()  # in place of the folder that all users share
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio" / "below"))
    for module in (routes, route_utils):
        monkeypatch.setattr(module, "DEFAULT_TEMP_DIR", str(tmp_path / "gradio" / "below"))
    with pytest.raises(OSError, match="below"):
        routes.App.create_app(gr.Blocks())
    ours = tmp_path / "ours"
    keep_files_in(ours)
    with gr.Blocks() as page:
        button = gr.UploadButton(type="binary")
    assert Path(routes.App.create_app(page).uploaded_file_dir) == find_upload_folder() == ours
    assert button.GRADIO_CACHE == routes.DEFAULT_TEMP_DIR == route_utils.DEFAULT_TEMP_DIR == str(ours)


def test_upload_that_is_read_as_bytes_leaves_no_file(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x")
    file = FileData(path=str(tmp_path / "a.txt"))
    for kind, num_files in (("binary", 1), ("filepath", 2)):  # one of no use, which is never deleted
        button = gr.UploadButton(type=kind)
        button.GRADIO_CACHE = str(tmp_path)
        button.preprocess(file)
        assert len([*tmp_path.iterdir()]) == num_files


def test_gradio_writes_nowhere_else():
    assert find_calls(WRITING, lambda owner, name: name in MAKING) == WRITERS


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


# Known results


def test_result_is_known_until_it_is_fetched_and_gradio_itself_knows_no_difference(page):
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
    try:
        call = f"{address}gradio_api/call/ask"
        number = httpx.post(call, json={"data": []}).json()["event_id"]
        assert is_awaited_event(page, number)
        assert "event: complete" in httpx.get(f"{call}/{number}", timeout=60).text
        deadline = time.monotonic() + 30
        while is_awaited_event(page, number):  # the queue forgets it a moment after it was fetched
            assert time.monotonic() < deadline
            time.sleep(0.01)
        with httpx.stream("GET", f"{call}/nothing") as answer:
            assert answer.status_code == 200
    finally:
        page.close()


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


# Turns in the queue


@pytest.fixture
def held_page():
    """A served page with a function that holds its callers until it is let go."""
    begun, gate = [], threading.Event()

    def hold(who: str) -> str:
        begun.append(who)
        gate.wait(60)
        return "answered"

    with Page(analytics_enabled=False, title="held") as page:
        gr.api(hold)
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
    try:
        yield page, f"{address}gradio_api/call/hold", begun, gate
    finally:
        gate.set()
        page.close()


def wait_until(is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_one_visitors_calls_leave_the_queues_other_places_to_others(held_page):
    page, address, begun, gate = held_page

    def post(who):
        body = {"data": [who], "session_hash": who}
        return httpx.post(address, json=body, headers={"x-forwarded-for": f"192.0.2.{who}"})

    ids = [post("1").json()["event_id"] for _ in range(MAX_WAITING_OF_VISITOR + 1)]
    wait_until(lambda: begun == ["1"] and len(page._queue) == MAX_WAITING_OF_VISITOR)
    refused = post("1")
    assert (refused.status_code, refused.json()["detail"]) == (
        429, f"Busy, try again in {refused.headers['retry-after']} s.")  # fmt: skip
    ids += [post("2").json()["event_id"], post("3").json()["event_id"]]
    wait_until(lambda: begun == ["1", "2", "3"])
    assert len(page._queue) == MAX_WAITING_OF_VISITOR
    gate.set()
    assert '["answered"]' in httpx.get(f"{address}/{ids[-1]}", timeout=60).text
    wait_until(lambda: not page._queue._list_waiting() and not page._queue.event_ids_to_events)
    assert page._queue._list_waiting() == []
    assert not page._queue._calls


def test_sessions_of_calls_that_are_over_are_forgotten(held_page, monkeypatch):
    page, address, _, gate = held_page
    monkeypatch.setattr(gradio_patches, "MAX_SESSIONS", 3)
    gate.set()
    for number in range(9):
        event_id = httpx.post(address, json={"data": [f"{number}"]}).json()["event_id"]
        assert "answered" in httpx.get(f"{address}/{event_id}", timeout=60).text
        page._queue.pending_messages_per_session.clear()  # as where others have come since
    assert len(page._queue.pending_event_ids_session) <= 2 * 3 + 1


@pytest.mark.filterwarnings("ignore::Warning")  # of pandas, for Gradio
def test_queue_reckons_no_statistics(page):
    queue = FairQueue(page._queue)
    records = [{"function": "ask", "status": "success", "process_time": 1.0}]
    assert queue.ANALYTICS_MAX_EVENTS == 1
    for reckoning, known in ((queue, set()), (page._queue, {"ask"})):
        reckoning.events_recorded = 1
        assert set(reckoning.compute_analytics_summary(records)["functions"]) == known


@pytest.fixture
def mailbox(page):
    """A queue that nobody reads, and how a session is given an answer."""
    queue, (function,) = FairQueue(page._queue), page.fns.values()

    def answer(session, value):
        queue.pending_messages_per_session.setdefault(session, asyncio.Queue())
        queue.pending_event_ids_session[session] = {session}
        message = ProcessCompletedMessage(output={"data": [value]}, success=True)
        queue.send_message(queueing.Event(session, function, None, None), message)

    return queue, answer


def test_answers_that_nobody_fetches_are_given_up_the_oldest_first(mailbox):
    queue, answer = mailbox
    for number in range(5):
        answer(f"{number}", orjson.Fragment(b"0" * (MAX_UNREAD_BYTES // 4)))
    first, *others = (queue.pending_messages_per_session[f"{number}"].get_nowait() for number in range(5))
    assert not first.success
    assert "fetch each answer at once" in first.output["error"]
    assert all(message.success for message in others)
    del first, others, queue.pending_messages_per_session["4"]
    answer("5", "x")
    assert [each.session for each in queue._unread] == ["5"]  # what has been read is not counted


def test_so_many_sessions_wait_to_be_read_and_no_more(mailbox, monkeypatch):
    queue, answer = mailbox
    monkeypatch.setattr(gradio_patches, "MAX_UNREAD", 10)
    for number in range(12):
        answer(f"{number}", "x")
    assert sorted(queue.pending_messages_per_session, key=int) == [f"{n}" for n in range(2, 12)]
    assert sorted(queue.pending_event_ids_session, key=int) == [f"{n}" for n in range(2, 12)]
    queue.send_message(queueing.Event("0", next(iter(queue.blocks.fns.values())), None, None), None)


# Packed answers


def test_packed_answer_is_written_as_gradio_would_write_it(monkeypatch):
    monkeypatch.setattr(routes, "json", json)  # put back afterwards
    value = [{"a": [1.5, None, "é"], "b": True}]
    with pytest.raises(TypeError):
        routes.json.dumps([orjson.Fragment(b"1")])  # Gradio's own cannot
    pack_answers()
    assert json.loads(routes.json.dumps([orjson.Fragment(orjson.dumps(value[0]))])) == value
    assert json.loads(routes.json.dumps([2**70, "\ud800"])) == [2**70, "\ud800"]
    assert routes.json.loads("[1]") == [1]


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
