"""A run as its tab shows it: rows, curves, what is new; requests of any kind."""

import base64
import csv
import json
import math
import re
import time
from importlib import resources

import pytest

from app.runs.live import MAX_ASKED_RUNS, answer_act, answer_file, answer_look
from app.runs.view import (
    EPOCH_COLUMNS,
    MAX_NEWS_POINTS,
    MAX_VIEW_POINTS,
    STEP_COLUMNS,
    describe_progress,
    describe_status,
    mark_status,
    show_card,
    show_curves,
    show_heading,
    show_update,
    thin_steps,
)
from app.ui.numbers import format_seconds
from models.runs.status import EXAMPLE_RUN, RunNews, find_runs_folder, read_news, read_run

CONFIG = {"network": "mlp", "dataset": "strokes", "recipe": "notebook", "epochs": 4, "num_images": 1_000,
          "optimizer": "sgd", "momentum": 0.9}  # fmt: skip
RUN = "a1" * 16


def step_event(step, num_steps=1_000, **changes):
    return {
        "type": "step", "step": step, "num_steps": num_steps, "epoch": 1, "loss": 2.0 / step,
        "smoothed_loss": 2.5 / step, "learning_rate": 0.001, "weight_norm": 10.123456, "gradient_norm": 0.5,
        "images_per_second": 4_321.5, "seconds": step / 10,
    } | changes  # fmt: skip


def epoch_event(epoch, step):
    return {
        "type": "epoch", "epoch": epoch, "step": step, "is_whole": True, "train_loss": 0.5,
        "train_accuracy": 0.8, "validation_loss": 0.4, "validation_accuracy": 0.9123, "seconds": step / 10,
    }  # fmt: skip


def write_run(events, run_id=RUN, config=CONFIG):
    folder = find_runs_folder() / run_id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return folder


def add_event(event, run_id=RUN):
    with (find_runs_folder() / run_id / "events.jsonl").open("a") as file:
        file.write(json.dumps(event) + "\n")


@pytest.fixture
def live_run(monkeypatch):
    """A run of 20 reports whose process is alive."""
    write_run([step_event(step) for step in range(1, 21)])
    monkeypatch.setattr("models.runs.status.is_locked", lambda folder: True)
    return RUN


def look(runs=None, focus="", view=False):
    return json.loads(answer_look({"runs": runs or {}, "focus": focus, "view": view}))


# ---- Thinning


def test_few_steps_are_shown_as_they_are():
    (row,) = thin_steps([step_event(3)], 10)
    assert dict(zip(STEP_COLUMNS, row, strict=True)) == {
        "step": 3, "loss": 0.66667, "smoothed_loss": 0.83333, "learning_rate": 0.001, "weight_norm": 10.123,
        "gradient_norm": 0.5, "images_per_second": 4_321.5,
    }  # fmt: skip


@pytest.mark.parametrize("num", [1, 9, 10, 11, 99, 12_345])
def test_many_steps_become_means_over_equal_stretches(num):
    events = [step_event(step, loss=float(step)) for step in range(1, num + 1)]
    rows = thin_steps(events, 10)
    assert len(rows) <= 10
    stretch = math.ceil(num / 10)
    starts = range(0, num, stretch)
    assert [row[0] for row in rows] == [min(start + stretch, num) for start in starts]
    for start, row in zip(starts, rows, strict=True):
        losses = range(start + 1, min(start + stretch, num) + 1)
        assert row[1] == pytest.approx(sum(losses) / len(losses), rel=1e-4)
        assert row[2] == pytest.approx(2.5 / row[0], rel=1e-4)  # the last one, which is a mean already


def test_curves_of_no_steps_are_empty():
    assert show_curves([], [], 10) == {"steps": [], "epochs": [], "stretch": 0}


def test_events_of_an_earlier_version_leave_gaps():
    event = {
        "type": "step",
        "step": 5,
        "num_steps": 10,
        "loss": 1.0,
        "images_per_second": 9.0,
        "seconds": 1.0,
    }
    curves = show_curves([event], [], 10)
    assert curves["steps"] == [[5, 1.0, None, None, None, None, 9.0]]
    assert curves["stretch"] == 5


