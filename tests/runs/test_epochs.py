"""How a run learned: answers and weights of every epoch against those of the kept checkpoints."""

import base64
import json

import numpy as np
import pytest
from filelock import FileLock

from app.runs import epochs as run_learning
from app.runs.epochs import NUM_STROKES, show_answers, show_epochs, show_unit
from app.sketchpad.tab import build_example
from app.ui.answers import answer
from app.ui.digits import DRAWING, take_digit
from app.ui.numbers import write_percent
from models.checkpoints.file import load_checkpoint
from models.checkpoints.prediction import predict_digit
from models.data.datasets import load_dataset
from models.data.names import CLOTHES, DIGITS
from models.runs.records import find_snapshots, list_snapshots
from models.runs.status import find_runs_folder
from models.sketch.clothing import clothing_from_strokes
from tests.runs.finished_runs import copy_finished_runs
from tests.runs.trained_runs import make_folder, make_step

DRAWN = {"strokes": build_example(3), "size": 280}


@pytest.fixture
def runs():
    return copy_finished_runs(find_runs_folder())


def read_weights(run_id, layer):
    """The weights of a layer in each kept checkpoint, (E, F, …)."""
    networks = [load_checkpoint(snapshot.path).network for snapshot in list_snapshots(run_id)]
    return np.stack([network.state_dict()[layer].numpy() for network in networks])


def test_epochs_from_the_fresh_weights_to_the_last(runs):
    shown = show_epochs(runs["mlp"])
    labels = [epoch["label"] for epoch in shown["epochs"]]
    assert labels == ["before training", *(f"after epoch {number}" for number in range(1, 5))]
    assert [epoch["step"] for epoch in shown["epochs"]] == [
        0,
        13,
        26,
        39,
        52,
    ]  # batches of 32
    assert shown["title"] == "Multi-layer perceptron on Built-in strokes"


@pytest.mark.parametrize(
    ("name", "layer", "shape", "words"),
    [
        ("convnet", "features.0.weight", (8, 5, 5), "The 8 filters of the first layer, 5 × 5 weights each"),
        ("mlp", "classifier.0.weight", (16, 28, 28), "The first 16 of 128 units of the first layer"),
        ("seed 0", "classifier.weight", (10, 28, 28), "The 10 units of the only layer, one a class"),
    ],
)
def test_maps_are_the_first_layer_on_one_scale(runs, name, layer, shape, words):
    shown = show_epochs(runs[name])
    assert (shown["count"], shown["rows"], shown["columns"]) == shape
    assert shown["layer"].startswith(words)
    weights = read_weights(runs[name], layer)[:, : shape[0]].reshape(-1, *shape)
    scale = np.abs(weights).max()
    frames = [np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape) for text in shown["frames"]]
    np.testing.assert_allclose((np.stack(frames) - 128.0) / 127 * scale, weights, atol=0.51 / 127 * scale)
    for unit in (0, shape[0] - 1):
        exact = np.frombuffer(base64.b64decode(show_unit(runs[name], unit)["values"]), "<f4")
        np.testing.assert_array_equal(exact.reshape(weights[:, unit].shape), weights[:, unit])


def test_answers_are_those_of_each_epochs_network(runs):
    test_set = load_dataset("strokes", "test", NUM_STROKES)
    for index in (0, 7, NUM_STROKES - 1):
        image = test_set.images[index, 0].numpy()
        shown = show_answers(runs["mlp"], index, None)
        assert base64.b64decode(shown["image"]) == image.tobytes()
        label = int(test_set.labels[index])
        assert shown["caption"] == f"No. {index:,} of the Built-in strokes test images: {label}"
        check_frames(runs["mlp"], shown, image.astype(np.float32) / 255, label)


