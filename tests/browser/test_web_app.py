"""The page can be installed as an app, under its own name and icons, from this host alone."""

from urllib.parse import urlsplit

from app.server.web_app import MANIFEST
from tests.browser.conftest import FLAGS


def test_chromium_finds_nothing_that_keeps_it_from_installing_the_page(
    playwright, chromium_path, served_page, tmp_path
):
    # A context of Playwright's own is a private window, from which nothing can be installed.
    context = playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=chromium_path, args=FLAGS
    )
    page = context.new_page()
    hosts = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(served_page)
    page.locator("body[data-ready]").wait_for()
    session = context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    obstacles = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    title_bar = page.evaluate("document.querySelector('meta[name=theme-color]').content")
    context.close()
    assert manifest["url"] == f"{served_page}/manifest.json"
    assert not manifest["errors"]
    assert not obstacles
    assert title_bar == MANIFEST["theme_color"]
    assert hosts == {urlsplit(served_page).netloc}
