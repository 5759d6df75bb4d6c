"""A damaged run is shown as damaged, with what is wrong, can be deleted, and touches no other."""

import dataclasses
import errno
import json
import shutil
from pathlib import Path

import gradio as gr
import httpx
import numpy as np
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api.runs import runs as ask_api
from app.runs.comparison import show_comparison
from app.runs.epochs import show_answers, show_epochs, show_unit
from app.runs.live import answer_act, answer_file, answer_look
from app.runs.results import show_cell, show_results
from app.runs.tab import on_open_run
from app.sketchpad.fine_tuning import show_fine_tuning
from app.ui.answers import answer
from models.runs.control import _check_visitor, stop_run
from models.runs.folder import find_runs_folder, keep_known_runs
from models.runs.library import list_choices
from models.runs.limits import RunLimits
from models.runs.management import delete_run, restore_run
from models.runs.status import read_run
from tests.runs.damage import edits
from tests.runs.finished_runs import copy_finished_runs
from tests.runs.trained_runs import make_ending, make_folder, make_short_config, make_step, make_test

A, B = "a" * 32, "b" * 32

QUESTIONS = {
    "results": lambda run_id: answer(show_results, "id", "known")({"id": run_id, "known": [run_id]}),
    "cell": lambda run_id: answer(show_cell, "id", "row", "column")({"id": run_id, "row": 3, "column": 5}),
    "epochs": lambda run_id: answer(show_epochs, "id", "num_known")({"id": run_id}),
    "answers": lambda run_id: answer(show_answers, "id", "index", "drawing")({"id": run_id, "index": 0}),
    "unit": lambda run_id: answer(show_unit, "id", "unit")({"id": run_id, "unit": 0}),
    "tuning": lambda run_id: answer(lambda each: show_fine_tuning(each, show_any_card), "id")({"id": run_id}),
    "events": lambda run_id: answer_file({"id": run_id, "file": "events"}),
    "config": lambda run_id: answer_file({"id": run_id, "file": "config"}),
    "script": lambda run_id: answer_file({"id": run_id, "file": "script"}),
    "svg": lambda run_id: answer_file({"id": run_id, "file": "svg"}),
    "stop": lambda run_id: answer_act({"action": "stop", "id": run_id, "name": ""}),
    "rename": lambda run_id: answer_act({"action": "rename", "id": run_id, "name": "Mine"}),
    "open": lambda run_id: on_open_run([run_id], run_id).runs,
    "api": lambda run_id: ask(run_id),
}  # fmt: skip

# Each tells whether the other run, B, is where it would be without the damaged one.
OTHERS = {
    "comparison": lambda: B in [run["id"] for run in show_comparison([A, B])["runs"]],
    "choices": lambda: f"run:{B}" in [choice.key for choice in list_choices([A, B])],
    "results": lambda: "error" not in answer(show_results, "id", "known")({"id": B, "known": [A, B]})[:20],
    "start": lambda: not _check_visitor(RunLimits(max_training=1), [A, B], 1),
}


def show_any_card(run):
    return {"text": run.message, "details": run.message, "share": 0.0, "test": ""}


def ask(run_id):
    try:
        return json.dumps(ask_api(run_id), ensure_ascii=False)
    except gr.Error as mistake:
        return json.dumps(str(mistake), ensure_ascii=False)


def look_at(run_ids, focus, view=True):
    text = answer_look({"runs": dict.fromkeys(run_ids), "focus": focus, "view": view})
    found = read_json(text)
    assert "error" not in found
    return {card["id"]: card for card in found["cards"]}, found


def read_json(text):
    """Read what a browser would, which knows neither NaN nor half letters."""
    text.encode()
    return json.loads(text, parse_constant=pytest.fail)


@pytest.fixture
def whole():
    """A finished run, whose copies are damaged; another one, B, stands beside them."""
    runs = find_runs_folder()
    ids = copy_finished_runs(runs)
    (runs / ids["seed 1"]).rename(runs / B)
    return (runs / ids["seed 0"]).rename(runs / "whole")


@pytest.mark.gate
@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(edits(), min_size=1, max_size=3), st.sampled_from([*QUESTIONS]), st.sampled_from([*OTHERS]))
def test_random_damage_is_shown_and_touches_no_other_run(whole, damage, question, other):
    folder = whole.with_name(A)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole, folder)
    for *_, apply in damage:
        apply(folder)
    for focus in (A, B):
        cards, found = look_at([A, B], focus)
        assert found["gone"] == []
        assert (cards[B]["status"], cards[B]["details"]) == ("done", read_run(B).message)
        assert cards[A]["text"]
        assert cards[A]["status"] != "damaged" or cards[A]["details"]
    read_json(QUESTIONS[question](A))
    assert OTHERS[other]()
    assert read_json(answer_act({"action": "delete", "id": A, "name": ""})) == {"error": ""}
    assert not folder.exists()
    shutil.rmtree(whole.with_name(".deleted"))


