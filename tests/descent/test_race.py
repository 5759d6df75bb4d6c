"""Races: what is run and kept, what stands in the controls, and what a link says."""

import json
import math
import re
from dataclasses import fields, replace
from types import SimpleNamespace
from urllib.parse import parse_qsl

import gradio as gr
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app.descent.race
from app.descent.controls import show_controls
from app.descent.form import (
    MOVED_FIELDS,
    fill_form,
    make_form,
    read_form,
)
from app.descent.handlers import (
    Details,
    answer_controls,
    empty_fields,
    on_choice,
    on_moved,
    on_open,
    on_rest,
)
from app.descent.link import read_query, write_query
from app.descent.race import OPENINGS, build_problem, compare_step_sizes, run_race
from app.descent.setting_kinds import NO_OPTIMIZER, write_numbers
from app.descent.settings import (
    MAX_LIVE_STEPS,
    PROBLEM_TITLES,
    RaceSettings,
    keep_problem,
    list_shared_settings,
)
from app.descent.tab import build_descent_tab
from app.ui.field_errors import FieldError
from app.ui.numbers import read_numbers
from models.descent.descent import descend
from models.descent.learning_rate import find_curvature
from models.descent.optimizers import OPTIMIZERS, make_optimizer
from models.descent.pace import compare_rates
from tests.descent.random_races import alone, choose_entries, race_settings


