"""How the descent answers its form, its player and whatever else is sent."""

import json
import math
from types import SimpleNamespace

import gradio as gr
import pytest

from app.descent.form import (
    MOVED_FIELDS,
    fill_form,
)
from app.descent.handlers import (
    Details,
    answer_controls,
    empty_fields,
    on_choice,
    on_moved,
    on_open,
    on_open_chart,
    on_rest,
)
from app.descent.race import OPENINGS, run_race
from app.descent.settings import (
    RaceSettings,
)
from app.descent.tab import build_descent_tab
from app.descent.view import draw_chart
from app.ui.packing import pack
from tests.descent.patience import unhurried
from tests.descent.random_races import alone

__all__ = ["unhurried"]  # a fixture


def ask(problem="valley", moved=None, **changes):
    form = fill_form(OPENINGS[problem]) | changes
    form["points"] = {"headers": ["x", "y"], "data": form["points"]}
    request = {"values": ["Loss", *form.values()], "moved": moved or {}}
    return json.loads(answer_controls(request))


def test_the_controls_are_answered_with_a_race():
    answer = ask(lr_1=0.01)
    assert answer["race"]["optimizers"][0]["detail"] == "η = 0.01"
    assert (answer["errors"], answer["error"]) == ({}, "")
    assert "above 0" in ask(lr_1=-1)["errors"]["lr_1"]
    assert "race" not in ask(lr_1=-1)
    assert "'two' is not a number" in ask("toy", x="1, two, 3")["errors"]["x"]


@pytest.mark.parametrize("change", [{"lr_1": -1}, {"lr_1": None}, {"start_a": None}])
def test_a_wrong_form_leaves_the_details_as_they_are(change):
    assert (
        on_rest({"iteration": 3, "moved": {}}, *(fill_form(OPENINGS["valley"]) | change).values())
        == Details()
    )


@pytest.mark.parametrize(
    "request_",
    [
        None,
        3,
        [],
        {},
        {"values": None},
        {"values": []},
        {"values": ["Loss"]},
        {"values": [{}] * 20, "moved": {}},
    ],
)
def test_what_is_no_form_is_answered_with_nothing(request_):
    assert json.loads(answer_controls(request_)) == {}


@pytest.mark.parametrize(
    "change",
    [{"lr_1": 10**400}, {"steps": 2.5}, {"steps": {}}, {"dtype": []}, {"condition": "ten"}, {"start_a": []}],
)
def test_wrong_types_are_refused_and_nothing_breaks(change):
    assert "race" not in ask(**change)


OPENED = SimpleNamespace(query_params={"tab": "descent"})
LOCKED = SimpleNamespace(query_params={"tab": "descent", "solutions": "off"})


def choose(field, form, moved=(), sent=0, request=OPENED):
    """Return what the player and the fields get once something was chosen, and what is shown."""
    message = {"chosen": field, "moved": dict(moved), "sent": sent}
    answer, filling, *shown = on_choice(request, message, "Loss", *form.values())
    assert_sets_no_field(shown)
    return json.loads(answer), json.loads(filling)


def test_what_was_moved_counts_until_its_field_follows():
    """Its field still holds the old number; a change of another control must not bring that back."""
    answer = ask(moved={"lr_1": 0.02, "start_a": 4.0}, condition=30.0)
    assert answer["race"]["optimizers"][0]["detail"] == "η = 0.02"
    assert answer["race"]["optimizers"][0]["path"][0] == [4.0, 3.0]
    form = fill_form(OPENINGS["valley"])
    answer, _ = choose("optimizer_2", form | {"optimizer_2": "adam"}, moved={"lr_1": 0.02})
    assert answer["race"]["optimizers"][0]["detail"] == "η = 0.02"
    assert answer["race"]["optimizers"][1]["name"].startswith("Adam")


def test_a_chosen_optimizers_own_step_size_counts_again():
    form = fill_form(OPENINGS["valley"]) | {"optimizer_1": "rmsprop"}
    answer, filling = choose("optimizer_1", form, moved={"lr_1": 0.02})
    lr = filling["fields"]["lr_1"]
    assert answer["moved"] == {"lr_1": None}
    assert answer["race"]["optimizers"][0]["detail"] == f"η = {lr:g}"
    # Also where the form is wrong elsewhere.
    answer, _ = choose("optimizer_1", form | {"start_a": None}, moved={"lr_1": 0.02})
    assert "race" not in answer
    assert answer["moved"] == {"lr_1": None}


