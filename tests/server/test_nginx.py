"""Two replicas behind one address: nginx with the configuration of the documentation, started."""

import http.cookiejar
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from filelock import FileLock
from gradio_client import Client

from app.sketchpad.tab import build_example
from models.runs.folder import append_event
from tests.conftest import find_free_port, serve_page, wait_until_served
from tests.runs.test_stream import A, follow_news
from tests.runs.trained_runs import make_folder, make_step
from tests.test_readme import ROOT

CONFIG = ROOT / "docs" / "nginx.conf"
pytestmark = pytest.mark.release
NUM_VISITORS = 20  # chance sends all of them to one replica once in half a million times


@pytest.fixture(scope="module")
def front(served_page, served_runs):
    """The address of nginx before two replicas, and the file where it notes who was sent where."""
    if shutil.which("nginx") is None:
        pytest.skip("needs nginx: install it and run again")
    folder = Path(tempfile.mkdtemp(prefix="glassbox-nginx-"))
    folder.chmod(0o755)  # nginx's workers are not root
    told, log = folder / "told.txt", folder / "log.txt"
    with serve_page(served_runs, folder / "second.txt") as second:
        port = find_free_port()
        changes = {
            "listen 7860;": f"listen 127.0.0.1:{port};",
            "127.0.0.1:7861": urlsplit(served_page).netloc,
            "127.0.0.1:7862": urlsplit(second).netloc,
            "access_log off;": f"""log_format told '$visitor $upstream_addr';
              access_log {told} told;""",
        }
        config = CONFIG.read_text()
        for text, replacement in changes.items():
            assert config.count(text) == 1
            config = config.replace(text, replacement)
        (folder / "nginx.conf").write_text(config)
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"],
                stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            wait_until_served(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}", told
        finally:
            process.terminate()
            process.wait(timeout=20)
            shutil.rmtree(folder)


def test_each_visitor_stays_with_one_replica(front):
    address, told = front
    told.write_text("")
    asked = {}
    for _ in range(2):
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        for path in ("/", "/theme.css", "/"):  # the page itself is asked for without the cookie
            assert browser.open(address + path, timeout=10).status == 200
        (cookie,) = jar
        asked[cookie.value] = 3
    for number in [*range(NUM_VISITORS)] * 2:
        request = urllib.request.Request(
            f"{address}/theme.css", headers={"Cookie": f"glassbox_visitor={number}"}
        )
        urllib.request.urlopen(request, timeout=10).close()
        asked[f"{number}"] = 2
    time.sleep(0.5)  # nginx notes a request after it has answered
    replicas = {visitor: [] for visitor in asked}
    for line in told.read_text().splitlines():
        visitor, replica = line.split()
        if visitor in asked:  # the fixture asked, too
            replicas[visitor].append(replica)
    assert {visitor: len(told) for visitor, told in replicas.items()} == asked
    assert all(len(set(told)) == 1 for told in replicas.values())
    assert len({told[0] for told in replicas.values()}) == 2


def test_a_program_without_cookies_is_answered_by_one_replica(front):
    address, told = front
    told.write_text("")
    client = Client(address, verbose=False)
    assert client.predict(build_example(7), None, "convnet", api_name="/predict")["digit"] == 7
    time.sleep(0.5)  # nginx notes a request after it has answered
    asked = told.read_text().splitlines()
    assert len(asked) > 1
    assert len(set(asked)) == 1
    assert asked[0].startswith("127.0.0.1 ")  # known by its address


def test_news_of_a_run_come_as_they_happen(front, served_runs, monkeypatch):
    monkeypatch.setenv("GLASSBOX_RUNS", str(served_runs))
    run = make_folder(A, [make_step(1)])
    with FileLock(run / "lock"):  # as its process would hold
        news = follow_news(front[0])
        for step in (2, 3):
            append_event(run, make_step(step))
            assert [row[0] for row in next(news)["news"]["steps"]] == [step]
