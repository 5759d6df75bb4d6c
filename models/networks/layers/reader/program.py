"""A text's statements: which of them make a network, and what its class does with the images.

Taken are an expression `nn.Sequential(...)`, or a class with `__init__` and a plain `forward`: layers with
literal settings, plain arithmetic on numbers, names of such values, and one step after the other. Everything
else is named with its line and what to write instead. The text is parsed to a syntax tree, and that tree is
walked; no name of it is looked up in Python, and nothing is called.
"""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass
from typing import Any

from models.networks.layers.kind import Layers
from models.networks.layers.reader.chains import extend_chain
from models.networks.layers.reader.expressions import Expressions
from models.networks.layers.reader.values import (
    Chain,
    Computed,
    Open,
    Scope,
    Text,
    WrittenLayer,
    WrittenLayers,
    is_name,
)
from models.networks.layers.source import RESIDUAL_CLASS

MAX_TEXT = 20_000
_NO_DECORATOR = "A decorator would have to be executed; leave it out"
_TOO_DEEP = "The text is nested too deeply to be read."


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
class _Found:
    """A network that a text makes, or a part of one."""

    chain: Chain
    layers: frozenset[WrittenLayer]
    line: int


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
    text = textwrap.dedent(text.removeprefix("\ufeff"))  # which some editors begin a file with
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:  # also null bytes, and numbers of thousands of digits
        line = f"Line {error.lineno}: " if isinstance(error, SyntaxError) and error.lineno else ""
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ValueError(
            f"{line}this is not Python that can be read ({reason:.80}). Write nn.Sequential(...), or a class "
            "with __init__ and forward."
        ) from error
    except (RecursionError, MemoryError) as error:
        raise ValueError(_TOO_DEEP) from error
    try:
        chain = _Reader(Text(text)).read(tree)
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    return ReadNetwork(chain.layers, chain.notes)


