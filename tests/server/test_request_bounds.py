"""What a request may say: how much, how deep, and in whose name; and that all that is needed still passes."""

import json
import uuid

import httpx
import numpy as np
import pytest

from app.server.request_bounds import (
    CALL_BOUNDS,
    COMPONENT_BOUNDS,
    MAX_DEPTH,
    MAX_HEADERS,
    MAX_QUERY_FIELDS,
    NOTE_BOUNDS,
    RefusedError,
    check_body,
    check_head,
    find_bounds,
    is_deeper,
)
from models.inspection.window import MAX_IMAGE_PX
from models.sketch.drawings import MAX_DRAWINGS, MAX_TOTAL_POINTS
from models.sketch.pen_strokes import MAX_POINTS, MAX_STROKES
from tests.waiting import HANG_SECONDS

NAMING = ("call/pool", "run/pool", "api/pool", "queue/join", "component_server")
CALLS = ("call/v2/pool", *NAMING)
NO_NAMES = ("", " ", "a b", "s" * 65, "ä", "../x", "a\n", "\ud800")


def write(body):
    return json.dumps(body).encode()


@pytest.mark.parametrize("path", CALLS)
def test_what_is_too_much_is_refused_in_a_sentence_and_the_server_goes_on(served_page, path):
    nested = b"[" * 200 + b"]" * 200
    for data, status, message in (
        (b"[" + b"[]," * 1_390_000 + b"[]]", 413, "1,390,00"),
        (b"[" + nested + b"]", 400, f"at most {MAX_DEPTH} lists"),
        (b"[" + (nested + b",") * 9_999 + nested + b"]", 413, "lists; at most"),
        (b"[" * 200_000, 4, "at most"),
        (b"[" + b'"",' * 1_000_000 + b'""]', 413, "values; at most"),
        (b"{" + b'"a":0,' * 200_000 + b'"b":0}', 413, "texts; at most"),
    ):
        answer = post(served_page, path, b'{"data":' + data + b',"session_hash":"s","fn_index":0}')
        assert str(answer.status_code).startswith(str(status))
        assert message in answer.text
    assert httpx.get(f"{served_page}/theme.css").status_code == 200


def post(address, path, content):
    headers = {"content-type": "application/json"}
    return httpx.post(f"{address}/gradio_api/{path}", content=content, headers=headers, timeout=HANG_SECONDS)


@pytest.mark.parametrize("path", [*NAMING, "reset"])
def test_request_in_the_name_of_no_session_is_refused(served_page, path):
    for name in NO_NAMES:
        # The key is escaped, which is the same key to whoever reads it.
        body = write({"data": [], "fn_index": 0, "event_id": "e", "component_id": 1, "fn_name": "x"})
        body = body[:-1] + b', "session\\u005fhash": ' + json.dumps(name).encode() + b"}"
        answer = post(served_page, path, body)
        assert answer.status_code == 400, name
        assert "no session's name" in answer.text


def test_name_of_four_megabytes_is_not_kept(served_page):
    body = write({"data": [], "fn_index": 0, "session_hash": "s" * (4 * 2**20 - 100)})
    assert post(served_page, "queue/join", body).status_code == 400


def test_address_in_the_name_of_no_session_is_refused(served_page):
    for name in ("", "%20", "s" * 65, "a%2fb", "a%0a"):
        for path in (f"queue/data?session_hash={name}", f"queue/data?session_hash=s&session%5fhash={name}"):
            assert httpx.get(f"{served_page}/gradio_api/{path}").status_code == 400, path
        assert httpx.get(f"{served_page}/gradio_api/heartbeat/{name}").status_code in (400, 404), name


def test_address_and_headers_have_an_end(served_page):
    fields = "&".join(["a"] * MAX_QUERY_FIELDS)
    assert httpx.get(f"{served_page}/theme.css?{fields}").status_code == 200
    answer = httpx.get(f"{served_page}/theme.css?{fields}&a")
    assert (answer.status_code, f"at most {MAX_QUERY_FIELDS}" in answer.text) == (414, True)
    headers = {f"x-{number}": "1" for number in range(MAX_HEADERS)}
    answer = httpx.get(f"{served_page}/theme.css", headers=headers)
    assert (answer.status_code, f"at most {MAX_HEADERS}" in answer.text) == (431, True)