@pytest.fixture(scope="module", autouse=True)
def unhurried():
    """Give slow machines the time to finish every race."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.descent.race, "TIME_LIMIT_SECONDS", 240.0)
        yield


def assert_same_descent(one, other):
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def run_afresh(settings, slot):
    """Let the optimizer in a slot descend without any cache."""
    name, lr = settings.entries[slot]
    optimizer = make_optimizer(name, lr, settings.find_momentum(name))
    problem, w0 = build_problem(settings), settings.first_weights
    return descend(problem, w0, optimizer, settings.steps, settings.dtype, 60)


# ----- the race


@pytest.mark.parametrize("name", list(OPENINGS))
def test_every_opening_runs_and_nobody_diverges(name):
    race = run_race(OPENINGS[name])
    assert race.settings.problem == name
    assert len(race.optimizers) == sum(entry is not None for entry in OPENINGS[name].entries)
    for optimizer in race.optimizers:
        assert optimizer.descent.status in ("converged", "running", "stalled")
        assert optimizer.descent.path_losses[-1] < optimizer.descent.path_losses[0]


def test_every_problem_has_an_opening():
    assert list(OPENINGS) == list(PROBLEM_TITLES)
    assert OPENINGS["toy"] == RaceSettings()


def test_opens_on_the_notebooks_numbers():
    (optimizer,) = run_race(RaceSettings()).optimizers
    assert optimizer.descent.losses[9] == pytest.approx(0.150094673037529, rel=1e-4)
    assert optimizer.descent.losses[99] == pytest.approx(8.74024408403784e-10, rel=1e-4)
    assert len(optimizer.descent.losses) == 150


@settings(max_examples=25)
@given(race_settings())
def test_a_race_is_what_each_optimizer_does_alone(settings):
    for _ in range(2):  # the second time from the cache
        race = run_race(settings)
        assert [optimizer.slot for optimizer in race.optimizers] == [
            k for k, one in enumerate(settings.entries) if one
        ]
        assert race.start.tolist() == list(settings.first_weights)
        for optimizer in race.optimizers:
            assert (optimizer.config.name, optimizer.config.lr) == settings.entries[optimizer.slot]
            assert_same_descent(optimizer.descent, run_afresh(settings, optimizer.slot))


CHANGES = [
    ("toy", {"entries": choose_entries(("gradient_descent", 0.02))}),
    ("toy", {"entries": choose_entries(("momentum", 0.01))}),
    ("toy", {"steps": 21}),
    ("toy", {"x": (1.0, 1.0, 1.0, 1.0, 2.0)}),
    ("toy", {"y": 2.0}),
    ("toy", {"w0": (0.0, 0.0, 0.0, 0.0, 0.5)}),
    ("toy", {"dtype": "float64"}),
    ("line", {"points": ((0.0, 1.0), (1.0, 2.0))}),
    ("line", {"start": (0.0, 1.0)}),
    ("line", {"momentum": 0.5}),
    ("valley", {"condition": 50.0}),
    ("valley", {"start": (1.0, 1.0)}),
    ("beale", {"start": (0.5, 0.5)}),
    ("beale", {"problem": "himmelblau"}),
]


@pytest.mark.parametrize(("problem", "change"), CHANGES, ids=[f"{one} {list(two)}" for one, two in CHANGES])
def test_different_settings_never_mix(problem, change):
    first = replace(OPENINGS[problem], steps=20)
    second = replace(first, **change)
    for chosen in (first, second, first, second):
        for optimizer in run_race(chosen).optimizers:
            assert_same_descent(optimizer.descent, run_afresh(chosen, optimizer.slot))
    pairs = zip(run_race(first).optimizers, run_race(second).optimizers, strict=False)
    assert any(not np.array_equal(one.descent.path, two.descent.path) for one, two in pairs)


def test_the_time_limit_is_shared(monkeypatch):
    """With a clock that goes on by 1 ms whenever it is read: once for each step."""
    now = iter(range(10**9))
    monkeypatch.setattr(
        "models.descent.descent.time",
        SimpleNamespace(thread_time=lambda: next(now) / 1000, perf_counter=lambda: 0.0),
    )
    monkeypatch.setattr(app.descent.race, "TIME_LIMIT_SECONDS", 0.8)
    entries = [("gradient_descent", 1e-4), ("momentum", 1e-5), ("adam", 1e-5), ("adagrad", 1e-5)]
    for count in (1, 2, 4):
        race = run_race(alone(steps=1000, entries=choose_entries(*entries[:count]), y=0.123))
        for optimizer in race.optimizers:
            assert optimizer.descent.status == "out_of_time"
            assert len(optimizer.descent.path) == pytest.approx(800 / count, abs=3)


def test_who_is_not_touched_by_a_change_does_not_descend_again(monkeypatch):
    """One optimizer less gives the others more time each, which must not make them descend again."""
    descended = []

    def count(problem, w0, optimizer, *rest):
        descended.append(optimizer.name)
        return descend(problem, w0, optimizer, *rest)

    monkeypatch.setattr(app.descent.race, "descend", count)
    settings = alone(entries=(("momentum", 0.0123), ("adam", 0.0123), ("rmsprop", 0.0123), None), steps=30)
    run_race(settings)
    assert descended == ["momentum", "adam", "rmsprop"]
    run_race(replace(settings, entries=(None, *settings.entries[1:])))
    run_race(replace(settings, entries=(("nesterov", 0.0123), *settings.entries[1:])))
    assert descended == ["momentum", "adam", "rmsprop", "nesterov"]


def test_a_race_without_time_is_not_kept_and_costs_nobody_theirs(monkeypatch):
    kept, cut = alone(lr=0.0321, steps=40), alone(lr=0.0322, steps=40)
    before = run_race(kept).optimizers[0].descent
    monkeypatch.setattr(app.descent.race, "TIME_LIMIT_SECONDS", 0.0)
    assert run_race(cut).optimizers[0].descent.status == "out_of_time"
    assert run_race(kept).optimizers[0].descent is before
    monkeypatch.setattr(app.descent.race, "TIME_LIMIT_SECONDS", 240.0)
    assert len(run_race(cut).optimizers[0].descent.path) == 41


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"problem": "toys"}, "choose one of toy, line, valley, rosenbrock"),
        ({"entries": (None,) * 4}, "No optimizer is chosen"),
        ({"entries": (("adam", 0.1),)}, "No optimizer is chosen"),
        ({"problem": "line", "points": ((0.0, 0.0),)}, "There are 1 points: a line needs 2 to 20"),
        ({"problem": "line", "points": ((0.0, 0.0),) * 21}, "There are 21 points: a line needs 2 to 20"),
        ({"steps": 0}, "number of iterations is 0: enter a whole number from 1 to 1,000"),
        ({"steps": MAX_LIVE_STEPS + 1}, "number of iterations is 1001: enter a whole number from 1 to 1,000"),
        ({"steps": 10**9}, "enter a whole number from 1 to 1,000"),
        ({"steps": "ten"}, "number of iterations is ten: enter a whole number"),
        ({"steps": 2.5}, "number of iterations is 2.5: enter a whole number"),
        ({"entries": choose_entries(("sgd", 0.1))}, "choose one of gradient_descent, momentum"),
        ({"entries": choose_entries(("adam", -0.1))}, "learning rate is -0.1: enter a number above 0"),
        ({"entries": choose_entries(("adam", math.nan))}, "learning rate is nan: enter a number above 0"),
        ({"momentum": 1.0}, "momentum is 1.0: enter a number from 0.05 to 0.999"),
        ({"dtype": "float16"}, "choose one of float32, float64"),
        ({"x": ()}, "x has 0 entries: give a list of 1 to 8"),
        ({"x": (0.0,) * 5}, "x is zero in every entry"),
        ({"x": (1.0, 2.0)}, "w0 has 5 numbers, but there are 2 weights: give 2"),
        ({"w0": (1e7,) * 5}, r"w0\[0\] is 10000000.0: enter a number from -1,000,000"),
        ({"y": math.inf}, "y is inf: enter a number from"),
        ({"problem": "beale", "start": (0.0, 2e3)}, "is 2000.0: enter a number from -1,000 to 1,000"),
        ({"problem": "valley", "condition": 0.0}, "condition number is 0.0: enter a number from 1 to 1,000"),
        ({"problem": "line", "points": ((0.0, 1.0), (math.nan, 1.0))}, "is nan: enter a number from"),
    ],
)  # fmt: skip
def test_refuses_what_cannot_be_run(change, message):
    with pytest.raises(ValueError, match=message):
        run_race(replace(RaceSettings(), **change))


def test_names_tell_optimizers_apart():
    entries = (("adam", 0.1), ("adam", 0.2), ("momentum", 0.1), ("adam", 0.2))
    race = run_race(alone(entries=entries, steps=3))
    names = [race.name_optimizer(optimizer) for optimizer in race.optimizers]
    assert names[0] == "Adam η = 0.1"
    assert names[2] == "Momentum"
    assert len(set(names)) == 4
    close = run_race(alone(entries=choose_entries(("adam", 0.1), ("adam", 0.10000001)), steps=3))
    assert len({close.name_optimizer(optimizer) for optimizer in close.optimizers}) == 2


def test_step_sizes_are_compared_on_the_same_problem_from_the_same_start():
    settings = alone("adam", 0.3, "himmelblau", start=(2.0, 1.0), steps=9, momentum=0.5, dtype="float64")
    assert keep_problem(settings) == replace(RaceSettings(), problem="himmelblau", start=(2.0, 1.0))
    problem, start = build_problem(settings), np.array([2.0, 1.0])
    expected = compare_rates(problem, find_curvature(problem, start), start)
    assert compare_step_sizes(keep_problem(settings)) == expected


def test_a_line_is_fitted_to_the_points():
    points = ((0.5, 1.0), (1.5, 1.4), (2.0, 2.4), (3.0, 2.6))
    race = run_race(alone("gradient_descent", 0.08, "line", points=points, steps=5))
    xs, ys = np.array(points).T
    np.testing.assert_allclose(race.curvature.minimum, np.polyfit(xs, ys, 1))
    slope, intercept = race.start
    assert race.optimizers[0].descent.losses[0] == pytest.approx(np.mean((slope * xs + intercept - ys) ** 2))


# ----- numbers as text


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=8))
def test_numbers_are_read_as_they_were_written(values):
    assert read_numbers(write_numbers(values)) == tuple(values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1, 0.5, -2", (1, 0.5, -2)),
        ("  1 2\n3\t4 ", (1, 2, 3, 4)),
        ("1;2 3", (1, 2, 3)),
        ("1e-3", (0.001,)),
        ("", ()),
    ],
)
def test_reads_numbers_as_people_separate_them(text, values):
    assert read_numbers(text) == values


@pytest.mark.parametrize("text", ["one", "1, two", "1.2.3", "1-2", "[1]"])
def test_refuses_words_among_numbers(text):
    with pytest.raises(ValueError, match="is not a number: separate numbers by spaces or semicolons"):
        read_numbers(text)


def test_writes_numbers_short():
    assert write_numbers((1.0, 0.5, -2.0, 1e-9)) == "1, 0.5, -2, 1e-09"


# ----- the controls


@given(race_settings())
def test_the_controls_give_the_settings_that_they_were_filled_with(settings):
    """As far as its problem uses them: what stands in the fields of other problems does not matter."""
    assert write_query(read_form(fill_form(settings))) == write_query(settings)


@pytest.mark.parametrize("name", list(OPENINGS))
def test_the_controls_hold_every_opening(name):
    form = fill_form(OPENINGS[name])
    assert read_form(form) == OPENINGS[name]
    assert read_form(make_form(form.values())) == OPENINGS[name]


def test_reads_what_people_type():
    form = fill_form(RaceSettings()) | {
        "x": "1 2 3",
        "w0": "0; 0; 0",
        "y": "2,5",
        "optimizer_1": NO_OPTIMIZER,
        "lr_1": None,
        "optimizer_3": "adam",
        "lr_3": 1,
    }
    settings = read_form(form)
    assert (settings.x, settings.w0, settings.y) == ((1, 2, 3), (0, 0, 0), 2.5)
    assert settings.entries == (None, None, ("adam", 1.0), None)
    points = [["1", " 2,5 "], ["", ""], [None, None], [3, 4.0]]
    line = fill_form(OPENINGS["line"]) | {"points": points}
    assert read_form(line).points == ((1.0, 2.5), (3.0, 4.0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": "1, a"}, "'a' is not a number"),
        ({"x": ""}, "x has 0 entries"),
        ({"x": "1 " * 9}, "x has 9 entries: give a list of 1 to 8 numbers"),
        ({"x": "1,5"}, "'1,5' can be read as '1; 5' or as '1.5'"),
        ({"x": "1000001, 1, 1, 1, 1"}, r"x\[0\] is 1000001.0"),
        ({"w0": "0"}, "w0 has 1 numbers, but there are 5 weights: give 5"),
        ({"y": None}, "y is empty: enter a number"),
        ({"y": 1e9}, "y is 1000000000.0: enter a number from -1,000,000 to 1,000,000"),
        ({"problem": "line", "start_a": None}, "first weight is empty"),
        ({"problem": "saddle", "start_b": None}, "second weight is empty"),
        ({"problem": "valley", "condition": None}, "condition number is empty"),
        ({"problem": "valley", "condition": 0}, "enter a number from 1 to 1,000"),
        ({"problem": "nothing"}, "choose one of toy, line"),
        ({"problem": "beale", "start_a": 1001}, "enter a number from -1,000 to 1,000"),
        ({"problem": "line", "points": [[1, 2], ["a", 3]]}, "Row 2 of the points is a, 3: give two numbers"),
        ({"problem": "line", "points": [[1, 2], [3, None]]}, "Row 2 of the points is 3, : give two numbers"),
        ({"problem": "line", "points": [[1, 2], [3]]}, "Row 2 of the points is 3: give two numbers"),
        ({"problem": "line", "points": [[1, 2], 3]}, "Row 2 of the points is 3: give two numbers"),
        ({"problem": "line", "points": [[1, 2], ["", ""]]}, "There are 1 points: a line needs 2 to 20"),
        ({"problem": "line", "points": [[k, k] for k in range(21)]}, "There are 21 points"),
    ],
)
def test_mistakes_in_the_problem_are_said_at_their_field(change, message):
    with pytest.raises(FieldError, match=message) as caught:
        read_form(fill_form(RaceSettings()) | change)
    assert caught.value.field == next(reversed(change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lr_1": "0,0,1"}, "step size of optimizer 1: '0,0,1' is not a number"),
        ({"lr_2": 0, "optimizer_2": "adam"}, "learning rate is 0.0: enter a number above 0"),
        ({"lr_1": None}, "step size of optimizer 1 is empty: enter a number"),
        ({"optimizer_3": "adam", "lr_3": None}, "step size of optimizer 3 is empty"),
        ({"optimizer_1": NO_OPTIMIZER}, "No optimizer is chosen"),
        ({"steps": 10**9}, "enter a whole number from 1 to 1,000"),
        ({"steps": None}, "number of iterations is None"),
        ({"momentum": None}, "momentum is empty"),
    ],
)
def test_mistakes_in_the_race(change, message):
    with pytest.raises(FieldError, match=message) as caught:
        read_form(fill_form(RaceSettings()) | change)
    assert caught.value.field in change


def find_refusal(action):
    """Return what a ValueError says, None without one; any other error goes through."""
    try:
        action()
    except ValueError as error:
        return str(error)
    return None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.lists(st.floats() | st.text(max_size=3) | st.none(), max_size=3) | anything, max_size=4))
def test_whatever_stands_in_the_table_is_read_or_refused(points):
    form = fill_form(OPENINGS["line"]) | {"points": points}
    refusal = find_refusal(lambda: read_form(form))
    assert refusal is None or "points" in refusal or "number" in refusal


# ----- the link


def keep_own(settings):
    """Return the settings with what is not their problem's own as at its opening."""
    own = {"toy": {"x", "y", "w0"}, "line": {"points", "start"}, "valley": {"condition", "start"}}
    kept = own.get(settings.problem, {"start"}) | set(list_shared_settings()) | {"problem"}
    return replace(OPENINGS[settings.problem], **{name: getattr(settings, name) for name in kept})


