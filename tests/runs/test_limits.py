"""The limits of runs, as the environment sets them."""

import pytest

from models.runs.limits import read_limits


def test_limits_follow_the_environment_at_once(monkeypatch):
    assert (read_limits().max_epochs, read_limits().max_minutes) == (20, 60)
    monkeypatch.setenv("GLASSBOX_MAX_EPOCHS", "5")
    monkeypatch.setenv("GLASSBOX_MAX_RUNS", "7")
    assert (read_limits().max_epochs, read_limits().max_training) == (5, 7)


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "101", "²"])
def test_impossible_limit_names_its_variable(monkeypatch, value):
    monkeypatch.setenv("GLASSBOX_MAX_EPOCHS", value)
    with pytest.raises(ValueError, match="GLASSBOX_MAX_EPOCHS is .*1 to 100"):
        read_limits()
