"""What passes from Python to scripts that several subjects share. All numbers are finite."""

from typing import TypedDict


class LayerTitle(TypedDict):
    """A layer's name, what it is, and how many units its activation function has; 0 where there is none."""

    title: str
    about: str
    num_units: int


# Gradient, update ÷ weight, dead or saturated units, spread: None where there is none, a text for NaN and ∞.
LayerColumns = list[float | str | None]


class LayerFinding(TypedDict):
    """What keeps a layer from learning, 0 for the whole network, or that all is well."""

    layer: int
    is_well: bool
    text: str


class LayerMoment(TypedDict):
    """The layers in one step, after so many examples, and what is said of them."""

    step: int
    examples: int
    layers: list[LayerColumns]
    findings: list[LayerFinding]