# What is needed passes


def make_points(num_lists, num_points):
    points = np.random.default_rng(0).integers(0, 28_000, (num_lists, num_points // num_lists, 2)) / 100
    return points.tolist()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("call/convolve", [np.full((MAX_IMAGE_PX, MAX_IMAGE_PX), 255).tolist(), [[1.5] * 7] * 7, 0, 1, 0]),
        ("queue/join", [np.full((MAX_IMAGE_PX, MAX_IMAGE_PX), 0.1234).tolist(), "max", 2, 2, 0]),
        ("call/v2/predict", [make_points(MAX_STROKES, MAX_POINTS), None]),
        ("call/predict", [None, "data:image/png;base64," + "A" * (4 * 2**20 - 200), "glassnet"]),
        ("mcp/", [make_points(MAX_STROKES, MAX_POINTS), None]),
        (
            "component_server",
            {
                "key": "mlp",
                "runs": ["0" * 32] * 200,
                "digits": [
                    {"id": "0" * 36, "label": 3, "size": 280, "time": 1.5e12, "strokes": [stroke]}
                    for stroke in make_points(MAX_DRAWINGS, MAX_TOTAL_POINTS)
                ],
            },
        ),
    ],
)
def test_largest_request_that_is_of_use_passes(path, data):
    body = json.dumps({"data": data, "session_hash": "s" * 64, "fn_index": 3}, separators=(",", ":")).encode()
    bounds = find_bounds(f"/gradio_api/{path}")
    assert len(body) <= bounds.num_bytes
    check_body(body, bounds)


def test_bounds_are_those_of_the_address():
    assert find_bounds("/gradio_api/component_server/") == COMPONENT_BOUNDS
    assert find_bounds("/gradio_api/call/pool") == find_bounds("/gradio_api/queue/join") == CALL_BOUNDS
    assert find_bounds("/gradio_api/mcp") == find_bounds("/gradio_api/call/v2/pool")
    assert not find_bounds("/gradio_api/mcp").has_session  # there it is the name of an argument
    assert find_bounds("/gradio_api/reset") == NOTE_BOUNDS
    assert find_bounds("/gradio_api/startup-events") == NOTE_BOUNDS
    check_body(write({"session_hash": "s", "fn_index": 3, "event_id": "0" * 32}), NOTE_BOUNDS)


@pytest.mark.parametrize("name", ["s", "0" * 64, "k3x9v2q1ab", str(uuid.UUID(int=1)), None, 5])
def test_names_of_sessions_pass(name):
    check_body(write({"session_hash": name}), NOTE_BOUNDS)
    if isinstance(name, str):
        query = f"session_hash={name}".encode()
        check_head({"headers": [], "path": f"/gradio_api/heartbeat/{name}", "query_string": query})


@pytest.mark.parametrize("number", ["values", "lists", "texts"])
def test_bounds_are_met_exactly(number):
    part = {"values": b"0", "lists": b"[]", "texts": b'""'}[number]
    bounds = NOTE_BOUNDS._replace(num_values=1_000, num_lists=1_000, num_texts=1_000)
    bounds = bounds._replace(**{f"num_{number}": 10})
    check_body(b",".join([part] * 10), bounds)
    with pytest.raises(RefusedError, match=f"{number}; at most 10"):
        check_body(b",".join([part] * 12), bounds)


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("1", 0), ("[]", 1), ("{}", 1), ('{"a": [1, {}]}', 3), ("[[], [[]], []]", 3), ('["[[[["]', 1),
        ('["]", [["]"]], "["]', 3), (r'["\"", [[]], "\\", [[[]]]]', 4), (r'["\\\"[[[[[", []]', 2),
        ('[{"]": {"}": []}}]', 4),
    ],
)  # fmt: skip
def test_depth_is_counted_outside_texts(text, depth):
    json.loads(text)
    assert not is_deeper(text.encode(), depth)
    assert depth == 0 or is_deeper(text.encode(), depth - 1)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_brackets_are_hidden_in_no_other_encoding(encoding):
    text = '{"data": ["Ģ", %s, "Ģ"]}' % ("[" * 100 + "]" * 100)
    with pytest.raises(RefusedError, match="UTF-8"):
        check_body(text.encode(encoding), CALL_BOUNDS)
