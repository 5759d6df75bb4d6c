"""What a list of layers comes to, row by row: shapes, costs, what does not fit, what would mend it.

Nothing is built: a network's size is known, and bounded, before anything is allocated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from models.networks.layers import IMAGE_SIZE_PX, NUM_CLASSES
from models.networks.layers.kind import Layers, LayerSpec, MisfitError, Shape, write_shape
from models.networks.layers.kinds import KINDS, Flatten, Linear, Residual

INPUT_SHAPE: Shape = (1, IMAGE_SIZE_PX, IMAGE_SIZE_PX)
MAX_LAYERS = 40
MAX_PARAMETERS = 4_000_000
MAX_MULTIPLY_ADDS = 400_000_000
MAX_ACTIVATIONS = 1_000_000  # numbers, for one image: 4 MB in float32


@dataclass(frozen=True)
class Repair:
    """A list that mends a problem.

    Attributes:
        label: What is done, for a button: "Put Flatten before it".
        layers: The whole list, mended.
    """

    label: str
    layers: Layers


@dataclass(frozen=True)
class Row:
    """One layer of a list with what it takes and costs.

    Attributes:
        layer: The layer.
        input_shape: Of one image; None behind a layer that does not fit.
        output_shape: Of one image; None where the layer does not fit.
        parameters: Learned numbers.
        multiply_adds: For one image.
        activations: Numbers that go out, for one image; of a residual block those of its layers too.
        problem: Why the layer does not fit; empty where it does.
        repairs: What would mend it.
        body: The rows of a residual block.
    """

    layer: LayerSpec
    input_shape: Shape | None = None
    output_shape: Shape | None = None
    parameters: int = 0
    multiply_adds: int = 0
    activations: int = 0
    problem: str = ""
    repairs: tuple[Repair, ...] = ()
    body: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Examination:
    """What there is to say about a list.

    Attributes:
        rows: One a layer.
        problem: Why the list as a whole is no network; empty where it is one, or where a row has a problem.
        repairs: What would mend that.
    """

    rows: tuple[Row, ...]
    problem: str = ""
    repairs: tuple[Repair, ...] = ()

    @property
    def parameters(self) -> int:
        """Learned numbers of all layers that fit."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of all layers that fit, for one image."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def activations(self) -> int:
        """Numbers that go out of all layers that fit, for one image."""
        return sum(row.activations for row in self.rows)

    def find_problem(self) -> str:
        """Return the first problem, with its row; empty where there is none."""
        for number, row in enumerate(self.rows, start=1):
            for place, inner in enumerate(row.body, start=1):
                if inner.problem:
                    return f"Layer {number}, its layer {place}: {inner.problem}"
            if row.problem:
                return f"Layer {number}: {row.problem}"
        return self.problem


def examine_layers(layers: Layers) -> Examination:
    """Work out every layer's shapes and costs, and what keeps the list from being a network.

    Nothing is built. A layer that does not fit has its problem and repairs in its row; those behind it wait.
    """
    rows = _examine(layers, INPUT_SHAPE, lambda mended: mended)
    examination = Examination(rows)
    if examination.find_problem():
        return examination
    problem, repairs = _examine_whole(layers, examination)
    return replace(examination, problem=problem, repairs=repairs)


def _examine(layers: Layers, shape: Shape | None, embed: Callable[[Layers], Layers]) -> tuple[Row, ...]:
    """Examine a list; `embed` puts a mended one back into the list that it stands in."""
    rows = []
    for index, layer in enumerate(layers):
        row = Row(layer) if shape is None else _examine_layer(layers, index, shape, embed)
        rows.append(row)
        shape = row.output_shape
    return tuple(rows)