class _Reader:
    """Walks one text's statements."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._expressions = Expressions(text)

    def read(self, tree: ast.Module) -> Chain:
        scope = Scope({}, "", {})
        classes: list[ast.ClassDef] = []
        made: list[tuple[WrittenLayers, int]] = []
        for statement in tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self._note_names(statement)
            elif isinstance(statement, ast.ClassDef):
                if statement.name != "Residual":
                    classes.append(statement)
                elif ast.dump(statement) != ast.dump(ast.parse(RESIDUAL_CLASS).body[0]):
                    raise self._text.refuse(
                        statement, "A Residual of your own is not read; write x + layers(x) in forward"
                    )
            elif isinstance(statement, ast.FunctionDef):
                scope.values[statement.name] = Computed(statement, statement.lineno)
            elif not _is_text(statement):
                value = self._read_statement(statement, scope)
                if isinstance(value, WrittenLayers):
                    made.append((value, statement.lineno))
        if len(classes) > 1:
            raise _refuse_second(classes[0].lineno, classes[1].lineno)
        found = [self._read_class(definition, scope) for definition in classes]
        found += [_Found(self._apply(each, line), frozenset(each.layers), line) for each, line in made]
        return self._choose(found)

    def _choose(self, found: list[_Found]) -> Chain:
        """Return the one network; what stands within another is a part of it."""
        whole: list[_Found] = []
        for one in sorted(found, key=lambda each: (-len(each.layers), each.line)):
            if not any(one.layers <= other.layers for other in whole):
                whole.append(one)
        whole.sort(key=lambda each: each.line)
        if not whole:
            raise ValueError(
                "There is no network in this text: write nn.Sequential(...), or a class with __init__ and "
                "forward."
            )
        if len(whole) > 1:
            raise _refuse_second(whole[0].line, whole[1].line)
        return whole[0].chain

    def _apply(self, written: WrittenLayers, line: int) -> Chain:
        return extend_chain(Chain(), written.layers, line, self._text)

    def _note_names(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Remember what the text calls PyTorch's modules: `import torch.nn.functional as functions`."""
        for alias in statement.names:
            origin = f"{statement.module}." if isinstance(statement, ast.ImportFrom) else ""
            if f"{origin}{alias.name}" in ("torch", "torch.nn", "torch.nn.functional") and alias.asname:
                self._expressions.torch_names.add(alias.asname)

    def _read_statement(self, statement: ast.stmt, scope: Scope) -> Any:
        """Carry out an assignment, or look at an expression; return its value."""
        if isinstance(statement, ast.Expr):
            return self._expressions.evaluate(statement.value, scope)
        if isinstance(statement, ast.AugAssign):
            operation = ast.BinOp(statement.target, statement.op, statement.value)
            value = self._expressions.evaluate(ast.copy_location(operation, statement), scope)
            self._store(statement.target, value, statement, scope)
            return value
        if isinstance(statement, ast.AnnAssign):
            if statement.value is None:
                return None
            targets: list[ast.expr] = [statement.target]
        elif isinstance(statement, ast.Assign):
            targets = statement.targets
        else:
            raise self._text.refuse(
                statement, "Only nn.Sequential(...), a class, and numbers with names are read"
            )
        assert statement.value is not None
        value = self._expressions.evaluate(statement.value, scope)
        for target in targets:
            self._store(target, value, statement, scope)
        return value

    def _store(self, target: ast.expr, value: Any, statement: ast.stmt, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            scope.values[target.id] = value
        elif isinstance(target, ast.Attribute) and scope.own and is_name(target.value, scope.own):
            scope.attributes[target.attr] = value
        elif isinstance(target, ast.Tuple | ast.List):
            fits = isinstance(value, list) and len(value) == len(target.elts)
            for place, item in enumerate(target.elts):
                each = value[place] if fits else Computed(statement, statement.lineno)
                self._store(item, each, statement, scope)
        else:
            raise self._text.refuse(statement, "Give the value a plain name")

    def _read_class(self, definition: ast.ClassDef, scope: Scope) -> _Found:
        for decorator in definition.decorator_list:
            raise self._text.refuse(decorator, _NO_DECORATOR)
        methods = {item.name: item for item in definition.body if isinstance(item, ast.FunctionDef)}
        for item in definition.body:
            if not isinstance(item, ast.FunctionDef) and not _is_text(item):
                raise self._text.refuse(item, "A network's class holds __init__ and forward")
        for name in ("__init__", "forward"):
            if name not in methods:
                raise ValueError(
                    f"Line {definition.lineno}: class {definition.name:.40} has no {name}: write it."
                )
        for name, method in methods.items():
            if name not in ("__init__", "forward"):
                raise self._text.refuse(method, f"Write what {name:.40} does into __init__ or forward")
            for decorator in method.decorator_list:
                raise self._text.refuse(decorator, _NO_DECORATOR)
        attributes = self._read_init(methods["__init__"], dict(scope.values))
        chain = self._read_forward(methods["forward"], attributes, dict(scope.values))
        held = [value.layers for value in attributes.values() if isinstance(value, WrittenLayers)]
        return _Found(chain, frozenset((*chain.written, *sum(held, ()))), definition.lineno)

    def _read_init(self, method: ast.FunctionDef, values: dict[str, Any]) -> dict[str, Any]:
        """Return what the object holds after `__init__`."""
        arguments = method.args
        names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
        own = names[0] if names else "self"
        scope = Scope(values, own, {})
        for name in (*names[1:], *(argument.arg for argument in arguments.kwonlyargs)):
            # A value of the same name outside may be what the class is called with; a default stands closer.
            values.setdefault(name, Open(name, method.lineno))
        defaults = [*zip(names[::-1], arguments.defaults[::-1], strict=False)]
        for argument, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            defaults += [(argument.arg, keyword_default)] if keyword_default else []
        for name, default in defaults:
            values[name] = self._expressions.evaluate(default, scope)
        for statement in method.body:
            if _is_text(statement) or _is_super_init(statement):
                continue
            if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
                raise self._text.refuse(statement, f"Write one {own}.name = nn.Layer(...) a line")
            self._read_statement(statement, scope)
        return scope.attributes

    def _read_forward(
        self, method: ast.FunctionDef, attributes: dict[str, Any], values: dict[str, Any]
    ) -> Chain:
        names = [argument.arg for argument in (*method.args.posonlyargs, *method.args.args)]
        if len(names) != 2 or method.args.kwonlyargs or method.args.vararg or method.args.kwarg:
            raise ValueError(f"Line {method.lineno}: forward takes self and the images, and nothing else.")
        own, images = names
        scope = Scope({**values, images: Chain()}, own, dict(attributes))
        for statement in method.body:
            if _is_text(statement):
                continue
            if isinstance(statement, ast.Return) and statement.value is not None:
                result = self._expressions.evaluate(statement.value, scope)
                if isinstance(result, Chain):
                    return result
                raise self._text.refuse(statement, "forward returns the logits that its layers give")
            if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
                raise self._text.refuse(statement, "A plain forward has one step a line: x = self.layer(x)")
            self._read_statement(statement, scope)
        raise ValueError(f"Line {method.lineno}: forward returns nothing. End it with return x.")


def _refuse_second(first: int, second: int) -> ValueError:
    return ValueError(
        f"Line {second}: a second network begins here, after the one of line {first}. Paste one at a time."
    )


def _is_text(statement: ast.stmt) -> bool:
    """Whether it is a docstring, another plain value, or `pass`."""
    is_value = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_value or isinstance(statement, ast.Pass)


def _is_super_init(statement: ast.stmt) -> bool:
    """Whether it is `super().__init__()` in one of its spellings."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return False
    owner = call.func.value
    is_super = isinstance(owner, ast.Call) and is_name(owner.func, "super")
    return call.func.attr == "__init__" and (
        is_super or (isinstance(owner, ast.Attribute) and owner.attr == "Module")
    )