@given(race_settings())
def test_a_link_leads_back_to_its_settings(settings):
    link = write_query(settings)
    assert link.isascii()
    assert not set(link) & set(" #\n")
    assert read_query(dict(parse_qsl(link))) == keep_own(settings)


@pytest.mark.parametrize("name", list(OPENINGS))
def test_every_openings_link_leads_back(name):
    link = write_query(OPENINGS[name])
    assert read_query(dict(parse_qsl(link))) == OPENINGS[name]
    assert len(link) < 400


def test_a_link_can_be_read_by_people():
    settings = alone("adam", 0.5, "valley", steps=100, condition=9.0, start=(1.0, -0.5))
    assert write_query(settings) == (
        "problem=valley&entries=adam:0.5,,,&steps=100&momentum=0.445&nesterov_momentum=0.627"
        "&dtype=float32&condition=9.0&start=1,-0.5"
    )


@pytest.mark.parametrize("name", list(PROBLEM_TITLES))
def test_what_a_link_does_not_say_is_as_at_the_opening(name):
    assert read_query({"problem": name}) == OPENINGS[name]
    assert read_query({"problem": name, "steps": "7"}) == replace(OPENINGS[name], steps=7)
    assert read_query({"problem": name, "__theme": "dark", "color": "red"}) == OPENINGS[name]


