"""The controls of the training runs tab, and what follows from a change in them."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from app.runs.form import (
    ALL_IMAGES,
    DISTORTION_TITLES,
    DROPOUT_TITLES,
    OPTIMIZER_TITLES,
    PRECISION_TITLES,
    RECIPE_FIELDS,
    SCHEDULE_TITLES,
    Form,
    describe_choice,
    fill_form,
    has_momentum,
    list_warnings,
    network_has_dropout,
    read_form,
    refill_form,
)
from models.data.datasets import DATASETS, TITLES, has_files
from models.networks.registry import NETWORKS
from models.runs.limits import read_limits
from models.training.recipes import RECIPES, make_config

OPENING_NETWORK, OPENING_RECIPE, OPENING_IMAGES = "convnet", "notebook", 10_000
_FEWEST_IMAGES = 1_000


class Filled(NamedTuple):
    """What the recipe has put into the fields last: a field that differs from it has been touched."""

    recipe: str
    network: str
    values: dict[str, Any]


class Controls(NamedTuple):
    """The column of controls: its fields by name, in the form's order, and what else it holds."""

    fields: dict[str, Any]
    recipe: gr.Dropdown
    num_seeds: gr.Number
    hyperparameters: gr.Accordion
    about: gr.Markdown
    warnings: gr.Markdown
    filled: gr.State


def on_network(recipe: str, filled: Filled, *values: Any) -> list[Any]:
    """Refill what nobody has touched.

    Wires: network; recipe, filled, form → filled, the fields that a recipe decides, recipe, texts.
    """
    form = Form(*values)
    network = str(form.network)
    if network == filled.network:
        # Gradio tells of one click twice, the second time with fields as they stood before the first answer.
        return [gr.skip()] * (len(RECIPE_FIELDS) + 4)
    new = fill_form(network, filled.recipe)
    changed = refill_form(form, filled.values, network, filled.recipe)
    form = form._replace(**changed)
    named = _name_recipe(form, filled.recipe, recipe)
    return [Filled(filled.recipe, network, new), *_fill(form, changed), named, *_tell(form, filled.recipe)]


def on_recipe(recipe: str, filled: Filled, *values: Any) -> list[Any]:
    """Fill in every field anew; wires: recipe; recipe, filled, form → filled, fields, accordion, texts.

    "free" fills nothing in: its fields stand open, and begin with what stands in them.
    """
    form = Form(*values)
    network = str(form.network)
    if recipe == "free":
        untouched = [gr.skip()] * len(RECIPE_FIELDS)
        now = filled._replace(recipe=recipe)
        return [now, *untouched, gr.Accordion(open=True), *_tell(form, recipe)]
    new = fill_form(network, recipe)
    form = form._replace(**new)
    return [Filled(recipe, network, new), *_fill(form, new), gr.skip(), *_tell(form, recipe)]


def on_field(recipe: str, filled: Filled, *values: Any) -> list[Any]:
    """Tell what follows from a change; wires: each other field; as `on_network` → recipe, texts."""
    form = Form(*values)
    return [_name_recipe(form, filled.recipe, recipe), *_tell(form, filled.recipe)]


def on_optimizer(recipe: str, filled: Filled, *values: Any) -> list[Any]:
    """Show the momentum where there is one, too; wires: optimizer; as `on_network` → momentum, recipe, texts.

    No other field's answer may touch it: a late one would take back what a choice has shown since.
    """
    return [gr.Number(visible=has_momentum(Form(*values).optimizer)), *on_field(recipe, filled, *values)]


def _fill(form: Form, changed: dict[str, Any]) -> list[Any]:
    """Return updates of the fields that a recipe decides: their new values, and which of them are seen."""
    seen = {"momentum": has_momentum(form.optimizer), "dropout": network_has_dropout(form.network)}
    updates = []
    for name in RECIPE_FIELDS:
        update = {"value": changed[name]} if name in changed else {}
        update |= {"visible": seen[name]} if name in seen else {}
        updates.append(gr.update(**update) if update else gr.skip())
    return updates


def _name_recipe(form: Form, following: str, shown: str) -> Any:
    """Return the recipe that the form's configuration has, if another one is shown."""
    try:
        named = read_form(form, following).recipe
    except ValueError:
        return gr.skip()
    return gr.skip() if named == shown else named


def _tell(form: Form, following: str) -> list[Any]:
    """Return what the configuration is, and what is odd about it; nothing odd while the form is wrong."""
    try:
        config = read_form(form, following)
    except ValueError:
        return [gr.skip(), ""]
    return [describe_choice(config), "\n\n".join(list_warnings(config))]


