"""The search for a learning rate for a run: what its buttons answer."""

from app.runs.form import fill_form, list_fields
from app.runs.rates.section import on_check, on_find, on_use
from models.descent.rate_trial import NUM_TRIED_STEPS


def fill_values(network="logistic", **changes):
    form = {"network": network, "dataset": "strokes", "seed": 0} | fill_form(network, "notebook")
    form |= {"num_images": 1_000} | changes
    return [form[name] for name in list_fields()]


def test_search_ends_with_a_rate_its_reason_and_its_marks():
    *progress, last = on_find("", "notebook", *fill_values())
    assert progress[0].found is None
    assert last.error == ""
    assert last.said.startswith(f"**Suggested: η = {last.found:g}.**")
    names = [one["name"] for one in last.curve["series"]]
    assert names[:6] == ["seed 1", "seed 2", "seed 3", "median", "suggestion", "lowest"]
    marked = next(one for one in last.curve["series"] if one["name"] == "suggestion")
    assert marked["points"][0][0] == last.found
    assert last.curve["log_x"]


def test_check_trains_there_and_says_whether_it_held():
    *progress, last = on_check(0.1, "", "notebook", *fill_values())
    assert progress
    assert "At η = 0.1 the loss fell from" in last.said
    assert f"in {NUM_TRIED_STEPS} steps" in last.said
    assert "It held" in last.said


def test_mistake_in_the_form_is_told():
    *_, found = on_find("", "notebook", *fill_values(batch_size=4))
    assert "batch size" in found.error
    assert found.found is None
    *_, checked = on_check(0.1, "", "notebook", *fill_values(batch_size=None))
    assert "batch size" in checked.error


def test_there_is_nothing_to_use_or_check_before_a_rate_was_found():
    (checked,) = on_check(None, "", "notebook", *fill_values())
    assert "find one first" in checked.error
    assert "find one first" in on_use(None)[1]
    assert on_use(0.05) == (0.05, "")
