"""A link that says what the page does not know: the visitor is told, and told what is shown instead."""

import itertools
import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl

import gradio as gr
import pytest
from starlette.datastructures import QueryParams

from app.descent.link import list_names as list_race_names
from app.descent.link import write_query as write_race
from app.descent.race import OPENINGS
from app.descent.tab import BENCHES as TITLED_BENCHES
from app.inspection.tab import LABS as TITLED_LABS
from app.inspection.window.link import list_names as list_window_names
from app.inspection.window.link import read_query as read_window
from app.inspection.window.link import write_query as write_window
from app.inspection.window.settings import EXAMPLES
from app.link import _EVERYWHERE, _OWN, BENCHES, LABS, OF_SECTIONS, TABS, explain_unused
from app.main import tell_unused

ROOT = Path(__file__).parent.parent


def explain(query):
    return " ".join(explain_unused(parse_qsl(query, keep_blank_values=True)))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("tab=nonsense", "There is no tab “nonsense”, so Gradient descent is shown. The tabs are descent,"),
        ("tab=", "There is no tab “”"),
        ("tab=Runs", "There is no tab “Runs”"),
        ("tab=runs&tab=sketchpad", "“tab” stands there more than once: the last one is used."),
        ("colour=red", "“colour” is no setting of this page and is left out."),
        ("problem=toy&stepz=7", "“stepz” is no setting of this page and is left out. Is “step"),
        ("tab=descent&steps=7", "“steps” counts only together with a problem, as in problem=toy: the op"),
        ("steps=7&momentum=0.5", "“steps”, “momentum” count only together with a problem"),
        ("problem=toy&condition=9", "“condition” is no setting of “The notebook's problem” and is left out."),
        ("problem=valley&x=1,2", "“x” is no setting of “Quadratic valley” and is left out."),
        ("problem=toy&entries=" + "adam:0.1," * 5, "Of the optimizers in “entries” the first 4 race."),
        ("tab=inspection&kernel=blur", "“kernel” counts only together with a picture, as in picture=digit"),
        ("tab=inspection&lab=kitchen", "There is no lab “kitchen”, so window is shown. The labs are window,"),
        ("tab=inspection&network=alexnet", "“network” counts only together with tab=inspection"),
        ("tab=descent&bench=kitchen", "There is no bench “kitchen”, so steps is shown. The benches are ste"),
        ("tab=runs&example=1,2,3,0:1:tanh:7", "“example” counts only together with tab=descent"),
        ("tab=runs&chart=Gradient", "“chart” counts only together with tab=descent"),
        ("tab=descent&chart=Loss%20of", "“chart” is “Loss of”, none of Loss, Distance, Gradi"),
        ("bench=network&depths=x", "“depths” is “x”, none of spreads, gradients: the opening is shown."),
        ("tab=runs&step_network=alexnet", "“step_network” is “alexnet”, none of logistic, ml"),
        ("tab=sketchpad&patch=4", "“patch” is “4”, none of 3, 5, 7, 9, 11: the opening is"),
        ("tab=runs&patch=5", "“patch” counts only together with tab=sketchpad"),
        ("tab=descent&hidden=4", "“hidden” counts only together with tab=descent&bench=network"),
        ("tab=descent&epochs=3", "“epochs” counts only together with tab=runs"),
        ("&".join(f"a{k}z=1" for k in range(9)), "4 more are left out."),
        ("x" * 5000 + "=1", "“" + "x" * 40 + "” is no setting"),
    ],
)  # fmt: skip
def test_what_is_not_used_is_named_with_what_is_shown_instead(query, words):
    assert words in explain(query)
    assert len(explain(query)) < 1000


@pytest.mark.parametrize(
    "query",
    [
        "",
        *(f"tab={name}" for name in TABS),
        "tab=runs&run=example",
        "__theme=dark&tab=descent&view=api&utm_source=moodle&fbclid=1",
        "problem=line&entries=adam:0.1,,,,",  # ends in a comma, as a link that somebody shortened
        *(f"tab=descent&{write_race(opening)}" for opening in OPENINGS.values()),
        *(f"tab=inspection&{write_window(example)}" for _, example in EXAMPLES.values()),
        "tab=inspection&picture=digit&index=7",
        "tab=runs&network=convnet2&dropout=0.3&epochs=2&momentum=0.8&seed=7&open=question-4",
        "tab=descent&bench=network&rule=xor&hidden=4-4&seed=3&beside=rule%3Dxor",
        "bench=network&epochs=30",
        "tab=inspection&lab=network&checkpoint=convnet3&index=7",
        "tab=inspection&lab=microscope&checkpoint=convnet2&layer=features.7&seed=3",
        "tab=inspection&lab=architecture&network=alexnet",
    ],
)
def test_of_links_that_the_page_writes_there_is_nothing_to_say(query):
    assert explain(query) == ""


