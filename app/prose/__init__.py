"""What learners read: one Markdown file per subject, formulas in LaTeX between dollar signs."""

import re
from importlib import resources

# For gr.Markdown: which dollar signs hold a formula.
LATEX_DELIMITERS: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]


def load_prose(name: str) -> str:
    """Return the text of `app/prose/<name>.md`.

    Raises:
        FileNotFoundError: where there is no such file.
    """
    return resources.files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8").strip()


def load_sections(name: str) -> list[tuple[str, str]]:
    """Return the sections of `app/prose/<name>.md` as (title, text), split at the `## ` headings."""
    parts = re.split(r"^## (.+)$", load_prose(name), flags=re.MULTILINE)
    return [(title.strip(), text.strip()) for title, text in zip(parts[1::2], parts[2::2], strict=True)]
