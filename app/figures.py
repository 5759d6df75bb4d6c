"""Arrays → matplotlib figures, for what stands still; what moves is drawn by our own components.

matplotlib takes more than a second to import, so it is imported by the function that draws.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# A colour that no figure uses, to be replaced by the text colour of the page around the figure.
_TEXT_COLOUR = "#010203"
_ORANGE = "#d55e00"


def draw_confusion(confusion: np.ndarray) -> Figure:
    """Draw a confusion matrix: one cell for each pair of digit shown and answer given.

    The diagonal, what was read correctly, is left pale, so that the colour shows the mistakes.

    Args:
        confusion: (10, 10) counts; row = the digit shown, column = the answer.
    """
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

    mistakes = confusion.astype(float)
    np.fill_diagonal(mistakes, 0)
    fade_to_orange = LinearSegmentedColormap.from_list("mistakes", [f"{_ORANGE}00", f"{_ORANGE}bf"])
    figure = Figure(figsize=(5.4, 5.2), layout="constrained")
    axes = figure.subplots()
    axes.imshow(mistakes, cmap=fade_to_orange, vmin=0, vmax=max(1, mistakes.max()))
    for row, column in np.ndindex(confusion.shape):
        count = confusion[row, column]
        if not count:
            continue
        axes.text(
            column, row, f"{count}", ha="center", va="center", fontsize=9, color=_TEXT_COLOUR,
            fontweight="bold" if row == column else "normal",
        )  # fmt: skip
    axes.set_xlabel("answer", color=_TEXT_COLOUR)
    axes.set_ylabel("digit shown", color=_TEXT_COLOUR)
    axes.set_xticks(range(10))
    axes.set_yticks(range(10))
    axes.tick_params(colors=_TEXT_COLOUR, length=0)
    axes.spines[:].set_visible(False)
    return figure


def render_svg(figure: Figure, description: str) -> str:
    """Render a figure as inline SVG with a clear ground and the text colour of the page around it.

    Args:
        figure: A figure whose text is in the stand-in text colour.
        description: What it shows, for screen readers.
    """
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "font.family": "sans-serif", "svg.hashsalt": "glassbox"}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].replace(_TEXT_COLOUR, "currentColor")
    return svg.replace("<svg", f'<svg role="img" aria-label="{description}" class="gb-figure"', 1)
