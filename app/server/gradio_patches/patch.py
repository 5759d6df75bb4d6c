"""What is said of each touch of something private of Gradio."""

from __future__ import annotations

from typing import NamedTuple


class Patch(NamedTuple):
    """One touch of something private.

    Attributes:
        name: What it is called in an error.
        why: What Gradio does by itself.
        without: What would come of that.
        relies_on: Names, with the parameters of what is called, replaced or overridden. They begin with a
            module, or with `page`, `block_fn` (one of its functions), `session`, `sessions`, or a name
            of `edited_scripts.SCRIPT_EDITS`.
        addresses: Addresses that Gradio answers.
        is_needed: Whether the page must not be served without it; otherwise a warning will do.
        package: What it is about, where that is optional; if it is not installed, there is nothing to patch.
    """

    name: str
    why: str
    without: str
    relies_on: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    is_needed: bool = True
    package: str = "gradio"
