"""The perceptron's example as one parameter of the page's address: `example=1,0.5,-1,2:0:relu:0`."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from app.descent.perceptron.form import read_example, write_inputs
from app.ui.prose import load_sections
from app.ui.sections import name_in_address
from models.descent.perceptron import Example

NAME = "example"
_MAX_LETTERS = 200


def write_link(example: Example) -> str:
    """Return the query by which the page shows an example in the section; the opening is not named."""
    ((title, _),) = load_sections("app.descent.perceptron")
    query = {"tab": "descent", "open": name_in_address(title)}
    if example != Example():
        x = write_inputs(example).replace(" ", ",")
        query[NAME] = f"{x}:{example.label}:{example.activation}:{example.seed}"
    return f"?{urlencode(query, safe=':,')}"


def read_link(query: Mapping[str, str]) -> Example | None:
    """Return the example that an address names, or None where it names none.

    Raises:
        ValueError: where it cannot be read; the message says what is wrong.
    """
    text = query.get(NAME)
    if text is None:
        return None
    parts = text.split(":")
    if len(text) > _MAX_LETTERS or len(parts) != 4:
        raise ValueError(
            f"example is {text[:40]!r}: it is inputs, label, activation and seed, such as "
            "1,0.5,-1,2:0:relu:0."
        )
    x, label, activation, seed = parts
    return read_example(x.replace(",", " "), label, activation, seed)
