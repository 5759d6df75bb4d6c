"""The training runs tab: the list, the chosen run, what is done with a run, and who sees which."""

import json
import re
from pathlib import Path

import pytest
import torch
from playwright.sync_api import expect
from safetensors.torch import save

from models.checkpoints.file import load_checkpoint
from models.runs.owner import write_owner
from tests.browser.runs_tab import FOCUS, ROOT, RunsTab, open_runs, place_run, runs_tab
from tests.browser.showing import open_section
from tests.waiting import HANG_MS

__all__ = ["open_runs", "place_run", "runs_tab"]  # fixtures

KEY = "0123456789abcdef" * 2
OF_THE_OWNER = ("Rename", "Delete", "Copy owner's key")
WATCH_UPDATES = """() => {
  const root = document.querySelector("#runs .gb-runs");
  window.updates = [];
  new MutationObserver(() => window.updates.push([performance.now(), Number(root.dataset.bytes)]))
    .observe(root, { attributes: true, attributeFilter: ["data-updates"] });
}"""


@pytest.fixture
def place_owned(place_run, served_runs):
    """Put a finished run that asks for `KEY` into the served page's folder."""

    def place(kind="mlp"):
        run_id = place_run(kind)
        write_owner(served_runs / run_id, KEY)
        return run_id

    return place


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
        open_section(runs_tab.page.get_by_role("button", name="Open a run by its id"))
    runs_tab.page.locator("#run-id").get_by_role("textbox").fill(run_id)
    runs_tab.page.locator("#run-key").get_by_role("textbox").fill(key)
    runs_tab.page.locator("#run-open").click()


def start_run(runs_tab):
    """Start a training that goes on until it is stopped, and return the run's id."""
    runs_tab.choose("network", "ConvNet3")
    runs_tab.choose("dataset", "Built-in strokes")
    runs_tab.set_images(10_000)
    runs_tab.fill("epochs", 20)
    runs_tab.page.locator("#run-about").get_by_text("20 epochs").first.wait_for()
    runs_tab.page.get_by_role("button", name="Start training").click()
    runs_tab.wait_for_status("running")
    return runs_tab.focus()


def check_somebody_else(page, run_id):
    """Whoever has the link looks, compares and downloads, and changes nothing."""
    theirs = RunsTab(page)
    theirs.wait_for_run(run_id)
    expect_owner(theirs, False)
    for name in ("Stop", "Stop and keep", "Resume"):
        expect(button(theirs, name)).to_be_hidden()
    expect(button(theirs, "Pause the view")).to_be_visible()
    expect(theirs.page.locator(f"{FOCUS} .gb-runs-whose")).to_contain_text("look, compare and download")
    theirs.row(run_id).get_by_role("checkbox").check()
    with theirs.page.expect_download():
        theirs.press("Settings as JSON")
    assert theirs.page.evaluate("localStorage.getItem('glassbox-run-keys')") is None


def check_stopping(runs_tab, run_id, path):
    """A run is stopped, goes on where it was, and is stopped with what it has learned."""
    runs_tab.press("Pause the view")
    held = runs_tab.points()
    state = runs_tab.row(run_id).locator(".is-state span")
    expect(state).not_to_have_text(state.inner_text(), timeout=HANG_MS)
    assert runs_tab.points() == held
    runs_tab.press("Go on")
    runs_tab.wait_for_points(more_than=held)
    runs_tab.press("Stop")
    runs_tab.wait_for_status("stopped")
    expect(runs_tab.page.locator(f"{FOCUS} .gb-runs-details")).to_contain_text("Stopped as asked")
    reached = runs_tab.points()
    runs_tab.page.evaluate(WATCH_UPDATES)
    runs_tab.press("Resume")
    runs_tab.wait_for_status("running")
    # Updates with points: what is as large as a whole curve tells of the time before.
    runs_tab.page.wait_for_function(
        "() => window.updates.filter(([, bytes]) => bytes > 300 && bytes < 800).length > 3", timeout=HANG_MS
    )
    runs_tab.wait_for_points(more_than=reached)  # beyond where it was stopped
    runs_tab.press("Stop and keep")
    runs_tab.wait_for_status("stopped")
    expect(runs_tab.page.locator(f"{FOCUS} .gb-runs-details")).to_contain_text("are kept")
    expect(runs_tab.row(run_id).locator(".is-test")).to_have_text(re.compile(r"\d\d\.\d\d%"))
    with runs_tab.page.expect_download() as download:
        runs_tab.page.get_by_role("link", name="Checkpoint").click()
    download.value.save_as(path)
    assert load_checkpoint(path).info.network == "convnet3"


