"""What is wrong with a program's call before its function sees it, said in a sentence."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import gradio as gr

from app.server.large_values import list_parts

NOT_UPLOADED = (
    "A value in this call stands for a file that was not uploaded here. Leave out the file and give the "
    "value itself, such as numbers or a text."
)
UNREADABLE_VALUE = "The page sent a value that cannot be read. Reload it."
NO_SUCH_UPLOAD = "The uploaded file is no longer here. Choose it again."
TOO_DEEP = "A value in this call is nested too deeply. Give lists of numbers, at most three in each other."
# JSON leaves these as they are, and `gradio_client` reads an answer that quotes one as two lines.
_LINE_SEPARATORS = re.compile("[\x85\u2028\u2029]")
_LINE_SEPARATOR = (
    "A text in this call holds a line separator (U+0085, U+2028 or U+2029). "
    "Send a space or a line feed instead."
)
FILE_AMONG_MANY = (
    "A value in this call holds a file among thousands of other values. Send the file by itself."
)
_HALF_LETTER = "A text in this call holds half a letter, a surrogate without its pair. Send whole letters."


def check_texts(values: list[Any]) -> None:
    """Refuse texts that no answer could quote.

    With what cannot be written as UTF-8 an answer would hang, and all later ones too.

    Raises:
        gr.Error: If there is one.
    """
    try:
        for part in list_parts(values):
            if isinstance(part, str):
                part.encode()
                if _LINE_SEPARATORS.search(part):
                    raise gr.Error(_LINE_SEPARATOR, print_exception=False)
    except UnicodeEncodeError as error:
        raise gr.Error(_HALF_LETTER, print_exception=False) from error


def check_number(name: str, endpoint: Callable[..., Any], num_given: int, num_needed: int) -> None:
    """Refuse a list of values that is too short or too long.

    Raises:
        gr.Error: If it is, with the values that belong in it.
    """
    if num_given == num_needed:
        return
    parameters = list_parameters(endpoint)
    came = f"{num_given} value{'' if num_given == 1 else 's'} came for /{name}, which takes"
    remedy = "none: give an empty list."
    if parameters:
        remedy = (
            f"{len(parameters)}: give {', '.join(parameters)}, in this order. "
            f"To leave some out, give the others by name at /gradio_api/call/v2/{name}."
        )
    raise gr.Error(f"{came} {remedy}", print_exception=False)


def complete_values(endpoint: Callable[..., Any], values: list[Any]) -> list[Any]:
    """Complete a list as programs sent it before an endpoint had further parameters, by their defaults.

    How many values there were at least is the endpoint's `num_early_values`; without it, none may be absent.
    """
    parameters = inspect.signature(endpoint).parameters
    names = list_parameters(endpoint)
    if not getattr(endpoint, "num_early_values", len(names)) <= len(values) < len(names):
        return values
    return [*values, *(parameters[name].default for name in names[len(values) :])]


def list_parameters(endpoint: Callable[..., Any]) -> list[str]:
    """Return the names of an endpoint's arguments, in their order; a header is none of them."""
    parameters = inspect.signature(endpoint).parameters.values()
    return [parameter.name for parameter in parameters if parameter.annotation is not gr.Header]
