"""Training a run's weights on as a new run, as the chosen run's own form asks for it."""

from __future__ import annotations

from typing import Any

from app.runs.form import read_number, read_whole
from app.runs.payloads import StartedTraining
from models.runs.control import start_run
from models.runs.folder import find_run_folder
from models.runs.limits import narrow_settings, read_limits
from models.runs.owner import make_owner_key
from models.runs.start import find_start, plan_start


def start_training_on(run_id: Any, epochs: Any, learning_rate: Any, known: Any) -> StartedTraining:
    """Start a run that begins with the weights of another, with its settings but for two.

    To see a run is enough for that: the new run has an owner of its own, and the other one stays as it is.

    Args:
        run_id: The run to train on, unchecked.
        epochs: Of the new run, as it was typed.
        learning_rate: Of the new run, as it was typed.
        known: Ids of the visitor's runs, unchecked; they count against the limits.

    Raises:
        ValueError: If there is no such run, it has not ended or kept no weights, a number is none or out of
            range, or no run may start.
    """
    find_run_folder(run_id)  # a run's id alone: what else may be trained on has no form
    start = find_start(run_id)
    changes: dict[str, Any] = {
        "epochs": read_whole(epochs, "The number of epochs"),
        "learning_rate": read_number(learning_rate, "The learning rate"),
    }
    settings = narrow_settings(read_limits())
    for name, value in changes.items():
        settings[name].check(value)
    config = plan_start(start, **changes)
    owner_key = make_owner_key()
    own_runs = known if isinstance(known, list) else []
    return {
        "id": start_run(config, own_runs=own_runs, files=start.files, owner_key=owner_key),
        "owner_key": owner_key,
    }
