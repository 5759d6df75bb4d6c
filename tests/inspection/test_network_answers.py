"""What the network's section answers to its controls and questions, and hands out as a script."""

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.inspection.network.section import (
    answer_controls,
    answer_unit,
    on_choice,
    on_focus,
    print_network,
    write_network_script,
)
from app.inspection.network.view import unpack_image
from app.sketchpad.tab import build_example
from app.ui.digits import DRAWING, TEST, TRAIN, list_sources, take_digit
from models.checkpoints.file import SHIPPED_FOLDER, list_checkpoints
from models.runs.status import find_runs_folder
from tests.inspection.test_network_view import open_digit
from tests.waiting import HANG_SECONDS

ROOT = Path(__file__).parents[2]


DRAWN = {"strokes": build_example(4), "size": 280}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2000) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def ask(key="convnet", source=TEST, index=0, drawing=None, chosen=None):
    return json.loads(answer_controls({"values": [key, source, index, drawing], "chosen": chosen}))


def test_every_checkpoint_and_source_is_answered():
    for key in list_checkpoints():
        assert ask(key)["key"] == key
    assert ask(source=TRAIN, index=59)["caption"].startswith("No. 59, a ")
    assert ask(source=DRAWING, drawing=DRAWN)["caption"].startswith("Your drawing\nread as ")
    assert {value for _, value in list_sources()} == {TEST, TRAIN, DRAWING}


