"""Training runs in the browser: start, watch, reload, stop, use the checkpoint; mistakes; two visitors."""

import pytest

from models.checkpoint import load_checkpoint
from tests.browser.test_sketchpad import CHOSEN, Pad, choose

STATUS = "#run-status .gb-run"


def set_slider(page, label, value):
    field = page.get_by_role("spinbutton", name=f"number input for {label}")
    field.fill(str(value))
    field.press("Enter")


def choose_from(page, label, option):
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def start(page, network="Logistic regression", epochs=1, pictures=1000):
    choose_from(page, "Network", network)
    choose_from(page, "Data", "Built-in strokes")
    set_slider(page, "Pictures", pictures)
    set_slider(page, "Epochs", epochs)
    page.get_by_role("button", name="Start training").click()


def wait_for_status(page, status, seconds=90):
    page.wait_for_function(
        f"() => document.querySelector('{STATUS}')?.dataset.status === '{status}'", timeout=1000 * seconds
    )


@pytest.fixture
def page(open_page):
    page = open_page("runs")
    wait_for_status(page, "done")  # the example
    return page


def open_runs(page):
    page.get_by_role("tab", name="Training runs").click()


def test_example_run_is_shown_on_opening(page):
    assert "An example: ConvNet3 on MNIST" in page.locator(STATUS).inner_text()
    assert "98.96%" in page.locator("#run-results").inner_text()
    page.locator("#run-results svg").wait_for()
    assert page.get_by_role("button", name="Stop").is_disabled()


@pytest.mark.slow
def test_run_from_start_to_a_checkpoint_on_the_sketchpad(page, tmp_path):
    start(page, "Multi-layer perceptron", epochs=2, pictures=2000)
    wait_for_status(page, "running")
    wait_for_status(page, "done")
    assert "Multi-layer perceptron on Built-in strokes" in page.locator(STATUS).inner_text()
    assert "read correctly" in page.locator("#run-results").inner_text()
    with page.expect_download() as download:
        page.locator("#run-download").click()
    path = tmp_path / "mine.safetensors"
    download.value.save_as(path)
    assert load_checkpoint(path).info.network == "mlp"

    page.get_by_role("tab", name="Sketchpad").click()
    choose(page, "Your run: Multi-layer perceptron")
    pad = Pad(page)
    pad.clear()
    pad.draw([[[140, 60], [140, 140], [140, 220]]])
    assert pad.read() in set("0123456789")
    assert "sure" in pad.verdict.inner_text()


@pytest.mark.slow
def test_run_is_still_there_after_reloading_and_stops_when_asked(page):
    start(page, epochs=20, pictures=30_000)
    wait_for_status(page, "running")
    page.wait_for_function(
        f"() => document.querySelector('{STATUS}').innerText.includes(' left')", timeout=90_000
    )
    page.reload()
    wait_for_status(page, "running")
    assert page.get_by_role("button", name="Start training").is_disabled()
    page.get_by_role("button", name="Stop").click()
    wait_for_status(page, "stopped")
    assert "Stopped as asked" in page.locator(STATUS).inner_text()
    assert page.get_by_role("button", name="Start training").is_enabled()


@pytest.mark.slow
def test_another_visitor_sees_nothing_of_a_run(page, open_page):
    start(page)
    wait_for_status(page, "done")
    page.wait_for_function(f"() => document.querySelector('{STATUS}').innerText.includes('Logistic')")
    other = open_page("runs")
    wait_for_status(other, "done")
    assert "An example" in other.locator(STATUS).inner_text()
    other.get_by_role("tab", name="Sketchpad").click()
    other.locator(CHOSEN).click()
    options = other.get_by_role("option").all_inner_texts()
    assert len(options) >= 6
    assert not [option for option in options if "Your run" in option]


def test_mistake_is_explained_beside_the_controls_and_nothing_starts(page):
    page.get_by_label("Learning rate", exact=True).fill("-1")
    page.get_by_role("button", name="Start training").click()
    page.locator("#run-error").get_by_text("learning rate is -1").wait_for()
    assert "An example" in page.locator(STATUS).inner_text()


@pytest.mark.slow
def test_diverged_run_is_a_result_not_an_error(page):
    choose_from(page, "Network", "Multi-layer perceptron")
    choose_from(page, "Data", "Built-in strokes")
    set_slider(page, "Pictures", 1000)
    page.get_by_label("Learning rate", exact=True).fill("1000")
    page.get_by_role("button", name="Start training").click()
    wait_for_status(page, "diverged")
    assert "try 100" in page.locator(STATUS).inner_text()
    assert "NaN" not in page.locator("#run-loss").inner_text()