def test_a_link_from_before_nesterov_had_a_momentum_of_its_own_means_one_for_both():
    old = read_query({"problem": "valley", "momentum": "0.8"})
    assert (old.momentum, old.nesterov_momentum) == (0.8, 0.8)
    new = read_query({"problem": "valley", "momentum": "0.8", "nesterov_momentum": "0.7"})
    assert (new.momentum, new.nesterov_momentum) == (0.8, 0.7)


def test_a_query_without_a_problem_says_nothing():
    assert read_query({}) is None
    assert read_query({"__theme": "dark", "steps": "7"}) is None


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"problem": "toys"}, "The problem is 'toys': choose one of toy, line, valley"),
        ({"problem": ""}, "choose one of toy"),
        ({"problem": "toy", "steps": "ten"}, "number of iterations is 'ten': give a whole number"),
        ({"problem": "toy", "steps": "-3"}, "number of iterations is '-3': give a whole number"),
        ({"problem": "toy", "steps": "²"}, "give a whole number"),
        ({"problem": "toy", "steps": "0"}, "enter a whole number from 1 to 1,000"),
        ({"problem": "toy", "steps": "9" * 1500}, "enter a whole number from 1 to 1,000"),
        ({"problem": "toy", "momentum": "much"}, "'much' is not a number"),
        ({"problem": "toy", "momentum": "0.1,0.2"}, "'0.1,0.2' is not a number: give one, as in 0.5"),
        ({"problem": "toy", "momentum": ""}, "'' is not a number: give one"),
        ({"problem": "toy", "momentum": "5"}, "momentum is 5.0: enter a number from 0.05 to 0.999"),
        ({"problem": "toy", "entries": ""}, "No optimizer is chosen"),
        ({"problem": "toy", "entries": "adam"}, "'' is not a number: give one"),
        ({"problem": "toy", "entries": "adam:nan"}, "learning rate is nan: enter a number above 0"),
        ({"problem": "toy", "entries": "adam:0.1:0.2"}, "'0.1:0.2' is not a number"),
        ({"problem": "toy", "entries": "sgd:0.1"}, "choose one of gradient_descent"),
        ({"problem": "toy", "dtype": "float16"}, "choose one of float32, float64"),
        ({"problem": "toy", "x": "1,one"}, "'one' is not a number"),
        ({"problem": "toy", "x": "1," * 999}, "x has 999 entries: give a list of 1 to 8 numbers"),
        ({"problem": "toy", "x": "1," * 9999}, "x has 19,998 letters: at most 2,000 are read"),
        ({"problem": "line", "points": "1:2"}, "There are 1 points: a line needs 2 to 20"),
        ({"problem": "line", "points": "1:2,3"}, "'' is not a number"),
        ({"problem": "line", "start": "1"}, "start has 1 numbers: give two, as in 1,0.5"),
        ({"problem": "valley", "condition": "inf"}, "enter a number from 1 to 1,000"),
        ({"problem": "valley", "condition": "5000"}, "number is 5000.0: enter a number from 1 to 1,000"),
        ({"problem": "valley", "momentum": "0"}, "momentum is 0.0: enter a number from 0.05 to 0.999"),
        ({"problem": "valley", "momentum": "0.9995"}, "enter a number from 0.05 to 0.999"),
        ({"problem": "toy", "x": "z" * 99}, "'z{39} is not a number: separate"),
        ({"problem": "beale", "start": "0,1e9"}, "enter a number from -1,000 to 1,000"),
    ],
)  # fmt: skip
def test_a_broken_link_is_refused_with_what_would_be_right(query, message):
    with pytest.raises(ValueError, match=message):
        run_race(read_query(query))


