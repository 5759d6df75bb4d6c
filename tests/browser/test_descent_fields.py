"""What is filled into the fields of the gradient descent tab, without the page: its script alone."""

import json

import pytest

from app.descent.components.player import fill_fields

NAMES = ["problem", "steps", "lr_2", "points"]
TABLE = {"headers": ["x", "y"], "data": [[1, 2]]}
SKIP = {"__type__": "update"}


@pytest.fixture(scope="module")
def blank_page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


def fill(page, fields, sent=0, typed_at=None, values=("toy", 150, 0.5, TABLE)):
    """Return what the fields then hold, the races that were asked for, and what was noted as filled in."""
    return page.evaluate(
        f"""([filling, values, typedAt]) => {{
          const asked = [];
          const askForRace = (all) => asked.push(all);
          window.glassboxDescent = typedAt && {{ typedAt, filled: {{}}, askForRace }};
          return [({fill_fields(NAMES)})(filling, ...values), asked, window.glassboxDescent?.filled];
        }}""",
        [json.dumps({"sent": sent, "fields": fields}), ["Loss", *values], typed_at],
    )


def test_all_fields_of_an_answer_are_filled(blank_page):
    fields = {"problem": "line", "steps": 100, "lr_2": 0.25, "points": [[3, 4], [5, 6]]}
    filled, asked, noted = fill(blank_page, fields, typed_at={})
    assert filled == ["line", 100, 0.25, TABLE | {"data": [[3, 4], [5, 6]]}]
    assert (asked, noted) == ([], fields)


def test_what_an_answer_does_not_name_is_left_alone(blank_page):
    assert fill(blank_page, {"lr_2": 0.25}, typed_at={})[0] == [SKIP, SKIP, 0.25, SKIP]
    assert fill(blank_page, {"steps": 150}, typed_at={})[0] == [SKIP] * 4  # it holds that already


def test_a_field_is_kept_that_was_written_in_since_the_question_was_sent(blank_page):
    fields = {"steps": 100, "lr_2": 0.25}
    filled, asked, noted = fill(blank_page, fields, sent=4, typed_at={"lr_2": 5, "steps": 3})
    assert filled == [SKIP, 100, SKIP, SKIP]
    assert asked == [["Loss", "toy", 100, 0.5, TABLE]]  # the race with what was written
    assert noted == {"steps": 100}


def test_another_problem_that_was_chosen_since_has_an_answer_of_its_own(blank_page):
    filled, asked, _ = fill(blank_page, {"problem": "line", "steps": 100}, sent=4, typed_at={"problem": 5})
    assert filled == [SKIP, 100, SKIP, SKIP]
    assert asked == []


def test_a_number_is_emptied_also_where_the_tab_was_never_opened(blank_page):
    """A number field that is built empty shows 0."""
    filled, _, _ = fill(blank_page, {"lr_2": None}, typed_at=None, values=("toy", 150, None, TABLE))
    assert filled == [SKIP, SKIP, None, SKIP]
