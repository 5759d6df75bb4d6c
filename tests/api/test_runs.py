"""Endpoints /train and /runs, used as another program uses them."""

import inspect
import re

import pytest

from app.api import endpoints
from app.sketchpad.tab import build_example
from tests.api.contract import RUN_KEYS
from tests.waiting import wait_until


def test_runs_says_in_its_documentation_what_it_returns():
    text = inspect.getdoc(endpoints.runs).partition("Returns:")[2]
    assert set(re.findall(r"\w+", text)) >= RUN_KEYS


def test_example_run_can_be_asked_about(client):
    state = client.predict("example", api_name="/runs")
    assert set(state) == RUN_KEYS
    assert (state["status"], state["can_resume"], state["place"]) == ("done", False, 0)
    assert client.predict(build_example(1), None, state["checkpoint"], api_name="/predict")["digit"] == 1


@pytest.mark.gate
def test_train_gives_a_run_whose_checkpoint_predicts(client):
    run_id = client.predict("mlp", "strokes", "notebook", 1, 2, 1_000, weight_decay=0.001, optimizer="adam",
                            name="seed 2", api_name="/train")  # fmt: skip

    def find_ended():
        state = client.predict(run_id, api_name="/runs")
        return None if state["status"] in ("waiting", "starting", "running") else state

    state = wait_until(find_ended)
    assert state["status"] == "done", state["message"]
    assert (state["config"]["weight_decay"], state["config"]["optimizer"]) == (0.001, "adam")
    assert (state["name"], state["config"]["recipe"], state["num_looks"]) == ("seed 2", "free", 1)
    assert state["recipe"] == "notebook, but 1,000 of 60,000 images, Adam, 1 epoch, weight decay 0.001"
    assert state["latest"]["step"] == state["step"] == state["num_steps"] == 25
    assert state["epochs"][0]["epoch"] == 1
    assert len(state["test"]["confusion"]) == 10
    read = client.predict(build_example(1), None, state["checkpoint"], api_name="/predict")
    assert len(read["probabilities"]) == 10
