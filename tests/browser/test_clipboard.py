"""Copying where the browser has no clipboard, as over plain http in a classroom, and where it refuses all."""

import socket

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WIDE
from tests.conftest import serve_page

TAKE_PASTED = """() => {
  const field = document.body.appendChild(document.createElement("textarea"));
  field.addEventListener("paste", ({ clipboardData }) => {
    field.remove();
    window.pasted = clipboardData.getData("text");
  });
  window.pasted = null;
  field.focus();
}"""


@pytest.fixture(scope="module")
def classroom_page(tmp_path_factory):
    """The page at an address of this machine that is not its own alone."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no address but its own")
        host = probe.getsockname()[0]
    if host.startswith("127."):
        pytest.skip("this machine has no address but its own")
    folder = tmp_path_factory.mktemp("classroom")
    (folder / "runs").mkdir()
    with serve_page(folder / "runs", folder / "log.txt", "--host", "0.0.0.0") as address:
        yield address.replace("127.0.0.1", host)


@pytest.fixture
def page(chromium, classroom_page):
    context = chromium.new_context(viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{classroom_page}/?tab=inspection")
    page.locator("body[data-ready]").wait_for()
    assert not page.evaluate("isSecureContext")
    page.get_by_role("button", name="Take it away: this convolution").click()
    yield page
    context.close()


def test_everything_is_copied_without_a_clipboard(page):
    def read():
        """Paste what was copied last."""
        page.evaluate(TAKE_PASTED)
        page.keyboard.press("Control+v")
        return page.wait_for_function("window.pasted").json_value()

    page.locator("#window-script").get_by_role("button", name="Copy").click()
    assert read().startswith('"""The convolution that Glassbox showed')
    page.locator("#window-link").get_by_role("button", name="Copy").click()
    assert read() == page.locator("#window-link textarea").input_value()


def test_what_no_browser_copies_is_shown_selected(page):
    page.evaluate("() => { document.execCommand = () => false; }")
    page.locator("#window-script").get_by_role("button", name="Copy").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Ctrl+C")
    assert page.evaluate("getSelection().toString()").startswith('"""The convolution that Glassbox showed')
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
