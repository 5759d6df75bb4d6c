"""Two lists of layers side by side: which layers answer to each other, and what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from models.networks.layers.examination import Row, examine_layers
from models.networks.layers.kind import Layers


@dataclass(frozen=True)
class Pair:
    """A layer of the one list and the layer of the other that stands in its place.

    Attributes:
        first: None where the second list alone has it.
        second: None where the first list alone has it.
    """

    first: Row | None
    second: Row | None

    @property
    def differs(self) -> bool:
        """Whether the layers differ; their inputs may differ all the same."""
        return self.first is None or self.second is None or self.first.layer != self.second.layer


def align_layers(first: Layers, second: Layers) -> list[Pair]:
    """Pair the layers of two lists: first those that are equal, between them those of one kind.

    Args:
        first: A list that is a network.
        second: Another one.
    """
    return list(_align(examine_layers(first).rows, examine_layers(second).rows))


def _align(first: tuple[Row, ...], second: tuple[Row, ...], by_kind: bool = False) -> Iterator[Pair]:
    keys: list[list[object]] = [
        [row.layer.kind if by_kind else row.layer for row in rows] for rows in (first, second)
    ]
    matcher = SequenceMatcher(None, keys[0], keys[1], autojunk=False)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        left, right = first[start:end], second[other_start:other_end]
        if tag == "equal":
            yield from (Pair(*rows) for rows in zip(left, right, strict=True))
        elif tag == "replace" and not by_kind:
            yield from _align(left, right, by_kind=True)
        else:
            yield from (Pair(row, None) for row in left)
            yield from (Pair(None, row) for row in right)
