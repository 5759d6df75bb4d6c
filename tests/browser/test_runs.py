"""The training runs tab: the list, the chosen run, what is done with a run, and who sees which."""

import re
from pathlib import Path

import pytest
import torch
from playwright.sync_api import expect
from safetensors.torch import save

from models.checkpoints.file import load_checkpoint
from models.data.names import CLOTHES, DIGITS
from tests.browser.pad import Pad, check_delays, choose
from tests.browser.runs_tab import FOCUS, ROOT, RunsTab, open_runs, place_run, runs_tab
from tests.runs.trained_runs import write_clothes_checkpoint
from tests.waiting import HANG_MS

__all__ = ["open_runs", "place_run", "runs_tab"]  # fixtures

WATCH_UPDATES = """() => {
  const root = document.querySelector("#runs .gb-runs");
  window.updates = [];
  new MutationObserver(() => window.updates.push([performance.now(), Number(root.dataset.bytes)]))
    .observe(root, { attributes: true, attributeFilter: ["data-updates"] });
}"""


def test_run_lives_through_reloading_stopping_and_going_on(runs_tab, open_page, tmp_path):
    runs_tab.choose("network", "ConvNet3")
    runs_tab.choose("dataset", "Built-in strokes")
    runs_tab.set_images(2_000)
    runs_tab.fill("epochs", 20)
    runs_tab.page.locator("#run-about").get_by_text("20 epochs").first.wait_for()
    runs_tab.page.get_by_role("button", name="Start training").click()
    runs_tab.wait_for_status("running")
    run_id = runs_tab.focus()
    runs_tab.wait_for_listed([run_id, "example"])
    runs_tab.page.evaluate(WATCH_UPDATES)
    runs_tab.wait_for_points(more_than=4)
    assert max(num_bytes for _, num_bytes in runs_tab.page.evaluate("window.updates")) <= 2_048

    runs_tab.page.reload()
    runs_tab = RunsTab(runs_tab.page)
    runs_tab.wait_for_run(run_id)
    runs_tab.wait_for_status("running")
    other = RunsTab(open_page("runs", context=runs_tab.page.context))
    other.wait_for_listed([run_id, "example"])
    other.page.close()

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
    path = tmp_path / "mine.safetensors"
    download.value.save_as(path)
    assert load_checkpoint(path).info.network == "convnet3"


def test_seeds_wait_in_the_queue_and_are_ticked_to_be_compared(runs_tab):
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


def test_another_visitor_sees_nothing_of_a_run_unless_given_its_link_or_id(open_runs, open_page, place_run):
    run_id, second = place_run(), place_run("seed 0")
    mine = open_runs(run_id)
    mine.wait_for_listed([run_id, "example"])
    other = RunsTab(open_page("runs"))
    other.wait_for_listed(["example"])
    other.wait_for_run("example")
    mine.press("Copy link")
    link_field = mine.page.locator(f"{FOCUS} .gb-runs-link input")
    expect(link_field).to_have_value(re.compile(rf"\?tab=runs&run={run_id}$"))
    link = link_field.input_value()
    other = RunsTab(open_page("runs", settings=f"run={run_id}", context=other.page.context))
    other.wait_for_run(run_id)
    assert "run=" not in other.page.url
    other.page.goto(link.replace(run_id, "0" * 32))  # one that is gone
    other = RunsTab(other.page)
    other.page.locator("#run-error").get_by_text("There is no run 0000").wait_for()
    other.wait_for_listed([run_id, "example"])
    other.page.get_by_role("button", name="Open a run by its id").click()
    other.page.locator("#run-id").get_by_role("textbox").fill("not-an-id")
    other.page.locator("#run-open").click()
    other.page.locator("#run-open-error").get_by_text("is not a run's id").wait_for()
    other.page.locator("#run-id").get_by_role("textbox").fill(second)
    other.page.locator("#run-open").click()
    other.wait_for_run(second)
    other.wait_for_listed([second, run_id, "example"])


def test_deleted_run_comes_back_in_every_window(open_runs, open_page, place_run):
    first, second = place_run(), place_run("seed 1")
    runs_tab = open_runs(first, second)
    other = RunsTab(open_page("runs", context=runs_tab.page.context))
    for window in (other, runs_tab):
        window.wait_for_listed([second, first, "example"])
    runs_tab.page.bring_to_front()
    runs_tab.press("Delete")
    undo = runs_tab.page.locator(f"{ROOT} .gb-runs-undo")
    undo.wait_for()
    runs_tab.wait_for_listed([first, "example"])
    runs_tab.wait_for_run(first)
    other.wait_for_listed([first, "example"])
    undo.get_by_role("button", name="Undo").click()
    runs_tab.wait_for_run(second)
    runs_tab.wait_for_listed([second, first, "example"])
    other.wait_for_listed([second, first, "example"])
    assert undo.is_hidden()


def test_own_runs_read_a_drawing_on_the_sketchpad_each_in_its_words(open_runs, place_run, served_runs):
    clothes, digits = place_run(), place_run()
    write_clothes_checkpoint(served_runs / clothes / "checkpoint.safetensors")
    runs_tab = open_runs(clothes, digits)
    runs_tab.page.get_by_role("tab", name="Sketchpad").click()
    choose(runs_tab.page, re.compile("Your run: Multi-layer perceptron.*Built-in strokes"))
    pad = Pad(runs_tab.page)
    pad.clear()
    pad.draw([[[140, 60], [140, 140], [140, 220]]])
    assert pad.read() in set("0123456789")
    bars = pad.root.locator(".gb-pad-right > .gb-pad-bars .gb-pad-digit")
    assert bars.all_inner_texts() == list(DIGITS)
    choose(runs_tab.page, "Fashion-MNIST")
    expect(bars).to_have_text(list(CLOTHES))
    expect(pad.verdict.locator("b")).to_have_text(CLOTHES[int(pad.read())])


@pytest.mark.release
def test_the_sketchpad_answers_at_once_while_a_run_trains(runs_tab, undisturbed):
    """Pointer-up to updated bars within 100 ms at the 95th percentile, while all cores train."""
    runs_tab.choose("network", "ConvNet3")
    runs_tab.choose("dataset", "Built-in strokes")
    runs_tab.set_images(20_000)
    runs_tab.fill("epochs", 20)
    runs_tab.page.get_by_role("button", name="Start training").click()
    runs_tab.wait_for_status("running")
    runs_tab.wait_for_points(more_than=4)
    runs_tab.page.get_by_role("tab", name="Sketchpad").click()
    pad = Pad(runs_tab.page)
    pad.clear()
    with undisturbed():
        check_delays(pad, 40, late_ms=100)
    runs_tab.page.get_by_role("tab", name="Training runs").click()
    runs_tab.wait_for_status("running")  # it has trained all the time
    runs_tab.press("Stop")
    runs_tab.wait_for_status("stopped")