# ---- Words


def test_status_says_how_far_a_run_has_come():
    assert describe_status("waiting", 1, "Next in the queue", 0) == "Waiting, next in the queue"
    assert describe_status("waiting", 4, "Number 4 in the queue", 0) == "Waiting, number 4 in the queue"
    assert describe_status("running", 0, "Training", 0.419) == "Training, 41%"
    assert describe_status("running", 0, "Stopping", 0.419) == "Stopping"
    assert describe_status("running", 0, "Loading MNIST", 0) == "Training"
    assert describe_status("diverged", 0, "", 0.3) == "Diverged"


def test_progress_tells_the_time_left_once_it_can_be_judged():
    assert describe_progress(step_event(500), 4) == (
        "Epoch 1 of 4 · step 500 of 1,000 · 4,322 images a second · 50 s left"
    )
    assert "left" not in describe_progress(step_event(40), 4)
    assert "left" in describe_progress(step_event(41), 4)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.34, "0.3 s"), (8.4, "8 s"), (59.6, "1 min 0 s"), (125, "2 min 5 s"), (4_350, "1 h 12 min")],
)
def test_durations_are_as_a_person_says_them(seconds, text):
    assert format_seconds(seconds) == text


# ---- Cards and lines


def test_card_of_the_example():
    card = show_card(read_run(EXAMPLE_RUN))
    assert card["id"] == EXAMPLE_RUN
    assert card["label"] == "Example"
    assert card["title"] == "GlassNet on MNIST"
    assert (card["status"], card["share"], card["text"]) == ("done", 1.0, "Finished")
    assert card["test"] == f"{read_run(EXAMPLE_RUN).test['accuracy']:.2%}"
    assert not card["can_resume"]


def test_card_of_an_interrupted_run_tells_where_it_ended():
    write_run([step_event(250), epoch_event(1, 250), step_event(300)])
    card = show_card(read_run(RUN))
    assert (card["status"], card["text"], card["share"]) == ("interrupted", "Interrupted", 0.3)
    assert card["validation"] == "91.23%"
    assert card["test"] == ""
    assert card["duration"] == "30 s"
    assert card["can_resume"]
    assert card["settings"] == (
        "Recipe notebook, but 1,000 of 60,000 images, 4 epochs: SGD with momentum 0.9, learning rate 0.001, "
        "batches of 32, 4 epochs; 1,000 images, seed 0."
    )


def test_update_holds_only_what_is_new():
    news = RunNews(RUN, "running", "Training", 0, False, 77, [step_event(500), epoch_event(2, 500)], False)
    line = show_update(news)
    assert line["share"] == 0.5
    assert line["validation"] == "91.23%"
    assert line["text"] == "Training, 50%"
    quiet = RunNews(RUN, "running", "Training", 0, False, 77, [], False)
    assert show_update(quiet).keys() == {"offset", "status", "mark"}
    assert show_heading(quiet, 4) == {"can_resume": False}
    assert show_heading(news, 4)["details"].startswith("Epoch 1 of 4 · step 500")


# ---- Questions of the page


def test_first_look_brings_the_card_and_the_whole_curve(live_run):
    answer = look({live_run: None}, live_run, view=True)
    (card,) = answer["cards"]
    assert card["offset"] == read_news(live_run).offset
    assert [row[0] for row in answer["view"]["steps"]] == list(range(1, 21))
    assert answer["gone"] == []


def test_next_look_brings_the_news_alone(live_run):
    (card,) = look({live_run: None}, live_run, view=True)["cards"]
    assert look({live_run: [card["offset"], card["mark"]]}, live_run) == {
        "cards": [],
        "updates": {},
        "gone": [],
    }
    add_event(step_event(21))
    add_event(epoch_event(1, 21))
    answer = look({live_run: [card["offset"], card["mark"]]}, live_run)
    assert [row[0] for row in answer["news"]["steps"]] == [21]
    assert answer["news"]["epochs"] == [[1, 21, 0.8, 0.9123, 0.4]]
    assert len(answer["news"]["epochs"][0]) == len(EPOCH_COLUMNS)
    line = answer["updates"][live_run]
    assert line["text"] == "Training, 2%"
    assert look({live_run: [line["offset"], line["mark"]]}, live_run)["updates"] == {}


