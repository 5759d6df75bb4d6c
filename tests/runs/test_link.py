"""A prepared training travels in an address, and comes back as it was."""

from types import SimpleNamespace

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.runs.controls import on_open
from app.runs.form import fill_form, list_fields
from app.runs.link import list_names, read_query, write_query
from models.networks.registry import NETWORKS
from models.training.config import RECIPES

OPENING = {"network": "convnet", "dataset": "mnist", "seed": 0} | fill_form("convnet", "notebook")
OPENING |= {"num_images": 10_000}


def read(text):
    return read_query(dict(part.split("=") for part in text.split("&")), "mnist")


def test_a_prepared_training_is_read_and_the_rest_is_as_its_recipe_has_it():
    recipe, form = read("tab=runs&network=convnet2&dropout=0.3&epochs=4&distortions=bend,width&augment=1")
    usual = fill_form("convnet2", "notebook")
    assert recipe == "notebook"
    assert form == OPENING | usual | {
        "network": "convnet2", "dropout": "0.3", "epochs": 4, "num_images": 10_000,
        "distortions": ["bend", "width"], "augment": True,
    }  # fmt: skip
    assert read("network=mlp&recipe=fast").form["num_images"] == fill_form("mlp", "fast")["num_images"]
    assert read_query({"tab": "runs", "run": "example"}, "mnist") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("network=lenet", "There is no network 'lenet': choose one of logistic"),
        ("recipe=slow", "There is no recipe 'slow'"),
        ("epochs=0", "a whole number from 1 to"),
        ("epochs=2.5", "give a whole number"),
        ("learning_rate=fast", "give a number"),
        ("network=convnet2&dropout=0.33", "choose one of own, 0, 0.1"),
        ("augment=yes", "give 1 for yes, 0 for no"),
        ("num_images=50", "give 1,000 or more"),
        ("optimizer=" + "x" * 200, "at most 100 are read"),
    ],
)
def test_what_cannot_be_prepared_is_said(text, said):
    with pytest.raises(ValueError, match=".") as told:
        read(text)
    assert said in str(told.value)


@given(
    network=st.sampled_from(list(NETWORKS)),
    recipe=st.sampled_from(RECIPES),
    epochs=st.integers(1, 20),
    rate=st.sampled_from([1e-5, 0.002, 0.5]),
    seed=st.integers(0, 999),
    augment=st.booleans(),
    optimizer=st.sampled_from(["sgd", "momentum", "adam"]),
)
def test_what_is_written_is_read_again(network, recipe, epochs, rate, seed, augment, optimizer):
    form = OPENING | {"network": network} | fill_form(network, recipe)
    form |= {
        "epochs": epochs,
        "learning_rate": rate,
        "seed": seed,
        "augment": augment,
        "optimizer": optimizer,
    }
    text = write_query(form, recipe, "mnist")
    assert read(text) == (recipe, {name: form[name] for name in ["network", "dataset", "seed", *form]})


def test_the_opening_has_no_settings_and_every_field_a_name():
    assert write_query(OPENING, "notebook", "mnist") == ""
    assert set(list_fields()) < set(list_names())


def test_a_link_names_over_how_many_seeds(monkeypatch):
    told = []
    monkeypatch.setattr("app.runs.controls.warn_about_link", told.append)

    def follow(**named):
        return on_open(SimpleNamespace(query_params={"tab": "runs"} | named))

    seeds, *others = follow(seeds="3")
    assert seeds == 3
    assert all(other == gr.skip() for other in others)
    seeds, recipe, *_ = follow(seeds="3", network="mlp", recipe="fast")
    assert (seeds, recipe) == (3, "fast")
    assert follow(network="mlp")[0] == gr.skip()
    for wrong in ("0", "11", "2.5", "x", ""):
        assert all(each == gr.skip() for each in follow(seeds=wrong, network="mlp")), wrong
    assert len(told) == 5
    assert "The number of seeds is 11; repeat a run over 1 to 10 seeds." in told[1]
