"""What passes between Python and the script of a network's layers. All numbers are finite."""

from typing import NotRequired, TypedDict


class Unit(TypedDict):
    """A number of a layer: 0 for row and column where the layer has no maps."""

    layer: str
    channel: int
    row: int
    column: int


class Slices(TypedDict):
    """Weights: `count` slices of `rows` × `columns`.

    Attributes:
        scale_text: the largest absolute value.
        bytes: base64 of one byte a weight, slice by slice, 1 to 255 for −scale to scale.
    """

    count: int
    rows: int
    columns: int
    scale_text: str
    bytes: str


class Detail(TypedDict):
    """What is shown of a unit that is pointed at.

    Attributes:
        weights: those that made it; None where the layer has none.
        note: what they are.
        values: where asked for, base64 of all the layer's numbers as float32.
    """

    layer: str
    channel: int
    weights: Slices | None
    note: str
    values: NotRequired[str]


class Spans(TypedDict):
    """The first and the last pixel that each row and each column of units sees."""

    rows: list[tuple[int, int]]
    columns: list[tuple[int, int]]


class Layer(TypedDict):
    """A layer: `count` maps of `rows` × `columns` numbers, 1 × 1 for a vector.

    Attributes:
        name: with dots: "features.0".
        kind: the name of its class.
        title: the layer with its settings.
        note: what it did here, in a line.
        scale: the largest absolute value.
        signed: whether there are numbers below 0.
        has_maps: whether its numbers are shown.
        folded: whether they are hidden behind a button at first, and asked for when it is pressed.
        bytes: base64 of one byte a number, map by map: 0 to 255 for 0 to `scale` or, where `signed`, 1 to
            255 for −scale to scale; None without maps and where folded.
        sees: None where every unit sees the whole image.
        strongest: channel, row and column of the number with the largest absolute value.
        openable: whether a click on a map opens it elsewhere.
        filters: one slice a map, of a convolution that reads the image itself.
        is_answer: whether its numbers are the logits.
    """

    name: str
    kind: str
    title: str
    shape: str
    note: str
    scale: float
    scale_text: str
    signed: bool
    count: int
    rows: int
    columns: int
    is_vector: bool
    has_maps: bool
    folded: bool
    bytes: str | None
    sees: Spans | None
    strongest: list[int]
    openable: bool
    filters: Slices | None
    is_answer: bool


class Bar(TypedDict):
    """A digit's logit and probability in words, and the probability from 0 to 1, 0 where it is no number."""

    digit: int
    logit: str
    probability: str
    share: float
    is_largest: bool


class Network(TypedDict):
    """A network with an image in it.

    Attributes:
        key, version, image: sent back with every question about a unit: the checkpoint, the state of its
            file, and base64 of the image as float32.
        digit: base64 of the image's 28 × 28 bytes.
        caption: what the image is, and what it is read as.
        chosen: the unit whose `detail` is shown.
        verdict: a sentence.
    """

    key: str
    version: str
    image: str
    digit: str
    caption: str
    layers: list[Layer]
    chosen: Unit
    detail: Detail
    verdict: str
    bars: list[Bar]


class Mistake(TypedDict):
    """Why a request cannot be answered: a mistake, or something that the visitor has not given yet.

    Attributes:
        errors: what is wrong, by the field that it is said at.
        error: what is wrong and has no field, or "".
    """

    errors: NotRequired[dict[str, str]]
    error: str
    is_missing: NotRequired[bool]