# Kinds of damage by name


def damage_config(**changes):
    config = dataclasses.asdict(make_short_config()) | changes
    return lambda folder: (folder / "config.json").write_text(json.dumps(config))


def put_folder(name):
    def put(folder):
        (folder / name).unlink()
        (folder / name).mkdir()

    return put


def write_as_config(text):
    return lambda folder: (folder / "config.json").write_text(text)


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (damage_config(later=1), "config.json has the setting 'later', which this version"),
        (damage_config(network="of tomorrow"), "There is no network called 'of tomorrow'"),
        (damage_config(network=[]), "There is no network called"),
        (damage_config(epochs="many"), "number of epochs is many"),
        (damage_config(learning_rate=float("nan")), "learning rate is nan"),
        (
            damage_config(start_from="\ud800", drawings=1, drawing_share=0.1),
            "it must be a text of at most 80 letters",
        ),
        (write_as_config("[" * 100_000), "config.json is not JSON"),
        (write_as_config("[]"), "it holds no settings"),
        (write_as_config("{"), "config.json is not JSON"),
        (put_folder("config.json"), "config.json cannot be read (Is a directory)"),
        (put_folder("events.jsonl"), "events.jsonl cannot be read (Is a directory)"),
        (lambda folder: (folder / "config.json").unlink(), "config.json cannot be read (No such file"),
    ],
)
def test_run_that_cannot_be_read_says_why_and_can_be_deleted_and_brought_back(damage, what):
    make_folder(B, [make_step(1)])
    folder = make_folder(A, [make_step(1)])
    (folder / "meta.json").write_text('{"name": "Mine"}')
    damage(folder)
    for focus in (A, B):
        cards, _ = look_at([A, B], focus)
        assert (cards[A]["status"], cards[A]["label"], cards[B]["status"]) == (
            "damaged",
            "Mine",
            "interrupted",
        )
        assert what in cards[A]["details"]
    assert what in read_json(answer(show_results, "id", "known")({"id": A}))["error"]
    assert what in ask(A)
    comparison = show_comparison([A, B])
    assert [run["id"] for run in comparison["runs"]] == [B]
    assert comparison["hint"].startswith("1 damaged run is left out.")
    assert show_comparison([A])["runs"][0]["id"] == "example"
    stop_run(A)
    delete_run(A)
    assert look_at([A, B], A)[1]["gone"] == [A]
    restore_run(A)
    assert look_at([A, B], A)[0][A]["status"] == "damaged"


def test_damaged_run_that_still_trains_can_be_stopped_and_is_told_of_once(monkeypatch):
    folder = make_folder(A, [make_step(1)])
    damage_config(later=1)(folder)
    with FileLock(folder / "lock"):  # as its process would hold
        cards, _ = look_at([A], A)
        assert (cards[A]["status"], cards[A]["is_live"]) == ("damaged", True)
        assert "stop it before you delete it" in cards[A]["details"]
        known = {"runs": {A: [0, cards[A]["mark"]]}, "focus": A, "view": False}
        assert not any(read_json(answer_look(known)).values())
        assert "Stop it before" in read_json(answer_act({"action": "delete", "id": A, "name": ""}))["error"]
        assert read_json(answer_act({"action": "stop", "id": A, "name": ""})) == {"error": ""}
        assert (folder / "stop").exists()
    (card,) = read_json(answer_look(known))["cards"]
    assert not card["is_live"]


@pytest.mark.parametrize("taken", ["events.jsonl", "config.json", A])
def test_run_whose_permissions_are_taken_away_is_shown_and_not_forgotten(monkeypatch, taken):
    """As a stranger in our own house: root may read everything, so the system's refusal is imitated."""
    make_folder(B, [make_step(1)])
    make_folder(A, [make_step(1)])
    forbid(monkeypatch, taken)
    cards, found = look_at([A, B], A)
    assert found["gone"] == []
    assert (cards[A]["status"], cards[B]["status"]) == ("damaged", "interrupted")
    assert "Permission denied" in cards[A]["details"]
    assert keep_known_runs([A, B]) == [A, B]


def forbid(monkeypatch, taken):
    """Refuse every look at what has that name, or lies in it."""

    def guard(method):
        def guarded(path, *args, **kwargs):
            if A in path.parts and taken in path.parts and (method.__name__ != "stat" or path.name != taken):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return method(path, *args, **kwargs)

        return guarded

    for name in ("open", "stat"):
        monkeypatch.setattr(Path, name, guard(getattr(Path, name)))


