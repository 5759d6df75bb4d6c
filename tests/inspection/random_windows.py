"""Settings of the window, drawn at random from their table."""

from hypothesis import strategies as st

from app.inspection.window.setting import list_settings
from app.inspection.window.settings import WindowSettings


def draw_settings(table=WindowSettings, **chosen):
    """Draw every setting within its bounds; a choice among what there is stays as it opens, as do texts.

    Args:
        table: The settings to draw.
        **chosen: Strategies for those that are to be drawn in another way.
    """
    return st.builds(table, **{name: _draw(each) for name, each in list_settings(table).items()} | chosen)


def _draw(setting):
    if setting.choices:
        return st.sampled_from(list(setting.choices))
    return {
        "whole": st.integers(setting.low, setting.high),
        "number": st.floats(-9, 9),
        "flag": st.booleans(),
    }.get(setting.kind, st.just(setting.default))
