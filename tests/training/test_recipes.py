"""What a configuration is called: a recipe's name where it is that recipe, and otherwise what differs."""

from dataclasses import replace

import pytest

from models.checkpoints.file import list_checkpoints, read_info
from models.training.recipes import make_config, name_config, name_recorded


def test_whatever_differs_from_a_recipe_is_free():
    assert make_config("mlp", seed=4, dataset="strokes").recipe == "notebook"
    assert make_config("mlp", epochs=2, momentum=0.9, num_images=60_000).recipe == "notebook"
    assert make_config("mlp", epochs=3).recipe == "free"
    assert make_config("mlp", num_images=2_000).recipe == "free"
    assert make_config("convnet3", "fast").recipe == "fast"
    assert make_config("convnet3", "fast", learning_rate=0.5).recipe == "free"
    assert make_config("mlp", "free").recipe == "free"


@pytest.mark.parametrize(
    ("network", "recipe", "changes", "name"),
    [
        ("mlp", "notebook", {"seed": 3, "split_seed": 1, "dataset": "strokes"}, "notebook"),
        ("convnet", "notebook", {"num_images": 10_000}, "notebook, but 10,000 of 60,000 images"),
        ("convnet2", "notebook", {"num_images": 10_000, "dropout": 0.3},
         "notebook, but 10,000 of 60,000 images, dropout 0.3"),
        ("convnet2", "notebook", {"dropout": 0.5}, "notebook"),
        ("convnet3", "fast", {"num_images": 60_000}, "fast, but all 60,000 images"),
        ("convnet3", "free", {"epochs": 1}, "notebook, but 1 epoch"),
        ("logistic", "fast", {"schedule": "constant"}, "fast, but constant learning rate"),
        ("glassnet", "sketch", {"label_smoothing": 0.0, "precision": "float32"},
         "sketch, but no label smoothing, float32"),
        ("glassnet", "sketch", {"added_strokes": 0}, "sketch, but no built-in strokes added"),
        ("glassnet", "sketch", {"distortions": ""}, "sketch, but not distorted"),
        ("glassnet", "sketch", {"unchanged_epochs": 0}, "sketch, but changed in all epochs"),
        ("glassnet", "sketch", {"stroke_styles": False}, "sketch, but in few styles"),
        ("glassnet", "sketch", {"shared_strokes": 0.0}, "sketch, but none for two digits"),
        ("glassnet", "sketch", {"width": 1.0}, "sketch, but of its own width"),
        ("convnet", "notebook", {"width": 0.5}, "notebook, but 0.5 times as wide"),
        ("mlp", "notebook", {"optimizer": "adamw", "learning_rate": 0.1, "batch_size": 8, "epochs": 9,
                             "augment": True}, "free"),
    ],
)  # fmt: skip
def test_name_says_what_differs_from_the_nearest_recipe(network, recipe, changes, name):
    assert name_config(make_config(network, recipe, **changes)) == name


def test_runs_of_earlier_versions_are_named_by_their_settings():
    old = replace(make_config("mlp", num_images=2_000), recipe="notebook")
    assert name_config(old) == "notebook, but 2,000 of 60,000 images"


def test_checkpoints_are_named_by_what_they_record():
    assert {name_recorded(read_info(name)) for name in list_checkpoints()} == {"notebook", "fast", "sketch"}
    info = read_info("convnet2")
    few = replace(info, recipe={**info.recipe, "recipe": "fast", "num_images": 5_000, "dropout": 0.1})
    assert name_recorded(few) == "fast, but 5,000 of 60,000 images, dropout 0.1"
    for recipe in ({}, {"recipe": "secret"}, {"recipe": ["fast"]}, {**info.recipe, "epochs": "two"}):
        assert name_recorded(replace(info, recipe=recipe)) == "own"


def test_checkpoint_from_before_a_setting_is_not_said_to_have_had_it():
    info = read_info("sketchpad")
    before = {name: value for name, value in info.recipe.items() if name != "unchanged_epochs"}
    assert name_recorded(info) == "sketch"
    assert name_recorded(replace(info, recipe=before)).startswith("sketch, but ")