def test_a_run_that_is_not_the_chosen_one_brings_its_row_and_no_curve(live_run):
    (card,) = look({live_run: None})["cards"]
    add_event(step_event(30))
    answer = look({live_run: [card["offset"], card["mark"]]}, EXAMPLE_RUN)
    assert answer["updates"][live_run]["share"] == 0.03
    assert "news" not in answer


def test_update_stays_small_however_much_has_happened(live_run):
    (card,) = look({live_run: None}, live_run, view=True)["cards"]
    for step in range(21, 800):
        add_event(step_event(step, loss=1.234567, smoothed_loss=1.2345678))
    answer = answer_look(
        {"runs": {live_run: [card["offset"], card["mark"]]}, "focus": live_run, "view": False}
    )
    assert len(answer.encode()) <= 2_048
    rows = json.loads(answer)["news"]["steps"]
    assert 5 <= len(rows) <= MAX_NEWS_POINTS
    assert rows[-1][0] == 799


def test_twelve_live_runs_fit_into_two_kilobytes(live_run):
    runs = {f"{number:032x}": None for number in range(12)}
    for run_id in runs:
        write_run([step_event(1)], run_id)
    known = {card["id"]: [card["offset"], card["mark"]] for card in look(runs)["cards"]}
    for run_id in runs:
        add_event(step_event(500), run_id)
    first = next(iter(runs))
    assert len(answer_look({"runs": known, "focus": first, "view": False}).encode()) <= 2_048
    quiet = {run_id: [line["offset"], line["mark"]] for run_id, line in look(known, first)["updates"].items()}
    assert len(answer_look({"runs": quiet, "focus": first, "view": False}).encode()) < 100


def test_ended_run_brings_its_card_and_last_points(live_run):
    (card,) = look({live_run: None}, live_run, view=True)["cards"]
    add_event(step_event(21))
    add_event({"type": "ending", "status": "diverged", "message": "It diverged.", "test": None})
    answer = look({live_run: [card["offset"], card["mark"]]}, live_run)
    assert answer["cards"][0]["status"] == "diverged"
    assert answer["cards"][0]["details"] == "It diverged."
    assert [row[0] for row in answer["news"]["steps"]] == [21]
    assert answer["updates"] == {}


def test_run_that_stands_still_is_not_sent_again_and_its_next_status_is_sent_whole(live_run, monkeypatch):
    monkeypatch.setattr("models.runs.status.is_locked", lambda folder: False)
    (card,) = look({live_run: None}, live_run, view=True)["cards"]
    assert card["status"] == "interrupted"
    known = {live_run: [card["offset"], card["mark"]]}
    assert look(known, live_run) == {"cards": [], "updates": {}, "gone": []}
    monkeypatch.setattr("models.runs.status.is_locked", lambda folder: True)
    (again,) = look(known, live_run)["cards"]
    assert (again["status"], again["text"]) == ("running", "Training, 2%")


def test_resumption_brings_the_whole_curve_anew(live_run):
    (card,) = look({live_run: None}, live_run, view=True)["cards"]
    add_event({"type": "resumed", "step": 10, "epoch": 1})
    add_event(step_event(11, loss=0.125))
    answer = look({live_run: [card["offset"], card["mark"]]}, live_run)
    rows = answer["view"]["steps"]
    assert [row[0] for row in rows] == list(range(1, 12))
    assert rows[-1][1] == 0.125
    assert len(answer["cards"]) == 1


def test_long_run_is_thinned_when_it_is_first_looked_at(live_run):
    write_run([step_event(step, 20_000) for step in range(1, 20_001)])
    start = time.thread_time()
    answer = look({live_run: None}, live_run, view=True)
    assert time.thread_time() - start < 2
    assert len(answer["view"]["steps"]) <= MAX_VIEW_POINTS
    assert answer["view"]["steps"][-1][0] == 20_000
    assert answer["view"]["stretch"] == 67


