"""The controls of the training runs tab: what they mean, what a recipe fills in, and what is refused."""

import dataclasses
import json
import math
import re
import subprocess
from types import SimpleNamespace

import gradio as gr
import pytest

from app.runs.controls import build_form, on_form, wire_form, write_filling
from app.runs.form import (
    ALL_IMAGES,
    OWN_DROPOUT,
    describe_choice,
    fill_form,
    is_seen,
    list_conditions,
    list_fields,
    list_recipe_fields,
    list_warnings,
    read_form,
    read_num_seeds,
)
from app.runs.tab import on_load, on_open_run, on_start, read_run_id
from models.networks.registry import NETWORKS
from models.training.config import RECIPES
from models.training.recipes import make_config
from tests.node import NODE

DATA = {"dataset": "strokes", "seed": 0}
IMAGES = {**DATA, "num_images": 1_000}
UNCHANGED = gr.skip()


def make_form(network="convnet", recipe="notebook", **changes):
    form = {"network": network, **fill_form(network, recipe), **DATA, **changes}
    return {name: form[name] for name in list_fields()}


@pytest.mark.parametrize("recipe", ["notebook", "fast"])
@pytest.mark.parametrize("network", NETWORKS)
def test_filled_form_means_the_recipe_itself(network, recipe):
    config = read_form(make_form(network, recipe), recipe)
    assert config == make_config(network, recipe, dataset="strokes")
    assert config.recipe == recipe


def test_all_images_are_the_default_of_a_configuration():
    config = read_form(make_form(), "notebook")
    assert config.num_images is None


def test_a_recipe_says_how_many_images_and_all_can_be_taken_instead():
    own = make_config("convnet4", "fast").num_images
    assert own < ALL_IMAGES
    assert fill_form("convnet4", "fast")["num_images"] == own
    assert fill_form("convnet4", "notebook")["num_images"] == ALL_IMAGES
    for num_images, name in ((own, "fast"), (ALL_IMAGES, "free")):
        config = read_form(make_form("convnet4", "fast", num_images=num_images), "fast")
        assert (config.num_images, config.recipe) == (num_images, name)


def test_sgd_with_momentum_is_sgd_and_its_momentum_is_no_other_optimizers():
    with_momentum = read_form(make_form(optimizer="momentum", momentum=0.8), "notebook")
    assert (with_momentum.optimizer, with_momentum.momentum) == ("sgd", 0.8)
    for optimizer in ("sgd", "adam", "adamw"):
        config = read_form(make_form(optimizer=optimizer, momentum=0.8), "notebook")
        assert (config.optimizer, config.momentum) == (optimizer, 0.0)
    assert read_form(make_form(optimizer="rmsprop", momentum=0.8), "notebook").momentum == 0.8


def test_dropout_counts_where_the_network_has_a_place_for_it():
    assert read_form(make_form("convnet", dropout="0.3"), "notebook").dropout == 0.3
    assert read_form(make_form("convnet3", dropout="0"), "notebook").dropout == 0
    assert read_form(make_form("convnet3", dropout=OWN_DROPOUT), "notebook").dropout is None
    assert read_form(make_form("mlp", dropout="0.3"), "notebook").dropout is None


def test_what_differs_makes_the_recipe_free_and_changing_it_back_undoes_that():
    assert read_form(make_form(learning_rate=0.01), "notebook").recipe == "free"
    assert read_form(make_form(learning_rate=0.001), "notebook").recipe == "notebook"
    assert read_form(make_form(seed=7), "notebook").recipe == "notebook"
    assert read_form(make_form(num_images=2_000), "notebook").recipe == "free"


def test_form_opens_under_no_recipes_name_and_says_what_differs():
    with gr.Blocks():
        controls = build_form()
    assert (controls.fields["num_images"].value, controls.recipe.value) == (10_000, "free")
    assert "Recipe notebook, but 10,000 of 60,000 images: Adam" in controls.about.value


