"""Where a browser lets the page remember nothing, it works and says so."""

import json
import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import FLAGS
from tests.runs.trained_runs import make_ending, make_folder, make_step

A = "a" * 32


@pytest.fixture
def forbidding(playwright, tmp_path):
    """A browser in which cookies are blocked, as a visitor blocks them in its settings.

    Chromium's headless shell has no such settings.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("needs the whole Chromium: install it and run again")
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    preferences.write_text(json.dumps(blocked))
    context = playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=path, args=FLAGS, reduced_motion="reduce"
    )
    yield context
    context.close()


def test_page_works_without_storage_and_says_that_it_will_forget(forbidding, served_page, served_runs):
    errors = []
    page = forbidding.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{served_page}/theme.css")  # of the same site, without our script
    ask = "() => { try { return localStorage.length } catch (error) { return error.name } }"
    assert page.evaluate(ask) == "SecurityError"
    folder = make_folder(A, [make_step(1), make_ending()])
    folder.rename(served_runs / A)
    page.goto(f"{served_page}/?tab=runs&run={A}")
    page.locator("body[data-ready]").wait_for()
    expect(page.locator("#gb-forgets")).to_contain_text("forgotten when it is closed")
    runs = page.locator("#runs .gb-runs-list li")
    expect(runs).to_have_count(2)  # the run that the address names, and the example
    page.get_by_role("tab", name="Sketchpad").click()
    page.locator("#pad .gb-pad:not([data-version='0'])").wait_for()  # its script has begun
    page.locator("#pad").get_by_role("button", name="Example", exact=True).click()
    expect(page.locator("#pad .gb-pad")).to_have_attribute("data-digit", "3")
    page.get_by_role("tab", name="Training runs").click()
    expect(runs).to_have_count(2)
    page.reload()
    expect(runs).to_have_count(1)
    assert errors == []
    shutil.rmtree(served_runs / A)
