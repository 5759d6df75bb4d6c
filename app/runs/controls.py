"""The controls of the training runs tab, and what follows from a change in them."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import gradio as gr

from app.runs.form import (
    ALL_IMAGES,
    DROPOUT_TITLES,
    OPTIMIZER_TITLES,
    OWN_NETWORK,
    Form,
    describe_choice,
    fill_form,
    is_seen,
    list_conditions,
    list_fields,
    list_recipe_fields,
    list_warnings,
    read_fields,
    read_form,
)
from app.runs.link import (
    FEWEST_IMAGES,
    FOLLOWED_RECIPE,
    OPENING_IMAGES,
    OPENING_NETWORK,
    list_names,
    read_query,
    write_query,
)
from app.runs.section_links import NUM_SEEDS, read_seeds
from app.ui.addresses import follow_parameter, follow_query, reads_address
from app.ui.components.link_notice import warn_about_link
from app.ui.components.number_field import build_number, name_number
from app.ui.loader import read_plain_script
from models.data.files import has_files
from models.networks.registry import NETWORKS
from models.runs.control import MAX_SEEDS
from models.runs.limits import narrow_settings, read_limits
from models.training.config import RECIPES
from models.training.recipes import make_config
from models.training.settings import Setting

# What the form is filled with later begins from what a link has put there.
_BEGIN = "(recipe, network) => { window.glassboxRunForm?.begin({ recipe, network }); }"
# The fields that stand outside the hyperparameters.
_OUTSIDE = ("network", "dataset", "num_images", "epochs", "seed")


class Controls(NamedTuple):
    """The column of controls: its fields by name, in the form's order, and what else it holds."""

    fields: dict[str, Any]
    recipe: gr.Dropdown
    num_seeds: gr.Number
    hyperparameters: gr.Accordion
    find_rate: gr.Button
    about: gr.Markdown
    warnings: gr.Markdown
    followed: gr.Textbox
    link: gr.Textbox


class Summary(NamedTuple):
    """What is said of a configuration: its recipe's name, what it is, what is odd about it, and its query."""

    recipe: Any = gr.skip()
    about: Any = gr.skip()
    warnings: Any = ""
    link: Any = gr.skip()


def on_form(recipe: str, followed: str, own: Any, *values: Any) -> Summary:
    """Tell what the form means; wires: its fields; recipe shown and followed, own network, form → summary.

    It touches no field: `fill_form.js` has filled in what follows, and somebody may type there already.
    """
    return _summarise(read_fields(values), followed, recipe, own)


def _summarise(form: Form, followed: str, shown: str, own: Any) -> Summary:
    """Say what the configuration is; nothing is odd while the form is wrong."""
    try:
        config = read_form(form, followed, own)
    except ValueError:
        return Summary()
    named = gr.skip() if config.recipe == shown else config.recipe
    # A network of one's own has a link of its own, below its rows.
    link = "" if form["network"] == OWN_NETWORK else write_query(form, followed, _find_dataset())
    return Summary(named, describe_choice(config), "\n\n".join(list_warnings(config)), link)


@reads_address(*list_names(), NUM_SEEDS)
def on_open(request: gr.Request) -> list[Any]:
    """Prepare the training of the link that the page was opened with; wired to the page's load.

    Outputs are the number of seeds, the followed recipe, the hyperparameters and the fields.
    """
    unchanged = [gr.skip()] * (3 + len(list_fields()))
    query = dict(request.query_params)
    if query.get("tab") != "runs":
        return unchanged
    try:
        prepared, num_seeds = read_query(query, _find_dataset()), read_seeds(query)
    except ValueError as mistake:
        warn_about_link(f"The link's training cannot be prepared: {mistake} The form is as at first.")
        return unchanged
    seeds = gr.skip() if num_seeds is None else num_seeds
    if prepared is None:
        return [seeds, *unchanged[1:]]
    recipe, form = prepared
    fields = [gr.update(value=form[name], visible=is_seen(name, form)) for name in list_fields()]
    is_folded = any(name in query for name in list_fields() if name not in _OUTSIDE)
    return [seeds, recipe, gr.update(open=True) if is_folded else gr.skip(), *fields]


def _find_dataset() -> str:
    return "mnist" if has_files("mnist") else "strokes"


def write_filling() -> str:
    """Return the `js` that makes `window.glassboxRunForm.fill`, with all that a recipe may fill in."""
    base = fill_form(OPENING_NETWORK, FOLLOWED_RECIPE)
    recipes: dict[str, dict[str, Form]] = {recipe: {} for recipe in RECIPES}
    for recipe, networks in recipes.items():
        for network in (*NETWORKS, OWN_NETWORK):
            filled = fill_form(network, recipe)
            networks[network] = {name: value for name, value in filled.items() if value != base[name]}
    table = {
        "fields": list_fields(),
        "decided": list_recipe_fields(),
        "opening": {"network": OPENING_NETWORK, "recipe": FOLLOWED_RECIPE},
        "base": base,
        "recipes": recipes,
        "conditions": list_conditions(),
    }
    script = read_plain_script("runs/components/fill_form.js")
    return (
        f"() => {{\n{script}\nconst table = {json.dumps(table)};\n"
        "const form = { fill: createFilling(table) };\n"
        "form.begin = (opening) => { form.fill = createFilling({ ...table, opening }); };\n"
        "window.glassboxRunForm = form;\n}"
    )


