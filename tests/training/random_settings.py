"""Values of the settings of a training, drawn at random from all that the table allows."""

from hypothesis import strategies as st


def draw_setting(setting):
    """Return a strategy that draws any value that a setting may have, but None."""
    if setting.kind is int:
        return st.integers(setting.lowest, setting.highest)
    if setting.kind is float:
        bounds = {"exclude_min": not setting.is_lowest_allowed, "allow_subnormal": False}
        return st.floats(setting.lowest, setting.highest, **bounds)
    if setting.kind is bool:
        return st.booleans()
    names = list(setting.choices)
    if setting.are_many:
        return st.sets(st.sampled_from(names)).map(lambda chosen: ",".join(n for n in names if n in chosen))
    return st.sampled_from(names)
