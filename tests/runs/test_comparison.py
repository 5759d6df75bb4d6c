"""Runs side by side: labels, what differs, curves, seeds and chance."""

import json
import statistics
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from app.runs import verdicts as run_verdicts
from app.runs.comparison import MAX_POINTS, label_runs, show_comparison, write_setting
from app.runs.verdicts import judge_differences, summarise_seeds
from app.ui.answers import answer
from models.checkpoints.comparison import compare_answers
from models.runs.management import rename_run
from models.runs.records import Answers, read_answers
from models.runs.status import EXAMPLE_RUN, find_runs_folder, read_run
from models.training.recipes import make_config
from tests.runs.finished_runs import copy_finished_runs
from tests.runs.trained_runs import NUM_TEST, make_folder, make_step


@pytest.fixture
def runs():
    return copy_finished_runs(find_runs_folder())


def read_cells(shown, column):
    at = shown["table"]["columns"].index(column)
    return [row[at] for row in shown["table"]["rows"]]


def test_only_what_differs_has_a_column(runs):
    shown = show_comparison([runs["seed 0"], runs["seed 1"]])
    assert shown["table"]["columns"] == ["Seed", "Validation accuracy", "Test accuracy", "Time", "Parameters"]
    assert [cell["value"] for cell in read_cells(shown, "Seed")] == [0, 1]
    assert [cell["text"] for cell in read_cells(shown, "Parameters")] == ["7,850", "7,850"]
    columns = show_comparison([runs["mlp"], runs["convnet"]])["table"]["columns"]
    assert columns[:-4] == ["Recipe", "Optimizer", "Learning rate", "Momentum", "Epochs"]


def test_results_are_those_of_the_runs(runs):
    ids = [runs["convnet"], runs["mlp"], EXAMPLE_RUN]
    shown = show_comparison(ids)
    assert [run["id"] for run in shown["runs"]] == ids
    for run_id, test, validation in zip(
        ids, read_cells(shown, "Test accuracy"), read_cells(shown, "Validation accuracy"), strict=True
    ):
        run = read_run(run_id)
        assert test["value"] == run.test["accuracy"]
        assert test["text"] == f"{run.test['accuracy']:.2%}"
        assert test["small"] == f"{run.test['low']:.2%} to {run.test['high']:.2%}"
        assert validation["value"] == run.epochs[-1]["validation_accuracy"]


def test_a_run_without_results_has_none_to_sort_by():
    shown = show_comparison([make_folder("a" * 32, [make_step(1)]).name])
    assert read_cells(shown, "Test accuracy")[0] == {"text": "–", "value": None}
    assert shown["verdicts"] == shown["groups"] == []
    assert "another run" in shown["hint"]


def test_without_ticks_there_is_the_example(runs):
    shown = show_comparison([])
    assert [run["id"] for run in shown["runs"]] == [EXAMPLE_RUN]
    assert "Tick two or more runs" in shown["hint"]
    assert show_comparison([runs["mlp"], EXAMPLE_RUN])["hint"] == ""


@pytest.mark.parametrize(
    "request_", [None, 3, {}, {"ids": None}, {"ids": "example"}, {"ids": [3, [], "../x"]}]
)
def test_requests_of_strangers_show_the_example(request_):
    shown = json.loads(answer(show_comparison, "ids")(request_))
    assert [run["id"] for run in shown["runs"]] == [EXAMPLE_RUN]


def test_at_most_eight_and_none_twice():
    ids = [make_folder(f"{number:032x}", [make_step(1)]).name for number in range(10)]
    shown = show_comparison([ids[0], *ids])
    assert [run["id"] for run in shown["runs"]] == ids[:8]


def test_curves_are_thinned_and_keep_their_last_point():
    events = [make_step(step, loss=2 - step / 1000, num_steps=1000) for step in range(1, 1001)]
    run_id = make_folder("a" * 32, events).name
    (points,) = show_comparison([run_id])["curves"]["training_loss"]
    assert len(points) <= MAX_POINTS
    assert points[-1] == [1000, 1, 100, 1]  # step, epoch, seconds, value
    gaps = {later[0] - earlier[0] for earlier, later in pairwise(points)}
    assert len(gaps) == 1
    for step, epoch, seconds, loss in points:
        assert (epoch, seconds, loss) == pytest.approx((step / 1000, step / 10, 2 - step / 1000), rel=1e-4)


def test_curves_by_epoch_are_the_validation_results(runs):
    (points,) = show_comparison([runs["mlp"]])["curves"]["validation_accuracy"]
    epochs = read_run(runs["mlp"]).epochs
    assert [point[0] for point in points] == [event["step"] for event in epochs]
    assert [point[1] for point in points] == [1, 2, 3, 4]
    assert [point[3] for point in points] == pytest.approx(
        [e["validation_accuracy"] for e in epochs], rel=1e-4
    )


def as_dict(**changes):
    return vars(make_config("mlp", **changes))


def test_labels_tell_runs_apart():
    names = ["MLP", "MLP", "Mine"]
    configs = [as_dict(), as_dict(learning_rate=0.1), as_dict()]
    assert label_runs(names, configs) == ["MLP, learning rate 0.001", "MLP, learning rate 0.1", "Mine"]
    assert label_runs(["MLP", "MLP"], [as_dict(), as_dict()]) == ["MLP, no. 1", "MLP, no. 2"]
    assert label_runs(["MLP"], [as_dict()]) == ["MLP"]


