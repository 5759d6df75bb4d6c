"""Whose a run is: its owner's browser changes it, and whoever has the link looks, compares and downloads."""

import json
import re

import pytest
from playwright.sync_api import expect

from models.runs.owner import write_owner
from tests.browser.runs_tab import FOCUS, RunsTab, open_runs, place_run

__all__ = ["open_runs", "place_run"]  # fixtures

KEY = "0123456789abcdef" * 2
OF_THE_OWNER = ("Rename", "Delete", "Copy owner's key")


@pytest.fixture
def place_owned(place_run, served_runs):
    """Put a finished run that asks for `KEY` into the served page's folder."""

    def place(kind="mlp"):
        run_id = place_run(kind)
        write_owner(served_runs / run_id, KEY)
        return run_id

    return place


def open_link(open_page, run_id, **options):
    runs_tab = RunsTab(open_page("runs", settings=f"run={run_id}", **options))
    runs_tab.wait_for_run(run_id)
    return runs_tab


def button(runs_tab, name):
    return runs_tab.page.locator(FOCUS).get_by_role("button", name=name, exact=True)


def expect_owner(runs_tab, is_owner):
    for name in OF_THE_OWNER:
        expect(button(runs_tab, name)).to_be_visible(visible=is_owner)
    expect(button(runs_tab, "Remove from the list")).to_be_visible(visible=not is_owner)
    whose = runs_tab.page.locator(f"{FOCUS} .gb-runs-whose")
    expect(whose).to_be_visible(visible=not is_owner)


def enter(runs_tab, run_id, key):
    if not runs_tab.page.locator("#run-id").is_visible():
        runs_tab.page.get_by_role("button", name="Open a run by its id").click()
    runs_tab.page.locator("#run-id").get_by_role("textbox").fill(run_id)
    runs_tab.page.locator("#run-key").get_by_role("textbox").fill(key)
    runs_tab.page.locator("#run-open").click()


def test_whoever_starts_a_run_is_its_owner_and_a_link_is_to_look(open_page):
    mine = RunsTab(open_page("runs"))
    mine.choose("dataset", "Built-in strokes")
    mine.choose("network", "ConvNet4")
    mine.set_images(20_000)
    mine.fill("epochs", 20)
    mine.page.get_by_role("button", name="Start training").click()
    mine.wait_for_status("running")
    run_id = mine.focus()
    expect_owner(mine, True)
    mine.press("Copy link")
    link_field = mine.page.locator(f"{FOCUS} .gb-runs-link input")
    expect(link_field).to_have_value(re.compile(f"run={run_id}$"))
    link = link_field.input_value()
    keys = json.loads(mine.page.evaluate("localStorage.getItem('glassbox-run-keys')"))
    assert list(keys) == [run_id]
    assert keys[run_id] not in link

    theirs = open_link(open_page, run_id)
    expect_owner(theirs, False)
    for name in ("Stop", "Stop and keep", "Resume"):
        expect(button(theirs, name)).to_be_hidden()
    expect(button(theirs, "Pause the view")).to_be_visible()
    assert "look, compare and download" in theirs.page.locator(f"{FOCUS} .gb-runs-whose").inner_text()
    theirs.row(run_id).get_by_role("checkbox").check()
    with theirs.page.expect_download():
        theirs.press("Settings as JSON")
    assert theirs.page.evaluate("localStorage.getItem('glassbox-run-keys')") is None

    mine.page.reload()
    mine = RunsTab(mine.page)
    mine.wait_for_run(run_id)
    expect_owner(mine, True)
    mine.press("Stop")
    mine.wait_for_status("stopped")
    mine.press("Delete")
    mine.wait_for_listed(["example"])
    mine.page.locator("#runs .gb-runs-undo").get_by_role("button", name="Undo").click()
    mine.wait_for_listed([run_id, "example"])
    mine.press("Delete")
    mine.wait_for_listed(["example"])


def test_run_of_somebody_else_is_taken_off_the_list_until_the_owners_key_is_brought(
    open_page, place_owned, served_runs
):
    run_id = place_owned()
    theirs = open_link(open_page, run_id)
    window = RunsTab(open_page("runs", context=theirs.page.context))
    window.wait_for_listed([run_id, "example"])
    theirs.page.bring_to_front()
    remembered = theirs.page.evaluate("localStorage.getItem('glassbox-runs')")
    theirs.press("Remove from the list")
    theirs.wait_for_listed(["example"])
    window.wait_for_listed(["example"])
    theirs.page.wait_for_function(
        "(before) => localStorage.getItem('glassbox-runs') !== before", arg=remembered
    )
    other = place_owned("seed 1")
    enter(window, other, "")  # that window knew of the first one too
    window.wait_for_listed([other, "example"])
    theirs.wait_for_listed([other, "example"])
    theirs.page.reload()
    theirs = RunsTab(theirs.page)
    theirs.wait_for_listed([other, "example"])
    assert (served_runs / run_id).is_dir()
    enter(theirs, run_id, "")  # who asks for it has it again
    theirs.wait_for_listed([run_id, other, "example"])

    # Its owner brings the key to this browser.
    expect_owner(theirs, False)
    enter(theirs, run_id, "0" * 32)
    theirs.page.locator("#run-open-error").get_by_text("not the owner's key").wait_for()
    expect_owner(theirs, False)
    theirs.page.evaluate(
        "(id) => localStorage.setItem('glassbox-run-keys', JSON.stringify({ [id]: '0'.repeat(32) }))", run_id
    )
    theirs.page.reload()  # the page takes it for its own now; Python refuses, whatever the page shows
    theirs = RunsTab(theirs.page)
    theirs.wait_for_run(run_id)
    theirs.press("Delete")
    theirs.page.locator(f"{FOCUS} .gb-runs-error").get_by_text("Only this run's owner").wait_for()
    theirs.wait_for_listed([run_id, other, "example"])
    enter(theirs, run_id, KEY)
    expect_owner(theirs, True)
    theirs.press("Copy owner's key")
    expect(theirs.page.get_by_label("Owner\u2019s key", exact=True)).to_have_value(KEY)
    theirs.page.reload()
    theirs = RunsTab(theirs.page)
    expect_owner(theirs, True)
    window = RunsTab(open_page("runs", context=theirs.page.context))
    window.wait_for_run(run_id)
    expect_owner(window, True)
    window.press("Rename")
    window.page.keyboard.type("brought along")
    window.page.keyboard.press("Enter")
    window.row(run_id).get_by_text("brought along").wait_for()
