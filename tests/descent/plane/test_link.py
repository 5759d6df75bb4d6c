"""What a link to a small network says, and what is said of one that is broken."""

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings

from app.descent.plane.form import fill_form, read_form
from app.descent.plane.link import SHARED, read_query, write_query
from app.descent.plane.settings import PlaneSettings, counts, list_settings, make_experiment, read_experiment
from tests.descent.plane.random_settings import plane_settings


def keep_counting(drawn):
    """Return the settings with what does not count for their data as at first."""
    opening = PlaneSettings()
    idle = {
        name: getattr(opening, name)
        for name, setting in list_settings().items()
        if not counts(setting, drawn.rule)
    }
    return replace(drawn, **idle)


@settings(max_examples=60)
@given(plane_settings(), plane_settings())
def test_a_link_leads_back_to_its_settings_and_to_those_beside(drawn, beside):
    drawn = keep_counting(drawn)
    beside = replace(
        keep_counting(beside), **{name: getattr(drawn, name) for name in SHARED}, switch_epoch=None
    )
    link = write_query(drawn, beside)
    assert link.isascii()
    assert not set(link) & set(" #\n")
    assert read_query(dict(parse_qsl(link, keep_blank_values=True))) == (drawn, beside)


@settings(max_examples=100, deadline=None)
@given(plane_settings())
def test_fields_and_experiment_mean_the_same_settings(drawn):
    drawn = keep_counting(drawn)
    assert read_form(fill_form(drawn)) == drawn
    experiment = make_experiment(drawn)
    assert make_experiment(read_experiment(experiment)) == experiment


def test_a_link_can_be_read_by_people():
    assert write_query(PlaneSettings()) == "rule=circle"
    asked = PlaneSettings(rule="xor", hidden=(4, 2), lr=0.3, batch_norm=True, inputs=("x", "xy"))
    assert write_query(asked) == "rule=xor&hidden=4-2&lr=0.3&inputs=x,xy&batch_norm=1"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"rule": "square"}, "The data are 'square'|The data is 'square': choose one of circle"),
        ({"hidden": "8-0"}, "Number 2 of them is 0: enter a whole number from 1 to 8"),
        ({"hidden": "1-1-1-1-1-1-1"}, "has 7 numbers: give at most 6"),
        ({"hidden": "a"}, "'a' is not a whole number: give the units of each layer"),
        ({"lr": "0"}, "learning rate is 0.0: enter a number above 0"),
        ({"lr": "nan"}, "enter a number"),
        ({"inputs": ""}, "The inputs are none: choose at least one"),
        ({"inputs": "z"}, "choose of x, y, xx"),
        ({"batch_norm": "yes"}, "give 1 for yes, 0 for no"),
        ({"batch_norm": "1", "batch": "1"}, "Batch norm needs at least two points"),
        ({"epochs": "2000", "batch": "1"}, "at most 40,000. Take fewer epochs or a larger batch"),
        ({"rule": "own", "own": "1:2:0,2:2:0"}, "All points are of one class"),
        ({"rule": "own", "own": "1:2:0,9:2:1"}, "x of point 2 is 9.0: enter a number from -6 to 6"),
        ({"rule": "own", "own": "1:2"}, "give x, y and its class"),
        ({"rule": "own", "own": "1:1:1," * 999}, "There are 999 points: at most 300"),
        ({"rule": "own", "own": "1:1:1," * 9999}, "at most 10,000 are read"),
        ({"beside": "hidden=9"}, "Number 1 of them is 9"),
        ({"switch_epoch": "401"}, "The epoch of the branch is 401: enter a whole number from 0 to 400"),
    ],
)
def test_a_broken_link_is_refused_with_what_would_be_right(query, message):
    with pytest.raises(ValueError, match=message):
        read_query(query)
