"""Two replicas behind one address: nginx with the configuration of the documentation, started."""

import http.cookiejar
import shutil
import subprocess
import tempfile
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from filelock import FileLock
from gradio_client import Client

from app.sketchpad.tab import build_example
from models.runs.folder import append_event
from tests.conftest import find_free_port, serve_page, wait_until_served
from tests.runs.test_stream import A, follow_news
from tests.runs.trained_runs import make_folder, make_step
from tests.test_readme import CODE, DOCS, ROOT
from tests.waiting import HANG_SECONDS, wait_until

CONFIG = ROOT / "docs" / "nginx.conf"
pytestmark = pytest.mark.release
NUM_VISITORS = 20  # chance sends all of them to one replica once in half a million times


def make_nginx_folder():
    if shutil.which("nginx") is None:
        pytest.skip("needs nginx: install it and run again")
    folder = Path(tempfile.mkdtemp(prefix="glassbox-nginx-"))
    folder.chmod(0o755)  # nginx's workers are not root
    return folder


@pytest.fixture(scope="module")
def front(served_page, served_runs):
    """The address of nginx before two replicas, and the file where it notes who was sent where."""
    folder = make_nginx_folder()
    noted = folder / "requests.txt"
    with serve_page(served_runs, folder / "second.txt") as second:
        port = find_free_port()
        changes = {
            "listen 7860;": f"listen 127.0.0.1:{port};",
            "127.0.0.1:7861": urlsplit(served_page).netloc,
            "127.0.0.1:7862": urlsplit(second).netloc,
            "access_log off;": f"""log_format noted '$visitor $upstream_addr';
              access_log {noted} noted;""",
        }
        config = CONFIG.read_text()
        for text, replacement in changes.items():
            assert config.count(text) == 1
            config = config.replace(text, replacement)
        with start_nginx(config, folder, port):
            yield f"http://127.0.0.1:{port}", noted
    shutil.rmtree(folder)


@contextmanager
def start_nginx(config, folder, port, path=""):
    """Serve with a configuration during the `with` block."""
    log = folder / "log.txt"
    (folder / "nginx.conf").write_text(config)
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"],
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        wait_until_served(f"http://127.0.0.1:{port}{path}", process, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=HANG_SECONDS)


def read_requests(noted, is_complete):
    """Return visitor and replica of each request once all are there: nginx notes one after its answer."""

    def read():
        requests = [tuple(line.split()) for line in noted.read_text().splitlines()]
        return requests if is_complete(requests) else None

    return wait_until(read, noted.read_text)


def send(address, visitor):
    headers = {"Cookie": f"glassbox_visitor={visitor}"}
    urllib.request.urlopen(
        urllib.request.Request(f"{address}/theme.css", headers=headers), timeout=HANG_SECONDS
    ).close()


def test_each_visitor_stays_with_one_replica(front):
    address, noted = front
    noted.write_text("")
    asked = {}
    for _ in range(2):
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        for path in ("/", "/theme.css", "/"):  # the page itself is asked for without the cookie
            assert browser.open(address + path, timeout=HANG_SECONDS).status == 200
        (cookie,) = jar
        asked[cookie.value] = 3
    for number in [*range(NUM_VISITORS)] * 2:
        send(address, number)
        asked[f"{number}"] = 2

    def is_complete(requests):  # the fixture asked, too
        return Counter(visitor for visitor, _ in requests if visitor in asked) == asked

    replicas = {visitor: set() for visitor in asked}
    for visitor, replica in read_requests(noted, is_complete):
        if visitor in asked:
            replicas[visitor].add(replica)
    assert all(len(sent_to) == 1 for sent_to in replicas.values())
    assert len(set().union(*replicas.values())) == 2


def test_a_program_without_cookies_is_answered_by_one_replica(front):
    address, noted = front
    noted.write_text("")
    client = Client(address, verbose=False)
    assert client.predict(build_example(7), None, "convnet", api_name="/predict")["digit"] == 7
    send(address, "last")
    requests = read_requests(noted, lambda requests: "last" in dict(requests))
    asked = [request for request in requests if request[0] != "last"]
    assert len(asked) > 1
    assert len(set(asked)) == 1
    assert asked[0][0] == "127.0.0.1"  # known by its address


def test_page_behind_it_is_asked_by_its_own_pages_alone(front):
    address, _ = front
    asked = f"{address}/gradio_api/call/v2/descend"
    for headers, status in (
        ({"Origin": address, "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),  # nginx passes the name on
    ):
        assert httpx.post(asked, json={}, headers=headers).status_code == status


def test_news_of_a_run_come_as_they_happen(front, served_runs, monkeypatch):
    monkeypatch.setenv("GLASSBOX_RUNS", str(served_runs))
    run = make_folder(A, [make_step(1)])
    with FileLock(run / "lock"):  # as its process would hold
        news = follow_news(front[0])
        for step in (2, 3):
            append_event(run, make_step(step))
            assert [row[0] for row in next(news)["news"]["steps"]] == [step]


def serve_below_path(config, folder, port):
    """Answer what a page below /lab/ must: its address, and the place to which its name alone leads."""
    with start_nginx(config, folder, port, "/lab/config"):
        told = httpx.get(f"http://127.0.0.1:{port}/lab/config").json()["root"]
        led = httpx.get(f"http://127.0.0.1:{port}/lab?tab=runs").headers["location"]
    shutil.rmtree(folder)
    return told.removeprefix(f"http://127.0.0.1:{port}"), urlsplit(led).path


def test_page_lies_below_a_path_as_the_documentation_says(tmp_path):
    blocks = CODE.findall(DOCS["docs/hosting.md"])
    (location,) = [code for kind, code in blocks if kind == "nginx"]
    folder, port = make_nginx_folder(), find_free_port()
    with serve_page(tmp_path / "runs", tmp_path / "log.txt", "--root-path", "/lab") as served:
        one = CONFIG.read_text()
        one = one[: one.index("  map $uri")] + f"  server {{\n listen 127.0.0.1:{port};\n{location}}}\n}}\n"
        one = one.replace("127.0.0.1:7861", urlsplit(served).netloc)
        assert serve_below_path(one, folder, port) == ("/lab", "/lab/")

        several = CONFIG.read_text().replace("listen 7860;", f"listen 127.0.0.1:{port};")
        for text, replacement in (
            ("    /       ", "    /lab/   "), ("location / {", "location /lab/ {"),
            ("127.0.0.1:7861", urlsplit(served).netloc), ("    server 127.0.0.1:7862;\n", ""),
        ):  # fmt: skip
            assert text in several
            several = several.replace(text, replacement)
        assert serve_below_path(several, make_nginx_folder(), port) == ("/lab", "/lab/")
