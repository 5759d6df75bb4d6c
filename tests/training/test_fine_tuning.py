"""Fine-tuning on kept drawings: what it begins with, what it trains on, and that it is a run like others."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from app.runs.live import answer_file
from app.runs.script import write_run_script
from app.runs.view import show_card
from app.sketchpad.fine_tuning import show_fine_tuning, start_fine_tuning
from app.sketchpad.my_digits import show_score
from models.checkpoints.file import find_checkpoint, load_checkpoint, read_info
from models.data.datasets import Dataset, load_dataset
from models.runs.control import create_run, prepare_resumption
from models.runs.folder import STOP, find_runs_folder
from models.runs.library import list_choices
from models.runs.management import delete_run
from models.runs.status import read_run
from models.runs.writer import execute_run, read_config
from models.sketch.drawing_scores import score_drawings
from models.sketch.drawings import prepare_drawings
from models.training.config import TrainConfig, describe_settings
from models.training.events import EpochEvent
from models.training.fine_tuning import (
    DRAWING_SHARE,
    DRAWINGS,
    START,
    begin_with,
    mix_drawings,
    pack_beginning,
    plan_fine_tuning,
    plan_training_on,
    read_beginning,
)
from models.training.loop import train
from models.training.recipes import make_config
from tests.runs.trained_runs import small_test_set
from tests.sketch.test_drawings import PAD_PX, draw_digits

__all__ = ["small_test_set"]  # a fixture

pytestmark = pytest.mark.usefixtures("small_test_set")


def write_triangles(num, seed):
    """Drawings by somebody who writes a triangle and means a 4."""
    rng = np.random.default_rng(seed)
    kept = []
    for _ in range(num):
        corners = np.array([[140, 50], [230, 220], [50, 220], [140, 50]]) + rng.normal(0, 8, (4, 2))
        kept.append({"label": 4, "size": PAD_PX, "strokes": [corners.clip(0, PAD_PX).round(1).tolist()]})
    return prepare_drawings(kept)


def make_folder(network="mlp", num=20, **changes):
    """The folder of a fine-tuning on triangles that nothing trains yet."""
    drawings = write_triangles(num, seed=1)
    path = find_checkpoint(network)
    plan = plan_fine_tuning(read_info(path), network, len(drawings.labels))
    config = replace(plan, **{"dataset": "strokes", "num_images": 100} | changes)
    return create_run(config, files=pack_beginning(path, drawings.images, drawings.labels))


def read_weights(path):
    return load_checkpoint(path).network.state_dict()


def assert_same(first, second):
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_it_learns_a_sign_that_the_checkpoint_misreads():
    folder = make_folder(num_images=500, drawing_share=0.5, epochs=4)
    execute_run(folder)
    new = write_triangles(50, seed=2)
    assert score_drawings(new, find_checkpoint("mlp")).accuracy < 0.5
    assert score_drawings(new, folder / "checkpoint.safetensors").accuracy > 0.9


def test_drawings_are_the_share_of_the_images_that_is_said():
    images = Dataset(torch.zeros(400, 1, 28, 28, dtype=torch.uint8), torch.zeros(400, dtype=torch.int64))
    drawings = Dataset(
        torch.arange(1, 13, dtype=torch.uint8).view(12, 1, 1, 1).expand(12, 1, 28, 28),
        torch.arange(12) % 10,
    )
    mixed = mix_drawings(images, drawings, DRAWING_SHARE)
    values, counts = mixed.images[:, 0, 0, 0].unique(return_counts=True)
    assert values.tolist() == list(range(13))
    assert counts[0] == 400
    assert counts[1:].sum() / counts.sum() == DRAWING_SHARE
    assert counts[1:].max() - counts[1:].min() <= 1
    drawn = mixed.images[:, 0, 0, 0] > 0
    assert torch.equal(mixed.labels[drawn], (mixed.images[drawn][:, 0, 0, 0].long() - 1) % 10)


def test_stopped_and_resumed_it_ends_in_the_same_weights():
    whole = make_folder()
    execute_run(whole)
    broken = make_folder()

    def stop_after_an_epoch(event):
        if isinstance(event, EpochEvent):
            (broken / STOP).write_text("stop")

    assert execute_run(broken, watch=stop_after_an_epoch) == "stopped"
    assert read_info(broken / "checkpoint.safetensors").epochs == 1
    prepare_resumption(broken.name)
    assert execute_run(broken) == "done"
    assert_same(
        read_weights(broken / "checkpoint.safetensors"), read_weights(whole / "checkpoint.safetensors")
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[", "cannot be read"),
        ("[]", "no file of drawings"),
        ("[" * 100_000, "cannot be read"),
        ({"digits": None}, "1 to 500 drawings"),
        ({"digits": [{}] * 501}, "1 to 500 drawings"),
        ({"digits": [{"label": 11, "pixels": ""}]}, "drawing 1 has no label"),
        ({"digits": [{"label": 1, "pixels": "AAAA"}]}, "drawing 1 has no 28 × 28 pixels"),
        ({"digits": [{"label": 1, "pixels": 7}]}, "drawing 1 has no 28 × 28 pixels"),
        (" " * (4 * 2**20 + 1), "larger than 4 MB"),
    ],
)
def test_damaged_drawings_end_the_run_with_a_sentence(content, told):
    folder = make_folder(num=10)
    path = folder / DRAWINGS
    if isinstance(content, dict):
        content = json.dumps(json.loads(path.read_text()) | content)
    path.write_text(content)
    assert execute_run(folder) == "failed"
    assert told in read_run(folder.name).message


def test_files_that_are_not_the_runs_are_refused():
    folder, other = make_folder(num=10), make_folder("logistic", num=20)
    config = read_config(folder)
    drawings = (folder / DRAWINGS).read_bytes()
    (folder / DRAWINGS).write_bytes((other / DRAWINGS).read_bytes())
    with pytest.raises(ValueError, match="this run has 10"):
        read_beginning(folder, config)
    (folder / DRAWINGS).write_bytes(drawings)
    (folder / START).write_bytes((other / START).read_bytes())
    with pytest.raises(ValueError, match="holds a logistic"):
        read_beginning(folder, config)
    with pytest.raises(ValueError, match="folder of its run alone"):
        next(train(config))


@pytest.mark.parametrize(
    "changes",
    [
        {"drawings": 10},
        {"start_from": "mlp", "drawings": 10},
        {"start_from": "mlp", "drawing_share": 0.2},
        {"start_from": "half a letter \ud800"},
        {"drawings": 10, "drawing_share": 0.2},
        {"drawing_share": 0.2},
        {"start_from": "mlp", "drawings": 501, "drawing_share": 0.2},
        {"start_from": "mlp", "drawings": 10, "drawing_share": 0.95},
        {"start_from": "m" * 81, "drawings": 10, "drawing_share": 0.2},
        {"start_from": 3, "drawings": 10, "drawing_share": 0.2},
    ],
)
def test_settings_that_make_no_fine_tuning_are_refused(changes):
    with pytest.raises(ValueError, match=r"drawing|start_from"):
        TrainConfig("mlp", **changes)


def test_a_run_of_an_earlier_version_is_no_fine_tuning():
    folder = create_run(make_config("mlp"))
    old = json.loads((folder / "config.json").read_text())
    for name in ("start_from", "drawings", "drawing_share"):
        del old[name]
    (folder / "config.json").write_text(json.dumps(old))
    assert read_beginning(folder, read_config(folder)) is None


def test_the_page_starts_one_and_lists_it_like_any_other(monkeypatch):
    monkeypatch.setattr("models.runs.queue.launch_process", lambda folder, on_end: None)
    kept = draw_digits(15)
    with pytest.raises(ValueError, match="keep at least 10"):
        start_fine_tuning("mlp", kept[:9], [])
    with pytest.raises(ValueError, match="no checkpoint called"):
        start_fine_tuning("../mlp", kept, [])
    started = start_fine_tuning("mlp", kept, None)
    assert "15 digits of yours, repeated to 20% of the images" in started["about"]
    assert show_fine_tuning(started["id"], show_card)["is_live"]
    folder = find_runs_folder() / started["id"]
    config = read_config(folder)
    assert (config.start_from, config.drawings) == ("mlp", 15)
    assert len(read_beginning(folder, config).drawings) == 15
    assert "begun with mlp, 15 drawings repeated to 20% of the training images" in describe_settings(config)
    with pytest.raises(ValueError, match="has no script"):
        write_run_script(config)
    assert "has no script" in json.loads(answer_file({"id": started["id"], "file": "script"}))["error"]


def test_from_its_first_weights_to_its_deletion_it_is_a_run_like_any_other(monkeypatch):
    monkeypatch.setattr("models.runs.queue.launch_process", lambda folder, on_end: None)
    folder = make_folder()
    assert execute_run(folder) == "done"
    start = read_weights(find_checkpoint("mlp"))
    end = read_weights(folder / "checkpoint.safetensors")
    assert_same(read_weights(folder / "epochs" / "000.safetensors"), start)
    assert not torch.equal(next(iter(end.values())), next(iter(start.values())))

    # It can be chosen, and says that it knows the drawings.
    key = f"run:{folder.name}"
    assert "only new ones" in show_fine_tuning(folder.name, show_card)["text"]
    assert key in [choice.key for choice in list_choices([folder.name])]
    assert show_score(key, draw_digits(10))["note"] == "fine-tuned on kept digits"
    assert show_score("mlp", draw_digits(10))["note"] == ""

    # Another one can begin with it, whose files keep the secret of its id.
    begun = find_runs_folder() / start_fine_tuning(key, draw_digits(12), [])["id"]
    assert_same(read_weights(begun / START), end)
    assert folder.name not in (begun / "config.json").read_text()

    delete_run(folder.name)
    assert not folder.exists()


def test_clothes_are_no_digits():
    info = replace(read_info(find_checkpoint("mlp")), dataset="fashion-mnist")
    with pytest.raises(ValueError, match="clothes"):
        plan_fine_tuning(info, "mlp", 20)


def test_without_its_data_set_strokes_take_its_place(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    assert plan_fine_tuning(read_info(find_checkpoint("mlp")), "mlp", 20).dataset == "strokes"
    assert len(load_dataset("strokes", "train", 10)) == 10


def test_network_of_another_width_stays_as_wide():
    config = make_config(
        "glassnet", "sketch", dataset="strokes", num_images=50, added_strokes=20, epochs=1,
        unchanged_epochs=0, width=0.25,
    )  # fmt: skip
    start = list(train(config))[-1].checkpoint
    assert start.info.config == {"channels": [4, 8, 24]}
    drawings = write_triangles(20, seed=1)
    for plan in (
        plan_fine_tuning(start.info, "narrow", len(drawings.labels)),
        plan_training_on(start.info, "narrow"),
        plan_training_on(start.info, "narrow", recipe="fast"),
    ):
        assert plan.width == 0.25
        assert_same(begin_with(start, plan).weights, start.network.state_dict())
    with pytest.raises(ValueError, match="narrow holds a glassnet with channels"):
        begin_with(start, plan_training_on(start.info, "narrow", width=1.0))
    with pytest.raises(ValueError, match="width is wide"):
        plan_fine_tuning(replace(start.info, recipe={"width": "wide"}), "narrow", len(drawings.labels))
