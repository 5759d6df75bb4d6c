"""A network as a list of layers: read from plain data, examined layer by layer, bounded, built.

The plain form, as a checkpoint's header, a file or a link carries it, is a list of objects:
`[{"layer": "Conv2d", "out_channels": 8, "kernel_size": 5, "padding": 2}, {"layer": "ReLU"}, …]`; settings that
are left out have their default. Nothing in it is executed, and nothing is allocated before its size is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor, nn

from models.networks.layer_kinds import (
    KINDS,
    BatchNorm1d,
    BatchNorm2d,
    Dropout,
    Flatten,
    LayerSpec,
    Linear,
    Misfit,
    Residual,
    Shape,
    write_shape,
)

INPUT_SHAPE: Shape = (1, 28, 28)
NUM_CLASSES = 10
MAX_LAYERS = 40
MAX_PARAMETERS = 4_000_000
MAX_MULTIPLY_ADDS = 400_000_000
MAX_ACTIVATIONS = 4_000_000  # numbers, for one image: 16 MB in float32
_MANY_PARAMETERS = 10_000  # for each image of the training part

Layers = tuple[LayerSpec, ...]


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


def read_layers(data: Any) -> Layers:
    """Read a list of layers from plain data.

    Raises:
        ValueError: If it is no such list; the message names the layer and says what would be right.
    """
    return _read(data, "Layer ", is_inner=False)


def _read(data: Any, place: str, *, is_inner: bool) -> Layers:
    if not isinstance(data, list | tuple):
        raise ValueError(f"A network is a list of layers, not {type(data).__name__}.")
    if len(data) > MAX_LAYERS:
        raise ValueError(f"A network has at most {MAX_LAYERS} layers, not {len(data):,}.")
    return tuple(
        _read_layer(entry, f"{place}{number}", is_inner) for number, entry in enumerate(data, start=1)
    )


def _read_layer(entry: Any, place: str, is_inner: bool) -> LayerSpec:
    if not isinstance(entry, dict):
        raise ValueError(f'{place} is an object such as {{"layer": "ReLU"}}, not {type(entry).__name__}.')
    name = entry.get("layer")
    if not isinstance(name, str) or name not in KINDS:
        raise ValueError(f"{place} is called {name!r:.40}; the layers are {', '.join(KINDS)}.")
    kind = KINDS[name]
    settings = {setting.name: setting for setting in kind.settings()}
    allowed = {"body"} if kind is Residual else set(settings)
    unknown = [key for key in entry if key != "layer" and key not in allowed]
    if unknown:
        known = ", ".join(sorted(allowed)) or "none"
        raise ValueError(f"{place}: {name} has no setting {unknown[0]!r:.40}; its settings are: {known}.")
    if kind is Residual:
        if is_inner:
            raise ValueError(f"{place}: a residual block holds layers, not another block.")
        return Residual(_read(entry.get("body", []), f"{place}, its layer ", is_inner=True))
    try:
        values = {key: settings[key].read(value, name) for key, value in entry.items() if key != "layer"}
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    return kind(**values)


def describe_layers(layers: Sequence[LayerSpec]) -> list[dict[str, Any]]:
    """Return a list as plain values that JSON can hold, without settings that have their default."""
    described = []
    for layer in layers:
        entry: dict[str, Any] = {"layer": layer.kind}
        if isinstance(layer, Residual):
            entry["body"] = describe_layers(layer.body)
        for setting in layer.settings():
            if getattr(layer, setting.name) != setting.default:
                entry[setting.name] = getattr(layer, setting.name)
        described.append(entry)
    return described


def examine_layers(layers: Layers, input_shape: Shape = INPUT_SHAPE) -> Examination:
    """Work out every layer's shapes and costs, and what keeps the list from being a network.

    Nothing is built. A layer that does not fit has its problem and repairs in its row; those behind it wait.
    """
    rows = _examine(layers, input_shape, lambda mended: mended)
    examination = Examination(rows)
    if examination.find_problem():
        return examination
    problem, repairs = _examine_whole(layers, examination, input_shape)
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
    except Misfit as misfit:
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


def _find_repairs(layers: Layers, index: int, misfit: Misfit) -> Iterator[tuple[str, Layers]]:
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


def _examine_whole(
    layers: Layers, examination: Examination, input_shape: Shape
) -> tuple[str, tuple[Repair, ...]]:
    """Say why a list whose layers all fit is no network that can be trained here; empty if it is one."""
    if not layers:
        return "A network needs at least one layer.", _end_in_logits(layers, input_shape)
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


def find_oddities(layers: Layers, num_images: int, batch_size: int) -> list[str]:
    """Say what is allowed and yet odd about a list that is a network.

    Args:
        layers: A list that `examine_layers` finds no problem in.
        num_images: Of the training part.
        batch_size: Images a step.
    """
    oddities = []
    flat = [(number, layer) for number, layer in enumerate(layers, start=1)]
    last_linear: int | None = None
    for number, layer in flat:
        if layer.is_nonlinear or isinstance(layer, Residual):
            last_linear = None
        elif layer.is_linear:
            if last_linear is not None:
                oddities.append(
                    f"Layers {last_linear} and {number}: with no activation between them, two weighted sums "
                    "are no more than one. Put ReLU between them."
                )
            last_linear = number
    logits = max((number for number, layer in flat if isinstance(layer, Linear)), default=len(layers))
    for number, layer in flat:
        if isinstance(layer, Dropout) and number > logits:
            oddities.append(f"Layer {number}: this dropout sets logits to zero. It belongs before Linear.")
        elif isinstance(layer, Dropout) and number == logits - 1:
            oddities.append(
                f"Layer {number}: dropout right before the logits; each training step judges an image by "
                f"{1 - layer.p:.0%} of its last features."
            )
        elif number > logits and layer.is_nonlinear:
            oddities.append(
                f"Layer {number}: {layer.kind} after the last Linear bends the logits; cross-entropy takes "
                "them as they are."
            )
    if batch_size == 1 and any(isinstance(layer, BatchNorm1d | BatchNorm2d) for layer in _walk(layers)):
        oddities.append(
            "Batch norm with a batch of 1: mean and variance of a single image. Take a batch of 16 or more."
        )
    parameters = examine_layers(layers).parameters
    if parameters > _MANY_PARAMETERS * num_images:
        oddities.append(
            f"{parameters:,} learned numbers for {num_images:,} images are {parameters // num_images:,} for "
            "each: it can learn them by heart."
        )
    return oddities


def _walk(layers: Layers) -> Iterator[LayerSpec]:
    for layer in layers:
        yield layer
        if isinstance(layer, Residual):
            yield from layer.body


class LayerNetwork(nn.Module):
    """A network built from a list: the layers before its first `Flatten`, and those behind it.

    The two halves carry the names that the notebook's networks have in their files: "features.0.weight",
    "classifier.1.bias"; a half of a single layer with weights is that layer ("classifier.weight").
    """

    def __init__(self, features: nn.Sequential, classifier: nn.Module) -> None:
        super().__init__()
        if len(features):
            self.features = features
        self.classifier = classifier

    def forward(self, images: Tensor) -> Tensor:
        """Map (N, 1, 28, 28) images to (N, 10) logits."""
        maps = self.features(images) if "features" in self._modules else images
        logits: Tensor = self.classifier(maps.flatten(1))  # (N, C, H, W) → (N, C·H·W) → (N, 10)
        return logits


def build_layers(layers: Layers, input_shape: Shape = INPUT_SHAPE) -> nn.Module:
    """Build the network that a list says, its weights drawn from torch's global generator.

    Raises:
        ValueError: If the list is no network, before anything is allocated.
    """
    examination = examine_layers(layers, input_shape)
    problem = examination.find_problem()
    if problem:
        raise ValueError(problem)
    modules = [row.layer.build(row.input_shape) for row in examination.rows if row.input_shape is not None]
    flat = next(index for index, layer in enumerate(layers) if isinstance(layer, Flatten))
    features, rest = modules[:flat], modules[flat + 1 :]
    return LayerNetwork(nn.Sequential(*features), rest[0] if len(rest) == 1 else nn.Sequential(*rest))