def test_runs_that_are_gone_are_said_to_be(live_run):
    answer = look({"0" * 32: None, "nonsense": [3, "mark"], live_run: None}, "0" * 32, view=True)
    assert set(answer["gone"]) == {"0" * 32, "nonsense"}
    assert [card["id"] for card in answer["cards"]] == [live_run]


def test_known_place_in_the_queue_is_not_sent_again():
    assert mark_status("waiting", 2, "x") != mark_status("waiting", 1, "x")


@pytest.mark.parametrize(
    "request_",
    [None, 7, [], "text", {}, {"runs": [], "focus": "", "view": False},
     {"runs": {}, "focus": [], "view": True},
     {"runs": {str(n): None for n in range(1_000)}, "focus": "", "view": False}],
)  # fmt: skip
def test_broken_requests_are_answered_in_words(request_):
    answer = json.loads(answer_look(request_))
    assert "cannot be read" in answer.get("error", "") or answer["gone"] == [[]]
    for ask in (answer_act, answer_file):
        assert "cannot be read" in json.loads(ask(request_))["error"]


def act(action, run_id=RUN, name=""):
    return json.loads(answer_act({"action": action, "id": run_id, "name": name}))["error"]


def test_run_is_renamed_deleted_and_brought_back():
    write_run([step_event(1), {"type": "ending", "status": "stopped", "message": "Stopped", "test": None}])
    assert act("rename", name="<b>mine</b>") == ""
    (card,) = look({RUN: None})["cards"]
    assert card["label"] == "<b>mine</b>"
    assert card["about"] == (
        "Multi-layer perceptron · Built-in strokes · notebook, but 1,000 of 60,000 images, 4 epochs · seed 0"
    )
    assert "at most 60" in act("rename", name="x" * 61)
    assert act("delete") == ""
    assert look({RUN: None})["gone"] == [RUN]
    assert act("restore") == ""
    assert look({RUN: None})["cards"][0]["label"] == "<b>mine</b>"


def test_example_cannot_be_changed():
    for action in ("rename", "delete", "resume", "stop", "keep"):
        assert "example" in act(action, EXAMPLE_RUN).lower()


def test_unknown_actions_and_files_are_refused():
    write_run([])
    assert "cannot be read" in act("destroy")
    assert "cannot be read" in json.loads(answer_file({"id": RUN, "file": "../log.txt"}))["error"]
    assert "no run" in json.loads(answer_file({"id": "0" * 32, "file": "config"}))["error"]


def test_files_hold_what_their_names_say():
    write_run([step_event(5), epoch_event(1, 5)])
    names = ("events", "events-comma", "config", "script", "svg", "png")
    files = {name: json.loads(answer_file({"id": RUN, "file": name})) for name in names}
    events, with_commas, config, script, svg, png = (
        base64.b64decode(files[name]["content"]) for name in names
    )
    header, first, second = events.decode().strip().splitlines()
    assert header.startswith("type,epoch,step")
    assert first.startswith("step,")
    assert second.startswith("epoch,")
    table = list(csv.reader(with_commas.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert table == [[cell.replace(".", ",") for cell in line.split(",")] for line in (header, first, second)]
    assert {name: json.loads(config)[name] for name in CONFIG} == CONFIG
    compile(script, "script.py", "exec")
    assert b"Multi-layer perceptron on Built-in strokes" in svg
    assert png.startswith(b"\x89PNG")
    assert [files[name]["name"] for name in names] == [".csv", ".csv", ".json", ".py", ".svg", ".png"]


def test_the_page_asks_about_no_more_runs_at_once_than_are_answered():
    script = resources.files("app.runs").joinpath("components", "known_runs.js").read_text(encoding="utf-8")
    assert int(re.search(r"MAX_ASKED = (\d+)", script)[1]) == MAX_ASKED_RUNS