@pytest.mark.parametrize(
    ("request_", "field", "message"),
    [
        ({"index": 10**6}, "index", "enter a whole number from 0 to"),
        ({"index": None}, "index", "enter a whole number from 0 to"),
        ({"index": 0.5}, "index", "enter a whole number from 0 to"),
        ({"source": "elsewhere"}, "source", "choose one of"),
        ({"key": "alexnet"}, "checkpoint", "There is no checkpoint called 'alexnet'"),
        ({"key": "../../etc/passwd"}, "checkpoint", "There is no checkpoint called"),
        ({"key": "run:20200101-000000-abcdef"}, "checkpoint", "There is no run"),
        ({"key": None}, "checkpoint", "is not a checkpoint"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_nowhere_else(request_, field, message):
    answer = ask(**request_)
    assert list(answer["errors"]) == [field]
    assert message in answer["errors"][field]
    assert answer["error"] == ""


def test_a_drawing_that_is_not_there_yet_is_no_mistake():
    answer = ask(source=DRAWING)
    assert answer["is_missing"]
    assert "draw a digit on the sketchpad" in answer["error"]


def make_run(content):
    """Make a folder as a run has it, with this for its checkpoint."""
    run_id = "0123456789abcdef" * 2
    folder = find_runs_folder() / run_id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text("{}")
    (folder / "checkpoint.safetensors").write_bytes(content)
    return run_id


@pytest.fixture
def run_id():
    """A run of this visitor's, with a network that has been trained."""
    return make_run((SHIPPED_FOLDER / "convnet.safetensors").read_bytes())


def test_a_runs_checkpoint_is_shown_and_a_damaged_one_is_an_error(run_id):
    key = f"run:{run_id}"
    shown = ask(key)
    assert shown["layers"][0]["title"] == "Conv2d 1 → 8, 5 × 5"
    unit = {name: shown[name] for name in ("key", "version", "image")}
    unit |= {"layer": "features.0", "channel": 2, "with_values": True}
    assert "values" in json.loads(answer_unit(unit))

    content = (SHIPPED_FOLDER / "convnet.safetensors").read_bytes()
    make_run(content[:-1000])
    assert "cannot be used as a checkpoint" in ask(key)["errors"]["checkpoint"]
    assert "error" in json.loads(answer_unit(unit))
    make_run(content[:100])
    assert "cannot be used as a checkpoint" in ask(key)["errors"]["checkpoint"]
    on_focus("convnet", [run_id])  # the list survives it
    make_run((SHIPPED_FOLDER / "mlp.safetensors").read_bytes())
    assert "trained further" in json.loads(answer_unit(unit))["error"]
    shutil.rmtree(find_runs_folder() / run_id)
    assert "There is no run" in ask(key)["errors"]["checkpoint"]


def test_the_list_has_this_visitors_runs_and_nobody_elses(run_id):
    keys = [key for _, key in on_focus("convnet", [run_id]).choices]
    assert keys == [*list_checkpoints(), f"run:{run_id}"]
    assert [key for _, key in on_focus("convnet", []).choices] == list_checkpoints()
    assert on_focus("run:gone", []).value == "convnet"


def unit_request(**changes):
    _, shown = open_digit("convnet")
    request = {name: shown[name] for name in ("key", "version", "image")}
    return request | {"layer": "features.0", "channel": 0, "with_values": False} | changes


def test_the_image_comes_back_as_it_was_sent():
    _, shown = open_digit("convnet", 5)
    image = take_digit(TEST, 5, None)[0]
    np.testing.assert_array_equal(unpack_image(shown["image"]), image.astype(np.float32))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layer": "features.9"}, "no layer"),
        ({"channel": 8}, "from 0 to 7"),
        ({"channel": -1}, "from 0 to 7"),
        ({"channel": True}, "from 0 to 7"),
        ({"image": "x"}, "not an image"),
        ({"image": None}, "not an image"),
        ({"image": base64.b64encode(np.full(784, 2, "<f4").tobytes()).decode()}, "between 0"),
        ({"image": base64.b64encode(np.full(784, np.nan, "<f4").tobytes()).decode()}, "between 0"),
        ({"key": "nobody"}, "There is no checkpoint"),
        ({"version": "1"}, "trained further"),
    ],
)
def test_questions_about_no_unit_are_refused(changes, message):
    assert message in json.loads(answer_unit(unit_request(**changes)))["error"]
    assert "weights" in json.loads(answer_unit(unit_request()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(json_values, st.lists(json_values, min_size=4, max_size=4), json_values)
def test_whatever_json_comes_an_answer_goes(request, values, chosen):
    for sent in (
        request,
        {"values": values, "chosen": chosen},
        {"values": ["convnet", TEST, 0, None], "chosen": chosen},
    ):
        assert {"error", "layers"} & json.loads(answer_controls(sent)).keys()
    fields = ("key", "version", "image", "layer", "channel", "with_values")
    for sent in (request, dict(zip(fields, [*values, chosen, True], strict=True))):
        assert {"error", "weights"} & json.loads(answer_unit(sent)).keys()
    for name in fields:
        assert {"error", "weights"} & json.loads(answer_unit(unit_request(**{name: chosen}))).keys()
    on_choice(*values)
    on_choice("convnet", DRAWING, 0, {"strokes": chosen})
    on_choice("convnet", DRAWING, 0, chosen)


def run_script(script, folder):
    path = folder / "layers.py"
    path.write_text(script, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-X", "utf8", path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def assert_prints_what_is_shown(lines, shown):
    expected = [f"{layer['name']}  {layer['shape']}  {layer['scale_text']}" for layer in shown["layers"]]
    assert lines[: len(expected)] == expected
    probabilities = [float(line.split()[1]) for line in lines[len(expected) :]]
    assert probabilities == pytest.approx([bar["share"] for bar in shown["bars"]], rel=1e-3, abs=1e-12)


@pytest.mark.parametrize(
    ("key", "source", "index"), [("convnet", TEST, 0), ("convnet4", TEST, 7), ("logistic", DRAWING, 0)]
)
def test_the_script_prints_what_the_page_shows(key, source, index, capsys):
    script = write_network_script(key, source, index, DRAWN)
    exec(compile(script, "script", "exec"), {"__name__": "__main__"})
    printed = capsys.readouterr().out
    assert_prints_what_is_shown(printed.splitlines(), ask(key, source, index, DRAWN))
    assert printed == print_network(key, source, index, DRAWN), "what a notebook of it says"


def test_the_script_of_a_run_reads_the_downloaded_file(run_id, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    script = write_network_script(f"run:{run_id}", TEST, 3, None)
    assert run_id not in script, "a run's id is a secret, and its folder is the server's"
    shutil.copy(SHIPPED_FOLDER / "convnet.safetensors", tmp_path / "checkpoint.safetensors")
    script = script.replace("checkpoint.safetensors", str(tmp_path / "checkpoint.safetensors"))
    assert_prints_what_is_shown(run_script(script, tmp_path), ask(f"run:{run_id}", TEST, 3))