def test_sentence_about_a_network_has_one_dropout():
    for network in ("convnet2", "convnet3"):
        text = describe_choice(make_config(network, dropout=0.3))
        assert set(re.findall(r"dropout (0\.\d)", text)) == {"0.3"}
        assert "dropout 0.5" in describe_choice(make_config(network))
    assert "with no dropout" in describe_choice(make_config("convnet2", dropout=0))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("learning_rate", None, "The learning rate is empty: enter a number"),
        ("learning_rate", math.nan, "learning rate is nan; it must be above 0"),
        ("learning_rate", math.inf, "learning rate is inf"),
        ("learning_rate", -1, "learning rate is -1"),
        ("learning_rate", "fast", "The learning rate: 'fast' is not a number"),
        ("learning_rate", "0,0,1", "The learning rate: '0,0,1' is not a number"),
        ("batch_size", "1,000", "The batch size: '1,000' can be read as 1 or as 1000"),
        ("learning_rate", [1], r"\[1\]: enter a number"),
        ("epochs", 2.5, "The number of epochs is 2.5: enter a whole number"),
        ("epochs", 0, "epochs is 0; it must be a whole number from 1 to 20"),
        ("epochs", 21, "1 to 20; `glassbox train` on your own machine takes up to 100"),
        ("batch_size", 7, "batch size is 7; it must be a whole number from 8 to 512"),
        ("batch_size", None, "The batch size is empty"),
        ("batch_size", 1e300, "batch size is 1"),
        ("seed", -1, "seed is -1"),
        ("seed", math.nan, "The seed is nan"),
        ("weight_decay", 11, "weight decay is 11"),
        ("label_smoothing", 0.9, "label smoothing is 0.9"),
        ("dropout", "1", "dropout is 1"),
        ("network", "resnet", "no network called 'resnet'"),
        ("dataset", None, "'None'"),
        ("optimizer", "lion", "no optimizer called 'lion'"),
        ("schedule", {}, "no schedule called"),
        ("augment", "yes", "augment is 'yes'"),
        ("distortions", ["bend", "blur"], "distortions is 'bend,blur'"),
        ("distortions", None, "distortions is 'None'"),
        ("added_strokes", 0.5, "added strokes is 0.5: enter a whole number"),
        ("num_images", 3, "number of images is 3"),
    ],
)
def test_mistakes_are_named(field, value, message):
    with pytest.raises(ValueError, match=message):
        read_form(make_form(**{field: value}), "notebook")


@pytest.mark.parametrize("value", [None, 0, -1, 1.5, math.nan, "many"])
def test_number_of_seeds_is_a_whole_number_of_at_least_one(value):
    with pytest.raises(ValueError, match="number of seeds"):
        read_num_seeds(value)
    assert read_num_seeds(3.0) == 3


def test_a_chosen_recipe_is_followed_and_said():
    summary = on_form("fast", "fast", None, *make_form("logistic", "fast").values())
    assert (summary.recipe, summary.about) == (UNCHANGED, describe_choice(make_config("logistic", "fast")))
    assert on_form("free", "fast", None, *make_form("logistic", "fast").values()).recipe == "fast"


def test_a_changed_field_names_the_recipe_and_says_what_is_odd():
    summary = on_form("notebook", "notebook", None, *make_form("mlp", learning_rate=0.5).values())
    assert summary.recipe == "free"
    assert "SGD with momentum 0.9, learning rate 0.5" in summary.about
    assert "far above" in summary.warnings
    back = on_form("free", "notebook", None, *make_form("mlp").values())
    assert (back.recipe, back.warnings) == ("notebook", "")


def test_answers_touch_no_field_so_that_none_can_rewrite_what_is_typed():
    """What a choice fills in, the page itself does at once: `tests/browser/test_late_answers.py`."""
    with gr.Blocks() as page:
        controls = build_form()
        own = gr.HTML()
        wire_form(page, controls, own)
    asked = [
        event
        for event in page.fns.values()
        if event.fn is not None and ("load" not in dict(event.targets).values())
    ]
    # One for all: of two, the answer that knows less might be the last.
    (event,) = asked
    assert not set(event.outputs) & set(controls.fields.values())
    assert {target for target, _ in event.targets} == {
        control._id for control in (*controls.fields.values(), controls.recipe, own)
    }


