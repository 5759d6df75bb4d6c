"""The form of the descent: what is read from its fields, and what is said of mistakes."""

from dataclasses import replace

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.descent.controls import show_controls
from app.descent.form import (
    fill_form,
    make_form,
    read_form,
)
from app.descent.link import write_query
from app.descent.race import OPENINGS
from app.descent.setting_kinds import NO_OPTIMIZER, write_numbers
from app.descent.settings import (
    RaceSettings,
)
from app.descent.tab import build_descent_tab
from app.ui.field_errors import FieldError
from app.ui.numbers import read_numbers
from tests.descent.patience import unhurried
from tests.descent.random_races import race_settings

__all__ = ["unhurried"]  # a fixture


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


@pytest.mark.parametrize("name", list(OPENINGS))
def test_controls_are_shown_that_the_problem_and_its_optimizers_have(name):
    form = fill_form(OPENINGS[name])
    shown = [update["visible"] for update in show_controls(form)]
    chosen = [entry[0] for entry in OPENINGS[name].entries if entry]
    has_beta = [optimizer in chosen for optimizer in ("momentum", "nesterov")]
    assert shown == [name == "toy", *has_beta, name == "valley", name == "line", name != "toy"]
