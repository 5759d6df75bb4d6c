"""Imported weights as a run: tested as others are, chosen as others are, and nobody else's."""

import json
from dataclasses import replace

import gradio as gr
import pytest
import torch
from safetensors.torch import save

from app.runs.comparison import show_comparison
from app.runs.epochs import show_epochs
from app.runs.importing.section import on_import
from app.runs.live import answer_file
from app.runs.results import show_results
from app.runs.view import show_card
from app.sketchpad.tab import describe_choice
from models.checkpoints.evaluation import evaluate_network
from models.checkpoints.file import (
    METADATA_KEY,
    Checkpoint,
    find_checkpoint,
    format_info,
    load_checkpoint,
    pack_checkpoint,
)
from models.networks.registry import build_network
from models.runs.control import create_run
from models.runs.folder import append_event, find_runs_folder
from models.runs.importing import read_import
from models.runs.library import list_choices
from models.runs.owner import check_owner, make_owner_key
from models.runs.start import find_start, plan_start
from models.runs.status import read_run
from models.runs.writer import execute_run, read_config
from models.training.config import IMPORTED
from models.training.recipes import make_config
from tests.checkpoints.test_imported import make_notebook_network, save_pt
from tests.runs.trained_runs import NUM_TEST, load_small_dataset, make_ending, small_test_set

__all__ = ["small_test_set"]  # a fixture


@pytest.fixture
def idle(monkeypatch):
    """A machine on which runs wait: nothing is launched."""
    monkeypatch.setattr("models.runs.control.advance_held_queue", lambda: None)
    monkeypatch.setattr("models.runs.status.advance_queue", lambda: None)


def bring(content, file_name="net.safetensors", network="", dataset="strokes"):
    """Make the run of imported weights, and carry it out in this process."""
    brought = read_import(content, file_name, network, dataset)
    folder = create_run(brought.config, name=brought.name, files=brought.files, imported=brought.imported)
    return folder, execute_run(folder)


def read_weights(folder):
    return load_checkpoint(folder / "checkpoint.safetensors").network.state_dict()


@pytest.mark.usefixtures("small_test_set")
def test_plain_weights_are_measured_and_nothing_is_said_that_nobody_knows():
    network = make_notebook_network("convnet")
    folder, status = bring(save(network.state_dict()), network="convnet")
    run = read_run(folder.name)
    assert status == run.status == "done"
    right = evaluate_network(network, load_small_dataset("strokes", "test"))
    assert run.test["accuracy"] == right.accuracy
    assert run.message.startswith("Imported, not trained here. Test accuracy")
    info = load_checkpoint(folder / "checkpoint.safetensors").info
    assert (info.test_accuracy, info.num_test, info.recipe["recipe"]) == (right.accuracy, NUM_TEST, IMPORTED)
    assert len(info.dataset_sha256) == 64
    assert torch.equal(read_weights(folder)["classifier.2.bias"], network.classifier[2].bias)

    card = show_card(run)
    assert card["label"] == "net"
    assert card["about"] == "ConvNet · Built-in strokes · imported"
    assert card["settings"] == "Imported from net.safetensors, not trained here."
    assert card["test"]
    assert show_results(folder.name)["has_answers"]
    assert "without those of their epochs" in show_epochs(folder.name, 0)["absent"]
    assert "have no script" in json.loads(answer_file({"id": folder.name, "file": "script"}))["error"]
    (choice,) = [choice for choice in list_choices([folder.name]) if choice.key.startswith("run:")]
    assert choice.label.startswith("net: ConvNet (imported), ")
    assert "Imported, not trained here." in describe_choice(choice.key)
    assert "epoch" not in describe_choice(choice.key)


@pytest.mark.usefixtures("small_test_set")
def test_beside_other_runs_its_unknown_settings_are_no_settings():
    first, _ = bring(save(make_notebook_network("convnet").state_dict()), network="convnet")
    second, _ = bring(save(make_notebook_network("convnet").state_dict()), network="convnet")
    trained = create_run(make_config("convnet", dataset="strokes", num_images=500, epochs=1, seed=4))
    append_event(trained, make_ending())
    shown = show_comparison([trained.name, first.name, second.name])
    assert shown["groups"] == [], "their seeds are not known"
    columns = shown["table"]["columns"]
    for row in shown["table"]["rows"][1:]:
        assert row[columns.index("Recipe")]["text"] == IMPORTED
        assert row[columns.index("Seed")] == {"text": "–", "value": None}


@pytest.mark.usefixtures("small_test_set")
def test_a_checkpoint_from_another_page_keeps_its_record_and_is_measured_here():
    content = find_checkpoint("mlp").read_bytes()
    folder, status = bring(content, "theirs.safetensors")
    assert status == "done"
    config = read_config(folder)
    assert (config.recipe, config.epochs, config.dataset) == ("fast", 1, "mnist")
    card = show_card(read_run(folder.name))
    assert card["settings"].startswith("Imported from theirs.safetensors, not trained here. Its record says")
    assert "Recipe fast: " in card["settings"]
    own = load_checkpoint("mlp")
    brought = load_checkpoint(folder / "checkpoint.safetensors")
    assert brought.info.recipe == own.info.recipe
    assert brought.info.num_test == NUM_TEST
    for name, tensor in own.network.state_dict().items():
        assert torch.equal(tensor, brought.network.state_dict()[name])


