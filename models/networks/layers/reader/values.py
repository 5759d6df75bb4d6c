"""What the expressions of a text stand for, beside numbers, texts and lists of them."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.networks.layers.examination import INPUT_SHAPE
from models.networks.layers.kind import Layers, Shape

_MAX_SNIPPET = 60
_MAX_NUMBER = 10**9
_MAX_EXPONENT = 30


@dataclass(frozen=True)
class Open:
    """A value that the text leaves open, such as an argument without default, or the number of images."""

    name: str
    line: int


@dataclass(frozen=True)
class Computed:
    """A value that only running the text would give."""

    node: ast.AST
    line: int


@dataclass(frozen=True, eq=False)
class WrittenLayer:
    """A layer as the text makes it: twice the same one is one set of weights.

    Attributes:
        kind: A name in `KINDS`.
        settings: By PyTorch's names, as the text has them.
        line: Where it is made.
        body: What a residual block holds.
        projection: What a residual block brings its input to another shape with; None where nothing is said.
    """

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0
    body: tuple[WrittenLayer, ...] = ()
    projection: tuple[WrittenLayer, ...] | None = None


@dataclass(frozen=True, eq=False)
class WrittenLayers:
    """One module of the text: a layer, or the layers of an `nn.Sequential`."""

    layers: tuple[WrittenLayer, ...]


@dataclass(frozen=True, eq=False)
class Chain:
    """What a variable of `forward` holds: the images behind these layers.

    Attributes:
        layers: The list so far.
        shape: Behind them; None behind one that does not fit.
        written: The layers as written.
        notes: What was taken otherwise than it is written.
    """

    layers: Layers = ()
    shape: Shape | None = INPUT_SHAPE
    written: tuple[WrittenLayer, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class Scope:
    """The names that a line of the text can use.

    Attributes:
        values: What plain names stand for.
        own: The name of the object, "self"; empty outside a class.
        attributes: What the object holds.
    """

    values: dict[str, Any]
    own: str
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Text:
    """The text that is read, for sentences about it."""

    source: str

    def quote(self, node: ast.AST) -> str:
        """Return what the text has at a node, in one short line."""
        flat = " ".join((ast.get_source_segment(self.source, node) or "").split())
        return f"`{flat[: _MAX_SNIPPET - 1]}…`" if len(flat) > _MAX_SNIPPET else f"`{flat}`"

    def refuse(self, node: ast.AST, reason: str) -> ValueError:
        """Return the error that names a node with its line, and what to write instead."""
        return ValueError(f"Line {getattr(node, 'lineno', 0)}: {self.quote(node)} cannot be read. {reason}.")


def is_number(value: Any) -> bool:
    """Whether it is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_name(node: ast.AST | None, name: str) -> bool:
    """Whether a node is this plain name."""
    return isinstance(node, ast.Name) and node.id == name


def raise_number(base: float, exponent: float) -> Any:
    """Return a power; infinity for one that could take long, or is no plain number."""
    return base**exponent if type(exponent) is int and 0 <= exponent <= _MAX_EXPONENT else math.inf


def bound_number(value: Any, node: ast.expr) -> Any:
    """Return a value as it is; `Computed` for a number that no setting could have."""
    is_too_large = is_number(value) and not -_MAX_NUMBER <= value <= _MAX_NUMBER
    return Computed(node, node.lineno) if is_too_large else value


def find_computed(node: ast.expr, *values: Any) -> Computed:
    """Return the first of the values that is computed, which is what makes the whole so; else the whole."""
    return next((value for value in values if isinstance(value, Computed)), Computed(node, node.lineno))


def list_sizes(chain: Chain, node: ast.expr) -> Any:
    """Return the shape of a batch, (N, C, H, W) or (N, F)."""
    if chain.shape is None:
        return Computed(node, node.lineno)
    return [Open("the number of images", node.lineno), *chain.shape]


def pick_item(node: ast.expr, held: Any, place: Any) -> Any:
    """Return an item of a list, by its whole number; `Computed` where there is none."""
    if isinstance(held, list) and type(place) is int and -len(held) <= place < len(held):
        return held[place]
    return held if isinstance(held, Computed) else Computed(node, node.lineno)


def take_one(value: Any) -> Any:
    """Return the number that stands for height and width alike, as in stride=[1, 1]."""
    is_pair = isinstance(value, list) and len(value) == 2 and all(is_number(item) for item in value)
    return value[0] if is_pair and value[0] == value[1] else value