pieces = st.lists(
    st.sampled_from(
        [*PROBLEM_TITLES, *OPTIMIZERS, ",", ":", "1", "0.5", "-", "e9", "nan", "inf", " ", "٣", "_"]
    ),
    max_size=8,
).map("".join)
words = st.text(max_size=12) | pieces | st.floats().map(str) | st.integers(0, 30).map(str)
NAMES = [
    "entries",
    "steps",
    "momentum",
    "nesterov_momentum",
    "dtype",
    "x",
    "y",
    "w0",
    "points",
    "condition",
    "start",
    "other",
]


@settings(max_examples=300)
@given(
    st.sampled_from(list(PROBLEM_TITLES)) | words, st.dictionaries(st.sampled_from(NAMES), words, max_size=3)
)
def test_any_link_runs_or_is_refused(problem, query):
    def follow():
        wanted = read_query({"problem": problem, **query})
        run_race(replace(wanted, steps=min(wanted.steps, 5)))

    refusal = find_refusal(follow)
    assert refusal is None or re.search("choose|give|enter|take|number|letters", refusal)


# ----- what the player's script may send


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


# ----- what was moved by hand


def choose(field, form, moved=(), sent=0):
    """Return what the player and the fields get once something was chosen, and what is shown."""
    message = {"chosen": field, "moved": dict(moved), "sent": sent}
    answer, filling, *shown = on_choice(message, "Loss", *form.values())
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
    assert on_choice(message, "Loss", *form.values())[0] == SKIP
    if isinstance(message, dict):
        assert "race" in ask(problem, moved=message.get("moved"))


