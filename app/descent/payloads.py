"""What passes between Python and the tab's scripts. All numbers are finite."""

from typing import Any, Literal, TypedDict

Range = tuple[float, float]


class OptimizerPath(TypedDict):
    """One optimizer of a race.

    Attributes:
        slot: 0 to 3, for colour and shape.
        name: what it is called.
        detail: its step size in words.
        path: the point [x, y] after k steps, k = 0, 1, …; shorter than `num_steps + 1` where it stopped.
        losses: the loss at each.
        gradients: the gradient's length at each, None where it is out of range.
        weights: the weights at each, or None where they are the path's coordinates (on a curve: its x).
        ending: why it stopped, or "".
    """

    slot: int
    name: str
    detail: str
    path: list[list[float]]
    losses: list[float]
    gradients: list[float | None]
    weights: list[list[float]] | None
    ending: str


class Shades(TypedDict):
    """A grid of bytes, 0 the lowest loss; the outermost grid points lie on the frame.

    Attributes:
        bytes: base64 of one byte a grid point, row by row from the bottom.
    """

    rows: int
    columns: int
    bytes: str


class ContourLine(TypedDict):
    """A line of equal loss, in pieces `[x0, y0, x1, y1, …]`."""

    level: float
    pieces: list[list[float]]


class Contours(TypedDict):
    """The loss over two weights."""

    lines: list[ContourLine]
    shades: Shades


class Frame(TypedDict):
    """What any landscape has.

    Attributes:
        label: describes it for screen readers; ends in a full stop.
        minima: those to mark, each [x, y].
    """

    label: str
    x_label: str
    y_label: str
    x_range: Range
    y_range: Range
    minima: list[Any]


class ContourLandscape(Frame, Contours):
    """The loss over two weights; `valley` holds two points of the line of all minimisers, or is None."""

    kind: Literal["contours"]
    valley: list[list[float]] | None


class CurveLandscape(Frame):
    """The loss along one direction: `curve` holds points [x, y] in ascending x."""

    kind: Literal["curve"]
    curve: list[list[float]]


class DataPoints(TypedDict):
    """The points of a line fit, where a path's point is (slope, intercept)."""

    points: list[list[float]]
    x_label: str
    y_label: str
    x_range: list[int]
    y_range: list[int]


class RacePayload(TypedDict):
    """A race for the player.

    Attributes:
        num_steps: how far the scrubber goes.
        landscape: contours, or a curve.
        optimizers: one to four.
        chart: a value of `build_chart` with roles `series1` to `series4` and x the number of steps taken.
        data: of a line fit, else None.
    """

    num_steps: int
    landscape: ContourLandscape | CurveLandscape
    optimizers: list[OptimizerPath]
    chart: dict[str, Any]
    data: DataPoints | None


class RulerHandle(TypedDict):
    """One optimizer's step size.

    Attributes:
        slot: 0 to 3, for colour and shape.
        lr: where the handle stands.
        lr_best: the step size that comes down fastest, or None where there is none.
        lr_max: the one from which the optimizer no longer comes down, or None.
        where: where these two hold, such as "near the minimum (1, 1)", or "".
        note: one line of plain text, best under 100 characters.
    """

    slot: int
    name: str
    lr: float
    lr_best: float | None
    lr_max: float | None
    where: str
    note: str


class RulerPayload(TypedDict):
    """The ruler: its axis from the lowest to the highest step size, and one to four handles."""

    range: list[float]
    handles: list[RulerHandle]


class Answer(TypedDict, total=False):
    """An answer to the player, which hands it to the components that listen to it.

    Attributes:
        race: to be shown; left out where the last one stays.
        ruler: likewise.
        status: how the race went, in a few sentences.
        errors: what is wrong, by the field that it is said at.
        error: what is wrong and has no field, or "".
        moved: fields that were moved by hand and what they are to hold; None for one whose control counts.
    """

    race: RacePayload
    ruler: RulerPayload
    status: str
    errors: dict[str, str]
    error: str
    moved: dict[str, Any]


class Filling(TypedDict):
    """What fields are to hold, unless someone wrote in them after the question was sent.

    Attributes:
        sent: the number of edits on the page when the question was sent.
        fields: values by field.
    """

    sent: int
    fields: dict[str, Any]
