"""What learners read: one Markdown file per subject, formulas in LaTeX between dollar signs."""

import re
from importlib import resources


def load_prose(package: str, name: str = "prose") -> str:
    """Return the text of `<name>.md` in a subject's folder.

    Args:
        package: The subject's package, such as `app.descent`.
        name: The file's name without its suffix.

    Raises:
        FileNotFoundError: where there is no such file.
    """
    return resources.files(package).joinpath(f"{name}.md").read_text(encoding="utf-8").strip()


def load_sections(package: str, name: str = "prose") -> list[tuple[str, str]]:
    """Return the sections of `load_prose` as (title, text), split at the `## ` headings."""
    parts = re.split(r"^## (.+)$", load_prose(package, name), flags=re.MULTILINE)
    return [(title.strip(), text.strip()) for title, text in zip(parts[1::2], parts[2::2], strict=True)]


def quote_text(text: str) -> str:
    """Return a text as Markdown that shows it letter by letter: names in a file may be anything."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