def test_a_form_of_wrong_types_breaks_nothing():
    for values in ([[]] * 20, [{}] * 20, ["x"] * 20, [None] * 20):
        assert "race" not in json.loads(on_moved({"moved": {}}, "Loss", *values))
        assert on_rest({"moved": {}}, *values) == Details()


def test_a_links_words_are_shown_as_words(monkeypatch):
    """Gradio writes a warning into the page as HTML, and a link may come from anyone."""
    warnings = []
    monkeypatch.setattr(gr, "Warning", lambda text, **_: warnings.append(text))
    for name, value in (("x", "<img/onerror=alert(1)>"), ("dtype", "<b>"), ("problem", "<i>")):
        on_open(SimpleNamespace(query_params={"problem": "toy", name: value}))
    assert len(warnings) == 3
    assert not any("<" in text for text in warnings)
    assert "&lt;img/onerror" in warnings[0]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("condition", "Condition number κ"),
        ("momentum", "Momentum β"),
        ("nesterov_momentum", "Nesterov β"),
        ("steps", "Iterations"),
    ],
)
def test_sliders_span_what_a_race_takes(name, label):
    """Gradio refuses every event with a slider outside its bounds: a link must not bring one there."""
    with gr.Blocks() as page:
        build_descent_tab(page)
    (slider,) = [block for block in page.blocks.values() if getattr(block, "label", None) == label]
    for value in (slider.minimum, slider.maximum):
        assert getattr(replace(OPENINGS["valley"], **{name: value}), name) == value
        for beyond in (value * 0.99, value * 1.01, 0, int(value) + 1):
            if not slider.minimum <= beyond <= slider.maximum:
                with pytest.raises(ValueError, match=f"number from {slider.minimum:,g} to"):
                    replace(OPENINGS["valley"], **{name: beyond})


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
    assert text.startswith("Gradient descent after 150 steps, at")


def test_opening_without_a_link_changes_nothing():
    """The page shows the opening already; only the number fields that were built empty are emptied."""
    assert on_open(SimpleNamespace(query_params={"tab": "descent"})) == SKIP
    assert json.loads(empty_fields())["fields"] == {"lr_2": None, "lr_3": None, "lr_4": None}


@pytest.mark.parametrize("name", list(OPENINGS))
def test_controls_are_shown_that_the_problem_and_its_optimizers_have(name):
    form = fill_form(OPENINGS[name])
    shown = [update["visible"] for update in show_controls(form)]
    chosen = [entry[0] for entry in OPENINGS[name].entries if entry]
    has_beta = [optimizer in chosen for optimizer in ("momentum", "nesterov")]
    assert shown == [name == "toy", *has_beta, name == "valley", name == "line", name != "toy"]
