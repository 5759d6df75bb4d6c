"""Prepared experiments with the small network, each with what to look at; their tests train them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.descent.plane.link import write_query
from app.descent.plane.settings import read_experiment
from models.descent.plane.network import NetworkConfig
from models.descent.plane.points import PointsConfig
from models.descent.plane.training import Experiment, TrainingConfig


@dataclass(frozen=True)
class Example:
    """A prepared experiment.

    Attributes:
        title: as it stands in the list.
        look: a sentence that says what to look at.
        experiment: the network that the controls describe.
        beside: the one kept beside it, with the same points and epochs; None for no other.
    """

    title: str
    look: str
    experiment: Experiment
    beside: Experiment | None = None


def _change(experiment: Experiment, **changes: object) -> Experiment:
    """Return the experiment with another network."""
    return replace(experiment, network=replace(experiment.network, **changes))  # type: ignore[arg-type]


def _train(experiment: Experiment, **changes: object) -> Experiment:
    """Return the experiment with another training."""
    return replace(experiment, training=replace(experiment.training, **changes))  # type: ignore[arg-type]


_XOR = Experiment(PointsConfig(rule="xor"), NetworkConfig(hidden=(4,)), TrainingConfig(epochs=200))
_XOR_LINE = _change(_XOR, hidden=())
_CIRCLE = Experiment(PointsConfig(), NetworkConfig(), TrainingConfig(epochs=200))
_DEEP = _change(_CIRCLE, hidden=(8,) * 6)
_DEEP_SIGMOID = _change(_DEEP, activation="sigmoid")
_RELU = _train(_change(_CIRCLE, activation="relu"), epochs=100)
# Twenty points to learn from, as many to test with.
_OVERFITTED = Experiment(
    PointsConfig(rule="moons", count=40, noise=0.3),
    NetworkConfig(hidden=(8,) * 6, activation="relu"),
    TrainingConfig(optimizer="adam", lr=0.01, epochs=1000),
)

EXAMPLES = {
    "xor": Example(
        "Xor needs a hidden layer",
        "With no hidden layer the boundary stays a straight line and about half of the points are wrong; "
        "four hidden units bend it.",
        _XOR,
        _XOR_LINE,
    ),
    "xy": Example(
        "What xy as an input changes",
        "Given the product xy, a network without hidden layers separates xor; given x and y alone it cannot.",
        _change(_XOR_LINE, inputs=("x", "y", "xy")),
        _XOR_LINE,
    ),
    "three": Example(
        "Three classes with softmax",
        "Three outputs share the plane between them: the borders are straight, for there is no hidden layer.",
        Experiment(PointsConfig(rule="three"), NetworkConfig(hidden=()), TrainingConfig(epochs=200)),
    ),
    "spirals": Example(
        "Two spirals",
        "Three layers of eight ReLUs follow both spirals, for the points of testing too.",
        Experiment(
            PointsConfig(rule="spirals"),
            NetworkConfig(hidden=(8, 8, 8), activation="relu"),
            TrainingConfig(optimizer="adam", lr=0.01),
        ),
    ),
    "overfitting": Example(
        "Overfitting",
        "Six layers learn twenty noisy points by heart: the training loss goes to 0 while the test loss, "
        "after its lowest value, rises.",
        _OVERFITTED,
    ),
    "l2": Example(
        "Overfitting, held back by L2",
        "With a small penalty on the squares of the weights, the test loss ends lower than without.",
        _train(_OVERFITTED, l2=0.003),
        _OVERFITTED,
    ),
    "dropout": Example(
        "Overfitting, held back by dropout",
        "With a fifth of the units' outputs dropped at each step, the training loss stays above 0, "
        "and the test loss ends lower than without.",
        _change(_OVERFITTED, dropout=0.2),
        _OVERFITTED,
    ),
    "early": Example(
        "Early stopping",
        "The test loss is lowest in the first fifth of the training: the mark on the chart says where.",
        _OVERFITTED,
    ),
    "dead": Example(
        "Dead ReLUs",
        "At η = 20 the units of the last hidden layer give 0 everywhere, and have no gradient that could "
        "bring them back; at η = 0.1 the same network learns.",
        _train(_RELU, lr=20.0),
        _RELU,
    ),
    "zeros": Example(
        "All weights begin at zero",
        "Weights that begin at zero stay there: each unit gives 0, and every place gets about one half.",
        _change(_CIRCLE, initialisation="zeros"),
        _CIRCLE,
    ),
    "large": Example(
        "Weights that begin too large",
        "Large weights put each tanh near −1 or 1, where it is flat: the network learns far less than the "
        "one that begins with Xavier's weights.",
        _change(_CIRCLE, initialisation="large"),
        _change(_CIRCLE, initialisation="xavier"),
    ),
    "vanishing": Example(
        "A gradient that vanishes",
        "Through six layers of sigmoids hardly any gradient reaches the first: nothing is learned, while six "
        "layers of tanh learn.",
        _DEEP_SIGMOID,
        _DEEP,
    ),
    "batch_norm": Example(
        "Batch norm brings the gradient back",
        "The same six layers of sigmoids learn once their sums are normalised.",
        _change(_DEEP_SIGMOID, batch_norm=True),
        _DEEP_SIGMOID,
    ),
    "nan": Example(
        "A loss that is not a number",
        "A learning rate far too large makes the weights grow at each step, until the loss is no finite "
        "number and the training ends.",
        Experiment(
            PointsConfig(rule="hills"),
            NetworkConfig(inputs=("x", "y", "xx", "yy"), hidden=(8,), activation="linear"),
            TrainingConfig(lr=1.0, epochs=20),
        ),
    ),
}


def write_example(key: str) -> str:
    """Write an example as the query of a link, with the network beside it: `rule=xor&hidden=4…`.

    Raises:
        ValueError: where there is no such example.
    """
    if key not in EXAMPLES:
        raise ValueError(f"There is no example {key!r:.40}: choose one of {', '.join(EXAMPLES)}.")
    example = EXAMPLES[key]
    beside = None if example.beside is None else read_experiment(example.beside)
    return write_query(read_experiment(example.experiment), beside)
