"""What all patches rely on, compared with the Gradio that is installed."""

from __future__ import annotations

import inspect
import pkgutil
import sys
from importlib.util import find_spec
from typing import Any

import gradio as gr
from gradio.state_holder import StateHolder
from starlette.routing import Match

from app.server.gradio_patches import (
    calm_queue,
    checked_calls,
    direct_tools,
    edited_scripts,
    explained_calls,
    fair_queue,
    known_results,
    large_values,
    lean_sessions,
    light_page,
    no_downloads,
    no_permission,
    own_sockets,
    own_uploads,
    packed_answers,
    signatures,
    typed_numbers,
)
from app.server.gradio_patches.edited_scripts import SCRIPT_EDITS, find_script
from app.server.gradio_patches.lean_sessions import Session

PATCHES = (
    own_sockets.PATCH,
    direct_tools.PATCH,
    no_downloads.PATCH,
    no_permission.PATCH,
    own_uploads.PATCH,
    checked_calls.PATCH,
    typed_numbers.PATCH,
    large_values.PATCH,
    explained_calls.PATCH,
    known_results.PATCH,
    lean_sessions.PATCH,
    fair_queue.PATCH,
    packed_answers.PATCH,
    calm_queue.PATCH,
    *edited_scripts.PATCHES,
    signatures.PATCH,
    light_page.PATCH,
)


class PatchError(RuntimeError):
    """What a patch relies on is not there in the Gradio that is installed."""


def check_patches(page: gr.Blocks) -> None:
    """Compare what the patches rely on with the Gradio that is installed.

    Raises:
        PatchError: If a patch that the page must have would not work. Of others a warning is printed.
    """
    roots = {
        "page": page,
        "block_fn": next(iter(page.fns.values()), None),
        "sessions": StateHolder(),  # type: ignore[no-untyped-call]
        "session": Session(page),
        **{name: find_script(edit) for name, edit in SCRIPT_EDITS.items()},
    }
    for patch in PATCHES:
        if find_spec(patch.package) is None:
            continue
        changed = [name for name in patch.relies_on if not _is_known(name, roots)]
        changed += [address for address in patch.addresses if not _is_answered(page, address)]
        if not changed:
            continue
        text = (
            f"Gradio {gr.__version__} has changed what the patch “{patch.name}” relies on: "
            f"{', '.join(changed)}. Without it: {patch.without} Install gradio~=6.31.0."
        )
        if patch.is_needed:
            raise PatchError(text)
        print(text, file=sys.stderr)


def _is_known(name: str, roots: dict[str, Any]) -> bool:
    """Return whether something has this name, and these parameters if any are given."""
    path, bracket, parameters = name.partition("(")
    root, _, rest = path.partition(".")
    try:
        if root in roots:
            thing = roots[root]
            for attribute in filter(None, rest.split(".")):
                thing = getattr(thing, attribute)
        else:
            thing = pkgutil.resolve_name(path)
    except (AttributeError, ImportError):
        return False
    if not bracket:
        return True
    return ", ".join(inspect.signature(thing).parameters) == parameters.rstrip(")")


def _is_answered(page: gr.Blocks, path: str) -> bool:
    request = {"type": "http", "method": "POST", "path": path, "headers": [], "root_path": ""}
    return any(route.matches(request)[0] != Match.NONE for route in page.app.routes)
