"""A run's results, the comparison and the epochs: what is chosen is what was computed."""

import base64
import re
import shutil

import numpy as np
import pytest
from filelock import FileLock
from playwright.sync_api import expect

from app.runs.comparison import show_comparison
from app.runs.components.comparison import build_comparison
from app.runs.components.confusion import build_confusion
from app.runs.components.epochs import build_epochs
from app.runs.epochs import show_answers, show_epochs, show_unit
from app.runs.results import show_cell, show_results
from app.sketchpad.tab import build_example
from app.ui.answers import answer
from app.ui.numbers import format_number
from models.runs.status import EXAMPLE_RUN, find_runs_folder
from tests.browser.conftest import NARROW
from tests.runs.finished_runs import copy_finished_runs

pytestmark = pytest.mark.gate  # some seconds

RESULTS, COMPARE = "#run-results .gb-confusion", "#run-compare .gb-compare"
LEARNING = "#run-learning .gb-learning"


@pytest.fixture
def ids():
    return copy_finished_runs(find_runs_folder())


def build_sections():
    """Build the three components as the page does."""
    return (
        build_confusion(
            answer(show_results, "id", "known"),
            answer(show_cell, "id", "row", "column"),
            elem_id="run-results",
        ),
        build_comparison(answer(show_comparison, "ids"), elem_id="run-compare"),
        build_epochs(
            answer(show_epochs, "id", "num_known"),
            answer(show_answers, "id", "index", "drawing"),
            answer(show_unit, "id", "unit"),
            elem_id="run-learning",
        ),
    )


def open_run(open_harness, run_id, **options):
    """Open the sections and choose a run, as the list of runs tells it."""
    page = open_harness(*build_sections(), reduced_motion="reduce", **options).page
    tell(page, "glassbox-run", {"id": run_id, "status": "done", "known": [run_id]})
    for part in (RESULTS, LEARNING):
        page.locator(f'{part}[data-run="{run_id}"]').wait_for(state="attached")
    return page


def tell(page, event, detail):
    page.evaluate(
        "([name, detail]) => document.dispatchEvent(new CustomEvent(name, { detail }))", [event, detail]
    )


def tick(page, *run_ids):
    """Tick runs, as the list of runs tells it."""
    tell(page, "glassbox-runs-compared", {"ids": run_ids})
    page.locator(f'{COMPARE}[data-shown="{" ".join(run_ids)}"]').wait_for(state="attached")


def read_rows(page):
    """Read the table in one go, so that no redraw comes between two of its cells."""
    return page.locator(f"{COMPARE} tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.split('\\n')[0]))"
    )


def test_the_example_is_there_at_once(open_harness):
    page = open_harness(*build_sections()).page
    page.locator(f'{RESULTS}[data-run="{EXAMPLE_RUN}"]').wait_for(state="attached")
    expected = show_results(EXAMPLE_RUN)
    expect(page.locator(".gb-confusion-score b")).to_have_text(expected["accuracy"])
    counts = [int(text.replace("·", "0").replace(",", "")) for text in
              page.locator(f"{RESULTS} tbody button").all_inner_texts()]  # fmt: skip
    assert counts == [count for row in expected["matrix"] for count in row]
    expect(page.locator(f"{COMPARE} .gb-compare-hint")).to_contain_text("Tick two or more runs")
    assert read_rows(page)[0][0] == "Example: GlassNet on MNIST"


