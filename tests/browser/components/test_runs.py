"""The list of runs and the chosen one: what is shown of them, told to the page, and handed out."""

import json
import re
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from PIL import Image
from playwright.sync_api import expect

from app.runs.components.comparison import build_comparison
from app.runs.components.confusion import build_confusion
from app.runs.components.epochs import build_epochs
from app.runs.components.runs import build_runs
from app.runs.listing import pack_listing
from app.runs.live import answer_act, answer_file, answer_look
from models.runs.status import find_runs_folder
from tests.browser.conftest import NARROW
from tests.browser.runs_tab import FOCUS, ROOT, RunsTab
from tests.runs.finished_runs import copy_finished_runs
from tests.runs.trained_runs import make_ending, make_folder
from tests.waiting import wait_until

pytestmark = pytest.mark.gate  # some seconds

LEFTOVERS = Path(__file__).with_name("leftovers.js").read_text(encoding="utf-8")
COUNT_STREAMS = """() => {
  window.streams = [];
  window.EventSource = class {
    constructor() { window.streams.push(this); }
    close() { window.streams = window.streams.filter((one) => one !== this); }
  };
}"""


@pytest.fixture
def ids():
    return copy_finished_runs(find_runs_folder())


def refuse(request):
    raise AssertionError(request)


def build_list(*run_ids):
    """Build the component for a visitor with these runs, oldest first; the latest is chosen."""
    listing = pack_listing(list(run_ids), run_ids[-1] if run_ids else "example")
    return build_runs(answer_look, answer_act, answer_file, refuse, value=listing, elem_id="runs")


@pytest.fixture
def open_runs(open_harness):
    def open_runs(*run_ids, **options):
        return RunsTab(open_harness(build_list(*run_ids), **options).page)

    return open_runs


def test_example_run_is_there_at_once(open_runs):
    runs_tab = open_runs()
    assert runs_tab.listed() == ["example"]
    assert runs_tab.points() > 100
    runs_tab.wait_for_status("done")
    expect(runs_tab.page.locator(f"{FOCUS} h3")).to_contain_text("GlassNet on MNIST")
    loss = runs_tab.page.locator(f"{FOCUS} .is-loss canvas").get_attribute("aria-label")
    assert re.search(r"Validation 0\.0\d+", loss)
    for name in ("Stop", "Resume", "Rename", "Delete", "Pause the view"):
        assert runs_tab.page.locator("#runs").get_by_role("button", name=name, exact=True).count() == 0


def test_name_is_text_and_escape_leaves_it(open_runs, ids):
    runs_tab = open_runs(ids["mlp"])
    runs_tab.press("Rename")
    runs_tab.page.keyboard.type("<b>bold</b> & brave")
    runs_tab.page.keyboard.press("Enter")
    name = runs_tab.row(ids["mlp"]).get_by_text("<b>bold</b> & brave", exact=True)
    name.wait_for()
    runs_tab.press("Rename")
    runs_tab.page.keyboard.type("never mind")
    runs_tab.page.keyboard.press("Escape")
    expect(runs_tab.page.locator(f"{FOCUS} .gb-runs-title form")).to_be_hidden()
    expect(name).to_be_visible()
    assert runs_tab.page.locator(f"{ROOT} b").filter(has_text="bold").count() == 0


def test_ticked_runs_get_colours_and_are_told(open_runs, ids):
    first, second = ids["mlp"], ids["seed 1"]
    runs_tab = open_runs(first, second)
    for run_id, expected in (("example", ["example"]), (first, ["example", first])):
        runs_tab.row(run_id).get_by_role("checkbox").check()
        assert runs_tab.page.evaluate("window.glassboxRuns.compared.ids") == expected
    fills = [runs_tab.row(run_id).locator("path").evaluate("(path) => getComputedStyle(path).fill")
             for run_id in ("example", first)]  # fmt: skip
    assert len(set(fills)) == 2
    runs_tab.row("example").get_by_role("checkbox").uncheck()
    assert runs_tab.page.evaluate("window.glassboxRuns.compared.ids") == [first]
    assert runs_tab.row("example").locator("path").count() == 0


def test_chosen_run_is_told_and_rows_are_buttons(open_runs, ids):
    run_id = ids["mlp"]
    runs_tab = open_runs(run_id)
    runs_tab.wait_for_run(run_id)
    told = {"id": run_id, "status": "done", "known": [run_id]}
    assert runs_tab.page.evaluate("window.glassboxRuns.run") == told
    row = runs_tab.row("example").get_by_role("button")
    assert row.bounding_box()["height"] >= 40
    row.focus()
    runs_tab.page.keyboard.press("Enter")
    runs_tab.wait_for_run("example")
    assert row.get_attribute("aria-current") == "true"
    assert runs_tab.page.evaluate("window.glassboxRuns.run.id") == "example"


