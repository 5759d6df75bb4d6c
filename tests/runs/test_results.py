"""Results on the test images: counts, images and words against the answers that were kept."""

import base64
import json
from urllib.parse import parse_qs

import numpy as np
import pytest
from filelock import FileLock

from app.runs import results as run_results
from app.runs.results import MAX_IMAGES, show_cell, show_results
from app.ui.answers import answer
from app.ui.numbers import write_percent
from models.checkpoints.evaluation import compute_interval, evaluate_network
from models.checkpoints.prediction import load_cached
from models.data.datasets import load_dataset
from models.data.names import CLOTHES, name_classes
from models.runs.records import read_answers, record_look
from models.runs.status import EXAMPLE_RUN, find_run_checkpoint, find_runs_folder, read_run
from tests.runs.finished_runs import copy_finished_runs
from tests.runs.trained_runs import NUM_TEST, make_folder, make_step


@pytest.fixture
def runs():
    return copy_finished_runs(find_runs_folder())


@pytest.fixture
def run_id(runs):
    return runs["mlp"]


def read_pixels(image):
    return np.frombuffer(base64.b64decode(image["pixels"]), np.uint8).reshape(28, 28)


def test_counts_are_those_of_the_network_and_images_those_of_their_cells(run_id):
    test_set = load_dataset("strokes", "test", NUM_TEST)
    network = load_cached(find_run_checkpoint(run_id)).network
    result = evaluate_network(network, test_set)
    shown = show_results(run_id)
    assert shown["matrix"] == result.confusion.tolist()
    assert shown["accuracy"] == f"{result.accuracy:.2%}"
    assert f"95% interval {result.interval[0]:.2%} to {result.interval[1]:.2%}" in shown["score"]
    for row, column in np.ndindex(10, 10):
        cell = show_cell(run_id, row, column)
        count = int(result.confusion[row, column])
        assert len(cell["images"]) == min(count, MAX_IMAGES)
        assert (f"{count:,} image" in cell["text"]) == (count > 0)
        for image in cell["images"]:
            index = image["index"]
            assert (int(test_set.labels[index]), int(result.answers[index])) == (row, column)
            np.testing.assert_array_equal(read_pixels(image), test_set.images[index, 0].numpy())
            assert image["confidence"] == write_percent(float(result.confidences[index]))
        confidences = [float(result.confidences[image["index"]]) for image in cell["images"]]
        assert confidences == sorted(confidences, reverse=row != column)


def test_the_most_confident_mistakes_come_first(run_id):
    answers = read_answers(run_id)
    wrong = np.flatnonzero(answers.labels != answers.answers)
    expected = sorted(answers.confidences[wrong], reverse=True)[:12]
    shown = show_results(run_id)["mistakes"]
    assert [answers.confidences[one["index"]] for one in shown] == expected
    for one in shown:
        index = one["index"]
        assert (one["shown"], one["answered"]) == (str(answers.labels[index]), str(answers.answers[index]))


def test_share_misread_of_each_class_with_its_interval(run_id):
    shown = show_results(run_id)
    for label, (counts, one) in enumerate(zip(shown["matrix"], shown["per_class"], strict=True)):
        wrong = sum(counts) - counts[label]
        assert one["misread"] == wrong / sum(counts)
        assert (one["low"], one["high"]) == compute_interval(wrong, sum(counts))
        assert one["text"] == f"{wrong:,} of {sum(counts):,}"


def test_every_look_is_counted_and_one_alone_needs_no_warning(runs, run_id):
    assert show_results(run_id, [run_id])["looks"] == "This run has looked at the test images once."
    together = show_results(run_id, [run_id, runs["convnet"], "unknown"])["looks"]
    assert "test images once; your runs on Built-in strokes, twice together. Whoever" in together
    result = evaluate_network(
        load_cached(find_run_checkpoint(run_id)).network, load_dataset("strokes", "test", 50)
    )
    record_look(run_id, "strokes", result)
    assert show_results(run_id)["looks"].startswith("This run has looked at the test images twice. Whoever")


def test_runs_without_a_result_say_so(run_id):
    ended = make_folder("a" * 32, [make_step(1)], age_seconds=1000).name
    assert "ended without a look" in show_results(ended)["absent"]
    live = make_folder("b" * 32, [make_step(1)])
    with FileLock(live / "lock"):  # as its process holds it
        assert "when the training has ended" in show_results(live.name)["absent"]


def test_images_that_are_not_on_this_machine_leave_the_counts(run_id, monkeypatch):
    def fail(dataset, indices):
        raise AssertionError("nobody has asked for a download")

    monkeypatch.setattr(run_results, "has_files", lambda name: False)
    monkeypatch.setattr(run_results, "load_test_images", fail)
    shown = show_results(run_id)
    assert shown["mistakes"] == []
    assert shown["has_answers"]
    with pytest.raises(ValueError, match="not on this machine"):
        show_cell(run_id, 0, 0) if shown["matrix"][0][0] else show_cell(
            run_id, 0, shown["matrix"][0].index(1)
        )


def test_link_to_a_image_where_the_other_tab_has_it(monkeypatch):
    monkeypatch.setattr(run_results, "has_files", lambda name: True)
    monkeypatch.setattr(
        run_results, "load_gallery", lambda part: type("Gallery", (), {"labels": range(10_000)})
    )
    link = run_results._write_link("mnist", 1234)
    assert parse_qs(link[1:]) == {"tab": ["inspection"], "picture": ["digit"], "index": ["1234"]}
    assert run_results._write_link("strokes", 3) == ""
    assert run_results._write_link("fashion-mnist", 3) == ""
    monkeypatch.setattr(run_results, "has_files", lambda name: name == "strokes")
    monkeypatch.setattr(
        run_results, "load_gallery", lambda part: type("Gallery", (), {"labels": range(1000)})
    )
    assert "index=3" in run_results._write_link("strokes", 3)
    assert run_results._write_link("strokes", 1000) == ""


def test_clothes_have_names():
    assert name_classes("fashion-mnist")[9] == "Ankle boot"
    assert len(CLOTHES) == 10
    assert name_classes("mnist")[9] == "9"


def test_example_has_a_result_of_its_own():
    shown = show_results(EXAMPLE_RUN)
    assert shown["title"] == "Example: GlassNet on MNIST (fast)"
    assert sum(map(sum, shown["matrix"])) == 10_000
    assert shown["looks"].startswith("This example has looked at the test images")
    assert shown["accuracy"] == f"{read_run(EXAMPLE_RUN).test['accuracy']:.2%}"


@pytest.mark.parametrize(
    "request_",
    [None, [], "x", {}, {"id": 3}, {"id": "../example-run"}, {"id": ["example"]}, {"id": "f" * 32}],
)
def test_requests_of_strangers_are_answered_with_a_mistake(request_):
    for answers in (answer(show_results, "id", "known"), answer(show_cell, "id", "row", "column")):
        assert "There is no run" in json.loads(answers(request_))["error"]


@pytest.mark.parametrize("cell", [(10, 0), (-1, 0), (0, None), ("0", 0), (True, 0), (1.0, 0)])
def test_cells_that_are_none(run_id, cell):
    with pytest.raises(ValueError, match="rows and columns are 0 to 9"):
        show_cell(run_id, *cell)