def test_a_cell_shows_its_digits_by_mouse_and_keys(open_harness, ids):
    run_id = ids["mlp"]
    page = open_run(open_harness, run_id)
    matrix = np.array(show_results(run_id)["matrix"])
    row, column = np.unravel_index(np.argmax(matrix - np.diag(matrix.diagonal())), matrix.shape)
    grid = page.locator(f"{RESULTS} tbody tr")

    def check_cell(row, column):
        page.locator(f'.gb-confusion-cell[data-cell="{run_id}/{row}/{column}"]').wait_for(state="attached")
        expected = show_cell(run_id, int(row), int(column))
        part = page.locator(".gb-confusion-cell")
        expect(part.locator("h4")).to_have_text(expected["title"])
        numbers = [f"No. {image['index']:,}" for image in expected["images"]]
        expect(part.locator("small")).to_have_text(numbers)
        confidences = [f"{image['confidence']} confident" for image in expected["images"]]
        expect(part.locator("span")).to_have_text(confidences)
        expect(grid.nth(row).locator("td").nth(column)).to_have_attribute("aria-selected", "true")
        return expected["images"]

    check_cell(row, column)  # the most frequent mistake is open at first
    button = grid.nth(7).locator("button").nth(7)
    button.click()
    images = check_cell(7, 7)
    shown = page.locator(".gb-confusion-cell canvas").first.evaluate(
        "(canvas) => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data]"
    )
    ink = np.frombuffer(base64.b64decode(images[0]["pixels"]), np.uint8).astype(float)
    brightness = np.array(shown, float).reshape(-1, 4)[:, :3].mean(axis=1)
    assert np.corrcoef(ink, -brightness)[0, 1] > 0.999
    button.press("ArrowRight")
    check_cell(7, 8)
    page.keyboard.press("ArrowUp")
    check_cell(6, 8)
    page.keyboard.press("Home")
    check_cell(6, 0)
    page.keyboard.press("ArrowLeft")  # at the edge it stays
    expect(page.locator("*:focus")).to_have_attribute("aria-label", re.compile("^6 read as 0"))


def test_columns_sort_and_curves_change(open_harness, ids):
    page = open_run(open_harness, ids["mlp"])
    chosen = [ids["mlp"], ids["convnet"], ids["seed 0"], ids["seed 1"]]
    tick(page, *chosen)
    expected = show_comparison(chosen)
    heads = page.locator(f"{COMPARE} thead button")
    columns = ["Run", *expected["table"]["columns"]]
    expect(heads).to_have_text(columns)
    column = columns.index("Test accuracy")
    cells = [row[column - 1] for row in expected["table"]["rows"]]
    ascending = [cell["text"] for cell in sorted(cells, key=lambda cell: cell["value"])]
    for order, values in (("descending", ascending[::-1]), ("ascending", ascending)):
        heads.nth(column).click()
        expect(page.locator(f"{COMPARE} thead th").nth(column)).to_have_attribute("aria-sort", order)
        assert [row[column] for row in read_rows(page)] == values
    heads.nth(0).click()  # the order in which they were ticked
    assert [row[0] for row in read_rows(page)] == [run["name"] for run in expected["runs"]]
    legend = page.locator(f"{COMPARE} .gb-chart-legend")
    quantity, axis = page.locator(f"{COMPARE} select").all()
    quantity.select_option("Validation accuracy")
    axis.select_option("epoch")
    last = expected["curves"]["validation_accuracy"][0][-1]
    expect(legend.locator(".gb-chart-x")).to_have_text("epoch 4")
    expect(legend.locator(".gb-chart-value").first).to_have_text(format_number(last[3]))
    verdicts = [verdict["verdict"] for verdict in expected["verdicts"]]
    expect(page.locator(".gb-compare-chance li b")).to_have_text(verdicts)
    (group,) = expected["groups"]
    spreads = [measure["text"] for measure in group["measures"]]
    expect(page.locator(".gb-compare-spread b")).to_have_text(spreads)


def wait_for_epoch(page, epoch):
    page.locator(f'{LEARNING}[data-epoch="{epoch}"]').wait_for(state="attached")


def wait_for_caption(page, text):
    page.locator(f"{LEARNING} figcaption b").get_by_text(text).wait_for()


def test_the_slider_moves_answers_and_filters(open_harness, ids):
    run_id = ids["convnet"]
    page = open_run(open_harness, run_id)
    answers, layer = show_answers(run_id, 0, None), show_epochs(run_id)
    weights = np.frombuffer(base64.b64decode(show_unit(run_id, 0)["values"]), "<f4").reshape(-1, 5, 5)
    wait_for_caption(page, "No. 0 of")
    canvas = page.locator(".gb-learning-sheet canvas")
    frames = []
    for move, epoch in (("Reset", 0), ("Step", 1), ("Step", 2)):
        page.locator(LEARNING).get_by_role("button", name=move, exact=True).click()
        wait_for_epoch(page, epoch)
        frame = answers["frames"][epoch]
        expect(page.locator(f"{LEARNING} figcaption span")).to_have_text(frame["verdict"])
        expect(page.locator(f"{LEARNING} li span")).to_have_text(frame["texts"])
        expect(page.locator(f"{LEARNING} output")).to_have_text(layer["epochs"][epoch]["label"])
        canvas.focus()
        for key in ("ArrowDown", "ArrowUp"):  # to the first weight, wherever the last turn ended
            page.keyboard.press(key)
        reading = page.locator(".gb-learning-reading")
        weight = format_number(float(weights[epoch, 0, 0]))
        reading.get_by_text(f"No. 1, row 1, column 1: {weight} {layer['epochs'][epoch]['label']}").wait_for()
        frames.append(canvas.evaluate("(canvas) => canvas.toDataURL()"))
    assert len(set(frames)) == 3


