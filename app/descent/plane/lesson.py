"""The sections below the small network: its boundary, overfitting, and how weights begin."""

from app.ui.components.prose import build_prose_sections
from app.ui.prose import load_sections

# They say what the exercises "linear-layers" and "zero-weights" ask.
_ANSWERS = ("What does a hidden unit do?", "How should weights begin?")


def build_plane_lesson() -> None:
    """Build the sections inside the current column."""
    build_prose_sections(load_sections("app.descent.plane"), answers=_ANSWERS)
