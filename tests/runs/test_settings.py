"""The table of a training's settings: what is added to it is found wherever a setting is offered."""

import argparse
import dataclasses
import inspect

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.runs import build_train
from app.runs.comparison import list_columns
from app.runs.controls import build_form, write_filling
from app.runs.form import fill_form, read_form
from app.runs.script import write_run_script
from models.training import recipes
from models.training.config import SETTINGS, TrainConfig, describe_settings
from models.training.options import add_config_options, make_described_config
from models.training.settings import declare, list_settings
from tests.training.random_settings import draw_setting


@pytest.fixture
def added(monkeypatch):
    """Add a hyperparameter to the table by the one declaration that it takes."""
    declaration = declare(
        0.0, float, "largest norm of a gradient", lowest=0, highest=50, remedy="1 is usual, 0 is none",
        info="0 leaves the gradient as it is.",
        describe=lambda config: (
            f"gradient clipping {config.gradient_clipping:g}" if config.gradient_clipping else ""
        ),
    )  # fmt: skip
    extended = dataclasses.make_dataclass(
        "TrainConfig", [("gradient_clipping", float, declaration)], bases=(TrainConfig,), frozen=True
    )
    monkeypatch.setattr(recipes, "TrainConfig", extended)
    monkeypatch.setattr(recipes, "_make_known_recipes", recipes._make_recipes)  # which keeps what it has made
    monkeypatch.setitem(SETTINGS, "gradient_clipping", list_settings(extended)["gradient_clipping"])
    return SETTINGS["gradient_clipping"]


def test_one_declaration_is_found_in_check_recipe_and_sentence(added):
    config = recipes.make_config("mlp", gradient_clipping=2.5)
    assert (config.gradient_clipping, config.recipe) == (2.5, "free")
    assert describe_settings(config).endswith(", gradient clipping 2.5")
    assert "clipping" not in describe_settings(recipes.make_config("mlp"))
    with pytest.raises(ValueError, match="gradient clipping is 51; it must be from 0 to 50; 1 is usual"):
        recipes.make_config("mlp", gradient_clipping=51)


def test_one_declaration_is_found_in_the_form(added):
    with gr.Blocks():
        field = build_form().fields["gradient_clipping"]
    assert (field.label, field.info) == ("Gradient clipping", "0 leaves the gradient as it is.")
    assert (field.value, field.elem_id) == (0, "run-gradient-clipping")
    form = {"network": "mlp", "dataset": "strokes", "seed": 0, **fill_form("mlp", "notebook")}
    assert read_form(form | {"gradient_clipping": 3}, "notebook").gradient_clipping == 3
    with pytest.raises(ValueError, match="The gradient clipping is empty: enter a number"):
        read_form(form | {"gradient_clipping": None}, "notebook")
    assert '"gradient_clipping": 0.0' in write_filling()
    assert list_columns()["gradient_clipping"] == "Gradient clipping"


def test_one_declaration_is_found_on_the_command_line(added):
    parser = argparse.ArgumentParser()
    parser.add_argument("network")
    add_config_options(parser)
    assert "largest norm of a gradient, 0 to 50" in " ".join(parser.format_help().split())
    options = parser.parse_args(["mlp", "--gradient-clipping", "4.5"])
    assert make_described_config(options).gradient_clipping == 4.5


def test_one_declaration_is_found_in_the_endpoint_behind_what_programs_count_on(added, monkeypatch):
    started = []
    monkeypatch.setattr("app.api.runs.start_run", lambda config, **_: started.append(config) or "id")
    train = build_train()
    *_, name, start_from, layers, last, _ = inspect.signature(train).parameters.values()
    assert (name.name, start_from.name, layers.name, last.name, last.default, last.annotation) == (
        "name",
        "start_from",
        "layers",
        "gradient_clipping",
        None,
        float | None,
    )
    assert "gradient_clipping: largest norm of a gradient, 0 to 50." in train.__doc__
    assert train("mlp", gradient_clipping=7) == "id"
    assert started[0].gradient_clipping == 7
    with pytest.raises(gr.Error, match="gradient clipping is 51"):
        train("mlp", gradient_clipping=51)


def test_one_declaration_is_found_in_the_script(added):
    assert "gradient clipping 2.5." in write_run_script(recipes.make_config("mlp", gradient_clipping=2.5))


def test_one_declaration_is_found_by_the_generator_of_tests(added):
    @given(draw_setting(added))
    def check(value):
        assert recipes.make_config("mlp", gradient_clipping=value).gradient_clipping == value

    check()


OFFERED = {name: setting for name, setting in SETTINGS.items() if setting.offered != "nowhere"}


@given(st.fixed_dictionaries({}, optional={name: draw_setting(each) for name, each in OFFERED.items()}))
def test_all_that_the_table_allows_is_a_configuration(settings):
    if settings.get("dataset") == "fashion-mnist":
        settings.pop("added_strokes", None)
    config = TrainConfig("convnet2", **settings)
    assert {name: getattr(config, name) for name in settings} == settings
    assert describe_settings(config)


# Values that differ from a plain run's; of each, what the training does with it stands in the script.
OTHER = {
    "dataset": "fashion-mnist", "num_images": 500, "optimizer": "adamw", "learning_rate": 0.5,
    "momentum": 0.5, "schedule": "cosine", "batch_size": 77, "epochs": 3, "weight_decay": 0.125,
    "dropout": 0.25, "width": 2.0, "augment": True, "distortions": "bend", "added_strokes": 40,
    "stroke_styles": True, "shared_strokes": 0.125, "unchanged_epochs": 1,
    "label_smoothing": 0.125, "precision": "bfloat16", "seed": 5, "split_seed": 6,
}  # fmt: skip


@pytest.mark.parametrize("name", OFFERED)
def test_every_setting_changes_the_script_below_its_heading(name):
    plain = TrainConfig(
        "convnet2",
        optimizer="sgd",
        augment=name == "unchanged_epochs",
        added_strokes=0 if name == "dataset" else 20,
    )
    scripts = [
        write_run_script(config).split('"""', 2)[2]
        for config in (plain, dataclasses.replace(plain, **{name: OTHER[name]}))
    ]
    assert scripts[0] != scripts[1]