def test_names_that_visitors_gave(runs):
    rename_run(runs["mlp"], "<b>mine</b>")
    (run,) = show_comparison([runs["mlp"]])["runs"]
    assert (run["name"], run["about"]) == ("<b>mine</b>", "Multi-layer perceptron on Built-in strokes")


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("dropout", None, "its own"),
        ("num_images", None, "60,000"),
        ("augment", True, "on"),
        ("learning_rate", 0.0001, "0.0001"),
        ("seed", 12345, "12345"),
        ("optimizer", "rmsprop", "RMSprop"),
        ("schedule", "one-cycle", "one-cycle"),
    ],
)
def test_settings_in_words(key, value, text):
    assert write_setting(key, value) == text


def make_run(run_id, config, accuracy):
    example = read_run(EXAMPLE_RUN)
    epochs = [{**example.epochs[-1], "validation_accuracy": accuracy}]
    return replace(
        example, run_id=run_id, config=config, epochs=epochs, test={**example.test, "accuracy": accuracy}
    )


def test_seeds_are_summed_up_beside_their_scores():
    scores = [0.91, 0.93, 0.95]
    runs = [make_run(str(seed), as_dict(seed=seed), score) for seed, score in enumerate(scores)]
    runs.append(make_run("other", as_dict(epochs=3), 0.5))
    runs.append(make_run("again", as_dict(seed=2), 0.95))  # the same seed once more is no further evidence
    (group,) = summarise_seeds(runs, [run.config for run in runs])
    assert group["label"].endswith("3 seeds")
    for measure in group["measures"]:
        deviation = statistics.stdev(scores)
        assert measure["text"] == f"{statistics.mean(scores):.2%} ± {100 * deviation:.2f}"
        assert [score["text"] for score in measure["scores"]] == ["91.00%", "93.00%", "95.00%"]
        places = [score["place"] for score in measure["scores"]]
        assert 0 < places[0] < places[1] < places[2] < 1
        assert measure["mean"] == pytest.approx(places[1], abs=1e-3)
        low, high = measure["band"]
        width = (places[2] - places[0]) / (scores[2] - scores[0])  # of the axis, for a whole
        assert high - low == pytest.approx(2 * deviation * width, abs=1e-3)


def judge(monkeypatch, *runs):
    """Judge runs given as (label, config, which of the images were read correctly)."""
    kept = {
        label: Answers(np.zeros(len(right), int), (~right).astype(np.uint8), right * 1.0, config["dataset"])
        for label, config, right in runs
    }
    monkeypatch.setattr(run_verdicts, "read_answers", kept.__getitem__)
    states = [make_run(label, config, 0.9) for label, config, _ in runs]
    return judge_differences(states, [label for label, _, _ in runs])


def test_verdicts(monkeypatch):
    worse, best, close = (np.arange(1000) < number for number in (900, 950, 948))
    slow, quick = as_dict(), as_dict(learning_rate=0.1)
    verdicts = judge(monkeypatch, ("A", slow, worse), ("B", quick, best), ("C", slow, close))
    assert [verdict["verdict"] for verdict in verdicts] == [
        "B leads C by 0.20 points: it could be chance.",
        "B leads A by 5.00 points: more than chance.",
    ]
    low, high = compare_answers(best, worse).interval
    assert f"{100 * low:.2f} to {100 * high:.2f} points" in verdicts[1]["detail"]
    assert "50 were read correctly by the first alone and 0 by the second alone" in verdicts[1]["detail"]
    assert "−" in verdicts[0]["detail"]
    assert "-" not in verdicts[0]["detail"]


def test_what_only_a_seed_parts_is_luck(monkeypatch):
    worse, best = (np.arange(1000) < number for number in (900, 950))
    (verdict,) = judge(monkeypatch, ("A", as_dict(seed=1), worse), ("B", as_dict(seed=2), best))
    assert verdict["verdict"] == "B leads A by 5.00 points: the luck of its seed, since nothing else differs."
    (verdict,) = judge(monkeypatch, ("A", as_dict(seed=1), best), ("B", as_dict(seed=2), best))
    assert verdict["verdict"] == "A and B have the same score."


def test_scores_on_other_images_are_not_compared(monkeypatch):
    right = np.arange(1000) < 900
    verdicts = judge(monkeypatch, ("A", as_dict(), right), ("B", as_dict(dataset="strokes"), right))
    assert [verdict["verdict"] for verdict in verdicts] == [
        "Runs on MNIST and Built-in strokes cannot be compared by their scores."
    ]


def test_verdict_of_trained_runs_is_that_of_their_answers(runs):
    (verdict,) = show_comparison([runs["mlp"], runs["convnet"]])["verdicts"]
    kept = [read_answers(runs[name]) for name in ("mlp", "convnet")]
    counts = [int((answers.answers == answers.labels).sum()) for answers in kept]
    points = 100 * abs(counts[0] - counts[1]) / NUM_TEST
    assert points
    assert f"by {points:.2f} points" in verdict["verdict"]
