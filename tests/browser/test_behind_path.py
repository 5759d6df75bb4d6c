"""The page below a path, `/lab/`, behind a proxy that takes the path off and behind one that hands it on."""

import re
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from filelock import FileLock
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from playwright.sync_api import expect

from app.sketchpad.tab import build_example
from models.checkpoints.file import SHIPPED_FOLDER
from models.runs.folder import append_event
from tests.browser.conftest import watch_pages
from tests.browser.descent_tab import Tab
from tests.browser.runs_tab import FOCUS, RunsTab
from tests.conftest import find_free_port, serve_page, wait_until_served
from tests.running import run
from tests.runs.test_stream import A, follow_news
from tests.runs.trained_runs import make_folder, make_step
from tests.waiting import HANG_SECONDS

KINDS = ("strip", "pass")
DESCEND = "gradio_api/call/v2/descend"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("behind") / "runs"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def server(runs):
    options = ("--root-path", "/lab", "--mcp")
    with serve_page(runs, runs.with_name("log.txt"), *options, module="tests.server.cold_page") as address:
        yield address


@contextmanager
def start_proxy(kind, server, folder):
    port, log_path = find_free_port(), folder / f"{kind}.txt"
    command = [sys.executable, "-m", "tests.reverse_proxy", f"{port}", server, "/lab", kind]
    with log_path.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_until_served(f"http://127.0.0.1:{port}/lab/", process, log_path)
        yield f"http://127.0.0.1:{port}/lab"
    finally:
        process.terminate()
        process.wait(timeout=HANG_SECONDS)


@pytest.fixture(scope="module")
def fronts(server, runs):
    with (
        start_proxy("strip", server, runs.parent) as strips,
        start_proxy("pass", server, runs.parent) as passes,
    ):
        yield {"strip": strips, "pass": passes}


@pytest.fixture(params=KINDS)
def front(request, fronts):
    """The address of the page before a proxy of either kind, without its last slash."""
    return fronts[request.param]


# Over HTTP


def test_page_and_all_that_it_loads_lie_below_the_path(front):
    page = httpx.get(f"{front}/")
    assert page.status_code == 200
    assert httpx.get(f"{front}/config").json()["root"] == front
    tags = re.findall(r"<(?:link|script)\b[^>]*?\s(?:href|src)=\"([^\"]+)\"", page.text)
    addresses = [urljoin(f"{front}/", tag) for tag in tags]
    assert len(addresses) > 4
    own = [address for address in addresses if urlsplit(address).path != "/manifest.json"]
    assert len(own) == len(addresses) - 1  # Gradio's own manifest, which stands behind ours
    assert [address for address in own if httpx.get(address).status_code != 200] == []
    manifest = re.search(r"<link rel=\"manifest\" href=\"([^\"]+)\"", page.text)[1]
    assert manifest == "manifest.json"
    parts = httpx.get(urljoin(f"{front}/", manifest)).json()
    assert urljoin(f"{front}/{manifest}", parts["start_url"]) == f"{front}/"
    for icon in parts["icons"]:
        assert httpx.get(urljoin(f"{front}/{manifest}", icon["src"])).status_code == 200


def test_page_without_its_last_slash_is_sent_there(fronts, server):
    answer = httpx.get(f"{fronts['pass']}?tab=runs")
    assert (answer.status_code, answer.headers["location"]) == (307, "/lab/?tab=runs")
    assert httpx.get(f"{server}/config").json()["root"] == f"{server}/lab"  # without a proxy, both work
    assert httpx.get(f"{server}/lab/config").json()["root"] == f"{server}/lab"