def test_files_are_handed_out(open_runs, ids, tmp_path):
    runs_tab = open_runs(ids["mlp"])
    texts = {}
    with runs_tab.page.expect_download() as download:
        runs_tab.press("CSV with decimal commas")
    download.value.save_as(tmp_path / "commas.csv")
    assert (tmp_path / "commas.csv").read_bytes().startswith(b"\xef\xbb\xbftype;epoch;step")
    for name in ("Figure as SVG", "Events as CSV", "Settings as JSON", "Script"):
        with runs_tab.page.expect_download() as download:
            runs_tab.press(name)
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        texts[path.suffix] = path.read_text()
    with runs_tab.page.expect_download() as download:
        runs_tab.press("Figure as PNG")
    download.value.save_as(tmp_path / "figure.png")
    with Image.open(tmp_path / "figure.png") as image:
        assert image.size == (1800, 720)
    assert "Multi-layer perceptron on" in texts[".svg"]
    assert texts[".csv"].startswith("type,epoch,step")
    assert json.loads(texts[".json"])["network"] == "mlp"
    compile(texts[".py"], "script.py", "exec")


def test_diverged_run_is_a_result(open_runs):
    step = {"type": "step", "step": 3, "num_steps": 50, "epoch": 1, "loss": 1e30, "smoothed_loss": 1e30,
            "learning_rate": 1000.0, "weight_norm": 9e9, "gradient_norm": 8e8, "images_per_second": 5.0,
            "seconds": 0.1}  # fmt: skip
    ending = make_ending("diverged") | {"message": "The training diverged.", "test": None}
    run_id = "d" * 32
    make_folder(run_id, [step, ending], learning_rate=1000.0)
    runs_tab = open_runs(run_id)
    runs_tab.wait_for_status("diverged")
    expect(runs_tab.page.locator(FOCUS)).to_contain_text("The training diverged.")
    expect(runs_tab.page.locator(FOCUS)).not_to_contain_text("NaN")
    runs_tab.page.get_by_role("checkbox", name="Log scale").check()


def test_narrow_screen_keeps_every_number(open_runs, ids):
    runs_tab = open_runs(ids["mlp"], viewport=NARROW)
    row = runs_tab.row(ids["mlp"])
    for name in ("name", "state", "validation", "test", "duration"):
        box = row.locator(f".is-{name}").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW["width"]
    assert runs_tab.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_components_that_leave_the_page_leave_nothing_behind(open_harness, ids):
    """Gradio takes a component off without a word; it is shown again by the same text."""
    whole, live = find_runs_folder() / ids["mlp"], find_runs_folder() / ("5" * 32)
    shutil.copytree(whole, live, ignore=shutil.ignore_patterns("test.npz", "lock"))
    events = (whole / "events.jsonl").read_text().splitlines(keepends=True)
    (live / "events.jsonl").write_text("".join(line for line in events if '"ending"' not in line))

    def say_absent(request):
        return json.dumps({"absent": "Not here.", "is_live": True})

    components = (
        build_list(live.name),
        build_confusion(say_absent, refuse, elem_id="results"),
        build_epochs(say_absent, refuse, refuse, elem_id="learning"),
        build_comparison(lambda request: json.dumps({"error": "Nothing."}), elem_id="compare"),
    )
    harness = open_harness(*components)
    page = harness.page

    def take_all():  # who draws notices it at the page's next change of size
        for component in components:
            harness.take(component.elem_id)
        page.evaluate("() => window.dispatchEvent(new Event('resize'))")

    def list_leftovers():
        return page.evaluate("[...listAlive(), ...streams.map(() => 'EventSource')]")

    RunsTab(page)
    take_all()
    page.evaluate(LEFTOVERS)
    page.evaluate(COUNT_STREAMS)
    with FileLock(
        live / "lock"
    ):  # as its process holds it: until now the run was interrupted, and no news came
        for _ in range(2):
            for component in components:
                harness.show(component)
            RunsTab(page).wait_for_status("running")
            page.wait_for_function("streams.length === 1")
            assert {"setTimeout", "listener: storage", "listener: glassbox-run"} <= set(list_leftovers())
            take_all()
            wait_until(lambda: not list_leftovers(), list_leftovers)


LAYERS = f"{FOCUS} .gb-runs-layers"


