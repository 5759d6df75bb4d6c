"""The button by which a stage, a table or an answer goes into the visitor's report."""

from html import escape


def write_card_button(kind: str, title: str = "") -> str:
    """Return the button's HTML, for a component's template or a `gr.HTML` of its own.

    The report's script adds the pictures, tables and settings of the place around the button: of the nearest
    element around it that bears `data-card`, or else that has a picture or a table.

    Args:
        kind: One of the kinds of `app.report.card`.
        title: The card's; where it is empty, the nearest heading's text.
    """
    return (
        f'<button type="button" class="gb-card-button" data-kind="{escape(kind)}" '
        f'data-title="{escape(title)}">Add to my report</button>'
    )
