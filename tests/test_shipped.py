"""The shipped checkpoints do what their headers say."""

import pytest

from models.checkpoint import list_checkpoints, load_checkpoint, read_info
from models.data import hash_dataset, load_dataset
from models.evaluation import evaluate_network
from models.networks import NETWORKS
from models.recipes import make_config

# The notebook's own figures; its MLP figure is another network's, see checkpoints/README.md.
NOTEBOOK_ACCURACY = {
    "logistic": 0.83, "mlp": 0.90, "convnet": 0.98, "convnet2": 0.98, "convnet3": 0.988, "convnet4": 0.991,
}  # fmt: skip


def test_every_network_is_shipped_by_the_fast_recipe_and_the_notebooks_by_its_own():
    notebooks = [f"{network}-notebook" for network in NOTEBOOK_ACCURACY]
    assert sorted(list_checkpoints()) == sorted([*NETWORKS, *notebooks])
    assert all(read_info(network).recipe["recipe"] == "fast" for network in NETWORKS)
    assert all(read_info(name).recipe["recipe"] == "notebook" for name in notebooks)
    assert all(read_info(name).network == name.removesuffix("-notebook") for name in list_checkpoints())


@pytest.mark.parametrize("name", list_checkpoints())
def test_recipe_is_the_one_that_it_names(name):
    info = read_info(name)
    config = make_config(info.network, info.recipe["recipe"])
    assert (info.dataset, info.epochs) == ("mnist", config.epochs)
    for setting in info.recipe.keys() - {"steps"}:
        assert info.recipe[setting] == getattr(config, setting)


@pytest.mark.slow
@pytest.mark.parametrize("name", list_checkpoints())
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