def check_frames(run_id, shown, image, label=None, names=DIGITS):
    snapshots = list_snapshots(run_id)
    assert len(shown["frames"]) == len(snapshots)
    for snapshot, frame in zip(snapshots, shown["frames"], strict=True):
        expected = predict_digit(image, snapshot.path)
        confidence = write_percent(float(expected.probabilities.max()))
        np.testing.assert_allclose(frame["shares"], expected.probabilities, atol=6e-5)
        assert [float(text) for text in frame["titles"]] == expected.probabilities.tolist()
        assert f"answers {names[expected.digit]}, {confidence} confident" in frame["verdict"]
        if label is None:
            assert frame["verdict"].endswith("confident.")
        else:
            right = expected.digit == label
            assert frame["verdict"].endswith(
                "confident: right." if right else f"confident: wrong, it is {label}."
            )


def test_without_the_clothes_a_digit_stands_in_and_is_no_coat(runs, monkeypatch):
    config_path = find_runs_folder() / runs["mlp"] / "config.json"
    config_path.write_text(config_path.read_text().replace('"strokes"', '"fashion-mnist"'))
    monkeypatch.setattr(run_learning, "has_files", lambda name: name == "strokes")
    label = int(load_dataset("strokes", "test", NUM_STROKES).labels[0])
    shown = show_answers(runs["mlp"], 0, None)
    assert shown["caption"] == f"No. 0 of the Built-in strokes test images: {label}"
    answer_name = CLOTHES[int(np.argmax(shown["frames"][-1]["shares"]))]
    assert f"it answers {answer_name}" in shown["frames"][-1]["verdict"]
    assert "right" not in shown["frames"][-1]["verdict"]


def test_own_drawing(runs):
    shown = show_answers(runs["convnet"], None, DRAWN)
    assert shown["caption"] == "Your drawing"
    check_frames(runs["convnet"], shown, take_digit(DRAWING, None, DRAWN)[0])


def test_a_drawing_for_a_run_on_clothes_is_prepared_as_clothes(runs):
    config_path = find_runs_folder() / runs["mlp"] / "config.json"
    config_path.write_text(config_path.read_text().replace('"strokes"', '"fashion-mnist"'))
    shown = show_answers(runs["mlp"], None, DRAWN)
    check_frames(runs["mlp"], shown, clothing_from_strokes(DRAWN["strokes"], 280).image, names=CLOTHES)


def test_what_the_browser_has_is_not_sent_again(runs):
    assert show_epochs(runs["mlp"], 5) == {"id": runs["mlp"], "is_live": False, "is_same": True}
    assert len(show_epochs(runs["mlp"], 4)["frames"]) == 5


def test_a_damaged_file_among_the_kept_weights_is_not_asked_for_again_and_again(runs):
    find_snapshots(runs["mlp"])[2].write_bytes(b"damaged")
    assert len(show_epochs(runs["mlp"], 5 - 2)["frames"]) == 4
    assert show_epochs(runs["mlp"], 4)["is_same"]


def test_runs_without_weights_say_so():
    folder = make_folder("a" * 32, [make_step(1)], age_seconds=1000)
    shown = show_epochs(folder.name)
    assert "has kept no weights" in shown["absent"]
    assert not shown["is_live"]
    with FileLock(folder / "lock"):  # as its process holds it
        shown = show_epochs(folder.name)
    assert "on their way" in shown["absent"]
    assert shown["is_live"]


@pytest.mark.parametrize("index", [-1, NUM_STROKES, None, True, 1.5, "1", float("nan")])
def test_images_that_are_none(runs, index):
    with pytest.raises(ValueError, match="enter a whole number from 0 to 999"):
        show_answers(runs["mlp"], index, None)


def test_mistakes_of_strangers(runs):
    with pytest.raises(ValueError, match="draw a digit on the sketchpad"):
        show_answers(runs["mlp"], None, {})
    for unit in (-1, 16, None, True, "0"):
        with pytest.raises(ValueError, match="they are 0 to 15"):
            show_unit(runs["mlp"], unit)
    for answers in (
        answer(show_epochs, "id", "num_known"),
        answer(show_answers, "id", "index", "drawing"),
        answer(show_unit, "id", "unit"),
    ):
        for request in (None, {}, {"id": 3}, {"id": "../example-run"}, {"id": "f" * 32}):
            assert "There is no run" in json.loads(answers(request))["error"]