def build_form() -> Controls:
    """Build the controls below the buttons, filled with the opening's configuration."""
    limits = read_limits()
    dataset = "mnist" if has_files("mnist") else "strokes"
    opening = fill_form(OPENING_NETWORK, OPENING_RECIPE)
    config = make_config(OPENING_NETWORK, OPENING_RECIPE, dataset=dataset, num_images=OPENING_IMAGES, seed=0)
    fields: dict[str, Any] = {}
    fields["network"] = gr.Dropdown(
        [(spec.title, name) for name, spec in NETWORKS.items()],
        value=OPENING_NETWORK,
        label="Network",
        filterable=False,
        elem_id="run-network",
    )
    fields["dataset"] = gr.Dropdown(
        [(TITLES[name], name) for name in DATASETS],
        value=dataset,
        label="Data",
        filterable=False,
        elem_id="run-dataset",
    )
    fields["num_images"] = gr.Slider(
        _FEWEST_IMAGES,
        ALL_IMAGES,
        OPENING_IMAGES,
        step=1_000,
        label="Pictures",
        info="Four fifths train, a fifth validates.",
        elem_id="run-images",
    )
    recipe = gr.Dropdown(
        list(RECIPES),
        value=OPENING_RECIPE,
        label="Recipe",
        info="It sets the pictures and what follows; another setting makes it free.",
        filterable=False,
        elem_id="run-recipe",
    )
    fields["epochs"] = gr.Number(
        opening["epochs"],
        label="Epochs",
        info=f"Passes over the pictures, at most {limits.max_epochs}.",
        elem_id="run-epochs",
    )
    about = gr.Markdown(describe_choice(config), elem_classes="gb-about", elem_id="run-about")
    warnings = gr.Markdown(
        "\n\n".join(list_warnings(config)), elem_classes="gb-warning", elem_id="run-warnings"
    )
    with gr.Accordion("Hyperparameters", open=False, elem_id="run-hyperparameters") as hyperparameters:
        fields |= _build_hyperparameters(opening)
    with gr.Row():
        fields["seed"] = gr.Number(
            config.seed,
            label="Seed",
            info="The same seed gives the same run.",
            min_width=120,
            elem_id="run-seed",
        )
        num_seeds = gr.Number(
            1,
            label="Seeds",
            info="How many to try, a run each.",
            min_width=120,
            elem_id="run-seeds",
        )
    ordered = {name: fields[name] for name in Form._fields}
    filled = gr.State(Filled(OPENING_RECIPE, OPENING_NETWORK, opening))
    return Controls(ordered, recipe, num_seeds, hyperparameters, about, warnings, filled)


def _build_hyperparameters(opening: dict[str, Any]) -> dict[str, Any]:
    def choose(titles: dict[str, str], name: str, label: str, **kwargs: Any) -> gr.Dropdown:
        return gr.Dropdown(
            [(title, key) for key, title in titles.items()],
            value=opening[name],
            label=label,
            filterable=False,
            elem_id=f"run-{name.replace('_', '-')}",
            **kwargs,
        )

    def enter(name: str, label: str, info: str, **kwargs: Any) -> gr.Number:
        return gr.Number(
            opening[name], label=label, info=info, elem_id=f"run-{name.replace('_', '-')}", **kwargs
        )

    return {
        "optimizer": choose(OPTIMIZER_TITLES, "optimizer", "Optimiser"),
        "learning_rate": enter("learning_rate", "Learning rate", "The peak, where a schedule changes it."),
        "momentum": enter(
            "momentum",
            "Momentum",
            "Share of the last step's direction that is kept.",
            visible=has_momentum(opening["optimizer"]),
        ),
        "schedule": choose(SCHEDULE_TITLES, "schedule", "Learning rate over the steps"),
        "batch_size": enter("batch_size", "Batch size", "Pictures for one step."),
        "weight_decay": enter(
            "weight_decay",
            "Weight decay λ",
            "Adds (λ/2)·‖w‖² to the loss; AdamW shrinks the weights instead.",
        ),
        "dropout": choose(
            DROPOUT_TITLES,
            "dropout",
            "Dropout",
            info="Share of features left out at each step.",
            visible=network_has_dropout(OPENING_NETWORK),
        ),
        "augment": gr.Checkbox(
            opening["augment"],
            label="Augment the pictures",
            info="Each is shifted, turned and scaled a little, anew each time.",
            elem_id="run-augment",
        ),
        "distortions": gr.CheckboxGroup(
            [(title, key) for key, title in DISTORTION_TITLES.items()],
            value=opening["distortions"],
            label="Distort the writing",
            info="As other hands and pens would have written it, anew each time.",
            elem_id="run-distortions",
        ),
        "added_strokes": enter(
            "added_strokes", "Built-in strokes added", "To the training pictures; never to validate."
        ),
        "label_smoothing": enter(
            "label_smoothing",
            "Label smoothing",
            "Share of certainty spread over all ten answers.",
        ),
        "precision": choose(
            PRECISION_TITLES,
            "precision",
            "Number format",
            info="Of the multiplications; bfloat16 is coarser and may be faster.",
        ),
    }


def wire_form(controls: Controls) -> None:
    """Let a choice refill the fields, and every field tell what follows from it."""
    fields = controls.fields
    inputs = [controls.recipe, controls.filled, *fields.values()]
    told = [controls.about, controls.warnings]
    decided = [fields[name] for name in RECIPE_FIELDS]
    live: dict[str, Any] = {
        "show_progress": "hidden",
        "api_visibility": "private",
        "trigger_mode": "always_last",
        "queue": False,
    }
    fields["network"].input(on_network, inputs, [controls.filled, *decided, controls.recipe, *told], **live)
    controls.recipe.input(
        on_recipe, inputs, [controls.filled, *decided, controls.hyperparameters, *told], **live
    )
    for name, field in fields.items():
        if name == "optimizer":
            field.input(on_optimizer, inputs, [fields["momentum"], controls.recipe, *told], **live)
        elif name != "network":
            field.input(on_field, inputs, [controls.recipe, *told], **live)
