"""Calls of no endpoint, or with wrong arguments, told from Gradio's own mistakes."""

from __future__ import annotations

from types import CodeType

from gradio import route_utils
from gradio_client import utils as client_utils

from app.server.gradio_patches.addresses import JOIN_PATH
from app.server.gradio_patches.patch import Patch

PATCH = Patch(
    "explained calls",
    "Gradio answers a call of no endpoint, or with wrong arguments, with status 500 and a traceback.",
    "Programs are not told what would be right, and anybody fills the log.",
    (
        "gradio.route_utils.get_fn(blocks, api_name, body)",
        "gradio_client.utils.construct_args(parameters_info, args, kwargs)",
    ),
    (JOIN_PATH, "/gradio_api/call/x", "/gradio_api/call/v2/x", "/gradio_api/run/x", "/gradio_api/api/x"),
)


def is_unknown_endpoint(error: Exception, name: str) -> bool:
    """Return whether Gradio raised this because there is no endpoint of this name, or of the number sent."""
    if isinstance(error, KeyError) and error.args == (f"/{name}",):  # as /call/v2 looks it up
        return True
    return _find_raiser(error) is route_utils.get_fn.__code__


def is_wrong_arguments(error: Exception) -> bool:
    """Return whether Gradio raised this because of arguments that an endpoint has not, or lacks."""
    return isinstance(error, TypeError) and _find_raiser(error) is client_utils.construct_args.__code__


def _find_raiser(error: Exception) -> CodeType | None:
    """Return the code of the function that raised an exception."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return step and step.tb_frame.f_code