def test_links_of_the_documents_are_used_wholly():
    links = [
        link
        for name in ("README.md", "docs/teaching.md", "docs/hosting.md")
        for link in re.findall(r"/\?([\w=&:.,-]+)", (ROOT / name).read_text(encoding="utf-8"))
    ]
    assert len(links) > 10
    assert [link for link in links if explain(link)] == []


def test_the_pages_script_knows_the_same_tabs_and_labs():
    script = (ROOT / "app" / "ui" / "components" / "address.js").read_text(encoding="utf-8")
    for name, known in (("TABS", TABS), ("LABS", LABS), ("BENCHES", BENCHES)):
        assert re.findall(r'"(\w+)"', re.search(rf"const {name} = \[(.*)\]", script)[1]) == list(known)
    of_sections = re.findall(r'"(\w+)"', re.search(r"SECTION_PARAMETERS = \[(.*?)\]", script, re.DOTALL)[1])
    assert of_sections == list(OF_SECTIONS)
    assert list(TITLED_LABS) == list(LABS)
    assert list(TITLED_BENCHES) == list(BENCHES)


def test_the_notice_stays_until_it_is_closed_and_holds_no_markup(monkeypatch):
    told = []
    monkeypatch.setattr(gr, "Warning", lambda text, **how: told.append((text, how)))
    tell_unused(SimpleNamespace(query_params=QueryParams("tab=<img src=x onerror=alert(1)>&tab=<b>")))
    ((text, how),) = told
    assert text.startswith("About this link: There is no tab “&lt;b&gt;”")
    assert "<" not in text
    assert how["duration"] is None
    tell_unused(SimpleNamespace(query_params=QueryParams("tab=descent")))
    assert len(told) == 1


def test_the_load_asks_a_handler_for_nothing_where_the_address_has_none_of_its_parameters(
    built_page, monkeypatch
):
    """There the browser does not ask it (see `reads_address`); whoever says nothing is asked always."""
    monkeypatch.setattr(gr, "Warning", lambda text, **how: pytest.fail(text))
    loads = [each for each in built_page.fns.values() if "load" in [event for _, event in each.targets]]
    after = [each for each in built_page.fns.values() if each.trigger_after in [load._id for load in loads]]
    idle = [each for each in [*loads, *after] if hasattr(each.fn, "reading")]
    always = [getattr(each.fn, "__name__", None) for each in loads if each not in idle]
    assert (always, len(idle)) == ([None, "on_load"], 11)  # None has a script alone
    names = [*itertools.chain(*_OWN.values()), *_EVERYWHERE, *list_race_names(), *list_window_names()]
    for handler, tab, lab, bench in itertools.product(idle, TABS, LABS, BENCHES):
        query = dict.fromkeys(names, "1") | {"tab": tab, "lab": lab, "bench": bench}
        reading = handler.fn.reading
        own = reading.names or query
        query = {
            name: value
            for name, value in query.items()
            if name not in own or value in reading.usual.get(name, ())
        }
        kept = ["" if reading.stored else getattr(each, "value", []) for each in handler.inputs]
        answer = handler.fn(*kept, SimpleNamespace(query_params=QueryParams(query)))
        parts = answer if isinstance(answer, tuple | list) else [answer]
        assert all(part in (None, gr.skip()) for part in parts), (handler.fn, query)


def test_a_tick_in_a_windows_link_is_1_or_0():
    assert read_window({"picture": "digit", "flipped": "1"}).flipped
    assert not read_window({"picture": "digit", "flipped": "0"}).flipped
    with pytest.raises(ValueError, match="flipped is 'yes': give 1 for yes, 0 for no"):
        read_window({"picture": "digit", "flipped": "yes"})