def check_deleting(runs_tab, window, run_id):
    """A deleted run is gone in every window, and comes back there too."""
    runs_tab.press("Delete")
    undo = runs_tab.page.locator(f"{ROOT} .gb-runs-undo")
    undo.wait_for()
    for each in (runs_tab, window):
        each.wait_for_listed(["example"])
        each.wait_for_run("example")
    undo.get_by_role("button", name="Undo").click()
    runs_tab.wait_for_run(run_id)
    for each in (runs_tab, window):
        each.wait_for_listed([run_id, "example"])
    assert undo.is_hidden()


def test_run_lives_through_reloading_and_stopping_and_is_its_owners(runs_tab, open_page, tmp_path):
    run_id = start_run(runs_tab)
    runs_tab.wait_for_listed([run_id, "example"])
    runs_tab.page.evaluate(WATCH_UPDATES)
    runs_tab.wait_for_points(more_than=4)
    assert max(num_bytes for _, num_bytes in runs_tab.page.evaluate("window.updates")) <= 2_048
    expect_owner(runs_tab, True)
    runs_tab.press("Copy link")
    link_field = runs_tab.page.locator(f"{FOCUS} .gb-runs-link input")
    expect(link_field).to_have_value(re.compile(rf"\?tab=runs&run={run_id}$"))
    keys = json.loads(runs_tab.page.evaluate("localStorage.getItem('glassbox-run-keys')"))
    assert list(keys) == [run_id]
    assert keys[run_id] not in link_field.input_value()
    check_somebody_else(open_page("runs", settings=f"run={run_id}"), run_id)

    runs_tab.page.reload()
    runs_tab = RunsTab(runs_tab.page)
    runs_tab.wait_for_run(run_id)
    runs_tab.wait_for_status("running")
    expect_owner(runs_tab, True)
    window = RunsTab(open_page("runs", context=runs_tab.page.context))
    window.wait_for_listed([run_id, "example"])
    runs_tab.page.bring_to_front()
    check_stopping(runs_tab, run_id, tmp_path / "mine.safetensors")
    check_deleting(runs_tab, window, run_id)


def test_form_starts_nothing_by_mistake_and_seeds_wait_in_the_queue_to_be_compared(runs_tab):
    runs_tab.open_hyperparameters()
    for value, message in (("", "empty"), ("0", "learning rate is 0")):
        runs_tab.fill("learning-rate", value)
        runs_tab.page.get_by_role("button", name="Start training").click()
        runs_tab.page.locator("#run-error").get_by_text(message).wait_for()
    runs_tab.wait_for_listed(["example"])
    runs_tab.fill("learning-rate", "0.1")

    runs_tab.choose("network", "Logistic regression")
    runs_tab.choose("dataset", "Built-in strokes")
    runs_tab.set_images(1_000)
    runs_tab.fill("seeds", 3)
    runs_tab.page.get_by_role("button", name="Start training").click()
    runs_tab.page.wait_for_function("() => window.glassboxRuns?.compared?.ids.length === 3")
    third, second, first, _ = runs_tab.listed()
    assert runs_tab.page.evaluate("window.glassboxRuns.compared.ids") == [first, second, third]
    for number, run_id in enumerate((first, second, third)):
        expect(runs_tab.row(run_id)).to_contain_text(f"seed {number}")
        runs_tab.page.locator(f'{ROOT} li[data-run="{run_id}"][data-status="done"]').wait_for(timeout=HANG_MS)
    runs_tab.wait_for_run(first)


