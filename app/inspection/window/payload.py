"""What the window sends to its components' scripts."""

from typing import Literal, NotRequired, TypedDict

Rows = list[list[float]]


class Panel(TypedDict):
    """A pixel grid, as `build_grids` draws it."""

    id: str
    title: str
    note: str
    scale: Literal["ink", "signed"]
    max: float
    values: Rows
    ring: NotRequired[list[int]]  # empty cells around it: top, right, bottom, left
    small: NotRequired[bool]  # with the numbers in its cells


class Sum(TypedDict):
    """What an input channel, or all that are not named, adds to the result."""

    label: str
    values: Rows


class Link(TypedDict):
    """How the panels hang together."""

    kind: str
    size: int
    stride: int
    padding: int
    dilation: int
    bias: float
    outputs: list[str]
    sums: NotRequired[list[Sum]]
    looked: NotRequired[str]
    winners: NotRequired[list[list[list[int]]]]


class View(TypedDict):
    """A whole result."""

    panels: list[Panel]
    link: Link


class Answer(TypedDict, total=False):
    """An answer to the controls: without a view, the last one stays.

    Attributes:
        view: the result.
        missing: what the visitor has to give before there is one.
        status: what comes out, in a sentence or two.
        errors: what is wrong, by the field that it is said at.
        error: what is wrong and has no field, or "".
    """

    view: View
    missing: str
    status: str
    errors: dict[str, str]
    error: str
