"""What the builder of networks sends to its script, as JSON."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class SettingView(TypedDict):
    """What one setting of a layer may be; at `default` it is left out of the layer.

    Where it `is_optional`, an empty field is PyTorch's own choice. `step` is what the arrow keys do.
    """

    name: str
    type: Literal["whole", "number", "switch"]
    default: int | float | bool | None
    low: float
    high: float
    step: float
    by_doubling: bool
    is_optional: bool


class KindView(TypedDict):
    """A kind of layer: where it stands among the others, what it does, and the layer that it begins as."""

    name: str
    group: str
    summary: str
    settings: list[SettingView]
    fresh: dict[str, Any]


class GivenView(TypedDict):
    """A given network that one of one's own can begin from."""

    name: str
    title: str


class RepairView(TypedDict):
    """A list of layers that mends a problem, and what is done, for a button."""

    label: str
    layers: list[dict[str, Any]]


class RowView(TypedDict):
    """A layer's row; `sizes`, `parameters` and `multiply_adds` are empty or None where nothing fits yet."""

    sizes: list[int]
    parameters: int | None
    multiply_adds: int | None
    problem: str
    repairs: list[RepairView]
    remarks: list[str]
    body: list[RowView]


class NetworkView(TypedDict):
    """All that is shown of a network.

    `problem` and `repairs` are of the list as a whole, `name_problem` of its name; `text` is the list as
    Python or JSON, `link` the parameter of a link to it.
    """

    name: str
    layers: list[dict[str, Any]]
    rows: list[RowView]
    problem: str
    repairs: list[RepairView]
    remarks: list[str]
    name_problem: str
    parameters: int
    multiply_adds: int
    activations: int
    text: str
    link: str
