"""What passes between Python and the scripts of the plane's bench. All numbers are finite."""

from typing import Any, Literal, TypedDict

from app.ui.payloads import LayerMoment, LayerTitle

Slot = Literal["a", "b"]  # the network that the controls describe, and the one kept beside it


class PlanePoints(TypedDict):
    """The points, one entry a point in each list.

    Attributes:
        labels: the class, from 0, or the value.
        is_test: whether the training leaves it out.
    """

    x: list[float]
    y: list[float]
    labels: list[float]
    is_test: list[bool]


class PlaneNetwork(TypedDict):
    """A network whose training follows.

    Attributes:
        title: what tells it from the other one, in a few words.
        inputs: what each input is called: "x", "x²".
        input_maps: base64 of a byte a place, each input over the plane, side × side row by row from the top;
            1 to 255 stand for −scale to scale, with 0 at 128.
        input_scales: what 255 stands for in each.
        activation: of the hidden units, as it is called.
        layers: the units of each layer, the output's last.
        side: places along either axis of a unit's map.
        surface_side: those of the surface.
        branch: epochs after which it goes on at another learning rate; None where it does not.
    """

    slot: Slot
    title: str
    inputs: list[str]
    input_maps: str
    input_scales: list[float]
    activation: str
    layers: list[int]
    side: int
    surface_side: int
    branch: int | None


class PlaneMoment(TypedDict):
    """A network at a moment of its training.

    Attributes:
        epoch: epochs done.
        weights: base64 of little-endian float32: layer by layer its weights (units × inputs, unit by unit)
            and then its biases.
        maps: base64 of a byte a place, each unit over the plane as `input_maps` of `PlaneNetwork`, layer by
            layer; of the output its sums.
        scales: what 255 stands for in each unit's map; at least 1.
        surface: base64 of a byte a place, surface_side² row by row from the top. Of two classes the
            probability of class 1 (0 to 255); of more the most probable class, and after all of these its
            probability; of values −1 to 1, as 1 to 255 with 0 at 128.
        losses: on the points of the training and of testing; None where there are none, or it is not finite.
        accuracies: likewise; None for values too.
    """

    epoch: int
    weights: str
    maps: str
    scales: list[float]
    surface: str
    losses: list[float | None]
    accuracies: list[float | None]


class PlaneAnswer(TypedDict, total=False):
    """An answer to the controls; whatever is not named stays as it is.

    Attributes:
        asked: the number of the question, as the page counts.
        kind: two classes, more, or values.
        points: with the first moments.
        epochs: the epochs done at each moment that there will be.
        networks: with the first moments: one or two.
        first: the place among `epochs` of the first moment that is sent.
        moments: of each network, from there on: as many of one as of the other.
        is_done: whether these are the last.
        status: what came of it so far, in a sentence or two.
        link: the query that brings these settings back.
        beside: the settings of the network kept beside, as a query; "" for none.
        errors: mistakes by field.
        error: a mistake of no field.
    """

    asked: int
    kind: Literal["two", "classes", "values"]
    points: PlanePoints
    epochs: list[int]
    networks: list[PlaneNetwork]
    first: int
    moments: list[list[PlaneMoment]]
    is_done: bool
    status: str
    link: str
    beside: str
    errors: dict[str, str]
    error: str


class PlaneSum(TypedDict):
    """How a unit comes to its number at a place; each number as it is written.

    Attributes:
        names: what each input of the unit is called.
        inputs: their numbers.
        weights: what each is multiplied with.
        bias: what is added.
        total: the sum.
        normalised: what batch norm makes of it, or "".
        activation: what is applied then: "tanh", "sigmoid", "softmax", or "" for none.
        given: what comes out.
    """

    names: list[str]
    inputs: list[str]
    weights: list[str]
    bias: str
    total: str
    normalised: str
    activation: str
    given: str


class PlaneRates(TypedDict, total=False):
    """How far a search for a learning rate is; with `error` it is over.

    Attributes:
        chart: the losses over the rates, as `build_chart` takes it.
        said: what came of it so far, in sentences with `**` around what is bold.
        rate: what is suggested, once it is done; None for nothing.
        is_done: whether all seeds were swept, or all rates tried.
        error: what is wrong with the settings.
    """

    chart: dict[str, Any]
    said: str
    rate: float | None
    is_done: bool
    error: str


class PlaneLayers(TypedDict, total=False):
    """What the layers of one network, or two, go through in the step that would be taken at each moment.

    Attributes:
        titles: of each network's layers, with the first moments.
        first: the place of the first moment that is sent.
        moments: of each network, from there on: as many of one as of the other.
        is_done: whether these are the last.
    """

    titles: list[list[LayerTitle]]
    first: int
    moments: list[list[LayerMoment]]
    is_done: bool


class PlaneDepthCurve(TypedDict):
    """A fresh network of so many hidden layers: each layer's number, None where it is not finite."""

    depth: int
    spreads: list[float | None]
    gradients: list[float | None]


class PlaneDepthCell(TypedDict):
    """An activation with an initialisation.

    Attributes:
        link: the query that sets the bench to it, with as many hidden layers as the bench can have.
    """

    activation: str
    initialisation: str
    link: str
    curves: list[PlaneDepthCurve]


class PlaneDepths(TypedDict):
    """How far numbers get through deep networks: one row an activation, one cell an initialisation."""

    initialisations: list[str]
    rows: list[list[PlaneDepthCell]]
