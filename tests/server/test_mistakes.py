"""What makes Gradio fail is answered with a sentence and 4xx, and leaves one line in the log."""

import json
import time

import httpx
import pytest

from tests.waiting import HANG_SECONDS, wait_until

JSON = {"content-type": "application/json"}
HALF = "\ud800"


@pytest.fixture(scope="module")
def config(served_page):
    return httpx.get(f"{served_page}/config").json()


@pytest.fixture
def log(served_runs):
    """What the server prints during a test, read at its end by `check_log`."""
    path = served_runs.with_name("log.txt")
    return path, path.stat().st_size


def check_log(log, num_lines=1):
    """Check that nothing but so many lines was printed; the server has then answered once more."""
    path, start = log
    printed = path.read_bytes()[start:].decode()
    assert "Traceback" not in printed
    assert len(printed.splitlines()) <= num_lines, printed


def post(address, body):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.post(address, content=content, headers=JSON, timeout=HANG_SECONDS)


def find_component(config, elem_id):
    (part,) = (part for part in config["components"] if part["props"].get("elem_id") == elem_id)
    return part["id"]


@pytest.mark.parametrize(
    "change",
    [
        {"component_id": 999_999},
        {"component_id": -1},
        {"component_id": 2**63},
        {"component_id": True},
        {"component_id": "x"},
        {"component_id": None},
        {"fn_name": "nothing"},
        {"fn_name": "__init__"},
        {"fn_name": "postprocess"},
        {"fn_name": HALF},
        {"fn_name": 5},
        {"session_hash": None},
        None,
    ],
)
def test_component_that_there_is_not_is_a_sentence(served_page, config, log, change):
    body = {
        "component_id": find_component(config, "runs"),
        "fn_name": "look",
        "data": {},
        "session_hash": "s",
    }
    answer = post(f"{served_page}/gradio_api/component_server", [] if change is None else body | change)
    assert 400 <= answer.status_code < 500
    assert answer.text
    check_log(log)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'--x\r\ncontent-disposition: form-data; name="data"\r\n\r\ny\r\n--x--\r\n', "; boundary=x"),
        (b"--x--\r\n", "; boundary=x"),
        (b"--x\r\nabc", "; boundary=x"),
        (b"abc", ""),
        (b"", "; boundary=" + "x" * 300),
    ],
)
@pytest.mark.parametrize("path", ["component_server", "upload"])
def test_form_that_lacks_its_fields_is_a_sentence(served_page, log, path, body, kind):
    headers = {"content-type": f"multipart/form-data{kind}"}
    answer = httpx.post(f"{served_page}/gradio_api/{path}", content=body, headers=headers)
    assert 400 <= answer.status_code < 500 or answer.json() == []  # no file was sent, and none is kept
    check_log(log)


@pytest.mark.parametrize("path", ["call/pool/nothing", "call/nothing/nothing", "call/pool/%ED%A0%80",
                                  "call/v2/pool/nothing", "call/pool/" + "a" * 5_000])  # fmt: skip
def test_result_of_no_call_is_not_found(served_page, log, path):
    answer = httpx.get(f"{served_page}/gradio_api/{path}")
    assert (answer.status_code, answer.text.split(",")[0]) == (404, "There is no call of this number")
    check_log(log, 0)


def test_result_is_there_once(served_page):
    call = f"{served_page}/gradio_api/call/checkpoints"
    number = post(call, {"data": []}).json()["event_id"]
    assert "event: complete" in httpx.get(f"{call}/{number}", timeout=HANG_SECONDS).text

    def is_forgotten():  # a moment after it was fetched
        try:
            return httpx.get(f"{call}/{number}", timeout=1).status_code == 404
        except httpx.TimeoutException:
            return False

    wait_until(is_forgotten)