def test_a_run_is_trained_on_and_weights_of_ones_own_are_brought(open_runs, place_run):
    run_id = place_run()
    runs_tab = open_runs(run_id)
    runs_tab.press("Train on")
    form = runs_tab.page.locator(f"{FOCUS} .gb-runs-on")
    expect(form.get_by_label("Epochs")).to_have_value("4")
    expect(form.get_by_label("Learning rate")).to_have_value("0.05")
    form.get_by_label("Epochs").fill("0")
    form.get_by_role("button", name="Start the new run").click()
    expect(form.get_by_role("alert")).to_contain_text("number of epochs is 0")
    form.get_by_label("Epochs").fill("1")
    form.get_by_label("Learning rate").fill("0,001")
    runs_tab.page.keyboard.press("Enter")
    runs_tab.page.wait_for_function(
        f"() => document.querySelectorAll('{ROOT} .gb-runs-list li').length === 3"
    )
    runs_tab.wait_for_status("done")
    new_id = runs_tab.focus()
    runs_tab.wait_for_listed([new_id, run_id, "example"])
    expect(runs_tab.row(new_id)).to_contain_text(f"begun with run {run_id[:6]}")
    settings = runs_tab.page.locator(f"{FOCUS} .gb-runs-settings")
    expect(settings).to_contain_text(
        f"learning rate 0.001, batches of 32, 1 epoch, trained on from run {run_id[:6]}"
    )
    expect(form).to_be_hidden()
    with runs_tab.page.expect_download() as download:
        runs_tab.page.get_by_role("link", name="Checkpoint").click()

    runs_tab.page.get_by_role("button", name="Bring weights of your own").click()
    chooser = runs_tab.page.locator("#run-import-place input[type=file]")
    weights = {"1.weight": torch.zeros(10, 784), "1.bias": torch.arange(10.0)}
    plain = {"name": "nines.safetensors", "mimeType": "application/octet-stream", "buffer": save(weights)}
    error = runs_tab.page.locator("#run-import-error")
    chooser.set_input_files(plain | {"name": "nines.pt", "buffer": b"PK\x03\x04" + bytes(99)})
    expect(error).to_contain_text("glassbox import FILE --network NAME")
    chooser.set_input_files(plain)
    expect(error).to_contain_text("name one of logistic")
    runs_tab.choose("import-network", "Logistic regression")
    runs_tab.choose("import-dataset", "Built-in strokes")
    chooser.set_input_files(plain)
    runs_tab.page.wait_for_function(
        f"() => document.querySelectorAll('{ROOT} .gb-runs-list li').length === 4"
    )
    expect(error.locator("p")).to_have_count(0)
    runs_tab.wait_for_status("done")
    expect(settings).to_have_text("Imported from nines.safetensors, not trained here.")
    expect(runs_tab.row(runs_tab.focus()).locator(".is-test")).to_have_text(re.compile(r"^(9|10)\.\d+%$"))
    runs_tab.choose("import-network", "As the file's record says")
    checkpoint = {"name": "back.safetensors", "buffer": Path(download.value.path()).read_bytes()}
    chooser.set_input_files(plain | checkpoint)
    expect(settings).to_contain_text("Imported from back.safetensors, not trained here. Its record says")


def test_run_of_somebody_else_is_seen_by_its_link_or_id_and_changed_by_its_key(
    open_page, place_owned, served_runs
):
    run_id, other = place_owned(), place_owned("seed 1")
    window = RunsTab(open_page("runs"))
    window.wait_for_listed(["example"])
    window.wait_for_run("example")
    theirs = RunsTab(open_page("runs", settings=f"run={run_id}", context=window.page.context))
    theirs.wait_for_run(run_id)
    assert "run=" not in theirs.page.url
    window.wait_for_listed([run_id, "example"])
    theirs.page.goto(f"{theirs.page.url}&run={'0' * 32}")  # one that is gone
    theirs = RunsTab(theirs.page)
    theirs.page.locator("#run-error").get_by_text("There is no run 0000").wait_for()
    theirs.wait_for_listed([run_id, "example"])
    theirs.wait_for_run(run_id)
    enter(theirs, "not-an-id", "")
    theirs.page.locator("#run-open-error").get_by_text("is not a run's id").wait_for()

    remembered = theirs.page.evaluate("localStorage.getItem('glassbox-runs')")
    theirs.press("Remove from the list")
    theirs.wait_for_listed(["example"])
    window.wait_for_listed(["example"])
    theirs.page.wait_for_function(
        "(before) => localStorage.getItem('glassbox-runs') !== before", arg=remembered
    )
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

    window.press("Delete")
    window.wait_for_run(other)  # the next in the list
    window.wait_for_listed([other, "example"])