def _examine_layer(layers: Layers, index: int, shape: Shape, embed: Callable[[Layers], Layers]) -> Row:
    layer = layers[index]
    body: tuple[Row, ...] = ()
    if isinstance(layer, Residual):

        def embed_body(mended: Layers) -> Layers:
            return embed((*layers[:index], Residual(mended), *layers[index + 1 :]))

        body = _examine(layer.body, shape, embed_body)
        if any(row.problem for row in body):
            return Row(layer, shape, body=body)
    try:
        output = layer.find_output(shape)
    except MisfitError as misfit:
        repairs = tuple(
            Repair(label, embed(mended)) for label, mended in _find_repairs(layers, index, misfit)
        )
        return Row(layer, shape, problem=str(misfit), repairs=repairs, body=body)
    return Row(
        layer, shape, output,
        layer.count_parameters(shape), layer.count_multiply_adds(shape),
        math.prod(output) + sum(row.activations for row in body),
        body=body,
    )  # fmt: skip


def _find_repairs(layers: Layers, index: int, misfit: MisfitError) -> Iterator[tuple[str, Layers]]:
    layer, before, behind = layers[index], layers[:index], layers[index + 1 :]
    if misfit.remedy == "flatten":
        yield f"Put Flatten before {layer.kind}", (*before, Flatten(), layer, *behind)
    if misfit.remedy == "settings":
        named = ", ".join(f"{name}={value}" for name, value in misfit.settings.items())
        yield f"Set {named}", (*before, replace(layer, **misfit.settings), *behind)
    if misfit.remedy == "move":
        flat = next((place for place, other in enumerate(before) if isinstance(other, Flatten)), None)
        if flat is not None:
            yield f"Move {layer.kind} before Flatten", (*before[:flat], layer, *before[flat:], *behind)
    if misfit.remedy in KINDS:
        own = {"p": layer.p} if hasattr(layer, "p") else {}
        yield f"Make it {misfit.remedy}", (*before, KINDS[misfit.remedy](**own), *behind)
    yield f"Remove {layer.kind}", (*before, *behind)


def _examine_whole(layers: Layers, examination: Examination) -> tuple[str, tuple[Repair, ...]]:
    """Say why a list whose layers all fit is no network that can be trained here; empty if it is one."""
    if not layers:
        return "A network needs at least one layer.", _end_in_logits(layers, INPUT_SHAPE)
    num_layers = sum(1 + len(row.body) for row in examination.rows)
    if num_layers > MAX_LAYERS:
        return f"A network has at most {MAX_LAYERS} layers, and this one has {num_layers}.", ()
    for name, number, limit in (
        ("learned numbers", examination.parameters, MAX_PARAMETERS),
        ("multiply-adds an image", examination.multiply_adds, MAX_MULTIPLY_ADDS),
        ("activations an image", examination.activations, MAX_ACTIVATIONS),
    ):
        if number > limit:
            return (
                f"A network has at most {limit:,} {name}, and this one has {number:,}. Fewer channels or "
                "units, or pooling earlier, makes it smaller.",
                (),
            )
    output = examination.rows[-1].output_shape
    assert output is not None
    if output != (NUM_CLASSES,):
        what = f"{output[0]:,} features" if len(output) == 1 else f"maps {write_shape(output)}"
        return (
            f"A network ends in {NUM_CLASSES} logits, one a digit, and this one ends in {what}.",
            _end_in_logits(layers, output),
        )
    return "", ()


def _end_in_logits(layers: Layers, output: Shape) -> tuple[Repair, ...]:
    repairs = []
    if layers and isinstance(layers[-1], Linear):
        mended = replace(layers[-1], out_features=NUM_CLASSES)
        repairs.append(Repair(f"Give the last Linear {NUM_CLASSES} outputs", (*layers[:-1], mended)))
    flatten = (Flatten(),) if len(output) == 3 else ()
    added = "Flatten and Linear" if flatten else "Linear"
    repairs.append(
        Repair(f"Add {added} with {NUM_CLASSES} outputs", (*layers, *flatten, Linear(NUM_CLASSES)))
    )
    return tuple(repairs)
