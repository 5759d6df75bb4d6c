"""From layers as a text has them to the list, once it is known what comes in."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from models.networks.layers import NUM_CLASSES
from models.networks.layers.examination import MAX_LAYERS
from models.networks.layers.kind import LayerSpec, MisfitError, Shape, write_shape
from models.networks.layers.kinds import KINDS, Residual
from models.networks.layers.reader.arguments import FIXED, FIXED_DILATION, INPUTS
from models.networks.layers.reader.values import (
    Chain,
    Computed,
    Open,
    Text,
    WrittenLayer,
    is_number,
    take_one,
)

_WITH_WEIGHTS = ("Conv2d", "Linear", "BatchNorm2d", "BatchNorm1d")


def extend_chain(chain: Chain, written: tuple[WrittenLayer, ...], line: int, text: Text) -> Chain:
    """Return the chain behind some layers.

    Args:
        chain: What they are called with.
        written: The layers.
        line: Of the call.
        text: The text.

    Raises:
        ValueError: If a layer cannot be read, is one too many, or has weights and stands there twice.
    """
    for layer in written:
        if layer in chain.written and layer.kind in _WITH_WEIGHTS:
            raise ValueError(
                f"Line {line}: the {layer.kind} of line {layer.line} is used a second time, with the same "
                f"weights. Here each layer has its own: make a second {layer.kind}."
            )
        chain = _extend_by_block(chain, layer, line, text) if layer.body else _extend(chain, layer, text)
        if sum(1 + len(getattr(each, "body", ())) for each in chain.layers) > MAX_LAYERS:
            raise ValueError(f"Line {line}: a network has at most {MAX_LAYERS} layers.")
    return chain


def add_chains(left: Chain, right: Chain) -> Chain | None:
    """Return x + layers(x), a residual block, also with a projection; None where it is none."""
    shared = 0
    while shared < min(len(left.layers), len(right.layers)) and left.layers[shared] == right.layers[shared]:
        shared += 1
    shape = Chain().shape
    for layer in left.layers[:shared]:
        shape = _find_output(layer, shape)
    for short, long in ((left, right), (right, left)):
        block, rest = Residual(long.layers[shared:]), short.layers[shared:]
        is_plain = block.body and not any(isinstance(layer, Residual) for layer in block.body)
        if is_plain and (not rest or rest == (_find_projection(block, shape),)):
            return Chain(
                (*long.layers[:shared], block),
                _find_output(block, shape),
                (*short.written, *(layer for layer in long.written if layer not in short.written)),
                tuple(dict.fromkeys((*short.notes, *long.notes))),
            )
    return None


def note(chain: Chain, line: int, words: str) -> Chain:
    """Return the chain with a note to a line."""
    return replace(chain, notes=tuple(dict.fromkeys((*chain.notes, f"Line {line}: {words}"))))


def _extend(chain: Chain, written: WrittenLayer, text: Text) -> Chain:
    values: dict[str, Any] = {}
    for name, given in written.settings.items():
        value = take_one(given)
        if name in INPUTS:
            chain = _compare_inputs(chain, written, name, value, text)
        elif name in FIXED or (name == "dilation" and written.kind == "MaxPool2d"):
            _check_fixed(written, name, value, text)
        elif isinstance(value, Open) and written.kind == "Linear" and name == "out_features":
            chain = note(
                chain,
                written.line,
                f"{value.name} has no value in this text; {NUM_CLASSES} was taken, one output a digit.",
            )
            values[name] = NUM_CLASSES
        else:
            values[name] = _settle(written, name, value, text)
    kind = KINDS[written.kind]
    known = {setting.name: setting for setting in kind.settings()}
    try:
        layer = kind(**{name: known[name].read(value, written.kind) for name, value in values.items()})
    except ValueError as error:
        raise ValueError(f"Line {written.line}: {error}") from error
    return _append(chain, layer, written)


def _extend_by_block(chain: Chain, written: WrittenLayer, line: int, text: Text) -> Chain:
    start = replace(chain, layers=())
    inner = extend_chain(start, written.body, line, text)
    block = Residual(inner.layers)
    chain = replace(chain, notes=inner.notes, written=inner.written)
    if written.projection is not None:
        taken = _find_projection(block, chain.shape)
        said = extend_chain(start, written.projection, line, text).layers
        if said != ((taken,) if taken else ()):
            what = taken.write(chain.shape) if taken and chain.shape else "none"
            chain = note(
                chain, written.line, f"a block's projection follows from its shapes; {what} was taken."
            )
    return _append(chain, block, written)


def _append(chain: Chain, layer: LayerSpec, written: WrittenLayer) -> Chain:
    return Chain(
        (*chain.layers, layer), _find_output(layer, chain.shape), (*chain.written, written), chain.notes
    )


def _find_output(layer: LayerSpec, shape: Shape | None) -> Shape | None:
    """Return the shape behind a layer; what does not fit is said at its row, when the list is examined."""
    try:
        return None if shape is None else layer.find_output(shape)
    except MisfitError:
        return None


def _find_projection(block: Residual, shape: Shape | None) -> LayerSpec | None:
    output = shape
    for layer in block.body:
        output = _find_output(layer, output)
    try:
        return None if shape is None or output is None else block.find_projection(shape, output)
    except MisfitError:
        return None


def _settle(written: WrittenLayer, name: str, value: Any, text: Text) -> Any:
    """Return a setting's value as a plain one."""
    if name == "padding" and value in ("same", "valid"):
        return _pad_same(written) if value == "same" else 0
    if isinstance(value, list):
        raise ValueError(
            f"Line {written.line}: {written.kind}'s {name} is one number for height and width, not a list."
        )
    if not isinstance(value, bool | int | float | str | None):
        raise _refuse_value(written, name, value, "a number", text)
    return value