def test_another_image_a_mistake_and_an_own_drawing(open_harness, ids):
    page = open_run(open_harness, ids["mlp"])
    wait_for_caption(page, "No. 0 of")
    page.locator(LEARNING).get_by_role("button", name="Next", exact=True).click()
    wait_for_caption(page, "No. 1 of")
    verdict = page.locator(f"{LEARNING} figcaption span")
    expect(verdict).to_have_text(show_answers(ids["mlp"], 1, None)["frames"][-1]["verdict"])
    field = page.locator(f"{LEARNING} .gb-learning-index input")
    field.fill("-3")
    page.locator(".gb-learning-error").get_by_text("enter a whole number from 0 to 999").wait_for()
    expect(page.locator(f"{LEARNING} figcaption b")).to_contain_text("No. 1 of")
    page.locator(LEARNING).get_by_role("button", name="My drawing").click()
    page.locator(".gb-learning-error").get_by_text("draw a digit on the sketchpad").wait_for()
    page.evaluate(
        "(strokes) => window.glassboxLearning.takeDrawing({ strokes, size: 280 })", build_example(5)
    )
    wait_for_caption(page, "Your drawing")
    expect(page.locator(".gb-learning-error")).to_have_text("")
    field.fill("7")
    wait_for_caption(page, "No. 7 of")


def test_a_live_run_gains_its_epochs(open_harness, ids):
    folder = find_runs_folder()
    whole, live = folder / ids["mlp"], folder / ("5" * 32)
    shutil.copytree(whole, live, ignore=shutil.ignore_patterns("test.npz", "00[2-9].safetensors", "lock"))
    events = (whole / "events.jsonl").read_text().splitlines(keepends=True)
    (live / "events.jsonl").write_text("".join(line for line in events if '"ending"' not in line))
    with FileLock(live / "lock"):  # as its process holds it
        page = open_harness(*build_sections(), reduced_motion="reduce").page
        tell(page, "glassbox-run", {"id": live.name, "status": "running", "known": [live.name]})
        page.locator(f"{RESULTS} .gb-confusion-absent").get_by_text("when the training has ended").wait_for()
        wait_for_epoch(page, 1)
        expect(page.locator(f"{LEARNING} output")).to_have_text("after epoch 1")
        shutil.copy(whole / "epochs" / "002.safetensors", live / "epochs")
        wait_for_epoch(page, 2)  # the slider at its end goes along
        wait_for_caption(page, "No. 0 of")
        page.locator(f"{LEARNING} figcaption span").get_by_text("After epoch 2").wait_for()
        shutil.copy(whole / "test.npz", live)
        (live / "events.jsonl").write_text("".join(events))
    tell(page, "glassbox-run", {"id": live.name, "status": "done", "known": [live.name]})
    page.locator(".gb-confusion-score b").get_by_text(show_results(live.name)["accuracy"]).wait_for()


def test_on_a_phone_nothing_overflows_and_fingers_find_their_targets(open_harness, ids):
    page = open_run(open_harness, ids["mlp"], viewport=NARROW, has_touch=True)
    tick(page, ids["mlp"], ids["convnet"])
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    for part in (RESULTS, COMPARE, LEARNING):
        heights = page.locator(f"{part} :is(button, select, input):visible").evaluate_all(
            "(targets) => targets.map((target) => target.getBoundingClientRect().height)"
        )
        assert min(heights) >= 40
    cell = page.locator(f"{RESULTS} tbody tr").nth(3).locator("button").nth(3)
    cell.tap()
    page.locator(f'.gb-confusion-cell[data-cell="{ids["mlp"]}/3/3"]').wait_for(state="attached")
