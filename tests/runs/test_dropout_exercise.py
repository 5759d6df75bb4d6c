"""The exercise: where dropout goes, what else stays the same, and what five seeds say."""

import dataclasses
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from app.runs.exercise.section import on_exercise, on_open, on_place, on_verdict
from app.runs.form import fill_form, list_fields
from models.networks.layers.kinds import Dropout
from models.networks.layers.plain_data import read_layers
from models.runs.dropout_exercise import judge_exercise, plan_exercise
from models.runs.folder import find_runs_folder
from models.runs.writer import execute_run, read_config
from models.training.recipes import make_config
from tests.runs.trained_runs import small_test_set

__all__ = ["small_test_set"]  # a fixture

BASE = make_config("convnet", "fast", seed=7, dataset="strokes")


def test_nothing_but_the_dropout_differs():
    without, with_dropout = plan_exercise(BASE, 4, 0.25)
    assert without == BASE
    assert with_dropout.network == "ConvNet, dropout 0.25 before layer 5"
    layers = read_layers(with_dropout.layers)
    assert layers[4] == Dropout(0.25)
    same = dataclasses.asdict(without) | {"network": "", "layers": None, "recipe": ""}
    assert dataclasses.asdict(with_dropout) | {"network": "", "layers": None, "recipe": ""} == same
    for index in range(7):
        plan_exercise(BASE, index, 0.99)
    with pytest.raises(ValueError, match="no layer 7"):
        plan_exercise(BASE, 7, 0.5)


def make_runs(tests, seeds=None):
    return [
        SimpleNamespace(
            config={"seed": seed},
            epochs=[{"train_accuracy": test + 0.01, "validation_accuracy": test - 0.01}],
            test=None if test is None else {"accuracy": test},
        )
        if test is not None
        else SimpleNamespace(config={"seed": seed}, epochs=[], test=None)
        for seed, test in zip(seeds or range(len(tests)), tests, strict=True)
    ]


def test_verdict_is_the_paired_t_interval():
    """For the differences 1 to 5 points: mean 3, deviation √2.5, t(4) = 2.776."""
    without = make_runs([0.90, 0.91, 0.92, 0.93, 0.94])
    outcome = judge_exercise(without, make_runs([0.91, 0.93, 0.95, 0.97, 0.99]))
    assert outcome.num_seeds == 5
    assert outcome.difference == pytest.approx(0.03)
    reach = 2.776 * np.sqrt(2.5) / np.sqrt(5) / 100
    assert outcome.interval == pytest.approx((0.03 - reach, 0.03 + reach), abs=1e-6)
    assert outcome.is_beyond_chance
    assert outcome.train_accuracies == pytest.approx((0.93, 0.96))
    assert outcome.validation_accuracies == pytest.approx((0.91, 0.94))
    same = judge_exercise(without, make_runs([0.94, 0.90, 0.93, 0.91, 0.92]))
    assert not same.is_beyond_chance


def test_only_seeds_that_both_have_finished_count():
    outcome = judge_exercise(make_runs([0.9, 0.8, 0.7], [3, 4, 5]), make_runs([0.7, None, 0.9], [5, 4, 3]))
    assert (outcome.num_seeds, outcome.difference) == (2, pytest.approx(0))
    twice = make_runs([0.9, 0.9, 0.8], [3, 3, 4])  # the same training once more is no more evidence
    assert judge_exercise(twice, make_runs([0.7, 0.7, 0.9], [3, 3, 4])).num_seeds == 2
    with pytest.raises(ValueError, match="One seed has finished"):
        judge_exercise(make_runs([0.9]), make_runs([0.9]))
    with pytest.raises(ValueError, match="No seed has finished"):
        judge_exercise(make_runs([0.9]), make_runs([None]))


@pytest.mark.usefixtures("small_test_set")
def test_exercise_is_started_from_the_form_and_judged_by_its_runs(monkeypatch):
    monkeypatch.setattr("models.runs.control.advance_held_queue", lambda: None)
    monkeypatch.setattr("models.runs.status.advance_queue", lambda: None)
    form = {"network": "mlp", "dataset": "strokes", "seed": 3} | fill_form("mlp", "fast")
    form |= {"num_images": 100, "epochs": 1, "batch_size": 64}
    listing = on_exercise([], 4, 0.5, "fast", *(form[name] for name in list_fields()))
    assert listing.error == ""
    ids = listing.my_runs
    configs = [read_config(find_runs_folder() / run_id) for run_id in ids]
    assert [config.seed for config in configs] == [*range(3, 8)] * 2
    assert {config.network for config in configs[:5]} == {"convnet"}
    assert {config.network for config in configs[5:]} == {"ConvNet, dropout 0.5 before layer 5"}
    assert on_verdict(ids, 4, 0.5) == (
        "<p>No seed has finished both without and with dropout yet; a verdict needs at least two.</p>\n"
    )
    for run_id in (*ids[:2], *ids[5:7]):
        assert execute_run(find_runs_folder() / run_id) == "done"
    said = on_verdict(ids, 4, 0.5)
    for part in ("Training part, last epoch", "Validation part", "Test images"):
        assert f"<td>{part}</td>" in said
    assert "on average over 2 seeds" in said
    assert "Add to my report" in said
    assert "a verdict needs at least two" in on_verdict(ids, 3, 0.5)
    assert "no layer 9" in on_verdict(ids, 9, 0.5)
    assert "no layer" in on_exercise([], "x", 0.5, "fast", *(form[name] for name in list_fields())).error


def test_description_follows_the_place():
    assert "| 5 | Dropout | drops 25%" in on_place(4, 0.25)  # as a table too
    assert "5. Dropout: drops 25%, in training only." in on_place(4, 0.25)
    assert "p is a number from 0 to 0" in on_place(4, 5).replace("\\", "")


def test_exercise_opens_with_the_dropout_of_its_link():
    def follow(**named):
        return on_open(SimpleNamespace(query_params=named))

    assert follow() == (gr.skip(),) * 4
    assert follow(dropout_exercise="2:0.25") == (2, 0.25, on_place(2, 0.25), "")
    for wrong, why in (
        ("2", "such as 4:0.5"),
        ("a:b", "such as 4:0.5"),
        ("2:0.96", "from 0 to 0.95"),
        ("2:nan", "from 0 to 0.95"),
        ("99:0.5", "There is no layer 99"),
    ):
        view = follow(dropout_exercise=wrong)
        assert view[:3] == (gr.skip(),) * 3
        assert why in view.error.replace("\\", "")