@pytest.mark.usefixtures("small_test_set")
def test_imported_weights_are_trained_on():
    folder, _ = bring(save(make_notebook_network("mlp").state_dict()), network="mlp")
    start = find_start(folder.name)
    config = plan_start(start, epochs=1, num_images=100)
    assert config.start_from == f"run {folder.name[:6]} “net”"
    assert config.dataset == "strokes"
    trained = create_run(config, files=start.files)
    assert execute_run(trained) == "done"
    first = load_checkpoint(trained / "epochs" / "000.safetensors").network.state_dict()
    assert all(torch.equal(first[name], tensor) for name, tensor in read_weights(folder).items())


def test_weights_that_came_damaged_to_their_process_end_in_a_sentence():
    brought = read_import(save(build_network("mlp").state_dict()), "net.safetensors", "mlp", "strokes")
    folder = create_run(brought.config, files=brought.files, imported=brought.imported)
    (folder / "checkpoint.safetensors").write_bytes(b"")
    assert execute_run(folder) == "failed"
    assert "empty or cut off" in read_run(folder.name).message


def test_a_record_that_is_no_configuration_leaves_the_settings_unknown():
    own = load_checkpoint("mlp")
    odd = Checkpoint(own.network, replace(own.info, recipe={"recipe": "theirs", "optimizer": "lion"}))
    assert read_import(pack_checkpoint(odd), "net.safetensors", "").config.recipe == IMPORTED
    other = Checkpoint(own.network, replace(own.info, dataset="kmnist"))
    with pytest.raises(ValueError, match="no data set called 'kmnist'"):
        read_import(pack_checkpoint(other), "net.safetensors", "")


# The page


@pytest.fixture
def upload(tmp_path):
    """Put a file where an upload lies, and return its path as its handler gets it."""

    def upload(content, name="net.safetensors"):
        path = tmp_path / make_owner_key() / name
        path.parent.mkdir()
        path.write_bytes(content)
        return str(path)

    return upload


def test_a_record_nested_too_deeply_is_a_sentence():
    own = load_checkpoint("logistic")
    record = format_info(own.info).replace('"recipe": {', f'"recipe": {{"deep": {"[" * 700}{"]" * 700}, ', 1)
    content = save(own.network.state_dict(), metadata={METADATA_KEY: record})
    with pytest.raises(ValueError, match="nested too deeply|not JSON"):
        read_import(content, "deep.safetensors", "")


def test_two_visitors_who_bring_the_same_file_do_not_meet(upload, idle):
    path = upload(save(build_network("mlp").state_dict()))
    mine, theirs = (on_import([], path, "mlp", "strokes") for _ in range(2))
    assert mine.error == theirs.error == ""
    ids = [listing.my_runs for listing in (mine, theirs)]
    assert ids[0] != ids[1]
    assert all(len(each) == 1 for each in ids)
    value = json.loads(mine.runs)
    assert value["ids"] == ids[0]
    check_owner(ids[0][0], value["keys"][ids[0][0]])
    with pytest.raises(ValueError, match="Only this run's owner"):
        check_owner(ids[1][0], value["keys"][ids[0][0]])
    run = read_run(ids[0][0])
    assert (run.status, run.name, run.imported) == ("waiting", "net", "net.safetensors")
    assert f"run:{ids[0][0]}" in [choice.key for choice in list_choices(ids[0])]
    assert ids[0][0] not in str(list_choices([]))


def test_a_visitor_brings_as_many_as_they_may_keep_runs(upload, idle, monkeypatch):
    monkeypatch.setenv("GLASSBOX_RUNS_PER_VISITOR", "1")
    path = upload(save(build_network("logistic").state_dict()))
    listing = on_import([], path, "logistic", "strokes")
    error = on_import(listing.my_runs, path, "logistic", "strokes").error
    assert "You have 1 runs and may keep 1" in error


@pytest.mark.parametrize(
    ("content", "name", "network", "message"),
    [
        (lambda: save_pt(build_network("mlp").state_dict()), "net.pt", "mlp", "`glassbox import FILE"),
        (lambda: save(build_network("mlp").state_dict()), "net.safetensors", "", "name one of logistic"),
        (lambda: save(build_network("mlp").state_dict()), "net.safetensors", "convnet", "are a mlp's"),
        (lambda: save(build_network("mlp").state_dict()), "net.safetensors", ["x"], "no network called"),
        (lambda: b"GIF89a", "cat.gif", "mlp", "cat.gif cannot be used as a checkpoint"),
    ],
)
def test_mistakes_are_told_beside_the_button_and_start_nothing(upload, content, name, network, message):
    listing = on_import([], upload(content(), name), network, "strokes")
    assert message in listing.error.replace("\\", "")
    assert listing.my_runs == listing.runs == gr.skip()
    assert not [path for path in find_runs_folder().glob("*") if path.is_dir()]


def test_nothing_uploaded_and_no_data_set_are_sentences(upload):
    assert r"choose a \.safetensors file" in on_import([], None, "mlp", "strokes").error
    path = upload(save(build_network("mlp").state_dict()))
    assert r"no data set called \'cifar\'" in on_import([], path, "mlp", "cifar").error
    assert r"no data set called \'None\'" in on_import([], path, "mlp", None).error


def test_what_a_file_says_is_shown_as_text(upload):
    path = upload(save({'<img src="x" onerror="alert(1)"> **a** [b](c)': torch.zeros(1)}), "`n`.safetensors")
    error = on_import([], path, "mlp", "strokes").error
    assert r"\`n\`\.safetensors cannot be used" in error
    assert r"\<img src\=\"x\" onerror\=\"alert\(1\)\"\> \*\*a\*\* \[b\]\(c\)" in error