USE = """
const [script, uses] = JSON.parse(require("fs").readFileSync(0, "utf8"));
const window = {};
new Function("window", `(${script})()`)(window);
console.log(JSON.stringify(uses.map((use) => window.glassboxRunForm.fill(...use))));
"""


def use_form(*uses):
    """Return after each use of a control what it makes of the form."""
    asked = [[chosen, recipe, *form.values()] for chosen, recipe, form in uses]
    said = subprocess.run(
        [NODE, "-e", USE],
        input=json.dumps([write_filling(), asked]),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(said.stdout)


def follow_recipes(*uses):
    """Return after each use which recipe is followed, and whether the hyperparameters open."""
    return [(followed, "open" in opened) for followed, opened, *_ in use_form(*uses)]


def read_updates(use):
    """Return the values that a use fills in, and the fields that it shows and hides."""
    updates = dict(zip(list_recipe_fields(), use[2:], strict=True))
    filled = {name: update["value"] for name, update in updates.items() if "value" in update}
    shown = {name: update["visible"] for name, update in updates.items() if "visible" in update}
    return filled, shown


@pytest.mark.parametrize("network", NETWORKS)
def test_a_recipe_fills_in_all_that_it_decides(network):
    form = make_form(learning_rate=10, batch_size=7) | {"network": network}
    for recipe in set(RECIPES) - {"free"}:
        ((followed, _, *_),) = (use,) = use_form(("recipe", recipe, form))
        filled, shown = read_updates(use)
        assert (followed, filled) == (recipe, fill_form(network, recipe))
        assert shown == {name: is_seen(name, form | filled) for name in list_conditions()}


def test_fields_follow_the_network_until_they_are_touched():
    touched = make_form("convnet", learning_rate=10)
    chosen, again = use_form(
        ("network", "free", touched | {"network": "mlp"}),
        ("network", "free", touched | {"network": "mlp"}),
    )
    filled, shown = read_updates(chosen)
    assert filled == {k: v for k, v in fill_form("mlp", "notebook").items() if k != "learning_rate"}
    assert (shown["momentum"], shown["dropout"]) == (True, False)
    assert read_updates(again)[0] == {}  # the same network once more


def test_free_opens_the_hyperparameters():
    form = make_form("convnet", "fast")
    assert follow_recipes(("recipe", "fast", form), ("recipe", "free", form), ("recipe", "free", form)) == [
        ("fast", False),
        ("free", True),
        ("free", False),
    ]


def test_a_list_that_is_left_as_it_was_chooses_nothing():
    """A changed field had made the recipe "free": changed back, it is the notebook's again."""
    changed = make_form("convnet", learning_rate=0.5)
    assert follow_recipes(("recipe", "free", changed)) == [("notebook", False)]
    assert follow_recipes(("network", "free", changed), ("recipe", "notebook", changed)) == [
        ("notebook", False),
        ("notebook", False),
    ]


def test_fields_are_seen_where_they_count():
    for optimizer, expected in (("momentum", True), ("rmsprop", True), ("adam", False), ("sgd", False)):
        assert is_seen("momentum", make_form(optimizer=optimizer)) is expected
    for network, expected in (("convnet", True), ("mlp", False), ("resnet", False), ([], False)):
        assert is_seen("dropout", {"network": network}) is expected


def test_half_typed_field_changes_nothing_on_the_page():
    summary = on_form("notebook", "notebook", None, *make_form(learning_rate=None).values())
    assert (summary.recipe, summary.about, summary.warnings) == (UNCHANGED, UNCHANGED, "")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": 10}, "far above what is usual for Adam"),
        ({"optimizer": "sgd", "learning_rate": 10}, "far above what is usual for SGD"),
        ({"learning_rate": 1e-7}, "hardly move"),
        ({"batch_size": 900}, "holds all 800 training images"),
        ({"batch_size": 800, "epochs": 3}, "That is 3 steps in all"),
        ({"batch_size": 800, "epochs": 1}, "That is 1 step in all"),
        ({"weight_decay": 1}, "pulls the weights to 0"),
        ({"dropout": 0.9}, "few features"),
    ],
)
def test_odd_choices_are_allowed_and_remarked_on(changes, message):
    (warning,) = list_warnings(make_config("convnet", **IMAGES, **changes))
    assert message in warning