def test_a_link_that_locks_solutions_suggests_no_step_size():
    """The one that suits an optimizer best is what the ruler's exercise asks for."""
    form = fill_form(OPENINGS["valley"]) | {"optimizer_1": "gradient_descent", "lr_1": 0.03}
    suggested = choose("optimizer_1", form)[1]["fields"]["lr_1"]
    assert suggested != 0.03
    answer, filling = choose("optimizer_1", form, request=LOCKED)
    assert filling["fields"] == {"lr_1": 0.03}
    assert answer["race"]["optimizers"][0]["detail"] == "η = 0.03"
    # Where no optimizer was, none has a step size: the opening's is as good as any.
    added = form | {"optimizer_2": "gradient_descent", "lr_2": None}
    assert choose("optimizer_2", added, request=LOCKED)[1]["fields"] == {
        "lr_2": fill_form(OPENINGS["valley"])["lr_1"]
    }
    # What is no optimizer still takes its step size away.
    gone = form | {"optimizer_1": "none"}
    assert choose("optimizer_1", gone, request=LOCKED)[1]["fields"] == {"lr_1": None}


def test_another_problem_forgets_all_that_was_moved():
    form = fill_form(OPENINGS["valley"]) | {"problem": "himmelblau"}
    answer, _ = choose("problem", form, moved={"lr_1": 0.02})
    assert answer["moved"] == dict.fromkeys(MOVED_FIELDS)


def test_a_dragged_point_leaves_the_others_to_the_last_digit():
    form = fill_form(OPENINGS["line"])
    points = [[0.1 + 0.2, 1 / 3], [123456.789, -2.5], [2.25, 1e-9]]
    answer = json.loads(on_moved({"moved": {}, "points": points}, "Loss", *form.values()))
    assert answer["moved"] == {"points": points}
    assert answer["race"]["data"]["points"] == points


def test_the_start_follows_where_it_was_put():
    form = fill_form(OPENINGS["valley"])
    answer = json.loads(on_moved({"moved": {}, "start": [1.23456, -2]}, "Loss", *form.values()))
    assert answer["moved"] == {"start_a": 1.235, "start_b": -2.0}
    form = fill_form(alone(x=(1.0, 2.0), w0=(0.0, 0.0)))
    answer = json.loads(on_moved({"moved": {}, "start": [0.5, -0.25]}, "Loss", *form.values()))
    assert answer["moved"] == {"w0": "0.5, -0.25"}
    answer = json.loads(on_moved({"moved": {}, "start": [0.0]}, "Loss", *fill_form(RaceSettings()).values()))
    assert answer["moved"] == {"w0": "0.2, 0.2, 0.2, 0.2, 0.2"}  # 0 from the minimum


def test_what_was_moved_counts_once_the_cursor_rests():
    form = fill_form(OPENINGS["valley"])
    details = on_rest({"iteration": 3, "moved": {"lr_2": 0.5, "start_a": form["start_a"]}}, *form.values())
    assert "after 3 steps" in details.gradient
    assert details == on_rest({"iteration": 3}, *(form | {"lr_2": 0.5}).values())


SKIP = gr.skip()


ODD_MESSAGES = [
    None,
    3,
    [],
    {},
    {"moved": None},
    {"moved": [], "start": [1]},
    {"moved": {}, "start": []},
    {"moved": {}, "start": [1]},
    {"moved": {}, "start": [1, 2, 3]},
    {"moved": {}, "start": ["a", 1]},
    {"moved": {}, "start": [10**400, 1]},
    {"moved": {}, "start": [math.nan, 1]},
    {"moved": {}, "start": {"a": 1}},
    {"moved": {}, "start": None},
    {"moved": {}, "points": []},
    {"moved": {}, "points": "12"},
    {"moved": {}, "points": [[1]]},
    {"moved": {}, "points": [[1, 2, 3]] * 3},
    {"moved": {}, "points": [[1, [2]], [3, 4]]},
    {"moved": {}, "points": [[math.inf, 1], [2, 3]]},
    {"moved": {}, "points": [[1, 2]] * 10_000},
    {"moved": {"lr_1": 10**400}},
    {"moved": {"lr_1": math.inf, "start_a": math.nan, "w0": 3, "points": {}}},
    {"moved": {"lr_1": [], "points": [[1, 10**400], [2, 2]], "w0": "1," * 999}},
    {"moved": {"steps": 10**9, "problem": "toys", "_fields": 1}, "iteration": 10**400},
    {"moved": {}, "iteration": "last"},
]  # fmt: skip