def test_client_that_leaves_while_its_call_waits_leaves_no_traceback(served_page, log):
    call = f"{served_page}/gradio_api/call/pool"
    for _ in range(3):
        number = start_pooling(served_page)
        try:
            with httpx.stream("GET", f"{call}/{number}", timeout=0.001):
                pass
        except httpx.TimeoutException:
            pass
    assert "event: complete" in wait_for_result(served_page)
    check_log(log, 3)


def start_pooling(served_page):
    """Call an endpoint, and return the call's number."""
    call = {"image": [[1.0] * 64] * 64}
    return post(f"{served_page}/gradio_api/call/v2/pool", call).json()["event_id"]


def wait_for_result(served_page):
    """Make a call that is answered after all earlier ones of its kind."""
    number = start_pooling(served_page)
    text = httpx.get(f"{served_page}/gradio_api/call/pool/{number}", timeout=HANG_SECONDS).text
    time.sleep(0.3)  # the log of a client that has left is written when the server notices
    return text


@pytest.mark.parametrize("known", [[2**63 - 1, "x"], [10**400, "x"], [-1, HALF], [None, None], ["x", []]])
def test_news_from_a_place_that_there_is_not_begin_anew(served_page, log, known):
    question = {"runs": {"example": known}, "focus": "", "view": False}
    card = follow(served_page, question)["cards"][0]
    assert card["id"] == "example"
    check_log(log, 0)


@pytest.mark.parametrize("run_id", [HALF, "", "a" * 3_000, "../x", "\0"])
def test_news_of_no_run_say_that_it_is_gone(served_page, log, run_id):
    question = {"runs": {run_id: None}, "focus": run_id, "view": True}
    assert follow(served_page, question)["gone"] == [run_id.replace(HALF, "?")]
    check_log(log, 0)


@pytest.mark.parametrize(
    "question",
    [
        {"runs": {"example": 5}, "focus": "", "view": False},
        {"runs": {"example": [1]}, "focus": 1, "view": 1},
        {"runs": [], "focus": "", "view": True},
        5,
        None,
        "x",
        [],
    ],
)
def test_question_that_is_none_is_refused(served_page, log, question):
    answer = httpx.get(f"{served_page}/glassbox/runs", params={"question": json.dumps(question)})
    assert (answer.status_code, "cannot be read" in answer.text) == (400, True)
    check_log(log, 0)


def follow(served_page, question):
    """Return the first event of a stream of news."""
    params = {"question": json.dumps(question)}
    with httpx.stream("GET", f"{served_page}/glassbox/runs", params=params, timeout=HANG_SECONDS) as answer:
        assert answer.status_code == 200
        return next(json.loads(line[6:]) for line in answer.iter_lines() if line)


@pytest.mark.parametrize("number", [0, -3, 1e300, "x", None, [], {}, True, HALF])
def test_number_beyond_its_slider_is_a_sentence_and_no_error_of_the_server(served_page, config, log, number):
    (steps,) = (part["id"] for part in config["components"] if part["props"].get("label") == "Iterations")
    calls = [each for each in config["dependencies"] if each["backend_fn"] and not each["queue"]]
    call = next(each for each in calls if steps in each["inputs"])
    parts = {part["id"]: part for part in config["components"]}
    data = [number if each == steps else parts[each]["props"].get("value") for each in call["inputs"]]
    body = {"data": data, "fn_index": call["id"], "session_hash": "mistakes"}
    answer = post(f"{served_page}/gradio_api/run/predict", body)
    check_log(log, 0)
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert answer.json()["error"]


@pytest.mark.parametrize("value", [None, [], {}, 2**70])
def test_handler_that_is_sent_what_its_page_never_sends_leaves_no_traceback(served_page, config, log, value):
    for call in config["dependencies"]:
        if call["api_visibility"] == "public":
            continue
        body = {"data": [value] * len(call["inputs"]), "fn_index": call["id"], "session_hash": "mistakes"}
        answer = post(f"{served_page}/gradio_api/run/predict", body)
        assert answer.status_code in (200, 422), call
    check_log(log, 0)
