"""What the training runs tab sends to its scripts, each kind as JSON text."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from app.ui.payloads import LayerMoment, LayerTitle

# ---- The list of runs and the chosen one


class RunList(TypedDict):
    """The value of the list: whose runs there are, oldest first, which is chosen, and which are ticked.

    It counts where its `serial` is another than the last one's. `keys` are the owner's keys of runs that this
    browser may change from now on, by their ids.
    """

    serial: int
    ids: list[str]
    focus: str
    ticked: NotRequired[list[str]]
    keys: NotRequired[dict[str, str]]


class RunCard(TypedDict):
    """All that the list and the heading show of a run.

    `name` is its owner's; `title` says what is trained on what; `label` and `about` are its row's two lines;
    `settings` are the hyperparameters in a line; at `epochs` and `num_steps` the axes end; with `epochs` and
    `learning_rate` the form begins that trains it on, where it `can_train_on`; `created` is in
    unix seconds; `checkpoint` is a path or ""; changing one that `has_owner` takes its owner's key; by its
    `mark` the browser says what it knows; `text` is the status in a few words; `share` is of the steps done;
    `details` say how it goes; `duration`, `validation` and `test` are texts, "" where there is nothing yet; a
    damaged run `is_live` where it waits or trains all the same; at `offset` of the events the next question
    begins.
    """

    id: str
    name: str
    title: str
    label: str
    about: str
    settings: str
    epochs: int
    learning_rate: float
    num_steps: int
    can_train_on: bool
    created: float
    checkpoint: str
    can_resume: bool
    has_owner: bool
    status: str
    mark: str
    text: str
    share: float
    details: str
    duration: str
    validation: str
    test: str
    is_live: NotRequired[bool]
    offset: NotRequired[int]


class StartedTraining(TypedDict):
    """The id of a run that has begun, and its owner's key."""

    id: str
    owner_key: str


class RunUpdate(TypedDict, total=False):
    """What has changed of a run's card; what has not is left out."""

    offset: int
    status: str
    mark: str
    text: str
    share: float
    duration: str
    validation: str
    can_resume: bool
    num_steps: int
    details: str


class Curves(TypedDict):
    """Rows of `STEP_COLUMNS` and of `EPOCH_COLUMNS`, and how many steps a row of the first is for at most."""

    steps: list[list[float | None]]
    epochs: list[list[float | None]]
    stretch: float


class Layers(TypedDict):
    """What was measured in the chosen run's layers: all of it, or what is told in addition to that.

    `absent` says why there is nothing; `titles` are empty where they are known.
    """

    is_whole: bool
    absent: str
    titles: list[LayerTitle]
    moments: list[LayerMoment]


class Look(TypedDict, total=False):
    """What is new of the runs that the page asks about; `view` is the chosen one's whole curves."""

    cards: list[RunCard]
    updates: dict[str, RunUpdate]
    gone: list[str]
    view: Curves
    news: Curves
    layers: Layers
    error: str


class Absent(TypedDict):
    """A sentence that says why a run has not got what is asked for."""

    id: str
    absent: str
    is_live: NotRequired[bool]


# ---- Results on the test images


class AnsweredImage(TypedDict):
    """A test image and what the network read it as; `pixels` are base64 of (28, 28) uint8."""

    index: int
    pixels: str
    shown: str
    answered: str
    confidence: str
    title: str
    link: str


class ClassResult(TypedDict):
    """How well one class is read: texts, and the share misread with its 95% interval."""

    accuracy: str
    misread: float
    low: float
    high: float
    text: str
    title: NotRequired[str]


class Results(TypedDict):
    """A run's results: its score in words, the confusion matrix by rows, the classes, the worst mistakes."""

    id: str
    title: str
    accuracy: str
    accuracy_title: str
    score: str
    meaning: str
    looks: str
    classes: tuple[str, ...]
    is_digits: bool
    matrix: list[list[int]]
    most: int
    per_class: list[ClassResult]
    mistakes: list[AnsweredImage]
    has_answers: bool


class ConfusionCell(TypedDict):
    """The images of one cell of the confusion matrix."""

    title: str
    text: str
    images: list[AnsweredImage]


# ---- Epochs


class SameEpochs(TypedDict):
    """Said where the browser has all epochs already."""

    id: str
    is_live: bool
    is_same: bool


class EpochLabel(TypedDict):
    """When weights were kept."""

    label: str
    step: int


class Epochs(TypedDict):
    """A run's first layer over the epochs: `frames` are base64 of (count, rows, columns) bytes."""

    id: str
    is_live: bool
    title: str
    epochs: list[EpochLabel]
    classes: tuple[str, ...]
    last_index: int
    layer: str
    count: int
    rows: int
    columns: int
    scale_text: str
    frames: list[str]


class EpochAnswer(TypedDict):
    """What the network answered after one epoch: a sentence, and each class's probability."""

    verdict: str
    shares: list[float]
    texts: list[str]
    titles: list[str]


class EpochAnswers(TypedDict):
    """What the network answered to one image after each epoch; `image` is base64 of (28, 28) uint8."""

    id: str
    image: str
    caption: str
    frames: list[EpochAnswer]


class UnitWeights(TypedDict):
    """One unit's weights after every epoch: base64 of (E, h, w) float32."""

    unit: int
    values: str


# ---- Comparison


class ComparedRun(TypedDict):
    """A run by the name that tells it apart from the others."""

    id: str
    label: str
    name: str
    about: str


class Quantity(TypedDict):
    """What the curves can show."""

    key: str
    title: str
    y_label: str
    log_y: bool
    by_epoch: bool


class TableCell(TypedDict):
    """A text, and what its column is sorted by."""

    text: str
    value: Any
    title: NotRequired[str]
    small: NotRequired[str]


class Table(TypedDict):
    """The settings that differ and the results, a row a run."""

    columns: list[str]
    rows: list[list[TableCell]]


class Score(TypedDict):
    """One seed's score and its place on the axis, 0 to 1."""

    text: str
    seed: int
    place: float
    title: str


class Measure(TypedDict):
    """Mean, standard deviation and single scores of runs that differ in their seed."""

    title: str
    text: str
    note: str
    mean: float
    band: list[float]
    scores: list[Score]


class SeedGroup(TypedDict):
    """Runs that differ in nothing but their seed."""

    label: str
    measures: list[Measure]


class Verdict(TypedDict):
    """Whether a lead is more than chance, and by what that is judged."""

    verdict: str
    detail: str


class Comparison(TypedDict):
    """Runs side by side; a curve's points are [step, epoch, seconds, value]."""

    runs: list[ComparedRun]
    is_live: bool
    hint: str
    quantities: list[Quantity]
    curves: dict[str, list[list[list[float]]]]
    table: Table
    groups: list[SeedGroup]
    verdicts: list[Verdict]
    seeds_matter: str
