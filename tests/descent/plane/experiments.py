"""Random experiments with a small network, for hypothesis."""

from hypothesis import strategies as st

from models.descent.optimizers import OPTIMIZERS
from models.descent.plane.network import ACTIVATIONS, FEATURES, INITIALISATIONS, NetworkConfig
from models.descent.plane.optimizers import SCHEDULES
from models.descent.plane.points import OWN, RULES, PointsConfig
from models.descent.plane.training import Experiment, TrainingConfig

own_points = st.lists(
    st.tuples(st.floats(-6, 6, width=32), st.floats(-6, 6, width=32), st.integers(0, 3)),
    min_size=2,
    max_size=9,
).filter(lambda points: len({label for *_, label in points}) > 1)
rates = st.floats(1e-4, 2)
point_configs = st.builds(
    PointsConfig,
    rule=st.sampled_from([*RULES]),
    count=st.integers(20, 60),
    noise=st.floats(0, 0.5),
    test_share=st.floats(0, 0.5),
    seed=st.integers(0, 9999),
) | st.builds(PointsConfig, rule=st.just(OWN), own=own_points.map(tuple), test_share=st.just(0.0))
network_configs = st.builds(
    NetworkConfig,
    inputs=st.lists(st.sampled_from([*FEATURES]), min_size=1, max_size=4, unique=True).map(tuple),
    hidden=st.lists(st.integers(1, 8), max_size=4).map(tuple),
    activation=st.sampled_from([*ACTIVATIONS]),
    initialisation=st.sampled_from([*INITIALISATIONS]),
    dropout=st.just(0.0) | st.floats(0.05, 0.8),
    batch_norm=st.booleans(),
)
training_configs = st.builds(
    TrainingConfig,
    optimizer=st.sampled_from([*OPTIMIZERS]),
    lr=rates,
    schedule=st.sampled_from([*SCHEDULES]),
    batch=st.integers(2, 60),
    epochs=st.integers(1, 8),
    l1=st.just(0.0) | st.floats(1e-4, 0.1),
    l2=st.just(0.0) | st.floats(1e-4, 0.1),
    seed=st.integers(0, 9999),
    switch_epoch=st.none() | st.just(0) | st.just(1),
    switch_lr=rates,
)
# Every loss that it trains on is finite, and its very last step makes the weights not a number.
OVERFLOWING = Experiment(
    PointsConfig(count=39, noise=0.0, test_share=0.0),
    NetworkConfig(("x", "y", "xx", "yy"), (1, 2), "linear", "xavier"),
    TrainingConfig(lr=1.0, batch=6, epochs=1, seed=1),
)
experiments = st.builds(Experiment, point_configs, network_configs, training_configs)
