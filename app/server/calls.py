"""What is wrong with a program's call before its function sees it, said in a sentence."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import gradio as gr

NOT_UPLOADED = (
    "A value in this call stands for a file that was not uploaded here. Leave out the file and give the "
    "value itself, such as numbers or a text."
)
NO_SUCH_UPLOAD = "The uploaded file is no longer here. Choose it again."
TOO_DEEP = "A value in this call is nested too deeply. Give lists of numbers, at most three in each other."
_HALF_LETTER = "A text in this call holds half a letter, a surrogate without its pair. Send whole letters."


def check_texts(values: list[Any]) -> None:
    """Refuse texts that cannot be written as UTF-8: an answer with one would hang, and all later ones too.

    Raises:
        gr.Error: If there is one, or if the values are nested too deeply to be looked through.
    """
    try:
        json.dumps(values, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as error:
        raise gr.Error(_HALF_LETTER, print_exception=False) from error
    except RecursionError as error:
        raise gr.Error(TOO_DEEP, print_exception=False) from error


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


def list_parameters(endpoint: Callable[..., Any]) -> list[str]:
    """Return the names of an endpoint's arguments, in their order."""
    return list(inspect.signature(endpoint).parameters)
