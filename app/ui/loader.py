"""Our own `gr.HTML` components, one factory function each, and how they read their scripts and styles."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

_SHARED = Path(__file__).parent / "components"
_FIRST = ("nodes", "numbers", "canvas")  # what every component's script begins with


def read_component_script(folder: Path, *names: str, **own_props: Any) -> str:
    """Read a component's JavaScript, with what all components share before it.

    Gradio 6.31 replaces all of a component's own props by those of the last update, so that one shown again
    after being hidden would have lost the rest. The script therefore keeps its own copy for the page's life.

    Args:
        folder: The subject's folder of components; what it lacks is one of those that subjects share.
        *names: The script's file names without suffix, in the order in which they build on each other,
            such as `"verdict", "pad"`.
        **own_props: The props that are ours and not Gradio's, with their first values.

    Returns:
        The text for `js_on_load`, which Gradio runs as the body of one function.
    """
    key = f"component_{secrets.token_hex(4)}"
    # The names stand unquoted: gr.HTML takes a quoted word in this text for the name of an event.
    first = ", ".join(f"{name}: {json.dumps(prop)}" for name, prop in own_props.items())
    keep = (
        "const keptOnPage = window.glassboxProps = window.glassboxProps || {};\n"
        f"const keptProps = keptOnPage.{key} = keptOnPage.{key} || {{{first}}};"
    )
    return "\n".join([keep, *(_read(folder, f"{name}.js") for name in (*_FIRST, *names))])


def read_component_style(folder: Path, *names: str) -> str:
    """Read a component's style sheet, and those of the components within it.

    Args:
        folder: The subject's folder of components, as above.
        *names: The file names without suffix, such as `"pad"`; where two disagree, the later one holds.

    Returns:
        The text for `css_template`, which Gradio scopes to the component.
    """
    return "\n".join(_read(folder, f"{name}.css") for name in names)


def component_classes(classes: list[str] | str | None) -> list[str]:
    """Add the class that gives our components their own spacing to the caller's classes."""
    return ["gb-component", *([classes] if isinstance(classes, str) else classes or [])]


def _read(folder: Path, file_name: str) -> str:
    own = folder / file_name
    return (own if own.is_file() else _SHARED / file_name).read_text(encoding="utf-8")
