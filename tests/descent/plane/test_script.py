"""The small network's script is executed: it ends in the weights that the page shows, bit for bit."""

import matplotlib
import torch
from hypothesis import HealthCheck, given, settings

from app.descent.plane.link import write_query
from app.descent.plane.script import write_plane_notebook, write_plane_script
from app.descent.plane.settings import PlaneSettings, make_experiment
from models.descent.plane.training import list_epochs, reach
from tests.descent.plane.random_settings import plane_settings

matplotlib.use("Agg")


def run_script(script):
    """Run a script as a program would; return its names, and put back what it set."""
    threads, randomness = torch.get_num_threads(), torch.get_rng_state()
    names = {}
    try:
        exec(compile(script, "script", "exec"), names)
    finally:
        torch.set_num_threads(threads)
        torch.set_rng_state(randomness)
        names["plt"].close("all")
    return names


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plane_settings())
def test_the_script_ends_in_the_same_weights(drawn):
    experiment = make_experiment(drawn)
    state = reach(experiment, len(list_epochs(drawn.epochs)) - 1)
    network = run_script(write_plane_script(experiment))["network"]
    assert list(network.state_dict()) == list(state.weights)
    for name, weight in network.state_dict().items():
        assert torch.equal(weight.nan_to_num(), state.weights[name].nan_to_num()), name


def test_the_notebook_holds_the_script_of_its_link():
    link = f"https://glassbox.example/?tab=descent&bench=network&{write_query(PlaneSettings(hidden=(3,)))}"
    assert "nn.Linear(2, 3)" in write_plane_notebook(link)
