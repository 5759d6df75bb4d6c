"""What the microscope sends to its components' scripts. Probabilities lie in [0, 1]."""

from typing import Any, TypedDict


class Absent(TypedDict):
    """Why there is nothing to see."""

    absent: str


class Digit(TypedDict):
    """The image: base64 of 784 bytes, row by row, 255 for full ink."""

    pixels: str
    caption: str


class Mask(TypedDict):
    """A layer's mask: `tiles` of `rows` × `columns` features, `per_row` of them side by side.

    Attributes:
        kept: one character a feature, "1" if it is kept, tile by tile and in each row by row.
    """

    title: str
    text: str
    kept: str
    tiles: int
    rows: int
    columns: int
    per_row: int


class Answer(TypedDict):
    """A digit's probability in training mode, None where that is not at work, and in evaluation mode."""

    digit: int
    trained: float | None
    trained_text: str
    evaluated: float
    evaluated_text: str
    title: str


class SpreadAnswer(Answer):
    """The same, and the probability with each of many masks: `dots`, and their quantiles."""

    dots: list[float]
    low: float
    median: float
    high: float


class Spread(TypedDict):
    """Dropout at work: `verdict` stands above the answers, `text` beneath."""

    digit: Digit
    mask: Mask
    verdict: str
    rows: list[SpreadAnswer]
    text: str


class Norm(TypedDict):
    """Batch norm at work.

    Attributes:
        channel: the one that is marked in the charts.
        means, variances: by channel, each a value of `build_chart`.
        lines: the channel's arithmetic.
        verdict, text: above and beneath the answers.
    """

    channel: int
    means: dict[str, Any]
    variances: dict[str, Any]
    lines: list[str]
    verdict: str
    rows: list[Answer]
    text: str


class Pictures(TypedDict):
    """An answer to the controls: of a picture that is None the last one stays, and is old.

    Attributes:
        errors: what is wrong, by the field that it is said at.
        error: what is wrong and has no field, or "".
        is_missing: whether that is no mistake, but something that the visitor has not given yet.
    """

    spread: Spread | Absent | None
    norm: Norm | Absent | None
    errors: dict[str, str]
    error: str
    is_missing: bool
