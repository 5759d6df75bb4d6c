"""Read a network from the Python that a course's notebook has for it, without executing any of it.

Taken are an expression `nn.Sequential(...)`, or a class with `__init__` and a plain `forward`: layers with
literal settings, plain arithmetic on numbers, names of such values, and one step after the other. Everything
else is named with its line and what to write instead. The text is parsed to a syntax tree, and that tree is
walked; no name of it is looked up in Python, and nothing is called.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.networks.layer_kinds import KINDS, LayerSpec, Misfit, Residual, Shape, write_shape
from models.networks.layer_list import INPUT_SHAPE, MAX_LAYERS, NUM_CLASSES, Layers, examine_layers

MAX_TEXT = 20_000
_MAX_NUMBER = 10**9
_MAX_SNIPPET = 60

_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
# Functions of torch and torch.nn.functional that a forward may call: the layer that each is.
_FUNCTIONS = {
    "relu": "ReLU", "relu_": "ReLU", "leaky_relu": "LeakyReLU", "tanh": "Tanh", "sigmoid": "Sigmoid", "gelu": "GELU",
    "max_pool2d": "MaxPool2d", "avg_pool2d": "AvgPool2d", "adaptive_avg_pool2d": "AdaptiveAvgPool2d",
    "adaptive_max_pool2d": "AdaptiveMaxPool2d", "dropout": "Dropout", "dropout2d": "Dropout2d",
}  # fmt: skip
_FLATTENERS = ("reshape", "view", "flatten")
_SOFTMAX = ("softmax", "log_softmax", "Softmax", "LogSoftmax")
# PyTorch's arguments in their order, with the values that are taken though they are no setting here.
_POSITIONS = {
    "Conv2d": (
        "in_channels",
        "out_channels",
        "kernel_size",
        "stride",
        "padding",
        "dilation",
        "groups",
        "bias",
    ),
    "MaxPool2d": ("kernel_size", "stride", "padding"),
    "AvgPool2d": ("kernel_size", "stride", "padding"),
    "AdaptiveAvgPool2d": ("output_size",),
    "AdaptiveMaxPool2d": ("output_size",),
    "BatchNorm2d": ("num_features",),
    "BatchNorm1d": ("num_features",),
    "Dropout": ("p", "inplace"),
    "Dropout2d": ("p", "inplace"),
    "Flatten": ("start_dim", "end_dim"),
    "Linear": ("in_features", "out_features", "bias"),
    "ReLU": ("inplace",),
    "LeakyReLU": ("negative_slope", "inplace"),
    "GELU": (),
    "Tanh": (),
    "Sigmoid": (),
}
_INPUTS = ("in_channels", "in_features", "num_features")
_IGNORED: Mapping[str, tuple[Any, ...]] = {
    "inplace": (True, False), "groups": (1,), "output_size": (1,), "start_dim": (1,), "end_dim": (-1,),
}  # fmt: skip


@dataclass(frozen=True)
class ReadNetwork:
    """What a text says.

    Attributes:
        layers: The list.
        notes: What was taken otherwise than it is written, each with its line.
    """

    layers: Layers
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Open:
    """A value that the text leaves open, such as an argument without default."""

    name: str
    line: int


@dataclass(frozen=True)
class _Computed:
    """A value that only running the text would give."""

    snippet: str
    line: int


@dataclass(frozen=True)
class _Module:
    """One layer as the text has it, or several in a row."""

    parts: tuple[_Module, ...] = ()
    kind: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0
    projection: _Module | None = None


@dataclass(frozen=True)
class _Chain:
    """What a variable of `forward` holds: the images after these layers."""

    layers: Layers = ()


def read_program(text: str) -> ReadNetwork:
    """Read the network that a text builds.

    Args:
        text: Python with one `nn.Sequential(...)`, or one class with `__init__` and `forward`, beside
            imports, numbers with names, and comments. At most `MAX_TEXT` characters.

    Raises:
        ValueError: If it is too long, is not Python, or holds what would have to be executed. The message
            names the line and what to write instead.
    """
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        size = f", not {len(text):,}" if isinstance(text, str) else ""
        raise ValueError(f"A network's text has at most {MAX_TEXT:,} characters{size}.")
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:  # also null bytes, and numbers of thousands of digits
        line = f"Line {error.lineno}: " if isinstance(error, SyntaxError) and error.lineno else ""
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ValueError(f"{line}this is not Python that can be read ({reason:.80}).") from error
    except (RecursionError, MemoryError) as error:
        raise ValueError("The text is nested too deeply to be read.") from error
    try:
        return _Reader(text).read(tree)
    except RecursionError as error:
        raise ValueError("The text is nested too deeply to be read.") from error


class _Reader:
    """Walks one text's tree."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._notes: list[str] = []
        self._shape: Shape = INPUT_SHAPE

    def read(self, tree: ast.Module) -> ReadNetwork:
        values: dict[str, Any] = {}
        network: _Module | ast.ClassDef | None = None
        line = 0
        for statement in tree.body:
            found: _Module | ast.ClassDef | None = None
            if isinstance(statement, ast.Import | ast.ImportFrom) or _is_text(statement):
                continue
            if isinstance(statement, ast.ClassDef):
                found = None if statement.name == "Residual" else statement
            elif isinstance(statement, ast.FunctionDef):
                values[statement.name] = _Computed(f"def {statement.name}(…)", statement.lineno)
            elif isinstance(statement, ast.Assign | ast.Expr):
                value = self._evaluate(statement.value, values)
                if isinstance(value, _Module):
                    found = value
                elif isinstance(statement, ast.Assign):
                    self._assign(statement, value, values)
            else:
                raise self._refuse(
                    statement, "Only nn.Sequential(...), a class, and numbers with names are read"
                )
            if found is not None:
                if network is not None:
                    raise ValueError(
                        f"Line {statement.lineno}: a second network begins here, after the one of line {line}. "
                        "Paste one at a time."
                    )
                network, line = found, statement.lineno
        if network is None:
            raise ValueError(
                "There is no network in this text: write nn.Sequential(...), or a class with __init__ and forward."
            )
        if isinstance(network, ast.ClassDef):
            layers = self._read_class(network, values)
        else:
            layers = self._apply(network, _Chain(), line).layers
        return ReadNetwork(layers, tuple(self._notes))

    def _read_class(self, definition: ast.ClassDef, values: dict[str, Any]) -> Layers:
        methods = {item.name: item for item in definition.body if isinstance(item, ast.FunctionDef)}
        for item in definition.body:
            if not isinstance(item, ast.FunctionDef) and not _is_text(item):
                raise self._refuse(item, "A network's class holds __init__ and forward")
        for name in ("__init__", "forward"):
            if name not in methods:
                raise ValueError(f"Line {definition.lineno}: class {definition.name} has no {name}.")
        for name, method in methods.items():
            if name not in ("__init__", "forward"):
                raise self._refuse(method, f"Write what {name} does into __init__ or forward")
            if method.decorator_list:
                raise self._refuse(
                    method.decorator_list[0], "A decorator would have to be executed; leave it out"
                )
        modules = self._read_init(methods["__init__"], dict(values))
        return self._read_forward(methods["forward"], modules, dict(values))

    def _read_init(self, method: ast.FunctionDef, values: dict[str, Any]) -> dict[str, Any]:
        """Return what `self` holds after `__init__`."""
        own = method.args.args[0].arg if method.args.args else "self"
        for argument in method.args.args[1:] + method.args.kwonlyargs:
            # A value of the same name outside may be what the class is called with; a default stands closer.
            values.setdefault(argument.arg, _Open(argument.arg, method.lineno))
        defaults = method.args.defaults
        for argument, default in zip(
            method.args.args[len(method.args.args) - len(defaults) :], defaults, strict=True
        ):
            values[argument.arg] = self._evaluate(default, values)
        modules: dict[str, Any] = {}
        for statement in method.body:
            if _is_text(statement) or _is_super_init(statement):
                continue
            if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                raise self._refuse(statement, f"Write one {own}.name = nn.Layer(...) a line")
            target, value = statement.targets[0], self._evaluate(statement.value, values, modules, own)
            if isinstance(target, ast.Attribute) and _is_name(target.value, own):
                modules[target.attr] = value
            elif isinstance(target, ast.Name):
                values[target.id] = value
            else:
                raise self._refuse(statement, f"Write one {own}.name = nn.Layer(...) a line")
        return modules

    def _read_forward(
        self, method: ast.FunctionDef, modules: dict[str, Any], values: dict[str, Any]
    ) -> Layers:
        arguments = [argument.arg for argument in method.args.args]
        if len(arguments) != 2:
            raise ValueError(f"Line {method.lineno}: forward takes self and the images, and nothing else.")
        own, images = arguments
        values[images] = _Chain()
        for statement in method.body:
            if _is_text(statement):
                continue
            if isinstance(statement, ast.Return) and statement.value is not None:
                result = self._evaluate(statement.value, values, modules, own)
                if isinstance(result, _Chain):
                    return result.layers
                raise self._refuse(statement, "forward returns the logits that its layers give")
            if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                raise self._refuse(statement, "A plain forward has one step a line: x = self.layer(x)")
            self._assign(statement, self._evaluate(statement.value, values, modules, own), values)
        raise ValueError(f"Line {method.lineno}: forward returns nothing. End it with return x.")

    def _assign(self, statement: ast.Assign, value: Any, values: dict[str, Any]) -> None:
        for target in statement.targets:
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            if not all(isinstance(name, ast.Name) for name in names):
                raise self._refuse(statement, "Give the value a plain name")
            for name in names:
                assert isinstance(name, ast.Name)
                several = _Computed(self._quote(statement.value), statement.lineno)
                values[name.id] = value if len(names) == 1 else several

    # Values: numbers, texts, lists of them, layers, and what images have passed.

    def _evaluate(
        self,
        node: ast.expr,
        values: Mapping[str, Any],
        modules: Mapping[str, Any] | None = None,
        own: str = "",
    ) -> Any:
        """Return what an expression stands for; `_Computed` where only running it would tell."""

        def evaluate(inner: ast.expr) -> Any:
            return self._evaluate(inner, values, modules, own)

        computed = _Computed(self._quote(node), node.lineno)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float | str | None):
            return _bound(node.value, computed)
        if isinstance(node, ast.Name):
            return values.get(node.id, _Open(node.id, node.lineno))
        if isinstance(node, ast.List | ast.Tuple):
            return [evaluate(item) for item in node.elts]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = evaluate(node.operand)
            return -value if _is_number(value) else computed
        if isinstance(node, ast.BinOp):
            return self._combine(node, evaluate(node.left), evaluate(node.right), computed)
        if isinstance(node, ast.Subscript):
            held, place = evaluate(node.value), evaluate(node.slice)
            if isinstance(held, list) and type(place) is int and -len(held) <= place < len(held):
                return held[place]
            return held if isinstance(held, _Computed) else computed
        if isinstance(node, ast.Attribute):
            if modules is not None and _is_name(node.value, own):
                return modules.get(node.attr, _Open(f"{own}.{node.attr}", node.lineno))
            held = evaluate(node.value)
            return held if isinstance(held, _Computed) else computed
        if isinstance(node, ast.Call):
            return self._call(node, evaluate, computed)
        return computed

    def _combine(self, node: ast.BinOp, left: Any, right: Any, computed: _Computed) -> Any:
        if isinstance(left, _Chain) and isinstance(right, _Chain) and isinstance(node.op, ast.Add):
            return self._add(left, right, node)
        if not (_is_number(left) and _is_number(right) and type(node.op) in _OPERATORS):
            return next((value for value in (left, right) if isinstance(value, _Computed)), computed)
        try:
            return _bound(_OPERATORS[type(node.op)](left, right), computed)
        except ZeroDivisionError:
            raise self._refuse(node, "A number is divided by zero") from None

    def _add(self, left: _Chain, right: _Chain, node: ast.BinOp) -> _Chain:
        """X + layers(x): a residual block."""
        short, long = sorted((left.layers, right.layers), key=len)
        if long[: len(short)] != short or len(short) == len(long):
            raise self._refuse(node, "Two things can be added where one is what the other's layers took")
        return _Chain((*short, Residual(long[len(short) :])))

    def _call(self, node: ast.Call, evaluate: Callable[[ast.expr], Any], computed: _Computed) -> Any:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        is_torch = isinstance(node.func, ast.Name) or _is_torch(getattr(node.func, "value", None))
        if is_torch and name == "Sequential":
            return self._read_sequence(node, evaluate)
        if is_torch and name == "Residual" and isinstance(node.func, ast.Name):
            given = [evaluate(word.value) for word in node.keywords if word.arg == "projection"]
            block = self._read_sequence(node, evaluate)
            projection = given[0] if given and isinstance(given[0], _Module) else None
            return _Module((block,), "Residual", line=node.lineno, projection=projection)
        if is_torch and name in _POSITIONS:
            return self._read_layer(node, name, evaluate)
        if is_torch and name in _SOFTMAX:
            raise self._refuse(node, "Leave softmax out: cross-entropy has it, and the network gives logits")
        if is_torch and name == "int" and len(node.args) == 1 and not node.keywords:
            value = evaluate(node.args[0])
            return int(value) if _is_number(value) and math.isfinite(value) else computed
        is_class = is_torch and isinstance(node.func, ast.Attribute) and name[:1].isupper()
        if is_class and not name.endswith("Loss"):
            raise self._refuse(
                node, f"nn.{name} is no layer that is known here; there are {', '.join(_POSITIONS)}"
            )
        held = evaluate(node.func) if not is_torch else None
        values = [evaluate(argument) for argument in node.args if not isinstance(argument, ast.Starred)]
        if isinstance(held, _Module) and len(values) == 1 and isinstance(values[0], _Chain):
            return self._apply(held, values[0], node.lineno)
        owner = evaluate(node.func.value) if isinstance(node.func, ast.Attribute) and not is_torch else None
        if isinstance(owner, _Chain):
            return self._call_function(node, name, owner, values, evaluate)
        if is_torch and values and isinstance(values[0], _Chain):
            return self._call_function(node, name, values[0], values[1:], evaluate)
        if isinstance(held, _Open) and values and isinstance(values[0], _Chain):
            raise self._refuse(node, f"{held.name} was not made in __init__")
        return next((value for value in [owner, *values] if isinstance(value, _Computed)), computed)

    def _call_function(
        self, node: ast.Call, name: str, chain: _Chain, values: list[Any], evaluate: Callable[[ast.expr], Any]
    ) -> Any:
        """Read a function called on what images have passed: `F.relu(x)`, `x.view(x.size(0), -1)`."""
        if name in ("size", "shape"):
            return _Computed(self._quote(node), node.lineno)
        if name in _FLATTENERS:
            # reshape(-1, 784) and view(n, -1) put each image's numbers into one row; so does flatten(1).
            is_row = values == [1] if name == "flatten" else len(values) == 2
            if is_row:
                return self._extend(chain, _Module(kind="Flatten", line=node.lineno), node.lineno)
            raise self._refuse(node, "Images are put into rows by x.flatten(1)")
        if name in _SOFTMAX:
            raise self._refuse(node, "Leave softmax out: cross-entropy has it, and the network gives logits")
        if name not in _FUNCTIONS:
            raise self._refuse(node, f"{name or 'this'} is no function that is known here")
        kind = _FUNCTIONS[name]
        settings = {}
        for position, value in zip(_POSITIONS[kind], values, strict=False):
            settings[position] = value
        for keyword in node.keywords:
            settings[keyword.arg or ""] = evaluate(keyword.value)
        if kind.startswith("Dropout"):  # F.dropout(x, p, self.training, inplace)
            settings = {key: value for key, value in settings.items() if key == "p"}
        module = _Module(kind=kind, settings=settings, line=node.lineno)
        return self._extend(chain, module, node.lineno)

    def _read_sequence(self, node: ast.Call, evaluate: Callable[[ast.expr], Any]) -> _Module:
        parts = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                held = evaluate(argument.value)
                parts += self._take_parts(held if isinstance(held, list) else [held], argument)
            else:
                parts += self._take_parts([evaluate(argument)], argument)
        for keyword in node.keywords:
            if keyword.arg != "projection":
                raise self._refuse(keyword.value, "List the layers one after the other")
        if len(parts) > MAX_LAYERS:
            raise ValueError(
                f"Line {node.lineno}: a network has at most {MAX_LAYERS} layers, not {len(parts):,}."
            )
        return _Module(tuple(parts), line=node.lineno)

    def _take_parts(self, values: list[Any], node: ast.expr) -> list[_Module]:
        for value in values:
            if not isinstance(value, _Module):
                raise self._refuse(
                    node.value if isinstance(node, ast.Starred) else node,
                    "What this gives would have to be computed; write its layers here, such as "
                    "nn.Conv2d(8, 16, kernel_size=3, padding=1), nn.ReLU()",
                )
        return values

    def _read_layer(self, node: ast.Call, kind: str, evaluate: Callable[[ast.expr], Any]) -> _Module:
        positions = _POSITIONS[kind]
        if len(node.args) > len(positions):
            raise self._refuse(node, f"nn.{kind} takes at most {len(positions)} values here")
        settings: dict[str, Any] = {}
        for position, argument in zip(positions, node.args, strict=False):
            if isinstance(argument, ast.Starred):
                raise self._refuse(argument, "Write the settings one by one")
            settings[position] = evaluate(argument)
        for keyword in node.keywords:
            if keyword.arg not in positions or keyword.arg in settings:
                named = "twice" if keyword.arg in settings else "not known here"
                raise self._refuse(
                    keyword.value, f"{keyword.arg or '**'} of nn.{kind} is {named}; leave it out"
                )
            settings[keyword.arg] = evaluate(keyword.value)
        return _Module(kind=kind, settings=settings, line=node.lineno)

    # From modules to the list, once it is known what comes in.

    def _apply(self, module: _Module, chain: _Chain, line: int) -> _Chain:
        if module.kind == "Residual":
            inner = self._apply(module.parts[0], chain, line)
            block = Residual(inner.layers[len(chain.layers) :])
            if module.projection is not None:
                self._compare_projection(module, chain, block)
            return _Chain((*chain.layers, block))
        if module.kind:
            return self._extend(chain, module, line)
        for part in module.parts:
            chain = self._apply(part, chain, line)
        return chain

    def _compare_projection(self, module: _Module, chain: _Chain, block: Residual) -> None:
        """Compare a block's projection as written with the one that follows from its shapes."""
        assert module.projection is not None
        written = self._apply(module.projection, chain, module.projection.line).layers[len(chain.layers) :]
        shape = self._find_shape(chain)
        try:
            taken = None if shape is None else block.find_projection(shape, _pass_all(block.body, shape))
        except Misfit:
            return  # said at its row
        if written != ((taken,) if taken else ()):
            what = taken.write(shape) if taken and shape else "none"
            self._notes.append(
                f"Line {module.line}: a block's projection follows from its shapes; {what} was taken."
            )

    def _find_shape(self, chain: _Chain) -> Shape | None:
        rows = examine_layers(chain.layers, self._shape).rows
        return rows[-1].output_shape if rows else self._shape

    def _extend(self, chain: _Chain, module: _Module, line: int) -> _Chain:
        if len(chain.layers) >= MAX_LAYERS:
            raise ValueError(f"Line {line}: a network has at most {MAX_LAYERS} layers.")
        return _Chain((*chain.layers, self._make_layer(module, self._find_shape(chain))))

    def _make_layer(self, module: _Module, shape: Shape | None) -> LayerSpec:
        kind = KINDS[module.kind]
        known = {setting.name: setting for setting in kind.settings()}
        values: dict[str, Any] = {}
        for name, value in module.settings.items():
            if name in _INPUTS:
                self._compare_inputs(module, name, value, shape)
            elif name in _IGNORED:
                if value not in _IGNORED[name]:
                    raise ValueError(
                        f"Line {module.line}: {module.kind}'s {name} is {_IGNORED[name][0]} here, not {value!r:.40}."
                    )
            else:
                values[name] = self._settle(module, name, value)
        try:
            return kind(**{name: known[name].read(value, module.kind) for name, value in values.items()})
        except ValueError as error:
            raise ValueError(f"Line {module.line}: {error}") from error

    def _settle(self, module: _Module, name: str, value: Any) -> Any:
        """Return a setting's value as a plain one."""
        value = _take_one(value)
        if isinstance(value, list):
            raise ValueError(
                f"Line {module.line}: {module.kind}'s {name} is one number for height and width, not {value}."
            )
        if value == "same" and name == "padding":
            return self._pad_same(module)
        if isinstance(value, _Open) and module.kind == "Linear" and name == "out_features":
            self._notes.append(
                f"Line {module.line}: {value.name} has no value in this text; {NUM_CLASSES} was taken, one output a digit."
            )
            return NUM_CLASSES
        if isinstance(value, _Open | _Computed):
            raise self._refuse_value(module, name, value, "a number")
        return value

    def _pad_same(self, module: _Module) -> int:
        given = {name: _take_one(value) for name, value in module.settings.items()}
        size, dilation = given.get("kernel_size"), given.get("dilation", 1)
        if type(size) is int and type(dilation) is int and size % 2 and given.get("stride", 1) == 1:
            return dilation * (size - 1) // 2
        raise ValueError(
            f'Line {module.line}: padding="same" is read for odd kernels at stride 1; write the number.'
        )

    def _compare_inputs(self, module: _Module, name: str, value: Any, shape: Shape | None) -> None:
        """Compare the inputs that a text names with those that come; they follow from the layers before."""
        if shape is None:
            return
        expected = math.prod(shape) if module.kind == "Linear" else shape[0]
        sum_of = f" = {write_shape(shape)}" if module.kind == "Linear" and len(shape) == 3 else ""
        if isinstance(value, _Computed):
            raise self._refuse_value(module, name, value, f"{expected}{sum_of}")
        if _is_number(value) and value != expected:
            self._notes.append(
                f"Line {module.line}: {module.kind} expects {value:,} inputs there, and {expected:,}{sum_of} come; "
                f"{expected:,} was taken."
            )

    def _refuse_value(self, module: _Module, name: str, value: _Open | _Computed, right: str) -> ValueError:
        if isinstance(value, _Open):
            return ValueError(
                f"Line {module.line}: {value.name} has no value in this text. Write {right} for {module.kind}'s {name}."
            )
        where = "" if value.line == module.line else f" (line {value.line})"
        return ValueError(
            f"Line {module.line}: {module.kind}'s {name} comes from {value.snippet}{where}, and nothing is executed "
            f"here. Write {right} in its place."
        )

    def _quote(self, node: ast.AST) -> str:
        source = ast.get_source_segment(self._text, node) or ""
        flat = " ".join(source.split())
        return f"`{flat[: _MAX_SNIPPET - 1]}…`" if len(flat) > _MAX_SNIPPET else f"`{flat}`"

    def _refuse(self, node: ast.AST, reason: str) -> ValueError:
        return ValueError(f"Line {getattr(node, 'lineno', 0)}: {self._quote(node)} cannot be read. {reason}.")


def _pass_all(layers: Layers, shape: Shape) -> Shape:
    for layer in layers:
        shape = layer.find_output(shape)
    return shape


def _is_text(statement: ast.stmt) -> bool:
    return (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)) or isinstance(
        statement, ast.Pass
    )


def _is_super_init(statement: ast.stmt) -> bool:
    """Whether it is `super().__init__()` in one of its spellings."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"
    )


def _is_name(node: ast.AST | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_torch(node: ast.AST | None) -> bool:
    """Whether it is `nn`, `torch`, `torch.nn`, `F` or `nn.functional`."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("nn", "functional") and _is_torch(node.value)
    return isinstance(node, ast.Name) and node.id in ("nn", "torch", "F", "functional")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _take_one(value: Any) -> Any:
    """Return the number that stands for height and width alike, as in stride=[1, 1]."""
    is_pair = isinstance(value, list) and len(value) == 2 and value[0] == value[1]
    return value[0] if is_pair else value


def _bound(value: Any, computed: _Computed) -> Any:
    return computed if _is_number(value) and not -_MAX_NUMBER <= value <= _MAX_NUMBER else value
