"""Files are looked for in large values on another thread."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import anyio.to_thread
import gradio as gr
from gradio import processing_utils
from gradio_client import utils as client_utils

from app.server.calls import FILE_AMONG_MANY
from app.server.gradio_patches.packed_answers import write_json
from app.server.gradio_patches.patch import Patch
from app.server.large_values import is_large, list_parts

PATCH = Patch(
    "large values",
    "Gradio looks for files in every number of a call and of its answer, on the thread that serves "
    "everybody.",
    "Nobody is answered for up to half a second while somebody's image of 512 × 512 numbers is read.",
    (
        "gradio.processing_utils.async_move_files_to_cache"
        "(data, block, postprocess, check_in_upload_folder, keep_in_cache)",
        "gradio.processing_utils.add_root_url(data, root_url, previous_root_url)",
        "gradio_client.utils.is_file_obj_with_meta(d)",
    ),
)


_move_files = processing_utils.async_move_files_to_cache
_add_root_url = processing_utils.add_root_url


def lighten_large_values() -> None:
    """Let Gradio look for files in large values on another thread."""
    processing_utils.async_move_files_to_cache = _move_files_if_any
    processing_utils.add_root_url = _add_root_url_if_any


async def _move_files_if_any(
    data: Any,
    block: Any,
    postprocess: bool = False,
    check_in_upload_folder: bool = False,
    keep_in_cache: bool = False,
) -> Any:
    if is_large(data):
        if not await anyio.to_thread.run_sync(_holds_file, data):
            return data
        if not postprocess:
            raise gr.Error(FILE_AMONG_MANY, print_exception=False)
    return await _move_files(data, block, postprocess, check_in_upload_folder, keep_in_cache)


def _add_root_url_if_any(data: Any, root_url: str, previous_root_url: str | None) -> Any:
    with suppress(TypeError, ValueError):  # not all of it is JSON yet
        if is_large(data) and '"url"' not in write_json(data):  # the key of every file's address
            return data
    return _add_root_url(data, root_url, previous_root_url)


def _holds_file(data: Any) -> bool:
    return any(client_utils.is_file_obj_with_meta(part) for part in list_parts(data))
