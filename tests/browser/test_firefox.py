"""The four tabs in Firefox: each does there what it is for.

Playwright drives a Firefox of its own make, which no distribution packs; Firefox's own protocol drives any.
"""

import shutil
import time

import pytest

from tests.waiting import HANG_MS

pytestmark = pytest.mark.release
ERRORS = """
return Services.console.getMessageArray()
  .filter((said) => said instanceof Ci.nsIScriptError && !(said.flags & said.warningFlag))
  .filter((said) => said.sourceName.startsWith(arguments[0]))
  .map((said) => `${said.errorMessage} (${said.sourceName}:${said.lineNumber})`);
"""


class Firefox:
    """A browser window that is driven as a person would drive it."""

    def __init__(self, marionette, address):
        self.marionette = marionette
        self.address = address

    def open(self, tab):
        self.marionette.navigate(f"{self.address}/?tab={tab}")
        self.find("body[data-ready]")

    def wait_for(self, script, *arguments):
        """Wait until a script returns something, and return that."""
        deadline = time.monotonic() + HANG_MS / 1000
        while not (answer := self.marionette.execute_script(script, script_args=arguments)):
            assert time.monotonic() < deadline, script
            time.sleep(0.1)
        return answer

    def find(self, selector):
        """Wait until an element is seen, bring it into sight, and return it."""
        seen = """const found = [...document.querySelectorAll(arguments[0])]
              .find((one) => one.checkVisibility());
            found?.scrollIntoView({ block: "center" }); return found;"""
        return self.wait_for(seen, selector)

    def read(self, selector):
        return self.find(selector).get_property("textContent")

    def attribute(self, selector, name):
        return self.find(selector).get_attribute(name)

    def wait_for_change(self, selector, before):
        script = "return document.querySelector(arguments[0]).textContent !== arguments[1]"
        self.wait_for(script, selector, before)

    def click(self, selector):
        self.find(selector).click()

    def point(self, selector):
        """Move the pointer onto the middle of an element."""
        self.mouse().pointer_move(0, 0, origin=self.find(selector)).perform()

    def drag(self, selector, *places):
        """Press on an element, a place away from its middle, move through others, and let go."""
        element = self.find(selector)
        mouse = self.mouse().pointer_move(*places[0], origin=element).pointer_down()
        for place in places[1:]:
            mouse.pointer_move(*place, duration=50, origin=element)
        mouse.pointer_up().perform()

    def mouse(self):
        return self.marionette.actions.sequence("pointer", "mouse", {"pointerType": "mouse"})


@pytest.fixture(scope="module")
def marionette(tmp_path_factory):
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    if path is None:
        pytest.skip("needs Firefox: install it and run again")
    driver = pytest.importorskip("marionette_driver.marionette", exc_type=ImportError)
    log = tmp_path_factory.mktemp("firefox") / "log.txt"
    marionette = driver.Marionette(
        bin=path,
        headless=True,
        app_args=["-remote-allow-system-access"],
        gecko_log=f"{log}",
        startup_timeout=HANG_MS / 1000,
    )
    marionette.start_session()
    marionette.set_window_rect(width=1400, height=1000)
    yield marionette
    marionette.quit()
    marionette.cleanup()


@pytest.fixture
def firefox(marionette, served_page):
    yield Firefox(marionette, served_page)
    with marionette.using_context("chrome"):
        errors = marionette.execute_script(ERRORS, script_args=[served_page], sandbox=None)
        marionette.execute_script("Services.console.reset()", sandbox=None)
    marionette.navigate("about:blank")  # what still runs there ends
    assert errors == []


def test_a_handle_of_the_ruler_is_dragged(firefox):
    firefox.open("descent")
    handle = "#descent-ruler [role=slider]"
    before = float(firefox.attribute(handle, "aria-valuenow"))
    detail = firefox.read(".gb-player-detail")
    firefox.drag(handle, (0, 0), (30, 0), (60, 0))
    firefox.wait_for_change(".gb-player-detail", detail)
    assert float(firefox.attribute(handle, "aria-valuenow")) > before


def test_a_pixel_that_is_pointed_at_is_worked_out(firefox):
    firefox.open("inspection")
    firefox.click("#window [data-move=reset]")
    firefox.wait_for(
        "return document.querySelector('.gb-window-place').textContent.startsWith('Output pixel in row 1, ')"
    )
    firefox.point("#window .gb-grids-panels canvas")
    firefox.wait_for(
        "return document.querySelector('.gb-window-place').textContent.startsWith('Input pixel')"
    )
    assert firefox.read("#window .gb-window-terms")


def test_a_run_is_started_and_stopped(firefox):
    firefox.open("runs")
    status = "#runs .gb-runs-focus[data-status={}]"
    firefox.find(status.format("done"))  # the example
    firefox.click("#run-dataset input")
    firefox.wait_for("""return [...document.querySelectorAll('[role=option]')]
        .some((one) => one.textContent.includes('Built-in strokes'))""")
    firefox.marionette.execute_script("""[...document.querySelectorAll('[role=option]')]
        .find((one) => one.textContent.includes('Built-in strokes')).id = 'chosen-option'""")
    firefox.click("#chosen-option")
    firefox.click("#run-start")
    firefox.find(status.format("running"))
    firefox.click("#runs button[data-act=stop]")
    firefox.find(status.format("stopped"))


def test_a_drawn_digit_is_read(firefox):
    firefox.open("sketchpad")
    firefox.find("#pad .gb-pad:not([data-version='0'])")
    firefox.find("#pad .gb-pad-canvas").click()
    firefox.marionette.actions.sequence("key", "keyboard").key_down("c").key_up("c").perform()
    firefox.drag("#pad .gb-pad-canvas", (0, -80), (0, -30), (0, 30), (0, 80))
    firefox.find("#pad .gb-pad[data-digit='1']")
