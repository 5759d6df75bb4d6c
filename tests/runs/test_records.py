"""What a finished run holds: its table, its answers, its weights by epoch."""

import csv

import numpy as np
import pytest
import torch

from models.checkpoints.evaluation import evaluate_network
from models.checkpoints.file import load_checkpoint
from models.data.datasets import load_dataset
from models.runs.records import (
    format_events,
    list_snapshots,
    load_test_images,
    predict_over_epochs,
    read_answers,
    read_first_layer,
    read_looks,
    record_look,
)
from models.runs.status import read_run
from tests.runs.trained_runs import NUM_TEST, make_ending, make_folder, make_step, small_test_set, train_here

__all__ = ["small_test_set"]  # a fixture
A = "a" * 32


@pytest.fixture
def trained(small_test_set):
    return train_here("convnet3", epochs=2, num_images=200)


def test_answers_are_those_of_the_confusion_matrix(trained):
    answers = read_answers(trained.name)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (answers.labels, answers.answers), 1)
    assert confusion.tolist() == read_run(trained.name).test["confusion"]
    assert (answers.dataset, len(answers.labels)) == ("strokes", NUM_TEST)
    assert (answers.labels == load_dataset("strokes", "test", NUM_TEST).labels.numpy()).all()
    assert ((answers.confidences >= 0.1) & (answers.confidences <= 1)).all()


def test_weights_by_epoch_are_those_of_the_snapshots(trained):
    snapshots = list_snapshots(trained.name)
    assert [(snapshot.epoch, snapshot.step) for snapshot in snapshots] == [(0, 0), (1, 5), (2, 10)]
    filters = read_first_layer(trained.name)
    assert filters.shape == (3, 16, 5, 5)
    final = load_checkpoint(trained / "checkpoint.safetensors").network
    weights = next(iter(final.parameters())).detach().numpy()
    assert (filters[-1] == weights[:, 0]).all()
    assert not (filters[0] == filters[-1]).any()
    image = load_test_images("strokes", [7])[0] / 255
    probabilities = predict_over_epochs(trained.name, image)
    assert probabilities.sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    with torch.inference_mode():
        expected = final(torch.tensor(image, dtype=torch.float32)[None, None]).softmax(dim=1)[0]
    assert probabilities[-1] == pytest.approx(expected.numpy(), abs=1e-6)


@pytest.mark.usefixtures("small_test_set")
@pytest.mark.parametrize(("network", "num_units"), [("logistic", 10), ("mlp", 16)])
def test_units_of_a_linear_layer_are_images(network, num_units):
    folder = train_here(network, num_images=100)
    filters = read_first_layer(folder.name)
    assert filters.shape == (2, num_units, 28, 28)
    weights = next(iter(load_checkpoint(folder / "checkpoint.safetensors").network.parameters())).detach()
    assert (filters[-1].reshape(num_units, 784) == weights[:num_units].numpy()).all()


def test_run_without_records_has_none():
    make_folder(A, [])
    assert read_answers(A) is None
    assert list_snapshots(A) == []
    assert predict_over_epochs(A, np.zeros((28, 28))).shape == (0, 10)
    assert len(read_first_layer(A)) == 0


def test_damaged_answers_are_named():
    (make_folder(A, []) / "test.npz").write_bytes(b"damaged")
    with pytest.raises(ValueError, match=r"test.npz is damaged"):
        read_answers(A)


def test_looks_at_one_data_sets_test_images_are_counted(trained):
    result = evaluate_network(
        load_checkpoint(trained / "checkpoint.safetensors").network, load_dataset("strokes", "test", 20)
    )
    record_look(trained.name, "strokes", result)
    record_look(trained.name, "mnist", result)
    make_folder(A, [make_ending("stopped")])
    assert read_looks([trained.name, A], "strokes") == 2
    assert read_looks([trained.name], "mnist") == 1
    assert read_run(trained.name).num_looks == 3
    with pytest.raises(ValueError, match="cannot be changed"):
        record_look("example", "mnist", result)


def test_table_has_a_row_an_event_without_those_undone():
    epoch = {"type": "epoch", "epoch": 1, "step": 2, "is_whole": True, "train_loss": 1.0,
             "train_accuracy": 0.5, "validation_loss": 1.5, "validation_accuracy": 0.4,
             "seconds": 1.0}  # fmt: skip
    resumed = {"type": "resumed", "epoch": 1, "step": 2}
    make_folder(A, [make_step(1), make_step(2), epoch, make_step(3, 9.0), resumed, make_step(3, 1.0)])
    rows = list(csv.DictReader(format_events(A).decode().splitlines()))
    assert [(row["type"], row["step"], row["loss"], row["validation_loss"]) for row in rows] == [
        ("step", "1", "2.0", ""),
        ("step", "2", "2.0", ""),
        ("epoch", "2", "", "1.5"),
        ("step", "3", "1.0", ""),
    ]


@pytest.mark.parametrize("indices", [[-1], [10_000]])
def test_test_image_that_is_none_is_refused(indices):
    with pytest.raises(ValueError, match="test image|to test with"):
        load_test_images("strokes", indices)


def test_test_images_are_those_at_the_indices():
    expected = load_dataset("strokes", "test", 20).images[[5, 19, 5], 0].numpy()
    assert (load_test_images("strokes", [5, 19, 5]) == expected).all()
    assert load_test_images("strokes", []).shape == (0, 28, 28)
