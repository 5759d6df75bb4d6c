"""What a link to a race says, and what is said of one that is broken."""

import re
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qsl

import gradio as gr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.descent.handlers import (
    on_open,
)
from app.descent.link import read_query, write_query
from app.descent.race import OPENINGS, run_race
from app.descent.settings import (
    PROBLEM_TITLES,
    list_shared_settings,
)
from models.descent.optimizers import OPTIMIZERS
from tests.descent.patience import unhurried
from tests.descent.random_races import alone, race_settings
from tests.descent.test_form import find_refusal

__all__ = ["unhurried"]  # a fixture


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


def test_a_links_words_are_shown_as_words(monkeypatch):
    """Gradio writes a warning into the page as HTML, and a link may come from anyone."""
    warnings = []
    monkeypatch.setattr(gr, "Warning", lambda text, **_: warnings.append(text))
    for name, value in (("x", "<img/onerror=alert(1)>"), ("dtype", "<b>"), ("problem", "<i>")):
        on_open(SimpleNamespace(query_params={"problem": "toy", name: value}))
    assert len(warnings) == 3
    assert not any("<" in text for text in warnings)
    assert "&lt;img/onerror" in warnings[0]
