"""The types of the payloads, against which the scripts are checked: a `.d.ts` beside each file of them.

Written anew by `uv run python -m tests.payload_types`; a test compares.
"""

import ast
import importlib
import inspect
import posixpath
import types
import typing
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("app/**/payloads.py"), *ROOT.glob("app/**/payload.py")])
PLAIN = {
    int: "number",
    float: "number",
    str: "string",
    bool: "boolean",
    type(None): "null",
    typing.Any: "unknown",
}


def write_types(path: Path) -> str:
    """Return the TypeScript declarations of the `TypedDict`s that a Python file declares, in their order.

    Raises:
        TypeError: For a type that JSON has not.
    """
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    names = [node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
    declared = [getattr(module, name) for name in names]
    head = f"// {module.__doc__.splitlines()[0]} Written by `uv run python -m tests.payload_types`.\n"
    dicts = [one for one in declared if typing.is_typeddict(one)]
    return "\n".join([head, *_write_imports(dicts), *map(_write_interface, dicts)])


def _write_imports(declared: list[type]) -> list[str]:
    """Import what is declared by other files of payloads."""
    used = [
        found for one in declared for hint in typing.get_type_hints(one).values() for found in _find(hint)
    ]
    foreign: dict[str, set[str]] = {}
    for found in used:
        if found.__module__ != declared[0].__module__:
            foreign.setdefault(found.__module__, set()).add(found.__name__)
    folder = declared[0].__module__.replace(".", "/").rpartition("/")[0]
    return [
        f"import type {{ {', '.join(sorted(names))} }} from "
        f'"{posixpath.relpath(module.replace(".", "/"), folder)}.js";\n'
        for module, names in sorted(foreign.items())
    ]


def _find(hint: object) -> Iterator[type]:
    """Return the `TypedDict`s in a hint."""
    if typing.is_typeddict(hint):
        yield hint
    for argument in typing.get_args(hint):
        yield from _find(argument)


def _write_interface(declared: type) -> str:
    comment = "\n".join(f" * {line}".rstrip() for line in inspect.getdoc(declared).splitlines())
    hints = typing.get_type_hints(declared)
    marked = typing.get_type_hints(declared, include_extras=True)
    optional = {name for name, hint in marked.items() if typing.get_origin(hint) is typing.NotRequired}
    optional |= declared.__optional_keys__  # which does not know those where annotations are texts
    fields = (f"  {name}{'?' * (name in optional)}: {_write_type(hint)};\n" for name, hint in hints.items())
    return f"/**\n{comment}\n */\nexport interface {declared.__name__} {{\n{''.join(fields)}}}\n"


def _write_type(hint: object) -> str:
    if hint in PLAIN:
        return PLAIN[hint]
    if typing.is_typeddict(hint):
        return hint.__name__
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return " | ".join(f'"{value}"' if isinstance(value, str) else f"{value}" for value in arguments)
    inner = [_write_type(argument) for argument in arguments if argument is not ...]
    if origin in (typing.Union, types.UnionType):
        return " | ".join(inner)
    if origin is tuple and ... not in arguments:
        return f"[{', '.join(inner)}]"
    if origin in (list, tuple):
        return f"({inner[0]})[]" if " " in inner[0] and not inner[0].startswith("[") else f"{inner[0]}[]"
    if origin is dict and inner[0] == "string":
        return f"Record<string, {inner[1]}>"
    raise TypeError(f"{hint} has no type in JSON.")


if __name__ == "__main__":
    for file in FILES:
        file.with_suffix(".d.ts").write_text(write_types(file), encoding="utf-8")
