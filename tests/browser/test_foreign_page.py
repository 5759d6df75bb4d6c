"""A page of another site in the same browser: what it asks of the server on the visitor's own machine."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import FLAGS
from tests.conftest import serve_page
from tests.server.test_foreign_requests import find_pad

# All that a page can try without its visitor: what it can read, and what it sends blindly.
TRY_ALL = """async ([page, pad]) => {
  const tried = [];
  const attempt = async (path, options) => {
    try {
      const answer = await fetch(page + path, options);
      tried.push(answer.type === "opaque" ? "unread" : await answer.text());
    } catch (error) { tried.push("refused"); }
  };
  const file = new FormData();
  file.append("files", new Blob(["x"]), "x.txt");
  const json = {method: "POST", body: pad, headers: {"Content-Type": "application/json"}};
  const blind = {mode: "no-cors"}, text = {...blind, method: "POST", body: pad};
  await attempt("/config", {});
  await attempt("/gradio_api/component_server/", json);
  await attempt("/gradio_api/component_server/", text);
  await attempt("/gradio_api/call/descend", {...text, body: '{"data": []}'});
  await attempt("/gradio_api/upload", {...blind, method: "POST", body: file});
  await attempt("/glassbox/runs?q={}", blind);
  await attempt("/gradio_api/heartbeat/s", blind);
  for (const kind of ["img", "script"]) {
    const element = document.createElement(kind);
    const ended = new Promise((resolve) => { element.onload = element.onerror = resolve; });
    element.src = page + "/theme.css?" + kind;
    document.body.append(element);
    await ended;
  }
  return tried;
}"""


class _EvilPage(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>evil</title><body></body>")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def evil_port():
    """The port of another site's server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _EvilPage) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def tricked(playwright, chromium_path):
    """A Chromium for which evil.example and moodle.example lead to this machine."""
    rules = "--host-resolver-rules=MAP evil.example 127.0.0.1, MAP moodle.example 127.0.0.1"
    browser = playwright.chromium.launch(executable_path=chromium_path, args=[*FLAGS, rules])
    yield browser
    browser.close()


@pytest.mark.parametrize(
    "site", ["evil.example", "127.0.0.1"]
)  # the second is another program of the machine
def test_foreign_page_reads_sends_and_holds_nothing(tricked, evil_port, served_page, site):
    page = tricked.new_page()
    page.goto(f"http://{site}:{evil_port}/")
    asked, statuses = {}, {}
    watch = page.context.new_cdp_session(page)  # the page itself is not told how it was answered
    watch.on(
        "Network.requestWillBeSent", lambda sent: asked.update({sent["requestId"]: sent["request"]["url"]})
    )
    watch.on(
        "Network.responseReceivedExtraInfo",
        lambda answer: statuses.update({answer["requestId"]: answer["statusCode"]}),
    )
    watch.send("Network.enable")
    tried = page.evaluate(TRY_ALL, [served_page, find_pad(served_page)])
    assert tried == ["refused"] * 7
    paths = {urlsplit(asked[number]).path for number in statuses}
    assert paths >= {"/config", "/gradio_api/component_server/", "/gradio_api/call/descend",
                     "/gradio_api/upload", "/glassbox/runs", "/gradio_api/heartbeat/s",
                     "/theme.css"}  # fmt: skip
    assert set(statuses.values()) == {403}
    page.close()


def test_foreign_name_for_this_machine_shows_nothing(tricked, served_page):
    page = tricked.new_page()
    for path in ("/", "/config"):
        answer = page.goto(f"http://evil.example:{urlsplit(served_page).port}{path}")
        assert answer.status == 403
        assert "--allowed-host" in page.locator("body").inner_text()
    page.close()


@pytest.fixture(scope="module")
def framed_page(evil_port, tmp_path_factory):
    """The address of a page that moodle.example may show in a frame."""
    folder = tmp_path_factory.mktemp("framed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBOX_FRAME_ANCESTORS", f"http://moodle.example:{evil_port}")
        cold = {"module": "tests.server.cold_page"}
        with serve_page(folder / "runs", folder / "log.txt", **cold) as address:
            yield address


def show_frame(tricked, site, address):
    """Open a site's page, and in it a frame with the page at an address."""
    page = tricked.new_page()
    page.goto(site)
    page.evaluate(
        """(address) => {
          const frame = document.createElement("iframe");
          Object.assign(frame, {src: address, width: 1400, height: 900});
          document.body.append(frame);
        }""",
        f"{address}/?tab=sketchpad",
    )
    return page


def test_foreign_page_shows_the_page_in_no_frame_unless_it_is_named(tricked, evil_port, framed_page):
    page = show_frame(tricked, f"http://moodle.example:{evil_port}/", framed_page)
    frame = page.frame_locator("iframe")
    frame.locator("body[data-ready]").wait_for()
    frame.locator("#pad .gb-pad[data-digit]").wait_for()  # what it asks for itself is answered
    page.close()
    page = show_frame(tricked, f"http://evil.example:{evil_port}/", framed_page)
    page.wait_for_function("!document.querySelector('iframe').contentDocument")  # a page of another origin
    assert page.frames[1].url.startswith("chrome-error:")
    page.close()