def _pad_same(written: WrittenLayer) -> int:
    given = {name: take_one(value) for name, value in written.settings.items()}
    size, dilation = given.get("kernel_size"), given.get("dilation", 1)
    if type(size) is int and type(dilation) is int and size % 2 and given.get("stride", 1) == 1:
        return dilation * (size - 1) // 2
    raise ValueError(
        f'Line {written.line}: padding="same" is read for odd kernels at stride 1; write the number.'
    )


def _check_fixed(written: WrittenLayer, name: str, value: Any, text: Text) -> None:
    allowed = FIXED_DILATION if name == "dilation" else FIXED[name]
    if isinstance(value, Open | Computed):
        raise _refuse_value(written, name, value, f"{allowed[0]}", text)
    if value not in allowed:
        said = "a list" if isinstance(value, list) else f"{value!r:.40}"
        raise ValueError(f"Line {written.line}: {written.kind}'s {name} is {allowed[0]} here, not {said}.")


def _compare_inputs(chain: Chain, written: WrittenLayer, name: str, value: Any, text: Text) -> Chain:
    """Compare the inputs that a text names with those that come; they follow from the layers before."""
    shape = chain.shape
    if shape is None or isinstance(value, Open):
        return chain
    is_linear = written.kind == "Linear"
    expected = math.prod(shape) if is_linear else shape[0]
    total = f" = {write_shape(shape)}" if is_linear and len(shape) == 3 else ""
    if not is_number(value):
        raise _refuse_value(written, name, value, f"{expected}{total}", text)
    if value == expected:
        return chain
    words = f"{written.kind} expects {value:,} inputs there, and {expected:,}{total} come; "
    words += f"{expected:,} was taken."
    return note(chain, written.line, words)


def _refuse_value(written: WrittenLayer, name: str, value: Any, right: str, text: Text) -> ValueError:
    if isinstance(value, Open):
        return ValueError(
            f"Line {written.line}: {value.name} has no value in this text. Write {right} for "
            f"{written.kind}'s {name}."
        )
    if isinstance(value, Computed):
        where = "" if value.line == written.line else f" (line {value.line})"
        return ValueError(
            f"Line {written.line}: {written.kind}'s {name} comes from {text.quote(value.node)}{where}, and "
            f"nothing is executed here. Write {right} in its place."
        )
    return ValueError(
        f"Line {written.line}: {written.kind}'s {name} is no number. Write {right} in its place."
    )