@pytest.mark.parametrize("problem", ["toy", "line", "valley"])
@pytest.mark.parametrize("message", ODD_MESSAGES)
def test_odd_messages_break_nothing(message, problem):
    form = fill_form(OPENINGS[problem])
    answer = json.loads(on_moved(message, "Loss", *form.values()))
    if isinstance(message, dict) and ("start" in message or "points" in message):
        # One number is a place on the toy problem's curve, and nobody but the line looks at points.
        is_fit = message.get("start") == [1] if problem == "toy" else False
        is_fit = is_fit or (message.get("points") == [] and problem != "line")
        assert ("race" in answer) == is_fit
    assert "steps, at" in on_rest(message, *form.values()).gradient
    assert on_choice(OPENED, message, "Loss", *form.values())[0] == SKIP
    if isinstance(message, dict):
        assert "race" in ask(problem, moved=message.get("moved"))


def test_a_form_of_wrong_types_breaks_nothing():
    for values in ([[]] * 20, [{}] * 20, ["x"] * 20, [None] * 20):
        assert "race" not in json.loads(on_moved({"moved": {}}, "Loss", *values))
        assert on_rest({"moved": {}}, *values) == Details()


def assert_sets_no_field(updates):
    """Fields are set by the page, which knows what was written meanwhile: from here they are only shown."""
    assert all(set(update) == {"visible", "__type__"} for update in updates)


def test_answers_leave_it_to_the_page_to_fill_fields():
    """A late answer must not write into a field in which someone types."""
    form = fill_form(OPENINGS["valley"]) | {"optimizer_2": "adam"}
    _, filling = choose("optimizer_2", form, sent=7)
    assert (filling["sent"], list(filling["fields"])) == (7, ["lr_2"])
    _, filling = choose("problem", form | {"problem": "beale"}, sent=3)
    assert filling == {"sent": 3, "fields": json.loads(json.dumps(fill_form(OPENINGS["beale"])))}
    _, filling, *shown = on_open(SimpleNamespace(query_params={"problem": "valley", "steps": "7"}))
    assert json.loads(filling)["fields"]["steps"] == 7
    assert json.loads(filling)["sent"] == 0  # before whatever was written
    assert_sets_no_field(shown)


def test_question_3_opens_where_the_player_stands():
    with gr.Blocks() as page:
        build_descent_tab(page)
    (text,) = [block.value for block in page.blocks.values() if block.elem_id == "descent-gradient"]
    assert text.startswith("<p>Gradient descent after 0 steps, at")


def test_opening_without_a_link_changes_nothing():
    """The page shows the opening already; only the number fields that were built empty are emptied."""
    for query in ({"tab": "descent"}, {"chart": "Loss"}, {"chart": "nonsense"}):
        assert on_open(SimpleNamespace(query_params=query)) == SKIP
        assert on_open_chart(SimpleNamespace(query_params=query)) == SKIP
    assert json.loads(empty_fields())["fields"] == {"lr_2": None, "lr_3": None, "lr_4": None}


@pytest.mark.parametrize(
    ("query", "problem"),
    [({}, "toy"), ({"problem": "valley"}, "valley"), ({"problem": "valley", "steps": "x"}, "toy")],
)
def test_a_links_chart_is_shown_of_its_race_or_else_of_the_opening(monkeypatch, query, problem):
    monkeypatch.setattr("app.descent.handlers.warn_about_link", lambda text: None)
    request = SimpleNamespace(query_params=query | {"chart": "Gradient"})
    assert on_open_chart(request) == "Gradient"
    player, filling, *_ = on_open(request)
    assert json.loads(filling)["fields"]["problem"] == problem
    race = run_race(OPENINGS[problem])
    assert json.loads(player)["race"]["chart"] == json.loads(pack(draw_chart(race, "Gradient")))
