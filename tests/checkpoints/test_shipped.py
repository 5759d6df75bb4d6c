"""The shipped checkpoints do what their headers say."""

import statistics
import time

import numpy as np
import pytest

from models.checkpoints.evaluation import evaluate_network
from models.checkpoints.file import find_checkpoint, list_checkpoints, load_checkpoint, read_info
from models.checkpoints.prediction import predict_digit
from models.data.datasets import hash_dataset, load_dataset
from models.networks.registry import NETWORKS
from models.sketch.calibrated import calibrate_checkpoint, prepare_pen_digits
from models.sketch.pen_files import load_pen_digits
from models.training.recipes import make_config

# The notebook's own figures; its MLP figure is another network's, see checkpoints/README.md.
NOTEBOOK_ACCURACY = {
    "logistic": 0.83, "mlp": 0.90, "convnet": 0.98, "convnet2": 0.98, "convnet3": 0.988, "convnet4": 0.991,
}  # fmt: skip


def test_every_network_is_shipped_by_the_fast_recipe_the_notebooks_by_its_own_and_one_for_sketches():
    notebooks = [f"{network}-notebook" for network in NOTEBOOK_ACCURACY]
    assert sorted(list_checkpoints()) == sorted([*NETWORKS, *notebooks, "sketchpad"])
    assert all(read_info(network).recipe["recipe"] == "fast" for network in NETWORKS)
    assert all(read_info(name).recipe["recipe"] == "notebook" for name in notebooks)
    named = set(list_checkpoints()) - {"sketchpad"}
    assert all(read_info(name).network == name.removesuffix("-notebook") for name in named)
    assert read_info("sketchpad").recipe["recipe"] == "sketch"


@pytest.mark.parametrize("name", list_checkpoints())
def test_recipe_is_the_one_that_it_names(name):
    info = read_info(name)
    config = make_config(info.network, info.recipe["recipe"])
    assert (info.dataset, info.epochs) == ("mnist", config.epochs)
    for setting in info.recipe.keys() - {"steps"}:
        assert info.recipe[setting] == getattr(config, setting)


# ConvNet4 takes half a minute for it: before a release.
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.release if name.startswith("convnet4") else pytest.mark.gate)
        for name in list_checkpoints()
    ],
)
def test_recorded_figures_are_measured_again(name, mnist_folder):
    """Accuracy must agree to 1e-4, on the very files that the header names."""
    checkpoint = load_checkpoint(name)
    assert checkpoint.info.dataset_sha256 == hash_dataset("mnist")
    result = evaluate_network(checkpoint.network, load_dataset("mnist", "test"))
    assert result.num_images == checkpoint.info.num_test == 10_000
    assert result.accuracy == pytest.approx(checkpoint.info.test_accuracy, abs=1e-4)
    assert result.loss == pytest.approx(checkpoint.info.test_loss, abs=1e-4)


@pytest.mark.parametrize("name", NOTEBOOK_ACCURACY)
def test_accuracy_is_about_the_notebooks(name):
    notebook = NOTEBOOK_ACCURACY[name]
    assert read_info(f"{name}-notebook").test_accuracy == pytest.approx(notebook, abs=0.01)
    assert read_info(name).test_accuracy >= notebook


def test_glassnet_reads_better_than_any_of_them():
    assert read_info("glassnet").test_accuracy >= 0.994


@pytest.mark.parametrize("name", list_checkpoints())
def test_temperature_and_calibration_are_recorded(name):
    info = read_info(name)
    assert 0.2 < info.temperature < 3
    assert 0 <= info.test_calibration_error < 0.02
    assert info.num_drawn == 7_494
    assert 0 < info.drawn_calibration_error < 0.3


def test_network_for_sketches_reads_what_people_draw():
    """The figures that it was made for; `test_drawn_figures_are_measured_again` measures them."""
    info = read_info("sketchpad")
    assert find_checkpoint("sketchpad").stat().st_size <= 5_000_000
    assert info.drawn_accuracy >= 0.992
    assert info.drawn_picture_accuracy >= 0.99
    assert info.drawn_calibration_error <= 0.004
    assert info.test_accuracy >= 0.9945


@pytest.mark.release
def test_drawn_figures_are_measured_again(real_pen_file):
    """On every fifteenth drawing, which must agree with what was recorded of all of them as chance allows."""
    drawn = prepare_pen_digits(load_pen_digits(real_pen_file)[::15])
    checkpoint = load_checkpoint("sketchpad")
    recorded, info = checkpoint.info, calibrate_checkpoint(checkpoint, drawn).info
    assert info.temperature == pytest.approx(recorded.temperature, rel=1e-3)
    assert info.test_calibration_error == pytest.approx(recorded.test_calibration_error, abs=1e-4)
    assert info.num_drawn == 500
    assert info.drawn_accuracy >= 0.97
    assert info.drawn_accuracy == pytest.approx(recorded.drawn_accuracy, abs=0.008)
    assert info.drawn_picture_accuracy >= 0.96
    assert info.drawn_picture_accuracy == pytest.approx(recorded.drawn_picture_accuracy, abs=0.008)


def test_one_prediction_on_one_core_takes_at_most_five_milliseconds():
    image = load_dataset("strokes", "test", 1).images[0, 0].numpy() / np.float32(255)
    predict_digit(image, "sketchpad")
    times = []
    for _ in range(200):
        start = time.thread_time()
        predict_digit(image, "sketchpad")
        times.append(time.thread_time() - start)
    assert min(statistics.median(times[i : i + 50]) for i in range(0, 200, 50)) <= 0.005
