"""Who may ask a server: the page itself and programs, with the headers that each sends; no foreign page."""

import json
import subprocess
from functools import cache
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client

from app.server.security_headers import build_policy
from tests.conftest import serve_page

EVIL = "http://evil.example"
LAB = "lab.example.edu"
SPACE = "someone-glassbox.hf.space"
MOODLE = "https://moodle.example.edu"
JSON = {"Content-Type": "application/json"}
DESCEND = "/gradio_api/call/v2/descend"


@pytest.fixture(scope="module")
def lab_page(tmp_path_factory):
    """The address of a page that is served to a class, to a name, and as a Space is."""
    folder = tmp_path_factory.mktemp("lab")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPACE_HOST", SPACE)
        patch.setenv("GLASSBOX_FRAME_ANCESTORS", MOODLE)
        options = ("--host", "0.0.0.0", "--allowed-host", LAB)
        cold = {"module": "tests.server.cold_page"}
        with serve_page(folder / "runs", folder / "log.txt", *options, **cold) as address:
            yield address


def ask(address, path="/config", body=None, **headers):
    """Ask with headers, given as `sec_fetch_site=…`; return the status."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None:
        return httpx.get(address + path, headers=headers).status_code
    return httpx.post(address + path, content=body, headers=JSON | headers).status_code


def name_of(address):
    return urlsplit(address).netloc


@cache
def find_pad(address):
    """Return the question about an empty drawing that the page itself would send."""
    config = httpx.get(f"{address}/config").json()
    (pad,) = (part for part in config["components"] if part["props"].get("elem_id") == "pad")
    return json.dumps({"component_id": pad["id"], "fn_name": pad["props"]["server_fns"][0],
                       "data": {"strokes": []}, "session_hash": "s"})  # fmt: skip


# Names


@pytest.mark.parametrize("path", ["/", "/config", "/theme.css", "/glassbox/runs", "/gradio_api/info"])
def test_page_is_not_served_under_a_foreign_name(served_page, path):
    for host in ("evil.example", "evil.example:7860", "127.0.0.1.evil.example", "192.0.2.7", "a@127.0.0.1"):
        answer = httpx.get(served_page + path, headers={"Host": host})
        assert answer.status_code == 403
        assert "Host" in answer.text or "--allowed-host" in answer.text
    assert (
        ask(served_page, DESCEND, "{}", host="evil.example", origin=EVIL, sec_fetch_site="same-origin") == 403
    )


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "a.localhost", "127.0.0.1:7860", "[::1]:7860"])
def test_page_is_served_under_every_loopback_name(served_page, host):
    assert ask(served_page, host=host) == 200


@pytest.mark.parametrize(
    "host", ["192.0.2.7:7860", "[2001:db8::7]:7860", "localhost", LAB, f"{LAB}:80", SPACE]
)
def test_page_for_a_class_is_served_under_addresses_and_what_it_was_told(lab_page, host):
    assert ask(lab_page, host=host) == 200
    assert ask(lab_page, host="evil.example") == 403


def test_proxy_must_not_be_asked_under_a_foreign_name_either(served_page, lab_page):
    """Gradio writes that name into the addresses of the page."""
    assert ask(served_page, x_forwarded_host="evil.example") == 403
    assert ask(lab_page, x_forwarded_host=f"{LAB}, evil.example") == 403
    assert ask(lab_page, x_forwarded_host=LAB) == 200


# Pages of other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": EVIL},
        {"origin": "null"},
        {"origin": "http://localhost:1"},  # another program of the same machine
        {"origin": "https://evil.example", "sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {
            "sec_fetch_site": "cross-site",
            "sec_fetch_mode": "navigate",
            "sec_fetch_dest": "document",
        },  # a form
    ],
)
def test_foreign_page_sends_nothing(served_page, lab_page, headers):
    for address in (served_page, lab_page):
        pad = find_pad(address)
        assert ask(address, "/gradio_api/component_server/", pad) == 200
        assert ask(address, "/gradio_api/component_server/", pad, **headers) == 403
        for path in (DESCEND, "/gradio_api/queue/join", "/gradio_api/run/descend", "/nowhere"):
            assert ask(address, path, "{}", **headers) == 403
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        upload = httpx.post(f"{address}/gradio_api/upload", files={"files": b"x"}, headers=named)
        assert upload.status_code == 403
        assert "another site" in upload.text


@pytest.mark.parametrize(
    "path",
    ["/config", "/theme.css", "/glassbox/runs?q={}", "/gradio_api/heartbeat/s", "/glassbox/icon-512.png",
     "/gradio_api/queue/data?session_hash=s", "/gradio_api/file=checkpoints/mlp.safetensors"],
)  # fmt: skip
def test_foreign_page_reads_and_holds_nothing(served_page, path):
    assert ask(served_page, path, origin=EVIL) == 403
    for site, mode, kind in (
        ("cross-site", "no-cors", "image"), ("same-site", "cors", "empty"),
        ("cross-site", "navigate", "iframe"), ("cross-site", "navigate", "object"),
    ):  # fmt: skip
        assert ask(served_page, path, sec_fetch_site=site, sec_fetch_mode=mode, sec_fetch_dest=kind) == 403


def test_foreign_page_may_lead_here(served_page):
    """By a link to whatever is there, and by a frame with the page, which its headers then allow or not."""
    follow = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    assert ask(served_page, "/?tab=runs", **follow, sec_fetch_dest="document") == 200
    assert ask(served_page, "/theme.css", **follow, sec_fetch_dest="document") == 200
    assert ask(served_page, "/?tab=runs", **follow, sec_fetch_dest="iframe") == 200


@pytest.mark.parametrize("host", [None, "192.0.2.7:7860", SPACE])
@pytest.mark.parametrize("origin", [EVIL, "null", "https://huggingface.co", "https://other.hf.space", MOODLE])
def test_no_foreign_page_is_given_permission(lab_page, host, origin):
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"} | ({"Host": host} if host else {})
    for answer in (
        httpx.options(lab_page + DESCEND, headers=headers),
        httpx.get(f"{lab_page}/config", headers=headers),
        httpx.post(lab_page + DESCEND, json={}, headers=headers),
    ):
        assert answer.status_code == 403
        assert not any(name.startswith("access-control") for name in answer.headers)


# Bodies


@pytest.mark.parametrize(
    "path",
    ["component_server", "component_server/", "call/descend", "call/v2/descend", "run/descend",
     "api/descend/", "queue/join", "cancel", "reset"],
)  # fmt: skip
def test_body_that_does_not_say_json_is_refused(served_page, path):
    address, body = f"{served_page}/gradio_api/{path}", find_pad(served_page)
    for kind in ("text/plain", "text/plain; application/json", "application/x-www-form-urlencoded", None):
        answer = httpx.post(address, content=body.encode(), headers={"Content-Type": kind} if kind else {})
        assert answer.status_code == 415
        assert "Content-Type: application/json" in answer.text
    chunked = httpx.post(address, content=iter([body.encode()]))
    assert chunked.status_code == 415


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
def test_body_that_says_json_is_read(served_page, kind):
    answer = httpx.post(served_page + DESCEND, content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 200


# Those who go on working, each with the headers that it sends; MCP's own client is in tests/api/test_mcp.py


def test_page_asks_its_own_server(served_page):
    own = {"origin": served_page, "sec_fetch_site": "same-origin", "sec_fetch_mode": "cors"}
    for address in (served_page, served_page.replace("127.0.0.1", "localhost")):
        own |= {"host": name_of(address), "origin": address}
        assert ask(served_page, "/gradio_api/component_server/", find_pad(served_page), **own) == 200
    assert (
        ask(served_page, sec_fetch_site="none", sec_fetch_mode="navigate", sec_fetch_dest="document") == 200
    )


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("192.0.2.7:7860", "http://192.0.2.7:7860"),
        (LAB, f"https://{LAB}"),
        (f"{LAB}:443", f"https://{LAB}"),
        (LAB, f"https://{LAB}:8443"),  # a proxy that passes the name on without the port
    ],
)
def test_class_asks_by_address_and_name(lab_page, host, origin):
    assert (
        ask(lab_page, DESCEND, "{}", host=host, origin=origin) == 200
    )  # over http no browser says Sec-Fetch-…


def test_page_of_a_space_asks_from_its_frame_on_the_hub(lab_page):
    frame = {"host": SPACE, "x_forwarded_host": SPACE, "x_forwarded_proto": "https"}
    opened = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"}
    assert ask(lab_page, "/", **frame, **opened, referer="https://huggingface.co/") == 200
    asked = {"origin": f"https://{SPACE}", "sec_fetch_site": "same-origin", "sec_fetch_mode": "cors"}
    assert ask(lab_page, "/gradio_api/component_server/", find_pad(lab_page), **frame, **asked) == 200
    answer = httpx.get(f"{lab_page}/", headers={"Host": SPACE})
    allowed = ("https://huggingface.co", "https://*.hf.space", MOODLE)
    assert answer.headers["content-security-policy"] == build_policy(allowed)


@pytest.mark.parametrize(
    "names",
    [
        {"host": LAB},  # passed on, as docs/nginx.conf does
        {"x_forwarded_host": LAB},  # passed on in another header, beside the replica's own
        {},  # not passed on
    ],
)
def test_page_behind_a_proxy_asks(lab_page, names):
    assert ask(lab_page, "/", **names) == 200
    for origin in (f"http://{LAB}", f"https://{LAB}"):
        assert ask(lab_page, DESCEND, "{}", origin=origin, sec_fetch_site="same-origin", **names) == 200
    assert ask(lab_page, DESCEND, "{}", origin=EVIL, **names) == 403


def test_gradios_own_client_asks(served_page, lab_page):
    for address in (served_page, served_page.replace("127.0.0.1", "localhost"), lab_page):
        client = Client(address, verbose=False)
        assert client.predict(api_name="/architecture", network="logistic")["parameters"] == 7850


def test_curl_asks_as_the_documentation_says(served_page):
    command = ["curl", "-s", "-o", "-", "-w", "%{http_code}", served_page + DESCEND, "-d", "{}"]
    refused = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert refused.endswith("415")
    header = "Content-Type: application/json"
    assert header in refused  # what to add
    asked = subprocess.run([*command, "-H", header], capture_output=True, text=True, check=True).stdout
    assert asked.endswith("200")


def test_page_keeps_no_cookie(served_page):
    """In a frame on another site the browser would not send it."""
    assert "set-cookie" not in httpx.get(served_page).headers
