"""What stands in the perceptron's controls."""

from __future__ import annotations

from typing import Any

from app.ui.field_errors import blame
from app.ui.numbers import read_field, read_numbers
from models.descent.perceptron import Example, check_example, check_inputs


def read_example(x: Any, label: Any, activation: Any, seed: Any) -> Example:
    """Return the example that stands in the controls.

    Raises:
        FieldError: for what is none, with the field, the range and the remedy.
    """
    with blame("x"):
        inputs = check_inputs(read_numbers(x if isinstance(x, str) else ""))
    example = Example(x=inputs)
    for field, value in (("label", label), ("activation", activation), ("seed", seed)):
        with blame(field):
            read = value if field == "activation" else read_field(value, f"The {field}")
            example = check_example(Example(**{**vars(example), field: read}))
    return example


def write_inputs(example: Example) -> str:
    """Return the four inputs as they stand in their field, each with all of its digits."""
    return " ".join(repr(value).removesuffix(".0") for value in example.x)