@pytest.mark.parametrize("recipe", ["notebook", "fast"])
@pytest.mark.parametrize("network", NETWORKS)
def test_recipes_are_not_odd(network, recipe):
    assert list_warnings(make_config(network, recipe, dataset="strokes")) == []


def test_sgd_is_not_warned_of_a_rate_that_would_be_odd_for_adam():
    assert list_warnings(make_config("convnet", **IMAGES, optimizer="sgd", learning_rate=0.5)) == []


def test_missing_data_set_is_announced(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    (warning,) = list_warnings(make_config("convnet", dataset="fashion-mnist"))
    assert "downloaded first" in warning


def test_nothing_starts_from_a_form_that_is_wrong(monkeypatch):
    monkeypatch.setattr("app.runs.tab.repeat_run", lambda *args, **kwargs: pytest.fail("it started"))
    listing = on_start([], 1, None, "notebook", *make_form(learning_rate=math.nan).values())
    assert "learning rate is nan" in listing.error
    assert listing.my_runs == listing.runs == UNCHANGED
    assert "number of seeds" in on_start([], 0.5, None, "notebook", *make_form().values()).error


def test_configuration_that_is_started_is_the_forms(monkeypatch):
    asked = []

    def start(config, num_seeds, own_runs, owner_key):
        asked.append((config, num_seeds, own_runs))
        return ["a" * 32, "b" * 32]

    monkeypatch.setattr("app.runs.tab.repeat_run", start)
    listing = on_start(["nonsense"], 2, None, "notebook", *make_form("mlp", weight_decay=0.001).values())
    ((config, num_seeds, own_runs),) = asked
    assert dataclasses.asdict(config)["weight_decay"] == 0.001
    assert (config.recipe, num_seeds, own_runs) == ("free", 2, [])
    assert listing.my_runs == ["a" * 32, "b" * 32]
    assert '"ticked"' in listing.runs


@pytest.mark.parametrize(
    "text",
    [
        "ab" * 16,
        f"  {'AB' * 16} ",
        f"http://127.0.0.1:7860/?tab=runs&run={'ab' * 16}",
        f"?run={'ab' * 16}&x=1",
    ],
)
def test_run_is_opened_by_its_id_or_its_address(text):
    assert read_run_id(text) == "ab" * 16


@pytest.mark.parametrize("text", ["example", " Example ", "http://127.0.0.1:7860/?tab=runs&run=example"])
def test_the_examples_own_link_opens_it(text):
    """The page hands it out as it does any run's; nobody's list gets it, since it stands on every page."""
    for listing in (
        on_open_run([], text),
        on_load([], SimpleNamespace(query_params={"run": read_run_id(text)})),
    ):
        assert (listing.error, listing.my_runs) == ("", [])
        shown = json.loads(listing.runs)
        assert (shown["focus"], shown["ids"]) == ("example", [])
    upper = on_load([], SimpleNamespace(query_params={"run": "EXAMPLE"}))
    assert json.loads(upper.runs)["focus"] == "example"
    assert "There is no run" in on_load([], SimpleNamespace(query_params={"run": "nonsense"})).error


@pytest.mark.parametrize("text", [None, "", "?tab=runs", 7, "http://[", "x" * 1000])
def test_other_texts_name_no_run(text):
    assert len(read_run_id(text)) != 32
