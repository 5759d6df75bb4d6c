"""A prepared training as the query of a web address: `network=convnet2&dropout=0.3&epochs=2`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from app.runs.form import (
    DROPOUT_TITLES,
    OPTIMIZER_TITLES,
    OWN_DROPOUT,
    Form,
    fill_form,
    list_fields,
    read_form,
)
from models.networks.registry import NETWORKS
from models.training.config import RECIPES, SETTINGS

OPENING_NETWORK, FOLLOWED_RECIPE, OPENING_IMAGES = "convnet", "notebook", 10_000
FEWEST_IMAGES = 1_000
MAX_FIELD_LETTERS = 100  # of a value that is read


class Prepared(NamedTuple):
    """What a link puts into the form: the recipe that its fields follow, and what stands in each."""

    recipe: str
    form: Form


def list_names() -> list[str]:
    """Return the names that a training's link may have."""
    return ["recipe", *list_fields()]


def write_query(form: Form, recipe: str, dataset: str) -> str:
    """Write what differs from the opening of the chosen network's recipe; "" for the opening itself.

    Args:
        form: What stands in the fields.
        recipe: The recipe that they follow.
        dataset: The data set that the form has at first.
    """
    network = form["network"]
    usual = _begin(network, recipe, dataset)
    parts = {"network": network, "recipe": recipe}
    parts = {name: text for name, text in parts.items() if text not in (OPENING_NETWORK, FOLLOWED_RECIPE)}
    parts |= {name: _write(form[name]) for name in list_fields() if form[name] != usual[name]}
    return urlencode(parts, safe=":,")


def _begin(network: str, recipe: str, dataset: str) -> Form:
    form: Form = {"network": network, "dataset": dataset, "seed": 0} | fill_form(network, recipe)
    return form | ({"num_images": OPENING_IMAGES} if recipe == FOLLOWED_RECIPE else {})


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():  # as a browser sends a whole number
        return str(int(value))
    return ",".join(value) if isinstance(value, list) else str(value)


def read_query(query: Mapping[str, str], dataset: str) -> Prepared | None:
    """Read what a link puts into the form; what it leaves out is as the network's recipe has it.

    Args:
        query: Names and values; others than a training's are ignored.
        dataset: The data set that the form has at first.

    Returns:
        What stands in the form, or None where the query names nothing of it.

    Raises:
        ValueError: If a value cannot be read, or is not allowed; the message says which.
    """
    if not any(name in query for name in list_names()):
        return None
    network, recipe = query.get("network", OPENING_NETWORK), query.get("recipe", FOLLOWED_RECIPE)
    if network not in NETWORKS:
        raise ValueError(f"There is no network {network[:40]!r}: choose one of {', '.join(NETWORKS)}.")
    if recipe not in RECIPES:
        raise ValueError(f"There is no recipe {recipe[:40]!r}: choose one of {', '.join(RECIPES)}.")
    form = _begin(network, recipe, dataset)
    form |= {name: _read(name, query[name]) for name in list_fields() if name in query and name != "network"}
    read_form(form, recipe)
    if form["num_images"] < FEWEST_IMAGES:
        raise ValueError(f"num_images is {form['num_images']}: give {FEWEST_IMAGES:,} or more.")
    return Prepared(recipe, form)


def _read(name: str, text: str) -> Any:
    if len(text) > MAX_FIELD_LETTERS:
        raise ValueError(f"{name} has {len(text):,} letters: at most {MAX_FIELD_LETTERS} are read.")
    setting = SETTINGS[name]
    titles = {"optimizer": OPTIMIZER_TITLES, "dropout": DROPOUT_TITLES}.get(name, setting.choices)
    if setting.are_many:
        return [each for each in text.split(",") if each]
    if name == "dropout" and text != OWN_DROPOUT:
        text = f"{_read_number(name, text, float):g}"
    if titles:
        if text not in titles:
            raise ValueError(f"{name} is {text!r}: choose one of {', '.join(titles)}.")
        return text
    if setting.kind is bool:
        if text not in ("0", "1"):
            raise ValueError(f"{name} is {text!r}: give 1 for yes, 0 for no.")
        return text == "1"
    return _read_number(name, text, setting.kind)


def _read_number(name: str, text: str, kind: type) -> Any:
    try:
        return kind(text)
    except ValueError as error:
        what = "a whole number" if kind is int else "a number"
        raise ValueError(f"{name} is {text!r}: give {what}.") from error
