"""Random settings of the small network, and whatever else may be sent, for hypothesis."""

from hypothesis import strategies as st

from app.descent.plane.setting_kinds import Choices, MaybeWhole, OwnPoints, Switch, WholeNumbers
from app.descent.plane.settings import PlaneSettings, list_settings
from app.descent.setting_kinds import Choice, Number, WholeNumber

_places = st.integers(-600, 600).map(lambda hundredths: hundredths / 100)
_own_points = st.lists(st.tuples(_places, _places, st.integers(0, 3)), min_size=4, max_size=12).filter(
    lambda points: min(sum(label == one for *_, label in points) for one in (0, 1)) > 1
)
# Whatever a browser may send.
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2000) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def values_of(setting):
    """Return a strategy for the values of a setting, by its kind and its range."""
    match setting:
        case Choices():
            return st.lists(st.sampled_from(list(setting.titles)), min_size=1, unique=True).map(
                lambda names: tuple(name for name in setting.titles if name in names)
            )
        case Choice():
            return st.sampled_from(list(setting.titles))
        case Switch():
            return st.booleans()
        case WholeNumbers():
            return st.lists(st.integers(setting.low, setting.high), max_size=setting.most).map(tuple)
        case WholeNumber():
            return st.integers(setting.low, setting.high)
        case MaybeWhole():
            return st.none() | st.integers(setting.low, setting.high)
        case Number():
            return st.floats(setting.low, min(setting.high, 2), exclude_min=not setting.is_low_allowed)
        case OwnPoints():
            return _own_points.map(tuple)


@st.composite
def plane_settings(draw, table=PlaneSettings, **bounds):
    """Draw settings that can be trained quickly; `bounds` are strategies in place of a setting's own."""
    strategies = {name: values_of(setting) for name, setting in list_settings(table).items()}
    strategies |= {"epochs": st.integers(2, 4), "batch": st.integers(2, 60), "count": st.integers(20, 60)}
    strategies |= {"switch_epoch": st.none() | st.integers(0, 2), "test_share": st.floats(0, 0.5)}
    strategies |= {"lr": st.floats(1e-3, 1), "switch_lr": st.floats(1e-3, 1)}
    return table(**{name: draw(strategy) for name, strategy in (strategies | bounds).items()})