def test_layers_are_shown_by_step_with_what_is_said_of_them(open_runs, ids):
    runs_tab = open_runs(ids["mlp"])
    runs_tab.wait_for_run(ids["mlp"])
    picture = runs_tab.page.locator(LAYERS)
    expect(picture).to_have_attribute("data-step", "51")
    rows = picture.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(4)
    expect(rows.nth(1).get_by_role("rowheader")).to_have_text("Layer 1Linear, 128 units, ReLU")
    expect(rows.nth(1).get_by_role("cell").nth(2)).to_contain_text(re.compile(r"^\d+ of 128$"))
    expect(rows.nth(3).get_by_role("cell").nth(2)).to_have_text("–")
    slider = picture.get_by_role("slider", name="Measured step")
    last = rows.nth(1).get_by_role("cell").first.inner_text()
    sentences = picture.get_by_role("listitem").all_inner_texts()
    slider.press("Home")
    expect(picture).to_have_attribute("data-step", "1")
    expect(slider).to_have_attribute("aria-valuetext", "step 1")
    assert rows.nth(1).get_by_role("cell").first.inner_text() != last
    slider.press("End")
    expect(rows.nth(1).get_by_role("cell").first).to_have_text(last)
    assert picture.get_by_role("listitem").all_inner_texts() == sentences
    # A bar for each number, and a line through all six measured steps.
    line = rows.nth(1).locator("path").first.get_attribute("d")
    assert len(re.findall(r"[ML]", line)) == 6


def test_layers_follow_a_live_run_until_somebody_looks_back(open_harness):
    run_id = "e" * 32
    layer = {"name": "0", "kind": "Linear", "num_units": 8, "gradient": 0.1, "weight": 1.0, "update": 0.001,
             "has_equal_units": False,
             "activations": {"kind": "Tanh", "num_units": 8, "num_dead": None, "num_saturated": 5,
                             "spread": 0.9}}  # fmt: skip
    step = {"type": "step", "step": 1, "num_steps": 50, "epoch": 1, "loss": 2.0, "smoothed_loss": 2.0,
            "learning_rate": 0.1, "weight_norm": 9.0, "gradient_norm": 8.0, "images_per_second": 5.0,
            "seconds": 0.1}  # fmt: skip

    def measure(number, **changes):
        return {"type": "layers", "step": number, "num_examples": 64, "sees_all": False,
                "layers": [layer | changes]}  # fmt: skip

    folder = make_folder(run_id, [step])
    component = build_list(run_id)
    harness = open_harness(component)
    RunsTab(harness.page).wait_for_run(run_id)
    harness.page.evaluate(COUNT_STREAMS)  # here nobody answers one
    harness.page.locator("#runs").evaluate("(node) => node.remove()")
    with FileLock(folder / "lock"):
        harness.show(component)
        RunsTab(harness.page).wait_for_status("running")
        picture = harness.page.locator(LAYERS)
        expect(picture).to_contain_text("The layers are measured from the first step on.")
        slider = picture.get_by_role("slider")

        def tell(*events):
            with (folder / "events.jsonl").open("a") as file:
                file.writelines(json.dumps(event) + "\n" for event in events)

        tell(measure(1), measure(2))
        expect(picture).to_have_attribute("data-step", "2")
        expect(picture.get_by_role("listitem").first).to_contain_text("5 of 8 units of layer 1 are saturated")
        tell(measure(4, gradient="nan"))
        expect(picture).to_have_attribute("data-step", "4")
        expect(picture.get_by_role("cell").first).to_have_text("NaN")
        slider.press("Home")
        tell(measure(8))
        expect(picture).to_have_attribute("data-moments", "4")
        expect(picture).to_have_attribute("data-step", "1")
        tell(*(measure(step) for step in (9, 10, 11, 12, 13)))  # of so many at once some are left out
        expect(picture).to_have_attribute("data-moments", re.compile("^[6-9]$"))
        expect(picture).to_have_attribute("data-step", "1")
        tell(make_ending())
    expect(picture).to_have_attribute("data-moments", "9")
    expect(picture).to_have_attribute("data-step", "1")


def test_layers_of_an_old_run_are_said_to_be_unknown(open_runs):
    run_id = "f" * 32
    step = {"type": "step", "step": 3, "num_steps": 50, "epoch": 1, "loss": 2.0, "smoothed_loss": 2.0,
            "learning_rate": 0.1, "weight_norm": 9.0, "gradient_norm": 8.0, "images_per_second": 5.0,
            "seconds": 0.1}  # fmt: skip
    make_folder(run_id, [step, make_ending()])
    runs_tab = open_runs(run_id)
    runs_tab.wait_for_run(run_id)
    picture = runs_tab.page.locator(LAYERS)
    expect(picture).to_contain_text("This run was made before the layers were measured.")
    expect(picture.locator("table")).to_be_hidden()


def test_layers_fit_a_narrow_screen(open_runs, ids):
    runs_tab = open_runs(ids["mlp"], viewport=NARROW)
    runs_tab.wait_for_run(ids["mlp"])
    picture = runs_tab.page.locator(LAYERS)
    expect(picture.get_by_role("row")).to_have_count(4)
    assert picture.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    assert picture.get_by_role("cell").first.get_attribute("data-label") == "Gradient"
