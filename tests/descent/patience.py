"""Time for every race, also on a slow machine."""

import pytest

import app.descent.race


@pytest.fixture(scope="module", autouse=True)
def unhurried():
    """Give slow machines the time to finish every race."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.descent.race, "TIME_LIMIT_SECONDS", 240.0)
        yield