def test_damaged_run_that_trains_is_not_deleted_before_it_is_stopped():
    folder = make_folder(A, [])
    damage_config(later=1)(folder)
    with FileLock(folder / "lock"):
        with pytest.raises(ValueError, match="Stop it before"):
            delete_run(A)
        stop_run(A)
        assert (folder / "stop").read_text() == "stop"
    delete_run(A)


@pytest.mark.parametrize("name", ["step", "loss", "seconds", "num_steps", "images_per_second"])
@pytest.mark.parametrize("value", [None, "x", float("nan"), 10**400, [], True, -1e999])
def test_event_with_a_damaged_field_is_left_out_and_counted(name, value):
    events = [make_step(1), make_step(2) | {name: value}, make_step(3), make_ending()]
    make_folder(A, events)
    run = read_run(A)
    assert [step["step"] for step in run.steps] == [1, 3]
    assert look_at([A], A)[0][A]["details"] == ("Finished. 1 line is damaged in events.jsonl and left out.")
    del events[1][name]
    (find_runs_folder() / A / "events.jsonl").write_text(
        "".join(f"{json.dumps(event)}\n" for event in events)
    )
    assert read_run(A).num_damaged == 1


@pytest.mark.parametrize(
    "change",
    [{"test": {}}, {"test": make_test() | {"confusion": [[1] * 10] * 9}}, {"status": "x"}, {"message": 7}],
)
def test_ending_that_is_damaged_is_none(change):
    make_folder(A, [make_step(1), make_ending("done", test=make_test()) | change])
    assert read_run(A).status == "interrupted"


@pytest.mark.parametrize("created", ["NaN", "Infinity", "-1", "9" * 400, "true", '"x"', "null"])
def test_run_made_at_no_time_is_as_old_as_its_folder(created):
    folder = make_folder(A, [])
    (folder / "meta.json").write_text(f'{{"created": {created}, "name": "\\ud800", "group": 7}}')
    run = read_run(A)
    assert (run.name, run.group) == ("", "")
    assert run.created == (1 if created == "true" else (folder / "config.json").stat().st_mtime)
    look_at([A], A)


@pytest.mark.parametrize(
    "change",
    [
        {"labels": np.zeros((5, 2), int)},
        {"labels": np.full(5, 10)},
        {"answers": np.zeros(4, np.uint8)},
        {"answers": np.array(["a"] * 5)},
        {"confidences": np.full(5, np.nan)},
        {"dataset": np.array("no data set")},
        {"dataset": np.array(["mnist", "mnist"])},
    ],
)
def test_answers_that_are_damaged_are_a_sentence_and_hide_no_other_run(change):
    answers = {"labels": np.zeros(5, int), "answers": np.zeros(5, np.uint8),
               "confidences": np.ones(5, np.float32), "dataset": np.array("mnist")}  # fmt: skip
    for run_id, kept in ((A, answers | change), (B, answers)):
        folder = make_folder(run_id, [make_step(1), make_ending(test=make_test())])
        np.savez(folder / "test.npz", **kept)
    assert "test.npz is damaged" in read_json(answer(show_results, "id", "known")({"id": A}))["error"]
    assert len(show_comparison([A, B])["runs"]) == 2


def test_served_page_shows_a_damaged_run_and_the_others(served_page, served_runs):
    """A handful of the above over HTTP, where an answer that cannot be written would be a 500."""
    config = httpx.get(f"{served_page}/config").json()
    (part,) = (part for part in config["components"] if part["props"].get("elem_id") == "runs")
    folders = {run_id: make_folder(run_id, [make_step(1)]) for run_id in (A, B)}
    for run_id, folder in folders.items():
        shutil.copytree(folder, served_runs / run_id)
    damaged = served_runs / A
    for damage in (
        damage_config(later=1),
        write_as_config("[" * 100_000),
        lambda folder: (folder / "events.jsonl").write_text('{"type": "step"}\n'),
        lambda folder: (folder / "meta.json").write_text('{"name": "\\ud800", "created": NaN}'),
        put_folder("events.jsonl"),
    ):
        damage(damaged)
        question = {"runs": {A: None, B: None, "\ud800": None}, "focus": A, "view": True}
        reply = httpx.post(
            f"{served_page}/gradio_api/component_server",
            headers={"content-type": "application/json"},
            content=json.dumps({"component_id": part["id"], "fn_name": "look", "data": question,
                                "session_hash": "damage"}),
        )  # fmt: skip
        assert reply.status_code == 200
        found = json.loads(reply.json())
        assert [card["id"] for card in found["cards"]] == [A, B]
        assert found["gone"] == ["?"]
    for run_id in folders:
        shutil.rmtree(served_runs / run_id)