def build_form() -> Controls:
    """Build the controls below the buttons, filled with the opening's configuration."""
    settings = narrow_settings(read_limits())
    dataset = _find_dataset()
    opening = fill_form(OPENING_NETWORK, FOLLOWED_RECIPE)
    config = make_config(OPENING_NETWORK, FOLLOWED_RECIPE, dataset=dataset, num_images=OPENING_IMAGES, seed=0)
    shown = {"network": OPENING_NETWORK, "dataset": dataset, "seed": config.seed} | opening
    fields: dict[str, Any] = {}
    fields["network"] = gr.Dropdown(
        [*((spec.title, name) for name, spec in NETWORKS.items()), ("Build your own…", OWN_NETWORK)],
        value=OPENING_NETWORK,
        label="Network",
        filterable=False,
        elem_id="run-network",
    )
    fields["dataset"] = _build_field(settings["dataset"], shown)
    fields["num_images"] = gr.Slider(
        FEWEST_IMAGES,
        ALL_IMAGES,
        OPENING_IMAGES,
        step=1_000,
        label=settings["num_images"].label,
        info=settings["num_images"].info,
        elem_id="run-images",
        elem_classes=name_number(None),
    )
    recipe = gr.Dropdown(
        list(RECIPES),
        value=config.recipe,
        label="Recipe",
        info="Fills in the images and all hyperparameters; once you change one of them, it is free.",
        filterable=False,
        elem_id="run-recipe",
    )
    fields["epochs"] = _build_field(settings["epochs"], shown)
    about = gr.Markdown(describe_choice(config), elem_classes="gb-about", elem_id="run-about")
    warnings = gr.Markdown(
        "\n\n".join(list_warnings(config)), elem_classes="gb-warning", elem_id="run-warnings"
    )
    with gr.Accordion("Hyperparameters", open=False, elem_id="run-hyperparameters") as hyperparameters:
        for name in list_fields():
            if name not in _OUTSIDE:
                fields[name] = _build_field(settings[name], shown)
            if name == "learning_rate":
                find_rate = gr.Button("Find a rate", size="sm", elem_id="run-find-rate")
    with gr.Row():
        fields["seed"] = _build_field(settings["seed"], shown, min_width=120)
        num_seeds = build_number(
            1,
            low=1,
            high=MAX_SEEDS,
            is_whole=True,
            label="Seeds",
            info="How many to try, a run each.",
            min_width=120,
            elem_id="run-seeds",
        )
    ordered = {name: fields[name] for name in list_fields()}
    followed, link = gr.Textbox(FOLLOWED_RECIPE, visible=False), gr.Textbox(visible=False)
    return Controls(ordered, recipe, num_seeds, hyperparameters, find_rate, about, warnings, followed, link)


def _build_field(setting: Setting, shown: Form, **kwargs: Any) -> Any:
    """Build the control that fits what a setting may be, with what stands in it at first."""
    kwargs |= {
        "value": shown[setting.name],
        "label": setting.label,
        "elem_id": f"run-{setting.name.replace('_', '-')}",
        "visible": is_seen(setting.name, shown),
    }
    if setting.info:
        kwargs["info"] = setting.info.format(range=setting.describe_range())
    own_titles = {"optimizer": OPTIMIZER_TITLES, "dropout": DROPOUT_TITLES}
    choices = [(title, name) for name, title in own_titles.get(setting.name, setting.choices).items()]
    if setting.kind is bool:
        return gr.Checkbox(**kwargs)
    if setting.are_many:
        return gr.CheckboxGroup(choices, **kwargs)
    if choices:
        return gr.Dropdown(choices, filterable=False, **kwargs)
    return build_number(
        low=setting.lowest,
        high=setting.highest,
        step=setting.step,
        is_whole=setting.kind is int,
        is_low_allowed=setting.is_lowest_allowed,
        **kwargs,
    )


def wire_form(page: gr.Blocks, controls: Controls, own: gr.HTML) -> None:
    """Let a choice refill the fields, and every field tell what follows from it.

    One event answers for all fields: of two answers on their way the later one would be shown, which may be
    the one that knows less.

    Args:
        page: Its load makes what fills the form.
        controls: The form's.
        own: The network that is built on the page, which the form trains where it is chosen.
    """
    fields = controls.fields
    values = list(fields.values())
    filled = [controls.followed, controls.hyperparameters, *(fields[name] for name in list_recipe_fields())]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    live = quiet | {"trigger_mode": "always_last"}

    page.load(None, js=write_filling(), **quiet)
    deciding = {"recipe": controls.recipe, "network": fields["network"]}
    deciding |= {name: fields[name] for name, _ in list_conditions().values()}
    for name, control in deciding.items():
        js = f"(...values) => window.glassboxRunForm.fill({json.dumps(name)}, ...values)"
        control.input(None, [controls.recipe, *values], filled, js=js, **live)
    # `change`, not `input`: also what was filled in.
    changes = [field.change for field in values]
    gr.on(
        [*changes, controls.recipe.input, own.input],
        on_form,
        [controls.recipe, controls.followed, own, *values],
        [controls.recipe, controls.about, controls.warnings, controls.link],
        **live,
    ).then(None, controls.link, None, js=follow_query("runs"), **quiet)
    follow_seeds = follow_parameter("runs", NUM_SEEDS, [1])
    controls.num_seeds.input(None, controls.num_seeds, None, js=follow_seeds, **quiet)
    opened = [controls.num_seeds, controls.followed, controls.hyperparameters, *values]
    page.load(on_open, None, opened, **(quiet | {"queue": True})).then(  # it may warn
        None, [controls.followed, fields["network"]], None, js=_BEGIN, **quiet
    )
