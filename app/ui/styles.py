"""The style sheets of our own components: one a subject, which the browser keeps for good.

A sheet holds the files of its subject's folders of components, each nested so that it reaches only within
components that bear its class; with the weight of an id, as Gradio gives it to a component's own style.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from starlette.routing import Route

from app.ui.kept_files import name_content, serve_kept

_APP = Path(__file__).parents[1]
_PATH = "/glassbox/styles"


@lru_cache(maxsize=1)
def read_sheets() -> dict[str, str]:
    """Return each subject's sheet by its address, in the order of the page: what subjects share first."""
    files = sorted(path for path in _APP.glob("**/*.css") if path.parent.name == "components")
    sheets: dict[str, list[str]] = {"ui": []}
    for path in files:
        rules = path.read_text(encoding="utf-8")
        subject, *_ = path.relative_to(_APP).parts
        sheets.setdefault(subject, []).append(f":is(#_, .{_class_of(path.stem)}) {{\n{rules}}}\n")
    texts = {subject: "".join(parts) for subject, parts in sheets.items()}
    return {f"{_PATH}/{name_content(text)}/{subject}.css": text for subject, text in texts.items()}


def _class_of(name: str) -> str:
    return f"gb-style-{name}"


def write_style_links() -> str:
    """Return the tags for the page's head, in whatever folder a proxy shows the page."""
    return "".join(f'<link rel="stylesheet" href=".{address}">' for address in read_sheets())


def build_style_routes() -> list[Route]:
    """Return the route of all sheets."""
    return [serve_kept(_PATH, read_sheets(), "text/css")]


def component_classes(classes: list[str] | str | None, *styles: str) -> list[str]:
    """Add to the caller's classes those that give our components their own spacing and these styles.

    Args:
        classes: What the caller passed as `elem_classes`.
        *styles: Names without suffix of style sheets in folders of components, such as `"pad"`.
    """
    own = [classes] if isinstance(classes, str) else classes or []
    return ["gb-component", *map(_class_of, styles), *own]
