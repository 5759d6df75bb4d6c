"""A Chromium that watches for everything a page must not do."""

import shutil
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
WIDE = {"width": 1400, "height": 900}
NARROW = {"width": 390, "height": 844}
# A state is waited for as long as a locator waits: on a busy machine the five seconds of `expect` are few.
expect.set_options(timeout=30_000)
LEFT = ("AbortError: signal is aborted without reason", "Unexpected error Connection errored out")


def pytest_collection_modifyitems(items):
    """Leave every test of this folder to the gate but one page a tab."""
    for item in items:
        if item.path.parent.name == "browser" and item.path.stem != "test_smoke":
            item.add_marker(pytest.mark.gate)


@pytest.fixture(scope="session", autouse=True)
def page_errors():
    """What scripts threw and nobody caught, in promises too, on any page of any browser."""
    errors = []

    def watched(create):
        def create_watched(*arguments, **options):
            made = create(*arguments, **options)
            context = made if isinstance(made, BrowserContext) else made.context
            context.on("weberror", lambda event: errors.append(f"{event.error.stack or event.error}"))
            return made

        return create_watched

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (Browser, "new_context"),
            (Browser, "new_page"),
            (BrowserType, "launch_persistent_context"),
        ):
            patch.setattr(owner, name, watched(getattr(owner, name)))
        yield errors


@pytest.fixture(autouse=True)
def no_page_error(page_errors):
    """Fail the test in which a page had an error: this comes after all that closes its pages."""
    page_errors.clear()
    yield
    assert not page_errors


@pytest.fixture(scope="session")
def chromium_path():
    """Without a window of its own, where that is there: a page then costs a third less."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("needs Chromium: install it and run again")
    return path


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright, chromium_path):
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium, served_page):
    """Open pages of the app; afterwards, fail if one of them had an error or asked an outside host."""
    with watch_pages(chromium, served_page) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def open_shared_page(chromium, served_page):
    """The same for a page that several tests of a file go on with, since to open one takes seconds."""
    with watch_pages(chromium, served_page) as open_page:
        yield open_page


def watch(page, troubles):
    """Write down what a page says is wrong, what it asks for in vain, and whom it asks elsewhere."""
    page.on(
        "console",
        lambda message: (
            message.type == "error"
            # Gradio reports the requests that end because their page is left or reloaded; those that
            # end for another reason are told below.
            and not message.text.startswith(LEFT)
            and troubles.append(f"console: {message.text}")
        ),
    )
    page.on(
        "requestfailed",
        lambda request: (
            request.failure == "net::ERR_ABORTED"
            or troubles.append(f"failed request: {request.url}: {request.failure}")
        ),
    )
    page.on(
        "request",
        lambda request: (
            urlsplit(request.url).hostname in ("127.0.0.1", "localhost", None)
            or troubles.append(f"outside request: {request.url}")
        ),
    )


@contextmanager
def watch_pages(chromium, served_page):
    """Give the `with` block what opens a page, and close and judge what it opened at the end."""
    contexts, troubles = [], []

    def open_page(tab="", viewport=WIDE, theme="light", context=None, settings="", script="", **options):
        if context is None:
            context = chromium.new_context(viewport=viewport, **options)
            context.add_init_script(script)  # before the page's own
            context.on("page", lambda page: watch(page, troubles))
            contexts.append(context)
        page = context.new_page()
        query = f"?__theme={theme}" + (f"&tab={tab}" if tab else "") + (f"&{settings}" if settings else "")
        page.goto(f"{served_page}/{query}")
        page.locator("body[data-ready]").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not troubles
