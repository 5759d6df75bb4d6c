"""Single components in Chromium, without Gradio's page: each opens in a fraction of a second.

What a component is given is what Python makes for it at this moment: payloads cannot grow stale. What it asks
of Python is answered by the functions that it was built with, in the test's own process.
"""

import json
import re
import uuid
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.theme import build_theme, page_css
from app.ui.loader import build_script_routes
from app.ui.styles import read_sheets
from tests.browser.conftest import WIDE, watch
from tests.node import COVERAGE

ADDRESS = "http://localhost"  # nobody listens there; a browser trusts it as it trusts https
APP = Path(__file__).parents[3] / "app"
STAND_IN = Path(__file__).with_name("gradio_stand_in.js").read_text(encoding="utf-8")

PAGE = """<!doctype html>
<html lang="en">
<title>Components</title>
<style>
{styles}
body {{ margin: 0; background: var(--body-background-fill) }}
body {{ color: var(--body-text-color); font-family: var(--font) }}
main {{ padding: 12px }}
</style>
<body class="{theme}"><div class="gradio-container"><main></main></div><script>{script}</script></body>
</html>"""


def begin_coverage(page):
    """Have Chromium count what runs of the scripts."""
    session = page.context.new_cdp_session(page)
    session.send("Profiler.enable")
    session.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": True})
    return session


def save_coverage(session, folder):
    """Save the counts as Node saves its own, by the scripts' places in the source tree."""
    counts = session.send("Profiler.takePreciseCoverage")["result"]
    for script in counts:
        script["url"] = re.sub(rf"^{ADDRESS}/glassbox/scripts/[0-9a-f]+/", f"{APP.as_uri()}/", script["url"])
    counts = [script for script in counts if script["url"].startswith("file:")]
    path = Path(folder) / f"coverage-{uuid.uuid4()}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"result": counts}), encoding="utf-8")


class Harness:
    """Some components on a page of their own.

    Attributes:
        page: Playwright's page.
        handlers: What answers a component's event, by its id and the event's name: called with the
            component's value, returns `{id: {property: value}}`, as Gradio would update them, or None.
    """

    def __init__(self, page, components, handlers):
        self.page = page
        self.handlers = handlers
        self._components = {component.elem_id: component for component in components}
        page.expose_function("askPython", self._ask)
        page.expose_function("sendToPython", self._take)
        page.goto(f"{ADDRESS}/")
        for component in components:
            self.show(component)

    def show(self, component):
        """Show a component below those that are there, or one again that was removed."""
        given = {"value": component.value, "label": component.label, **component.props}
        self.page.evaluate(
            "(part) => window.standIn.show(part)",
            {
                "id": component.elem_id,
                "classes": " ".join(component.elem_classes),
                "template": component.html_template,
                "style": component.css_template or "",
                "start": component.js_on_load,
                "props": given,
                "functions": [function.__name__ for function in component.server_fns],
            },
        )

    def locate(self, selector):
        return self.page.locator(selector)

    def update(self, name, **properties):
        """Change a component's properties, as an answer of Python's does."""
        self.page.evaluate("([id, to]) => window.standIn.update(id, to)", [name, properties])

    def take(self, name):
        """Take a component off the page, as Gradio does with one that it hides, and return it."""
        self.page.evaluate("(id) => window.standIn.remove(id)", name)
        return self._components[name]

    def sent(self, event):
        """Return the values that were sent with an event, in their order."""
        sent = self.page.evaluate("window.standIn.sent")
        return [one["value"] for one in sent if one["event"] == event]

    def wait_for_frame(self):
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    def _ask(self, name, function, values):
        """Call a component's function on the server as Gradio does; one that fails answers nothing."""
        called = next(one for one in self._components[name].server_fns if one.__name__ == function)
        try:
            return called(values[0] if len(values) == 1 else values)
        except Exception:
            return None

    def _take(self, name, event, value):
        answer = self.handlers.get((name, event), lambda value: None)(value)
        for other, properties in (answer or {}).items():
            self.update(other, **properties)


@cache
def fetch_script(path):
    """Ask for a script as a browser does, and for each of them once: all harness pages are given the same."""
    client = TestClient(Starlette(routes=build_script_routes()))
    return client.get(path, headers={"accept-encoding": "identity"})


@pytest.fixture(scope="session")
def styles():
    """The page's own two style sheets, and those of the components."""
    return build_theme()._get_theme_css(), page_css(), *read_sheets().values()


@pytest.fixture
def open_harness(chromium, styles):
    """Open components on a page of their own; afterwards, fail if the page had an error or asked a host."""
    contexts, troubles, sessions = [], [], []

    def open_harness(*components, viewport=WIDE, theme="light", handlers=None, **options):
        context = chromium.new_context(viewport=viewport, **options)
        context.on("page", lambda page: watch(page, troubles))
        contexts.append(context)
        body = PAGE.format(theme=theme, styles="\n".join(styles), script=STAND_IN)

        def answer(route):
            path = urlsplit(route.request.url).path
            if path == "/":
                return route.fulfill(body=body, content_type="text/html")
            found = fetch_script(path)
            return route.fulfill(
                status=found.status_code, body=found.content, content_type=found.headers["content-type"]
            )

        context.route(f"{ADDRESS}/**", answer)
        page = context.new_page()
        if COVERAGE:
            sessions.append(begin_coverage(page))
        return Harness(page, components, handlers or {})

    yield open_harness
    for session in sessions:
        save_coverage(session, COVERAGE)
    for context in contexts:
        context.close()
    assert not troubles