def test_programs_and_assistants_find_the_endpoints(front):
    client = Client(f"{front}/", verbose=False)
    assert client.predict(build_example(7), None, "convnet", api_name="/predict")["digit"] == 7

    async def list_tools():
        async with (
            streamable_http_client(f"{front}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await session.call_tool("checkpoints", {})

    answer = run(list_tools())
    assert not answer.isError
    assert "sketchpad" in answer.content[0].text


def test_files_go_up_and_come_down(front):
    sent = httpx.post(f"{front}/gradio_api/upload", files={"files": ("a.png", b"a picture")})
    assert sent.status_code == 200
    assert httpx.get(f"{front}/gradio_api/file={sent.json()[0]}").content == b"a picture"
    shipped = SHIPPED_FOLDER / "mlp.safetensors"
    assert httpx.get(f"{front}/gradio_api/file={shipped}").content == shipped.read_bytes()


def test_every_guard_knows_the_addresses_below_the_path(front):
    """Those in which a guard looks for something; with and without the proxy the answer is the same."""
    asked = [
        ("POST", DESCEND, {"json": {}}, 200),
        ("POST", DESCEND, {"json": {}, "headers": {"Origin": "http://evil.example"}}, 403),
        ("GET", "config", {"headers": {"Host": "evil.example"}}, 403),
        ("GET", "config", {"headers": {"X-Forwarded-Host": "evil.example"}}, 403),
        ("GET", "gradio_api/deep_link", {}, 404),
        ("GET", "nowhere", {}, 404),
        ("GET", "gradio_api/file=http://evil.example", {}, 403),
        ("POST", "gradio_api/upload", {"content": b"x"}, 415),
        ("POST", "config", {"files": {"files": b"x"}}, 415),
        ("POST", "gradio_api/reset", {"json": {"event_id": "x" * 2_000}}, 413),  # as a note is bounded
        ("GET", "gradio_api/heartbeat/a b", {}, 400),
        ("GET", "gradio_api/call/descend/none", {}, 404),
        ("POST", "gradio_api/call/nothing", {"json": {"data": []}}, 404),
        ("POST", "gradio_api/call/v2/descend", {"json": {"no": 1}}, 422),
        ("POST", "gradio_api/run/descend", {"json": {"data": [1, 2]}}, 422),
    ]
    answers = [httpx.request(method, f"{front}/{path}", **options) for method, path, options, _ in asked]
    statuses = [(path, answer.status_code) for (_, path, _, _), answer in zip(asked, answers, strict=True)]
    assert statuses == [(path, status) for _, path, _, status in asked]
    frame = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    assert httpx.get(f"{front}/", headers=frame).status_code == 200
    assert httpx.get(f"{front}/config", headers=frame).status_code == 403


def test_news_of_a_run_come_as_they_happen(front, runs, monkeypatch):
    monkeypatch.setenv("GLASSBOX_RUNS", str(runs))
    run = make_folder(A, [make_step(1)])
    with FileLock(run / "lock"):  # as its process would hold
        news = follow_news(front)
        for step in (2, 3):
            append_event(run, make_step(step))
            assert [row[0] for row in next(news)["news"]["steps"]] == [step]
        news.close()
    for path in run.iterdir():
        path.unlink()
    run.rmdir()


# In a browser


def test_tabs_a_live_curve_and_the_link_of_a_race_work_in_a_browser(chromium, fronts, runs, monkeypatch):
    """Behind one kind of proxy: what the page is told differs in nothing, which the tests above show."""
    front = fronts["pass"]
    monkeypatch.setenv("GLASSBOX_RUNS", str(runs))
    run_id = "c" * 32
    run = make_folder(run_id, [make_step(1)])
    with watch_pages(chromium, front) as open_page, FileLock(run / "lock"):  # as its process would hold
        page = open_page("runs", settings=f"run={run_id}", reduced_motion="reduce")
        tab = RunsTab(page)
        tab.wait_for_run(run_id)
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        for step in (2, 3):
            points = tab.points()
            append_event(run, make_step(step))
            tab.wait_for_points(points)
        tab.press("Copy link")
        link_field = page.locator(f"{FOCUS} .gb-runs-link input")
        expect(link_field).to_have_value(f"{front}/?tab=runs&run={run_id}")
        for name, question in (
            ("Gradient descent", "#descent-player .gb-player[data-races]"),
            ("Conv & pool", "#window .gb-window"),
            ("Sketchpad", "#pad .gb-pad"),
        ):
            page.get_by_role("tab", name=name).click()
            expect(page.locator(question)).to_be_visible()
        page.locator("#pad").get_by_role("button", name="Example", exact=True).click()
        expect(page.locator("#pad .gb-pad")).to_have_attribute("data-digit", "3")
        assert page.url.startswith(f"{front}/?")
        page.get_by_role("tab", name="Gradient descent").click()
        race = Tab(page)
        race.choose("Quadratic valley")
        with race.new_race():
            race.rate(2).fill("0.011")
        race.wait_for_losses("rows.length === 10")
        race.open_section("Take it away")
        copied = page.locator("#descent-link textarea, #descent-link input").first
        expect(copied).to_have_value(
            re.compile(f"^{re.escape(front)}/\\?tab=descent&problem=valley&.*momentum:0\\.011")
        )
        shown = race.optimizers(), race.losses()
        page.goto(copied.input_value())
        expect(page.get_by_role("tab", name="Gradient descent")).to_have_attribute("aria-selected", "true")
        race = Tab(page, races=2)
        expect(race.rate(2)).to_have_value("0.011")
        race.wait_for_losses("rows.length === 10")
        assert (race.optimizers(), race.losses()) == shown
        assert [url for url in requests if not url.startswith((f"{front}/", "data:", "blob:"))] == []
