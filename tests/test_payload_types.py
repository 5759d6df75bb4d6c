"""What the scripts are checked against is what Python sends."""

from typing import Any, Literal, NotRequired, TypedDict

import pytest

from tests.payload_types import FILES, ROOT, _write_interface, write_types


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "app").as_posix())
def test_types_are_those_of_the_payloads(path):
    written = path.with_suffix(".d.ts").read_text(encoding="utf-8")
    assert written == write_types(path), "run `uv run python -m tests.payload_types`"


def test_there_are_payloads():
    assert len(FILES) >= 6


class Inner(TypedDict):
    """One."""

    kind: Literal["a", "b"]


class Outer(Inner):
    """Two.

    Attributes:
        numbers: some.
    """

    numbers: list[float | None]
    place: tuple[int, str] | None
    inner: NotRequired[list[Inner]]
    rest: dict[str, Any]
    pairs: list[tuple[int, int]]
    points: list[tuple[float, ...]]


class Wrong(TypedDict):
    """Three."""

    key: set[int]


def test_every_kind_of_field_is_written():
    assert _write_interface(Outer) == (
        "/**\n * Two.\n *\n * Attributes:\n *     numbers: some.\n */\n"
        "export interface Outer {\n"
        '  kind: "a" | "b";\n'
        "  numbers: (number | null)[];\n"
        "  place: [number, string] | null;\n"
        "  inner?: Inner[];\n"
        "  rest: Record<string, unknown>;\n"
        "  pairs: [number, number][];\n"
        "  points: number[][];\n"
        "}\n"
    )


def test_what_another_file_declares_is_imported():
    written = (ROOT / "app/runs/payloads.d.ts").read_text(encoding="utf-8")
    assert 'import type { LayerMoment, LayerTitle } from "../ui/payloads.js";' in written
    assert "interface LayerMoment" not in written


def test_what_json_has_not_is_refused():
    with pytest.raises(TypeError, match="has no type in JSON"):
        _write_interface(Wrong)
