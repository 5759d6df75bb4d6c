"""What Python sends to the sketchpad's scripts, as JSON; a text of bytes is base64 (see `app.ui.packing`)."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class Absent(TypedDict):
    """There is no digit to read; `absent` says why."""

    absent: str


# ---- The pad


class NetworkAnswer(TypedDict):
    """One network's answer to a drawing: `digit` and `probabilities`, or a `message`.

    `classes` are the names of its ten classes where they are not the digits.
    """

    status: Literal["digit", "error"]
    key: str
    name: str
    digit: NotRequired[int]
    classes: NotRequired[list[str]]
    probabilities: NotRequired[list[float]]
    message: NotRequired[str]


class Agreement(TypedDict):
    """Whether several networks agree: the digit that all read, or None, and a sentence."""

    digit: int | None  # or of clothes the place among the classes
    text: str


class FoundAnswer(TypedDict):
    """One of several digits in an image, as the first network reads it."""

    box: list[float]  # left, top, width and height, in shares of the image's sides
    name: str  # what is read, or empty where it is refused
    probability: float | None
    note: str  # a doubt, or why it is refused; or empty
    image: str | None  # 784 bytes, what the network is given


class PadAnswer(TypedDict):
    """What the pad shows: a `message` alone, or the first network's answer and all that goes with it."""

    status: Literal["digit", "refused", "error"]
    message: NotRequired[str]
    digit: NotRequired[int]
    classes: NotRequired[list[str]]
    probabilities: NotRequired[list[float]]
    image: NotRequired[list[int]]  # 784 of 0 to 255, the network's input
    field: NotRequired[list[float] | None]  # x, y and side of its 28 × 28 pixels in pixels of the pad
    doubt: NotRequired[str | None]
    milliseconds: NotRequired[float]
    answers: NotRequired[list[NetworkAnswer]]
    agreement: NotRequired[Agreement | None]
    found: NotRequired[list[FoundAnswer]]  # of a refused image with several digits, in reading order


# ---- Preparation


class PreparationStep(TypedDict):
    """One step: what the drawing looks like, where its ink lies in the frame, and what is read there."""

    name: str
    title: str
    note: str
    side: int  # of `image`, in pixels
    image: str
    asked: str
    place: list[float]  # x, y, width and height of the ink's box, in sides of the frame
    center: list[float]  # x and y of the centre of mass, likewise
    digit: int | None
    confidence: str


class Mark(TypedDict):
    """Where one step lies on a gauge."""

    at: float
    is_beyond: bool
    text: str
    verdict: str
    is_like: bool


class GaugeView(TypedDict):
    """One measure: MNIST's range and a mark for each step, places as shares of the scale."""

    title: str
    range: list[float]  # the five percentiles
    range_text: str
    ends: list[str]
    marks: list[Mark]


class PreparationView(TypedDict):
    """All that the section "Preparation" shows."""

    steps: list[PreparationStep]
    gauges: list[GaugeView]
    doubt: str
    is_refused: bool
    summary: str
    likeness: str
    network: str


# ---- Why this digit


class ValueMap(TypedDict):
    """A map of 28 × 28 signed values: a byte each for its colours, and a float32 each to be read."""

    bytes: str
    values: str
    scale_text: str
    scale_title: str
    text: str


class MapsView(TypedDict):
    """The drawing with its gradient map and its occlusion map."""

    digit: int
    answer: int
    second: int
    verdict: str
    texts: list[str]
    titles: list[str]
    image: str
    ink: str
    gradient: ValueMap
    occlusion: ValueMap
    patch: int
    reading: str


class NeighbourView(TypedDict):
    """One training digit."""

    label: int
    index: int
    distance: str
    title: str
    pixels: str


class NearestView(TypedDict):
    """The training digits that look most alike to the network."""

    sentence: str
    compared: str
    digits: list[NeighbourView]


class EditView(TypedDict):
    """Where ink was added or erased."""

    row: int
    column: int
    adds: bool


class FrameView(TypedDict):
    """The input after some edits; `shares` and `texts` are of the answer, the wanted digit, all others."""

    image: str
    change: str
    edit: EditView | None
    read: int
    shares: list[float]
    texts: list[str]
    label: str


class ChangeView(TypedDict):
    """The edits of ink that turn the drawing into another digit for the network."""

    target: int
    answer: int
    is_reached: bool
    sentence: str
    image: str
    frames: list[FrameView]


# ---- My digits


class NetworkChoice(TypedDict):
    """A network that may be asked."""

    key: str
    label: str


class NetworkList(TypedDict):
    """The networks that a visitor may ask."""

    networks: list[NetworkChoice]


class RefusedDrawing(TypedDict):
    """A drawing that cannot be read: its place in the list that was sent, and why."""

    place: int
    message: str


class ScoreView(TypedDict):
    """How one network reads a visitor's digits."""

    right: int
    count: int
    score: str
    accuracy: str
    interval: str
    low: float
    high: float
    answers: list[int | None]  # to each drawing that came
    refused: list[RefusedDrawing]
    note: str
    meaning: str


class StartedRun(TypedDict):
    """A fine-tuning that has started, its owner's key, and a sentence on what it trains on."""

    id: str
    owner_key: str
    about: str


class RunProgress(TypedDict):
    """How a fine-tuning stands."""

    is_live: bool
    is_done: bool
    share: float  # of the steps done
    text: str
