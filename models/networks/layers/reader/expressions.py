"""What an expression stands for: numbers, layers, what images have passed. Nothing is called."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from models.networks.layers.examination import MAX_LAYERS
from models.networks.layers.reader.arguments import (
    CHANGING_CALLS,
    FUNCTIONS,
    HARMLESS_METHODS,
    LIST_CHANGERS,
    POSITIONS,
    SELF_METHODS,
    bind_arguments,
    check_required,
    is_changer,
    may_change,
)
from models.networks.layers.reader.chains import add_chains, extend_chain, note
from models.networks.layers.reader.values import (
    Chain,
    Computed,
    Open,
    Scope,
    Text,
    WrittenLayer,
    WrittenLayers,
    bound_number,
    find_computed,
    is_name,
    is_number,
    list_sizes,
    pick_item,
    raise_number,
)

_MAX_STEPS = 1_000  # layers that all calls of a text pass images through
_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: raise_number,
}
_FLATTENERS = ("reshape", "view", "flatten")
_SOFTMAX = ("softmax", "log_softmax", "Softmax", "LogSoftmax")
_NO_CHANGE = "Layers are read where they are made: write all of them there, in their order"
_NO_SOFTMAX = "Leave softmax out: cross-entropy has it, and the network gives logits"


class Expressions:
    """Finds out what one text's expressions stand for."""

    def __init__(self, text: Text) -> None:
        self.torch_names = {"nn", "torch", "F", "functional"}
        self._text = text
        self._num_steps = 0

    def evaluate(self, node: ast.expr, scope: Scope) -> Any:
        """Return what an expression stands for; `Computed` where only running it would tell.

        Each part of it is looked at once, so that the time goes with the length of the text.

        Raises:
            ValueError: If a layer, a function of images or a sum cannot be read.
        """
        if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float | str | None):
            return bound_number(node.value, node)
        if isinstance(node, ast.Name):
            return scope.values.get(node.id, Open(node.id, node.lineno))
        if isinstance(node, ast.List | ast.Tuple):
            return [self.evaluate(item, scope) for item in node.elts]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            value = self.evaluate(node.operand, scope)
            if not is_number(value):
                return Computed(node, node.lineno)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            return self._combine(node, self.evaluate(node.left, scope), self.evaluate(node.right, scope))
        if isinstance(node, ast.Subscript):
            return pick_item(node, self.evaluate(node.value, scope), self.evaluate(node.slice, scope))
        if isinstance(node, ast.Attribute):
            if is_name(node.value, scope.own):
                return scope.attributes.get(node.attr, Open(f"{scope.own}.{node.attr}", node.lineno))
            held = self.evaluate(node.value, scope)
            if isinstance(held, WrittenLayers) and (node.attr.startswith("_") or is_changer(node.attr)):
                raise self._text.refuse(node, _NO_CHANGE)
            if isinstance(held, Chain) and node.attr == "shape":
                return list_sizes(held, node)
            return held if isinstance(held, Computed) else Computed(node, node.lineno)
        if isinstance(node, ast.Call):
            return self._call(node, scope)
        if may_change(node):
            raise self._text.refuse(node, _NO_CHANGE)
        return Computed(node, node.lineno)

    def _combine(self, node: ast.BinOp, left: Any, right: Any) -> Any:
        if isinstance(left, Chain) and isinstance(right, Chain) and isinstance(node.op, ast.Add):
            total = add_chains(left, right)
            if total is None:
                raise self._text.refuse(
                    node,
                    "Read is x + layers(x), where the layers give the shape of x and hold no other such sum",
                )
            return total
        if isinstance(left, Chain) or isinstance(right, Chain):
            raise self._text.refuse(node, "Images are passed from layer to layer")
        if isinstance(left, WrittenLayers) or isinstance(right, WrittenLayers):
            raise self._text.refuse(node, _NO_CHANGE)
        if not (is_number(left) and is_number(right) and type(node.op) in _OPERATORS):
            return find_computed(node, left, right)
        try:
            return bound_number(_OPERATORS[type(node.op)](left, right), node)
        except ZeroDivisionError:
            raise self._text.refuse(node, "A number is divided by zero") from None

    def _call(self, node: ast.Call, scope: Scope) -> Any:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if self._is_of_torch(function, scope):
            return self._call_torch(node, name, scope)
        owner = callee = None
        if isinstance(function, ast.Attribute) and not is_name(function.value, scope.own):
            owner = self.evaluate(function.value, scope)
        else:
            callee = self.evaluate(function, scope)
        values = [self.evaluate(argument, scope) for argument in node.args]
        if isinstance(owner, Chain):
            return self._call_function(node, name, owner, values, scope)
        if isinstance(owner, WrittenLayers) and name in SELF_METHODS:
            return owner
        if (isinstance(owner, WrittenLayers) and name not in HARMLESS_METHODS) or (
            isinstance(owner, list) and name in LIST_CHANGERS
        ):
            raise self._text.refuse(node, _NO_CHANGE)
        if not any(isinstance(value, Chain) for value in values):
            return find_computed(node, owner, *values, *self._read_keywords(node, scope).values())
        if isinstance(callee, WrittenLayers):
            if len(values) > 1 or node.keywords:
                raise self._text.refuse(node, "A layer is called with the images alone")
            return self._pass(values[0], callee.layers, node)
        what = "It"
        if isinstance(callee, Open):
            what = f"{callee.name} was not made in __init__. It"
        elif isinstance(callee, Computed):
            what = f"What is called here comes from {self._text.quote(callee.node)} (line {callee.line}). It"
        raise self._text.refuse(node, f"{what} has to be a layer, such as nn.Linear(784, 10)")

    def _is_of_torch(self, function: ast.expr, scope: Scope) -> bool:
        """Whether it is a name of PyTorch's: with its module, or alone where the text gives it no value."""
        if isinstance(function, ast.Name):
            return function.id not in scope.values
        return isinstance(function, ast.Attribute) and self._is_torch(function.value)

    def _is_torch(self, node: ast.expr) -> bool:
        """Whether it is `nn`, `torch`, `torch.nn`, `F` or `nn.functional`."""
        if isinstance(node, ast.Attribute):
            return node.attr in ("nn", "functional") and self._is_torch(node.value)
        return isinstance(node, ast.Name) and node.id in self.torch_names

    def _call_torch(self, node: ast.Call, name: str, scope: Scope) -> Any:
        is_bare = isinstance(node.func, ast.Name)
        if name == "Sequential":
            return WrittenLayers(self._read_sequence(node, scope))
        if name == "Residual" and is_bare:
            return self._read_block(node, scope)
        if name in POSITIONS:
            values = [self.evaluate(argument, scope) for argument in node.args]
            keywords = self._read_keywords(node, scope)
            settings = bind_arguments(node, f"nn.{name}", POSITIONS[name], values, keywords, self._text)
            check_required(node, name, settings, self._text)
            return WrittenLayers((WrittenLayer(name, settings, node.lineno),))
        if is_bare and name in CHANGING_CALLS:
            raise self._text.refuse(node, _NO_CHANGE)
        if name in _SOFTMAX:
            raise self._text.refuse(node, _NO_SOFTMAX)
        if name[:1].isupper() and not is_bare and not name.endswith("Loss"):
            raise self._text.refuse(
                node, f"nn.{name:.40} is no layer that is known here; there are {', '.join(POSITIONS)}"
            )
        values = [self.evaluate(argument, scope) for argument in node.args]
        if values and isinstance(values[0], Chain):
            return self._call_function(node, name, values[0], values[1:], scope)
        if name == "int" and is_bare and len(values) == 1 and not node.keywords and is_number(values[0]):
            return int(values[0])
        return find_computed(node, *values, *self._read_keywords(node, scope).values())

    def _read_keywords(self, node: ast.Call, scope: Scope) -> dict[str, Any]:
        return {keyword.arg or "": self.evaluate(keyword.value, scope) for keyword in node.keywords}

    def _read_sequence(self, node: ast.Call, scope: Scope) -> tuple[WrittenLayer, ...]:
        layers: list[WrittenLayer] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                held = self.evaluate(argument.value, scope)
                for value in held if isinstance(held, list) else [held]:
                    layers += self._take_layers(value, argument.value)
            else:
                layers += self._take_layers(self.evaluate(argument, scope), argument)
        if any(keyword.arg != "projection" for keyword in node.keywords):
            raise self._text.refuse(node, "List the layers one after the other")
        if len(layers) > MAX_LAYERS:
            raise ValueError(
                f"Line {node.lineno}: a network has at most {MAX_LAYERS} layers, not {len(layers):,}."
            )
        return tuple(layers)

    def _take_layers(self, value: Any, node: ast.expr) -> tuple[WrittenLayer, ...]:
        if not isinstance(value, WrittenLayers):
            raise self._text.refuse(
                node,
                "What this gives would have to be computed; write its layers here, such as "
                "nn.Conv2d(8, 16, kernel_size=3, padding=1), nn.ReLU()",
            )
        return value.layers

    def _read_block(self, node: ast.Call, scope: Scope) -> WrittenLayers:
        body = self._read_sequence(node, scope)
        if any(layer.kind == "Residual" for layer in body):
            raise self._text.refuse(node, "A residual block holds layers, not another block")
        given = self._read_keywords(node, scope).get("projection")
        projection = given.layers if isinstance(given, WrittenLayers) else None
        return WrittenLayers((WrittenLayer("Residual", {}, node.lineno, body, projection),))

    def _call_function(self, node: ast.Call, name: str, chain: Chain, values: list[Any], scope: Scope) -> Any:
        """Read a function called on what images have passed: `F.relu(x)`, `x.view(x.size(0), -1)`."""
        keywords = self._read_keywords(node, scope)
        if name == "size" and not keywords and len(values) <= 1:
            sizes = list_sizes(chain, node)
            return pick_item(node, sizes, values[0]) if values else sizes
        if name in _FLATTENERS:
            return self._flatten(node, name, chain, values, keywords)
        if name in _SOFTMAX:
            raise self._text.refuse(node, _NO_SOFTMAX)
        if name not in FUNCTIONS:
            raise self._text.refuse(
                node,
                f"{name or 'this':.40} is no function that is known here; there are {', '.join(FUNCTIONS)}",
            )
        function = FUNCTIONS[name]
        positions = POSITIONS[function.kind] if function.positions is None else function.positions
        settings = bind_arguments(node, name, positions, values, keywords, self._text)
        check_required(node, function.kind, settings, self._text)
        if "training" in positions:
            training = settings.pop("training", None)
            if training != Open(f"{scope.own}.training", getattr(training, "line", 0)):
                words = f"{name} drops in evaluation too; {function.kind}, in training only, was taken."
                chain = note(chain, node.lineno, words)
        return self._pass(chain, (WrittenLayer(function.kind, settings, node.lineno),), node)

    def _flatten(
        self, node: ast.Call, name: str, chain: Chain, values: list[Any], keywords: Mapping[str, Any]
    ) -> Chain:
        """Read what puts each image's numbers into one row: flatten(1), view(n, -1), reshape(-1, 784)."""
        flatten = (WrittenLayer("Flatten", {}, node.lineno),)
        if name == "flatten":
            settings = bind_arguments(node, name, POSITIONS["Flatten"], values, keywords, self._text)
            if settings.get("start_dim") == 1 and settings.get("end_dim", -1) == -1:
                return self._pass(chain, flatten, node)
        elif not keywords:
            sizes = values[0] if len(values) == 1 and isinstance(values[0], list) else values
            is_open = bool(sizes) and isinstance(sizes[0], Open | Computed)
            if len(sizes) > 1 and (is_open or sizes[0] == -1):
                if chain.shape is not None and sizes[1:] == list(chain.shape):
                    return chain
                if len(sizes) == 2 and is_open and sizes[1] == -1:
                    return self._pass(chain, flatten, node)
                if len(sizes) == 2 and (isinstance(sizes[1], Open) or is_number(sizes[1])) and sizes[1] != -1:
                    return self._pass(self._compare_row(node, name, chain, sizes[1]), flatten, node)
        raise self._text.refuse(node, "Images are put into rows by x.flatten(1)")

    def _compare_row(self, node: ast.Call, name: str, chain: Chain, size: Any) -> Chain:
        if chain.shape is None or isinstance(size, Open) or size == math.prod(chain.shape):
            return chain
        come = math.prod(chain.shape)
        words = (
            f"{name} makes rows of {size:,} there, and {come:,} numbers an image come; {come:,} was taken."
        )
        return note(chain, node.lineno, words)

    def _pass(self, chain: Chain, layers: tuple[WrittenLayer, ...], node: ast.Call) -> Chain:
        self._num_steps += len(layers) + 1
        if self._num_steps > _MAX_STEPS:
            raise ValueError(
                f"Line {node.lineno}: the images have passed more than {_MAX_STEPS:,} layers up to here, "
                f"and a network has at most {MAX_LAYERS}."
            )
        return extend_chain(chain, layers, node.lineno, self._text)
