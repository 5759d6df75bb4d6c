"""What passes between Python and the script of the perceptron's graph."""

from typing import TypedDict


class PerceptronStep(TypedDict):
    """A step of the way back; the first is the way forward.

    Attributes:
        title: what it does.
        html: the same in words and formulas, with the numbers put in.
        found: the nodes whose gradients it finds, by their names.
        used: what it takes for that, such as "a.value" and "z.gradient".
    """

    title: str
    html: str
    found: list[str]
    used: list[str]


class PerceptronAnswer(TypedDict, total=False):
    """What the graph shows; without a figure it goes on showing what it has.

    Attributes:
        figure: the graph as SVG.
        steps: of the way through it.
        verdict: what autograd says of the gradients, as HTML.
        link: the query of an address that shows the same.
        errors: what is wrong, by the field in which it stands.
    """

    figure: str
    steps: list[PerceptronStep]
    verdict: str
    link: str
    errors: dict[str, str]
